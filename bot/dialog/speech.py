"""Values that every text may use, and times as people say them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from babel.units import format_unit

from bot.dialog.catalog import Catalog
from bot.dialog.markup import Marked
from bot.dialog.template import render

_NEAR = 7  # days: within these, a date of next year needs no year beside it
BASIC_VALUES = frozenset(
    {
        "company",
        "bot",
        "customer",
        "now",
        "locale",
        "zone",
        "currency",
        "policy",
        "watched",
        "apologised",
        "unsupported",
        "refused_by",
    }
)


def basic_values(
    catalog: Catalog,
    now: datetime,
    customer: str,
    watched: Sequence[str] = (),
    *,
    apologised: bool = False,
    unsupported: bool = False,
    refused_by: str = "",
) -> dict[str, Any]:
    """Return the values that are there in every text and condition (BASIC_VALUES names them)."""
    voice = catalog.voice
    return {
        "company": voice.company,
        "bot": voice.bot,
        "customer": customer,
        "now": now,
        "locale": voice.locale,
        "zone": voice.zone,
        "currency": voice.currency,
        "policy": catalog.policies,
        "watched": watched,
        "apologised": apologised,
        "unsupported": unsupported,
        "refused_by": refused_by,
    }


def spoken_time(catalog: Catalog, now: datetime | None, when: datetime) -> Marked:
    """Word `when` relative to `now` in the shop's own texts: today, tomorrow, or on a day (with its year when it is
    not this one); the last without `now`.
    """
    voice = catalog.voice
    zone = ZoneInfo(voice.zone)
    local = when.astimezone(zone)
    if ends := (local.hour, local.minute) == (0, 0):  # a midnight is the end of the day before
        local -= timedelta(minutes=1)
    days = (local.date() - now.astimezone(zone).date()).days if now else None
    key = "time_today" if days == 0 else "time_tomorrow" if days == 1 else "time_on_day"
    far = now is not None and now.astimezone(zone).year != local.year and not 0 <= (days or 0) <= _NEAR
    day = "yMMMMEEEEd" if far else "MMMMEEEEd"
    values = {
        "time": format_time(local, "short", tzinfo=zone, locale=voice.locale),
        "day": format_skeleton(day, local, tzinfo=zone, locale=voice.locale),
        "ends": ends,
    }
    return render(catalog.texts[key].variants[0], values)


def spoken_date(catalog: Catalog, day: date | None) -> str:
    """Word a day with its year; empty for none."""
    return format_date(day, "long", locale=catalog.voice.locale) if day else ""


def spoken_span(catalog: Catalog, span: timedelta) -> str:
    """Word a span as one would say it, never shorter than it is: "10 minutes", "25 minutes", "1.5 hours", "4 hours"."""
    minutes = max(1, ceil(span / timedelta(minutes=1)))
    step = 1 if minutes <= 10 else 5 if minutes <= 60 else 30 if minutes <= 180 else 60
    rounded = ceil(minutes / step) * step
    count, unit = (rounded, "duration-minute") if rounded < 60 else (rounded / 60, "duration-hour")
    return format_unit(count, unit, length="long", locale=catalog.voice.locale)


def spoken_days(catalog: Catalog, span: timedelta) -> str:
    """Word a span that may be long, roughly: "1 day", "5 days", and in hours what is clearly less."""
    days = round(span / timedelta(days=1))
    return format_unit(days, "duration-day", locale=catalog.voice.locale) if days else spoken_span(catalog, span)
