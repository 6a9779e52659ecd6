"""Telling many customers at once: what kinds of notice there are, whom one is for, and how far it has come.

Pure, like all of the desk. Who is found is `bot.dialog.audience`'s, what staff do with a notice
`dialog.broadcasting`'s, what a customer is told `dialog.telling`'s.
"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from bot.desk.team import Role

# In whose dossier all notices are kept: no customer's. A fact of the floor for each that goes out: "notice:7".
NOTICES, FACT = "staff:notices", "notice"

State = Literal["looking", "asked", "going", "stopped", "done", "dropped"]


class Reply(Struct, frozen=True, kw_only=True):
    """What a customer can press below a notice: that is all right, a flow, or a person."""

    do: Literal["ok", "flow", "person"]
    label: str
    flow: str = ""


class NoticeKind(Struct, frozen=True, kw_only=True):
    """A kind of notice: who may send it, its text with the slots that they fill in, and what customers can answer.

    `second` asks for another person's yes, `confirm` for a word of each customer's within that time (none: it does
    not). Cases that come of one have at most this `priority`.
    """

    id: str
    title: str
    text: str
    role: Role = "supervisor"
    slots: tuple[str, ...] = ()
    second: bool = False
    confirm: timedelta | None = None
    priority: int = 3
    replies: tuple[Reply, ...] = ()
    at: str = ""


class Audience(Struct, frozen=True, kw_only=True):
    """Whom a notice is for; all that is set must be so of a customer.

    `watching`, `status`, `product`, `carrier` and `region` are about orders that they let us watch, and about one and
    the same; `cases` is the category of an open case, `wrote` the days within which they wrote.
    """

    watching: bool = False
    status: tuple[str, ...] = ()
    product: str = ""
    carrier: str = ""
    region: str = ""
    cases: str = ""
    wrote: int = 0

    @property
    def of_orders(self) -> bool:
        """Whether it asks anything of an order."""
        return self.watching or bool(self.status or self.product or self.carrier or self.region)


class Person(Struct, frozen=True, kw_only=True):
    """A customer who is to be told, and of which orders ("#12345: Blue enamel kettle")."""

    customer: str
    orders: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Counts(Struct, frozen=True, kw_only=True):
    """How far a notice has come: told, could not be reached, not to be told, and still to come."""

    sent: int = 0
    failed: int = 0
    left_out: int = 0
    waiting: int = 0

    @property
    def all(self) -> int:
        """How many it is for."""
        return self.sent + self.failed + self.left_out + self.waiting


class Broadcast(Struct, frozen=True, kw_only=True):
    """A notice to many. It keeps the text, the replies and all else of its kind as they were when it began.

    `by` is who asked for it, `yes` who let it go out. `call` is the one that is under way, `post` the message in which
    staff see it, `people` how many it is for; between two of them are `pause` seconds.
    """

    number: int
    kind: NoticeKind
    slots: dict[str, str]
    audience: Audience
    by: str
    at: datetime
    state: State = "looking"
    call: str = ""
    post: str = ""
    people: int = 0
    yes: str = ""
    began: datetime | None = None
    counts: Counts = Counts()
    pause: float = 1.0


class Told(Struct, frozen=True, kw_only=True):
    """A notice that a customer was told, where, about what of theirs, and what they answered.

    `effect` showed it, or looks for a place in which to. It was spoken of `last` then: what is said next is in its
    light.
    """

    number: int
    kind: str
    title: str
    at: datetime
    last: datetime
    account: str
    effect: str
    place: str = ""
    orders: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    priority: int = 3
    answer: Literal["", "ok", "flow", "person"] = ""
