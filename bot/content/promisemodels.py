"""What handoff/ may say on promised times: the words by which people say them."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.content.fields import NUMBER, PAST, STRICT, TIME, Words


class PartModel(BaseModel):
    """A part of the day."""

    model_config = STRICT

    until: Annotated[str, StringConstraints(pattern=TIME)]
    words: Words = Field(description="Said beside a day: “tomorrow morning”.")
    alone: Words = Field(default=[], description="Said without a day: “this morning”.")


class UnitsModel(BaseModel):
    """The units of time."""

    model_config = STRICT

    minute: Words
    hour: Words
    day: Words
    business_day: Words
    week: Words


class DaysModel(BaseModel):
    """How days are said."""

    model_config = STRICT

    today: Words
    tomorrow: Words
    day_after_tomorrow: Words
    next_business_day: Words
    this_week: Words
    next_midweek: Words = []
    weekend: Words = []
    this_month: Words = []
    next_week: Words
    weekday: Words
    next_weekday: Words
    date: Words


class HalvesModel(BaseModel):
    """Before and after noon."""

    model_config = STRICT

    am: Words
    pm: Words


class PromisesModel(BaseModel):
    """By which words a time becomes a promise, and how times are said."""

    model_config = STRICT

    commitments: Annotated[Words, Field(min_length=1)]
    breaks: Words
    joins: Words
    vague: Words
    not_after: Words
    not_before: Words
    spans: Words
    bare: Words = Field(default=[], description="A number alone at the end of a clause: so many minutes.")
    numbers: dict[Annotated[str, StringConstraints(pattern=NUMBER)], Words]
    ranges: Words
    units: UnitsModel
    clock_leads: Words
    times: Words
    hours: Annotated[list[Words], Field(default=[], max_length=12, description="The hours in words, from one on.")]
    past: dict[Annotated[str, StringConstraints(pattern=PAST)], Words] = Field(
        default={}, description='Minutes past the hour (or before it) and their words: "30": [half past].'
    )
    halves: HalvesModel
    named_times: dict[Annotated[str, StringConstraints(pattern=TIME)], Words]
    parts: list[PartModel]
    day_leads: Words
    day_before: Words
    ends: Words
    days: DaysModel
    ordinals: Words
    weekdays: Annotated[list[Words], Field(min_length=7, max_length=7)]
    months: Annotated[list[Words], Field(min_length=12, max_length=12)]
