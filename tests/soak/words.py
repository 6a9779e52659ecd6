"""The words of the soak: a shop that says back what it is told, and canaries, words that occur once in the world."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from tests.content import shop
from tests.soak.spots import Shown

OPENER = "please listen to me"
GREETING = "I am listening."
HEARD = "I heard:"
TICK = "Tick"
STALE = "stale_choice"  # a press that something else has overtaken no longer counts, and is told
_TICKED = (f"{HEARD} tick", STALE)
PERSON, MECHANIC = "I want to talk to a person", "I need the mechanic"
CANARY = re.compile(r"\bqz[bcdfghjklmnprstvw]{7}\b")

_LETTERS = "bcdfghjklmnprstvw"
_FILLERS = (
    *("{}", "{}", "{}", "blue {} kettle", "my lamp {} flickers", "{} *and* _so_ on", "<{}> & co", "`{}`, 5 > 3"),
    "{} @here",
)
_LONG = "quick brown lamps stood upon lazy tables. "

_FLOWS = {
    "echo": {
        "title": "Echo",
        "private": False,
        "phrasings": [OPENER, "listen to what I say"],
        "steps": {
            "hello": {"ask": "words", "type": "text", "say": GREETING},
            "heard": {
                "ask": "words",
                "type": "text",
                "say": f"{HEARD} {{{{ words }}}}",
                "options": [{"value": "tick", "label": TICK}, {"value": "over", "label": "Enough", "then": "over"}],
                "then": "heard",
            },
            "over": {"end": "heard"},
        },
    }
}


def canary(number: int) -> str:
    """Return a word of its own for each number, which no matcher, tokeniser or markup takes for anything else."""
    letters = ""
    for _ in range(7):
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return f"qz{letters}"


def message(dice: float, word: str) -> str:
    """Return a message with the canary in it: plain, with markup of the platforms, now and then a long one."""
    if dice < 0.02:
        return f"{word} {_LONG * 50}"[:1_950]
    return _FILLERS[int(dice * len(_FILLERS))].format(word)


def ticks(shown: Iterable[Shown]) -> int:
    """Count the answers to presses."""
    return sum(any(text in each.text for text in _TICKED) for each in shown)


def said_anew(shown: Sequence[Shown]) -> Iterator[Shown]:
    """Yield what was shown in a place, without the question that is asked again after a press that was too late."""
    asked: list[str] = []  # the parts of the last question
    again: list[str] = []  # those that may come again
    for each in shown:
        if each.text == STALE:
            again = list(asked)
        elif again and each.text == again[0]:
            del again[0]
            continue
        elif HEARD in each.text:
            asked, again = [each.text], []
        elif asked:
            asked.append(each.text)
        yield each


def write_shop(folder: Path, agents: Mapping[str, Sequence[str]]) -> Path:
    """Write the content folder; `agents` are names and their accounts on the platforms."""
    files = shop.files()
    files["flows/refund.yaml"] = yaml.safe_dump({"flows": _FLOWS}, sort_keys=False)
    handoff = yaml.safe_load(shop.HANDOFF)
    handoff["agents"] = {name: {"name": name.title(), "accounts": list(accounts)} for name, accounts in agents.items()}
    handoff["limits"]["repeat"] = "no"  # they do say the same again and again
    handoff["queues"]["workshop"] = {"name": "our workshop", "hours": "office", "first_response": "2h"}
    handoff["wishes"]["person"]["phrasings"] = [PERSON, "talk to a person"]
    handoff["wishes"]["mechanic"] = {
        "title": "Talk to the mechanic",
        "queue": "workshop",
        "reason": "Asked for the mechanic",
        "phrasings": [MECHANIC, "the mechanic please"],
    }
    files["handoff/team.yaml"] = yaml.safe_dump(handoff, sort_keys=False)
    return shop.write(folder, files)
