"""Looking through what was said, as far as one's role lets one.

From the role in `limits.search` on, everything is found. Everybody else finds what was said in the cases that they may
read: those of the queues that they work, and those that they own or help with.
"""

import asyncio
import re

from bot.channels.noting import note_search
from bot.channels.words import shortened, word
from bot.desk.case import Case
from bot.desk.rights import reads
from bot.desk.team import may
from bot.dialog.markup import plain
from bot.dialog.speech import spoken_time
from bot.ports import Said, Shop

MOST = 20  # hits
_LINES, _PAGE = 100_000, 2_000  # that are looked through, the latest first, and at once: turns go on in between
_BEFORE, _AFTER = 60, 140  # characters around the first word that was found


async def hits(shop: Shop, agent: str, query: str) -> list[str]:
    """Return the lines in which all of the words stand, newest first: a title, then a text of all hits."""
    catalog = shop.catalog
    words = query.casefold().split()[:10]
    if not words:
        return [word(catalog, "desk_search_how")]
    found = await _found(shop, agent, words)
    await note_search(shop, agent, len(found))
    if not found:
        return [word(catalog, "desk_search_none", query=shortened(query, 60))]
    now = shop.clock.now()
    lines = [
        "- "
        + word(
            catalog,
            "desk_hit",
            case=line.case or plain(word(catalog, "desk_no_case")),
            who=_who(shop, line),
            time=spoken_time(catalog, now, line.at),
            text=snippet(line.text, words),
        )
        for line in found
    ]
    return [word(catalog, "desk_search_title", query=shortened(query, 60), hits=len(found)), "\n".join(lines)]


def snippet(text: str, words: list[str]) -> str:
    """Return the part of a text in which the first of the words stands, in one line."""
    flat = " ".join(text.split())
    found = re.search("|".join(map(re.escape, words)), flat, re.IGNORECASE)
    start = max(0, found.start() - _BEFORE) if found else 0
    if start:
        start = flat.find(" ", start) + 1 or start
    return ("…" if start else "") + shortened(flat[start:], _BEFORE + _AFTER)


async def _found(shop: Shop, agent: str, words: list[str]) -> list[Said]:
    found: list[Said] = []
    line, looked = 0, 0
    allowed = _Allowed(shop, agent)
    while looked < _LINES and len(found) < MOST:
        lines = await shop.store.said_before(line, _PAGE)
        for each in lines:
            text = each.text.casefold()
            if all(one in text for one in words) and await allowed.sees(each):
                found.append(each)
                if len(found) == MOST:
                    break
        if len(lines) < _PAGE:
            break
        line, looked = lines[-1].id, looked + len(lines)
        await asyncio.sleep(0)
    return found


class _Allowed:
    """Whether somebody may find a line; each case is looked up once."""

    def __init__(self, shop: Shop, agent: str) -> None:
        self._shop = shop
        known = shop.catalog.agents.get(agent)
        self._agent = known
        self._all = known is not None and may(known, shop.catalog.limits.search)
        self._known: dict[int, bool] = {}

    async def sees(self, line: Said) -> bool:
        if self._all:
            return True
        if line.case not in self._known:
            case = await self._shop.store.case(line.case) if line.case else None
            self._known[line.case] = self._may_read(case)
        return self._known[line.case]

    def _may_read(self, case: Case | None) -> bool:
        catalog = self._shop.catalog
        return bool(case and self._agent and reads(case, self._agent, catalog.queues, catalog.limits.search))


def _who(shop: Shop, line: Said) -> str:
    agent = shop.catalog.agents.get(line.who)
    return agent.name if agent else shop.catalog.voice.bot if line.who == "bot" else line.who
