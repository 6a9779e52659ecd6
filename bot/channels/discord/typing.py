"""Shows "… is typing" when an answer takes long: after a moment, so that it costs nothing when there is one at once."""

import asyncio
import contextlib

import aiohttp
import discord

from bot.channels.discord.memory import Memory, channel_of
from bot.channels.discord.rest import Rest

MOMENT = 1.5  # seconds


class Typing:
    """The places in which somebody waits for an answer."""

    def __init__(self, rest: Rest, memory: Memory) -> None:
        self._rest = rest
        self._memory = memory
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, place: str) -> None:
        """Somebody wrote here."""
        self.spoke(place)
        loop = asyncio.get_running_loop()
        self._waiting[place] = loop.call_later(MOMENT, self._begin, place)

    def spoke(self, place: str) -> None:
        """The bot has answered here."""
        if timer := self._waiting.pop(place, None):
            timer.cancel()

    def show(self, channel: int) -> None:
        """Show it now."""
        task = asyncio.create_task(self._show(channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop."""
        for timer in self._waiting.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, place: str) -> None:
        self._waiting.pop(place, None)
        if self._memory.threadless.get(place) is None:
            self.show(channel_of(place))

    async def _show(self, channel: int) -> None:
        with contextlib.suppress(discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
            await self._rest.typing(channel)
