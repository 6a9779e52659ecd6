"""The pages of /help: topics, what there is about one, what a search finds, an answer; pure queries on a catalog."""

from datetime import datetime

from bot.channels.slack.blocks import TOPIC, TOPICS, Block, topics
from bot.channels.words import word
from bot.dialog import topics as known
from bot.dialog.catalog import Catalog, Entry

_FOUND = 25


def first_page(catalog: Catalog) -> list[Block]:
    """Return the topics to choose from."""
    return topics(word(catalog, "ui_topics"), catalog, [_shelves(catalog)])


def topic_page(catalog: Catalog, category: str) -> list[Block]:
    """Return what there is to read about a topic."""
    shelf = next((shelf for shelf in known.categories(catalog) if shelf.id == category), None)
    entries = shelf.entries if shelf else ()
    return topics(word(catalog, "ui_topics"), catalog, [_shelves(catalog, category), _entries(entries)])


def found_page(catalog: Catalog, query: str) -> list[Block]:
    """Return what a few words find, or the topics where they find nothing."""
    entries = known.search(catalog, query, _FOUND)
    if not entries:
        return topics(word(catalog, "ui_topics_none", query=query[:200]), catalog, [_shelves(catalog)])
    return topics(word(catalog, "ui_topics"), catalog, [_entries(entries), _shelves(catalog)])


def answer_page(catalog: Catalog, entry: str, now: datetime, customer: str) -> list[Block]:
    """Return an answer, and the topics again; just these for an entry that is gone."""
    text = known.answer(catalog, entry, now, customer)
    if not text:
        return first_page(catalog)
    return topics(f"{text}\n\n_{word(catalog, 'ui_still_there')}_", catalog, [_shelves(catalog)])


def _shelves(catalog: Catalog, chosen: str = "") -> tuple[str, list[tuple[str, str]], str]:
    return TOPICS, [(shelf.id, shelf.title) for shelf in known.categories(catalog)], chosen


def _entries(entries: tuple[Entry, ...]) -> tuple[str, list[tuple[str, str]], str]:
    return TOPIC, [(entry.id, entry.title) for entry in entries], ""
