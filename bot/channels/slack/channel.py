"""Slack as a channel of the house: what the runtime and the server hold in their hands."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from bot.channels.files import Files
from bot.channels.finding import Finding
from bot.channels.modes import Moded
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.desk import Desk
from bot.channels.slack.diagnose import diagnose
from bot.channels.slack.fetching import fetch
from bot.channels.slack.intake import route
from bot.channels.slack.places import where
from bot.channels.slack.workspace import new_session
from bot.dialog.files import File
from bot.ports import Outgoing, Shop


class SlackChannel:
    """The app in its workspaces."""

    def __init__(self, access: SlackAccess) -> None:
        if access.mode == "http" and not access.signing_secret:
            raise ValueError("Slack's mode http needs the signing secret: nobody else's requests may be taken")
        self._access = access
        self._desk: Desk | None = None

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether every workspace is known, every socket up (in socket mode), and no staff channel found closed."""
        return self._desk is not None and self._desk.ready

    @property
    def trouble(self) -> str:
        """Why it is not ready; empty when nothing is known to be wrong."""
        return self._desk.trouble if self._desk else "not started"

    async def serve(self, shop: Shop, files: Files) -> None:
        """Serve until cancelled; what is in hand then comes to its end."""
        async with new_session() as session:
            self._desk = desk = Desk(self._access, Moded(shop, self._access.who_speaks), files, session)
            work = asyncio.ensure_future(desk.serve())
            try:
                await asyncio.wait([work])
                await work
            finally:
                await desk.drain()
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                await desk.stop()
                self._desk = None

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the route for Slack's requests in HTTP mode; there is none in socket mode."""
        if self._access.mode == "socket":
            return ()
        return (route(lambda: self._desk.app if self._desk else None),)

    async def diagnose(self) -> Sequence[Finding]:
        """Connect once and look at everything that must be right on Slack."""
        return await diagnose(self._access)

    # --- Channel ------------------------------------------------------------------------------------------------------

    def lane(self, place: str) -> str:
        """Each thread and each DM is a lane; so is a staff room, with its cards and their threads."""
        at = where(place)
        return f"{at.channel}/{at.thread}"

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect and return the ids of what shows it."""
        return await self._open_desk().screen.show(outgoing)

    async def fetch(self, file: File) -> bytes:
        """Return the bytes of a file that stands on Slack."""
        desk = self._open_desk()
        return await fetch(desk.space(where(file.at)), file, desk.most)

    def _open_desk(self) -> Desk:
        if self._desk is None:
            raise ConnectionError("Slack is not being served now")
        return self._desk
