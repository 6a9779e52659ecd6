"""Waiting for a change without polling: whoever changes something rings, whoever waits looks again."""

import asyncio
import time
from collections.abc import Callable

# A condition may look at the bot too, whose changes ring no bell here: so those who wait look by themselves as well.
GLANCE = 0.1


class Bell:
    """One place to wait at."""

    def __init__(self) -> None:
        self._event: asyncio.Event | None = None

    def ring(self) -> None:
        """Wake all who wait now."""
        if self._event is not None:
            self._event.set()
            self._event = None

    async def _rung(self, within: float) -> None:
        if self._event is None:
            self._event = asyncio.Event()
        event = self._event
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            pass

    async def until(self, condition: Callable[[], object], timeout: float) -> bool:  # noqa: ASYNC109
        """Wait till `condition` holds; say whether it did in time."""
        end = time.monotonic() + timeout
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            await self._rung(min(left, GLANCE))
        return True
