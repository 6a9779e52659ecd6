"""Records to store."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.desk.case import Case, Deadline
from bot.dialog.effects import Effect, Say, Source
from bot.dialog.events import Event, MessageReceived
from bot.dialog.state import Conversation, Dossier, Frame, Trace, Turn
from bot.ports import Batch, TurnTaken
from bot.store.sqlite import SqliteStore

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ECHO = Source(kind="text", id="echo")


def message(customer: str = "ana", text: str = "hello", key: str = "m1") -> MessageReceived:
    return MessageReceived(key=key, customer=customer, at=AT, place=f"web:{customer}", name=customer, text=text)


def say(text: str = "hi", author: str = "") -> Say:
    return Say(place="web:ana", text=text, source=ECHO, author=author)


def talk(customer: str = "ana", conversation: str = "c1", frames: tuple[str, ...] = (), case: int = 0) -> Dossier:
    conversations = (
        Conversation(
            id=conversation,
            place=f"web:{customer}",
            started_at=AT,
            active_at=AT,
            case=case,
            frames=tuple(Frame(flow="f", version=version, step="s") for version in frames),
        ),
    )
    return Dossier(customer=customer, conversations=conversations)


def case(number: int = 1, customer: str = "ana", **fields: Any) -> Case:
    return Case(
        **{
            "number": number,
            "kind": "handoff",
            "queue": "care",
            "customer": customer,
            "name": customer,
            "place": f"web:{customer}",
            "conversation": "c1",
            "opened_at": AT + timedelta(minutes=number),
            "subject": "help",
            "reason": "asked",
            **fields,
        }
    )


def deadline(key: str = "check_in:c1", minutes: float = 30) -> Deadline:
    return Deadline(key=key, kind="check_in", due=AT + timedelta(minutes=minutes), place="web:ana", conversation="c1")


def taken(
    event: Event, inbox: int, *effects: Effect, version: int = 0, id: str = "c1.1", dossier: Dossier | None = None
) -> TurnTaken:
    turn = Turn(id=id, dossier=dossier or talk(event.customer), effects=effects, trace=Trace(rule="r", decision=id))
    return TurnTaken(inbox=(inbox,), event=event, version=version, turn=turn)


async def accept(store: SqliteStore, *events: Event) -> list[int]:
    return [row.id for row in (await store.commit(Batch(accepted=events))).waiting]
