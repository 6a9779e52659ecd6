"""What the three kinds of content file may contain.

These models are the border: unknown keys are refused, every text is text. The JSON Schemas that editors use are made
from them, so descriptions are written for admins.
"""

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Discriminator, Field, StringConstraints, Tag, model_validator

from bot.content.answermodels import AnswersModel, MatchingModel
from bot.content.decisionmodels import EndingModel, GoodwillModel, IdentityModel, MarkModel, NeededByModel, TierModel
from bot.content.fields import (
    CURRENCY,
    LOCALE,
    REGION,
    SPAN,
    STRICT,
    URL,
    VALUE,
    WORKER,
    Account,
    Duration,
    Expression,
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
from bot.content.policymodels import PolicyModel, PolicyStepModel, RefusalModel
from bot.content.promisemodels import PromisesModel
from bot.content.routemodels import PathModel, TriageModel, WishModel
from bot.desk.snippets import Moment
from bot.desk.team import Names
from bot.dialog.flow import SlotType

RATINGS = {"1", "2", "3", "4", "5"}


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


# --- flows/ -----------------------------------------------------------------------------------------------------------


class _StepModel(Model):
    then: Id | None = Field(default=None, description="The step to go on with; the next one when left out.")


class SayModel(_StepModel):
    """Tell the customer something."""

    say: Variants


class OptionModel(Model):
    """Something to choose."""

    value: Annotated[str, StringConstraints(pattern=VALUE)]
    label: Short
    phrasings: list[Phrase] = Field(default=[], description="Other words by which customers may choose it.")
    then: Id | None = None


class AskModel(_StepModel):
    """Ask for a slot."""

    ask: Id = Field(description="The slot that the answer is kept in.")
    type: SlotType = "text"
    say: Variants
    again: Variants | None = Field(default=None, description="How to ask again after an answer that was none.")
    options: list[OptionModel] = []
    options_from: Expression | None = Field(default=None, description="An expression that yields {value, label} pairs.")
    check: Expression | None = Field(default=None, description="What must hold of the answer.")
    otherwise: Variants | None = Field(default=None, description="Said when it does not.")
    factual: bool = Field(default=False, description="A name, an address or a code: how it sounds means nothing.")
    rating: bool = Field(
        default=False, description="The answer, from 1 to 5, says how satisfied the customer is: it is counted as CSAT."
    )

    assume: str = Field(default="", description="The option that is taken, and not asked for, where nobody named one.")

    @model_validator(mode="after")
    def _rated(self) -> Self:
        if self.rating and (self.type != "choice" or {each.value for each in self.options} != RATINGS):
            raise ValueError("a rating is a choice with the options 1, 2, 3, 4 and 5")
        return self


class FormFieldModel(Model):
    """An input of a form."""

    slot: Id
    label: Short
    required: bool = True
    long: bool = False


class FormModel(_StepModel):
    """Ask for several things at once."""

    form: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    say: Variants
    again: Variants | None = None
    fields: list[FormFieldModel] = Field(min_length=1, max_length=5)


class OfferModel(_StepModel):
    """Show alternatives."""

    offer: Variants
    options: list[OptionModel] = Field(min_length=2, max_length=5)
    again: Variants | None = None
    bargain: str = Field(default="", description="The option that a sum which isn't offered chooses; kept in `bid`.")


class RefuseModel(_StepModel):
    """Say no as it should be said: feeling, wish, limit, why, and what can be done instead as choices."""

    refuse: RefusalModel
    verdict: Id = Field(default="verdict", description="The slot with the verdict that is told.")
    then: Id | None = Field(default=None, description="Where to go when an alternative is taken.")
    options: list[OptionModel] = Field(default=[], max_length=3, description="Choices besides the alternatives.")
    again: Variants | None = None


class ConfirmModel(_StepModel):
    """Read back, and wait for yes or no."""

    confirm: Variants
    yes: Id
    no: Id
    again: Variants | None = None


class CallModel(_StepModel):
    """Ask an outside system."""

    call: Id
    args: dict[Id, Expression] = {}
    into: Id | None = Field(default=None, description="The slot that keeps what came back.")
    results: dict[Id, Id] = Field(min_length=1, description="Where to go on which result.")
    failed: Id = Field(description="Where to go when the system did not answer.")


class BranchModel(Model):
    """An arm of a decision: `if` and `then`, or `else`."""

    if_: Expression | None = Field(default=None, alias="if")
    then: Id | None = None
    else_: Id | None = Field(default=None, alias="else")

    @model_validator(mode="after")
    def _is_one_arm(self) -> Self:
        if (self.if_ is None) != (self.then is None) or (self.then is None) == (self.else_ is None):
            raise ValueError("a branch has 'if' and 'then', or 'else' alone")
        return self


class DecideModel(Model):
    """Go where the first condition that holds says."""

    decide: list[BranchModel] = Field(min_length=1)


class SetModel(_StepModel):
    """Work out slots."""

    set: dict[Id, Expression] = Field(min_length=1)


class ApproveModel(Model):
    """Ask a person with a role to decide, and wait."""

    approve: Literal["agent", "supervisor", "admin"]
    queue: Id | None = None
    subject: Text
    say: Variants
    within: Duration
    approved: Id
    declined: Id
    countered: Id | None = Field(
        default=None, description="Where to go when something else is offered; left out, nothing else can be."
    )


class GrantModel(_StepModel):
    """Record that the customer took what was offered instead, or has got what was granted."""

    grant: Literal["given", "used"]


class HandoffModel(Model):
    """Give the conversation to people."""

    handoff: Id = Field(description="The queue.")
    reason: Text
    subject: Text | None = Field(default=None, description="The case's title; left out: what the customer wrote.")
    say: Variants | None = Field(default=None, description="What is said when it was told who has it.")
    reopen: Id | None = Field(default=None, description="A slot with the number of an earlier case to take up again.")
    urgent: bool = Field(default=False, description="It moves up by one, as whoever is in a hurry does.")
    supervisor: bool = Field(default=False, description="Supervisors are called to it.")


class NoteModel(_StepModel):
    """Write a note for staff in the thread of the case that the slot `case` names."""

    note: Text
    feedback: Id | None = Field(default=None, description="A slot with what they said of the decision: kept with it.")


class CheckInModel(_StepModel):
    """Come back later and ask how it went."""

    check_in: Duration
    about: Text
    before: Text | None = Field(
        default=None, description="A day: we come back so long before it, not so long from now."
    )
    since: Text | None = Field(default=None, description="A day: we come back so long after it, not after now.")
    begins: Id | None = Field(default=None, description="The flow that is begun then, instead of 'check_in'.")


class WatchModel(_StepModel):
    """Watch an order, and tell the customer when it moves."""

    watch: Id = Field(description="The slot with its number.")
    text_to: Id | None = Field(
        default=None, description="The slot with the telephone number to which news goes as a text message too."
    )


class SubFlowModel(_StepModel):
    """Walk through another flow first."""

    flow: Id


class EndModel(Model):
    """The flow is over."""

    end: Id = Field(description="The outcome.")
    say: Variants | None = None


KINDS: dict[str, type[BaseModel]] = {
    "ask": AskModel,
    "form": FormModel,
    "offer": OfferModel,
    "refuse": RefuseModel,
    "confirm": ConfirmModel,
    "call": CallModel,
    "decide": DecideModel,
    "policy": PolicyStepModel,
    "set": SetModel,
    "approve": ApproveModel,
    "grant": GrantModel,
    "handoff": HandoffModel,
    "note": NoteModel,
    "check_in": CheckInModel,
    "watch": WatchModel,
    "flow": SubFlowModel,
    "end": EndModel,
    "say": SayModel,
}


def _kind(value: Any) -> str | None:
    """Name a step's kind by the first of KINDS that it has as a key; `say` last, since other kinds have it too."""
    if isinstance(value, dict):
        return next((kind for kind in KINDS if kind in value), None)
    return next((kind for kind, model in KINDS.items() if isinstance(value, model)), None)


StepModel = Annotated[
    Annotated[SayModel, Tag("say")]
    | Annotated[AskModel, Tag("ask")]
    | Annotated[FormModel, Tag("form")]
    | Annotated[OfferModel, Tag("offer")]
    | Annotated[RefuseModel, Tag("refuse")]
    | Annotated[ConfirmModel, Tag("confirm")]
    | Annotated[CallModel, Tag("call")]
    | Annotated[DecideModel, Tag("decide")]
    | Annotated[PolicyStepModel, Tag("policy")]
    | Annotated[SetModel, Tag("set")]
    | Annotated[ApproveModel, Tag("approve")]
    | Annotated[GrantModel, Tag("grant")]
    | Annotated[HandoffModel, Tag("handoff")]
    | Annotated[NoteModel, Tag("note")]
    | Annotated[CheckInModel, Tag("check_in")]
    | Annotated[WatchModel, Tag("watch")]
    | Annotated[SubFlowModel, Tag("flow")]
    | Annotated[EndModel, Tag("end")],
    Discriminator(_kind, custom_error_type="step_kind", custom_error_message="the step has no kind"),
]


class RefusedModel(Model):
    """By what words customers say that they do not want what a flow does: it isn't started then, and is left."""

    words: list[Phrase] = Field(default=[], description="What it does: “cancel”; for the * of `refusing`.")
    phrases: list[Phrase] = Field(default=[], description="Whole phrases: “not|never … charged + twice”.")
    say: Variants | None = Field(default=None, description="Said then, instead of the text `refused`.")


class FlowModel(Model):
    """A flow: what starts it, and its steps in order."""

    title: Short
    topics: list[Id] = []
    category: Id | None = None
    phrasings: list[Phrase] = Field(default=[], description="What customers say to start it; none: only others do.")
    starts_on_order: bool = Field(default=False, description="Whether a bare order number starts this flow.")
    starts_on_day: list[Phrase] = Field(
        default=[], description="Words that start it together with a day, where no other flow is surely meant."
    )
    starts_on_number: list[Phrase] = Field(
        default=[], description="Words that start it at the beginning of a message with an order's number in it."
    )
    starts_on_asking: list[Phrase] = Field(
        default=[], description="Words that start it beside a word that asks or an order's number, and nothing else."
    )
    starts_on_saying: list[Phrase] = Field(
        default=[], description="Words that start it whatever else is said: “never + got + a|my + refund”."
    )
    refused: RefusedModel | None = None
    needs: list[Id] = Field(default=[], description="Slots that the flows around it have set; only they start it.")
    private: bool = Field(
        default=True, description="Whether to go where nobody else reads along first; no: nothing personal is in it."
    )
    changeable: bool = Field(default=False, description="Whether a correction right after its end begins it again.")
    fleeting: bool = Field(default=False, description="Whether it is over once the customer turns to something else.")
    while_waiting: bool = Field(
        default=False, description="Whether it runs while people have the case, too: it only looks something up."
    )
    follow_ups: dict[Id, list[Phrase]] = Field(
        default={}, description='What is asked right after this, such as "how long does that take", by what answers it.'
    )
    steps: dict[Id, StepModel] = Field(min_length=1)


class FlowFile(Model):
    """A file in flows/."""

    flows: dict[Id, FlowModel] = {}
    policies: dict[Id, PolicyModel] = {}


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
