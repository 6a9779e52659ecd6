"""The seams of the house: what the runtime asks of stores, channels, connectors and clocks.

Adapters implement these Protocols; `bot.app` chooses them. Nothing here does anything.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct, field

from bot.desk.broadcast import Counts, Person
from bot.desk.case import Case, Deadline, Profile
from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Effect
from bot.dialog.events import Event
from bot.dialog.files import File
from bot.dialog.state import Dossier, Trace, Turn


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...


class CallResult(Struct, frozen=True, kw_only=True):
    """What an action came to: a branch name that flows jump on, and the value that they keep."""

    result: str
    value: Any = None


class Connector(Protocol):
    """An outside system: orders, refunds, a help desk."""

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Do `action`; `key` is the same whenever the same call is repeated, so that it happens once.

        Any exception counts as a failed call.
        """
        ...


class Outgoing(Struct, frozen=True, kw_only=True):
    """An effect on its way out: `id` never changes between attempts, `repeat` says that an attempt may have worked."""

    seq: int
    id: str
    customer: str
    place: str
    effect: Effect
    trace: Trace
    at: datetime
    attempts: int = 0
    repeat: bool = False


class Channel(Protocol):
    """A platform that people talk on."""

    def lane(self, place: str) -> str:
        """Name the queue that `place` shares: effects in one lane go out one by one, in order."""
        ...

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect and return the platform's id for it; a second call with the same id shows nothing new.

        For OpenPrivate, returns the place that was found. Raises DeliveryRefused when trying again cannot help and
        DeliveryDelayed when the platform says when to; any other exception means: try again later.
        """
        ...

    async def fetch(self, file: File) -> bytes:
        """Return the bytes of a file that came in on this platform. Raises DeliveryRefused when it is gone."""
        ...


class Watcher(Protocol):
    """Somebody who looks on as turns are taken: the playground's strip, the console's effect lines."""

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        """See a turn that has just been committed."""
        ...


# --- what the runtime writes and reads --------------------------------------------------------------------------------


class Waiting(Struct, frozen=True, kw_only=True):
    """An accepted event that no turn has consumed yet; `id` is its inbox row, in order of acceptance."""

    id: int
    event: Event


class Errand(Struct, frozen=True, kw_only=True):
    """What an outside desk shall hear of a case (`kind` and `data` as in dialog.tidings).

    `id` is the same on every attempt; `repeat` says that one may have worked. From `since` on it is counted when it is
    given up; `detail` is why it is not done yet.
    """

    seq: int = 0
    id: str
    desk: str
    case: int
    customer: str
    kind: str
    data: dict[str, Any]
    at: datetime
    since: datetime
    detail: str = ""
    repeat: bool = True

    @property
    def reference(self) -> str:
        """What the case is known by outside: no other bot's case is."""
        return f"frontdesk-{self.id.partition('.')[0]}-{self.case}"


