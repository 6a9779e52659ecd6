"""Opening a database: made, upgraded, refused, locked, damaged, full."""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.ports import Batch
from bot.store.migrate import migrate, migrations
from bot.store.sqlite import SqliteStore
from tests.store.records import accept, message


async def use(file: Path, *, exclusive: bool = False) -> None:
    store = await SqliteStore.open(str(file), exclusive=exclusive)
    try:
        await store.waiting()
        await accept(store, message())
    finally:
        await store.close()


async def test_a_database_in_memory_works() -> None:
    store = await SqliteStore.open(":memory:", exclusive=True)
    await accept(store, message())
    assert len(await store.waiting()) == 1
    await store.close()


async def test_migrations_apply_once_and_opening_again_keeps_everything(file: Path) -> None:
    for times in range(3):
        store = await SqliteStore.open(str(file))
        assert times == len(await store.waiting())
        await accept(store, message(key=f"m{times}"))
        await store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert (migrations()[-1][0],) == connection.execute("PRAGMA user_version").fetchone()
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_migrations_are_numbered_without_gaps() -> None:
    assert list(range(1, len(migrations()) + 1)) == [number for number, _ in migrations()]


def test_a_migration_that_fails_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.migrate.migrations", lambda: [(1, "CREATE TABLE a (x);\nCREATE TABLE a (x);\n")])
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            migrate(connection, str(file))
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)


async def test_processes_that_start_together_do_not_collide(file: Path) -> None:
    stores = await asyncio.gather(*(SqliteStore.open(str(file)) for _ in range(8)))
    await asyncio.gather(*(accept(store, message(key=f"k{n}")) for n, store in enumerate(stores)))
    assert len(await stores[0].waiting()) == 8
    for store in stores:
        await store.close()


async def test_a_database_of_a_newer_program_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreError, match=r"desk\.db was written by a newer Frontdesk \(schema 999"):
        await SqliteStore.open(str(file))


async def test_a_second_bot_on_the_same_database_is_refused_by_process_number(file: Path) -> None:
    first = await SqliteStore.open(str(file), exclusive=True)
    with pytest.raises(StoreError, match=rf"is already served by process {os.getpid()}\."):
        await SqliteStore.open(str(file), exclusive=True)
    command = await SqliteStore.open(str(file))
    await command.close()
    await first.close()
    again = await SqliteStore.open(str(file), exclusive=True)
    await again.close()


async def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    with file.open("w") as diary:
        diary.write("dear diary, " * 100)
    with pytest.raises(StoreError, match=r"desk\.db is not a Frontdesk database"):
        await SqliteStore.open(str(file))


async def test_a_damaged_database_is_named_with_the_way_to_save_it(file: Path) -> None:
    store = await SqliteStore.open(str(file))
    await accept(store, *(message(text="x" * 500, key=f"k{n}") for n in range(500)))
    await store.close()
    page = 4096
    with file.open("r+b") as raw:
        raw.seek(page)
        raw.write(os.urandom(page * 40))
    with pytest.raises(StoreError, match=r"desk\.db is damaged\. .*recover"):
        await use(file)


async def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await SqliteStore.open(str(tmp_path))


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    for exclusive in (True, False):
        with pytest.raises(StoreError, match=r"nowhere/desk\.db"):
            await SqliteStore.open(str(tmp_path / "nowhere" / "desk.db"), exclusive=exclusive)


@contextmanager
def without_rights() -> Iterator[None]:
    """Run as a user without rights: nothing is read-only for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("exclusive", [True, False])
async def test_a_database_that_may_not_be_written_is_named(exclusive: bool) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        file = Path(name, "desk.db")
        store = await SqliteStore.open(str(file))
        await store.close()
        os.chmod(file, 0o444)
        os.chmod(name, 0o555)
        with without_rights(), pytest.raises(StoreError, match=r"desk\.db.* (cannot be written|cannot be opened)"):
            await use(file, exclusive=exclusive)


async def test_a_lock_held_too_long_is_named_and_passes(file: Path) -> None:
    store = await SqliteStore.open(str(file), patience=0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"desk\.db is locked by another program"):
            await accept(store, message())
        other.execute("ROLLBACK")
    assert await accept(store, message()) == [1]
    await store.close()


async def test_a_full_disk_is_named_writes_nothing_and_passes(file: Path) -> None:
    store = await SqliteStore.open(str(file))
    await store._database.rows("PRAGMA max_page_count = 1")
    events = [message(text="x" * 1000, key=f"k{n}") for n in range(200)]
    with pytest.raises(StoreError, match=r"desk\.db cannot grow: its disk is full"):
        await store.commit(Batch(accepted=events))
    assert await store.waiting() == []
    await store._database.rows("PRAGMA max_page_count = 100000")
    assert len(await accept(store, *events)) == 200
    await store.close()


async def test_a_closed_store_says_so(file: Path) -> None:
    store = await SqliteStore.open(str(file))
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="has been closed"):
        await store.waiting()
