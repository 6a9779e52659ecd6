"""What can happen to a customer: the closed union that `advance` takes.

Every event is a past tense, carries the aware time at which it happened, and a key that names *what happened* (not
how it was delivered), so that a repeated delivery is recognised. The runtime fills in `fresh` before the turn.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from bot.desk.case import Deadline


class Fresh(Struct, frozen=True, kw_only=True):
    """Ids that a turn may use up: they come with the event, since the engine can make none itself."""

    conversation: str
    case: int


class Happening(Struct, frozen=True, kw_only=True, tag=True):
    """What every event carries."""

    key: str
    customer: str
    at: datetime
    fresh: Fresh = field(default_factory=lambda: Fresh(conversation="c0", case=0))


# --- the customer -----------------------------------------------------------------------------------------------------


class MessageReceived(Happening, frozen=True, kw_only=True):
    """The customer wrote `text` in `place`; `name` is how the platform shows them."""

    place: str
    name: str
    text: str


class ChoicePressed(Happening, frozen=True, kw_only=True):
    """The customer pressed the button with this choice id (see `effects.Choice`) and label."""

    place: str
    name: str
    choice: str
    label: str = ""


class FormSubmitted(Happening, frozen=True, kw_only=True):
    """The customer sent a form: its id (see `effects.Form`) and one text per field."""

    place: str
    name: str
    form: str
    values: dict[str, str]


# --- agents (a staff click is an event on its customer) ---------------------------------------------------------------


class AgentActed(Happening, frozen=True, kw_only=True):
    """What every staff event carries: who did it, and to which case."""

    agent: str
    case: int


class CaseClaimed(AgentActed, frozen=True, kw_only=True):
    """An agent took the case."""


class CaseReleased(AgentActed, frozen=True, kw_only=True):
    """The owner gave the case back to its queue."""


class AgentReplied(AgentActed, frozen=True, kw_only=True):
    """An agent sent this text to the customer."""

    text: str


class NoteAdded(AgentActed, frozen=True, kw_only=True):
    """An agent wrote a note; no customer ever sees it."""

    text: str


class CaseDecided(AgentActed, frozen=True, kw_only=True):
    """An agent approved or declined what a flow waits for; `text` is the reason."""

    approved: bool
    text: str


class CaseResolved(AgentActed, frozen=True, kw_only=True):
    """An agent closed the case; `text` is an optional last word to the customer."""

    text: str


# --- the shell --------------------------------------------------------------------------------------------------------


class DeadlineReached(Happening, frozen=True, kw_only=True):
    """A deadline of this dossier is due."""

    deadline: Deadline


class CallReturned(Happening, frozen=True, kw_only=True):
    """An outside call came back: `call` is the effect's id, `result` a branch name or "failed"."""

    call: str
    result: str
    value: Any = None
    detail: str = ""


class DeliveryFailed(Happening, frozen=True, kw_only=True):
    """An effect could not be delivered for good: `effect` is its id, `detail` says why (for staff)."""

    effect: str
    detail: str


Event = (
    MessageReceived
    | ChoicePressed
    | FormSubmitted
    | CaseClaimed
    | CaseReleased
    | AgentReplied
    | NoteAdded
    | CaseDecided
    | CaseResolved
    | DeadlineReached
    | CallReturned
    | DeliveryFailed
)
