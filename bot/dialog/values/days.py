"""Days in the words of people: "last Friday", "the 3rd", "in two weeks", "3/4/2026"; kept as "2026-04-03".

dateparser reads them, by the shop's language and habits, and from the day that it is given: no clock is asked. It is
slow to load, so that is left until a day is first asked for.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_date_format, get_month_names

from bot.dialog.values.reading import Hint, Reading, tidy, without

_LONGEST = 200
_FAR = 3 * 366  # days; a year that was not said is not so far away
_NOON = time(12)
_ORDER_NUMBER = re.compile(r"#?\b\d{5,}\b")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_YEAR = re.compile(r"\b\d{4}\b")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?![\d./-])")
_NTH = re.compile(r"[^\W\d]*\s*(\d{1,2})(?:[^\W\d]{1,3}|\.)", re.UNICODE)
_PREFERENCES = ("future", "past")


def day(text: str, today: date, locale: str) -> Reading | Hint | None:
    """Read a day, if exactly one is said. Where it may lie ahead or back ("Friday"), the next one comes first."""
    said = _CLOCK.sub(" ", _ORDER_NUMBER.sub(" ", tidy(text)[:_LONGEST]))
    impossible = _impossible(said, locale)
    if impossible:
        return Hint(key="answer_no_such_day", values={"text": impossible})
    found = _named(said, today, locale)
    if len(set(found.values())) != 1:
        return None
    snippet, days = next(iter(found.items()))
    start = said.find(snippet)
    return Reading(
        values=tuple(each.isoformat() for each in days),
        rest=without(said, start, start + len(snippet)) if start >= 0 else "",
    )


def named(text: str, today: date, locale: str) -> dict[str, tuple[date, ...]]:
    """Return the words of a text that are days, and the days that each may mean; several may be said."""
    return _named(_ORDER_NUMBER.sub(" ", text[:_LONGEST]), today, locale)


def _named(said: str, today: date, locale: str) -> dict[str, tuple[date, ...]]:
    return {each: days for each in _snippets(said, today, locale) if (days := _meant(each, today, locale))}


def _meant(snippet: str, today: date, locale: str) -> tuple[date, ...]:
    """Return the days that a few words may mean."""
    if snippet.strip().isdigit():
        return ()
    found = []
    for prefer in _PREFERENCES:
        read = _parser(_language(locale), _order(locale), prefer, today).get_date_data(snippet)
        if read.date_obj is None or read.period not in ("day", "week"):
            return ()
        found.append(read.date_obj.date())
    nth = _NTH.fullmatch(snippet.strip())
    if nth and found[0] == found[1] and found[0].day == int(nth[1]):
        found = [each for months in (0, 1, -1) if (each := _moved(found[0], months))]
        found.sort(key=lambda each: each < today)
    near = [each for each in found if _YEAR.search(snippet) or abs((each - today).days) <= _FAR]
    return tuple(dict.fromkeys(near))


def _moved(day_: date, months: int) -> date | None:
    at = day_.year * 12 + day_.month - 1 + months
    return _date(at // 12, at % 12 + 1, day_.day)


def _date(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def _impossible(said: str, locale: str) -> str:
    """Return a day that no calendar has, as it was written: "31 February", "31/02/2026"."""
    for match, year, month, number in _written(said, locale):
        years = (year,) if year else (2024, 2025)
        if not any(_date(each, month, number) for each in years):
            return match
    return ""


def _written(said: str, locale: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each day of a month that is written out: the words, year (0 where none is said), month and day."""
    months, shapes = _months(locale)
    for shape in shapes:
        for match in shape.finditer(said):
            month = months[match["month"].casefold().rstrip(".")]
            yield match.group().strip(), int(match["year"] or 0), month, int(match["day"])
    for match in _NUMERIC.finditer(said):
        order = "YMD" if len(match[1]) == 4 else _order(locale)
        parts = dict(zip(order, map(int, match.group(1, 3, 4)), strict=True))
        if parts["M"] > 12 >= parts["D"] > 0:
            parts["M"], parts["D"] = parts["D"], parts["M"]  # written in another country's order
        yield match.group(), parts["Y"] + (2000 if parts["Y"] < 100 else 0), parts["M"], parts["D"]


@lru_cache(maxsize=16)
def _months(locale: str) -> tuple[dict[str, int], tuple[re.Pattern[str], ...]]:
    """Return the locale's names of months, and the shapes of a day in one: "3rd of March 2026", "March 3, 2026"."""
    names: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, "format", locale).items():
            names.setdefault(str(name).casefold().rstrip("."), number)
    month = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    month = rf"(?P<month>{month})\b\.?"
    day_, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?", r"(?:,?\s+(?P<year>\d{4})\b)?"
    shapes = (rf"(?<!\w){day_}\s+(?:[^\W\d]{{1,3}}\s+)?{month}{year}", rf"(?<!\w){month}\s+(?:the\s+)?{day_}\b{year}")
    return names, tuple(re.compile(shape, re.IGNORECASE) for shape in shapes)


def _snippets(said: str, today: date, locale: str) -> list[str]:
    """Return the parts of a text that may be days."""
    from dateparser.search import search_dates

    settings = _settings(_order(locale), "past", today)
    try:
        found = search_dates(said, languages=[_language(locale)], settings=settings) if said.strip() else None
    except (ValueError, OverflowError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # its own troubles with hostile words
    return [each[0] for each in found or ()]


@lru_cache(maxsize=8)
def _parser(language: str, order: str, prefer: str, today: date) -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(languages=[language], settings=_settings(order, prefer, today))


def _settings(order: str, prefer: str, today: date) -> dict[str, Any]:
    """Return dateparser's settings. It remembers each that it was ever given, so that the day is all that changes."""
    return {
        "RELATIVE_BASE": datetime.combine(today, _NOON),
        "PREFER_DATES_FROM": prefer,
        "DATE_ORDER": order,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }


@lru_cache(maxsize=16)
def _order(locale: str) -> str:
    """Return in which order the locale writes day, month and year: "DMY"."""
    pattern = str(get_date_format("short", locale)).upper()
    return "".join(sorted("DMY", key=pattern.find))


@lru_cache(maxsize=16)
def _language(locale: str) -> str:
    """Return the language of a locale, or English where dateparser does not know it."""
    from dateparser.data import language_order

    language = Locale.parse(locale).language
    return language if language in language_order else "en"
