"""What somebody asks of the desk with a few words ("/desk billing"), the same on every platform; pure."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from bot.durations import duration

View = Literal["desk", "mine", "handover", "search"]
SHIFT = timedelta(hours=8)  # what a hand-over tells of, unless another time is named
_LONGEST = timedelta(days=31)


class Asked(Struct, frozen=True, kw_only=True):
    """Which view of the desk: one category of it, the hand-over of a shift so long, or what a search is for."""

    view: View = "desk"
    category: str = ""
    shift: timedelta = SHIFT
    words: str = ""


def asked(text: str) -> Asked:
    """Return what words after the command ask for; what is no view is a category."""
    first, _, rest = " ".join(text.split()).partition(" ")
    match first.casefold():
        case "mine":
            return Asked(view="mine", category=rest)
        case "handover":
            return Asked(view="handover", shift=_shift(rest))
        case "search":
            return Asked(view="search", words=rest)
        case _:
            return Asked(category=f"{first} {rest}".strip())


def _shift(text: str) -> timedelta:
    try:
        span = duration(text)
    except (ValueError, OverflowError):
        return SHIFT
    return min(span, _LONGEST) or SHIFT
