"""What staff say to the desk with a few words ("/desk billing", "/desk away 2h"), the same on every platform; pure."""

import re
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from bot.durations import duration

NOTICE, REASSIGN = "notice", "reassign"
OWN_ACTS = ("away", "back", NOTICE, REASSIGN)  # of an agent, about no case or several

View = Literal["desk", "mine", "handover", "search", "find", "unclear"]
SHIFT = timedelta(hours=8)  # what a hand-over tells of, unless another time is named
_LONGEST = timedelta(days=31)
_HANDOVER = re.compile(r"^hand[- ]over\b", re.IGNORECASE)


class Asked(Struct, frozen=True, kw_only=True):
    """Which view of the desk: one category of it, the hand-over of a shift so long, or what to search or look up.

    It is "unclear" where the words after a hand-over name no time, or too long a one.
    """

    view: View = "desk"
    category: str = ""
    shift: timedelta = SHIFT
    words: str = ""


def asked(text: str) -> Asked:
    """Return what words after the command ask for; what is no view is a category."""
    said = _HANDOVER.sub("handover", " ".join(text.split()))
    first, _, rest = said.partition(" ")
    match first.casefold():
        case "mine":
            return Asked(view="mine", category=rest)
        case "handover":
            shift = _shift(rest)
            return Asked(view="handover", shift=shift) if shift else Asked(view="unclear", words=rest)
        case "search":
            return Asked(view="search", words=rest)
        case "find":
            return Asked(view="find", words=rest)
        case _:
            return Asked(category=f"{first} {rest}".strip())


def own_act(text: str) -> tuple[str, str] | None:
    """Return what an agent does by these words, and the rest of them; None when it is nothing of their own."""
    do, _, rest = text.strip().partition(" ")
    return (do.casefold(), rest.strip()) if do.casefold() in OWN_ACTS else None


def _shift(text: str) -> timedelta | None:
    """Return how long a shift was; None for words that are no time, or one longer than a month."""
    try:
        span = duration(text) if text else SHIFT
    except (ValueError, OverflowError):
        return None
    return span if timedelta() < span <= _LONGEST else None
