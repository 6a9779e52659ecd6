"""What staff do at the desk rather than in a case: going away and back, notices to many, several cases at once.

Lives here: storing it, and what whoever did it reads. What it leads to is the engine's.
"""

from datetime import datetime
from typing import Any

from bot.channels.casework import staff_event
from bot.channels.deskcommand import NOTICE, REASSIGN
from bot.channels.deskpage import colleague, readable
from bot.channels.words import shortened, word
from bot.desk.case import Case
from bot.desk.team import may
from bot.dialog.events import AgentWentAway, CaseAssigned
from bot.dialog.presence import awaiting, away_until, promised
from bot.dialog.speech import spoken_time
from bot.ports import Shop

_MOST = 50  # cases given away at once
_SAID = 60  # characters of what could not be read
_NOBODY = ("nobody", "unowned")
_ME = ("me", "mine", "my")


async def act(shop: Shop, agent: str, do: str, text: str, *, key: str, at: datetime) -> str:
    """Store what an agent does; return what they read, in neutral markup."""
    if do == REASSIGN:
        return await _reassign(shop, agent, text, key=key, at=at)
    event = staff_event(do, text, key=key, customer=f"staff:{agent}", at=at, agent=agent, case=0)
    await shop.accept(event)
    name = shop.catalog.agents[agent].name
    if do == NOTICE:
        return word(shop.catalog, "notice_looking", agent=name)
    if isinstance(event, AgentWentAway):
        catalog = shop.catalog
        until, why = away_until(catalog, event)
        if until is None:
            return word(catalog, "staff_how_away", agent=name, said=event.text)
        owed = promised(catalog, shop.floor, agent, until, at)
        return word(catalog, "staff_away", agent=name, until=spoken_time(catalog, at, until), reason=why, **owed)
    return word(shop.catalog, "staff_back", agent=name, **awaiting(shop.catalog, shop.floor, agent, at))


async def _reassign(shop: Shop, agent: str, text: str, *, key: str, at: datetime) -> str:
    """Give several cases to somebody: each is an act on its own case, which the engine takes or refuses.

    Those of a colleague, the agent's own or nobody's, of one category if that is said: "dana lee billing: she is ill".
    """
    catalog = shop.catalog
    words, _, why = text.partition(":")
    whose, to, *rest = (*(each for each in words.split() if each.casefold() != "to"), "", "")
    owner, receiver, category = _named(shop, agent, whose), _named(shop, agent, to), " ".join(rest).strip()
    known = [each for each in readable(shop, agent, await shop.store.board()) if each.open]
    unknown = category and not any(each.is_of(category) for each in known)
    if owner is None or not receiver or unknown:
        return word(catalog, "staff_how_reassign", said=shortened(text, _SAID))
    if owner not in ("", agent) and not may(catalog.agents[agent], "supervisor"):
        return word(catalog, "staff_not_reassigned", owner=catalog.agents[owner].name)
    meant = [each for each in known if _is_meant(each, owner, category)][:_MOST]
    for case in meant:
        common: dict[str, Any] = {"key": f"{key}/{case.number}", "customer": case.customer, "at": at, "agent": agent}
        await shop.accept(CaseAssigned(to=receiver, text=why.strip(), case=case.number, **common))
    numbers = ", ".join(str(each.number) for each in meant)
    names = {"owner": catalog.agents[owner].name if owner else "", "colleague": catalog.agents[receiver].name}
    return word(catalog, "staff_reassigning", cases=numbers, **names)


def _named(shop: Shop, agent: str, name: str) -> str | None:
    """Return whom a word names, "" for nobody's; None where it names no one."""
    if name.casefold() in _NOBODY:
        return ""
    return agent if name.casefold() in _ME else colleague(shop.catalog, name) or None


def _is_meant(case: Case, owner: str, category: str) -> bool:
    return case.kind == "handoff" and case.assignee == owner and (not category or case.is_of(category))
