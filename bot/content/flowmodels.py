"""What a file in flows/ may contain: flows with their steps in order, and the policies that decide."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Discriminator, Field, StringConstraints, Tag, model_validator

from bot.content.fields import (
    VALUE,
    Duration,
    Expression,
    Id,
    Phrase,
    Short,
    Text,
    Variants,
)
from bot.content.models import Model
from bot.content.policymodels import PolicyModel, PolicyStepModel, RefusalModel
from bot.dialog.flow import SlotType

RATINGS = {"1", "2", "3", "4", "5"}


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
    options: list[OptionModel] = Field(default=[])
    options_from: Expression | None = Field(default=None, description="An expression that yields {value, label} pairs.")
    check: Expression | None = Field(default=None, description="What must hold of the answer.")
    otherwise: Variants | None = Field(default=None, description="Said when it does not.")
    factual: bool = Field(default=False, description="A name, an address or a code: how it sounds means nothing.")
    rating: bool = Field(
        default=False, description="The answer, from 1 to 5, says how satisfied the customer is: it is counted as CSAT."
    )

    matter: bool = Field(default=False, description="A text: what the flow is about, which the first message may tell.")
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
    bargain: str = Field(
        default="", description="The option that a sum which isn't offered chooses; in `bid` and `bid_sum`."
    )


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
    args: dict[Id, Expression] = Field(default={})
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
    topics: list[Id] = Field(default=[])
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
    amid: dict[Id, Id] = Field(
        default={}, description="Flows in the middle of which another one is walked instead: it only tells something."
    )
    while_waiting: bool = Field(
        default=False, description="Whether it runs while people have the case, too: it only looks something up."
    )
    follow_ups: dict[Id, list[Phrase]] = Field(
        default={}, description='What is asked right after this, such as "how long does that take", by what answers it.'
    )
    steps: dict[Id, StepModel] = Field(min_length=1)


class FlowFile(Model):
    """A file in flows/."""

    flows: dict[Id, FlowModel] = Field(default={})
    policies: dict[Id, PolicyModel] = Field(default={})
