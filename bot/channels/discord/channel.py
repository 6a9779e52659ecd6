"""Discord as a channel: keeps a connection up for as long as it serves, and shows effects through it."""

import asyncio
import hashlib
import json
import logging
import random
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord

from bot.channels.board import Board
from bot.channels.discord import asking, catchup, sending
from bot.channels.discord.access import DiscordAccess, point_library_at
from bot.channels.discord.diagnose import diagnose
from bot.channels.discord.faults import at_fault
from bot.channels.discord.listener import Listener
from bot.channels.discord.memory import Memory
from bot.channels.discord.rest import Rest
from bot.channels.discord.roles import Roles
from bot.channels.discord.rooms import Rooms
from bot.channels.discord.serving import Serving
from bot.channels.discord.typing import Typing
from bot.channels.discord.wall import DiscordWall
from bot.channels.discord.watch import close, hang_up_when_deaf
from bot.channels.doorstep import Doorstep
from bot.channels.files import Files
from bot.channels.finding import Finding
from bot.channels.modes import Moded
from bot.dialog.effects import Say
from bot.dialog.files import File
from bot.errors import DeliveryRefused, StoreError
from bot.ports import Outgoing, Shop

log = logging.getLogger("frontdesk.discord")

GRACE = 3.0  # seconds that events in hand have when the bot stops
PAUSE, PAUSE_MOST, PAUSE_REFUSED = 1.0, 60.0, 60.0  # seconds until a connection that failed is tried again
UNTIL_ONLINE = 10.0  # seconds that a delivery waits for a connection
ALIVE_EVERY = 30.0
COMMANDS = "discord:commands"


