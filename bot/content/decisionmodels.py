"""What handoff/ may say on what people decide about customers: goodwill, tiers, marks, endings, days."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from bot.content.fields import STRICT, Account, Duration, Id, Money, Phrase, Short, Text, Variants, Words


class IdentityModel(BaseModel):
    """How customers show that an order is theirs, before anything is said of it."""

    model_config = STRICT

    by: Literal["none", "email", "code", "account"] = Field(
        default="email",
        description="none: a number is enough; email: the order's address; code: one sent to it; account: this one.",
    )
    remember: Duration = Field(default="7d", description="How long that counts.")
    guesses: Annotated[int, Field(ge=1, le=20, description="So many wrong ones within `pause`, then people.")] = 5
    pause: Duration = "1h"


class CapModel(BaseModel):
    """How much a role may give without asking, in the shop's currency."""

    model_config = STRICT

    per_case: Money
    per_customer: Money = Field(description="To one customer, in all their cases of the period.")


class GoodwillModel(BaseModel):
    """What agents may give."""

    model_config = STRICT

    caps: dict[Literal["agent", "supervisor", "admin"], CapModel] = Field(
        description="A role that is left out may give what the next lower one may."
    )
    period: Duration = "90d"
    expires: Duration = Field(default="90d", description="How long what was given can be used.")
    expired: Variants | None = Field(
        default=None, description="Said to the customer when something was not used in time; left out: nothing."
    )


class TierModel(BaseModel):
    """A group of customers who are treated in a way of their own."""

    model_config = STRICT

    title: Short
    priority: Annotated[int, Field(ge=1, le=5, description="Their cases are at least so urgent; 1 is the most.")] = 3
    owner: Id | list[Id] | None = Field(
        default=None, description="Who gets their cases, an agent or `supervisors`; of several, the first who is there."
    )
    queue: Id | None = Field(default=None, description="Where their cases go, but for danger and legal matters.")
    tell: list[Id] = Field(default=[], description="Queues whose rooms are told of each of their cases.")
    customers: list[Account] = Field(default=[], description="Who belongs to it, by their accounts.")
    join: list[Phrase] = Field(default=[], description="By these words, and no others, a customer joins it.")
    welcome: Variants | None = Field(default=None, description="Said to those who have joined it.")
    say: Variants | None = Field(default=None, description="Told to them when they get a case.")
    alert: bool = Field(default=True, description="Whether supervisors are told of each of their cases.")


class MarkModel(BaseModel):
    """Something that staff notice of customers, and that no customer ever reads."""

    model_config = STRICT

    title: Short
    kind: Literal["sign", "type"] = Field(
        default="sign", description="sign: of trouble, counted each time; type: which kind of client they are."
    )
    advice: Text | None = Field(default=None, description="How to deal with it; stands on their cards.")
    pattern: Annotated[int, Field(ge=2, le=20, description="So many signs are a pattern: supervisors are told.")] = 3


class CheckModel(BaseModel):
    """A step of a checklist."""

    model_config = STRICT

    id: Id
    text: Text


class EndingModel(BaseModel):
    """How a relationship with a customer is ended, which only people decide."""

    model_config = STRICT

    role: Literal["supervisor", "admin"] = "supervisor"
    salvage: list[CheckModel] = Field(default=[], max_length=10, description="What is tried first.")
    steps: list[CheckModel] = Field(min_length=1, max_length=15, description="What is done then, in this order.")


class NeededByModel(BaseModel):
    """How a day by which a customer needs something makes their case more urgent."""

    model_config = STRICT

    soon: Duration = Field(default="3d", description="So long before the day, the case has priority 2 at least.")
    urgent: Duration = Field(default="1d", description="So long before the day, it has priority 1.")
    phrases: Words = Field(default=[], description="Said by customers just before such a day: “need it by”.")
