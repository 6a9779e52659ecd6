"""What flows/ may say on the shop's rules, and how they become the engine's policies."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from bot.content.fields import STRICT, VALUE, Expression, Id, Money, Phrase, Short, Text
from bot.content.yamlfile import Located, Path_
from bot.dialog.policies import Alternative, Fee, Limit, Policy, Window, versioned


class AlternativeModel(BaseModel):
    """What can be done instead: the sentence, and the button that takes it."""

    model_config = STRICT

    value: Annotated[str, StringConstraints(pattern=VALUE)]
    label: Short = Field(description="The button.")
    say: Text = Field(description="What it is, as it stands in the list that customers read.")
    phrasings: list[Phrase] = []
    if_: Expression | None = Field(default=None, alias="if", description="When it is there; left out: always.")


class WindowModel(BaseModel):
    """Until when: so many days from a date."""

    model_config = STRICT

    days: Annotated[int, Field(ge=0, le=36_600)]
    from_: Expression = Field(alias="from", description="A condition that yields a date, such as order.delivered_on.")
    because: Text = Field(description="Told when it is over; has {{ days }}, {{ since }} and {{ window }}.")
    why: Text | None = Field(default=None, description="Its own reason, in place of the policy's.")
    exception: bool = Field(default=True, description="Whether a supervisor may allow it all the same.")


class ExclusionModel(BaseModel):
    """What the rule leaves out."""

    model_config = STRICT

    if_: Expression = Field(alias="if")
    because: Text = Field(description="Told when it holds.")
    why: Text | None = Field(default=None, description="Its own reason, in place of the policy's.")
    exception: bool = Field(default=True, description="Whether a supervisor may allow it all the same.")


class FeeModel(BaseModel):
    """What it costs."""

    model_config = STRICT

    amount: Money
    for_: Text = Field(alias="for", description="What it is for.")
    if_: Expression | None = Field(default=None, alias="if", description="When it is due; left out: always.")


class PolicyModel(BaseModel):
    """A rule of the shop, why it is there, and what can be done instead; what it excludes, until when, and what it
    costs."""

    model_config = STRICT

    rule: Text
    why: Text
    alternatives: list[AlternativeModel] = Field(min_length=1, max_length=4)
    exclusions: list[ExclusionModel] = []
    window: WindowModel | None = None
    fees: list[FeeModel] = Field(default=[], description="What it costs: the first whose condition holds.")

    @model_validator(mode="after")
    def _one_always(self) -> "PolicyModel":
        if all(each.if_ for each in self.alternatives):
            raise ValueError("every alternative has an 'if'; one must always be there, so that no refusal is bare")
        return self


class RefusalModel(BaseModel):
    """The words of a refusal, in the order in which they are told; rule, why and alternatives are the policy's."""

    model_config = STRICT

    feeling: Text = Field(description="First: what the customer feels about it.")
    wish: Text = Field(description="Then: what we wish we could do.")
    limit: Text = Field(description="Then what stands against it, with {{ verdict.because }}.")
    why: Text | None = Field(default=None, description="In place of the policy's rule and why: a person's reason.")
    instead: Text = Field(description="Leads over to the list of alternatives.")
    question: Text = Field(description="What is asked at the end.")


class PolicyStepModel(BaseModel):
    """Let the shop's policies judge, and go where the verdict leads."""

    model_config = STRICT

    policy: Id | list[Id] = Field(description="The policies that must all allow it.")
    into: Id = Field(default="verdict", description="The slot that keeps the verdict.")
    allowed: Id
    refused: Id
    exception: Id | None = Field(
        default=None, description="Where to go when a supervisor may allow it; left out: as when it is refused."
    )
    each: Id | None = Field(default=None, description="A slot with things; each of them is judged by itself.")
    some: Id | None = Field(
        default=None, description="With each: where to go when some of them are allowed, and others are not."
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> "PolicyStepModel":
        if bool(self.each) != bool(self.some):
            raise ValueError("'each' and 'some' go together: the things, and where to go when only some are allowed")
        return self


def compile_policy(name: str, model: PolicyModel, located: Located, path: Path_) -> Policy:
    """Return a policy."""
    return versioned(
        Policy(
            id=name,
            rule=model.rule,
            why=model.why,
            alternatives=tuple(
                Alternative(
                    value=each.value,
                    label=each.label,
                    say=each.say,
                    phrasings=tuple(each.phrasings),
                    when=each.if_ or "",
                )
                for each in model.alternatives
            ),
            window=_window(model.window, located.at(*path, "window")) if model.window else None,
            exclusions=tuple(
                _exclusion(each, located.at(*path, "exclusions", at)) for at, each in enumerate(model.exclusions)
            ),
            fees=tuple(map(_fee, model.fees)),
            at=located.at(*path),
        )
    )


def _window(model: WindowModel, at: str) -> Window:
    return Window(
        days=model.days,
        since=model.from_,
        because=model.because,
        why=model.why or "",
        exception=model.exception,
        at=at,
    )


def _exclusion(model: ExclusionModel, at: str) -> Limit:
    return Limit(when=model.if_, because=model.because, why=model.why or "", exception=model.exception, at=at)


def _fee(model: FeeModel) -> Fee:
    return Fee(amount=str(model.amount), words=model.for_, when=model.if_ or "")
