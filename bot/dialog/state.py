"""A customer's dossier: the unit of lock, load and commit.

It holds what is in progress (conversations, open and lately closed cases). History is in the transcript, which the
engine does not see. Everything is frozen; `bot.dialog.scene` works on a draft of it during a turn.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from bot.desk.broadcast import Broadcast, Told
from bot.desk.case import Bought, Case, Line, Vow
from bot.desk.notices import Watched
from bot.desk.standing import Standing, Verified
from bot.dialog.effects import Choice, Effect, Form
from bot.dialog.events import Event
from bot.dialog.files import File
from bot.dialog.happening import Mode, Scope
from bot.knowledge.mood import Temper

NOTICE = "notice"  # begins the choices of news, which name an order and count for as long as that is remembered
TOLD = "told"  # begins the choices below a notice to many, which name it and count for as long as it is remembered
OWN = "mycases"  # begins the choices of a customer's own cases, which name a case and count for as long as it is open


class Frame(Struct, frozen=True, kw_only=True):
    """A flow in progress. `version` is the compiled flow's hash: a frame finishes the flow it began.

    `began` are the slots that it was started with. `trail` holds, for each question answered so far, the step and the
    slots as they were before, so that "go back" can return there. `waiting` names what must happen next: a call's
    effect id or "case:7". `posed` is the step that asked last, `asked` are the slots that were asked for or found in
    what was `heard`: words in which later questions may find their answers; `found` is what was found there since.
    One put `aside`, for a flow below it that something else moved on, is asked about again afterwards, also when that
    one ends with people.
    """

    flow: str
    version: str
    step: str
    began: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    trail: tuple[tuple[str, dict[str, Any]], ...] = ()
    given: tuple[str, ...] = ()
    waiting: str = ""
    failures: int = 0
    posed: str = ""
    heard: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    aside: bool = False


class Concern(Struct, frozen=True, kw_only=True):
    """One of several questions of a message: the part of it that asks, and what it is about ("": not understood)."""

    ref: str = ""
    text: str


class Carried(Struct, frozen=True, kw_only=True):
    """Which effect passed the words of a platform's message on (none: ""), and what they were: edits follow them.

    `case` is the one that they went to, which need not be the conversation's own.
    """

    message: str
    effect: str
    text: str
    case: int = 0


class Reply(Struct, frozen=True, kw_only=True):
    """What an agent sent to the customer, for as long as it may be marked, taken back or put differently.

    `id` is the Say that sent it (or the suggestion in whose place it was sent: such a reply has no case), `effect` the
    one that shows it now, `line` the TellStaff in the case's thread (or the suggestion's Post);
    `message` is the platform's id of the agent's own message there, if they typed it. `waited` and `promise` are since
    when the customer had been waiting, and the time that it gave them: taking it back takes those back too, and that
    it was the `first` answer of a person. `gave` are all times that it gave, `stood` those that were promised
    before it, `behind` the one that its own took the place of without keeping it (that a decision comes): they count
    again then.
    """

    id: str
    effect: str
    line: str
    place: str
    case: int
    agent: str
    at: datetime
    text: str
    message: str = ""
    waited: datetime | None = None
    promise: datetime | None = None
    gave: tuple[datetime, ...] = ()
    stood: tuple[Vow, ...] = ()
    behind: datetime | None = None
    first: bool = False
    status: Literal["sent", "delivered", "failed", "taken_back"] = "sent"


class Conversation(Struct, frozen=True, kw_only=True):
    """One customer's matter in one place. `turn` counts its turns and names its effects.

    `offer` is the turn whose `choices` or `form` still count. `expecting` says what a bare "yes", "no" or press is
    about when no frame is asking: "feedback" on the answer `topic`, a "clarify" between `options`, whether there is
    "more", whether the matter was "restated" right, what is different in a "recurrence", which of those that are
    `pending` comes "first", whether a "person" shall be asked, what is wrong with a "disputed" answer, or that
    an offer has "lapsed", or was called to mind ("offered"). `last` is the entry or flow that was dealt with last.
    `case` is the open case that has the conversation. `said` holds the variant last used of each wording.

    `near` is the channel in which the thread began, `home` the public place that a private one was moved from, `post`
    the forum's post that it began with, `moving` the OpenPrivate that is under way, and `held` the words that came
    meanwhile. `quiet`: an agent spoke in the thread, so the bot waits to be named. `files` came before anybody was
    there to look at them; those `shown` (by where they are kept) have answered a question.

    `mood` is how the customer sounded last, `cross` counts their unhappy messages since they were last happy or calm
    for a while, `calm` the calm ones running; `abuse` the steps taken against abuse, `civil` the messages without any
    since; `paused` says until when nothing is answered. Something was last said to the customer when they were `told`.

    `answers` counts the answers given; `others` are what else the last one could have been, `explained` the entries
    that were put more simply, `disputed` those that the customer says are wrong. `earlier` are
    the answers that were given in this place in the conversation before, `alerted` is the effect that told staff of
    what was disputed last.

    `asked` is what we asked about one of the customer's cases: "add:7" or "close:7". `account` is the one in whose
    place it is, `name` how that one is called, `linking` the call by which accounts are being linked. `order` is the
    number of the order that was looked up last, `bought` what it was. `refused` is the policy whose no was told last.
    """

    id: str
    place: str
    started_at: datetime
    active_at: datetime
    turn: int = 0
    frames: tuple[Frame, ...] = ()
    offer: str = ""
    choices: tuple[Choice, ...] = ()
    form: Form | None = None
    expecting: Literal[
        "", "feedback", "clarify", "more", "restated", "recurrence", "first", "person", "disputed", "settled", "lapsed",
        "offered",
    ] = ""  # fmt: skip
    options: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    misses: int = 0
    puzzled: int = 0
    case: int = 0
    topic: str = ""
    said: dict[str, int] = field(default_factory=dict)
    recent: tuple[Line, ...] = ()
    scope: Scope = "private"
    near: str = ""
    home: str = ""
    moving: str = ""
    held: str = ""
    quiet: bool = False
    post: str = ""
    tags: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    shown: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()
    mood: Temper = "calm"
    cross: int = 0
    calm: int = 0
    abuse: int = 0
    civil: int = 0
    paused: datetime | None = None
    told: datetime | None = None
    mode: Mode = "live"
    replies: tuple[Reply, ...] = ()
    asked: str = ""
    account: str = ""
    name: str = ""
    linking: str = ""
    pending: tuple[Concern, ...] = ()
    last: str = ""
    answers: int = 0
    others: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    alerted: str = ""
    order: str = ""
    bought: Bought | None = None
    refused: str = ""

    @property
    def spoke(self) -> Line | None:
        """What the customer was told last, by the bot or by a person; None if nothing was said yet."""
        return next((line for line in reversed(self.recent) if line.who != "customer"), None)

    @property
    def own(self) -> list[str]:
        """The customer's latest words, oldest first; none that were about a case which is closed."""
        return [line.text for line in self.recent if line.who == "customer" and not line.over]


