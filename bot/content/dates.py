"""The days from which and until which answers count: what cannot be right in them, and which are over."""

from datetime import date

from bot.content.draft import Draft
from bot.dialog.catalog import Catalog, Entry
from bot.errors import Problem

_NAMED = 5


def check_dates(draft: Draft, entry: Entry) -> None:
    """Note an entry that ends before it begins."""
    if entry.begins and entry.ends and entry.ends < entry.begins:
        what = f"'{entry.id}' counts until {entry.ends}, which is before {entry.begins}, from which on it does."
        draft.problem(entry.at, what, "Put `until` on the last day, here or at the top of the file.")


def over(catalog: Catalog, today: date) -> list[Problem]:
    """Return which entries no customer gets any more, by file and day."""
    ended: dict[tuple[str, date], list[Entry]] = {}
    for entry in catalog.dated:
        if entry.ends and entry.ends < today:
            ended.setdefault((entry.at.rpartition(":")[0], entry.ends), []).append(entry)
    return [_told(file, day, entries) for (file, day), entries in ended.items()]


def _told(file: str, day: date, entries: list[Entry]) -> Problem:
    named = ", ".join(f"'{entry.id}'" for entry in entries[:_NAMED]) + ", …" * (len(entries) > _NAMED)
    line = int(entries[0].at.rpartition(":")[2])
    what = f"{named}: over since the end of {day}; nobody is answered with it."
    return Problem(file, line, what, "Renew `until`, or remove it.")