class DiscordChannel:
    """A bot on Discord (ports.Channel)."""

    def __init__(self, access: DiscordAccess) -> None:
        self._trouble = "not connected yet"
        self._access = access
        self._rooms = Rooms(access)
        self._doorstep = Doorstep(welcome=access.welcome)
        self._client: Listener | None = None
        self._online = asyncio.Event()
        self._catching_up: asyncio.Task[None] | None = None
        self._pause = PAUSE
        self._caught_up = False
        self._stopping = False

    @property
    def ready(self) -> bool:
        """Whether customers are heard, and their cases reach the staff."""
        return self._heard and not self._rooms.trouble

    @property
    def trouble(self) -> str:
        """Why customers are not heard, or why the staff is not; empty when all are."""
        line = "" if self._heard else self._trouble or "the line to Discord is down, connecting again"
        return "; ".join(filter(None, [line, self._rooms.trouble]))

    @property
    def _heard(self) -> bool:
        return self._client is not None and self._client.online

    def lane(self, place: str) -> str:
        """Each thread, DM and room has its own."""
        return place

    def routes(self) -> Sequence[Any]:
        """Return nothing: the gateway brings all."""
        return ()

    async def diagnose(self) -> Sequence[Finding]:
        """Look at everything that must be right on Discord."""
        return await diagnose(self._access)

    # --- effects ------------------------------------------------------------------------------------------------------

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect and return the platform's id for it."""
        client = await self._connected()
        if isinstance(outgoing.effect, Say):
            client.typing.spoke(outgoing.place)
        return await sending.deliver(client.serving, outgoing)

    async def fetch(self, file: File) -> bytes:
        """Return the bytes of a file that came in here. Raises DeliveryRefused when it is gone."""
        rest = (await self._connected()).serving.rest
        channel, message, attachment = file.at.removeprefix("discord:").split("/")
        try:
            found = await rest.message(int(channel), int(message))
            snapshots = [each["message"] for each in found.get("message_snapshots") or ()]
            attached = [each for one in [found, *snapshots] for each in one.get("attachments") or ()]
            url = next((each["url"] for each in attached if each["id"] == attachment), None)
            if url is None:
                raise DeliveryRefused("the file is gone")
            return await rest.download(url)
        except (discord.NotFound, discord.Forbidden):
            raise DeliveryRefused("the file is gone") from None

    async def _connected(self) -> Listener:
        if self._client is None and not self._stopping:
            async with asyncio.timeout(UNTIL_ONLINE):
                await self._online.wait()
        if self._client is None:
            raise ConnectionError("Discord is not connected")
        return self._client

    # --- life ---------------------------------------------------------------------------------------------------------

    async def serve(self, shop: Shop, files: Files) -> None:
        """Connect, and connect again, until cancelled."""
        point_library_at(self._access)
        self._stopping = False
        memory = await Memory.load(shop.store)
        shop = Moded(shop, self._access.who_speaks)
        while True:
            pause = self._pause
            self._pause = min(self._pause * 2, PAUSE_MOST)
            try:
                await self._serve_once(shop, files, memory)
            except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
                self._fail(_refused(error))
                pause = PAUSE_REFUSED
            except (discord.DiscordException, aiohttp.ClientError, OSError, AttributeError) as error:
                # AttributeError: the library's own, after a first handshake that failed (Rapptz/discord.py#10520).
                self._fail(f"the connection to Discord failed: {type(error).__name__}")
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311

    async def _serve_once(self, shop: Shop, files: Files, memory: Memory) -> None:
        client = Listener(self._met, self._access)
        rest = Rest(client.http)
        client.serving = Serving(
            access=self._access,
            shop=shop,
            files=files,
            client=client,
            rest=rest,
            memory=memory,
            rooms=self._rooms,
            roles=Roles(self._access, shop, rest),
            doorstep=self._doorstep,
        )
        client.typing = Typing(rest, memory)
        try:
            await client.login(self._access.token)
            self._client = client
            self._online.set()
            await self._listen(client)
        finally:
            await self._leave(client)

    async def _listen(self, client: Listener) -> None:
        works = [
            client.connect(),
            self._keep_noting(client),
            self._keep_commands(client),
            hang_up_when_deaf(client, self._access.patience),
            client.serving.roles.keep(client),
        ]
        works += [self._keep_board(client, room) for room in sorted(self._access.room_ids)]
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except asyncio.CancelledError:  # the bot stops: what is in hand is finished while the line still stands
            self._stopping = True
            await client.finish(GRACE)
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_board(self, client: Listener, room: int) -> None:
        works = lambda queue: self._access.room_of(queue) == str(room)  # noqa: E731
        board = Board(client.serving.shop, f"discord:{room}", works, DiscordWall(client.serving, room))
        await board.keep(self._access.board, lambda: self.ready)

    async def _leave(self, client: Listener) -> None:
        was_online = client.online
        self._online.clear()
        self._client = None
        if self._catching_up:
            self._catching_up.cancel()
            await asyncio.gather(self._catching_up, return_exceptions=True)
        await client.typing.close()
        if was_online and self._caught_up:
            await self._note(client)
        await close(client)

    def _met(self) -> None:
        """Take up, beside all else, what the gateway does not tell: what was missed, and which commands there are."""
        client = self._client
        assert client
        self._pause, self._trouble, self._caught_up = PAUSE, "", False
        log.info("connected to Discord")
        self._rooms.look(client)
        if self._catching_up:
            self._catching_up.cancel()
        self._catching_up = asyncio.create_task(self._catch_up(client), name="discord catch-up")

    async def _catch_up(self, client: Listener) -> None:
        """Until this is done, nothing says that the bot has heard what was written."""
        pause = PAUSE
        while not self._caught_up:
            try:
                await self._set_commands(client.serving)
                began = await catchup.since(client.serving)
                if began is not None:
                    await client.take(await catchup.missed(client.serving, began))
                self._caught_up = True
                await catchup.note_alive(client.serving)
            except Exception as error:  # whatever it is, the bot goes on to hear what is written now
                log.warning("catching up failed, trying again in %.0f s: %s", pause, at_fault(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_MOST)

    async def _set_commands(self, serving: Serving) -> None:
        """Register the commands if they have changed since the last time."""
        commands = asking.commands(serving.shop.catalog)
        digest = hashlib.sha256(f"{serving.me} {json.dumps(commands)}".encode()).hexdigest()
        if await serving.shop.store.setting(COMMANDS) != digest:
            await serving.rest.set_commands(serving.me, commands)
            await serving.shop.store.set(COMMANDS, digest)

    async def _keep_commands(self, client: Listener) -> None:
        """Register them anew when the content has come to call them something else."""
        while True:
            await asyncio.sleep(self._access.board)
            if client.online and self._caught_up:
                try:
                    await self._set_commands(client.serving)
                except Exception as error:  # whatever it is, the commands that there are go on to work
                    log.warning("commands cannot be registered now: %s", at_fault(error))
                    await asyncio.sleep(PAUSE_MOST)

    async def _keep_noting(self, client: Listener) -> None:
        while True:
            await asyncio.sleep(ALIVE_EVERY)
            if client.online and self._caught_up:
                await self._note(client)

    async def _note(self, client: Listener) -> None:
        try:
            await catchup.note_alive(client.serving)
        except StoreError as error:
            log.warning("cannot note that Discord is heard: %s", error)

    def _fail(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("%s", trouble)
        self._trouble = trouble


def _refused(error: Exception) -> str:
    if isinstance(error, discord.LoginFailure):
        return "Discord does not accept the token: check FRONTDESK_DISCORD_TOKEN, or run `frontdesk doctor`"
    return (
        "Discord lets the bot neither read messages nor see members leave: switch on Message Content Intent and "
        "Server Members Intent in the developer portal (docs/discord.md)"
    )