class Learned(Struct, frozen=True, kw_only=True):
    """What a turn learned of a customer: whose orders they are, what they guessed wrongly, and what they watch."""

    verified: tuple[Verified, ...]
    guesses: tuple[datetime, ...]
    watches: tuple[Watched, ...]


class Suggestion(Struct, frozen=True, kw_only=True):
    """What the bot would do next, which a person may send; until then, the conversation is as it was before.

    `id` is the customer and a number: "local:ana/12". `event` is what it answers, together with others when it was
    `chained`. `talk` is the conversation as it will be, `base` names the one that stands there and its turns so far.
    `text` is what staff read, `post` the effect that shows it. The customer has waited `since` then, or is `idle` and
    waits for nothing. Once an agent (their id) has `dismissed` it, it waits for other words. What was `learned` counts
    once it is sent.
    """

    id: str
    event: Event
    talk: Conversation
    base: tuple[str, int]
    met: bool
    effects: tuple[Effect, ...]
    text: str
    post: str
    chained: bool = False
    flows: tuple[str, ...] = ()
    trace: "Trace"
    since: datetime | None = None
    idle: bool = False
    dismissed: str = ""
    learned: Learned | None = None


class Settled(Struct, frozen=True, kw_only=True):
    """What became of a suggestion, through whom (an agent's name, or nobody), and why it was overtaken, if it was."""

    id: str
    how: Literal["sent", "dismissed", "outdated"]
    by: str
    post: str
    why: str = ""


