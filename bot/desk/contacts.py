"""How many conversations come from where, how they went and how satisfied people were: by platform and channel; pure.

A contact is a conversation in which its customer did something, counted where it began. Times are medians: the first
answer of a person in the team's open minutes, and until the end of a case as the clock runs. CSAT is the share of
ratings of 4 and 5 among all from 1 to 5; of several in a conversation the last counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

from msgspec import Struct

from bot.desk.case import Case

DIRECT = "direct"  # beside channels' ids: direct messages
_SATISFIED = 4


class Heard(Struct, frozen=True, kw_only=True):
    """What a customer did: in which conversation and place, near which channel, how they rated us (0: not)."""

    conversation: str
    at: datetime
    place: str
    near: str = ""
    scope: str = "private"
    rated: int = 0


class Tally(Struct, frozen=True, kw_only=True):
    """Counts of a channel of a platform ("": of all of it); None where there is nothing to count from."""

    platform: str
    channel: str = ""
    contacts: int = 0
    cases: int = 0
    first_response: float | None = None  # minutes
    resolution: float | None = None  # hours
    ratings: int = 0
    csat: float | None = None


def tallies(heard: Iterable[Heard], cases: Iterable[Case]) -> list[Tally]:
    """Count all of it: each platform as a whole, then each of its channels, the busiest first."""
    began: dict[str, Heard] = {}
    rated: dict[str, int] = {}
    for each in heard:
        began.setdefault(each.conversation, each)
        if each.rated:
            rated[each.conversation] = each.rated
    of: dict[str, list[Case]] = {}
    for case in cases:
        if case.kind == "handoff":
            of.setdefault(case.conversation, []).append(case)
    groups: dict[tuple[str, str], set[str]] = {}
    for id, first in began.items():
        platform = first.place.partition(":")[0]
        for key in ((platform, ""), (platform, _channel(first))):
            groups.setdefault(key, set()).add(id)
    found = [
        _tally(
            *key,
            contacts=len(ids),
            cases=[case for id in ids for case in of.get(id, ())],
            ratings=[rating for id, rating in rated.items() if id in ids],
        )
        for key, ids in groups.items()
    ]
    return sorted(found, key=lambda each: (each.platform, each.channel != "", -each.contacts, each.channel))


def _channel(first: Heard) -> str:
    """Return the channel in which a conversation began, as its place or what it stands in names it."""
    if first.scope == "private":
        return DIRECT
    return first.near or first.place.rpartition("/")[0] or first.place


def _tally(platform: str, channel: str, *, contacts: int, cases: Sequence[Case], ratings: Sequence[int]) -> Tally:
    waited = [case.waited for case in cases if case.waited is not None]
    lasted = [(case.resolved_at - case.opened_at).total_seconds() / 3600 for case in cases if case.resolved_at]
    satisfied = sum(rating >= _SATISFIED for rating in ratings)
    return Tally(
        platform=platform,
        channel=channel,
        contacts=contacts,
        cases=len(cases),
        first_response=float(median(waited)) if waited else None,
        resolution=round(median(lasted), 2) if lasted else None,
        ratings=len(ratings),
        csat=round(satisfied / len(ratings), 4) if ratings else None,
    )
