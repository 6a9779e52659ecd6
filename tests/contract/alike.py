"""What must be the same on every face, and where a platform's nature makes it differ.

A step of a script is compared by audience: each customer, each case's thread, each card. Between audiences there is no
order: places are lanes of their own. For a customer it is words, labels of choices and fields of forms; for a thread,
words and what sort of line it is; for a card, that it can be read off what is known of the case, and its buttons.

What may differ, and nothing else:

- *Marks.* Native markup is undone by the emulators. Bullets are any bullet. Addresses behind links are compared apart
  from the words, since a platform shows a label alone where a terminal adds the address.
- *Names.* "Dana: …" is a field of a line on one face, and bold words before it on another.
- *Signs of staff lines.* Platforms mark notes and alerts with a sign of their own; whose words the other lines are is
  told by the name before them.
- *Calls*. Who is asked for something is mentioned at the beginning of the line on a platform, so that it rings.
- *Cards* are drawn in each platform's own way. What they, and posts, said within a step before the last change, nobody
  compares.
- *What agents type* stands in the thread as they typed it, even where the bot then says that it cannot be done. What
  the bot would have repeated there is not posted a second time. A plain line is a note, or in a live case sent.
- *What customers type* in their platform's own markup is markup there, and its signs are no words.
- *Marks* of replies are reactions on a platform; on a terminal, a line each.
- *Files* are shown, or named where they may not pass, on a platform; a terminal only names them, beside the line.
- *Labels* are cut to what a platform takes.
- *Buttons* of cards are in the shop's words; a terminal names what is typed in their stead.
- *Places.* A platform shows in which of its channels something was said, a terminal has but one.
- *Codes* that link accounts are drawn anew each time.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from bot.channels.casework import case_choices
from bot.channels.words import heading, shortened
from bot.content import load, shipped_folder
from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.linking import LETTERS
from bot.dialog.linking import SIGNS as SIGNS_OF_CODES
from bot.dialog.markup import plain
from bot.rehearsal import Line

SIGNS = {"🔒": "note", "📝": "note", "❗": "alert", "⚠️": "alert", "🤖": "said", "➡️": "said"}
_SORTS = {"note": "note", "alert": "alert"}
_LABEL = 75

_FORMAT = re.compile(r"(?<!\w)([*_~`])(\S|\S[^\n]*?\S)\1(?!\w)")
_LINK = re.compile(r"\[([^\]\n]+)\]\(https?://[^)\s]+\)")
_CALLED = re.compile(r"^(?:@\w+\s+)+(?=⚠️|❗)")
_PLACE = re.compile(r"^📍 a direct message\s+")
_TYPED = re.compile(r"^![a-z]+\b:?\s*", re.MULTILINE)  # a post may have several commands
_FILE = re.compile(r"\s*📎 \S+")
_UNSEEN = re.compile(r"[\u200b\u2060]")
_CODE = re.compile(rf"\b[{LETTERS}][{SIGNS_OF_CODES}]{{3}}-[{SIGNS_OF_CODES}]{{4}}\b")
_BULLET = re.compile(r"^[-•] ", re.MULTILINE)
_BEHIND = re.compile(r" \((?:(?:https?://|mailto:)[^)\s]+|[^)\s@]+@[^)\s]+)\)")
_ADDRESS = re.compile(r"https?://[^\s()<>|\"]+[^\s()<>|\".,;:!?]")

Heard = dict[tuple[str, str], Any]  # audience → what it heard


def words(text: str) -> str:
    """Return a text as it reads, without marks, addresses behind labels and line breaks."""
    text = _CODE.sub("CODE", text)
    text = _FORMAT.sub(r"\2", _LINK.sub(r"\1", _UNSEEN.sub("", text)))
    return " ".join(_BULLET.sub("", _BEHIND.sub("", text)).split())


def different(expected: Sequence[Line], heard: Sequence[Line]) -> str:
    """Return how what was heard differs from the lines of the console, or nothing."""
    cards = _cards(expected)
    problems = [_unread(case, line, heard) for case, line in cards.items()]
    if new := _cards(heard).keys() - cards.keys():
        problems.append(f"cards nobody expected: {sorted(new)}")
    there = _talk(_last(expected))
    here = _talk(each for line in heard for each in _as_typed(line, there))
    for audience in sorted(there.keys() | here.keys()):
        if there[audience] != here[audience]:
            problems.append(
                f"{' '.join(audience)} should have heard\n    {_told(there, audience)}\n  not\n    "
                f"{_told(here, audience)}"
            )
    return "\n".join(filter(None, problems))


def _as_typed(line: Line, there: Heard) -> list[Line]:
    """Return a line as it counts: of what an agent typed, what came of it, notes or words to the customer."""
    if not line.get("typed"):
        return [line]
    heard = there["case", str(line["case"])]
    came = [_came_of(line, [line["text"]], heard)]
    if not any(came):
        came = [_came_of(line, [text, text.partition(" ")[2]], heard) for text in _TYPED.split(line["text"])]
    return [each for part in came for each in part]


def _came_of(line: Line, texts: Sequence[str], heard: Sequence[tuple[str, str, str]]) -> list[Line]:
    """Return what became of a command, which may begin with how a case ended: a note, or words to the customer."""
    kinds = [line | {"kind": kind, "text": text} for text in texts if text for kind in (line["kind"], "note", "agent")]
    return [each for each in kinds if _staff(each) in heard][:1]


def _last(lines: Sequence[Line]) -> list[Line]:
    """Leave out what a post said before it was changed again."""
    last = {line["edits"]: line for line in lines if line.get("kind") == "post" and line["edits"]}
    return [line for line in lines if line.get("kind") != "post" or last.get(line["edits"], line) is line]


def inexact(expected: Sequence[Line], heard: Sequence[Line]) -> str:
    """Return how lines of the same protocol differ in anything but what is of one run alone, or nothing."""
    there, here = _lasting(expected), _lasting(heard)
    return "" if there == here else f"should have been {there}, not {here}"


def with_buttons(lines: Sequence[Line]) -> list[Line]:
    """Return lines of the console whose cards have the buttons that every other face shows."""
    cards = ((line, "card" in line) for line in lines)
    return [line | {"choices": _buttons(line["card"])} if is_card else line for line, is_card in cards]


def _buttons(card: dict[str, Any]) -> list[dict[str, str]]:
    return case_choices(msgspec.convert(card, Case), _shipped())


@cache
def _shipped() -> Catalog:
    return load(shipped_folder())


def _lasting(lines: Iterable[Line]) -> list[Line]:
    kept = ("to", "who", "case", "kind", "new", "author", "text", "choices", "form", "card", "source")
    said = [{key: line[key] for key in kept if key in line} for line in lines if line["to"] != "system"]
    same: list[Line] = json.loads(_CODE.sub("CODE", json.dumps(said)))
    return same


def _told(talk: Heard, audience: tuple[str, str]) -> str:
    return "\n    ".join(map(str, talk[audience])) or "(nothing)"


def _talk(lines: Iterable[Line]) -> Heard:
    talk: Heard = defaultdict(list)
    for line in lines:
        if line["to"] == "customer":
            fields = (line.get("form") or {}).get("fields", ())
            labels = [shortened(each["label"], _LABEL) for each in line.get("choices") or ()]
            asked = [words(field["label"]) for field in fields]
            talk["customer", line["who"]].append((words(_named(line)), _links(line), labels, asked))
        elif line["to"] == "staff" and line["kind"] == "mark":
            talk["marks", str(line["case"])].append(line["text"])
        elif line["to"] == "staff" and line["kind"] != "card":
            told = _staff(line)
            if told[-1]:  # Slack shows a file as a message of its own, without words
                talk["case", str(line["case"])].append(told)
    return talk


def _links(line: Line) -> list[str]:
    return _ADDRESS.findall(line.get("sent") or line["text"])


def _named(line: Line) -> str:
    return f"{line['author']}: {line['text']}" if line.get("author") else str(line["text"])


def _staff(line: Line) -> tuple[str, str, str]:
    """Return the queue, sort and words of a line in a case's thread."""
    sort, text = line["kind"], _FILE.sub("", _PLACE.sub("", _CALLED.sub("", _named(line))))
    for sign, meant in SIGNS.items():
        if not sort and text.startswith(sign):
            sort, text = meant, text.removeprefix(sign)
    return line["who"], _SORTS.get(sort, "said"), words(text)


