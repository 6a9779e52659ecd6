"""The library's client, and what it calls: each event of the gateway is read, stored and, if it must be, answered."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import discord

from bot.channels.discord import asking, composing, incoming, pressing
from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.faults import at_fault
from bot.channels.discord.invite import hearing
from bot.channels.discord.serving import Serving
from bot.channels.discord.typing import Typing
from bot.dialog.events import Event, MessageReceived
from bot.errors import StoreError

log = logging.getLogger("frontdesk.discord")

LONGEST_WAIT = 30.0  # seconds of a rate limit that the library sits out; a longer one is handed back
_PAUSE, _PAUSE_MOST = 0.5, 10.0  # seconds until an event that could not be stored is tried again


class Listener(discord.Client):
    """A client for one bot. `met` is called whenever the gateway has begun anew, without what was missed."""

    serving: Serving
    typing: Typing

    def __init__(self, met: Callable[[], None], access: DiscordAccess) -> None:
        super().__init__(
            intents=hearing(),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            heartbeat_timeout=max(60.0, 3 * access.patience),
            guild_ready_timeout=access.settle,
            max_ratelimit_timeout=LONGEST_WAIT,
        )
        self.online = False
        self._met = met
        self._running: set[asyncio.Task[Any]] = set()

    # --- connection ---------------------------------------------------------------------------------------------------

    async def on_ready(self) -> None:
        """A new session: what happened before it is not told."""
        self.online = True
        self._met()

    async def on_resumed(self) -> None:
        """The old session goes on: what was missed is told again."""
        self.online = True

    async def on_disconnect(self) -> None:
        """The line is down; the library connects again."""
        self.online = False

    async def _changed(self, *changed: object) -> None:
        """A channel, a role or a server is not what it was: look whether the channels that were named can be used."""
        if self.online:
            self.serving.rooms.look(self)

    on_guild_channel_create = on_guild_channel_delete = on_guild_channel_update = _changed
    on_guild_role_update = on_member_update = _changed
    on_guild_available = on_guild_join = on_guild_remove = _changed

    async def finish(self, grace: float) -> None:
        """Let what is in hand end, and be answered; what is not stored by then is found at the next start."""
        with contextlib.suppress(TimeoutError, StoreError):
            async with asyncio.timeout(grace):
                if self._running:
                    await asyncio.wait(self._running)
                await self.serving.shop.idle()
        for task in self._running:
            task.cancel()

    # --- what happens -------------------------------------------------------------------------------------------------

    async def on_message(self, said: discord.Message) -> None:
        """Somebody wrote."""
        self.serving.roles.met(said.author)
        await self._take(incoming.message(self.serving, said))

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """A message was changed."""
        await self._take(incoming.edited(self.serving, change))

    async def on_raw_message_delete(self, gone: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        await self._take(incoming.deleted(self.serving, gone.channel_id, gone.message_id))

    async def on_raw_bulk_message_delete(self, gone: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages were deleted."""
        for message in sorted(gone.message_ids):
            await self._take(incoming.deleted(self.serving, gone.channel_id, message))

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """A thread was changed."""
        await self.take(incoming.thread_changed(self.serving, before, after))

    async def on_raw_thread_delete(self, gone: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        await self.take(incoming.thread_deleted(self.serving, gone))

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody joined."""
        await self._take(incoming.joined(self.serving, member))

    async def on_raw_member_remove(self, gone: discord.RawMemberRemoveEvent) -> None:
        """Somebody left."""
        await self._take(incoming.left(self.serving, gone.user.id, gone.guild_id))

    async def on_raw_typing(self, writes: discord.RawTypingEvent) -> None:
        """Somebody is writing."""
        if channel := await composing.writing(self.serving, writes.channel_id, writes.user_id):
            self.typing.show(channel)

    async def on_interaction(self, asked: discord.Interaction[Any]) -> None:
        """Somebody pressed, chose, sent a form, or used a command."""
        self.serving.roles.met(asked.user)
        ways = {
            discord.InteractionType.component: pressing.pressed,
            discord.InteractionType.modal_submit: pressing.submitted,
            discord.InteractionType.application_command: asking.commanded,
            discord.InteractionType.autocomplete: asking.complete,
        }
        if way := ways.get(asked.type):
            await self._tracked(way(self.serving, asked))

    # --- events -------------------------------------------------------------------------------------------------------

    async def _take(self, reading: Awaitable[Sequence[Event]]) -> None:
        async def whole() -> None:
            await self._accept(await reading)

        await self._tracked(whole())

    async def take(self, events: Iterable[Event]) -> None:
        """Store events, in order, however long that takes."""
        await self._tracked(self._accept(events))

    async def _accept(self, events: Iterable[Event]) -> None:
        for event in events:
            await self._store(event)
            if isinstance(event, MessageReceived) and self.serving.access.who_speaks(event.place) == "live":
                self.typing.heard(event.place)

    async def _store(self, event: Event) -> None:
        pending, pause = self.serving.memory.pending, _PAUSE
        pending[event.key] = event.at
        while True:
            try:
                await self.serving.shop.accept(event)
            except StoreError as error:
                log.error("an event cannot be stored, trying again in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _PAUSE_MOST)
            else:
                pending.pop(event.key, None)
                return

    async def _tracked(self, work: Awaitable[None]) -> None:
        """Do something that a stop waits for. Of what fails, only the kind and place are told: no words, no secrets."""
        task = asyncio.current_task()
        assert task
        self._running.add(task)
        try:
            await work
        except Exception as error:
            log.error("an event could not be handled: %s", at_fault(error))
        finally:
            self._running.discard(task)
