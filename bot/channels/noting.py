"""What agents look at is noted in the audit log, where it is customers' words."""

from typing import Any

from bot.ports import Act, Shop


async def note_read(shop: Shop, agent: str, case: int) -> None:
    """Note that somebody has read all that was said in a case."""
    await _note(shop, agent, "TranscriptRead", case=case)


async def note_search(shop: Shop, agent: str, found: int) -> None:
    """Note that somebody has looked through what was said; for what, could be a customer's words, and isn't kept."""
    await _note(shop, agent, "TranscriptsSearched", detail={"found": found})


async def _note(shop: Shop, agent: str, act: str, **what: Any) -> None:
    role = shop.catalog.agents[agent].role if agent in shop.catalog.agents else ""
    await shop.store.note(Act(at=shop.clock.now(), who=agent, role=role, act=act, **what))
