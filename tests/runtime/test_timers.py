"""Deadlines fire once, in order, however long nobody looked; the clock can be told to move."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.runtime.clock import FixedClock, Movable, ShiftedClock, SystemClock
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import START, FakeChannel, message, opened, running


async def test_a_deadline_rings_by_itself_when_it_is_due(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, clock=SystemClock()) as runtime:
        await runtime.accept(message("ana", "remind far 3600", at=datetime.now(UTC)))
        await runtime.accept(message("ana", "remind near 0.3", at=datetime.now(UTC)))
        await runtime.idle()
        assert len(channel.shown["web:ana"]) == 2
        await asyncio.sleep(0.5)
        await runtime.idle()
    assert channel.shown["web:ana"][2:] == ["3 reminder near"]


async def test_deadlines_missed_while_the_bot_was_down_fire_once_at_the_start(
    store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel) as runtime:
        for n in range(20):
            await runtime.accept(message(f"c{n}", f"remind m {60 + n}"))
        await runtime.idle()
    channel.order.clear()
    for _ in range(2):
        async with running(store, channel, clock=FixedClock(START + timedelta(days=30))) as runtime:
            await asyncio.sleep(0.1)
            await runtime.idle()
    assert channel.order == ["2 reminder m"] * 20
    assert await store.next_due() is None


async def test_two_bots_on_one_file_fire_a_deadline_once(store: SqliteStore, file: Path, channel: FakeChannel) -> None:
    late = FixedClock(START + timedelta(days=1))
    async with running(store, channel) as runtime:
        for n in range(10):
            await runtime.accept(message(f"c{n}", "remind m 60"))
        await runtime.idle()
    other = await SqliteStore.open(str(file))
    async with running(store, channel, clock=late) as one, running(other, channel, clock=late) as two:
        await asyncio.gather(one.fire_due(), two.fire_due())
        await asyncio.sleep(0.1)
        await asyncio.gather(one.idle(), two.idle())
    await other.close()
    assert sorted(text for text in channel.order if "reminder" in text) == ["2 reminder m"] * 10


async def test_a_cancelled_deadline_never_rings_and_a_restarted_one_rings_at_its_new_time(
    store: SqliteStore, channel: FakeChannel
) -> None:
    clock = FixedClock(START)
    async with running(store, channel, clock=clock) as runtime:
        for text in ("remind a 60", "remind b 60", "forget a", "remind b 120"):
            await runtime.accept(message("ana", text))
        await runtime.advance_clock(timedelta(seconds=90))
        assert "5 reminder b" not in channel.order
        await runtime.advance_clock(timedelta(seconds=90))
    assert [text for text in channel.order if "reminder" in text] == ["5 reminder b"]


async def test_moving_the_clock_stands_at_each_deadline_in_order_of_due(
    store: SqliteStore, channel: FakeChannel
) -> None:
    clock = FixedClock(START)
    times: list[tuple[str, datetime]] = []

    class Look:
        def turned(self, customer: str, event: object, turn: object) -> None:
            times.append((customer, clock.now()))

    async with running(store, channel, clock=clock, watchers=(Look(),)) as runtime:
        for customer, seconds in (("c", 300), ("a", 100), ("b", 200), ("never", 4000)):
            await runtime.accept(message(customer, f"remind m {seconds}"))
        await runtime.idle()
        times.clear()
        await runtime.advance_clock(timedelta(hours=1))
    assert times == [(name, START + timedelta(seconds=s)) for name, s in (("a", 100), ("b", 200), ("c", 300))]
    assert clock.now() == START + timedelta(hours=1)


async def test_deadlines_listed_for_the_screens_are_earliest_first(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "remind late 100"))
        await runtime.accept(message("bob", "remind soon 50"))
        await runtime.idle()
    assert [(who, deadline.key) for who, deadline in await store.scheduled()] == [("bob", "soon"), ("ana", "late")]


async def test_a_shifted_clock_goes_on_with_its_offset_after_a_restart(file: Path) -> None:
    store = await opened(file)
    clock = ShiftedClock(store)
    await clock.load()
    await clock.move_to(datetime.now(UTC) + timedelta(days=2))
    await clock.move_to(datetime.now(UTC))
    await store.close()
    store = await opened(file)
    later = ShiftedClock(store)
    await later.load()
    await store.close()
    assert abs(later.now() - datetime.now(UTC) - timedelta(days=2)) < timedelta(seconds=5)


async def test_a_fixed_clock_goes_on_where_it_stood(store: SqliteStore) -> None:
    clock = FixedClock(START, store)
    await clock.load()
    await clock.move_to(START + timedelta(hours=5))
    again = FixedClock(START, store)
    await again.load()
    assert again.now() == START + timedelta(hours=5)


def test_only_some_clocks_can_be_moved() -> None:
    assert isinstance(FixedClock(START), Movable)
    assert not isinstance(SystemClock(), Movable)
    with pytest.raises(ValueError, match="no time zone"):
        FixedClock(START.replace(tzinfo=None))
