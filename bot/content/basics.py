"""Texts and durations of content files as their models have them, and how strict those are."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.durations import duration

Short = Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Words = Annotated[list[Phrase], Field(max_length=500)]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=False)  # no unknown keys


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


def _is_grace(text: str) -> str:
    if text != "0" and duration(text) > timedelta(hours=1):
        raise ValueError(f"{text!r} is not between 0 and 1h")
    return text


Grace = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_grace), Field(examples=["30s", "2m", "0"])]


def _is_wait(text: str) -> str:
    return text if text == "no" else _is_duration(text)


Wait = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_wait), Field(examples=["5d", "no"])]
