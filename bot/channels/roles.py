"""Who works here by a platform's groups or roles: from lists of members to the event that tells all who they are."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from msgspec.json import decode

from bot.desk.floor import TEAM
from bot.desk.team import Agent, Role
from bot.dialog.events import TeamSeen
from bot.ports import Shop

ROLES: tuple[Role, ...] = ("admin", "supervisor", "agent")  # the highest first: it counts for who has several


def members(groups: Mapping[Role, Sequence[tuple[str, str]]]) -> tuple[Agent, ...]:
    """Return everybody with a role, given as (account, name), in a lasting order."""
    found: dict[str, Agent] = {}
    for role in ROLES:
        for account, name in groups.get(role, ()):
            found.setdefault(account, Agent(id=account, name=name, role=role, accounts=(account,)))
    return tuple(found[account] for account in sorted(found))


async def tell(shop: Shop, team: str, people: tuple[Agent, ...]) -> None:
    """Store who works here by this team's roles ("slack:T1"), unless that is known."""
    if people != known(shop, team):
        at = shop.clock.now()
        seen = TeamSeen(key=f"team:{team}:{uuid4().hex}", customer=f"{TEAM}:{team}", at=at, team=team, members=people)
        await shop.accept(seen)


def known(shop: Shop, team: str) -> tuple[Agent, ...]:
    """Return who is known to work here by this team's roles."""
    told = shop.floor.facts.get(f"{TEAM}:{team}")
    return decode(told, type=tuple[Agent, ...]) if told else ()
