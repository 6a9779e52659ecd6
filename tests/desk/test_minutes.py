"""Hours and targets against a model that looks at the clock on the wall once a minute, and knows nothing else.

Somebody opens when the clock first shows the opening time or a later one, and closes likewise. Random weeks, dates off
and dates with other hours, in two weeks around a change of clocks or a public holiday, in zones that do it in odd ways:
by half an hour, at midnight, or by a whole day. FRONTDESK_SOAK_WINDOWS sets how many such windows are looked at,
FRONTDESK_SOAK_SEED repeats the dice; `make soak` has 3,000 windows, and writes seed and outcome into the file that
FRONTDESK_SOAK_RECORD names.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

import holidays
import pytest

from bot.desk.hours import Hours, Opening, after, is_open, next_open, worked
from bot.desk.targets import Watch, at_risk, breached, due, pause, resume, spent, warn_at

WINDOWS = int(os.environ.get("FRONTDESK_SOAK_WINDOWS", "0"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED") or (uuid4().hex[:8] if WINDOWS else "5eed")
RECORD = os.environ.get("FRONTDESK_SOAK_RECORD")
_SLICE = 40  # windows, where nobody says how many
ZONES = {
    "Europe/London": "GB-ENG",
    "America/New_York": "US-CA",
    "Australia/Lord_Howe": "AU-NSW",  # half an hour
    "America/Santiago": "CL",  # at midnight
    "Africa/Cairo": "EG",  # at midnight
    "Asia/Kathmandu": "NP",  # never, and 5:45 off
    "Africa/Casablanca": "MA",  # around Ramadan
    "Pacific/Apia": "WS",  # skipped a day in 2011
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Wall:
    """Minute by minute: is somebody there? From three days before `start` on, so that the night before counts."""

    def __init__(self, hours: Hours, start: datetime, days: int) -> None:
        self.start = start
        zone, shown = ZoneInfo(hours.zone), datetime.combine(date.min, time.min)
        self.open: list[bool] = []
        for minute in range(-3 * 1440, days * 1440):
            shown = max(shown, (start + minute * MINUTE).astimezone(zone).replace(tzinfo=None))
            if minute >= 0:
                self.open.append(self.there(hours, shown))

    @staticmethod
    def there(hours: Hours, shown: datetime) -> bool:
        for day in (shown.date(), shown.date() - DAY, shown.date() - 2 * DAY):
            if day in hours.open:
                openings = hours.open[day]
            else:
                openings = () if day in hours.closed else hours.week[day.weekday()]
            for begins, ends in openings:
                closes = datetime.combine(day + DAY if ends <= begins else day, ends)
                if datetime.combine(day, begins) <= shown < closes:
                    return True
        return False

    def minute(self, at: datetime) -> int:
        return int((at - self.start) / MINUTE)

    def until(self, total: int, counts: Callable[[int], bool]) -> datetime | None:
        """Return the end of the minute in which so many have counted."""
        for number, there in enumerate(self.open):
            total -= there and counts(number)
            if total <= 0:
                return self.start + (number + 1) * MINUTE
        return None


@cache
def odd_days(zone: str) -> list[date]:
    """Return the days on which the clocks change, and the public holidays, of some years."""
    country, _, region = ZONES[zone].partition("-")
    off = holidays.country_holidays(country, subdiv=region or None, years=range(2024, 2029))
    day, found = datetime(2024, 1, 1, tzinfo=UTC), [date(2011, 12, 30)] * 5 if zone == "Pacific/Apia" else []
    while day.year < 2029:
        if day.astimezone(ZoneInfo(zone)).utcoffset() != (day + DAY).astimezone(ZoneInfo(zone)).utcoffset():
            found += [day.date()] * 4  # holidays are many
        day += DAY
    return [*found, *off]


def some_week(random: Random) -> tuple[tuple[Opening, ...], ...]:
    """Return a week with openings that do not overlap, split, past midnight or through the night."""
    step = random.choice([1, 15, 30, 60])
    points = sorted(random.sample(range(0, 7 * 1440, step), 2 * random.randint(1, 14)))
    if random.random() < 0.3:  # also over the end of the week
        points = [*points[1:], points[0] + 7 * 1440]
    week: list[list[Opening]] = [[] for _ in range(7)]
    for begins, ends in zip(points[::2], points[1::2], strict=True):
        ends = min(ends, begins + 1440)
        week[begins // 1440 % 7].append((wall(begins), wall(ends)))
    return tuple(tuple(sorted(day)) for day in week)


def wall(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def some_hours(random: Random, zone: str, near: date) -> Hours:
    country, _, region = ZONES[zone].partition("-")
    off = holidays.country_holidays(country, subdiv=region or None, years=range(near.year - 1, near.year + 2))
    other = {
        near + random.randint(-5, 5) * DAY: tuple(sorted(some_week(random)[0]))[:2] for _ in range(random.randint(0, 3))
    }
    always = (((time.min, time.min),),) * 7
    week = some_week(random) if random.random() < 0.9 else always
    return Hours(zone=zone, week=week, closed=frozenset(off) if random.random() < 0.7 else frozenset(), open=other)


def test_hours_and_targets_agree_with_the_clock_on_the_wall() -> None:
    looked, broken = 0, ""
    for number in range(WINDOWS or _SLICE):
        try:
            look_at_a_window(Random(f"{SEED}/{number}"))
        except AssertionError as differs:
            broken = f"window {number}: {differs}"
            break
        looked += 1
    print(f"seed {SEED}: {looked} windows")
    if RECORD:
        result = broken.partition("\n")[0] or "nothing wrong"
        with Path(RECORD).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} seed {SEED}: {looked} windows; {result}\n")
    if broken:
        pytest.fail(f"seed {SEED}, {broken}")


def look_at_a_window(random: Random) -> None:
    zone = random.choice(list(ZONES))
    near = random.choice(odd_days(zone))
    hours = some_hours(random, zone, near)
    start = datetime.combine(near, time.min, UTC) - random.randint(0, 14 * 1440) * MINUTE
    model = Wall(hours, start, 14)
    end = start + 14 * DAY
    zones = [UTC, ZoneInfo(zone), ZoneInfo("Asia/Tokyo")]
    for _ in range(40):
        number = random.randrange(14 * 1440)
        at = (start + number * MINUTE).astimezone(random.choice(zones))
        assert is_open(hours, at) == model.open[number], (hours, at)
        opens = next((each for each in range(number, 14 * 1440) if model.open[each]), None)
        found = next_open(hours, at).astimezone(UTC)  # times that come twice never equal those of another zone
        assert (
            found == start + opens * MINUTE if opens is not None else (found >= end or found == at.astimezone(UTC))
        ), (hours, at)
    for _ in range(10):
        since, until = sorted(random.sample(range(14 * 1440), 2))
        first, last = start + since * MINUTE, (start + until * MINUTE).astimezone(ZoneInfo(zone))
        assert worked(hours, first, last) == sum(model.open[since:until]) * MINUTE, (hours, first, last)
        work = random.randint(1, 3000)
        expected = model.until(work, lambda each, since=since: each >= since)  # type: ignore[misc]
        found = after(hours, last.astimezone(UTC) - (until - since) * MINUTE, work * MINUTE)
        assert found == expected if expected else found > end or sum(model.open[since:]) < work, (hours, first, work)
    look_at_a_watch(random, hours, model)


def look_at_a_watch(random: Random, hours: Hours, model: Wall) -> None:
    """Let a case wait for us and for the customer in turn, and compare at each turn and at the end."""
    turns = sorted(random.sample(range(14 * 1440), random.randint(1, 9)))
    work = random.randint(2, 2000)
    watch = Watch(kind="resolve", target=work * MINUTE, at_risk=50, since=model.start + turns[0] * MINUTE)
    running = [False] * (14 * 1440)
    for number, turn in enumerate(turns):
        stop = turns[number + 1] if number + 1 < len(turns) else 14 * 1440
        at = model.start + turn * MINUTE
        watch = resume(watch, at) if number % 2 == 0 else pause(watch, hours, at)
        running[turn:stop] = [number % 2 == 0] * (stop - turn)
        counted = sum(model.open[each] and running[each] for each in range(stop))
        end = model.start + stop * MINUTE
        assert spent(watch, hours, end) == counted * MINUTE, (hours, watch)
        assert breached(watch, hours, end) == (counted >= work)
        assert at_risk(watch, hours, end) == (work / 2 <= counted < work)
    if watch.since is None:
        assert due(watch, hours) is None
        assert warn_at(watch, hours) is None
        return
    falls = due(watch, hours)
    expected = model.until(work, lambda each: running[each])
    assert falls
    if expected and expected > watch.since:
        assert falls == expected, (hours, watch)
        assert breached(watch, hours, falls)
        assert not breached(watch, hours, falls - MINUTE)
    elif expected:
        assert falls == watch.since
    else:
        assert falls > model.start + 14 * DAY or not model.open[-1]
