"""What staff type to tell many customers something: `weather status=delayed carrier=Greenlane until="Friday noon"`."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from bot.desk.broadcast import Audience, NoticeKind
from bot.desk.notices import STATUSES
from bot.durations import duration

Why = Literal["kind", "words", "missing", "audience", "status", "wrote"]
FILTERS = ("watching", "status", "product", "carrier", "region", "cases", "wrote")
_PAIR = re.compile(r"(\w+)\s*=\s*(?:[\"“”„]((?:[^\\\"“”„]|\\[\\\"“”„]?+)*)[\"“”„]|(\S+))")
_QUOTES = re.compile(r"([\\\"“”„])")
_KEPT = re.compile(r"\\([\\\"“”„])")  # a quote that belongs to the value
_ESCAPED = r"\\\1"
_MOST = 300  # letters of a slot


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be told, to whom, with what filled in."""

    kind: NoticeKind
    audience: Audience
    slots: dict[str, str]


class Unclear(Struct, frozen=True, kw_only=True):
    """Why words are no wish, and about which of them; `known` is what could have stood there."""

    why: Why
    words: str = ""
    known: tuple[str, ...] = ()


def read(words: str, kinds: Mapping[str, NoticeKind]) -> Wish | Unclear:
    """Return what these words ask for."""
    name, _, rest = words.strip().partition(" ")
    kind = kinds.get(name.casefold().strip(":,"))
    if kind is None:
        return Unclear(why="kind", words=name, known=tuple(kinds))
    given = {pair[1].casefold(): _value(pair) for pair in _PAIR.finditer(rest)}
    known = (*FILTERS, *kind.slots)
    stray = _PAIR.sub(" ", rest).split() + [each for each in given if each not in known]
    if stray:
        return Unclear(why="words", words=" ".join(stray)[:_MOST], known=known)
    missing = [slot for slot in kind.slots if not given.get(slot)]
    if missing:
        return Unclear(why="missing", words=", ".join(missing), known=known)
    audience = _audience(given)
    if isinstance(audience, Unclear):
        return audience
    return Wish(kind=kind, audience=audience, slots={slot: given[slot] for slot in kind.slots})


def shown(audience: Audience) -> str:
    """Return whom a notice is for, as it would be typed."""
    parts = {
        "watching": "yes" if audience.watching else "",
        "status": ",".join(audience.status),
        "product": audience.product,
        "carrier": audience.carrier,
        "region": audience.region,
        "cases": audience.cases,
        "wrote": f"{audience.wrote}d" if audience.wrote else "",
    }
    return " ".join(
        f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in parts.items() if value
    )


def written(name: str, value: str) -> str:
    """Return a value as it is typed after its name, in quotes: before those that are in it stands a backslash."""
    return f'{name}="{_QUOTES.sub(_ESCAPED, " ".join(value.split()))}"'


def _value(pair: re.Match[str]) -> str:
    said = pair[3] if pair[2] is None else _KEPT.sub(r"\1", pair[2])
    return " ".join(said.split())[:_MOST]


def _audience(given: Mapping[str, str]) -> Audience | Unclear:
    statuses = tuple(each for each in given.get("status", "").casefold().split(",") if each)
    if wrong := [each for each in statuses if each not in STATUSES]:
        return Unclear(why="status", words=", ".join(wrong), known=STATUSES)
    try:
        days = duration(given["wrote"]).days if given.get("wrote") else 0
    except (ValueError, OverflowError):
        days = -1
    if days < 0 or (given.get("wrote") and not days):
        return Unclear(why="wrote", words=given["wrote"])
    audience = Audience(
        watching=given.get("watching", "no").casefold() in ("yes", "true", "1"),
        status=statuses,
        product=given.get("product", ""),
        carrier=given.get("carrier", ""),
        region=given.get("region", ""),
        cases=given.get("cases", ""),
        wrote=days,
    )
    return audience if shown(audience) else Unclear(why="audience", known=FILTERS)
