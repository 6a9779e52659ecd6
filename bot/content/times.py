"""Times as content: opening hours with their holidays, service levels, and the words by which times are promised.

Public holidays come from the library `holidays` and are dates from here on: the pure rooms know no calendars.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import msgspec

from bot.content.draft import Draft
from bot.content.explain import mean
from bot.content.models import DAYS, HoursModel, LevelModel, parse_span, parse_time
from bot.content.promisemodels import PromisesModel
from bot.content.yamlfile import Located, Path_
from bot.desk.hours import Hours, Opening
from bot.desk.targets import Level
from bot.desk.wordings import NEEDED, PLACEHOLDERS, Wordings, plain, squeezed
from bot.durations import duration

_FIRST_YEAR, _YEARS_AHEAD = 2025, 10
_FIRST_PRIORITY = 3  # of every case
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


# --- hours ------------------------------------------------------------------------------------------------------------


def take_hours(located: Located, draft: Draft, name: str, model: HoursModel) -> None:
    """Take opening hours; without a zone that exists they are left out."""
    if not check_zone(located, draft, model.zone, ("hours", name, "zone")):
        draft.broken.add(name)
        return
    path: Path_ = ("hours", name)
    off = _holidays(located, draft, model.holidays, (*path, "holidays")) if model.holidays else set()
    week = tuple(_openings(model.week.get(day, [])) for day in DAYS)  # type: ignore[call-overload]
    other = {day: _openings(spans) for day, spans in model.open.items()}
    hours = Hours(zone=model.zone, week=week, closed=frozenset(off | {*model.closed}), open=other)
    named = [(day, (*path, "week", day), spans) for day, spans in zip(DAYS, week, strict=True)]
    named += [(str(day), (*path, "open", str(day)), spans) for day, spans in other.items()]
    for day_name, where, spans in named:
        for what, fix in _wrong_in_a_day(day_name, spans):
            draft.problem(located.at(*where), what, fix)
    for day, what in (*_overlapping_weekdays(week), *_overlapping_dates(hours)):
        where = (*path, "week", day) if day in DAYS else (*path, "open", day)
        draft.problem(located.at(*where), what, "Let one end where the other begins.")
    for day_off in sorted({*model.closed} & other.keys()):
        at = located.at(*path, "open", str(day_off))
        draft.problem(at, f"{day_off} is among the dates that are open and those that are closed.", "Keep one of them.")
    draft.hours[name] = hours


def check_zone(located: Located, draft: Draft, zone: str, path: Path_) -> bool:
    """Tell whether there is such a time zone; note it where there is not."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        draft.problem(located.at(*path), f"'{zone}' is not a time zone.", "Use a name such as Europe/London.")
        return False
    return True


def _openings(spans: list[str]) -> tuple[Opening, ...]:
    return tuple(sorted(parse_span(span) for span in spans))


def _holidays(located: Located, draft: Draft, region: str, path: Path_) -> set[date]:
    """Return the public holidays of a region such as GB-ENG, from a fixed year on to some years from now."""
    known = holidays.list_supported_countries(include_aliases=True)
    country, _, part = region.partition("-")
    if country not in known:
        every = [*known, *(f"{each}-{inner}" for each, parts in known.items() for inner in parts)]
        what = f"'{region}' is not a country or region whose holidays we know."
        draft.problem(located.at(*path), what, mean(region, every))
    elif part and part not in known[country]:
        regions = [f"{country}-{each}" for each in known[country]]
        fix = mean(region, regions) if regions else f"Write {country} alone."
        draft.problem(located.at(*path), f"'{region}' is not a region of {country} whose holidays we know.", fix)
    else:
        years = range(_FIRST_YEAR, datetime.now(UTC).year + _YEARS_AHEAD + 1)
        with warnings.catch_warnings():  # of years that a country has not decided on yet
            warnings.simplefilter("ignore")
            return {*holidays.country_holidays(country, subdiv=part or None, years=years)}
    return set()


def _minutes(opening: Opening) -> tuple[int, int]:
    """Return an opening in minutes of its day; the second is above 1440 when it ends on the next."""
    start, end = (each.hour * 60 + each.minute for each in opening)
    return start, end if end > start else end + 1440


def _wrong_in_a_day(day: str, spans: Iterable[Opening]) -> Iterator[tuple[str, str]]:
    spans = list(spans)
    for start, end in spans:
        if start == end != time.min:
            yield f"{day} opens and closes at {start:%H:%M}.", "Write 00:00-24:00 for the whole day."
    for one, other in pairwise(spans):
        if _minutes(other)[0] < _minutes(one)[1]:
            yield f"{day} has openings that overlap at {other[0]:%H:%M}.", "Join them."


def _overlapping_weekdays(week: tuple[tuple[Opening, ...], ...]) -> Iterator[tuple[str, str]]:
    for number, day in enumerate(DAYS):
        following = (number + 1) % 7
        if what := _runs_into(day, week[number], DAYS[following], week[following]):
            yield day, what


def _overlapping_dates(hours: Hours) -> Iterator[tuple[str, str]]:
    """Look at dates with openings of their own, and the nights before and after them."""
    for day in sorted(hours.open):
        for one in (day - timedelta(days=1), day):
            other = one + timedelta(days=1)
            seen = one != day and one in hours.open
            what = "" if seen else _runs_into(str(one), hours.on(one), str(other), hours.on(other))
            if what:
                yield str(day), what


