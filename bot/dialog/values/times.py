"""When somebody can be reached, in the words of people: "tomorrow afternoon", "after 5", "any time but Friday".

Days are read as in `days`, parts of a day and the words around a clock are content. What is read is held against
opening hours: whether anybody is there then, and the nearest open hour.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from msgspec import Struct

from bot.desk.hours import Hours, closing, instant, next_open, worked
from bot.dialog.values.days import named
from bot.dialog.values.reading import Lexicon, Reading, phrase, tidy
from bot.knowledge import normalise

Span = tuple[int, int]  # minutes of a day

_LONGEST = 200
_BRIEF = 14  # words of a message in which a time is surely what is asked for
_NOON, _DAY, _BLINK = 12 * 60, 24 * 60, 30
_AHEAD = 7  # days that are meant where none is said
_OFFERED = timedelta(hours=1)
_BACK = 7
_WEEKEND = (5, 6)  # as weekdays are counted
_HALF = r"(?:[:.](?P<{0}min>[0-5]\d))?\s*(?P<{0}half>[ap]\.?m\b\.?)?(?!\s*[%£$€]|[\d:.]*\d)"
_RANGE = re.compile(
    rf"\b(?P<ahour>\d{{1,2}}){_HALF.format('a')}\s*(?:-|(?P<word>[^\W\d]+))\s*(?P<bhour>\d{{1,2}}){_HALF.format('b')}",
    re.IGNORECASE,
)
_CLOCK = re.compile(rf"(?<![\d:.#/-])(?P<ahour>\d{{1,2}}){_HALF.format('a')}", re.IGNORECASE)


class _Said(Struct, frozen=True, kw_only=True):
    """What a text says of a time: its days, the spans of a day, and where its words begin and end."""

    days: tuple[date, ...]
    spans: tuple[Span, ...]
    begin: int
    end: int


def window(
    text: str, lexicon: Lexicon, hours: Hours, now: datetime, locale: str, *, strict: bool = False
) -> Reading | None:
    """Read a time at which somebody can be reached: its `name`, whether it is `open`, and the `nearest` that is.

    Words that came by the way are read in a `strict` manner: few of them, which name a day or an hour to come.
    """
    said = tidy(text)[:_LONGEST].strip()
    if strict and (said.count(" ") >= _BRIEF or phrase(normalise(said), lexicon.but)):
        return None
    wanted, left_out = _divided(said, lexicon)
    found = _said(wanted, lexicon, hours, now, locale)
    free = not found.begin < found.end
    if free and (strict or not _any(said, lexicon, left_out)):
        return None
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    without = named(left_out, today, locale) if left_out else {}
    not_then = {each for days in without.values() for each in days} | {*weekend(left_out, lexicon, today)}
    days = found.days or tuple(today + timedelta(days=each) for each in range(_AHEAD))
    times = [
        (instant(day, time(begin // 60, begin % 60), hours.zone), _ends(day, end, hours.zone))
        for day in days
        for begin, end in found.spans or ((0, _DAY),)
        if day not in not_then
    ]
    is_open = any(worked(hours, max(begin, now), end) > timedelta() for begin, end in times if end > now)
    if strict and all(end <= now for _, end in times):
        return None
    begin = min((max(begin, now) for begin, end in times if end > now), default=now)
    name = _without_lead(wanted[found.begin : found.end].strip(" ,.;!") if strict else said, lexicon)
    nearest = _nearest(hours, begin, now, locale)
    rest = f"{wanted[: found.begin]} {wanted[found.end :]}" if strict else ""
    return Reading(values=({"name": name, "open": is_open, "nearest": nearest},), rest=rest)


def _without_lead(said: str, lexicon: Lexicon) -> str:
    """Return words for a time without those that only lead to its day: "on tomorrow at 10"; "by" says more."""
    lead = re.match(r"[^\W\d_]+\s+", said)
    leads = lexicon.by_day - lexicon.before_time - lexicon.after_time
    return said[lead.end() :] if lead and normalise(lead[0]) in leads else said


def carried(text: str, before: str, lexicon: Lexicon, hours: Hours, now: datetime, locale: str, *, hour: bool) -> str:
    """Return words for a time with the day that was said before where they name an hour only: "3pm then".

    Where they name a day only, the `hour` of before stays as well, if it shall.
    """
    said, held = tidy(text)[:_LONGEST].strip(), tidy(before)[:_LONGEST].strip()
    new, old = (_said(each, lexicon, hours, now, locale) for each in (said, held))
    own = said[new.begin : new.end].strip(" ,.;!") or said
    any_ = phrase(normalise(said), lexicon.any_time)
    led = phrase(normalise(said), lexicon.after_time | lexicon.before_time | lexicon.between)
    if (any_ and not led.startswith(any_)) or alternatives(said, lexicon) != [said.strip(" ,;")]:
        return text
    if new.spans and not new.days and len(old.days) == 1:
        zone = ZoneInfo(hours.zone)
        day = instant(old.days[0], time(_NOON // 60), hours.zone).astimezone(zone)
        return f"{format_skeleton('MMMMEEEEd', day, tzinfo=zone, locale=locale)}, {own}"
    if hour and new.days and not new.spans and (when := _hour_of(held, lexicon, hours)):
        return f"{own}, {when}"
    return text


def _hour_of(said: str, lexicon: Lexicon, hours: Hours) -> str:
    """Return the words of a text that name an hour or a part of the day."""
    parts = [match.span() for match in _every(said, lexicon.parts)]
    clocks = [each[:2] for each in _clocks(said, lexicon, _opens(hours), [])]
    places = clocks or parts
    return said[min(begin for begin, _ in places) : max(end for _, end in places)].strip(" ,.;!") if places else ""


def weekend(text: str, lexicon: Lexicon, today: date) -> tuple[date, ...]:
    """Return the days of the next weekend where a text names it; those of the one that it is, to its end."""
    ahead = [today + timedelta(days=each) for each in range(_AHEAD)]
    return (
        tuple(each for each in ahead if each.weekday() in _WEEKEND) if phrase(normalise(text), lexicon.weekend) else ()
    )


def alternatives(text: str, lexicon: Lexicon) -> list[str]:
    """Return the parts of a text between which either is right: "Monday or Friday"."""
    said, start, parts = tidy(text)[:_LONGEST], 0, []
    for each in _every(said, lexicon.either):
        parts.append(said[start : each.start()])
        start = each.end()
    return [part.strip(" ,;") for part in (*parts, said[start:]) if normalise(part)]


def part_of_day(text: str, lexicon: Lexicon) -> Span | None:
    """Return the part of a day that a text names, in minutes: "in the evening"."""
    name = phrase(normalise(text), lexicon.parts)
    return lexicon.parts[name] if name else None


def clock_time(text: str, lexicon: Lexicon, hours: Hours) -> tuple[Span | None, str]:
    """Return the span of a day that a text names by the clock, "after 5", "not before 1", and what it says besides."""
    said = tidy(text)[:_LONGEST]
    found = [each for each in _clocks(said, lexicon, _opens(hours), []) if each[0] < each[1]]
    for begin, end, _ in reversed(found):
        said = f"{said[:begin].rstrip()} {said[end:].lstrip()}".strip()
    spans = _spans([span for _, _, span in found], [])
    return (spans[0], said) if len(spans) == 1 else (None, text)


def single_hour(span: Span) -> bool:
    """Tell whether a span is what one clock time means: "at 3"."""
    return span[1] - span[0] <= _BLINK


def _divided(said: str, lexicon: Lexicon) -> tuple[str, str]:
    """Return what is wanted and what is not: "any time", "Friday"; "not before 4" turns nothing down."""
    leads = [each.span() for each in _every(said, lexicon.after_time | lexicon.before_time)]
    turns = (each for each in _every(said, lexicon.but) if not any(a <= each.start() < b for a, b in leads))
    turn = next(turns, None)
    return (said[: turn.start()], said[turn.end() :]) if turn else (said, "")


def _any(said: str, lexicon: Lexicon, left_out: str) -> bool:
    words = normalise(said)
    every = left_out and (phrase(words, lexicon.all) or normalise(left_out) == words.partition(" ")[2])
    return bool(phrase(words, lexicon.any_time) or words in lexicon.whatever or every)


def _said(said: str, lexicon: Lexicon, hours: Hours, now: datetime, locale: str) -> _Said:
    """Read days, parts of a day and clock times; clocks go first, since "3" is no day then."""
    parts = [(match, lexicon.parts[normalise(match[0])]) for match in _every(said, lexicon.parts)]
    clocks = list(_clocks(said, lexicon, _opens(hours), [span for _, span in parts]))
    rest = said
    for begin, end, _ in clocks:
        rest = rest[:begin] + ";".ljust(end - begin) + rest[end:]
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    found = named(rest, today, locale)
    places = [(at, at + len(each)) for each in found if (at := rest.find(each)) >= 0]
    places += [(begin, end) for begin, end, _ in clocks] + [match.span() for match, _ in parts]
    ahead = [next((each for each in days if each >= today), days[0]) for days in found.values()]
    ahead += weekend(rest, lexicon, today)
    places += [match.span() for match in _every(rest, lexicon.weekend)]
    return _Said(
        days=tuple(dict.fromkeys(ahead)),
        spans=_spans([span for _, _, span in clocks], [span for _, span in parts]),
        begin=min((begin for begin, _ in places), default=0),
        end=max((end for _, end in places), default=0),
    )


def _every(said: str, phrases: Collection[str]) -> list[re.Match[str]]:
    every = "|".join(re.escape(each) for each in sorted(phrases, key=len, reverse=True))
    return list(re.finditer(rf"\b(?:{every})\b", said, re.IGNORECASE)) if every else []


def _spans(clocks: list[Span], parts: list[Span]) -> tuple[Span, ...]:
    """Return the spans that are meant: of "in the morning after 10", what both say."""
    if not clocks:
        return tuple(parts)
    begin, end = max(each[0] for each in clocks), min(each[1] for each in clocks)
    joined = [(begin, end)] if begin < end else clocks
    both = [(max(a, c), min(b, d)) for a, b in joined for c, d in parts if max(a, c) < min(b, d)]
    return tuple(both or joined)


def _clocks(said: str, lexicon: Lexicon, opens: int, parts: list[Span]) -> Iterator[tuple[int, int, Span]]:
    """Yield each clock time with where its words begin and end, and the span that they mean."""
    spoken = _digits(said, lexicon)
    taken = 0
    for match in _RANGE.finditer(spoken):
        word = normalise(match["word"] or "")
        lead = _lead(spoken[: match.start()], lexicon.between | lexicon.after_time)
        joined = not word or word in lexicon.before_time or (lead and word in lexicon.joins)
        if joined and (
            lead or match["amin"] or match["ahalf"] or match["bmin"] or match["bhalf"] or word or "-" in match[0]
        ):
            half = match["ahalf"] or match["bhalf"]
            begin, end = _minutes(match, "a", opens, parts, half), _minutes(match, "b", opens, parts, match["bhalf"])
            if begin is None or end is None:
                continue
            begin = begin - _NOON if begin > end >= begin - _NOON else begin
            end = end + _NOON if end <= begin and end + _NOON <= _DAY else end
            taken = match.end()
            yield match.start() - len(lead), match.end(), (begin, max(end, begin))
    for match in _CLOCK.finditer(spoken, taken):
        before = spoken[: match.start()]
        minutes = _minutes(match, "a", opens, parts, match["ahalf"])
        if minutes is None:
            continue
        if lead := _lead(before, lexicon.after_time):
            span = (minutes, _DAY)
        elif lead := _lead(before, lexicon.before_time):
            span = (0, minutes)
        elif (lead := _lead(before, lexicon.at_time)) or match["amin"] or match["ahalf"]:
            span = (minutes, min(minutes + _BLINK, _DAY))
        else:
            continue
        yield match.start() - len(lead), match.end(), span


def _digits(said: str, lexicon: Lexicon) -> str:
    """Return a text of the same length in which hours in words are digits: "after five"."""
    hours = {word: str(value) for word, value in lexicon.numbers.items() if 0 < value <= 12 and " " not in word}
    return re.sub(r"[^\W\d_]+", lambda word: hours.get(normalise(word[0]), word[0]).ljust(len(word[0])), said)


def _lead(before: str, words: frozenset[str]) -> str:
    """Return the words right before a clock time that lead to it, as they were typed."""
    every = "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
    found = re.search(rf"\b(?:{every})\s+$", before, re.IGNORECASE) if every else None
    return found[0] if found else ""


def _minutes(match: re.Match[str], which: str, opens: int, parts: list[Span], half: str | None) -> int | None:
    """Return the minutes of a clock time; without am or pm the one in opening hours, or in the part of the day."""
    hour, minute = int(match[f"{which}hour"]), int(match[f"{which}min"] or 0)
    if hour > 24 or (half and hour > 12):
        return None
    if half or parts:
        late = half.lower().startswith("p") if half else all(begin >= _NOON for begin, _ in parts)
    else:
        late = hour < opens
    if half and hour == 12 and not late:
        hour = 0
    elif late and 0 < hour < 12:
        hour += 12
    return min(hour * 60 + minute, _DAY)


def _opens(hours: Hours) -> int:
    return min((begin.hour for day in hours.week for begin, _ in day), default=0)


def _ends(day: date, minutes: int, zone: str) -> datetime:
    whole = minutes >= _DAY
    return instant(day + timedelta(days=whole), time.min if whole else time(minutes // 60, minutes % 60), zone)


def _nearest(hours: Hours, at: datetime, now: datetime, locale: str) -> str:
    """Return the open hour that is nearest to a time, before or after it, in the locale's words."""
    zone = ZoneInfo(hours.zone)
    begin = next_open(hours, at)
    end = min(begin + _OFFERED, closing(hours, begin.astimezone(zone).date()))
    day = at.astimezone(zone).date()
    for each in (day - timedelta(days=back) for back in range(_BACK)):
        ended = closing(hours, each)
        if hours.on(each) and ended <= at:
            if ended - _OFFERED > now and at - ended < begin - at:
                begin, end = ended - _OFFERED, ended
            break
    local = begin.astimezone(zone)
    from_, to = (format_time(each, "short", tzinfo=zone, locale=locale) for each in (local, end))
    return f"{format_skeleton('MMMMEEEEd', local, tzinfo=zone, locale=locale)}, {from_}–{to}"
