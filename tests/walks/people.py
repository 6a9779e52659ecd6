"""What a customer does, drawn at random: valid answers, and all that is none."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import yaml

from bot.content import shipped_folder
from bot.dialog.collected import Asking
from bot.dialog.events import AgentReplied, CaseClaimed, CaseResolved
from bot.dialog.flow import Ask, Confirm, FormStep, Option
from tests.walks.world import Walk

PERSON = "I want to talk to a person"
_WISHES = (
    "I want a refund for order 12345", "my kettle arrived broken, I want my money back", "where is my order?",
    "I want to return something", "can I exchange it for another size?", "cancel my order",
    "could you make an exception?", "return the blue kettle from order 12345, it's broken", "I'm really unhappy",
    "where is order 67890", "exchange 20005 please", "I was charged twice", "what's this charge for",
    "I need an invoice", "my parcel says delivered but it isn't here", "I want to complain", "call me back please",
    "my kettle won't heat up", "my lamp flickers", "I can't log in", "send order 40001 to another address",
    "change my order 40002", "deliver 67890 on another day", "I don't like it but I'd rather keep it",
    "the wrong item came", "cancel order 40001", "I lost the box, make an exception for 10031", "what about 40010",
    "I need order 40005 by Friday", "I need it by tomorrow", "where is my refund", "where's the money for 30001?",
    "what became of my refund for 30004", "part of 20005 is missing", "my order 10003 came with a broken mug",
    "look, where is order 50001", "I'm new here", "what is the charge on 20011", "I want an invoice for 20009",
    "I'm unhappy with how you settled this", "has 50002 been lost?", "refund 20005", "30007 was cancelled, my money?",
)  # fmt: skip
_TWO_AT_ONCE = (
    "where is order 67890 and I want a refund for 12345", "cancel order 40001, and I need an invoice for 12345",
    "how long does delivery take, and can I exchange my kettle?", "my lamp flickers. Also, where is order 40005?",
    "I want to return 20002. What payment methods do you take?", "where's my refund for 30001? and my parcel 40010?",
)  # fmt: skip
_CORRECTIONS = (
    "actually, it's another order", "yes but not that one", "no, the other order", "I'll take the blue one instead",
    "actually, it's order 20005", "sorry, I meant 67890", "it's 12345, not 20005", "wrong number, it's 40001",
    "wait, the other item", "no, two of them", "not tomorrow, on Friday", "I meant the kettle", "I mistyped, 10003",
    "no, it's broken, not the wrong one", "my address is jo.fenn@example.com, not robin", "everything, not just one",
)  # fmt: skip
_NO_ANSWERS = (
    "idk", "🙂", "???", "what do you mean?", "both", "the first one", "back", "go back", "start over", "yes", "no",
    "thanks", "hello", "florp grumble", "how long does delivery take?", "do you ship to Norway?",
    "what payment methods do you take?", "help", "this is ridiculous, I am so angry", "you are useless",
    "31 February", "-3", "99999", "O12345", "my cases", "I already told you that", "hmm", "ok", "that did not help",
    "can I speak to your manager?", "cancel", "why do you need that?", "the last one", "neither", "I want £500 back",
    "why?", "robin.hale@example.com", "ABCD-2345", "I have no e-mail", "send it again", "another number", "skip that",
    "what else can you do?", "are you there?", "no thanks", "is that all?", "keep me posted", "stop telling me",
)  # fmt: skip
_FILES = (
    ("mug.jpg", "image/jpeg"), ("mug.jpg", "image/jpeg"), ("voice.ogg", "audio/ogg"), ("letter.pdf", "application/pdf"),
)  # fmt: skip
_WORDS = (
    "It stopped working after two days",
    "A smaller one in green",
    "Please be kind, it was a gift",
    "all good now",
)


@cache
def _phrasings(folder: str, section: str) -> tuple[tuple[str, ...], ...]:
    """Return how the shop's customers ask for each of its flows, or ask each of its questions."""
    files = sorted((shipped_folder() / folder).glob("*.yaml"))
    loaded = [yaml.load(each.read_bytes(), yaml.CSafeLoader) for each in files]
    found: list[Any] = [item for file in loaded for item in _items(file.get(section, {}))]
    return tuple(tuple(map(str, item["phrasings"])) for item in found if item.get("phrasings"))


