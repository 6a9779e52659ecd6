"""One customer and the engine alone, with the demo's orders, timers and staff as far as a conversation needs them."""

from copy import copy
from datetime import timedelta
from random import Random

from msgspec import Struct
from msgspec.json import Decoder, encode
from msgspec.structs import replace

from bot.actions import ACTIONS
from bot.desk.broadcast import FACT, Audience, Broadcast
from bot.desk.case import Case, Deadline
from bot.dialog import steps
from bot.dialog.catalog import Catalog
from bot.dialog.collected import Asking, options
from bot.dialog.effects import Call, CancelTimer, Say, StartTimer
from bot.dialog.events import (
    CallReturned,
    CaseDecided,
    ChoicePressed,
    CustomerJoined,
    DeadlineReached,
    Event,
    FormSubmitted,
    MessageDeleted,
    MessageEdited,
    NoticeGiven,
)
from bot.dialog.files import File
from bot.dialog.flow import Confirm, Option
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Dossier, Turn
from bot.ports import CallResult
from tests.dialog.talk import DM, Talk
from tests.walks.orders import Earlier, Orders
from tests.walks.sentences import Heard

_STORED = Decoder(Dossier)
_RECALL = {"what": "Blue enamel kettle", "risk": "the handle can come off"}


class BrokenLaw(AssertionError):
    """A law does not hold."""


class Walk(Talk):
    """A talk whose calls come back and whose timers run out; a copy of it goes its own way."""

    def __init__(self, catalog: Catalog, orders: Orders, met: bool = True) -> None:
        super().__init__(catalog)
        self.dossier = replace(self.dossier, met=met)
        self.orders = orders
        self.story: tuple[str, ...] = (f"identity: {catalog.identity.by}",)
        self.pressed: tuple[tuple[str, str], ...] = ()  # every button there ever was
        self.picked: frozenset[tuple[str, str]] = frozenset()  # what was chosen at which step
        self.written: tuple[tuple[str, str], ...] = ()  # the customer's messages: the platform's id, the words
        self.mailed = ""  # the last code that was sent
        self.flows: frozenset[str] = frozenset()  # all that were ever begun
        self._late = 0.0  # for how long the next message lay there
        self._timers: dict[str, Deadline] = {}
        self._calls: tuple[tuple[str, Call], ...] = ()
        self._earlier: Earlier = ()
        self._heard = Heard()

    def fork(self) -> "Walk":
        """Return a walk that goes on from here, and leaves this one alone."""
        return copy(self)

    def breaks(self, law: str) -> None:
        """Tell that a law does not hold."""
        raise BrokenLaw(law)

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
        self.code = f"BCDF{self.at:%H%M}"
        try:
            turn = super().happens(event, waited=waited)
        except Exception as error:
            raise BrokenLaw(f"the engine fails ({type(error).__name__}: {error})") from error
        self.story += (f"  [{turn.trace.rule} {turn.trace.decision} {turn.trace.id}]",)
        if turn.trace.rule == "broken":
            raise BrokenLaw(f"the content fails: {'; '.join(turn.trace.notes)}")
        self.flows |= {frame.flow for talk in self.dossier.conversations for frame in talk.frames}
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
                    self.mailed = effect.args.get("code", self.mailed) if effect.action == "send_code" else self.mailed
                case _:
                    pass
        self._timers = timers
        return turn

    def _hears(self, said: Say) -> None:
        if said.place != DM:
            return
        text = plain(said.text)
        labels = "".join(f" [{choice.label}]" for choice in said.choices)
        self.story += (f"  {said.author or 'bot'}: {text}{labels}   <{said.source.id}>",)
        self.pressed += tuple((choice.id, choice.label) for choice in said.choices)
        if said.edits or said.source.kind == "agent":
            self._heard = Heard()  # what people write is theirs to repeat
            return
        owns_up = self.catalog.texts["said_again"].variants
        self._heard, again = self._heard.then(text, self.at, owns_up=owns_up, reads_back=self._reads_back(said))
        if again:
            self.breaks(f"said twice running ({said.source.id}): {again}")

    def _reads_back(self, said: Say) -> bool:
        """Tell whether it is a summary to be agreed to, which is read whole each time."""
        flow, _, step = said.source.id.partition(".")
        found = self.catalog.flows.get(flow) if said.source.kind == "flow" else None
        return found is not None and isinstance(found.steps.get(step.removesuffix("/again")), Confirm)

    # --- the customer -------------------------------------------------------------------------------------------------

    def joins(self) -> None:
        """The customer joins the community."""
        self.story += ("> joins",)
        self.happens(CustomerJoined(place=DM, name="Ana", **self.common()))

    def tells(self, text: str) -> None:
        """The customer writes."""
        self.story += (f"> {text}",)
        message, late, self._late = f"m{len(self.written)}", self._late, 0.0
        self.written += ((message, text),)
        self.says(text, DM, messages=(message,), waited=late)

    def edits(self, message: str, text: str) -> None:
        """The customer changes a message."""
        self.story += (f"> edits {message}: {text}",)
        self.at += timedelta(seconds=30)
        self.happens(MessageEdited(place=DM, message=message, text=text, **self.common()))

    def deletes(self, message: str) -> None:
        """The customer deletes a message."""
        self.story += (f"> deletes {message}",)
        self.at += timedelta(seconds=30)
        self.happens(MessageDeleted(place=DM, message=message, **self.common()))

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

    # --- what else happens --------------------------------------------------------------------------------------------

    def restarts(self, late: float) -> None:
        """The bot is killed and starts again: it knows what was stored, and finds what was written meanwhile."""
        self.story += (f"> (the bot starts again, {late:g} s later)",)
        stored = _STORED.decode(encode(self.dossier))
        if different := _difference(stored, self.dossier):
            self.breaks(f"what was stored is not what was known: {different}")
        self.dossier, self._late = stored, late

    def hears_of_recall(self) -> None:
        """The shop recalls something, and it is the customer's turn to be told."""
        number = 1 + sum(name.startswith(FACT) for name in self.floor.facts)
        kind = self.catalog.notices.kinds["recall"]
        recall = Broadcast(number=number, kind=kind, slots=_RECALL, audience=Audience(), by="sam", at=self.at)
        sent = encode(replace(recall, state="going")).decode()
        self.floor = replace(self.floor, facts={**self.floor.facts, f"{FACT}:{number}": sent})
        self.story += (f"> (recall {number})",)
        self.happens(NoticeGiven(number=number, orders=("#12345",), **self.common()))

    def returns(self, dice: Random, *, trouble: float = 0.0) -> None:
        """The order system answers all that it was asked; now and then it does something else."""
        while self._calls:
            (name, call), *rest = self._calls
            self._calls = tuple(rest)
            answer, self._earlier = self.orders.call(call.action, call.args, self.at.date(), self._earlier)
            if dice.random() < trouble:
                others = sorted({"failed", *ACTIONS[call.action].results} - {"found", "accepted", "same", "sent"})
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


def _difference(one: object, other: object, at: str = "") -> str:
    """Return where what was stored differs from what was known, and how; lists and tuples are the same there."""
    if isinstance(one, Struct) and type(one) is type(other):
        pairs = [(name, getattr(one, name), getattr(other, name)) for name in one.__struct_fields__]
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = [(str(at), *both) for at, both in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(name, one[name], other[name]) for name in one]
    else:
        return "" if one == other else f"{at} is {one!r}, and was {other!r}"
    return next((found for name, a, b in pairs if (found := _difference(a, b, f"{at}.{name}"))), "")
