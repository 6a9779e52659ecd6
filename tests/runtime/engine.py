"""An engine for the runtime's own tests: it does what the customer's words tell it to.

"remind m 90" starts a timer "m" for 90 s from now, "forget m" cancels it, "call ship" calls the connector, "case" opens
one, "flow f1" begins a flow, "send x" asks for a receipt, "change c1.1.0 x" edits, "back c1.1.0" takes back, "crash"
raises; anything else is said back. Each answer begins with a running number.
"""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.dialog.effects import (
    Call,
    CancelTimer,
    Effect,
    OpenCase,
    OpenPrivate,
    Say,
    Source,
    StartTimer,
    TakeBack,
    TellStaff,
)
from bot.dialog.events import (
    CallReturned,
    DeadlineReached,
    DeliveryFailed,
    Event,
    MessageDelivered,
    MessageReceived,
    PlaceOpened,
)  # fmt: skip
from bot.dialog.state import Conversation, Dossier, Frame, Trace, Turn

SOURCE = Source(kind="text", id="echo")


class Catalog:
    """Flows by name."""

    def flow_body(self, version: str) -> bytes:
        return b"flow " + version.encode()


def advance(dossier: Dossier, event: Event, catalog: Any) -> Turn:
    talk = _talk(dossier, event)
    effects: list[Effect] = []
    flows: tuple[str, ...] = ()
    cases = dossier.cases

    def say(text: str) -> None:
        effects.append(Say(place=talk.place, text=f"{talk.turn} {text}", source=SOURCE))

    match event:
        case MessageReceived():
            match event.text.split():
                case ["remind", key, seconds]:
                    due = event.at + timedelta(seconds=float(seconds))
                    effects.append(StartTimer(deadline=_deadline(key, due, talk)))
                    say(f"will remind {key}")
                case ["forget", key]:
                    effects.append(CancelTimer(deadline=key))
                    say(f"forgot {key}")
                case ["call", action]:
                    effects.append(Call(action=action, args={"for": event.customer}))
                case ["case"]:
                    case = _case(event, talk)
                    cases = (*cases, case)
                    effects.append(OpenCase(place="staff:care", case=case))
                    say(f"case {case.number}")
                case ["flow", version]:
                    talk = replace(talk, frames=(Frame(flow="f", version=version, step="s"),))
                    flows = (version,)
                    say("began")
                case ["private"]:
                    effects.append(OpenPrivate(place=talk.place, text="come here", source=SOURCE))
                case ["twice"]:
                    say("one")
                    say("two")
                case ["send", text]:
                    effects.append(Say(place=talk.place, text=text, source=SOURCE, receipt=True))
                case ["change", effect, text]:
                    effects.append(Say(place=talk.place, text=text, source=SOURCE, edits=effect))
                case ["back", effect]:
                    effects.append(TakeBack(place=talk.place, effect=effect))
                case ["crash"]:
                    raise ValueError(f"cannot do {event.text}")
                case _:
                    say(f"echo {event.text}")
        case DeadlineReached():
            say(f"reminder {event.deadline.key}")
        case CallReturned():
            say(f"result {event.result} {event.value}")
        case PlaceOpened():
            say(f"{event.place} for {event.effect}")
        case MessageDelivered():
            text = f"there {event.effect}"
            effects.append(TellStaff(place="staff:care", case=0, kind="alert", author="bot", text=text))
        case DeliveryFailed():
            effects.append(
                TellStaff(place="staff:care", case=0, kind="alert", author="bot", text=f"lost {event.effect}")
            )
        case _:
            raise AssertionError(event)
    after = replace(dossier, conversations=(talk,), cases=cases)
    return Turn(
        id=f"{talk.id}.{talk.turn}", dossier=after, effects=tuple(effects), trace=Trace(rule="echo"), flows=flows
    )


def broken(dossier: Dossier, event: Event, catalog: Any, error: Exception) -> Turn:
    talk = _talk(dossier, event)
    sorry = Say(place=talk.place, text=f"{talk.turn} sorry", source=SOURCE)
    return Turn(
        id=f"{talk.id}.{talk.turn}",
        dossier=replace(dossier, conversations=(talk,)),
        effects=(sorry,),
        trace=Trace(rule="broken", notes=(type(error).__name__,)),
    )


def _talk(dossier: Dossier, event: Event) -> Conversation:
    if dossier.conversations:
        talk = dossier.conversations[0]
        return replace(talk, turn=talk.turn + 1, active_at=event.at)
    place = event.place if isinstance(event, MessageReceived) else f"web:{event.customer}"
    return Conversation(id=event.fresh.conversation, place=place, started_at=event.at, active_at=event.at, turn=1)


def _deadline(key: str, due: Any, talk: Conversation) -> Deadline:
    return Deadline(key=key, kind="check_in", due=due, place=talk.place, conversation=talk.id)


def _case(event: Event, talk: Conversation) -> Case:
    return Case(
        number=event.fresh.case,
        kind="handoff",
        queue="care",
        customer=event.customer,
        name="",
        place=talk.place,
        conversation=talk.id,
        opened_at=event.at,
        subject="help",
        reason="asked",
    )
