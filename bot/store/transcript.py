"""Which lines a turn adds to the transcript; pure.

Each word is recorded once. What customers, agents and the bot say is told to staff as well; those copies are left out.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from bot.dialog.effects import OpenPrivate, Say, TellStaff, hidden
from bot.dialog.events import (
    AgentSpoke,
    ChoicePressed,
    Event,
    FormSubmitted,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    NoteAdded,
)  # fmt: skip
from bot.dialog.markup import plain
from bot.dialog.state import Dossier, Turn


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the transcript that has no row yet."""

    customer: str
    conversation: str
    case: int
    who: str
    kind: str
    text: str
    at: datetime


def entries(event: Event, turn: Turn) -> Iterator[Entry]:
    """Yield what was said and noted in a turn, in order."""
    conversation = turn.id.rpartition(".")[0]
    case = _case(turn.dossier, conversation)
    account = _account(event, turn.dossier, conversation)
    there = {talk.place: talk.account for talk in turn.dossier.conversations if talk.account}
    noted: set[str] = set()

    def entry(who: str, kind: str, text: str, case: int = case, place: str = "") -> Entry:
        return Entry(
            customer=there.get(place, account),
            conversation=conversation,
            case=case,
            who=who,
            kind=kind,
            text=text,
            at=event.at,
        )

    match event:
        case MessageReceived():
            yield entry(
                "customer", "customer", "\n".join([event.text, *(file.name for file in event.files)]).strip("\n")
            )
        case MessageEdited():
            yield entry("customer", "edited", event.text)
        case MessageDeleted():
            yield entry("customer", "deleted", "")
        case AgentSpoke():
            yield entry(event.agent, "agent", event.text)
        case ChoicePressed():
            yield entry("customer", "customer", event.label or event.choice.rpartition("/")[2])
        case FormSubmitted():
            yield entry("customer", "customer", "\n".join(event.values.values()))
        case NoteAdded():
            noted.add(event.text)
            yield entry(event.agent, "note", event.text, event.case)
        case _:
            pass
    for effect in turn.effects:
        match effect:
            case Say():
                agent = effect.source.id if effect.source.kind == "agent" else ""  # whatever customers are told
                said, kind = hidden(plain(effect.text), effect.secret), "agent" if effect.author else "bot"
                yield entry(agent or effect.author or "bot", kind, said, place=effect.place)
            case OpenPrivate():
                yield entry("bot", "bot", plain(effect.text))
            case TellStaff(kind="note" | "alert") if plain(effect.text) not in noted:
                yield entry(effect.author or "bot", effect.kind, plain(effect.text), effect.case)
            case _:
                pass


def _case(dossier: Dossier, conversation: str) -> int:
    """Return the case that the conversation is in the hands of, or the one that it had."""
    for talk in dossier.conversations:
        if talk.id == conversation and talk.case:
            return talk.case
    return max((case.number for case in dossier.cases if case.conversation == conversation and case.open), default=0)


def _account(event: Event, dossier: Dossier, conversation: str) -> str:
    """Return the account in whose place it was said."""
    own = (talk.account for talk in dossier.conversations if talk.id == conversation)
    return next(own, "") or event.account or event.customer
