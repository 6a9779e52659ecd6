"""One customer and the engine alone, with the demo's orders, timers and staff as far as a conversation needs them."""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bot.actions import ACTIONS
from bot.connectors import demo_files, demo_rules
from bot.connectors.demo import DemoOrders, looked_up
from bot.connectors.demo_rules import Request
from bot.content import shipped_folder
from bot.desk.case import Case, Deadline
from bot.dialog import steps
from bot.dialog.catalog import Catalog
from bot.dialog.collected import Asking, options
from bot.dialog.effects import Call, CancelTimer, Say, StartTimer
from bot.dialog.events import CallReturned, CaseDecided, ChoicePressed, DeadlineReached, Event, FormSubmitted
from bot.dialog.files import File
from bot.dialog.flow import Option
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Turn
from bot.ports import CallResult, Clock
from tests.dialog.talk import DM, Talk

_FIRST = date(2026, 1, 5)
_FORGOTTEN = timedelta(hours=3)  # after so long, the same words are not said twice *running*
_Earlier = tuple[tuple[str, Request], ...]


class BrokenLaw(AssertionError):
    """A law does not hold."""


class Orders:
    """The demo's orders without a database: what was asked for earlier is handed in."""

    def __init__(self, clock: Clock) -> None:
        self._filed = demo_files.read(shipped_folder())
        self._rules = DemoOrders(shipped_folder(), None, clock, "Europe/London")

    @property
    def numbers(self) -> list[str]:
        return list(self._filed)

    def call(self, action: str, args: Mapping[str, Any], day: date, earlier: _Earlier) -> tuple[CallResult, _Earlier]:
        """Return the answer, and what was asked for by now."""
        number = args["number"].strip().removeprefix("#")
        if number not in self._filed:
            known = "not_found" if "not_found" in ACTIONS[action].results else "refused"
            return CallResult(result=known, value="unknown_order"), earlier
        order, extra = self._filed[number].on(_FIRST, day), self._filed[number].charges_on(_FIRST)
        mine = [each for of, each in earlier if of == number]
        if not ACTIONS[action].changes:
            return looked_up(action, order, extra, mine, day), earlier
        what, given = demo_rules.named(action, dict(args)), dict(args)
        done = self._rules.decided(demo_rules.changed(order, mine), extra, mine, action, what, given, day)
        if done.result != "accepted":
            return done, earlier
        paid = Decimal(done.value["amount"]) if done.value["amount"] is not None else None
        return done, (*earlier, (number, Request(action, what, day, paid)))


