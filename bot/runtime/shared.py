"""The floor as turns see it: read once, moved on by each turn, and read again when somebody else has written.

So a turn costs no read for it, and sees what the turns before it did, also those that are still being committed. A copy
that another process has outdated costs a Conflict, where the turn changed what is shared; then the turn runs again.
"""

import asyncio

from bot.desk.floor import Floor
from bot.dialog.shared import after, touches
from bot.dialog.state import Turn
from bot.ports import Store


class Shared:
    """Holds the floor."""

    def __init__(self, store: Store) -> None:
        self.floor = Floor()
        self._store = store
        self._stale = True
        self._flying = 0
        self._landed = asyncio.Event()

    def outdated(self) -> None:
        """Somebody else has written."""
        self._stale = True

    async def look(self) -> None:
        """Read the floor again if it is out of date, but not before our own turns are written. Raises StoreError."""
        while self._stale:
            while self._flying:
                self._landed.clear()
                await self._landed.wait()
            self._stale = False
            try:
                self.floor = await self._store.floor()
            except BaseException:
                self._stale = True
                raise

    def took(self, turn: Turn) -> None:
        """Move on with a turn that is being committed."""
        if touches(turn.effects):
            self._flying += 1
            self.floor = after(self.floor, turn.effects)

    def landed(self, turn: Turn, *, stored: bool) -> None:
        """A turn was committed, or was not."""
        self._stale |= not stored
        if touches(turn.effects):
            self._flying -= 1
            self._landed.set()
