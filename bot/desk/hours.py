"""Opening hours: when people are there, and when so many working minutes will have passed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

_HORIZON = timedelta(days=366)


class Hours(Struct, frozen=True, kw_only=True):
    """A week of openings in a zone: `week[0]` is Monday, each opening a (from, to) pair; `closed` are days off."""

    zone: str
    week: tuple[tuple[tuple[time, time], ...], ...]
    closed: frozenset[date] = frozenset()


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether somebody is there at that time."""
    return any(start <= at < end for start, end in _openings(hours, at))


def next_open(hours: Hours, at: datetime) -> datetime:
    """Return `at` when open, else the start of the next opening (or `at` when there is none within a year)."""
    for start, end in _openings(hours, at):
        if end > at:
            return max(start, at)
    return at


def after(hours: Hours, at: datetime, work: timedelta) -> datetime:
    """Return when `work` of open time will have passed, counting from `at`; in the zone of `at`."""
    left = work
    for start, end in _openings(hours, at):
        begin = max(start, at)
        if end <= begin:
            continue
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return at + work


def _openings(hours: Hours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield openings as aware spans in UTC terms of `at`, from the day before on, for a year.

    Local wall times are turned to instants each on its own, so a day with a clock change has its true length.
    """
    zone = ZoneInfo(hours.zone)
    day = at.astimezone(zone).date() - timedelta(days=1)
    for _ in range(_HORIZON.days):
        if day not in hours.closed:
            for start, end in hours.week[day.weekday()]:
                opens = datetime.combine(day, start, zone).astimezone(at.tzinfo)
                closes = datetime.combine(day + timedelta(days=end == time.min), end, zone).astimezone(at.tzinfo)
                yield opens, closes
        day += timedelta(days=1)
