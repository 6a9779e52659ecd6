"""What staff notice of a customer: signs of trouble, and which type of client they are. Nothing of it is ever sent.

Signs are counted, since it is the pattern that says something; a type is so or isn't.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct


class Mark(Struct, frozen=True, kw_only=True):
    """Something that can be noticed; `advice` is for whoever deals with it. So many signs are a `pattern`."""

    id: str
    title: str
    kind: Literal["sign", "type"] = "sign"
    advice: str = ""
    pattern: int = 3


class Observed(Struct, frozen=True, kw_only=True):
    """That somebody noticed something of a customer, in which case, and what they say of it."""

    mark: str
    by: str
    at: datetime
    case: int
    note: str = ""


class Tally(Struct, frozen=True, kw_only=True):
    """How often something was noticed, of how many customers, and who of them shows a pattern, most often first."""

    mark: str
    seen: int
    customers: int
    patterns: tuple[tuple[str, int], ...] = ()


def tallies(found: Iterable[tuple[str, Observed]], patterns: dict[str, int]) -> list[Tally]:
    """Count what was observed of which customer; `patterns` says how many signs are one (none for a type)."""
    counts: dict[str, dict[str, int]] = {}
    for customer, each in found:
        of = counts.setdefault(each.mark, {})
        of[customer] = of.get(customer, 0) + 1
    tallied = [
        Tally(
            mark=mark,
            seen=sum(of.values()),
            customers=len(of),
            patterns=tuple(sorted(_many(of, patterns.get(mark, 0)), key=lambda each: (-each[1], each[0]))),
        )
        for mark, of in counts.items()
    ]
    return sorted(tallied, key=lambda each: (-each.seen, each.mark))


def _many(of: dict[str, int], most: int) -> list[tuple[str, int]]:
    return [(customer, count) for customer, count in of.items() if most and count >= most]
