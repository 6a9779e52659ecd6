"""What shall happen next: the closed union that a Turn carries out of the engine.

Effects are data. The runtime commits them with the new state and then delivers them at least once; each has an id
(conversation, turn, index) by which a platform or connector recognises a repeat.
"""

from typing import Any, Literal

from msgspec import Struct

from bot.desk.case import Case, Deadline
from bot.dialog.files import File


class Source(Struct, frozen=True, kw_only=True):
    """Who spoke: an entry, a flow's step, a text or a person, and where it is written ("faqs/orders.yaml:12")."""

    kind: Literal["entry", "flow", "text", "agent"]
    id: str
    at: str = ""


class Choice(Struct, frozen=True, kw_only=True):
    """A button. The id names the turn that offered it and its value: "c7.3/yes"."""

    id: str
    label: str


class Field(Struct, frozen=True, kw_only=True):
    """One input of a form: `long` asks for several lines."""

    id: str
    label: str
    required: bool = True
    long: bool = False


class Form(Struct, frozen=True, kw_only=True):
    """Inputs that are sent together; the id names the turn that offered it, like a choice's."""

    id: str
    title: str
    fields: tuple[Field, ...]


class _Effect(Struct, frozen=True, kw_only=True, tag=True):
    pass


class Say(_Effect, frozen=True, kw_only=True):
    """Show the customer a text (neutral markup) in `place`; `author` is an agent's name, or empty for the bot.

    `edits` is the effect whose message this one takes the place of; where that cannot be edited, it is shown anew.
    `receipt` asks for MessageDelivered once it is shown. `unmarked` is an edited text without the words that say so:
    some platforms show that by themselves. `secret` is what of the text is not written down.
    """

    place: str
    text: str
    source: Source
    choices: tuple[Choice, ...] = ()
    form: Form | None = None
    author: str = ""
    files: tuple[File, ...] = ()
    edits: str = ""
    receipt: bool = False
    unmarked: str = ""
    secret: str = ""


def hidden(text: str, secret: str) -> str:
    """Return a text as it is written down: without the secret in it."""
    return text.replace(secret, "•" * len(secret)) if secret else text


class TakeBack(_Effect, frozen=True, kw_only=True):
    """Delete the message that `effect` showed in `place`; what nobody has tried to show yet is never shown."""

    place: str
    effect: str


class OpenPrivate(_Effect, frozen=True, kw_only=True):
    """Find a place where only this customer reads, and say `text` there first; `place` is where they are now.

    The place comes back as PlaceOpened; where there is none, DeliveryFailed does.
    """

    place: str
    text: str
    source: Source


class ClosePlace(_Effect, frozen=True, kw_only=True):
    """The matter of a forum's post is solved: mark and close it."""

    place: str


class OpenCase(_Effect, frozen=True, kw_only=True):
    """Post the card of a new case in its queue's staff channel and put it on the board."""

    place: str
    case: Case


class UpdateCase(_Effect, frozen=True, kw_only=True):
    """Edit the card in place."""

    place: str
    case: Case


class TellStaff(_Effect, frozen=True, kw_only=True):
    """Write a line (neutral markup) in a case's thread; `kind` says whose words or what sort of line it is.

    `edits` and `unmarked` are as in Say. `message` is set when a message in the thread says it already: only other
    screens show it. `mentions` are the agents (their ids) whom it calls. `undo` is the reply (its Say's id) that a
    button below the line takes back.
    """

    place: str
    case: int
    kind: Literal["customer", "bot", "agent", "note", "alert"]
    author: str
    text: str
    files: tuple[File, ...] = ()
    edits: str = ""
    message: str = ""
    mentions: tuple[str, ...] = ()
    undo: str = ""
    unmarked: str = ""


class Post(_Effect, frozen=True, kw_only=True):
    """Show staff something of its own in a queue's room: what the bot would say, or what another team is asked for.

    `about` names it ("suggestion/local:ana/12", "task/7/1"), `acts` are what can be done with it; presses and what is
    typed below it name both. `of` is the place of the customer's that it is about. `under` is the effect below whose
    message it stands, `edits` as in Say. Where the room is that of the place `beside`, it is not shown.
    """

    place: str
    text: str
    about: str = ""
    acts: tuple[str, ...] = ()
    of: str = ""
    under: str = ""
    edits: str = ""
    beside: str = ""


Sign = Literal["delivered", "failed", "taken_back"]


class MarkReply(_Effect, frozen=True, kw_only=True):
    """Mark a line of a case's thread, or a post, with what became of the reply in it; `line` is that effect's id.

    The same mark twice is one. A mark is worth no trouble: where it cannot be set, it is left out.
    """

    place: str
    case: int
    line: str
    sign: Sign


class Call(_Effect, frozen=True, kw_only=True):
    """Ask a connector to do `action`; its result comes back as CallReturned with this effect's id."""

    action: str
    args: dict[str, Any]


class StartTimer(_Effect, frozen=True, kw_only=True):
    """Keep a deadline; one with the same key is replaced."""

    deadline: Deadline


class CancelTimer(_Effect, frozen=True, kw_only=True):
    """Forget the deadline with this key."""

    deadline: str


class NoteFact(_Effect, frozen=True, kw_only=True):
    """Keep something that all customers share (see `bot.desk.floor`), or forget it for an empty value.

    `was` is what it was when the turn was taken; if that is true no longer, the turn runs again.
    """

    name: str
    value: str
    was: str = ""


Effect = (
    Say
    | TakeBack
    | OpenPrivate
    | ClosePlace
    | OpenCase
    | UpdateCase
    | TellStaff
    | Post
    | MarkReply
    | Call
    | StartTimer
    | CancelTimer
    | NoteFact
)
