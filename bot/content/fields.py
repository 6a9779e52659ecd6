"""What the values in content files look like: names, texts, durations."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag

from bot.durations import duration

ID = r"^[a-z][a-z0-9_]{0,47}$"
VALUE = r"^[a-z0-9_]{1,40}$"
URL = r"^(https?://|mailto:)\S+$"
LOCALE = r"^[a-z]{2,3}(_[A-Za-z]{2,4})?$"
CURRENCY = r"^[A-Z]{3}$"
SPAN = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
TIME = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
WORKER = r"^([a-z][a-z0-9_]{0,47}|slack:([A-Z0-9]+/)?[UW][A-Z0-9]+|discord:[0-9]{5,20})$"
ACCOUNT = r"^(slack:([A-Z0-9]+/)?[UW][A-Z0-9]+|discord:[0-9]{5,20})$"
NUMBER = r"^\d{1,3}(\.\d{1,2})?$"
PAST = r"^-?[0-5]?\d$"
REGION = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"

STRICT = ConfigDict(extra="forbid", frozen=True, strict=False)  # no unknown keys

# What to write where a text does not have its form.
FORMS = {
    ID: "Use a-z, 0-9 and _, beginning with a letter, at most 48.",
    VALUE: "Use a-z, 0-9 and _, at most 40.",
    URL: "Begin it with https://, http:// or mailto:, and leave no spaces in it.",
    LOCALE: "Use one such as en_GB, en_US or de_DE.",
    CURRENCY: "Use three capital letters such as GBP or EUR.",
    SPAN: "Write it as 09:00-17:30.",
    TIME: "Write it as 17:30.",
    NUMBER: 'Use a number in quotes, such as "2" or "0.5".',
    PAST: 'Use minutes in quotes, such as "30", or "-15" before the hour.',
    WORKER: "Write an id of handoff/team.yaml, or an account such as slack:U0123ABCD.",
    ACCOUNT: "Write it as slack:U0123ABCD or discord:80351110224678912.",
    REGION: "Use a country or region such as GB-ENG, US-CA or DE.",
}

Id = Annotated[str, StringConstraints(pattern=ID)]
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
Variants = Annotated[
    Annotated[Text, Tag("text")] | Annotated[list[Text], Field(min_length=1, max_length=20), Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "text"),
]
Short = Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Words = Annotated[list[Phrase], Field(max_length=500)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _is_duration(text: str) -> str:
    found = duration(text)
    if not timedelta(minutes=1) <= found <= timedelta(days=366):
        raise ValueError(f"{text!r} is not between 1m and 366d")
    return text


def _number_as_text(value: object) -> object:
    return str(value) if type(value) is int else value


Duration = Annotated[
    str,
    BeforeValidator(_number_as_text),
    AfterValidator(_is_duration),
    Field(examples=["15m", "4h", "26h", "3d"]),
]

Money = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2, allow_inf_nan=False)]


def _is_grace(text: str) -> str:
    if text != "0" and duration(text) > timedelta(hours=1):
        raise ValueError(f"{text!r} is not between 0 and 1h")
    return text


Grace = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_grace), Field(examples=["30s", "2m", "0"])]


def _is_wait(text: str) -> str:
    return text if text == "no" else _is_duration(text)


Wait = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_wait), Field(examples=["5d", "no"])]
