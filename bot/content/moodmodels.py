"""What handoff/ may say on how customers and texts sound: moods, what is done about abuse, tone."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from bot.content.fields import STRICT, Phrase, Short, Words
from bot.knowledge.mood import Means


class CueModel(BaseModel):
    """Words that say how somebody feels, or what a message is about."""

    model_config = STRICT

    means: Means
    weight: Annotated[float, Field(ge=0, le=5)] = Field(
        default=1, description="From 1 on somebody is frustrated or happy, from 2.5 on angry; flags count from 1 on."
    )
    words: Annotated[Words, Field(min_length=1)]


class ThreatsModel(BaseModel):
    """What threatens people: a beginning, up to three words on a harm, and right after it whom; or one of the deeds."""

    model_config = STRICT

    begin: Words = Field(default=[], description="Who will do it: “I'll”, “I'm going to”.")
    harm: Words = Field(default=[], description="What they will do: “punch”.")
    whom: Words = Field(default=[], description="To whom: “you”, “him”.")
    deeds: Words = Field(default=[], description="What is a threat without a whom: “come round with a bat”.")
    harmless: Words = Field(default=[], description="Sounds like harm and is none: “hit you up”.")


class IronyModel(BaseModel):
    """What makes praise sarcasm: a fault, a wait or silence in the same sentence, unless the praise is meant."""

    model_config = STRICT

    praise: Words = Field(default=[], description="What praises or thanks: “great job”.")
    faults: Words = Field(default=[], description="What nobody praises: “broken”, “nobody answered”.")
    meant: Words = Field(default=[], description="What shows that the praise is meant: “sorted”, “works again”, “but”.")


class MoodModel(BaseModel):
    """By which words the bot notices how somebody feels, and that something is urgent, about safety or the law."""

    model_config = STRICT

    cues: Annotated[list[CueModel], Field(min_length=1, max_length=100)]
    negations: Words = Field(default=[], description="Just before a cue they turn it round: “not happy”.")
    intensifiers: Words = Field(default=[], description="Just before a cue they make it stronger: “very”.")
    targets: Words = Field(default=[], description="For whom an insult is: “you”, “bot”.")
    oneself: Words = Field(default=[], description="An insult for oneself is none: “I'm such an idiot”.")
    asking: Words = Field(default=[], description="After these a clause asks, and complains of nothing: “is it bad”.")
    threats: ThreatsModel = ThreatsModel()
    irony: IronyModel = IronyModel()


class ExamplesModel(BaseModel):
    """Messages by which the bot learns what something sounds like."""

    model_config = STRICT

    messages: Annotated[list[Phrase], Field(min_length=1, max_length=5_000)]
    harmless: Annotated[list[Phrase], Field(max_length=5_000)] = Field(
        default=[], description="Messages that sound like it, and aren't."
    )


class AlarmsModel(BaseModel):
    """What calls a person at once: danger, and the law."""

    model_config = STRICT

    safety: ExamplesModel
    legal: ExamplesModel


class FeelingsModel(BaseModel):
    """How customers sound who are in a hurry, happy, or unhappy."""

    model_config = STRICT

    urgent: ExamplesModel
    happy: ExamplesModel
    frustrated: ExamplesModel | None = None
    angry: ExamplesModel | None = Field(default=None, description="These are examples of `frustrated`, too.")


class AbuseModel(BaseModel):
    """What is done when somebody is abusive, time after time."""

    model_config = STRICT

    ladder: Annotated[list[Literal["empathy", "boundary", "supervisor", "pause"]], Field(min_length=1, max_length=10)]
    forgiven: Annotated[int, Field(ge=1, le=100)] = Field(
        default=3, description="After so many messages without abuse, the ladder begins anew."
    )


class AvoidModel(BaseModel):
    """Words that our own texts should not have."""

    model_config = STRICT

    why: Short = Field(description="What such words do, after “that”: “blames the customer”.")
    instead: Short
    words: Annotated[Words, Field(min_length=1)]
    selling: bool = Field(default=False, description="An entry that `promotes` may say them.")


class ToneModel(BaseModel):
    """How our own texts should not sound; `frontdesk check` warns of it."""

    model_config = STRICT

    avoid: list[AvoidModel] = []
    first: Words = Field(default=[], description="A text that begins with one of these says first what cannot be done.")
    sorry: Words = Field(default=[], description="Words by which a text of ours apologises; `apologised` goes by them.")
