"""Durations as people write them: 90s, 15m, 26h, 3d, 1h30m."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WHOLE = re.compile(r"\s*(?:\d{1,6}\s*[smhdw]\s*)+")
_SECONDS = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*s")
_PART = re.compile(r"(\d+)\s*([smhdw])")


def duration(text: str) -> timedelta:
    """Return the duration that `text` says; raises ValueError with an example for anything else."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration; expected one such as 15m, 26h or 3d")
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(text)), timedelta())


def seconds(text: str) -> float:
    """Return the seconds that a setting such as 1.5s or 2m says; raises ValueError for anything else."""
    if found := _SECONDS.fullmatch(text.strip()):
        return float(found[1])
    return duration(text).total_seconds()
