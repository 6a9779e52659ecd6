"""What can happen to a customer: the closed union that `advance` takes.

Every event is a past tense, carries the aware time at which it happened, and a key that names *what happened* (not
how it was delivered), so that a repeated delivery is recognised. The runtime fills in `fresh` before the turn.
"""

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from bot.desk.broadcast import Counts
from bot.desk.case import Deadline, Outside
from bot.desk.money import Amount, Counter
from bot.desk.team import Agent
from bot.dialog.files import File
from bot.dialog.happening import AgentActed, Happening, Mode, Scope

# --- the customer -----------------------------------------------------------------------------------------------------


class MessageReceived(Happening, frozen=True, kw_only=True):
    """The customer wrote `text` in `place`; `name` is how the platform shows them.

    `near` is set when the message began `place` by standing in a channel: that channel. `messages` are the platform's
    ids of what was written, several for a burst. `quote` is what it answers or forwards, `tags` are those of a forum's
    post, `mentioned` says that the bot was named.
    """

    place: str
    name: str
    text: str
    scope: Scope = "private"
    near: str = ""
    messages: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    quote: str = ""
    tags: tuple[str, ...] = ()
    mentioned: bool = False
    mode: Mode = "live"


class MessageEdited(Happening, frozen=True, kw_only=True):
    """The customer changed a message (the platform's id) to `text`; the key names the edit, not the message."""

    place: str
    message: str
    text: str


class MessageDeleted(Happening, frozen=True, kw_only=True):
    """The customer deleted a message (the platform's id)."""

    place: str
    message: str


class ChoicePressed(Happening, frozen=True, kw_only=True):
    """The customer pressed the button with this choice id (see `effects.Choice`) and label."""

    place: str
    name: str
    choice: str
    label: str = ""
    mode: Mode = "live"


class FormSubmitted(Happening, frozen=True, kw_only=True):
    """The customer sent a form: its id (see `effects.Form`) and one text per field."""

    place: str
    name: str
    form: str
    values: dict[str, str]
    mode: Mode = "live"


class PlaceClosed(Happening, frozen=True, kw_only=True):
    """The place is over: a forum's post was solved, closed or deleted."""

    place: str


class CustomerJoined(Happening, frozen=True, kw_only=True):
    """Somebody has joined the community; they can be written to in `place`, their direct messages with the bot."""

    place: str
    name: str
    mode: Mode = "live"


class CustomerLeft(Happening, frozen=True, kw_only=True):
    """The customer has left the community, or can no longer be written to."""


# --- agents (a staff click is an event on its customer) ---------------------------------------------------------------


class CaseClaimed(AgentActed, frozen=True, kw_only=True):
    """An agent took the case; `anyway`, though a colleague has it."""

    anyway: bool = False


class CaseReleased(AgentActed, frozen=True, kw_only=True):
    """The owner gave the case back to its queue."""


class AgentReplied(AgentActed, frozen=True, kw_only=True):
    """An agent sent this text to the customer."""

    text: str
    files: tuple[File, ...] = ()


class WorkaroundGiven(AgentActed, frozen=True, kw_only=True):
    """An agent told the customer what helps until the matter is solved."""

    text: str


class ReplyEdited(AgentActed, frozen=True, kw_only=True):
    """An agent changed the message with which they had replied; the key names the edit."""

    text: str


class ReplyDeleted(AgentActed, frozen=True, kw_only=True):
    """An agent deleted the message with which they had replied."""


class ReplyUndone(AgentActed, frozen=True, kw_only=True):
    """An agent took back what they had sent last, or this reply; one sent in place of a suggestion has no case."""

    reply: str = ""


class ReplyReworded(AgentActed, frozen=True, kw_only=True):
    """An agent put other words in the place of what they had sent last."""

    text: str


class SnippetWanted(AgentActed, frozen=True, kw_only=True):
    """An agent looked for a ready-made reply, to see it or to send it as it is."""

    query: str
    send: bool = False


class EntryWanted(AgentActed, frozen=True, kw_only=True):
    """An agent looked for what the bot or staff know."""

    query: str


class NoteAdded(AgentActed, frozen=True, kw_only=True):
    """An agent wrote a note; no customer ever sees it. A `bare` line is one, unless the case is live."""

    text: str
    files: tuple[File, ...] = ()
    bare: bool = False


class CaseDecided(AgentActed, frozen=True, kw_only=True):
    """An agent approved or declined what is waited for, or offers something else; `text` is the reason."""

    approved: bool
    text: str
    counter: Counter | None = None


class CaseAssigned(AgentActed, frozen=True, kw_only=True):
    """An agent gave the case to `to`, an agent's id (empty: whoever covers for them); `anyway`, if that one is away."""

    to: str
    text: str = ""
    anyway: bool = False


class CaseTransferred(AgentActed, frozen=True, kw_only=True):
    """An agent passed the case on to another queue; `text` is the reason, `note` what else to know; for staff."""

    queue: str
    text: str
    note: str = ""


