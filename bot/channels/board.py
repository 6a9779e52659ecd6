"""The pinned board: one message in each staff channel that shows the desk, and is kept up to date in place.

It stands back behind people's messages, is edited only when its words change, and is found again after a restart. What
it cannot do now it tries again later; a pin that is refused keeps nobody from reading it.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Protocol
from uuid import uuid4

from bot.channels.deskpage import board
from bot.ports import Shop

log = logging.getLogger("frontdesk.board")

EACH = 10.0  # seconds between looks
_ANEW = 60  # looks after which it is made sure that it still stands there, and is pinned


class Wall(Protocol):
    """Where a board hangs."""

    async def quiet(self) -> bool:
        """Tell whether nobody else's messages wait to go there."""
        ...

    async def post(self, text: str, mark: str) -> str:
        """Show the board (neutral markup), with a mark by which it can be found, and return its id."""
        ...

    async def find(self, text: str, mark: str) -> str:
        """Return the id of the board that was posted so; nothing when it is not there."""
        ...

    async def edit(self, shown: str, text: str) -> bool:
        """Put another text in its place; False when it is gone."""
        ...

    async def pin(self, shown: str) -> str:
        """Pin it, if it is not; return why that cannot be, or nothing."""
        ...


class Board:
    """The board of one staff channel; `works` tells whether a queue's cases are worked there."""

    def __init__(self, shop: Shop, room: str, works: Callable[[str], bool], wall: Wall) -> None:
        self._shop = shop
        self._setting = f"board:{room}"
        self._room = room
        self._works = works
        self._wall = wall
        self._looks = 0
        self._sure = False
        self._told = ""

    async def keep(self, each: float, ready: Callable[[], bool]) -> None:
        """Look now and then, until cancelled."""
        while True:
            await asyncio.sleep(each)
            if not ready() or self._shop.paused:
                continue
            try:
                await self.look()
            except Exception as error:  # whatever it is, people's work goes on without
                self._tell(f"the board in {self._room} waits: {type(error).__name__}")

    async def look(self) -> None:
        """Bring the board up to date, if its words have changed; now and then, make sure that it is there."""
        cases = [case for case in await self._shop.store.board() if self._works(case.queue)]
        kept = json.loads(await self._shop.store.setting(self._setting) or "{}")
        if not cases and not kept:
            return  # there was never anything to show
        self._looks += 1
        self._sure = self._sure and self._looks % _ANEW != 0
        text = board(self._shop.catalog, cases, self._shop.clock.now())
        digest = sha256(text.encode()).hexdigest()
        if (self._sure and digest == kept.get("digest")) or not await self._wall.quiet():
            return
        shown = kept.get("shown") or await self._begun(kept)
        if not shown or not await self._wall.edit(shown, text):
            mark = uuid4().hex
            await self._shop.store.set(self._setting, json.dumps({"mark": mark, "text": text}))
            shown, self._sure = await self._wall.post(text, mark), False
        await self._shop.store.set(self._setting, json.dumps({"shown": shown, "digest": digest}))
        if not self._sure:
            self._tell(await self._wall.pin(shown))
            self._sure = True

    async def _begun(self, kept: Mapping[str, str]) -> str:
        """Return the board that was posted, if the bot ended before it could note that."""
        return await self._wall.find(kept["text"], kept["mark"]) if "mark" in kept else ""

    def _tell(self, trouble: str) -> None:
        """Note what is wrong, once."""
        if trouble and trouble != self._told:
            log.warning("%s", trouble)
        self._told = trouble