class Dossier(Struct, frozen=True, kw_only=True):
    """All that is in progress for one customer.

    `accounts` are theirs, if they have linked several; `tries` is when codes were typed of late, `guesses` when
    something did not match an order. `watches` are the orders of which they are told when they move, `told` the
    notices to many that they were told; since `no_notices` they want none. `broadcasts` are those notices, in the
    dossier that is nobody's.
    """

    customer: str
    name: str = ""
    met: bool = False
    conversations: tuple[Conversation, ...] = ()
    cases: tuple[Case, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    settled: tuple[Settled, ...] = ()
    standing: Standing = field(default_factory=Standing)
    accounts: tuple[str, ...] = ()
    tries: tuple[datetime, ...] = ()
    guesses: tuple[datetime, ...] = ()
    watches: tuple[Watched, ...] = ()
    told: tuple[Told, ...] = ()
    no_notices: datetime | None = None
    broadcasts: tuple[Broadcast, ...] = ()

    def since(self, now: datetime) -> datetime:
        """Return since when the shop has known the customer, as far as can be told."""
        spoken = [talk.started_at for talk in self.conversations]
        return min((*spoken, *(case.opened_at for case in self.cases)), default=now)


def meant(choice: str, cases: Iterable[Case]) -> tuple[str, Case] | None:
    """Return what a choice or form of these does with which of the customer's cases; None for all others."""
    own, _, value = choice.partition("/")
    do, _, number = value.partition(":")
    if own != OWN:
        return None
    return next(((do, case) for case in cases if str(case.number) == number and not case.internal), None)


def on_notice(choice: str, watches: Iterable[Watched]) -> tuple[str, Watched] | None:
    """Return what a choice below news does with which of the orders that are or were watched; None for all others."""
    kind, _, value = choice.partition("/")
    do, _, number = value.rpartition(":")
    if kind != NOTICE:
        return None
    return next(((do, each) for each in watches if each.number == number), None)


def on_told(choice: str, told: Iterable[Told]) -> tuple[str, Told] | None:
    """Return what a choice below a notice to many does with which one that was told; None for all others."""
    kind, _, value = choice.partition("/")
    do, _, number = value.rpartition(":")
    if kind != TOLD:
        return None
    return next(((do, each) for each in told if str(each.number) == number), None)


def was_offered(dossier: Dossier, choice: str) -> bool:
    """Tell whether a choice or form (by its id) was ever shown to this customer, in a conversation that goes on."""
    if meant(choice, dossier.cases) or on_notice(choice, dossier.watches) or on_told(choice, dossier.told):
        return True
    turn, _, value = choice.partition("/")
    conversation, _, number = turn.rpartition(".")
    turns = {talk.id: talk.turn for talk in dossier.conversations}
    return bool(value) and number.isdecimal() and int(number) <= turns.get(conversation, -1)


class Candidate(Struct, frozen=True, kw_only=True):
    """A match as shown to people: id, kind and score from 0 to 1."""

    id: str
    kind: str
    score: float


class Trace(Struct, frozen=True, kw_only=True):
    """Why the turn went as it did. `rule` names the engine's rule; `at` the file:line that it came from.

    `role` is that of the agent who acted. `ways` are those that flows took where there were several:
    "refund.look/else". `refused` are policies whose no was told ("refund_window"), and what was said to it
    ("refund_window/credit"). `rated` is how satisfied the customer is, from 1 to 5 (0: they were not asked, or did not
    say).
    """

    rule: str = ""
    decision: str = ""
    id: str = ""
    topic: str = ""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    phrasing: str = ""
    at: str = ""
    flow: str = ""
    step: str = ""
    notes: tuple[str, ...] = ()
    role: str = ""
    ways: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    rated: int = 0


class Turn(Struct, frozen=True, kw_only=True):
    """What came of an event. `id` ("c7.3") prefixes its effects' ids ("c7.3.0", "c7.3.1", …)."""

    id: str
    dossier: Dossier
    effects: tuple[Effect, ...]
    trace: Trace
    flows: tuple[str, ...] = ()
