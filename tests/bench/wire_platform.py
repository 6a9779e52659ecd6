"""An emulated platform in a process of its own, with people who write and wait for an answer each time.

It tells its addresses as one line of JSON; then each line that it is given, {"texts": […], "at_once": 16}, is a crowd
that says these texts, and is answered with how long they took.
"""

import asyncio
import json
import sys
import time
from typing import Any

from tests.wire import discord, slack
from tests.wire.discord import DiscordServer
from tests.wire.slack import SlackServer

PEOPLE = 400
_PATIENCE = 20.0


class SlackCrowd:
    """People in DMs on Slack."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        server.pacing = None
        self._people = [server.add_user(f"p{number}") for number in range(PEOPLE)]
        self._staff = server.add_channel("staff")

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "FRONTDESK_SLACK_API_URL": self._server.api_url,
            "FRONTDESK_SLACK_BOT_TOKEN": self._server.bot_token,
            "FRONTDESK_SLACK_APP_TOKEN": self._server.app_token,
            "FRONTDESK_STAFF_CHANNEL": f"slack:{self._staff.id}",
        }

    async def until_heard(self) -> None:
        await self._server.until(lambda: self._server.connections, _PATIENCE)

    @property
    def violations(self) -> list[str]:
        return self._server.violations

    async def ask(self, number: int, text: str) -> None:
        person: slack.User = self._people[number % PEOPLE]
        room = self._server.dm(person)
        before = len(room.main)
        await self._server.say(person, room, text)
        await self._server.until(lambda: any(each.bot for each in room.main[before:]), _PATIENCE)


class DiscordCrowd:
    """People in DMs on Discord."""

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._people = [server.add_user(f"p{number}") for number in range(PEOPLE)]
        self._staff = server.add_channel("staff")

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "FRONTDESK_DISCORD_API_URL": self._server.api_url,
            "FRONTDESK_DISCORD_GATEWAY_URL": self._server.gateway_url,
            "FRONTDESK_DISCORD_TOKEN": self._server.token,
            "FRONTDESK_STAFF_CHANNEL": f"discord:{self._staff.id}",
        }

    async def until_heard(self) -> None:
        await self._server.until(lambda: self._server.gateway.sessions, _PATIENCE)

    @property
    def violations(self) -> list[str]:
        return self._server.violations

    async def ask(self, number: int, text: str) -> None:
        person: discord.User = self._people[number % PEOPLE]
        room = self._server.dm(person)
        said = await self._server.say(person, room, text)

        def answered() -> bool:
            last = room.order[-1]
            return last > said.id and room.book[last].bot

        await self._server.until(answered, _PATIENCE)


async def serve(crowd: SlackCrowd | DiscordCrowd) -> None:
    """Do what the lines say until there are no more."""
    tell(crowd.addresses)
    number = 0
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        await crowd.until_heard()
        texts: list[str] = order["texts"]
        began, first = time.perf_counter(), number
        left = iter(enumerate(texts, first))

        async def talk(left: Any = left) -> None:
            for at, text in left:
                await crowd.ask(at, text)

        await asyncio.gather(*(talk() for _ in range(order["at_once"])))
        number += len(texts)
        tell({"took": time.perf_counter() - began, "violations": crowd.violations})


def tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


async def main(name: str) -> None:
    if name == "slack":
        async with SlackServer() as on_slack:
            await serve(SlackCrowd(on_slack))
    else:
        async with DiscordServer() as on_discord:
            await serve(DiscordCrowd(on_discord))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
