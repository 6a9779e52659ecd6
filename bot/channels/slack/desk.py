"""One stretch of service: everything of the Slack channel put together, from connecting to stopping."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp

from bot.channels.board import Board
from bot.channels.files import Files
from bot.channels.slack import blocks, roles
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.away import Away
from bot.channels.slack.controls import Ack, Body, Controls
from bot.channels.slack.incoming import Ears, Message, Told
from bot.channels.slack.intake import Intake, new_app
from bot.channels.slack.pace import Pace
from bot.channels.slack.places import PREFIX, Places, Where, where
from bot.channels.slack.render import mrkdwn
from bot.channels.slack.sending import Sender
from bot.channels.slack.showing import Screen
from bot.channels.slack.sockets import Socket
from bot.channels.slack.wall import SlackWall
from bot.channels.slack.workspace import Workspace, at_fault, called, new_client
from bot.channels.words import word
from bot.errors import DeliveryRefused, StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

ALIVE_EACH = 30.0
KNOWN = timedelta(days=60)  # how far back places are remembered from the start
_PAUSE, _PAUSE_MOST = 1.0, 60.0


class Desk:
    """The app at work."""

    def __init__(self, access: SlackAccess, shop: Shop, files: Files, session: aiohttp.ClientSession) -> None:
        self._access = access
        self._shop = shop
        self._session = session
        self.most = files.most
        self._spaces: dict[str, Workspace] = {}
        self._places = Places()
        self._pending = dict.fromkeys(range(len(access.bot_tokens)), "not connected yet")
        self._known = asyncio.Event()  # the first workspace is
        self._beside: set[asyncio.Task[None]] = set()
        self._pace = Pace(access.pace, access.burst)
        self.screen = Screen(shop, files, self._places, Sender(self._pace), self.space)
        self._ears = Ears(access, shop, self._places, self.screen.case_of, self.screen.about)
        self._controls = Controls(access, shop, self._places, self._ears)
        self._away = Away(access, shop, self._spaces, self._places, self._hear)
        self._intake = Intake(self._take, self._spaces)
        self._sockets = [self._socket(token) for token in access.app_tokens] if access.mode == "socket" else []
        client = new_client(access, access.bot_tokens[0], session)
        self._app = new_app(self._intake, self._spaces, client, access.signing_secret)

    @property
    def app(self) -> AsyncApp | None:
        """The Bolt app, once a workspace is known."""
        return self._app if self._spaces else None

    @property
    def ready(self) -> bool:
        """Whether everything is connected, so that customers are heard, and their cases reach the staff."""
        return self._connected and not self.screen.trouble

    @property
    def trouble(self) -> str:
        """What is wrong with tokens, sockets and the staff's channels."""
        troubles = [*self._pending.values(), *(socket.trouble for socket in self._sockets), self.screen.trouble]
        return "; ".join(dict.fromkeys(filter(None, troubles)))

    @property
    def _connected(self) -> bool:
        return not self._pending and all(socket.up for socket in self._sockets)

    def space(self, at: Where) -> Workspace:
        """Return the workspace of a place; the first where a place names none."""
        if at.team in self._spaces:
            return self._spaces[at.team]
        if self._pending:
            raise ConnectionError("not every workspace is connected yet")
        if at.team:
            raise DeliveryRefused(f"there is no token for the workspace {at.team}")
        return next(iter(self._spaces.values()))

    # --- life ---------------------------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Connect, and keep everything up until cancelled."""
        self._places.load(await self._shop.store.places(PREFIX, self._shop.clock.now() - KNOWN))
        async with asyncio.TaskGroup() as group:
            for nth, token in enumerate(self._access.bot_tokens):
                group.create_task(self._join(nth, token))
            for socket in self._sockets:
                group.create_task(self._connect(socket))
            for room in self._access.rooms:
                group.create_task(self._board(room).keep(self._access.board, lambda: self.ready))
            group.create_task(self._note_alive())
            group.create_task(self._look_at_roles())

    def _board(self, room: str) -> Board:
        at = where(room if room.startswith(PREFIX) else PREFIX + room)
        works = lambda queue: self._access.room_of(queue) == at.channel  # noqa: E731
        return Board(self._shop, at.place, works, SlackWall(at, self.space, self._pace))

    async def drain(self) -> None:
        """Take nothing any more; what is in hand comes to its end, and is acknowledged."""
        await self._intake.drain()

    async def stop(self) -> None:
        """End what goes on beside."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    def _socket(self, token: str) -> Socket:
        return Socket(
            lambda: self._app,
            new_client(self._access, token, self._session),
            heard=lambda: self._intake.heard,
            fresh=lambda: self._spawn(self._away.back()),
            probe=self._away.probe,
        )

    async def _join(self, nth: int, token: str) -> None:
        """Learn who the bot is in a workspace; for as long as it takes."""
        client, pause = new_client(self._access, token, self._session), _PAUSE
        while nth in self._pending:
            try:
                space = Workspace(client, await called(client, "auth.test"))
                self._spaces[space.team] = space
                del self._pending[nth]
            except Exception as error:
                told = str(error) or type(error).__name__
                if self._pending[nth] != told:
                    log.error("Slack's bot token %d: %s", nth + 1, told)
                self._pending[nth] = told
                await asyncio.sleep(pause)
                pause = min(pause * 2, _PAUSE_MOST)
        self._known.set()
        self._intake.complete = not self._pending
        if not self._sockets or any(socket.up for socket in self._sockets):
            self._spawn(self._away.back())  # else a fresh socket will

    async def _connect(self, socket: Socket) -> None:
        """Open a socket when the first workspace is known, so that what arrives can be taken."""
        await self._known.wait()
        await socket.keep()

    async def _note_alive(self) -> None:
        """Note until when everything was heard, now and then and at the end."""
        try:
            while True:
                await asyncio.sleep(ALIVE_EACH)
                if self._connected:
                    await self._away.note()
        finally:
            if self._connected:
                await self._away.note()

    async def _look_at_roles(self) -> None:
        """Learn now and then who works here by Slack's user groups."""
        await self._known.wait()
        while True:
            for space in list(self._spaces.values()):
                await roles.look(self._access, self._shop, space)
            await asyncio.sleep(roles.EACH if not self._pending else _PAUSE)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    # --- what comes in ------------------------------------------------------------------------------------------------

    async def _take(self, space: Workspace, body: Body) -> Ack:
        event = body.get("event")
        if event is None:
            return await self._controls.take(space, body)
        if event.get("type") == "app_home_opened":
            if event.get("tab") == "home":
                self._spawn(self._show_home(space, str(event["user"])))
            return None
        if event.get("type") in roles.CHANGES:
            self._spawn(roles.look(self._access, self._shop, space))
            return None
        try:
            told = await self._ears.hear(space, event)
        except StoreError:
            raise
        except Exception as error:  # it would come again three times, and be understood no better
            log.error("an event was not understood, and is left out: %s", at_fault(error))
            return None
        await self._store(space, event, told)
        return None

    async def _hear(self, space: Workspace, event: Message) -> int:
        """Store what an event that was found in the history means; return how much of it was new."""
        return await self._store(space, event, await self._ears.hear(space, event))

    async def _store(self, space: Workspace, event: Message, told: Told) -> int:
        new = sum([await self._shop.accept(each) for each in told.events])
        if told.not_staff:
            text = mrkdwn(word(self._shop.catalog, "ui_not_staff"))
            thread = str(event.get("thread_ts") or "")
            self._spawn(space.whisper(str(event["channel"]), told.not_staff, text, thread))
        return new

    async def _show_home(self, space: Workspace, user: str) -> None:
        try:
            agent = self._controls.glances.agent(space, user)
            if agent:
                view = await self._controls.glances.home(agent)
            else:
                view = blocks.home_view(self._shop.catalog, await self._controls.own_cases(space, user))
            await space.write("views.publish", user_id=user, view=view)
        except Exception as error:  # it is shown when it is opened the next time
            log.info("the Home tab was not shown: %s", type(error).__name__)