class HelpDesk(Protocol):
    """An outside system that hears of our cases, or keeps them too: a webhook, a help desk, a CRM.

    Raises DeliveryRefused when trying again cannot help and DeliveryDelayed when the desk says when to; any other
    exception means: again later, by the same id.
    """

    @property
    def trouble(self) -> str:
        """Why it is being left alone, for an operator; empty while it is not."""
        ...

    @property
    def keeps(self) -> bool:
        """Whether it keeps cases: it is told how one stands, not how one stood when something happened."""
        ...

    async def find_customer(self, email: str) -> Profile | None:
        """Return what it knows of a customer; None if it does not know them."""
        ...

    def link(self, theirs: str) -> str:
        """Return where people find its case; empty if nowhere."""
        ...

    async def put_case(self, errand: Errand, theirs: str) -> str:
        """Make or change its case; `theirs` is its id for it (empty: it has none yet). Return that id."""
        ...

    async def add_note(self, errand: Errand, theirs: str) -> str:
        """Put a note, which no customer may read, to its case; return its id for the case."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class TurnTaken(Struct, frozen=True, kw_only=True):
    """A turn to commit: it consumed these inbox rows and was computed on this version of the dossier."""

    inbox: tuple[int, ...]
    event: Event
    version: int
    turn: Turn
    errands: tuple[Errand, ...] = ()


class Delivery(Struct, frozen=True, kw_only=True):
    """What became of an outbox row: delivered (with the platform's id), failed for good, or to be tried at `again`."""

    seq: int
    platform_id: str = ""
    failed: str = ""
    again: datetime | None = None


class Batch(Struct, frozen=True, kw_only=True):
    """Everything that one commit writes, all of it or nothing.

    `accepted` events whose key is known already are left out. `fired` are deadlines (customer, key) that were turned
    into accepted events; one that is gone already takes its event with it. `flows` are the compiled flows, by hash,
    that these turns began.
    """

    accepted: Sequence[Event] = ()
    turns: Sequence[TurnTaken] = ()
    deliveries: Sequence[Delivery] = ()
    fired: Sequence[tuple[str, str]] = ()
    flows: Mapping[str, bytes] = field(default_factory=dict)


class Committed(Struct, frozen=True, kw_only=True):
    """What a commit produced: the inbox rows of the events that were new, and the outbox rows of the turns."""

    waiting: tuple[Waiting, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()


class Said(Struct, frozen=True, kw_only=True):
    """A transcript row: who ("customer", "bot", or an agent's name) said or noted what, and when."""

    id: int
    customer: str
    conversation: str
    case: int
    who: str
    kind: str
    text: str
    at: datetime


class Act(Struct, frozen=True, kw_only=True):
    """An entry of the audit log: an agent's act on a case, or an operator's, and the rule that took or refused it."""

    at: datetime
    who: str
    role: str
    act: str
    case: int = 0
    rule: str = ""
    turn: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Links(Protocol):
    """Accounts that belong to one customer. What a call has done once is not done again, only told again."""

    async def offer_code(self, hash: str, account: str, until: datetime) -> None:
        """Keep a one-time code, hashed; an account has one at a time."""
        ...

    async def void_code(self, hash: str) -> None:
        """Let a code count no more."""
        ...

    async def link(self, call: str, hash: str, account: str, at: datetime) -> tuple[str, str]:
        """Link the account with the code's: "linked", "wrong" or "same", and the other account."""
        ...

    async def unlink(self, call: str, account: str, at: datetime) -> str:
        """Take the account out of its link."""
        ...


class Audiences(Protocol):
    """Whom notices to many are for, and how far each has come."""

    async def customers(self, after: str, limit: int) -> list[Dossier]:
        """Return a page of all customers' dossiers, in order of their ids, from the one after `after` on."""
        ...

    async def dossiers(self, customers: Sequence[str]) -> dict[str, tuple[int, Dossier]]:
        """Return version and dossier of each customer."""
        ...

    async def keep_audience(self, notice: int, people: Sequence[Person]) -> None:
        """Keep whom a notice is for; what is kept for it already stays."""
        ...

    async def next_person(self, notice: int) -> Person | None:
        """Return who is told next; None when all have had their turn."""
        ...

    async def give(self, notice: int, customer: str) -> None:
        """Note that it is this customer's turn."""
        ...

    async def counts(self, notice: int) -> Counts:
        """Return how far a notice has come."""
        ...

    async def audience_of(self, notice: int) -> tuple[list[Person], int]:
        """Return who was told of a notice, and how many could not be reached or may not be told."""
        ...


class Store(Audiences, Protocol):
    """Durable state. Every method is one round trip on one connection."""

    async def commit(self, batch: Batch) -> Committed:
        """Write a batch in one transaction; raise Conflict when what a turn relied on had changed."""
        ...

    async def knows(self, key: str) -> bool:
        """Return whether something with this key has been accepted."""
        ...

    async def dossiers(self, customers: Sequence[str]) -> dict[str, tuple[int, Dossier]]:
        """Return version and dossier of each customer; one never seen has version 0 and an empty dossier."""
        ...

    async def waiting(self) -> list[Waiting]:
        """Return every accepted event without a turn, oldest first."""
        ...

    async def outgoing(self) -> list[Outgoing]:
        """Return every effect that is still to be delivered, oldest first, marked as possible repeats."""
        ...

    async def delivered(self, limit: int = 500) -> list[Outgoing]:
        """Return the effects that were delivered last, oldest first: what a screen shows when it is opened."""
        ...

    async def due(self, until: datetime, limit: int = 500) -> list[Event]:
        """Return DeadlineReached events for the deadlines due by then, earliest first; changes nothing."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the earliest deadline is due."""
        ...

    async def transcript(self, customer: str = "", case: int = 0, limit: int = 500) -> list[Said]:
        """Return what was said, oldest first: of one customer, of one case, or of all."""
        ...

    async def scheduled(self) -> list[tuple[str, Deadline]]:
        """Return every customer's deadlines, earliest first."""
        ...

    async def board(self) -> list[Case]:
        """Return the open cases, most urgent first, then oldest first."""
        ...

    async def floor(self) -> Floor:
        """Return what all customers share, as it is now."""
        ...

    async def resolved(self, since: datetime) -> list[Case]:
        """Return the cases that were closed since then, in order of their numbers."""
        ...

    async def follow_ups(self, cases: Sequence[Case]) -> dict[int, datetime]:
        """Return, by number, when the silent customers of these cases will be asked whether anything is left."""
        ...

    async def talk(self, case: int, after: int = 0, limit: int = 200) -> list[Said]:
        """Return a page of a case's whole talk, oldest first: what was said before it was opened too.

        `after` is the id of the line that the page before ended with.
        """
        ...

    async def said_before(self, line: int, limit: int) -> list[Said]:
        """Return the lines before one (0: the latest), newest first; each with the case that came of it."""
        ...

    async def audit(
        self, *, case: int = 0, who: str = "", since: datetime | None = None, after: int = 0, limit: int = 500
    ) -> list[tuple[int, Act]]:
        """Return entries of the audit log with their ids, oldest first, from the one after `after` on."""
        ...

    async def note(self, act: Act) -> None:
        """Add an operator's act to the audit log."""
        ...

    async def case(self, number: int) -> Case | None:
        """Return a case as its card last showed it; None for a number that never was."""
        ...

    async def card(self, case: int) -> str:
        """Return the platform's id of the case's card; empty until it has been posted."""
        ...

    async def shown(self, effect: str) -> str:
        """Return the platform's id of a delivered effect; empty while it is not (or was never) delivered."""
        ...

    async def effect_of(self, message: str) -> str:
        """Return the delivered effect that is shown in this message (the platform's id); empty when none is."""
        ...

    async def case_of(self, platform_id: str) -> int:
        """Return the number of the case whose card has this platform id; 0 when there is none."""
        ...

    async def post_at(self, platform_id: str) -> str:
        """Return what the post in this message is about, as it was shown last; empty when there is none."""
        ...

    async def places(self, prefix: str, since: datetime) -> list[tuple[str, str]]:
        """Return (customer, place) of the conversations in places that begin with `prefix` and were active since.

        The latest come last.
        The public place that a conversation was moved from is one of its places.
        """
        ...

    async def trace(self, turn: str) -> Trace | None:
        """Return why a turn ("c7.3") went as it did."""
        ...

    async def errands(self, after: int = 0) -> list[Errand]:
        """Return what is still to be done for outside desks, oldest first: errands after the one with that `seq`."""
        ...

    async def mark(self, errand: Errand, detail: str, *, given_up: bool = False) -> None:
        """Note why an errand is not done yet, or that it was given up for that."""
        ...

    async def finish(self, errand: Errand, theirs: str) -> None:
        """Note that an errand is done, and the id that the desk has for the case (empty: none)."""
        ...

    async def theirs(self, desk: str, case: int) -> str:
        """Return the id by which an outside desk keeps a case; empty for none."""
        ...

    async def flows(self) -> dict[str, bytes]:
        """Return the compiled flows that frames may still be in, by hash."""
        ...

    async def forget_flows(self) -> None:
        """Delete the compiled flows that no frame is in."""
        ...

    async def changed(self) -> bool:
        """Return whether another process has written since this was last asked."""
        ...

    async def setting(self, name: str) -> str | None:
        """Return a stored setting ("paused", "clock")."""
        ...

    async def set(self, name: str, value: str | None) -> None:
        """Store a setting, or forget it."""
        ...

    async def next_case(self) -> int:
        """Return the number that the next case will have."""
        ...


class Shop(Protocol):
    """A shop that is open, as the faces of the bot see it."""

    @property
    def catalog(self) -> Catalog:
        """The content that is served, with everybody who works here among its agents."""
        ...

    @property
    def store(self) -> Store:
        """Its durable state, for looking things up."""
        ...

    @property
    def clock(self) -> Clock:
        """Its time."""
        ...

    @property
    def floor(self) -> Floor:
        """What all customers share, such as who is away."""
        ...

    @property
    def outside(self) -> Mapping[str, str]:
        """Outside systems, each with what is wrong with it; empty for one that is well."""
        ...

    @property
    def paused(self) -> bool:
        """Whether the bot is kept from speaking."""
        ...

    async def accept(self, event: Event) -> bool:
        """Store an event; durable when this returns. False if it was known; StoreError if it could not be stored."""
        ...

    async def idle(self) -> None:
        """Wait until everything that was caused has happened."""
        ...

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock, acting on each deadline at its time."""
        ...
