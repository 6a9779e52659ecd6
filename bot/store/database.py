"""One SQLite file, one connection, one thread; and a whole unit of work in one hop to that thread.

A hop to aiosqlite's thread costs 50-90 µs and a statement about 4, so statements are not awaited one by one: a unit of
work is a plain function of the connection. aiosqlite lets us choose the connection's class and calls its `commit` on
the thread; ours runs the next unit of work there. Everything used is aiosqlite's public interface.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import aiosqlite

from bot.errors import StoreError
from bot.store.failures import explained
from bot.store.migrate import migrate

R = TypeVar("R")
Work = Callable[[sqlite3.Connection], R]


class _Staged(sqlite3.Connection):
    """A connection whose `commit` runs the unit of work that was staged first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staged: deque[Callable[[], None]] = deque()

    def commit(self) -> None:
        self.staged.popleft()()


class Database:
    """Runs units of work on the file's thread and turns SQLite's failures into StoreErrors that name the file."""

    def __init__(self, path: str, patience: float) -> None:
        self.path = path
        self.hops = 0
        self._patience = patience
        self._open = False
        self._connection: list[_Staged] = []
        self._thread: threading.Thread | None = None
        self._link = aiosqlite.connect(
            path, factory=self._connect, isolation_level=None, timeout=patience, cached_statements=256
        )

    def _connect(self, *args: Any, **kwargs: Any) -> _Staged:
        self._thread = threading.current_thread()
        self._connection.append(_Staged(*args, **kwargs))
        return self._connection[0]

    async def open(self) -> None:
        """Connect, and bring the schema up to date."""
        try:
            await self._link
        except sqlite3.Error as error:
            if self._thread:  # its last act is to call our event loop, which may be closed soon after a failed start
                self._thread.join()
            raise explained(error, self.path) from error
        self._open = True
        try:
            await self.run(lambda connection: _prepare(connection, self.path, self._patience))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish the work at hand and close the file."""
        if self._open:
            self._open = False
            await self._link.close()

    async def run(self, work: Work[R]) -> R:
        """Run `work` on the file's thread: one hop."""
        if not self._open:
            raise StoreError(f"{self.path} has been closed.")
        (connection,) = self._connection
        results: list[R] = []
        connection.staged.append(lambda: results.append(work(connection)))
        self.hops += 1
        try:
            await self._link.commit()
        except sqlite3.Error as error:
            raise explained(error, self.path) from error
        return results[0]

    async def transact(self, work: Work[R]) -> R:
        """Run `work` in a transaction of its own: all of it or nothing."""

        def run(connection: sqlite3.Connection) -> R:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite itself has rolled back when the disk was full
                    connection.execute("ROLLBACK")
                raise
            return result

        return await self.run(run)

    async def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """Return the rows of a query."""
        return await self.run(lambda connection: connection.execute(sql, parameters).fetchall())


def _prepare(connection: sqlite3.Connection, path: str, patience: float) -> None:
    _write_ahead(connection, patience)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection, path)


def _write_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to a write-ahead log. Two processes that do so at once may find it locked, without SQLite waiting."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
