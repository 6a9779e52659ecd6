"""When the database takes nothing: what is not stored is not acknowledged, what was decided is not lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import FakeChannel, message, running, until


@pytest.fixture
async def hasty(file: Path) -> AsyncIterator[SqliteStore]:
    """A store that waits only a moment for a lock."""
    store = await SqliteStore.open(str(file), exclusive=True, patience=0.05)
    yield store
    await store.close()


def locked(file: Path) -> sqlite3.Connection:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_a_message_that_cannot_be_stored_is_refused_and_can_be_sent_again(
    hasty: SqliteStore, file: Path, channel: FakeChannel
) -> None:
    async with running(hasty, channel) as runtime:
        other = locked(file)
        together = await asyncio.gather(
            *(runtime.accept(message("ana", "hello", key=f"k{n}")) for n in range(3)), return_exceptions=True
        )
        assert all(isinstance(error, StoreError) and "locked by another program" in str(error) for error in together)
        await runtime.idle()
        other.execute("ROLLBACK")
        other.close()
        assert await runtime.accept(message("ana", "hello", key="k0"))
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_turns_and_marks_are_kept_until_the_store_takes_them(
    hasty: SqliteStore, file: Path, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    gate = channel.gates["web:ana"] = asyncio.Event()
    async with running(hasty, channel) as runtime:
        await runtime.accept(message("ana", "hello"))
        await until(lambda: channel.attempts)
        other = locked(file)
        gate.set()
        await asyncio.sleep(0.2)
        with pytest.raises(StoreError):
            await runtime.accept(message("bob", "hello"))
        assert len(await hasty.outgoing()) == 1
        other.execute("ROLLBACK")
        other.close()
        await runtime.idle()
        assert await hasty.outgoing() == []
    assert "cannot be stored, trying again" in caplog.text


async def test_stopping_with_a_locked_database_ends_and_loses_nothing(
    hasty: SqliteStore, file: Path, channel: FakeChannel
) -> None:
    gate = channel.gates["web:ana"] = asyncio.Event()
    async with asyncio.timeout(3):
        async with running(hasty, channel) as runtime:
            await runtime.accept(message("ana", "hello"))
            await until(lambda: channel.attempts)
            other = locked(file)
            gate.set()
        with pytest.raises(StoreError, match="stopping"):
            await runtime.accept(message("bob", "hello"))
    other.execute("ROLLBACK")
    other.close()
    async with running(hasty, channel) as runtime:
        await runtime.idle()
        assert await hasty.outgoing() == []
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_a_full_disk_refuses_messages_whole(file: Path, channel: FakeChannel) -> None:
    store = await SqliteStore.open(str(file), exclusive=True)
    async with running(store, channel) as runtime:
        await store._database.rows("PRAGMA max_page_count = 1")  # below its size: it may not grow
        accepted = 0

        async def fill() -> None:
            nonlocal accepted
            while True:
                accepted += await runtime.accept(message("ana", "x" * 4000))

        with pytest.raises(StoreError, match="disk is full"):
            await fill()
        ((stored,),) = await store._database.rows("SELECT count(*) FROM inbox")
        assert stored == accepted
        await store._database.rows("PRAGMA max_page_count = 1000000")
        assert await runtime.accept(message("ana", "hello", key="after"))
        await runtime.idle()
        assert await store.waiting() == []
        assert await store.outgoing() == []
    await store.close()
    assert channel.shown["web:ana"][-1].endswith("echo hello")
