"""A case: the work item that a handoff opens; and the deadlines that are kept for a customer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct, field

from bot.desk.standing import Standing
from bot.desk.targets import Watch

DANGER = "safety"  # among the flags of a case whose customer spoke of danger; and the shop's wish for that
_LINES = 12  # of a talk, which are kept for summaries and cards
_OWN = 6  # of these, the customer's at least

Decision = Literal["", "approved", "declined", "countered"]


class Line(Struct, frozen=True, kw_only=True):
    """One line of talk: who ("customer", "bot" or an agent's name) said what, and when, if that is known.

    It is `over` when the case that it was about was closed since: it tells nothing of what comes next.
    """

    who: str
    text: str
    over: bool = False
    at: datetime | None = None


def latest(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the latest lines, with the customer's latest words, however much was said to them since."""
    own = [at for at, line in enumerate(lines) if line.who == "customer"][-_OWN:]
    return tuple(line for at, line in enumerate(lines) if at in own or at >= len(lines) - _LINES)


class Task(Struct, frozen=True, kw_only=True):
    """What another team is asked to do or to answer for a case; whoever coordinates the case stays its one owner.

    `post` is the effect that shows it in that team's room, `of` the case from which it came when that was merged. It is
    `dropped` when the case was over before it was done. At `due`, people are told that it is not done yet; they
    were so many times (`told`).
    """

    number: int
    queue: str
    text: str
    by: str
    done_by: str = ""
    answer: str = ""
    post: str = ""
    of: int = 0
    dropped: bool = False
    due: datetime | None = None
    told: int = 0

    @property
    def open(self) -> bool:
        """Whether somebody still has to do it."""
        return not self.done_by and not self.dropped


class Vow(Struct, frozen=True, kw_only=True):
    """A time that a customer was promised: in the `words` of a person, or else by the bot.

    Of a `thing` (the words that say what), or of words of ours where that is empty; `moved`: it was missed or put off,
    and the customer has heard another time since; `comes`: then the customer has it without more from us.
    """

    at: datetime
    words: str = ""
    thing: str = ""
    moved: bool = False
    comes: bool = False

    @property
    def given(self) -> bool:
        """Whether it is as a person gave it."""
        return bool(self.words) and not self.moved


class Bought(Struct, frozen=True, kw_only=True):
    """What an order was when it was looked up: days as written, texts empty where nothing is known."""

    seen: datetime
    number: str
    status: str
    items: str
    total: str
    currency: str
    carrier: str = ""
    tracking: str = ""
    eta: str = ""
    delivered_on: str = ""
    refund: str = ""


class Merged(Struct, frozen=True, kw_only=True):
    """Where a merged case went, how it stood, which facts it brought, and how the other one stood before.

    `their_bought` is the order that was looked up for that one, unless the merged case `brought` its own.
    """

    into: int
    status: Literal["waiting", "owned"]
    assignee: str
    promise: datetime | None
    waits: datetime | None
    watches: tuple[Watch, ...]
    facts: tuple[str, ...]
    place: str
    conversation: str
    public: bool
    their_promise: datetime | None
    their_priority: int
    their_needed: date | None = None
    vow: str = ""
    their_vow: str = ""
    vows: tuple[Vow, ...] = ()
    brought: bool = False
    their_bought: Bought | None = None
    their_worth: str = ""


class Wanted(Struct, frozen=True, kw_only=True):
    """What an agent wants to give a customer, for a case, and may not without asking."""

    what: str
    amount: str
    currency: str
    by: str
    case: int


class Profile(Struct, frozen=True, kw_only=True):
    """What an outside desk knows of a customer: since when, how many cases they have there, and what is noted."""

    name: str = ""
    since: date | None = None
    open: int | None = None
    all: int | None = None
    note: str = ""


class Passing(Struct, frozen=True, kw_only=True):
    """Who passed a case on to another queue last, and why; `note` is what its next owner should know besides.

    `told` says that the next owner was.
    """

    by: str
    reason: str
    note: str = ""
    told: bool = False


class Outside(Struct, frozen=True, kw_only=True):
    """Where an outside desk keeps a case, and what it knows of the customer."""

    desk: str
    id: str
    link: str = ""
    profile: Profile | None = None


class Case(Struct, frozen=True, kw_only=True):
    """What staff see and own. `role` is set when only that role may decide (an approval); `public` tells whether
    others read along in the customer's place.

    `category`, `priority` (1 is the most urgent) and `why` come from the shop's triage; `besides` are the
    categories of what its customer reports along with it. `waits` says since when the customer waits for words of
    ours (None: they do not). `transfers` are counted, since a case that changed hands twice is `locked` to its
    owner. `live`: all that its owner writes in the thread is sent. `grace`: until then, an owner who was told that
    the customer waits has time to write. `tried` is what the bot had offered, `earlier` are the customer's cases
    before this one. `about` are the flow and the answer that came before it, `mood` is how the customer sounds,
    `flags` what else was heard ("urgent", "safety", "legal"), and `raised` says that the case moved up for it.
    `waited` are the minutes of open time until a person first answered. `untold`: the customer does not know the
    time in `promise`, since they were blocked when it was given; `believed` is the one that they know. It is `late`
    since then, and staff were last `told` so at that time (those who are `called`); to its danger they were called
    at `alarmed`. `spoke` is the agent who wrote to the customer last, `missed` how many promised times have passed
    since, the first when it `lapsed`, `lifted` by how many steps it was moved up for that, `leases` how many owners
    let it go; `vow` are the words in which a person gave the time in `promise` (`moved`: it is another by now, as
    the customer was told; `thing` and `comes` as in `Vow`), `vows` are the later ones, `leaving` is one despite
    which it may be closed, as its owner was told, `unheard` tells that it was closed over its customer's last
    words, `unkept` are people's times that stood as it was; `snippets` are the next best ones, `know_how` the
    entries for staff that may help.

    Of an approval, `countering` tells whether another offer can be made, and `wanted` what a colleague wants to give;
    `policy` is the one that an exception is asked from, with the hash of what it said then, `feedback` what the
    customer said of a final no; `argument` is what speaks for the customer, `worth` the value of their order. In a
    `careful` case the bot only relays. `needed` is the day by which the customer needs it. `standing` is the
    customer's own.

    It is `snoozed` until then, or until its customer writes (`until_written`: that was meant, and no time).

    `merged` is set while it goes on under another one, which `holds` it. `customer` is the account in whose place it
    began, `accounts` are all of theirs if they have linked several. `outside` says
    where it is kept besides. `goodwill` is how much would be fair to give,
    `workaround` what helps the customer until it is solved, as they were told. Until the time in `offered`, the
    customer can take what was offered in place of what they asked for. `bought` is the order that it is about, if one
    was looked up.
    """

    number: int
    kind: Literal["handoff", "approval"]
    queue: str
    customer: str
    name: str
    place: str
    conversation: str
    opened_at: datetime
    subject: str
    reason: str
    facts: dict[str, str] = field(default_factory=dict)
    recent: tuple[Line, ...] = ()
    category: str = ""
    priority: int = 3
    why: str = ""
    status: Literal["waiting", "owned", "resolved"] = "waiting"
    assignee: str = ""
    role: str = ""
    promise: datetime | None = None
    decision: Decision = ""
    outcome: str = ""
    resolved_at: datetime | None = None
    public: bool = False
    waits: datetime | None = None
    transfers: int = 0
    locked: bool = False
    live: bool = False
    grace: datetime | None = None
    snoozed: datetime | None = None
    until_written: bool = False
    colleagues: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    watches: tuple[Watch, ...] = ()
    tried: tuple[str, ...] = ()
    earlier: tuple[int, ...] = ()
    about: tuple[str, ...] = ()
    mood: str = "calm"
    flags: tuple[str, ...] = ()
    raised: bool = False
    waited: int | None = None
    untold: bool = False
    believed: datetime | None = None
    late: datetime | None = None
    told: datetime | None = None
    called: tuple[str, ...] = ()
    alarmed: datetime | None = None
    spoke: str = ""
    missed: int = 0
    leases: int = 0
    lifted: int = 0
    vow: str = ""
    lapsed: datetime | None = None
    moved: bool = False
    leaving: datetime | None = None
    unheard: bool = False
    thing: str = ""
    comes: bool = False
    vows: tuple[Vow, ...] = ()
    unkept: tuple[Vow, ...] = ()
    snippets: tuple[str, ...] = ()
    know_how: tuple[str, ...] = ()
    countering: bool = False
    wanted: Wanted | None = None
    policy: str = ""
    policy_version: str = ""
    feedback: str = ""
    careful: bool = False
    needed: date | None = None
    argument: str = ""
    worth: str = ""
    standing: Standing = field(default_factory=Standing)
    merged: Merged | None = None
    holds: tuple[int, ...] = ()
    accounts: tuple[str, ...] = ()
    outside: Outside | None = None
    goodwill: str = ""
    workaround: str = ""
    besides: tuple[str, ...] = ()
    offered: datetime | None = None
    bought: Bought | None = None
    passing: Passing | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status != "resolved"

    def is_of(self, category: str) -> bool:
        """Tell whether it is of a category, in any case of letters, or its customer reports that along with it."""
        return category.casefold() in {each.casefold() for each in (self.category, *self.besides)}

    @property
    def promises(self) -> tuple[Vow, ...]:
        """The times that its customer was promised, the soonest first."""
        if self.promise is None:
            return ()
        told = {"words": self.vow, "thing": self.thing, "moved": self.moved, "comes": self.comes}
        return (Vow(at=self.promise, **told), *self.vows)  # type: ignore[arg-type]

    @property
    def owes(self) -> Vow | None:
        """The soonest time that a person gave, and that is still to be kept as it was given."""
        return next((each for each in self.promises if each.given), None)

    @property
    def in_danger(self) -> bool:
        """Whether somebody in danger waits for words of a person."""
        return DANGER in self.flags and self.waits is not None

    @property
    def left_to_people(self) -> bool:
        """Whether only people may close it: it needs care, or somebody in danger waits for them."""
        return self.careful or self.in_danger

    @property
    def internal(self) -> bool:
        """Whether a colleague asks for something of which the customer knows nothing."""
        return self.wanted is not None and self.wanted.case != self.number


Kind = Literal[
    "check_in", "promise", "lease", "snooze", "quiet", "level", "remind", "turn", "update", "grant", "block", "needed",
    "path", "unsent", "watch", "confirm", "offer", "task", "away",
]  # fmt: skip


class Deadline(Struct, frozen=True, kw_only=True):
    """Something due for a customer. The key is unique for the customer: "check_in:c7"."""

    key: str
    kind: Kind
    due: datetime
    place: str
    conversation: str
    case: int = 0
    data: dict[str, Any] = field(default_factory=dict)
