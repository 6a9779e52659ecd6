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
    month_end: Words = Field(default=[], description="The end of a month that is named: “the end of {month}”.")
    next_week: Words
    weekday: Words
    next_weekday: Words
    weekday_week: Words = Field(default=[], description="A week after the coming one: “Thursday week”.")
    early_next_week: Words = Field(default=[], description="Until next Tuesday.")
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
    doings: Words = Field(default=[], description="Commitments that leave open who it is: not a customer or carrier.")
    gains: Words = Field(default=[], description="What the customer is to have; none where a carrier comes after it.")
    arrivals: Words = Field(
        default=[], description="Like `gains`, of what comes by itself: a case may end before that."
    )
    openers: Words = Field(default=[], description="Commitments only where a clause begins with them.")
    closers: Words = Field(default=[], description="Commitments only where a clause ends with them.")
    under_way: Words = Field(default=[], description="Somebody is at it: a span right after it is how long they need.")
    customers: Words = Field(default=[], description="Before one of `doings` or `gains`: not ours to do.")
    carriers: Words = Field(default=[], description="Others whose doings are not ours to promise.")
    conditions: Words = Field(default=[], description="What hangs on one of these may never be due.")
    asides: Words = Field(default=[], description="Overlooked: they say nothing about a promise.")
    fillers: Words = Field(default=[], description="May stand beside a time that is all that is said.")
    tidings: Words = Field(default=[], description="Beside these, no more than words of ours are promised.")
    bringing: Words = Field(default=[], description="Tidings that bring a thing with them: that is what is promised.")
    concerning: Words = Field(default=[], description="What follows tells no more of what is promised.")
    blanks: Words = Field(default=[], description="Words that do not tell what is promised.")
    reaching: Words = Field(default=[], description="One deed; who is reached is the customer, or else named.")
    deeds: list[Words] = Field(default=[], description="The words of each deed: they promise the same.")
    handing: Words = Field(default=[], description="No deed besides what comes: “send the refund” is the refund.")
    fulfilled: Words = Field(default=[], description="Say that what was promised is here.")
    showing: Words = Field(default=[], description="Say that what they name is here.")
    settled: Words = Field(default=[], description="Say that what was promised is done, as a whole sentence.")
    finished: Words = Field(default=[], description="Stand before what was done: the promise to do that is kept.")
    undergone: Words = Field(default=[], description="Stand between what was done and its verb.")
    gone: Words = Field(default=[], description="Stand after what has left: the promise of it is kept.")
    requests: Words = Field(default=[], description="Open a sentence that asks the customer for something.")
    announcing: Words = Field(default=[], description="Say, without a time, that the customer will hear of us.")
    awaited: Words = Field(default=[], description="Before these comes what will happen without the customer.")
    wishes: Words = Field(default=[], description="With these a customer asks us for something, at a time maybe.")
    suiting: Words = Field(default=[], description="May stand beside a time that a customer offers, or asks for.")
    owned: Words = Field(default=[], description="Between a wish and a time: the time is about something else.")
    agreeing: Words = Field(default=[], description="A reply of nothing else agrees to the time that was asked for.")
    they: Words = Field(default=[], description="In a question of ours: it asks for what the customer will do.")
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
    weekday_dates: Words = Field(default=[], description="A date with its weekday; the date counts.")
    weekdays: Annotated[list[Words], Field(min_length=7, max_length=7)]
    months: Annotated[list[Words], Field(min_length=12, max_length=12)]
