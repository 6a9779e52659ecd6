"""Times that no clock and no calendar has: "by 31/02", "at 25:00". Whoever writes one means another.

Only what stands where a time does is looked at: behind a word such as "by" or "at". Elsewhere, 25:1 may be a ratio, and
a number alone is an hour only where nothing but a time is meant.
"""

import re
from datetime import date, time

from bot.desk.wordings import Patterns, plain, squeezed

_LEAP = 2024  # a year that has all days
_NUMBER = re.compile(
    r"(?P<said>\d{1,4}(?:[:./-]\d{1,4}){0,2}(?:\s+[^\W\d]+)?|[^\W\d]+\s+\d{1,2})(?P<more>\s*[\w£$€%]?)"
)
_LARGEST = 31  # of a number alone, which may be an hour, or a day of the month


def impossible(text: str, words: Patterns, *, alone: bool = False) -> str:
    """Return the words of a time that cannot be, as they were written; empty if there are none.

    `alone` says that the text should be a time, also without a word before it.
    """
    read = plain(text)
    begins = [each.end() for each in words.leads.finditer(read)] + ([0] if alone else [])
    for start in sorted(begins):
        gap = len(read[start:]) - len(read[start:].lstrip())
        found = _NUMBER.match(read, start + gap)
        said = _meant(found, words) if found else ""
        if said and (alone or not said.isdigit()) and not _exists(said, words):
            return text[start + gap : start + gap + len(said)]
    return ""


def _meant(found: re.Match[str], words: Patterns) -> str:
    """Return the words that may be a time: with a month if one stands there, and no number of something else."""
    said, unit = found["said"], squeezed(found["said"]).split()
    if len(unit) == 1:
        return "" if found["more"].strip() and said.isdigit() else said
    if not any(each in words.months for each in unit):
        return "" if unit[0].isdigit() or not unit[0][0].isdigit() else said.split()[0]  # "at 99 Baker Street"
    return said


def _exists(said: str, words: Patterns) -> bool:
    """Tell whether there is such a time of a day, or such a day in any year."""
    numbers = [int(each) for each in re.findall(r"\d+", said)]
    month = next((words.months[each] for each in squeezed(said).split() if each in words.months), 0)
    if month:
        return _is_day(_LEAP, month, numbers[0])
    if ":" in said:
        return len(numbers) > 1 and (numbers[:2] == [24, 0] or _is_time(numbers[0], numbers[1]))
    if len(numbers) == 1:
        return numbers[0] <= _LARGEST or len(said) == len(str(_LEAP))  # a year
    if "-" in said and len(said.partition("-")[0]) == len(str(_LEAP)):
        year, month, *day = numbers
        return _is_day(year, month, day[0] if day else 1)
    first, second, *year_ = numbers
    year = year_[0] if year_ and year_[0] > 99 else _LEAP
    either = _is_day(year, second, first) or _is_day(year, first, second)
    return either or ("." in said and len(numbers) == 2)  # a time of a day, or a sum


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_time(hour: int, minute: int) -> bool:
    try:
        time(hour, minute)
    except ValueError:
        return False
    return True
