"""Who works here by Discord's roles: asked for at the start, now and then, and when other roles are seen."""

import asyncio
import logging

import discord

from bot.channels import roles
from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.faults import at_fault
from bot.channels.discord.memory import PREFIX
from bot.channels.discord.rest import Json, Rest
from bot.desk.team import Role
from bot.ports import Shop

log = logging.getLogger("frontdesk.discord")

EACH = 600.0  # seconds between two looks
_APART = 2.0  # and at least
_PAGE = 1_000
_TEAM = "discord"


class Roles:
    """Keeps what is known of the members with a role up to date."""

    def __init__(self, access: DiscordAccess, shop: Shop, rest: Rest) -> None:
        self._wanted: dict[int, Role] = {
            int(id): role for role in reversed(roles.ROLES) for id in access.roles.get(role, ())
        }
        self._shop = shop
        self._rest = rest
        self._again = asyncio.Event()

    def met(self, person: discord.abc.User) -> None:
        """Somebody acts in a server: look again if their roles are not those that are known."""
        if isinstance(person, discord.Member) and self._wanted:
            account = f"{PREFIX}{person.id}"
            has = {self._wanted[role.id] for role in person.roles if role.id in self._wanted}
            highest = next((role for role in roles.ROLES if role in has), "")
            known = next((agent.role for agent in roles.known(self._shop, _TEAM) if agent.id == account), "")
            if highest != known:
                self._again.set()

    async def keep(self, client: discord.Client) -> None:
        """Look for ever."""
        await client.wait_until_ready()
        while True:
            self._again.clear()
            try:
                await self._look(client)
            except Exception as error:  # what is known stays so
                log.error("who has which role on Discord is not known: %s", at_fault(error))
            await asyncio.sleep(_APART)
            try:
                async with asyncio.timeout(EACH):
                    await self._again.wait()
            except TimeoutError:
                continue

    async def _look(self, client: discord.Client) -> None:
        groups: dict[Role, list[tuple[str, str]]] = {role: [] for role in roles.ROLES}
        for guild in client.guilds if self._wanted else ():
            for member in await self._members(guild.id):
                for role in {self._wanted[int(id)] for id in member["roles"] if int(id) in self._wanted}:
                    groups[role].append((f"{PREFIX}{member['user']['id']}", _name(member)))
        await roles.tell(self._shop, _TEAM, roles.members(groups))

    async def _members(self, guild: int) -> list[Json]:
        found: list[Json] = []
        while True:
            page = await self._rest.members(guild, _PAGE, int(found[-1]["user"]["id"]) if found else 0)
            found += page
            if len(page) < _PAGE:
                return found


def _name(member: Json) -> str:
    user = member["user"]
    return str(member.get("nick") or user.get("global_name") or user["username"])
