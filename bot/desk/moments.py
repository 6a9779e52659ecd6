"""What a time that somebody said means: the instant at which it has passed, in the hours and the zone of a queue.

A day lasts until its last opening closes, and a day off until midnight. Minutes, hours, days and weeks are those of the
calendar; business days are the ones with openings. A date without a year is the next one, if it is less than half a
year ahead: "on 5 December", said on the 12th, is over.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk.hours import Hours, closing, end_of_day, instant, is_open, next_open, utc
from bot.desk.wordings import Patterns, squeezed

_NOON = 12
_MIDST = 2  # hours before its end, a part of the day is at its most
_AHEAD = timedelta(days=183)
_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=366)
_HALVES = {time(12): time.min, time(17): time(12)}  # of a day: when they end, and when they begin
_COUNT = re.compile(r"(?:\d+(?:\.\d)?(?: ?- ?| [a-z]+ ))?\d+(?:\.\d)?")  # or a range: "2-3", "2 to 3"
_LEADING = 6  # words that the time at the beginning of a text may have
_LENGTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": _DAY, "week": 7 * _DAY}


def meant(
    found: re.Match[str], words: Patterns, hours: Hours, now: datetime, named: str | None = None
) -> datetime | None:
    """Return the instant, in UTC, at which a time found by one of the shapes will have passed.

    Without a day in it, it is of the one that was `named` elsewhere. None for one that passed already, or that no
    calendar has.
    """
    group = found.groupdict()
    candidates: Iterator[datetime]
    if span := group.get("span"):
        besides = _besides(span, group, words)
        candidates = (utc(at) + besides for at in _after_span(span, words, hours, now))
    elif bare := group.get("bare"):
        candidates = _after_minutes(bare, words, now)
    else:
        today, day = _today(hours, now), group.get("day") or named
        days = [*_days(day, words, hours, now, before=bool(group.get("before")))] if day else [today, today + _DAY]
        surely = today if not day or len(days) == 1 else None  # "by Wednesday", said late on one, is the next one
        either = bool(day) and surely is None
        candidates = (at for each in days for at in _on_day(each, group, words, hours, now, surely, either=either))
    return next((at for at in candidates if at > now), None)


def begins(text: str, words: Patterns, hours: Hours, now: datetime) -> datetime | None:
    """Return the instant that a time alone means as the end of a pause: a day at its opening, else as in `meant`.

    None for words that are no time, or one that passed already.
    """
    said = text.strip()
    if found := next((found for each in words.shapes if (found := each.fullmatch(said))), None):
        group = found.groupdict()
        ends = words.parts[squeezed(part)] if (part := group.get("part")) else None
        if group.get("day") and not group.get("time") and ends in (None, *_HALVES):
            after = _HALVES.get(ends or time.min, time.min)
            days = (_first_of(day, group["day"], words) for day in _days(group["day"], words, hours, now))
            openings = (next_open(hours, instant(day, after, hours.zone)) for day in days)
            return next((at for at in openings if at > now), None)
        return meant(found, words, hours, now)
    if unit := max((each for each in words.units if squeezed(said).endswith(each)), key=len, default=""):
        counted = squeezed(said)[: -len(unit)].rstrip(" -")
        number = _number(counted, words)
        far = number > _FARTHEST / _LENGTHS.get(words.units[unit], _DAY)
        count = not counted or counted in words.numbers or _COUNT.fullmatch(counted)  # no "-2 hours", nor "yester day"
        return None if far or not count else next(_later(number, words.units[unit], hours, now))
    today = _today(hours, now)
    times = (at for day in (today, today + _DAY) for at in _at_time(day, said, words, hours, now, either=True))
    return next((at for at in times if at > now), None)


def leading(text: str, words: Patterns, hours: Hours, now: datetime) -> tuple[datetime | None, str]:
    """Return the instant that a time of two words or more means with which a text begins, and the rest of the text."""
    said = text.split(" ")
    for count in range(min(_LEADING, len(said) - 1), 1, -1):
        time = " ".join(said[:count]).rstrip(",:;")
        found = next((found for each in words.shapes if (found := each.fullmatch(time))), None)
        at = meant(found, words, hours, now) if found else None
        if at:
            return at, " ".join(said[count:])
    return None, text


def _first_of(day: date, said: str, words: Patterns) -> date:
    """Return the day on which what was said begins: next week on its Monday, all else on the day itself."""
    kind = next((kind for kind, reader in words.days if reader.fullmatch(said)), "")
    return day - day.weekday() * _DAY if kind == "next_week" else day


def _today(hours: Hours, now: datetime) -> date:
    return now.astimezone(ZoneInfo(hours.zone)).date()


def _on_day(
    day: date,
    group: dict[str, str | None],
    words: Patterns,
    hours: Hours,
    now: datetime,
    surely: date | None,
    *,
    either: bool,
) -> Iterator[datetime]:
    """Yield when this day, or the time of it that was said, is over; what is likeliest first.

    Where it may be `either` today or a week from now, "on Monday at 10" is not tonight.
    """
    part = group.get("part") or group.get("alone")
    if group.get("before"):
        yield instant(day, time.min, hours.zone)
    elif said := group.get("time"):
        beside = group.get("beside")
        until = words.parts[squeezed(beside)] if beside else None
        yield from _at_time(day, said, words, hours, now, until, either=either)
    elif part:
        yield _until(day, words.parts[squeezed(part)], hours)
    elif day == surely:
        yield end_of_day(hours, now)
    else:
        yield closing(hours, day)


def _until(day: date, wall: time, hours: Hours) -> datetime:
    return instant(day if wall != time.min else day + _DAY, wall, hours.zone)


def _at_time(
    day: date, said: str, words: Patterns, hours: Hours, now: datetime, until: time | None = None, *, either: bool
) -> Iterator[datetime]:
    """Yield the instants that "by 3" may mean on a day: those in opening hours first.

    Beside a part of the day, of which it is known `until` when it lasts, only one can be meant.
    """
    wall = words.named_times.get(squeezed(said))
    if wall is not None:
        yield _until(day, wall, hours)
        return
    read = next((found.groupdict() for each in words.times if (found := each.fullmatch(said))), None)
    if not read:
        return
    named = words.hours.get(squeezed(read["h"]))
    hour, minute, half = named or int(read["h"]), int(read.get("min") or 0), read.get("half")
    if past := read.get("past"):  # "quarter to one" is after noon
        hour, minute = divmod(hour * 60 + words.past[squeezed(past)], 60)
        hour = hour or 12
    if half:
        hour = hour % 12 + 12 * bool(words.afternoon.fullmatch(half)) if hour <= 12 else hour
        yield _clock(day, hour, minute, hours)
        return
    if until is not None:
        yield _clock(day, _hour_in(until, hour), minute, hours)
        return
    both = [_clock(day, hour, minute, hours)]
    both += [_clock(day, hour % 12 + 12, minute, hours)] if 1 <= hour < 12 else []
    there = [at for at in both if is_open(hours, at) or is_open(hours, at - timedelta(minutes=1))]
    there = there or [at for at in both if _is_usual(hours, at)]
    likely = there if either and there else [*there, *(at for at in both if at not in there)]
    yield from (at for at in likely if at > now)


def _hour_in(until: time, hour: int) -> int:
    """Return the hour that is meant beside a part of the day: "3" in the afternoon is 15, "1" tonight is 25."""
    ends = until.hour or 24
    if hour > _NOON or ends <= _NOON:
        return hour
    return min((hour % _NOON + 12 * more for more in range(3)), key=lambda each: abs(each - ends + _MIDST))


def _is_usual(hours: Hours, at: datetime) -> bool:
    """Tell whether somebody is there at that time of the day on other days."""
    wall = at.astimezone(ZoneInfo(hours.zone)).time()
    return any(start <= wall and (wall <= end or end <= start) for day in hours.week for start, end in day)


def _clock(day: date, hour: int, minute: int, hours: Hours) -> datetime:
    return instant(day + _DAY * (hour // 24), time(hour % 24, minute), hours.zone)


def _after_span(said: str, words: Patterns, hours: Hours, now: datetime) -> Iterator[datetime]:
    read = next((found.groupdict() for each in words.spans if (found := each.fullmatch(said))), None)
    if not read:
        return
    yield from _later(_number(read.get("n") or "1", words), words.units[squeezed(read["unit"])], hours, now)


def _later(number: float, unit: str, hours: Hours, now: datetime) -> Iterator[datetime]:
    if unit == "business_day":
        days = _business_days(hours, now)
        yield closing(hours, [next(days) for _ in range(max(1, round(number)))][-1])
    elif unit in ("day", "week") and number == int(number):
        local = now.astimezone(ZoneInfo(hours.zone))
        yield instant(local.date() + number * _LENGTHS[unit], local.time(), hours.zone)
    else:
        yield utc(now) + number * _LENGTHS[unit]


def _after_minutes(said: str, words: Patterns, now: datetime) -> Iterator[datetime]:
    read = next((found for each in words.bare if (found := each.fullmatch(said))), None)
    if read:
        yield utc(now) + _number(read["n"], words) * _LENGTHS["minute"]


def _besides(span: str, group: dict[str, str | None], words: Patterns) -> timedelta:
    """Return what is said beside a span: of "1 hour and 30 minutes" the minutes, of "an hour and a half" the half."""
    unit = next((words.units[squeezed(found["unit"])] for each in words.spans if (found := each.fullmatch(span))), "")
    if part := group.get("part_of_it"):
        return words.numbers[squeezed(part)] * _LENGTHS.get(unit, timedelta())
    if (plus := group.get("plus")) and unit in _LENGTHS:
        said = squeezed(plus)
        named = max((each for each in words.units if said.endswith(each)), key=len)
        less = _LENGTHS.get(words.units[named], timedelta())
        if less < _LENGTHS[unit]:
            return _number(said[: -len(named)].strip(" -"), words) * less
    return timedelta()


def _number(said: str, words: Patterns) -> float:
    """Return a number in digits or words; of a range, the end."""
    known = squeezed(said)
    if known in words.numbers:
        return words.numbers[known]
    digits = re.findall(r"\d+(?:\.\d)?", known)
    if digits and known.endswith(digits[-1]):
        return float(digits[-1])
    return max((words.numbers[word] for word in words.numbers if known.endswith(word)), default=1)


def _business_days(hours: Hours, now: datetime) -> Iterator[date]:
    """Yield the dates after today on which there are openings; every date for hours that never open."""
    day = _today(hours, now)
    never = not any(hours.week)
    while True:
        day += _DAY
        if never or hours.on(day):
            yield day


def _days(said: str, words: Patterns, hours: Hours, now: datetime, *, before: bool = False) -> Iterator[date]:
    """Yield the dates that a day may mean, in order; `before` which we are, if what lasts for several days is one."""
    today = _today(hours, now)
    for kind, reader in words.days:
        found = reader.fullmatch(said)
        if not found:
            continue
        match kind:
            case "today":
                yield today
            case "tomorrow":
                yield today + _DAY
            case "day_after_tomorrow":
                yield today + 2 * _DAY
            case "next_business_day":
                yield next(_business_days(hours, now))
            case "this_week":
                yield from _last_of_week(today, hours)
            case "weekend":
                yield from _weekend(today, hours, before=before)
            case "next_midweek":
                yield today + (9 - today.weekday()) * _DAY
            case "this_month":
                yield _last_of_month(today, hours)
            case "month_end":
                month = words.months[squeezed(found["month"])]
                yield _last_of_month(date(today.year + (month < today.month), month, 1), hours)
            case "next_week":
                yield from _last_of_week(today + 7 * _DAY, hours)
            case "weekday":
                first = today + (words.weekdays[squeezed(found["weekday"])] - today.weekday()) % 7 * _DAY
                yield from (first, first + 7 * _DAY)
            case "weekday_week":
                yield today + (7 + (words.weekdays[squeezed(found["weekday"])] - today.weekday()) % 7) * _DAY
            case "early_next_week":
                yield today + (8 - today.weekday()) * _DAY
            case "next_weekday":
                yield today + (7 - today.weekday() + words.weekdays[squeezed(found["weekday"])]) * _DAY
            case _:
                yield from _dates(found.groupdict(), words, today)
        return


def _last_of_week(day: date, hours: Hours) -> Iterator[date]:
    """Yield the days of a week that have openings, from the last one on, down to the given one; else its Sunday."""
    sunday = day + (6 - day.weekday()) * _DAY
    week = [sunday - back * _DAY for back in range(7)]
    yield next((each for each in week if hours.on(each) and each >= day - day.weekday() * _DAY), sunday)
    yield sunday


def _weekend(today: date, hours: Hours, *, before: bool) -> Iterator[date]:
    """Yield the Saturdays before which it is over, or else the weekend's last day that has openings."""
    saturday = today + (5 - today.weekday()) * _DAY
    if before:
        yield from (saturday, saturday + 7 * _DAY)
    else:
        sunday = saturday + _DAY
        yield next((day for day in (sunday, saturday) if hours.on(day) and day >= today), sunday)


def _last_of_month(today: date, hours: Hours) -> date:
    """Return the last day of the month that has openings and is not over; else the very last."""
    last = (today.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
    return next((day for back in range((last - today).days + 1) if hours.on(day := last - back * _DAY)), last)


def _dates(read: dict[str, str | None], words: Patterns, today: date) -> Iterator[date]:
    number = int(re.sub(r"\D", "", read.get("d") or read.get("nth") or ""))
    named, year = read.get("month"), read.get("year")
    month = words.months[squeezed(named)] if named else int(read.get("mm") or 0)
    if month:
        asked = [(int(year), month)] if year else [(today.year, month), (today.year + 1, month)]
    else:
        asked = [(today.year, today.month), (today.year + today.month // 12, today.month % 12 + 1)]
    for each_year, each_month in asked:
        try:
            day = date(each_year, each_month, number)
        except ValueError:
            continue
        if day >= today and (year or day - today <= _AHEAD):
            yield day
