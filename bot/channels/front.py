"""A front: a channel with a connection of its own to keep up, as Slack's and Discord's have."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bot.channels.files import Files
from bot.channels.finding import Finding
from bot.errors import FrontdeskError
from bot.ports import Channel, Shop

log = logging.getLogger("frontdesk.fronts")

RETRY, RETRY_MOST = 1.0, 60.0  # seconds until a front that has failed is put up again
STEADY = 300.0  # seconds of service after which a failure counts as the first again
LOOK = 0.2  # seconds between looks at whether a front is ready
GONE = 3.0  # seconds without a connection until that is worth a word: platforms ask for a new one many times a day


class Front(Channel, Protocol):
    """A channel that connects to a platform."""

    @property
    def ready(self) -> bool:
        """Whether it is connected, so that customers are heard."""
        ...

    @property
    def trouble(self) -> str:
        """Why it is not ready, for an operator; empty when nothing is known to be wrong."""
        ...

    async def serve(self, shop: Shop, files: Files) -> None:
        """Keep up the connection and pass on what happens there, until cancelled."""
        ...

    def routes(self) -> Sequence[Any]:
        """Return the aiohttp routes on which the platform sends its requests, if it does."""
        ...

    async def diagnose(self) -> Sequence[Finding]:
        """Connect once and look at everything that must be right on the platform."""
        ...


@asynccontextmanager
async def serving(
    fronts: Mapping[str, Front], shop: Shop, files: Files, announce: Callable[[str, bool], None]
) -> AsyncIterator[None]:
    """Serve all fronts during the block, each by itself: the failure of one never touches another."""
    tasks = [asyncio.create_task(_kept_up(name, front, shop, files), name=name) for name, front in fronts.items()]
    tasks += [asyncio.create_task(_watched(name, front, announce), name=name) for name, front in fronts.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kept_up(name: str, front: Front, shop: Shop, files: Files) -> None:
    """Serve a front for ever; one that ends, however it does, is put up again after a pause."""
    loop = asyncio.get_running_loop()
    pause = RETRY
    while True:
        began = loop.time()
        try:
            await front.serve(shop, files)
            log.error("%s has ended by itself, connecting again in %.0f s", name, pause)
        except Exception as error:
            log.error("%s has failed, connecting again in %.0f s: %s", name, pause, _told(error))
        if loop.time() - began > STEADY:
            pause = RETRY
        await asyncio.sleep(pause)
        pause = min(pause * 2, RETRY_MOST)


async def _watched(name: str, front: Front, announce: Callable[[str, bool], None]) -> None:
    """Announce when a front becomes ready, and when it no longer is."""
    loop = asyncio.get_running_loop()
    was, since = False, loop.time()
    while True:
        if front.ready == was:
            since = loop.time()
        elif front.ready or loop.time() - since >= GONE:
            was = front.ready
            announce(name, was)
        await asyncio.sleep(LOOK)


def _told(error: Exception) -> str:
    """Return an error without what people wrote: ours say nothing of it, of others only kind and place are told."""
    if isinstance(error, FrontdeskError):
        return str(error)
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    where = f" at {at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{where}"
