"""How long it will take until somebody answers: what recent customers waited, and no guess without enough of them."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from msgspec import Struct

_FEWEST = 5


class Estimate(Struct, frozen=True, kw_only=True):
    """An honest range in open time: half of those before waited at most `usual`, four of five at most `slow`."""

    usual: timedelta
    slow: timedelta


def estimate(recent: Iterable[timedelta]) -> Estimate | None:
    """Return the median and the 80th percentile of recent waits; None below five of them.

    Both are waits that happened, the longer one where two would do: never less than people really waited.
    """
    waits = sorted(recent)
    if len(waits) < _FEWEST:
        return None
    return Estimate(usual=waits[len(waits) // 2], slow=waits[ceil(len(waits) * 0.8) - 1])
