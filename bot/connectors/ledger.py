"""What outside systems were asked to change: written down before it is asked, and again once the answer is known.

After a crash, what was asked without an answer is looked up, not asked again.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4, uuid5

import aiosqlite
import msgspec
from msgspec import Struct

from bot.errors import StoreError
from bot.ports import CallResult

_SCHEMA = """
CREATE TABLE IF NOT EXISTS instance (id TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS requests (
    reference TEXT PRIMARY KEY, action TEXT NOT NULL, number TEXT NOT NULL, args TEXT NOT NULL, result TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS open_requests ON requests (action, number) WHERE result IS NULL;
"""


class Asked(Struct, frozen=True, kw_only=True):
    """A request for a change; `result` is None while nobody knows what became of it."""

    reference: str
    args: dict[str, Any]
    result: CallResult | None = None


class Ledger:
    """Keeps requests in an SQLite file of its own; `path` ":memory:" keeps them while the process lives."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._link: aiosqlite.Connection | None = None
        self._instance: UUID | None = None
        self._lock = asyncio.Lock()

    async def reference(self, action: str, args: dict[str, Any], key: str) -> str:
        """Return what the request is known by outside: the same for the same call, and no other bot has it."""
        async with self._opened():
            assert self._instance
            return str(uuid5(self._instance, f"{key} {action} {_plain(args)}"))

    async def asked(self, reference: str) -> Asked | None:
        """Return what is known of a request; None if it was never made."""
        async with self._opened() as link:
            rows = await link.execute_fetchall("SELECT args, result FROM requests WHERE reference = ?", (reference,))
            for args, result in rows:
                return _asked(reference, args, result)
            return None

    async def unclear(self, action: str, number: str) -> list[Asked]:
        """Return the requests for this about this order of which nobody knows what became."""
        async with self._opened() as link:
            rows = await link.execute_fetchall(
                "SELECT reference, args, result FROM requests WHERE action = ? AND number = ? AND result IS NULL",
                (action, number),
            )
            return [_asked(*row) for row in rows]

    async def all_unclear(self) -> int:
        """Return how many requests there are of which nobody knows what became."""
        async with self._opened() as link:
            ((count,),) = await link.execute_fetchall("SELECT count(*) FROM requests WHERE result IS NULL")
            return int(count)

    async def ask(self, reference: str, action: str, args: dict[str, Any]) -> None:
        """Write down that the request will now be made; on the disk when this returns."""
        async with self._opened() as link:
            await link.execute(
                "INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?, NULL)",
                (reference, action, str(args.get("number", "")), _plain(args)),
            )

    async def settle(self, reference: str, result: CallResult | None) -> None:
        """Write down what came of it; None if nothing was done, so that it was as good as never made."""
        async with self._opened() as link:
            if result is None:
                await link.execute("DELETE FROM requests WHERE reference = ?", (reference,))
            else:
                told = msgspec.json.encode(result).decode()
                await link.execute("UPDATE requests SET result = ? WHERE reference = ?", (told, reference))

    async def close(self) -> None:
        """Close the file."""
        async with self._lock:
            link, self._link = self._link, None
            if link:
                await link.close()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._lock:
            try:
                self._link = self._link or await self._open()
                yield self._link
            except sqlite3.Error as error:
                raise StoreError(f"{self._path} cannot be used for outside requests: {error}.") from error

    async def _open(self) -> aiosqlite.Connection:
        link = await aiosqlite.connect(self._path, isolation_level=None)
        try:
            await link.execute("PRAGMA journal_mode = WAL")
            await link.execute("PRAGMA synchronous = FULL")
            await link.executescript(_SCHEMA)
            await link.execute(
                "INSERT INTO instance SELECT ? WHERE NOT EXISTS (SELECT 1 FROM instance)", (str(uuid4()),)
            )
            ((instance,),) = await link.execute_fetchall("SELECT id FROM instance")
        except BaseException:
            await link.close()
            raise
        self._instance = UUID(instance)
        return link


def _plain(args: dict[str, Any]) -> str:
    return msgspec.json.encode(args, order="deterministic").decode()


def _asked(reference: str, args: str, result: str | None) -> Asked:
    known = msgspec.json.decode(result, type=CallResult) if result else None
    return Asked(reference=reference, args=msgspec.json.decode(args), result=known)
