"""What people did with what the bot suggested, counted by the entry or flow that it was from; pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

_WAYS = ("sent", "edited", "dismissed", "left")


class Tally(Struct, frozen=True, kw_only=True):
    """What became of the suggestions `of` one entry or flow.

    They were `sent` as they were, `edited` into other words, `dismissed`, or `left` since no answer was needed; each
    suggestion counts once, by what was done first. `as_is` is the share of those that were sent as they were.
    """

    of: str
    sent: int = 0
    edited: int = 0
    dismissed: int = 0
    left: int = 0
    as_is: float = 0.0


def tallies(done: Iterable[tuple[str, str]]) -> list[Tally]:
    """Count (entry or flow, what was done with it), those that were seen most first."""
    counts: dict[str, dict[str, int]] = {}
    for of, way in done:
        counts.setdefault(of, dict.fromkeys(_WAYS, 0))[way] += 1
    found = [tally(of, each) for of, each in counts.items()]
    return sorted(found, key=lambda each: (-sum(counts[each.of].values()), each.of))


def tally(of: str, counts: Mapping[str, int]) -> Tally:
    """Return one line of a report."""
    return Tally(of=of, **counts, as_is=round(counts["sent"] / sum(counts.values()), 2))


def together(found: Iterable[Tally], of: str) -> Tally:
    """Return several lines as one."""
    lines = list(found)
    return tally(of, {way: sum(getattr(each, way) for each in lines) for way in _WAYS})
