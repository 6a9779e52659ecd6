"""Keeps a Socket Mode connection: connects, watches, replaces it when it is dead or deaf.

slack_sdk reconnects by itself, yet tries one URL for ever even when that has expired, and cannot tell a socket on which
nothing arrives from a quiet day. So a connection that is down for a while is thrown away with its client, and a fresh
one asks for a fresh URL; and in silence a look at the history tells whether something was missed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.workspace import called, library_log

log = logging.getLogger("frontdesk.slack")

PING, HANDSHAKE, DOWN = 5.0, 10.0, 6.0  # seconds: between pings, for a handshake, until a dead connection is replaced
SILENCE = 60.0  # seconds without any event until it is probed whether events are missed
_LOOK = 0.25
_PAUSE, _PAUSE_MOST, _PAUSE_TOKEN = 0.5, 30.0, 60.0
_TOKEN_WORDS = ("_auth", "token", "account_inactive", "missing_scope")


class Dead(Exception):
    """The connection is down, or deaf: a new one is wanted."""


class Socket:
    """One connection for one app token, for ever.

    `fresh` is called whenever a new connection stands, `probe` in silence: it tells whether something was missed.
    """

    def __init__(
        self,
        app: Callable[[], AsyncApp],
        client: AsyncWebClient,
        *,
        heard: Callable[[], int],
        fresh: Callable[[], None],
        probe: Callable[[], Awaitable[bool]],
    ) -> None:
        self.up = False
        self.trouble = "not connected yet"
        self._app = app
        self._client = client
        self._heard = heard
        self._fresh = fresh
        self._probe = probe

    async def keep(self) -> None:
        """Keep connected until cancelled."""
        pause = _PAUSE
        while True:
            try:
                await self._one()
            except Exception as error:
                self._note(error)
            hopeless = any(word in self.trouble for word in _TOKEN_WORDS)
            pause = _PAUSE if self.up else _PAUSE_TOKEN if hopeless else min(pause * 2, _PAUSE_MOST)
            self.up = False
            await asyncio.sleep(pause)

    async def _one(self) -> None:
        """Hold one client from its first connection until it is beyond hope."""
        handler = AsyncSocketModeHandler(
            self._app(), str(self._client.token), logger=library_log, web_client=self._client, ping_interval=PING
        )
        try:
            answer = await called(self._client, "apps.connections.open")
            handler.client.wss_uri = str(answer["url"])
            async with asyncio.timeout(HANDSHAKE):
                await handler.connect_async()  # type: ignore[no-untyped-call]  # tries until it stands
            await self._watch(handler)
        finally:
            await asyncio.shield(asyncio.ensure_future(_closed(handler)))

    async def _watch(self, handler: AsyncSocketModeHandler) -> None:
        """Look after the connection; raise Dead when it is down or nothing arrives on it."""
        loop = asyncio.get_running_loop()
        session: Any = None
        heard, quiet_since, well = self._heard(), loop.time(), loop.time()
        while True:
            now = loop.time()
            if await handler.client.is_connected():
                well = now
                self.up, self.trouble = True, ""
                if handler.client.current_session is not session:
                    session, quiet_since = handler.client.current_session, now
                    self._fresh()
            elif now - well > DOWN:
                raise Dead("the connection is down")
            if self._heard() != heard:
                heard, quiet_since = self._heard(), now
            if self.up and now - quiet_since > SILENCE:
                quiet_since = now
                if await self._probe():
                    raise Dead("messages stand in the channels that never arrived")
            await asyncio.sleep(_LOOK)

    def _note(self, error: Exception) -> None:
        """Log a trouble once, not each time that it goes on."""
        told = str(error) or ("the handshake failed" if isinstance(error, TimeoutError) else type(error).__name__)
        if told != self.trouble:
            log.error("Slack's socket: %s", told)
        self.trouble = told


async def _closed(handler: AsyncSocketModeHandler) -> None:
    """Close a client and all its tasks; whatever goes wrong with it, it is not needed any more."""
    tasks = [handler.client.message_processor, handler.client.current_session_monitor, handler.client.message_receiver]
    try:
        async with asyncio.timeout(3):
            await handler.close_async()  # type: ignore[no-untyped-call]
    except Exception as error:
        log.info("closing a dead socket: %s", type(error).__name__)
        await handler.client.aiohttp_client_session.close()
    for task in tasks:
        if task is not None:
            task.cancel()
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