def _cards(lines: Iterable[Line]) -> dict[int, Line]:
    """Return the last state of each card."""
    found: dict[int, Line] = {}
    for line in lines:
        if line["to"] == "staff" and line["kind"] == "card":
            new = line["new"] or found.get(line["case"], line)["new"]
            found[line["case"]] = line | {"new": new}
    return found


def _unread(number: int, expected: Line, heard: Iterable[Line]) -> str:
    """Return what cannot be read off a card, or nothing."""
    line = _cards(heard).get(number)
    if line is None:
        return f"the card of case {number} should have been shown or changed"
    text = words(line["text"]).casefold()
    missing = [part for part in _parts(expected["card"]) if words(part).casefold() not in text]
    labels = [[each["label"] for each in side["choices"]] for side in (expected, line)]
    problems = [f"the card should tell {missing}; it says {line['text']!r}"] if missing else []
    problems += [f"its buttons should be {labels[0]}, not {labels[1]}"] if labels[0] != labels[1] else []
    problems += ["it should be new" if expected["new"] else "it is new"] if expected["new"] != line["new"] else []
    problems += [f"it stands with {line['who']}"] if expected["who"] != line["who"] else []
    promise = expected["card"].get("promise")
    if promise and expected["card"]["status"] != "resolved" and str(_stamp(promise)) not in line["sent"]:
        problems.append("it does not tell the promise")
    return "; ".join(problems)


def _stamp(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())


def _parts(case: Line) -> list[str]:
    """Return what a card must tell of a case, in words."""
    told = [case["name"], case["subject"], case["decision"] or case["status"], case["reason"]]
    told += [part for name, value in case["facts"].items() for part in (heading(name), value)]
    told += [(case.get("bought") or {}).get(part, "") for part in ("number", "items", "tracking")]
    return [plain(part)[:100] for part in told if part]
