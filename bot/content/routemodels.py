"""The sections of handoff/ about who is called, when, and how urgently."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from bot.content.fields import STRICT, WORKER, Duration, Expression, Id, Money, Phrase, Short, Text, Variants


class _Model(BaseModel):
    model_config = STRICT


class WishModel(_Model):
    """Something that goes to people at once."""

    title: Short
    queue: Id
    reason: Text
    say: Variants | None = Field(
        default=None, description="Said before the handoff: what to do until people are there."
    )
    meanwhile: Variants | None = Field(
        default=None, description="Of danger: said to questions that come before a person has answered."
    )
    careful: bool = Field(default=False, description="Whether the bot only relays then, and offers nothing.")
    even_blocked: bool = Field(default=False, description="Whether it is heard even while the customer is blocked.")
    telling: bool = Field(default=True, description='Whether such words are the matter itself; "a person!" is not.')
    topics: list[Id] = []
    phrasings: list[Phrase] = Field(default=[], description="Ways to say it; not for one that is a part of another.")
    part_of: Id | None = Field(
        default=None, description="Another wish: one of that kind whose sentence has some of `words` is this one."
    )
    words: list[Phrase] = Field(default=[], description="What names this wish in a sentence: “supervisor”.")
    unless: list[Phrase] = Field(default=[], description="With one of these in its sentence, it is none: “already”.")

    @model_validator(mode="after")
    def _can_be_heard(self) -> Self:
        if bool(self.part_of) != bool(self.words) or bool(self.phrasings) == bool(self.words):
            raise ValueError("a wish has phrasings, or part_of and words")
        return self


class TriageModel(_Model):
    """Which cases come first: the first rule whose condition holds tells category and priority."""

    when: Expression = Field(
        default="true", description="A condition on wish, flow, topic, tags, repeat, failed, public and tier."
    )
    words: list[Phrase] = Field(
        default=[],
        description="The customer's words have one of these in them: “site|app … is down”; | is or, … up to 2 words.",
    )
    unless: list[Phrase] = Field(default=[], description="And none of these.")
    many: Annotated[int, Field(ge=2, description="From so many customers within 2h on, staff are told.")] | None = None
    say: Variants | None = Field(default=None, description="Said to those who write such words and have no case.")
    opens: bool = Field(default=False, description="Whether such words open a case at once.")
    category: Id
    priority: Annotated[int, Field(ge=1, le=5, description="1 is the most urgent; cases without a rule have 3.")]
    why: Text = Field(description="Staff read it on the card.")
    careful: bool = Field(default=False, description="Whether the bot only relays then, and offers nothing.")
    former_owner: bool = Field(default=False, description="Whether it goes to who had the last case about it.")
    goodwill: Money | None = Field(default=None, description="How much to suggest to staff for the trouble.")

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if "when" not in self.model_fields_set and not self.words:
            raise ValueError("a rule has a condition (when), or words, or both")
        if self.unless and not self.words:
            raise ValueError("unless goes with words")
        if (self.say or self.opens) and not self.words:
            raise ValueError("say and opens go with words")
        return self


Person = Annotated[
    str,
    StringConstraints(pattern=WORKER),
    Field(description="owner, supervisors, team, or somebody by their id.", examples=["owner", "supervisors", "team"]),
]
People = Annotated[list[Person], Field(min_length=1, max_length=20)]


class FurtherModel(_Model):
    """Who is told next."""

    after: Duration = Field(description="So long after those before, in open hours, while nobody has answered.")
    tell: People


class PathModel(_Model):
    """Who is told when a case is about to be late, or is."""

    queues: list[Id] = Field(default=[], description="For cases of these queues; left out: of all.")
    priority: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None, description="For cases at least so urgent; left out: for all."
    )
    at_risk: People = Field(default=["owner"], description="When a time is near.")
    missed: People = Field(description="When it has passed.")
    then: Annotated[list[FurtherModel], Field(max_length=10)] = []
