"""What people do, drawn at random, and how each becomes an event."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from bot.channels.casework import ACTIONS, staff_event
from bot.dialog.events import ChoicePressed, CustomerLeft, Event, FormSubmitted, MessageReceived
from tests.interleavings.laws import CANARY
from tests.interleavings.world import World

CUSTOMERS = ("ana", "ben")
AGENTS = ("dana", "lee", "sam")

SAID = (
    "I want to talk to a person",
    "where is my order?",
    "I want a refund",
    "12345",
    "67890",
    "yes",
    "no",
    "thanks",
    "cancel",
    "are you still there? it still does not work",
    "can you make an exception? the window has passed",
    "florp grumble wozzle",
    "my lawyer will hear of this",
    "the kettle caught fire",
    "my cases",
)

# What agents write after each act; {note} is for staff alone, and no customer may ever see it.
WORDS: dict[str, tuple[str, ...]] = {
    "claim": ("",),
    "release": ("",),
    "reply": ("I'm on it.", "You'll hear from me by 5pm.", "Tomorrow at noon I'll know more."),
    "note": ("{note}",),
    "approve": ("",),
    "decline": ("",),
    "resolve": ("", "All done!"),
    "assign": ("lee {note}", "dana {note}", "nobody {note}"),
    "transfer": ("returns {note}", "billing {note}", "nowhere {note}"),
    "merge": ("1 {note}", "2 {note}", "3"),
    "unmerge": ("", "2"),
    "unlink": ("{note}",),
    "share": ("lee",),
    "task": ("returns {note}",),
    "done": ("1 {note}",),
    "snooze": ("2h", "3d"),
    "live": ("on", "off"),
    "away": ("{note}", "2h {note}"),
    "back": ("",),
    "undo": ("",),
    "edit": ("I meant the other one.",),
    "s": ("", "greet", "greeting send"),
    "line": ("{note}",),
    "counter": ("5 GBP store credit, because you waited", "90 GBP store credit"),
    "grant": ("4 GBP {note}", "30 GBP {note}", "70 EUR {note}"),
    "used": ("1 {note}",),
    "revoke": ("1 {note}",),
    "argue": ("{note}",),
    "careful": ("on {note}", "off {note}"),
    "block": ("1h {note}", "2d {note}"),
    "unblock": ("{note}",),
    "ending": ("start {note}", "done value {note}", "stop {note}", "now"),
    "needed": ("2026-01-09", "off"),
    "tier": ("gold", "none"),
}
_OFTEN = (*sorted(WORDS), "claim", "claim", "claim", "reply", "reply", "note")
_marks = count(1)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that somebody does: a customer says or presses, an agent acts on their nth case."""

    who: str
    do: str
    text: str = ""
    nth: int = 0


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens at once, and whether the bot is killed meanwhile; or how long nothing does."""

    acts: tuple[Act, ...] = ()
    minutes: int = 0
    killed_at: int = 0
    after: bool = False


def steps(seed: int) -> list[Step]:
    """Draw an interleaving; it begins with somebody who asks for a person, since the rest is dull without."""
    dice = Random(seed)
    asks = Step(acts=(Act(who="ana", do="say", text=SAID[0]),))
    return [asks, *(_step(dice) for _ in range(dice.randint(10, 60)))]


def _step(dice: Random) -> Step:
    if dice.random() < 0.2:
        return Step(minutes=dice.choice((1, 20, 70, 300, 1_440, 5_000)))
    acts = tuple(_act(dice) for _ in range(dice.choice((1, 1, 1, 2, 3))))
    if dice.random() < 0.2:
        return Step(acts=acts, killed_at=dice.randint(1, 6), after=dice.random() < 0.5)
    return Step(acts=acts)


def _act(dice: Random) -> Act:
    if dice.random() < 0.6:
        do = dice.choice(_OFTEN)
        return Act(who=dice.choice(AGENTS), do=do, text=dice.choice(WORDS[do]), nth=dice.choice((0, 0, 0, 1, 2)))
    who = dice.choice(CUSTOMERS)
    match dice.randrange(20):
        case 0:
            return Act(who=who, do="leave")
        case at if at < 7:
            return Act(who=who, do="press", nth=dice.randrange(4))
        case _:
            return Act(who=who, do="say", text=dice.choice(SAID))


async def take(world: World, step: Step) -> None:
    """Let a step happen."""
    if step.minutes:
        await world.wait(timedelta(minutes=step.minutes))
        return
    world.lived |= any(act.do == "live" for act in step.acts)
    events = [event for act in step.acts if (event := await _event(world, act))]
    if events:
        await world.do(events, killed_at=step.killed_at, after=step.after)


async def _event(world: World, act: Act) -> Event | None:
    key = f"act:{next(_marks)}"
    if act.who in AGENTS:
        return await _agent(world, act, key)
    customer = f"local:{act.who}"
    common: dict[str, Any] = {"key": key, "customer": customer, "at": world.now}
    if act.do == "leave":
        return CustomerLeft(**common)
    dossier = await world.dossier(customer)
    if act.do == "say":
        return MessageReceived(place=customer, name=act.who.title(), text=act.text, **common)
    talks = [talk for talk in dossier.conversations if talk.choices or talk.form]
    if not talks:
        return None
    talk = talks[-1]
    if not talk.choices and talk.form:
        values = {field.id: "a word" for field in talk.form.fields}
        return FormSubmitted(place=talk.place, name=act.who.title(), form=talk.form.id, values=values, **common)
    choice = talk.choices[act.nth % len(talk.choices)]
    return ChoicePressed(place=talk.place, name=act.who.title(), choice=choice.id, label=choice.label, **common)


async def _agent(world: World, act: Act, key: str) -> Event | None:
    cases = await world.cases()
    if not cases:
        return None
    case = cases[-1 - act.nth % len(cases)]
    sent = act.do == "line" and world.lived  # a line in a live case is no note
    text = act.text.format(note="" if sent else f"{CANARY}{next(_marks)}")
    return staff_event(act.do, text, key=key, customer=case.customer, at=world.now, agent=act.who, case=case.number)


def unnamed() -> set[str]:
    """Return the acts of agents that nobody does here."""
    return set(ACTIONS) - set(WORDS)
