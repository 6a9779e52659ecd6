"""The whole talk of a case as staff read it: the customer, the bot, agents and notes, each marked, with times.

Read page by page, so that a long one needs no more room than a short one. Text is text: nothing in it is markup.
"""

from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.channels.words import label, word
from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.markup import plain
from bot.ports import Said, Shop

PAGE = 40  # lines
_KINDS = ("customer", "bot", "agent", "note", "alert", "edited", "deleted")


async def lines(shop: Shop, case: Case, after: int = 0, limit: int = PAGE) -> tuple[list[Said], int]:
    """Return a page of what was said, and the id to go on after; 0 at the end."""
    found = await shop.store.talk(case.number, after, limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else 0


async def file(shop: Shop, case: Case) -> AsyncIterator[str]:
    """Yield the whole as plain text, a page at a time."""
    yield label(shop.catalog, "transcript_title", 200, case=case.number, customer=case.name or case.customer) + "\n\n"
    after, more = 0, True
    while more:
        page, after = await lines(shop, case, after, limit=200)
        yield "".join(f"{plain(line_text(shop.catalog, case, line))}\n\n" for line in page)
        more = bool(after)


def line_text(catalog: Catalog, case: Case, line: Said) -> str:
    """Return a line (neutral markup): who, in which part, when and what."""
    kind = line.kind if line.kind in _KINDS else "alert"
    time = format_datetime(line.at, "short", tzinfo=ZoneInfo(catalog.voice.zone), locale=catalog.voice.locale)
    said = word(catalog, f"transcript_{kind}")
    return word(catalog, "transcript_line", time=time, who=who(catalog, case, line), kind=plain(said), text=line.text)


def shown(catalog: Catalog, case: Case, line: Said) -> dict[str, Any]:
    """Return a line for programs and the page."""
    return {"who": who(catalog, case, line), "kind": line.kind, "text": line.text, "at": line.at.isoformat()}


def who(catalog: Catalog, case: Case, line: Said) -> str:
    """Return the name of whoever a line is from."""
    if line.who == "customer":
        return case.name or case.customer
    agent = catalog.agents.get(line.who)
    return agent.name if agent else catalog.voice.bot if line.who == "bot" else line.who
