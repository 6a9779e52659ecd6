"""What files in faqs/ and handoff/ may contain; those in flows/ are in `flowmodels`.

These models are the border: unknown keys are refused, every text is text. The JSON Schemas that editors use are made
from them, so descriptions are written for admins.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from bot.content.answermodels import AnswersModel, MatchingModel
from bot.content.decisionmodels import EndingModel, GoodwillModel, IdentityModel, MarkModel, NeededByModel, TierModel
from bot.content.fields import (
    CURRENCY,
    LOCALE,
    REGION,
    SPAN,
    STRICT,
    URL,
    WORKER,
    Account,
    Duration,
    Grace,
    Id,
    Phrase,
    Short,
    Text,
    Variants,
    Wait,
)
from bot.content.moodmodels import AbuseModel, AlarmsModel, FeelingsModel, MoodModel, ToneModel
from bot.content.noticemodels import NoticesModel
from bot.content.promisemodels import PromisesModel
from bot.content.routemodels import PathModel, TriageModel, WishModel
from bot.desk.snippets import Moment
from bot.desk.team import Names


class Model(BaseModel):
    """Base of all: frozen, no unknown keys."""

    model_config = STRICT


# --- faqs/ ------------------------------------------------------------------------------------------------------------


class LinkModel(Model):
    """A link under an answer."""

    label: Short
    url: Annotated[str, StringConstraints(pattern=URL, max_length=500)]


class EntryModel(Model):
    """An FAQ entry: how customers ask, and what is answered."""

    title: Annotated[Short, Field(description="Shown as a button when the bot asks what was meant.")]
    kind: Literal["answer", "smalltalk"] = "answer"
    topics: list[Id] = Field(default=[], description="Names under which this is counted and reported.")
    category: Id | None = None
    phrasings: list[Phrase] = Field(min_length=1, max_length=10_000, description="Ways to ask; 6 to 12 differ best.")
    answer: Variants
    simpler: Variants | None = Field(default=None, description='Sent on "I don\'t understand".')
    links: list[LinkModel] = []
    flow: Id | None = Field(default=None, description="A flow to offer as a button under the answer.")
    cheerful: bool = Field(default=False, description="Small talk that nobody hears who is upset.")
    check: bool | None = Field(default=None, description="Ask whether it is clear; left out: as limits.check says.")
    follow_ups: dict[Id, list[Phrase]] = Field(
        default={}, description='What is asked right after this, such as "how long does that take", by what answers it.'
    )
    status: Literal["draft", "verified"] = Field(
        default="verified", description="A draft is kept from customers until its owner has signed it off."
    )
    visibility: Literal["customers", "staff"] = "customers"
    owner: Short | None = None
    verified_on: date | None = None
    review_every: Duration | None = None
    from_: date | None = Field(default=None, alias="from", description="The first day on which it is answered.")
    until: date | None = Field(default=None, description="The last day on which it is answered.")
    promotes: bool = Field(default=False, description="It is about an offer, and may speak as one.")
    leaves: bool = Field(default=False, description="Who says it takes their leave: no open question is asked again.")


class FaqFile(Model):
    """A file in faqs/."""

    entries: dict[Id, EntryModel]
    from_: date | None = Field(default=None, alias="from", description="The first day of entries without one.")
    until: date | None = Field(default=None, description="The last day of entries without one.")


# --- handoff/ ---------------------------------------------------------------------------------------------------------


class VoiceModel(Model):
    """Who speaks."""

    company: Short
    bot: Short
    locale: Annotated[str, StringConstraints(pattern=LOCALE)] = "en_GB"
    zone: str = "UTC"
    currency: Annotated[str, StringConstraints(pattern=CURRENCY)] = "GBP"
    names: Names = Field(default="agent", description="By which name customers know whoever looks after them.")


Span = Annotated[str, StringConstraints(pattern=SPAN)]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class HoursModel(Model):
    """When people are there."""

    zone: str
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], list[Span]]
    holidays: Annotated[str, StringConstraints(pattern=REGION)] | None = Field(
        default=None,
        description="Closed on the public holidays of this country or region.",
        examples=["GB-ENG", "US-CA", "DE-BY"],
    )
    closed: list[date] = Field(default=[], description="Days off besides.")
    open: dict[date, Annotated[list[Span], Field(min_length=1)]] = Field(
        default={}, description="Dates with openings of their own, in place of the weekday's, holiday or not."
    )


class QueueModel(Model):
    """Where cases wait."""

    name: Short = Field(description="As customers read it: “our care team”.")
    hours: Id
    first_response: Duration
    assign: Literal["free", "round_robin"] = Field(
        default="free", description="Whether agents take cases as they like, or are given them in turn."
    )
    agents: list[Annotated[str, StringConstraints(pattern=WORKER)]] = Field(
        default=[], description="Who works it, in the order of their turns; when left out, everybody."
    )
    call_back: bool = Field(default=False, description="Offer those who wait to be called back.")
    alert_above: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Call supervisors when more cases wait than this."
    )
    names: Names | None = Field(default=None, description="As in voice, for the customers of this queue.")


class LevelModel(Model):
    """How fast cases of a priority should be answered and resolved, in open hours."""

    priority: Annotated[int, Field(ge=1, le=5, description="1 is the most urgent; every case begins with 3.")]
    first_response: Duration
    next_response: Duration | None = Field(default=None, description="To each message while somebody owns the case.")
    resolve: Duration | None = None
    update: Duration | None = Field(
        default=None, description="Customers who wait and hear nothing for so long are told how it stands."
    )
    at_risk: Annotated[int, Field(ge=1, le=99)] = Field(
        default=75, description="Staff are warned when so many percent of a target are used up."
    )


class AgentModel(Model):
    """A person of the staff."""

    name: Short
    role: Literal["agent", "supervisor", "admin"] = "agent"
    accounts: list[Account] = Field(
        default=[], description='On the platforms: "slack:U0123ABCD", "discord:80351110224678912".'
    )


class LimitsModel(Model):
    """When enough is enough."""

    misses: Annotated[int, Field(ge=1, le=10)] = 2
    failures: Annotated[int, Field(ge=1, le=10)] = 3
    apologies: Annotated[int, Field(ge=0, le=10)] = 2
    updates: Annotated[int, Field(ge=0, le=10)] = 3
    check_in: Duration = "26h"
    lease: Duration = Field(
        default="1h", description="How long an owner may let a customer wait, in open hours, before they are nudged."
    )
    quiet: Duration = Field(default="3d", description="How long a customer may be silent before they are asked.")
    closing: Duration = Field(default="1d", description="How long after that a silent customer's case is closed.")
    reopen: Duration = Field(default="7d", description="How long after the end a reply opens the same case again.")
    search: Literal["agent", "supervisor", "admin"] = Field(
        default="supervisor",
        description="From this role on, all cases can be read; else those of the queues that one works.",
    )
    block: Duration = Field(
        default="2h", description="How long an agent may block a customer; for longer, a supervisor is needed."
    )
    late: Duration = Field(default="10m", description="An answer that comes later than this begins with an apology.")
    anger: Annotated[int, Field(ge=1, le=20)] = Field(
        default=3, description="After so many angry messages, or sooner when it gets worse, a supervisor is offered."
    )
    check: Annotated[int, Field(ge=0, le=20)] = Field(
        default=3, description="The first answer and every so many after it asks whether all is clear; 0: none."
    )
    repeat: Wait = Field(
        default="14d", description="Who comes back about the same matter within this has come about it again; or no."
    )
    offer: Duration = Field(default="7d", description="How long the customer can take another offer.")
    abuse_pause: Duration = Field(default="1h", description="How long the last step of the abuse ladder lasts.")
    danger_again: Duration = Field(
        default="10m", description="Danger that is spoken of once more calls people again after this, not sooner."
    )
    undo: Grace = Field(default="30s", description="How long an agent can take a reply back with !undo; 0: never.")
    unsent: Wait = Field(
        default="15m",
        description="How long, in open hours, a suggestion may wait until supervisors are called; or no.",
    )


class SnippetModel(Model):
    """A canned reply for agents."""

    title: Short
    text: Text
    moments: list[Moment] = Field(default=[], description="When it fits best.")
    categories: list[Id] = Field(default=[], description="The categories (see triage) that it fits best.")
    topics: list[Id] = Field(default=[], description="The topics, answers or flows that it fits best.")


class OutcomeModel(Model):
    """A way in which a case ends."""

    title: Short = Field(description="Its name for staff.")
    check_in: Wait | None = Field(
        default=None, description="When the bot asks whether it is solved; no: never; left out: as limits.check_in."
    )
    text: Variants | None = Field(default=None, description="Said to the customer in place of the text `resolved`.")
    replaced: bool = Field(
        default=False, description="Whether something was replaced: the next failure is a second one."
    )
    unsolved: bool = Field(
        default=False, description="Whether nothing was solved: an agent has to tell the customer why, in words."
    )
    unanswered: bool = Field(
        default=False,
        description="Whether the customer no longer answered: not for a case whose customer waits for an answer.",
    )


class HandoffFile(Model):
    """A file in handoff/: any of these sections."""

    voice: VoiceModel | None = None
    suggestions: list[Phrase] = []
    queues: dict[Id, QueueModel] = {}
    default_queue: Id | None = None
    hours: dict[Id, HoursModel] = {}
    agents: dict[Id, AgentModel] = {}
    wishes: dict[Id, WishModel] = {}
    impatient: list[Phrase] = []
    commands: dict[Id, list[Phrase]] = {}
    texts: dict[Id, Variants] = {}
    snippets: dict[Id, SnippetModel] = {}
    outcomes: dict[Id, OutcomeModel] = {}
    limits: LimitsModel | None = None
    triage: list[TriageModel] = []
    levels: dict[Id, LevelModel] = {}
    paths: dict[Id, PathModel] = {}
    promises: PromisesModel | None = None
    mood: MoodModel | None = None
    alarms: AlarmsModel | None = None
    feelings: FeelingsModel | None = None
    abuse: AbuseModel | None = None
    tone: ToneModel | None = None
    goodwill: GoodwillModel | None = None
    identity: IdentityModel | None = None
    notices: NoticesModel | None = None
    tiers: dict[Id, TierModel] = {}
    marks: dict[Id, MarkModel] = {}
    ending: EndingModel | None = None
    needed_by: NeededByModel | None = None
    matching: MatchingModel | None = None
    answers: AnswersModel | None = None


def parse_time(text: str) -> time:
    """Return the time of "17:30"; 24:00 is midnight."""
    return time.min if text == "24:00" else time.fromisoformat(text)


def parse_span(span: str) -> tuple[time, time]:
    """Return the two times of "09:00-17:30"; one that does not end later than it begins ends on the next day."""
    start, end = span.split("-")
    return time.fromisoformat(start), parse_time(end)