def _runs_into(day: str, spans: tuple[Opening, ...], next_day: str, following: tuple[Opening, ...]) -> str:
    if spans and following and _minutes(spans[-1])[1] - 1440 > _minutes(following[0])[0]:
        closes, opens = spans[-1][1], following[0][0]
        return f"{day} closes at {closes:%H:%M} on the next day, after {next_day} opens at {opens:%H:%M}."
    return ""


# --- service levels ---------------------------------------------------------------------------------------------------


def take_level(located: Located, draft: Draft, name: str, model: LevelModel) -> None:
    """Take a service level."""
    level = Level(
        id=name,
        priority=model.priority,
        first_response=duration(model.first_response),
        next_response=duration(model.next_response) if model.next_response else None,
        resolve=duration(model.resolve) if model.resolve else None,
        at_risk=model.at_risk,
        update=duration(model.update) if model.update else None,
    )
    if level.resolve and level.resolve < level.first_response:
        what = f"level '{name}' resolves in {model.resolve}, and answers first in {model.first_response}."
        draft.problem(located.at("levels", name), what, "Give resolve at least as much time.")
    draft.levels[name] = level


def check_levels(draft: Draft) -> None:
    """Note a priority that stands twice, a missing first one, and levels slower than a less urgent one."""
    ordered = sorted(draft.levels.values(), key=lambda level: level.priority)
    at = {level.id: draft.places.get(("level", level.id), "handoff:1") for level in ordered}
    whole = bool(ordered) and not draft.partial and not draft.broken
    if whole and all(level.priority != _FIRST_PRIORITY for level in ordered):
        what = f"there is no level of priority {_FIRST_PRIORITY}, which every case begins with."
        draft.problem(at[ordered[0].id], what, f"Give one of them priority: {_FIRST_PRIORITY}.")
    for one, other in pairwise(ordered):
        if one.priority == other.priority:
            what = f"level '{other.id}' has priority {other.priority}, and so has '{one.id}'."
            draft.problem(at[other.id], what, "Give each priority one level.")
            continue
        for kind in ("first_response", "next_response", "resolve"):
            slow, fast = getattr(one, kind), getattr(other, kind)
            if slow and fast and slow > fast:
                what = f"level '{one.id}' has more time for {kind} than '{other.id}', which is less urgent."
                draft.problem(at[one.id], what, "Exchange them, or give it less.")


# --- words of promises ------------------------------------------------------------------------------------------------


def take_promises(located: Located, draft: Draft, model: PromisesModel) -> None:
    """Take the words of promises, and note templates that say nothing and words that mean two things."""
    for path, form, template in _templates(model.model_dump(), ("promises",)):
        for what, fix in _wrong_in_a_template(form, template):
            draft.problem(located.at(*path), what, fix)
    for group in ("numbers", "units", "days", "weekdays", "months"):
        _check_meanings(located, draft, group, getattr(model, group))
    draft.wordings = _wordings(model)


def _templates(node: Any, path: Path_) -> Iterator[tuple[Path_, str, str]]:
    """Yield each text in the section with its path and the name of the list that it stands in."""
    if isinstance(node, str):
        if path[-1] != "until":
            yield path, next(str(part) for part in reversed(path) if isinstance(part, str)), node
        return
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
        yield from _templates(inner, (*path, key))


def _wrong_in_a_template(form: str, template: str) -> Iterator[tuple[str, str]]:
    known = PLACEHOLDERS.get(form, frozenset())
    used = set(_PLACEHOLDER.findall(template))
    there = ", ".join(f"{{{each}}}" for each in sorted(known))
    for name in sorted(used - known):
        what = f"'{template}' in {form} uses {{{name}}}, which it cannot."
        yield what, f"There are: {there}." if known else "Write the words themselves."
    for name in sorted(used):
        if template.count(f"{{{name}}}") > 1:
            yield f"'{template}' in {form} uses {{{name}}} twice.", "Keep one of them."
    needed = NEEDED.get(form, ())
    if used <= known and needed and not any(each <= used for each in needed):
        ways = " or ".join(" and ".join(f"{{{name}}}" for name in sorted(each)) for each in needed)
        yield f"'{template}' in {form} has no {ways} in it.", "Add it, or remove the line."
    if not squeezed(plain(template)):
        yield f"'{template}' in {form} has no words.", "Remove it."


def _check_meanings(located: Located, draft: Draft, group: str, model: Any) -> None:
    said = model if isinstance(model, dict | list) else model.model_dump()
    seen: dict[str, str | int] = {}
    for key, words in said.items() if isinstance(said, dict) else enumerate(said):
        for number, word in enumerate(words):
            if seen.setdefault(squeezed(plain(word)), key) != key:
                at = located.at("promises", group, key, number)
                draft.problem(at, f"'{word}' stands for two of {group}.", "Keep it in one place.")


def _wordings(model: PromisesModel) -> Wordings:
    """Return the section as the pure room has it: times are times, numbers are numbers, lists are tuples."""
    values = model.model_dump()
    values["numbers"] = {float(number): said for number, said in model.numbers.items()}
    values["named_times"] = {parse_time(at): said for at, said in model.named_times.items()}
    values["past"] = {int(minutes): said for minutes, said in model.past.items()}
    values["parts"] = [{**part.model_dump(), "until": parse_time(part.until)} for part in model.parts]
    return msgspec.convert(values, Wordings)