class CasesMerged(AgentActed, frozen=True, kw_only=True):
    """An agent let the case go on under another one of the same customer: `into` is that one's number."""

    into: int


class CaseUnmerged(AgentActed, frozen=True, kw_only=True):
    """An agent took a merged case out again: `number`, or the case in whose thread it was said (0)."""

    number: int = 0


class PromiseWithdrawn(AgentActed, frozen=True, kw_only=True):
    """An agent said that a time in their words, or a colleague's, was no promise."""


class AccountUnlinked(AgentActed, frozen=True, kw_only=True):
    """A supervisor took the account of the case's customer out of a link with their others."""


class CaseSnoozed(AgentActed, frozen=True, kw_only=True):
    """An agent put the case aside until a time, or until the customer writes; `text` says it in words."""

    until: datetime | None = None
    text: str = ""


class LiveSwitched(AgentActed, frozen=True, kw_only=True):
    """An agent switched on or off that all they write in the case's thread is sent."""

    on: bool


class ColleagueAdded(AgentActed, frozen=True, kw_only=True):
    """An agent asked a colleague to work on the case with them; `text` is what they ask."""

    colleague: str
    text: str = ""


class TaskAdded(AgentActed, frozen=True, kw_only=True):
    """An agent asked another team to do or to answer something for the case."""

    queue: str
    text: str


class TaskDone(AgentActed, frozen=True, kw_only=True):
    """Somebody did what was asked (0: the only task); `text` is the answer, maybe `below` the post in a team's room."""

    task: int
    text: str
    below: bool = False


class GoodwillGiven(AgentActed, frozen=True, kw_only=True):
    """An agent wants to give the customer so much; `text` says as what, or what for."""

    amount: Amount
    text: str


class GrantUsed(AgentActed, frozen=True, kw_only=True):
    """Something that was granted has been used; `text` says for what."""

    grant: int
    text: str


class GrantRevoked(AgentActed, frozen=True, kw_only=True):
    """A grant was taken back; `text` is the reason."""

    grant: int
    text: str


class CaseArgued(AgentActed, frozen=True, kw_only=True):
    """An agent said what speaks for the customer, for whoever decides."""

    text: str


class CareSwitched(AgentActed, frozen=True, kw_only=True):
    """The bot shall be careful in a case, and only relay, or no longer; `text` is the reason."""

    on: bool
    text: str


class CustomerBlocked(AgentActed, frozen=True, kw_only=True):
    """The bot shall say nothing to the customer for a while; `text` is the reason."""

    until: datetime
    text: str


class CustomerUnblocked(AgentActed, frozen=True, kw_only=True):
    """The bot may speak to the customer again."""

    text: str


class EndingMoved(AgentActed, frozen=True, kw_only=True):
    """Somebody began to end the relationship, did a step of it, gave it up, or ended it; `text` is reason or note."""

    do: Literal["start", "done", "stop", "now"]
    text: str
    step: str = ""


class DayNeeded(AgentActed, frozen=True, kw_only=True):
    """The customer needs it by that day; none: it does not matter any more."""

    day: date | None


class TierGiven(AgentActed, frozen=True, kw_only=True):
    """The customer belongs to that tier; an empty one: to none."""

    tier: str


class CustomerMarked(AgentActed, frozen=True, kw_only=True):
    """An agent saw a sign of trouble in the customer, or which type of client they are; `off`: the last was none."""

    mark: str
    text: str
    off: bool = False


class CaseResolved(AgentActed, frozen=True, kw_only=True):
    """An agent closed the case; `text` is an optional last word to the customer, `outcome` a code of the shop's.

    Without a code, the text may begin with one.
    """

    text: str
    outcome: str = ""


class ActMistyped(AgentActed, frozen=True, kw_only=True):
    """An agent wanted to do something, and left out with whom, where or how long.

    `about` is the suggestion, or the number of the task, below which it was typed; `text` is what stood there. `alone`
    is False where other commands stood beside it, which were not done for its sake.
    """

    do: str
    about: str = ""
    text: str = ""
    alone: bool = True


class AgentWentAway(AgentActed, frozen=True, kw_only=True):
    """An agent is away until a time, or for the rest of the day; `text` is why, for staff.

    It is about no case (0), or typed in the thread of one.
    """

    until: datetime | None = None
    text: str = ""


class AgentCameBack(AgentActed, frozen=True, kw_only=True):
    """An agent is there again."""


class NoticeWanted(AgentActed, frozen=True, kw_only=True):
    """An agent wants many customers to be told something; it happens in the dossier of all notices, to no case."""

    words: str


class NoticeDecided(AgentActed, frozen=True, kw_only=True):
    """An agent lets a notice go out, seen as it will be read, or decided that it does not, or no further."""

    number: int
    goes: bool


