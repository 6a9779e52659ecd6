"""Browsing and searching what the bot knows, without a turn: `/help` and its autocomplete. Pure queries."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from bot.dialog.catalog import Catalog, Entry
from bot.dialog.speech import basic_values
from bot.dialog.template import render
from bot.knowledge import normalise

OTHER = "other"


class Category(Struct, frozen=True, kw_only=True):
    """A shelf of answers: its name as customers read it, and its entries by title."""

    id: str
    title: str
    entries: tuple[Entry, ...]


def categories(catalog: Catalog) -> tuple[Category, ...]:
    """Return what there is to read, in the order of the files."""
    shelves: dict[str, list[Entry]] = {}
    for entry in _answers(catalog.entries.values()):
        shelves.setdefault(entry.category, []).append(entry)
    return tuple(
        Category(id=name or OTHER, title=_title(catalog, name), entries=tuple(entries))
        for name, entries in shelves.items()
    )


def search(catalog: Catalog, query: str, limit: int = 25) -> tuple[Entry, ...]:
    """Return the entries that a few typed letters or words may mean, best first; all of them for nothing typed."""
    entries = list(_answers(catalog.entries.values()))
    said = normalise(query)
    if not said:
        return tuple(entries[:limit])
    begun = [entry for entry in entries if begins(said, entry.title)]
    index = catalog.index.noting({})  # nobody who types waits for a sentence model
    matches = index.rank(query).matches if index.makes_sense(query) else ()
    ranked = [catalog.entries[match.id] for match in matches if match.id in catalog.entries]
    meant = [entry for entry in _answers(ranked) if entry not in begun]
    return tuple([*begun, *meant][:limit])


def answer(catalog: Catalog, entry: str, now: datetime, customer: str = "") -> str:
    """Return an entry's answer in neutral markup; empty when it is gone."""
    found = catalog.entries.get(entry)
    return worded(catalog, found, now, customer) if found else ""


def worded(catalog: Catalog, entry: Entry, now: datetime, customer: str = "") -> str:
    """Return what an entry says, in neutral markup."""
    return str(render(entry.answer.variants[0], basic_values(catalog, now, customer))).strip()


def begins(said: str, title: str) -> bool:
    """Tell whether each of the (normalised) words begins a word of a title."""
    words = normalise(title).split()
    return all(any(each.startswith(word) for each in words) for word in said.split())


def _title(catalog: Catalog, category: str) -> str:
    words = category.replace("_", " ") or catalog.texts["topics_other"].variants[0]
    return words[:1].upper() + words[1:]


def _answers(entries: Iterable[Entry]) -> Iterable[Entry]:
    return (entry for entry in entries if entry.kind == "answer")
