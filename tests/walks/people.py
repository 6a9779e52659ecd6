"""What a customer does, drawn at random: valid answers, and all that is none."""

from datetime import timedelta
from random import Random

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
)  # fmt: skip
_NO_ANSWERS = (
    "idk", "🙂", "???", "what do you mean?", "both", "the first one", "yes but not that one", "no, the other order",
    "actually, it's another order", "back", "go back", "start over", "yes", "no", "thanks", "hello", "florp grumble",
    "how long does delivery take?", "do you ship to Norway?", "what payment methods do you take?", "help",
    "this is ridiculous, I am so angry", "you are useless", "31 February", "-3", "99999", "O12345", "my cases",
    "I already told you that", "hmm", "ok", "that did not help", "can I speak to your manager?", "cancel",
    "why do you need that?", "the last one", "neither", "I'll take the blue one instead", "I want £500 back", "why?",
)  # fmt: skip
_WORDS = (
    "It stopped working after two days",
    "A smaller one in green",
    "Please be kind, it was a gift",
    "all good now",
)


def acts(walk: Walk, dice: Random) -> None:
    """Let the customer, the order system, the clock or an agent do something."""
    if dice.random() < 0.95:
        walk.returns(dice, trouble=0.2)  # else the customer writes before it answers
    if walk.case and dice.random() < 0.5:
        _works(walk, dice)
        return
    match dice.randrange(20):
        case 0:
            walk.waits(timedelta(hours=dice.choice((1, 5, 26, 200))))
        case 1 if walk.pressed:
            walk.presses(*dice.choice(walk.pressed[-12:]))
        case 2 if walk.decides(dice):
            pass
        case 3 | 4 | 5 | 6:
            walk.tells(dice.choice(_NO_ANSWERS))
        case 7 | 8:
            walk.tells(dice.choice(_WISHES))
        case 9 if walk.said_last:
            walk.tells(walk.said_last)
        case 10:
            walk.shows(
                *dice.choice((("mug.jpg", "image/jpeg"), ("voice.ogg", "audio/ogg"))), dice.choice(("", "this one"))
            )
        case _:
            if not answers(walk, dice):
                walk.tells(dice.choice((*_WISHES, *_WISHES, *_NO_ANSWERS)))


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


def answers(walk: Walk, dice: Random, *, eager: bool = False) -> bool:
    """Answer what is asked; False when nothing is.

    One who is `eager` says yes, and does not choose again what led nowhere.
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
        case _ if offered:
            fresh = [each for each in offered if (step.id, each.value) not in walk.picked]
            _picks(walk, step.id, dice.choice(fresh if eager and fresh else offered), dice)
        case Ask(type="order"):
            walk.tells(dice.choice((*walk.orders.numbers, "12345", "12345", "20005")))
        case _:
            kind = step.type if isinstance(step, Ask) else "text"
            walk.tells(_VALID[kind] if kind in _VALID else dice.choice(_WORDS))
    return True


_VALID = {
    "number": "2", "money": "12.50 GBP", "date": "tomorrow", "email": "robin.hale@example.com",
    "phone": "+44 20 7946 0018", "photo": "I have none", "file": "I have none",
}  # fmt: skip


def _yes_no(walk: Walk, *, yes: bool) -> None:
    walk.tells("yes" if yes else "no")


def _picks(walk: Walk, step: str, option: Option, dice: Random) -> None:
    walk.picked |= {(step, option.value)}
    talk = walk.talk
    shown = {each.id.partition("/")[2]: each for each in (talk.choices if talk else ())}
    if option.value in shown and dice.random() < 0.7:
        walk.presses(shown[option.value].id, option.label)
    else:
        walk.tells(option.label)


def _sends(walk: Walk, step: FormStep, dice: Random) -> None:
    form = walk.talk.form if walk.talk else None
    if form is None:
        walk.tells(dice.choice(_WORDS))
        return
    walk.submits(form.id, {field.slot: dice.choice(_WORDS) for field in step.fields})
