"""What a reader returns, and the words that it goes by."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec import field as struct_field

LONGEST = 4_000


class Reading(Struct, frozen=True, kw_only=True):
    """What was read: values in the order in which they are likely, and the words that were not needed for it."""

    values: tuple[Any, ...]
    rest: str = ""


class Hint(Struct, frozen=True, kw_only=True):
    """Why something that looks like an answer is none: a house text (`key`) and its values."""

    key: str
    values: dict[str, Any] = struct_field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of answers, normalised, as handoff/answers.yaml explains them; `money` is also asked for signs.

    `parts` of a day are spans of its minutes.
    """

    numbers: Mapping[str, int] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    money: Mapping[str, str] = field(default_factory=dict)
    all: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    tells: frozenset[str] = frozenset()
    half: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    dont_know: frozenset[str] = frozenset()
    whatever: frozenset[str] = frozenset()
    why: frozenset[str] = frozenset()
    of_them: frozenset[str] = frozenset()
    percent: frozenset[str] = frozenset()
    share_of: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()
    correction: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    by_day: frozenset[str] = frozenset()
    before_day: frozenset[str] = frozenset()
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    after_time: frozenset[str] = frozenset()
    before_time: frozenset[str] = frozenset()
    at_time: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    any_time: frozenset[str] = frozenset()
    weekend: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    houses: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    leads_to: frozenset[str] = frozenset()
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)


def tidy(text: str) -> str:
    """Return the text in plain characters: no full-width digits, no odd spaces or dashes; bounded."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    return plain.replace("\u2212", "-").replace("\u2013", "-").replace("\u2019", "'").replace("\x00", "")


def without(text: str, start: int, end: int) -> str:
    """Return the text with a part of it cut out."""
    return f"{text[:start].rstrip()} {text[end:].lstrip()}".strip()


def phrase(said: str, phrases: Iterable[str]) -> str:
    """Return the longest of the phrases that stands in normalised words, as whole words; else nothing."""
    padded = f" {said} "
    return max((each for each in phrases if each and f" {each} " in padded), key=len, default="")


def begins(said: str, phrases: Iterable[str]) -> str:
    """Return the longest of the phrases with which normalised words begin; else nothing."""
    return max((each for each in phrases if each and f"{said} ".startswith(f"{each} ")), key=len, default="")


def clauses(text: str) -> list[str]:
    """Cut a text where a comma, a stop or a line's end stands between words."""
    return [part.strip() for part in re.split(r"[,;:.!?\n]+(?=\s|$)|\s[-\u2014]\s", tidy(text)) if part.strip()]
