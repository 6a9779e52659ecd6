"""A crash at any instant loses nothing and says nothing twice."""

import asyncio
from pathlib import Path

import pytest

from bot.runtime.clock import FixedClock
from tests.runtime.fakes import (
    START,
    FakeChannel,
    FakeConnector,
    HaltingStore,
    build,
    crash,
    message,
    opened,
    running,
    until,
)


async def crashed_at(file: Path, channel: FakeChannel, text: str, halt: int, *, after: bool) -> None:
    """Run a bot that is killed at its nth batch; the platform sends again what was not acknowledged."""
    halting = await HaltingStore.open(str(file), exclusive=True)
    halting.halt_at, halting.halt_after_writing = halt, after
    runtime = build(halting, channel)
    await runtime.start()
    accepting = asyncio.create_task(runtime.accept(message("ana", text, key="m")))
    await until(lambda: halting.batches == halt)
    await asyncio.sleep(0.02)
    acknowledged = accepting.done()
    await crash(halting)
    store = await opened(file)
    async with running(store, channel) as runtime:
        if not acknowledged:
            await runtime.accept(message("ana", text, key="m"))
        await runtime.idle()
        assert await store.outgoing() == []
        assert await store.waiting() == []
    await store.close()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("halt", [1, 2, 3], ids=["accepting", "turning", "marking"])
async def test_a_message_is_answered_once_whenever_the_bot_dies(
    file: Path, channel: FakeChannel, halt: int, after: bool
) -> None:
    await crashed_at(file, channel, "hello", halt, after=after)
    assert channel.shown == {"web:ana": ["1 echo hello"]}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("halt", range(1, 6))
async def test_a_call_has_one_result_whenever_the_bot_dies(
    file: Path, channel: FakeChannel, halt: int, after: bool
) -> None:
    await crashed_at(file, channel, "call ship", halt, after=after)
    assert channel.shown == {"web:ana": ["2 result ok {'for': 'ana'}"]}


async def test_what_may_have_been_delivered_is_sent_again_as_a_repeat(file: Path, channel: FakeChannel) -> None:
    await crashed_at(file, channel, "hello", 3, after=False)
    assert [(one.id, one.repeat) for one in channel.attempts] == [("c1.1.0", False), ("c1.1.0", True)]


async def test_a_call_is_repeated_under_the_same_key(file: Path, channel: FakeChannel) -> None:
    connector = FakeConnector()
    halting = await HaltingStore.open(str(file), exclusive=True)
    halting.halt_at = 3
    runtime = build(halting, channel, connector=connector)
    await runtime.start()
    await runtime.accept(message("ana", "call ship"))
    await until(lambda: halting.batches == 3)
    await crash(halting)
    store = await opened(file)
    async with running(store, channel, connector=connector) as runtime:
        await runtime.idle()
    await store.close()
    assert connector.keys == ["c1.1.0", "c1.1.0"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("halt", [1, 2, 3], ids=["firing", "turning", "marking"])
async def test_a_deadline_fires_once_whenever_the_bot_dies(
    file: Path, channel: FakeChannel, halt: int, after: bool
) -> None:
    store = await opened(file)
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "remind m 60"))
        await runtime.idle()
    await store.close()

    late = FixedClock(START.replace(hour=12))
    halting = await HaltingStore.open(str(file), exclusive=True)
    halting.halt_at, halting.halt_after_writing = halt, after
    runtime = build(halting, channel, clock=late)
    await runtime.start()
    await until(lambda: halting.batches == halt)
    await asyncio.sleep(0.02)
    await crash(halting)

    store = await opened(file)
    async with running(store, channel, clock=late) as runtime:
        await runtime.fire_due()
        await runtime.idle()
    await store.close()
    assert channel.shown == {"web:ana": ["1 will remind m", "2 reminder m"]}
