"""What handoff/ may say on the words in which customers answer, and on how sure the bot has to be of them."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.content.fields import CURRENCY, STRICT, Words
from bot.dialog.flow import SlotType
from bot.dialog.values import Lexicon
from bot.knowledge import normalise

Count = Annotated[str, StringConstraints(pattern=r"^\d{1,4}$")]
Place = Annotated[str, StringConstraints(pattern=r"^-?\d{1,2}$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Chance = Annotated[float, Field(gt=0, lt=1)]
Code = Annotated[str, StringConstraints(pattern=CURRENCY)]


class PartOfDayModel(BaseModel):
    """A part of the day, and how customers call it."""

    model_config = STRICT

    begins: Clock
    ends: Clock
    words: Words


class AnswersModel(BaseModel):
    """By which words the bot understands answers."""

    model_config = STRICT

    numbers: dict[Count, Words]
    ordinals: dict[Place, Words] = Field(description='Places in a list; "-1" is the last one.')
    money: dict[Code, Words] = Field(default={}, description="Signs and words of a currency.")
    all: Words = Field(default=[], description="Everything in a list.")
    both: Words = Field(default=[], description="Everything in a list of two.")
    none: Words = Field(default=[], description="Nothing in a list.")
    but: Words = Field(default=[], description="What follows is not meant: \u201call but the lamp\u201d.")
    denies: Words = Field(default=[], description="After those, a number is not taken off: \u201cnot two\u201d.")
    turns: Words = Field(default=[], description="Those of them that leave nothing out where a verb follows.")
    subjects: Words = Field(default=[], description="Right after those, something is told: \u201cthey came\u201d.")
    tells: Words = Field(default=[], description="Later on, likewise: \u201cbut the lamp is chipped\u201d.")
    half: Words = Field(default=[], description="Half of what there is of a thing is meant.")
    conditions: Words = Field(default=[], description="Begin what a yes depends on: “yes, if it's free”.")
    fillers: Words = Field(default=[], description="Single words that name nothing in a list.")
    joins: Words = Field(default=[], description="Single words between two things of a list: “the lid and the kettle”.")
    single: Words = Field(default=[], description="Single words before a thing in the singular: one of it is meant.")
    dont_know: Words = Field(default=[], description="The whole message: somebody does not know.")
    whatever: Words = Field(default=[], description="The whole message: somebody does not mind.")
    why: Words = Field(default=[], description="Begin a message that asks what a question is for.")
    percent: Words = Field(default=[], description="After a number: a share of a price.")
    share_of: Words = Field(default=[], description="Begin what follows a share of a price: “60% back”, “60% of it”.")
    of_them: Words = Field(default=[], description="After a number: of what was named before, so many are wanted.")
    only: Words = Field(default=[], description="Right before a number that is all that is said: “just one”.")
    besides: Words = Field(default=[], description="Say that something is wanted besides, and not instead.")
    correction: Words = Field(default=[], description="Begin a message that takes back an earlier answer.")
    other: Words = Field(default=[], description="Say of an earlier answer that it should be another.")
    by_day: Words = Field(default=[], description="Lead to a day that is said before it is asked for.")
    before_day: Words = Field(default=[], description="The same, where the day before it is meant.")
    parts: list[PartOfDayModel] = Field(default=[], description="Parts of a day in which somebody can be reached.")
    after_time: Words = Field(default=[], description="Right before an hour: from then on.")
    before_time: Words = Field(default=[], description="Right before an hour: until then.")
    at_time: Words = Field(default=[], description="Right before an hour: then.")
    between: Words = Field(default=[], description="Begin two hours that are joined: “between 10 and 12”.")
    any_time: Words = Field(default=[], description="Say that any time is right.")
    weekend: Words = Field(default=[], description="Name Saturday and Sunday.")
    either: Words = Field(default=[], description="Stand between two times that are both right: “Monday or Friday”.")
    houses: Words = Field(default=[], description="Single words before a number in an address: “flat 2”.")
    numbered: Words = Field(default=[], description="Those of them that mean the house: “number 21”.")
    leads_to: Words = Field(default=[], description="Single words that lead to an address: “she's at 4 High Street”.")
    called: dict[SlotType, Words] = Field(default={}, description="How customers call an answer of a type.")


def lexicon(model: AnswersModel) -> Lexicon:
    """Return the words as readers use them."""
    said = {name: frozenset(map(normalise, getattr(model, name))) for name in _LISTS}
    signs = {word.casefold(): code for code, words in model.money.items() for word in words}
    return Lexicon(
        numbers={normalise(word): int(count) for count, words in model.numbers.items() for word in words},
        ordinals={normalise(word): int(place) for place, words in model.ordinals.items() for word in words},
        money=signs,
        percent=frozenset(each.casefold() for each in model.percent),
        parts={
            normalise(word): (_minutes(each.begins), _minutes(each.ends)) for each in model.parts for word in each.words
        },
        called={kind: frozenset(map(normalise, words)) for kind, words in model.called.items()},
        **said,
    )


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


_LISTS = (
    "all",
    "both",
    "none",
    "but",
    "denies",
    "turns",
    "subjects",
    "tells",
    "half",
    "conditions",
    "joins",
    "single",
    "fillers",
    "dont_know",
    "whatever",
    "why",
    "correction",
    "other",
    "of_them",
    "share_of",
    "only",
    "besides",
    "by_day",
    "before_day",
    "after_time",
    "before_time",
    "at_time",
    "between",
    "any_time",
    "weekend",
    "either",
    "houses",
    "numbered",
    "leads_to",
)


class MatchingModel(BaseModel):
    """How sure the bot has to be; `frontdesk calibrate` writes it from labelled messages."""

    model_config = STRICT

    answer: Annotated[Chance, Field(description="From which confidence to answer at once.")]
    clarify: Annotated[Chance, Field(description="From which to show what it could be instead.")]
    people: Annotated[Chance, Field(description="From which to hear the wish for a person.")] = 0.5
