"""Opening hours: when people are there, and how much open time lies between two instants.

All is said in wall times of one zone, and reckoned in UTC. An opening belongs to the day that it begins on, so one that
closes past midnight is not cut by a day off that follows. A time that the clock shows twice is the first of the two; a
time that it skips is the moment at which it jumps.

May not live here: calendars. Public holidays are dates in `closed` when they arrive here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

Opening = tuple[time, time]

_HORIZON = 3_660  # days that are looked at before hours count as never open


class Hours(Struct, frozen=True, kw_only=True):
    """A week of openings in a zone, and the dates that differ from it.

    `week[0]` is Monday. An opening is a (from, to) pair, sorted in its day; with `to` not after `from` it ends on the
    next day, so (18:00, 00:00) ends at midnight. `open` says what a date has in place of its weekday's openings, and
    counts before `closed`.
    """

    zone: str
    week: tuple[tuple[Opening, ...], ...]
    closed: frozenset[date] = frozenset()
    open: dict[date, tuple[Opening, ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Opening, ...]:
        """Return the openings that begin on a date."""
        usual = () if day in self.closed else self.week[day.weekday()]
        return self.open.get(day, usual)


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether somebody is there at that time."""
    now = utc(at)
    return any(start <= now for start, _ in _openings(hours, now, days=2))


def next_open(hours: Hours, at: datetime) -> datetime:
    """Return `at` when open, else the start of the next opening (or `at` when there is none within ten years)."""
    now = utc(at)
    found = next((start for start, _ in _openings(hours, now)), now)
    return max(found, now).astimezone(at.tzinfo)


def after(hours: Hours, at: datetime, work: timedelta) -> datetime:
    """Return the first instant at which `work` of open time has passed since `at`; in the zone of `at`.

    Hours that never open, or too seldom for so much work within ten years, count as always open.
    """
    now, left = utc(at), work
    if left <= timedelta():
        return at
    for start, end in _openings(hours, now):
        begin = max(start, now)
        if end - begin >= left:
            return (begin + left).astimezone(at.tzinfo)
        left -= end - begin
    return (now + work).astimezone(at.tzinfo)


def by(hours: Hours, at: datetime, work: timedelta) -> datetime:
    """Return `after` reckoned from the whole minute: a time that is told, and nobody is told seconds.

    Else a blink after opening, a day's worth of work ends a blink after the next one.
    """
    return after(hours, at.replace(second=0, microsecond=0), work)


def worked(hours: Hours, since: datetime, until: datetime) -> timedelta:
    """Return the open time between two instants; none when `until` is not the later one."""
    first, last = utc(since), utc(until)
    total = timedelta()
    for start, end in _openings(hours, first):
        if start >= last:
            break
        total += min(end, last) - max(start, first)
    return max(total, timedelta())


def closing(hours: Hours, day: date) -> datetime:
    """Return when the last opening that begins on a date ends; on a day off, the end of that day. In UTC."""
    spans = _spans(hours, day)
    return spans[-1][1] if spans else instant(day + timedelta(days=1), time.min, hours.zone)


def end_of_day(hours: Hours, at: datetime) -> datetime:
    """Return when the working day is over, in UTC: at the last closing, or at midnight where that has passed.

    During an opening that began the day before, it is over when that one closes.
    """
    now = utc(at)
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    night = next((end for start, end in _spans(hours, today - timedelta(days=1)) if start <= now < end), None)
    last = night or closing(hours, today)
    return last if last > now else instant(today + timedelta(days=1), time.min, hours.zone)


def next_day(hours: Hours, at: datetime) -> datetime:
    """Return when somebody who is gone for the day is there again: at the first opening of another day."""
    return next_open(hours, end_of_day(hours, at).astimezone(at.tzinfo))


def instant(day: date, wall: time, zone: str) -> datetime:
    """Return the first moment, in UTC, at which the clocks of a zone show this time or a later one."""
    local = datetime.combine(day, wall, ZoneInfo(zone))
    found = local.astimezone(UTC)
    if found.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    return _jump(local.replace(fold=1).astimezone(UTC), found, ZoneInfo(zone))


def utc(at: datetime) -> datetime:
    """Return the same instant in UTC. Raises ValueError for a naive time."""
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)


def _openings(hours: Hours, now: datetime, days: int = _HORIZON) -> Iterator[tuple[datetime, datetime]]:
    """Yield the openings that end after `now`, in order, in UTC, without overlaps; those of up to `days` days later."""
    if not any(hours.week) and not any(hours.open.values()):
        return
    day = now.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=2)
    covered = datetime.min.replace(tzinfo=UTC)
    for _ in range(days + 2):
        for start, end in _spans(hours, day):
            if end > max(now, covered):
                yield max(start, covered), end
            covered = max(covered, end)
        day += timedelta(days=1)


def _spans(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """Return what begins on a date, in UTC; without openings that a jump of the clock swallows whole."""
    spans = []
    for start, end in hours.on(day):
        opens = instant(day, start, hours.zone)
        closes = instant(day + timedelta(days=end <= start), end, hours.zone)
        if opens < closes:
            spans.append((opens, closes))
    return spans


def _jump(before: datetime, later: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two instants in UTC at which a zone's clocks jump, to the second."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((later - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)
