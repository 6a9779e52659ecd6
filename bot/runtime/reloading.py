"""Hot reload: content that was edited is served without a restart; what is broken is told, and the last good stays.

Files are looked at, read and learned from in a thread; on the event loop there is only the swap, between two turns.
What has just changed is left alone until it stands still, so that a half-written file, or half a checkout, is not read.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4

from bot.dialog.catalog import Catalog
from bot.dialog.events import ContentChanged, ContentRefused, DeskChanged, Event, FileChanged
from bot.dialog.renewing import stranded
from bot.errors import FrontdeskError, StoreError
from bot.ports import Shop
from bot.runtime.blame import where
from bot.runtime.served import Served

log = logging.getLogger("frontdesk.content")

DESK = "content"  # the customer of what concerns nobody in particular
_ANYWAY = 10  # looks after which the files themselves are read, in case that a file system tells no change


class Source(Protocol):
    """Where content comes from; all of it may take long, and runs in a thread."""

    def look(self) -> object:
        """Return how it looks, without reading it; equal as long as nothing happens to it."""
        ...

    def digest(self) -> bytes:
        """Return what tells this content from other content."""
        ...

    def read(self, before: Catalog) -> Catalog:
        """Return it, with what is known `before` to save work. Raises FrontdeskError with all that is wrong."""
        ...

    def changes(self, before: Catalog, after: Catalog) -> tuple[FileChanged, ...]:
        """Return what people should know of the difference."""
        ...


class Reloading:
    """Keeps what is served the same as what is in the files."""

    def __init__(self, source: Source, served: Served[Catalog], shop: Shop) -> None:
        self._source = source
        self._served = served
        self._shop = shop
        self._look: object = None
        self._looks = 0
        self._known = served.catalog.written.digest  # of what is served, or was refused
        self._trouble: tuple[str, ...] = ()
        self._untold: list[Event] = []
        self._unsure = False  # whether there may be cases that need to be looked after

    async def keep(self, each: float) -> None:
        """Look every so many seconds, until cancelled."""
        while True:
            await asyncio.sleep(each)
            try:
                await self.look()
            except Exception as error:  # whatever it is, customers are served as before
                log.error("the content cannot be looked at: %s", where(error))

    async def look(self) -> None:
        """Read what has changed since the last look but one, and has stood still since."""
        await self._tell()
        before, self._look = self._look, await asyncio.to_thread(self._source.look)
        if self._look != before:
            self._looks = 0
            return
        self._looks += 1
        if self._looks % _ANYWAY == 1:
            await self._read()

    async def _read(self) -> None:
        digest = await asyncio.to_thread(self._source.digest)
        if digest == self._known:
            return
        try:
            catalog = await asyncio.to_thread(self._source.read, self._served.catalog)
        except FrontdeskError as error:
            self._known = digest
            self._refuse(tuple(str(error).splitlines()))
        else:
            if await asyncio.to_thread(self._source.look) != self._look:
                return  # it changed while it was read: the next looks will see
            self._known = catalog.written.digest
            await self._serve(catalog)
        await self._tell()

    def _refuse(self, problems: tuple[str, ...]) -> None:
        if problems != self._trouble:
            self._trouble = problems
            for problem in problems:
                log.error("the content is not served as it is now: %s", problem)
            self._untold.append(ContentRefused(problems=problems, **_common(self._shop, DESK)))

    async def _serve(self, catalog: Catalog) -> None:
        """Put the catalog in the place of the one before, with the older flows that people may be in."""
        before = self._served.catalog
        self._served.catalog = replace(catalog, versions={**before.versions, **catalog.versions})
        files, mended = self._source.changes(before, catalog), bool(self._trouble)
        self._trouble = ()
        log.info("the content was read again; changed in %d files", len(files))
        if files or mended:
            self._untold.append(ContentChanged(files=files, mended=mended, **_common(self._shop, DESK)))
        self._unsure = True

    async def _tell(self) -> None:
        """Pass on what is to be told; what cannot be stored now waits for the next look."""
        try:
            while self._untold:
                await self._shop.accept(self._untold[0])
                del self._untold[0]
            if self._unsure:
                await look_after(self._shop)
                self._unsure = False
        except StoreError as error:
            log.error("what became of the content is told later: %s", error)


async def look_after(shop: Shop) -> None:
    """Have each customer looked after whose case has lost its queue or its owner. Raises StoreError."""
    catalog = shop.catalog
    cases = [case for case in await shop.store.board() if stranded(case, catalog.queues, catalog.agents)]
    for customer in dict.fromkeys(case.customer for case in cases):
        await shop.accept(DeskChanged(**_common(shop, customer)))


def _common(shop: Shop, customer: str) -> dict[str, Any]:
    return {"key": f"content:{uuid4().hex}", "customer": customer, "at": shop.clock.now()}
