"""Bringing a database up to this program's schema: numbered files, in order, once each.

`PRAGMA user_version` is the number of the last file applied. Each file is one transaction that takes the write lock
before it looks, so two processes that start together do not collide.
"""

import re
import sqlite3
from collections.abc import Iterator
from importlib import resources

from bot.errors import StoreError


def migrations() -> list[tuple[int, str]]:
    """Return number and SQL of every migration, in order."""
    files = resources.files("bot.store.migrations").iterdir()
    numbered = [(re.fullmatch(r"(\d{4})_\w+\.sql", file.name), file) for file in files]
    return sorted((int(match[1]), file.read_text(encoding="utf-8")) for match, file in numbered if match)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Apply the migrations that this database has not seen; refuse one that is newer than the program."""
    steps = migrations()
    newest = steps[-1][0]
    if _version(connection) > newest:
        raise StoreError(
            f"{path} was written by a newer Frontdesk (schema {_version(connection)}, this program knows {newest}). "
            "Install that version again, or name another file."
        )
    for number, script in steps:
        if number > _version(connection):
            _apply(connection, number, script)


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if number > _version(connection):
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """Split a script; `executescript` would not do, since it commits before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