def _items(section: Any) -> list[Any]:
    return list(section.values()) if isinstance(section, dict) else section


def acts(walk: Walk, dice: Random) -> None:
    """Let the customer, the order system, the clock, the shell or an agent do something."""
    if dice.random() < 0.95:
        walk.returns(dice, trouble=0.2)  # else the customer writes before it answers
    if walk.case and dice.random() < 0.5:
        _works(walk, dice)
    elif not dice.choices(list(_ACTS), [*_ACTS.values()])[0](walk, dice) and not _answers_or_wishes(walk, dice):
        walk.tells(dice.choice(_NO_ANSWERS))


def _time_passes(walk: Walk, dice: Random) -> bool:
    walk.waits(timedelta(hours=dice.choice((1, 5, 18, 26, 26, 200, 480))))
    return True


def _presses_again(walk: Walk, dice: Random) -> bool:
    if walk.pressed:
        walk.presses(*dice.choice(walk.pressed[-12:]))
    return bool(walk.pressed)


def _is_decided(walk: Walk, dice: Random) -> bool:
    return walk.decides(dice)


def _says_what_is_no_answer(walk: Walk, dice: Random) -> bool:
    walk.tells(dice.choice(_NO_ANSWERS))
    return True


def _asks_a_question(walk: Walk, dice: Random) -> bool:
    walk.tells(dice.choice(dice.choice(_phrasings("faqs", "entries"))))
    return True


def _corrects(walk: Walk, dice: Random) -> bool:
    if walk.talk and walk.talk.frames:
        walk.tells(dice.choice(_CORRECTIONS))
        return True
    return False


def _wishes(walk: Walk, dice: Random) -> bool:
    walk.tells(_wish(dice))
    return True


def _wish(dice: Random) -> str:
    return dice.choice(dice.choice((_WISHES, dice.choice(_phrasings("flows", "flows")))))


def _wishes_two_things(walk: Walk, dice: Random) -> bool:
    walk.tells(dice.choice(_TWO_AT_ONCE))
    return True


def _digresses_twice(walk: Walk, dice: Random) -> bool:
    """In the middle of one thing begin another, and in the middle of that a third."""
    if walk.case or not walk.talk or not walk.talk.frames:
        return False
    for _ in range(2):
        walk.tells(_wish(dice))
        walk.returns(dice)
    return True


def _repeats(walk: Walk, dice: Random) -> bool:
    if walk.written:
        walk.tells(walk.written[-1][1])
    return bool(walk.written)


def _shows(walk: Walk, dice: Random) -> bool:
    walk.shows(*dice.choice(_FILES), dice.choice(("", "", "this one", "here is a photo of it")))
    return True


def _edits(walk: Walk, dice: Random) -> bool:
    if walk.written:
        message, text = dice.choice(walk.written[-3:])
        walk.edits(message, dice.choice((f"{text} please", _wish(dice), dice.choice(_NO_ANSWERS))))
    return bool(walk.written)


def _deletes(walk: Walk, dice: Random) -> bool:
    if walk.written:
        walk.deletes(dice.choice(walk.written[-3:])[0])
    return bool(walk.written)


def _bot_restarts(walk: Walk, dice: Random) -> bool:
    walk.restarts(late=dice.choice((1.0, 30.0, 3_600.0)))
    return True


def _hears_of_recall(walk: Walk, dice: Random) -> bool:
    if walk.talk is None or dice.random() < 0.5:
        return False
    walk.hears_of_recall()
    if dice.random() < 0.6 and walk.pressed:
        walk.presses(*dice.choice(walk.pressed[-3:]))
    return True


def _answers_or_wishes(walk: Walk, dice: Random) -> bool:
    if not answers(walk, dice):
        walk.tells(dice.choice((_wish(dice), _wish(dice), dice.choice(_NO_ANSWERS))))
    return True


