"""Everything that a shop's content says, compiled: what the bot knows, its flows, its words and its people.

Built by `bot.content`, read by the engine; frozen, so that a turn sees one version from beginning to end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.desk.floor import Floor, team
from bot.desk.grants import Goodwill
from bot.desk.marks import Mark
from bot.desk.notices import Notices
from bot.desk.paths import Escalation
from bot.desk.snippets import Snippet
from bot.desk.standing import Check
from bot.desk.targets import Level
from bot.desk.team import Agent, Names, Queue, Role, spelled
from bot.desk.wordings import Patterns
from bot.dialog.flow import Flow, Wording, encode
from bot.dialog.policies import Policy
from bot.dialog.values import Lexicon as Words
from bot.knowledge import Index
from bot.knowledge.mood import Lexicon

# Lists of words among the commands that are none by themselves.
NO_COMMANDS = frozenset(
    {"disputing", "negation", "unsolved", "thanking", "settled", "joining", "asking", "pointing", "calling"}
    | {"until", "until_written", "past", "greeting", "bots", "to_bot", "beside_bot", "no_bot"}
    | {"undecided", "offered", "the_offer", "taking", "leaving", "not_leaving", "deciding"}
    | {"nodding", "beside_nod", "coming_back", "wanting", "asking_back", "courtesies"}
    | {"about", "handling", "saying_when", "beside", "relapsed", "things", "showing"}
    | {"asking_on", "asking_outcome", "over", "beside_over"}
    | {"admitting", "offering", "giving", "guarding", "affirming", "denying", "blame", "ours", "is_ours", "owning_up"}
    | {"closing", "closing_what", "beside_closing"}
    | {"unclear", "refusing", "not_refusing", "disapproving", "not_disapproving", "done_before", "reconsidering"}
    | {"leading", "leading_up", "stating", "wondering", "querying", "not_querying", "half_yes"}
    | {"not_pointing", "searching", "beside_answer"}
    | {"somebody_else", "not_somebody_else", "not_owner", "who_has_it", "not_who_has_it", "to_person"}
    | {"keeping", "away", "not_reached"}
)
# Those of them that are loose phrases, with alternatives and gaps.
LOOSE = frozenset({"disputing", "unclear", "refusing", "not_refusing", "disapproving", "not_disapproving"}) | frozenset(
    {"leaving", "not_leaving", "things", "done_before", "somebody_else", "not_somebody_else", "not_owner"}
    | {"who_has_it", "not_who_has_it", "keeping", "away", "not_reached"}
)
# How a case can end without an agent's code.
RESERVED = frozenset({"resolved", "silent", "withdrawn", "approved", "declined"})


class Entry(Struct, frozen=True, kw_only=True):
    """An FAQ item or a piece of small talk.

    Who is upset hears nothing `cheerful`. `check` says whether to ask if it is clear (None: now and then). `owner`
    keeps it right, and last checked it on the day when it was `verified`. It counts from the day on which it `begins`
    to the one on which it `ends`, in the shop's zone; None is no limit. Who says one that `leaves` takes their leave.
    """

    id: str
    kind: Literal["answer", "smalltalk"]
    title: str
    answer: Wording
    topics: tuple[str, ...] = ()
    category: str = ""
    simpler: Wording | None = None
    flow: str = ""
    cheerful: bool = False
    check: bool | None = None
    owner: str = ""
    verified: date | None = None
    review_every: timedelta | None = None
    visibility: Literal["customers", "staff", "draft"] = "customers"
    begins: date | None = None
    ends: date | None = None
    promotes: bool = False
    leaves: bool = False
    at: str = ""

    def counts(self, today: date) -> bool:
        """Tell whether today is within its dates."""
        return (self.begins or today) <= today <= (self.ends or today)


class Wish(Struct, frozen=True, kw_only=True):
    """Something a customer may ask for that goes to people at once.

    `say` is said first, `meanwhile` to questions until a person answers. `telling` is whether its words are the
    matter itself: "I want a person" is not. After a `careful` one the bot only relays; one that is heard `even_blocked`
    reaches people whatever else holds. One that is `part_of` another is that one, said with some of `words` and none of
    `unless` (normalised) in the same sentence.
    """

    id: str
    title: str
    queue: str
    reason: str
    say: Wording | None = None
    meanwhile: Wording | None = None
    telling: bool = True
    careful: bool = False
    even_blocked: bool = False
    topics: tuple[str, ...] = ()
    part_of: str = ""
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    at: str = ""


class Refusal(Struct, frozen=True, kw_only=True):
    """By what customers take a wish for a flow back: loose phrases, looked at where one of its `words` is said; `own`
    ones, looked at anyway; and those with one of which in it a clause is none. `say` is said to it."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    say: Wording | None = None


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of triage: what a case is about and how urgent it is when an expression holds; `why` is for staff.

    With `words`, it holds only where the customer's have one of these in them, and none of `unless`. With
    `former_owner`, it goes to whoever had the customer's last case about the order or matter; `goodwill` is suggested.
    When so `many` customers report it, staff are told. `say` is said to those who have no case, and it `opens` one.
    """

    when: str
    category: str
    priority: int
    why: str
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    many: int | None = None
    say: Wording | None = None
    opens: bool = False
    careful: bool = False
    former_owner: bool = False
    goodwill: Decimal | None = None
    at: str = ""

    @property
    def general(self) -> bool:
        """Whether it holds for whatever no other rule is for."""
        return self.when.strip() == "true" and not self.words


Rung = Literal["empathy", "boundary", "supervisor", "pause"]


class Ladder(Struct, frozen=True, kw_only=True):
    """What is done about abuse, time after time, and after how many messages without any it begins anew."""

    rungs: tuple[Rung, ...]
    forgiven: int


class Tone(Struct, frozen=True, kw_only=True):
    """Words that our own texts should not have, each with why and what to do instead; and how none should begin.

    Those that are `selling` may stand in an entry that promotes. By `sorry` it is known that a text has apologised.
    """

    avoid: tuple[tuple[str, str, str], ...] = ()
    selling: frozenset[str] = frozenset()
    first: tuple[str, ...] = ()
    sorry: frozenset[str] = frozenset()


class Outcome(Struct, frozen=True, kw_only=True):
    """A way in which a case ends: after how many minutes the bot asks about it (0: never), what is said of it.

    `replaced` tells that something was replaced then, `unsolved` that the customer has to read why nothing was solved,
    `unanswered` that the customer no longer answered.
    """

    id: str
    title: str
    check_in: int | None = None
    text: Wording | None = None
    replaced: bool = False
    unsolved: bool = False
    unanswered: bool = False
    at: str = ""


class Parting(Struct, frozen=True, kw_only=True):
    """How the shop ends a relationship: who may, and the checklist."""

    role: str
    checks: tuple[Check, ...]


class Tier(Struct, frozen=True, kw_only=True):
    """A group of customers whom the shop treats in its own way: how urgent their cases are at least, and whose.

    The first of `owners` who is there gets them, in `queue` if it names one. `say` is told to them when they get a
    case; `alert` says that supervisors are told, `tell` which queues are. `customers` belong to it by their accounts;
    others come by one of the phrases in `join`, and hear `welcome`.
    """

    id: str
    title: str
    priority: int
    owners: tuple[str, ...] = ()
    queue: str = ""
    alert: bool = True
    tell: tuple[str, ...] = ()
    customers: frozenset[str] = frozenset()
    join: tuple[str, ...] = ()
    say: Wording | None = None
    welcome: Wording | None = None


class NeededBy(Struct, frozen=True, kw_only=True):
    """How long before the day by which something is needed a case becomes more urgent, and most urgent.

    `phrases` (in small letters) are said before such a day.
    """

    soon: timedelta
    urgent: timedelta
    phrases: tuple[str, ...] = ()


class Identity(Struct, frozen=True, kw_only=True):
    """How customers show that an order is theirs, and for how many minutes that counts.

    After so many `guesses` that were wrong within the `pause` (minutes), people take over.
    """

    by: Literal["none", "email", "code", "account"] = "email"
    remember: int = 7 * 1440
    guesses: int = 5
    pause: int = 60


class Voice(Struct, frozen=True, kw_only=True):
    """Who speaks: the names that texts use, and how dates and money are written."""

    company: str
    bot: str
    locale: str
    zone: str
    currency: str
    names: Names = "agent"


class Limits(Struct, frozen=True, kw_only=True):
    """When enough is enough, when the bot comes back, and from when on an answer is late (minutes).

    `search` is the role from which on all that was ever said can be read, `undo` is for how many seconds an agent
    can take a reply back.
    """

    misses: int
    failures: int
    check_in: int
    apologies: int
    late: int
    lease: int
    quiet: int
    closing: int
    reopen: int
    block: int
    anger: int = 3
    check: int = 0
    repeat: int = 20_160
    abuse_pause: int = 60
    danger_again: int = 10
    unsent: int = 15
    offer: int = 10_080
    updates: int
    undo: int
    search: Role = "supervisor"


class Written(Struct, frozen=True, kw_only=True):
    """How content stands in its files: `digest` tells these files from others; `parts` has, by section and name, each
    thing's file and what tells its words from others."""

    digest: bytes = b""
    parts: dict[tuple[str, str], tuple[str, bytes]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """One version of a shop's content.

    `versions` also holds older flows that people are still in; `order_flow` is what a bare order number starts,
    `day_flows` are the words (normalised) that start flows together with a day, `number_flows` those that do at the
    beginning of a message with an order's number in it, `asking_flows` those that do with nothing but words that ask,
    `saying_flows` the loose phrases that do whatever else is said. `refused` is how wishes for flows are taken back.
    `entries` are those that customers may be shown; those that they may not, for staff only or drafts, are `kept`, and
    `know_how` finds the ones for staff. Those that count at some times only are `dated`.
    `levels` begin with the most urgent; `promises` are the words by which a time is promised, `answers` those
    in which customers answer. `impatient` are the
    normalised words by which those who wait ask how much longer. `follow_ups` are what is asked after an entry or flow,
    normalised, and which entry or flow answers it. From `review_from` on, some entries want to be checked again.
    """

    voice: Voice
    entries: Mapping[str, Entry]
    flows: Mapping[str, Flow]
    versions: Mapping[str, Flow]
    wishes: Mapping[str, Wish]
    texts: Mapping[str, Wording]
    commands: Mapping[str, frozenset[str]]
    queues: Mapping[str, Queue]
    default_queue: str
    levels: tuple[Level, ...]
    paths: tuple[Escalation, ...]
    promises: Patterns
    answers: Words
    agents: Mapping[str, Agent]
    policies: Mapping[str, Policy]
    limits: Limits
    index: Index
    snippets: Mapping[str, Snippet]
    outcomes: Mapping[str, Outcome]
    mood: Lexicon
    abuse: Ladder
    goodwill: Goodwill
    parting: Parting
    needed_by: NeededBy
    goodwill_expired: Wording | None = None
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    triage: tuple[Rule, ...] = ()
    tone: Tone = field(default_factory=Tone)
    impatient: tuple[str, ...] = ()
    kept: Mapping[str, Entry] = field(default_factory=dict)
    know_how: Index = field(default_factory=lambda: Index(()))
    dated: tuple[Entry, ...] = ()
    order_flow: str = ""
    day_flows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    number_flows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asking_flows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    saying_flows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    follow_ups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    review_from: date | None = None
    identity: Identity = field(default_factory=Identity)
    notices: Notices = field(default_factory=Notices)
    written: Written = field(default_factory=Written)

    @property
    def every_entry(self) -> Mapping[str, Entry]:
        """All entries, those that are kept from customers too: for who keeps them right."""
        return {**self.entries, **self.kept}

    def flow_body(self, version: str) -> bytes:
        """Return the stored form of a flow's version."""
        return encode(self.versions[version])

    def topics(self, ref: str) -> tuple[str, ...]:
        """Return the topics that an entry, flow or wish serves."""
        served = self.entries.get(ref) or self.flows.get(ref) or self.wishes.get(ref)
        return served.topics if served else ()

    def topic(self, ref: str) -> str:
        """Return the first of these topics, or nothing."""
        return next(iter(self.topics(ref)), "")

    def serves(self, ref: str) -> bool:
        """Tell whether there is such an entry for customers, flow or wish."""
        return ref in self.entries or ref in self.flows or ref in self.wishes

    def tier(self, given: str, accounts: Iterable[str]) -> Tier | None:
        """Return the tier of a customer: the one that somebody gave them, or that lists one of their accounts."""
        known = spelled(accounts)
        listed = (each for each in self.tiers.values() if not known.isdisjoint(each.customers))
        return self.tiers.get(given) or next(listed, None)

    def title(self, ref: str) -> str:
        """Return how an entry, flow or wish is shown to customers."""
        served = self.entries.get(ref) or self.flows.get(ref) or self.wishes.get(ref)
        return served.title if served else ref


def staffed(catalog: Catalog, floor: Floor) -> Catalog:
    """Return the catalog with everybody who works here among its agents: the listed, and those known by their roles."""
    people = team(catalog.agents, floor)
    return catalog if people is catalog.agents else replace(catalog, agents=people)


def current(catalog: Catalog, now: datetime) -> Catalog:
    """Return the catalog without the entries for customers that do not count now."""
    today = now.astimezone(ZoneInfo(catalog.voice.zone)).date() if catalog.dated else date.min
    left_out = {entry.id for entry in catalog.dated if not entry.counts(today)}
    if not left_out:
        return catalog
    entries = {**catalog.entries}
    for id in left_out:
        entries.pop(id, None)
    return replace(catalog, entries=entries, index=catalog.index.without(left_out))