class Walk(Talk):
    """A talk whose calls come back and whose timers run out; a copy of it goes its own way."""

    def __init__(self, catalog: Catalog, orders: Orders) -> None:
        super().__init__(catalog)
        self.orders = orders
        self.story: tuple[str, ...] = ()
        self.pressed: tuple[tuple[str, str], ...] = ()  # every button there ever was
        self.picked: frozenset[tuple[str, str]] = frozenset()  # what was chosen at which step
        self.said_last = ""
        self._timers: dict[str, Deadline] = {}
        self._calls: tuple[tuple[str, Call], ...] = ()
        self._earlier: _Earlier = ()
        self._last: tuple[str, datetime] = ("", self.at)

    def fork(self) -> "Walk":
        """Return a walk that goes on from here, and leaves this one alone."""
        return copy(self)

    # --- what is there ------------------------------------------------------------------------------------------------

    @property
    def talk(self) -> Conversation | None:
        """Return the conversation at hand."""
        return next((each for each in reversed(self.dossier.conversations) if each.place == DM), None)

    @property
    def case(self) -> Case | None:
        """Return the open case that has the conversation."""
        talk = self.talk
        return next((each for each in self.dossier.cases if talk and each.number == talk.case and each.open), None)

    @property
    def over(self) -> bool:
        """Tell whether no flow is in progress, or people have it."""
        return self.case is not None or not (self.talk and self.talk.frames)

    def scene(self) -> Scene:
        """Return a draft of a turn that is never taken, to see what the engine sees."""
        scene = Scene(self.dossier, CallReturned(call="", result="", **self.common()), self.catalog)
        scene.enter(DM)
        return scene

    def asking(self) -> tuple[Asking, list[Option]] | None:
        """Return the step that waits for the customer, and what it offers."""
        scene = self.scene()
        step = steps.asking(scene)
        return (step, list(options(scene, step))) if step else None

    # --- what happens -------------------------------------------------------------------------------------------------

    def happens(self, event: Event, *, waited: float = 0.0) -> Turn:
        try:
            turn = super().happens(event, waited=waited)
        except Exception as error:
            raise BrokenLaw(f"the engine fails ({type(error).__name__}: {error})") from error
        self.story += (f"  [{turn.trace.rule} {turn.trace.decision} {turn.trace.id}]",)
        timers = dict(self._timers)
        for at, effect in enumerate(turn.effects):
            match effect:
                case Say():
                    self._hears(effect)
                case StartTimer():
                    timers[effect.deadline.key] = effect.deadline
                case CancelTimer():
                    timers.pop(effect.deadline, None)
                case Call():
                    self._calls += ((f"{turn.id}.{at}", effect),)
                case _:
                    pass
        self._timers = timers
        return turn

    def _hears(self, said: Say) -> None:
        if said.place != DM:
            return
        text, (last, when) = plain(said.text), self._last
        labels = "".join(f" [{choice.label}]" for choice in said.choices)
        self.story += (f"  {said.author or 'bot'}: {text}{labels}",)
        self.pressed += tuple((choice.id, choice.label) for choice in said.choices)
        self._last = (text, self.at)
        if said.edits or said.source.kind == "agent":
            return  # what people write is theirs to repeat
        if text == last and self.at - when < _FORGOTTEN:
            raise BrokenLaw(f"said twice running ({said.source.id}): {text}")

    def tells(self, text: str) -> None:
        """The customer writes."""
        self.story += (f"> {text}",)
        self.said_last = text
        self.says(text, DM)

    def shows(self, name: str, kind: str, text: str) -> None:
        """The customer sends a file, with words or without."""
        self.story += (f"> ({name}) {text}",)
        self.says(text, DM, files=(File(at=f"slack:T1/{name}", name=name, kind=kind),))

    def presses(self, choice: str, label: str) -> None:
        """The customer presses a button."""
        self.story += (f"> [{label}] {choice}",)
        self.at += timedelta(seconds=20)
        self.happens(ChoicePressed(place=DM, name="Ana", choice=choice, label=label, **self.common()))

    def submits(self, form: str, values: dict[str, str]) -> None:
        """The customer sends a form."""
        self.story += (f"> sends {values}",)
        self.at += timedelta(seconds=60)
        self.happens(FormSubmitted(place=DM, name="Ana", form=form, values=values, **self.common()))

    def returns(self, dice: Random, *, trouble: float = 0.0) -> None:
        """The order system answers all that it was asked; now and then it does something else."""
        while self._calls:
            (name, call), *rest = self._calls
            self._calls = tuple(rest)
            answer, self._earlier = self.orders.call(call.action, call.args, self.at.date(), self._earlier)
            if dice.random() < trouble:
                others = sorted({"failed", *ACTIONS[call.action].results} - {"found", "accepted"})
                answer = CallResult(result=dice.choice(others), value=None)
            self.at += timedelta(seconds=2)
            self.story += (f"  ({call.action} {call.args}: {answer.result})",)
            self.happens(CallReturned(call=name, result=answer.result, value=answer.value, **self.common()))

    def decides(self, dice: Random) -> bool:
        """A supervisor decides what a flow waits for; False when none does."""
        waited = {frame.waiting for frame in (self.talk.frames if self.talk else ())}
        case = next((each for each in self.dossier.cases if each.open and f"case:{each.number}" in waited), None)
        if case is None:
            return False
        self.at += timedelta(minutes=30)
        approved = dice.random() < 0.5
        self.story += (f"> sam {'approves' if approved else 'declines'} {case.number}",)
        self.happens(CaseDecided(agent="sam", case=case.number, approved=approved, text="So be it", **self.common()))
        return True

    def waits(self, span: timedelta) -> None:
        """Time passes, and what is due happens at its time."""
        self.story += (f"> {span} later",)
        until = self.at + span
        for _ in range(200):
            due = min(self._timers.values(), key=lambda each: each.due, default=None)
            if due is None or due.due > until:
                break
            self._timers = {key: each for key, each in self._timers.items() if key != due.key}
            self.at = max(self.at, due.due)
            self.happens(DeadlineReached(deadline=due, **self.common()))
        self.at = until