_ACTS: dict[Callable[[Walk, Random], bool], int] = {
    _answers_or_wishes: 40, _says_what_is_no_answer: 15, _wishes: 10, _corrects: 8, _time_passes: 5, _presses_again: 5,
    _is_decided: 5, _repeats: 5, _shows: 5, _digresses_twice: 4, _bot_restarts: 4, _asks_a_question: 3, _edits: 3,
    _wishes_two_things: 3, _deletes: 2, _hears_of_recall: 2,
}  # fmt: skip


def _works(walk: Walk, dice: Random) -> None:
    """An agent does something about the case."""
    assert walk.case
    number = walk.case.number
    walk.at += timedelta(minutes=10)
    kind = dice.choice(("claims", "replies", "resolves", "resolves"))
    walk.story += (f"> dana {kind} {number}",)
    match kind:
        case "claims":
            walk.happens(CaseClaimed(agent="dana", case=number, **walk.common()))
        case "replies":
            walk.happens(AgentReplied(agent="dana", case=number, text="I'm on it.", **walk.common()))
        case _:
            walk.happens(CaseResolved(agent="dana", case=number, text="", **walk.common()))


# --- valid answers ----------------------------------------------------------------------------------------------------


def answers(walk: Walk, dice: Random, *, eager: bool = False) -> bool:
    """Answer what is asked; False when nothing is.

    One who is `eager` says yes, knows whose an order is, and does not choose again what led nowhere.
    """
    asked = walk.asking()
    if asked is None:
        return False
    step, offered = asked
    match step:
        case FormStep():
            _sends(walk, step, dice)
        case Confirm():
            _yes_no(walk, yes=eager or dice.random() < 0.7)
        case Ask(type="yes_no"):
            _yes_no(walk, yes=dice.random() < 0.5)
        case Ask(factual=True) if eager or dice.random() < 0.5:  # its options are only ways out
            walk.tells(_valid(walk, step, dice))
        case _ if offered:
            fresh = [each for each in offered if (step.id, each.value) not in walk.picked]
            _picks(walk, step.id, dice.choice(fresh if eager and fresh else offered), dice)
        case Ask(type="order"):
            walk.tells(dice.choice((*walk.orders.numbers, "12345", "12345", "20005")))
        case Ask() if eager or dice.random() < 0.8:
            walk.tells(_valid(walk, step, dice))
        case _:
            walk.tells(dice.choice(_WORDS))
    return True


_VALID = {
    "number": "2", "money": "12.50 GBP", "date": "tomorrow", "email": "robin.hale@example.com",
    "phone": "+44 20 7946 0018", "photo": "I have none", "file": "I have none",
}  # fmt: skip


def _valid(walk: Walk, step: Asking, dice: Random) -> str:
    frame = walk.talk.frames[-1] if walk.talk else None
    if frame and frame.flow == "identify":
        return walk.orders.email(str(frame.slots["number"])) if step.id == "ask_email" else walk.mailed
    kind = step.type if isinstance(step, Ask) else "text"
    return _VALID[kind] if kind in _VALID else dice.choice(_WORDS)


def _yes_no(walk: Walk, *, yes: bool) -> None:
    walk.tells("yes" if yes else "no")


def _picks(walk: Walk, step: str, option: Option, dice: Random) -> None:
    walk.picked |= {(step, option.value)}
    talk = walk.talk
    shown = {each.id.partition("/")[2]: each for each in (talk.choices if talk else ())}
    if option.value in shown and dice.random() < 0.7:
        walk.presses(shown[option.value].id, option.label)
    else:
        walk.tells(dice.choice((option.label, *option.phrasings)))


def _sends(walk: Walk, step: FormStep, dice: Random) -> None:
    form = walk.talk.form if walk.talk else None
    if form is None:
        walk.tells(dice.choice(_WORDS))
        return
    walk.submits(form.id, {field.slot: dice.choice(_WORDS) for field in step.fields})