class NoticeProgressed(Happening, frozen=True, kw_only=True):
    """So many have been told of a notice by now; `over` when that was all."""

    number: int
    counts: Counts
    over: bool = False


class NoticeGiven(Happening, frozen=True, kw_only=True):
    """It is this customer's turn to be told of a notice, which is about these orders of theirs, and what is in them."""

    number: int
    orders: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class TeamSeen(Happening, frozen=True, kw_only=True):
    """A platform told who works here by its groups or roles; `team` names whose they are: "slack:T1", "discord"."""

    team: str
    members: tuple[Agent, ...]


class FileChanged(Struct, frozen=True, kw_only=True):
    """What a file of the content says that it did not say before, or no longer does, each by its name."""

    file: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class ContentChanged(Happening, frozen=True, kw_only=True):
    """The content was read again and counts from now on; `mended` says that it had been refused before."""

    files: tuple[FileChanged, ...] = ()
    mended: bool = False


class ContentRefused(Happening, frozen=True, kw_only=True):
    """The content was edited and cannot be served: the problems, each with file and line. What was served still is."""

    problems: tuple[str, ...]


class DeskChanged(Happening, frozen=True, kw_only=True):
    """A case of this customer's has lost its queue or its owner, since the content no longer has them."""


class ErrandGivenUp(Happening, frozen=True, kw_only=True):
    """An outside desk (a webhook, a help desk) was not told what became of a case, for too long; `detail` says why."""

    desk: str
    case: int
    detail: str


class CaseKept(Happening, frozen=True, kw_only=True):
    """An outside desk keeps a case of this customer's from now on."""

    case: int
    outside: Outside


class AgentSpoke(Happening, frozen=True, kw_only=True):
    """An agent wrote in the customer's own thread, where everybody reads it: the bot should not talk over them."""

    place: str
    agent: str
    text: str


class SuggestionSent(Happening, frozen=True, kw_only=True):
    """An agent sent what the bot had suggested, as it is, or with other words of theirs."""

    agent: str
    suggestion: str
    text: str = ""


class SuggestionDismissed(Happening, frozen=True, kw_only=True):
    """An agent decided that what the bot had suggested is not said; with `leave`, that nothing has to be."""

    agent: str
    suggestion: str
    leave: bool = False


# --- the shell --------------------------------------------------------------------------------------------------------


class DeadlineReached(Happening, frozen=True, kw_only=True):
    """A deadline of this dossier is due."""

    deadline: Deadline


class CallReturned(Happening, frozen=True, kw_only=True):
    """An outside call came back: `call` is the effect's id, `result` a branch name or "failed".

    `doubtful` is what a failed request was asked with, of which nobody knows whether it was done.
    """

    call: str
    result: str
    value: Any = None
    detail: str = ""
    doubtful: str = ""


class DeliveryFailed(Happening, frozen=True, kw_only=True):
    """An effect could not be delivered to `place` for good: `effect` is its id, `detail` says why (for staff).

    `card` is the case whose card was found to be gone.
    """

    effect: str
    detail: str
    place: str = ""
    card: int = 0


class MessageDelivered(Happening, frozen=True, kw_only=True):
    """Something was shown to the customer whose delivery was to be told (see `effects.Say`): `effect` is its id."""

    effect: str


class PlaceOpened(Happening, frozen=True, kw_only=True):
    """A private place was found (see `effects.OpenPrivate`): `effect` is that effect's id."""

    effect: str
    place: str


Event = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | ChoicePressed
    | FormSubmitted
    | PlaceClosed
    | CustomerJoined
    | CustomerLeft
    | CaseClaimed
    | CaseReleased
    | AgentReplied
    | WorkaroundGiven
    | ReplyEdited
    | ReplyDeleted
    | ReplyUndone
    | ReplyReworded
    | SnippetWanted
    | EntryWanted
    | NoteAdded
    | CaseAssigned
    | CaseTransferred
    | CasesMerged
    | CaseUnmerged
    | AccountUnlinked
    | PromiseWithdrawn
    | CaseSnoozed
    | LiveSwitched
    | ColleagueAdded
    | TaskAdded
    | TaskDone
    | CaseDecided
    | GoodwillGiven
    | GrantUsed
    | GrantRevoked
    | CaseArgued
    | CareSwitched
    | CustomerBlocked
    | CustomerUnblocked
    | EndingMoved
    | DayNeeded
    | TierGiven
    | CustomerMarked
    | CaseResolved
    | ActMistyped
    | AgentWentAway
    | AgentCameBack
    | NoticeWanted
    | NoticeDecided
    | NoticeProgressed
    | NoticeGiven
    | TeamSeen
    | ContentChanged
    | ContentRefused
    | DeskChanged
    | ErrandGivenUp
    | CaseKept
    | AgentSpoke
    | SuggestionSent
    | SuggestionDismissed
    | DeadlineReached
    | CallReturned
    | DeliveryFailed
    | MessageDelivered
    | PlaceOpened
)
