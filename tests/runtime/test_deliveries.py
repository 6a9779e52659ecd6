"""Deliveries and calls: lanes, retries, refusals, pauses."""

import asyncio
from pathlib import Path

from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.runtime.runtime import Runtime
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import FakeChannel, FakeConnector, message, opened, running, until


def queued(runtime: Runtime) -> int:
    """Return how much waits in the longest lane, with what is in hand."""
    return max((len(lane.queue) for lane in runtime._outbox._lanes.values()), default=0)


async def test_a_failed_delivery_is_tried_again_and_keeps_its_lane_in_order(
    store: SqliteStore, channel: FakeChannel
) -> None:
    channel.faults["web:ana"] = [OSError(), OSError(), OSError()]
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "one"))
        await runtime.accept(message("ana", "two"))
        await runtime.accept(message("bob", "hello"))
        await runtime.idle()
        assert channel.shown["web:bob"] == ["1 echo hello"]
        await until(lambda: len(channel.shown["web:ana"]) == 2)
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 echo one", "2 echo two"]
    tries = [(one.attempts, one.repeat) for one in channel.attempts if one.place == "web:ana"]
    assert tries == [(0, False), (1, True), (2, True), (3, True), (0, False)]
    assert await store.outgoing() == []


async def test_a_slow_place_does_not_hold_up_another(store: SqliteStore, channel: FakeChannel) -> None:
    channel.gates["web:ana"] = asyncio.Event()
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "hello"))
        await runtime.accept(message("bob", "hello"))
        await until(lambda: channel.shown["web:bob"])
        assert channel.shown["web:ana"] == []
        channel.gates["web:ana"].set()
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_a_refused_delivery_is_final_and_becomes_an_event(store: SqliteStore, channel: FakeChannel) -> None:
    channel.faults["web:ana"] = [DeliveryRefused("they left")]
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "one"))
        await runtime.accept(message("ana", "two"))
        await runtime.idle()
    assert channel.shown["web:ana"] == ["2 echo two"]
    assert channel.shown["staff:care"] == ["lost c1.1.0"]
    assert await store.outgoing() == []


async def test_a_platform_that_asks_for_a_pause_gets_it(store: SqliteStore, channel: FakeChannel) -> None:
    channel.faults["web:ana"] = [DeliveryDelayed(0.3)]
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "one"))
        await runtime.idle()
        start = asyncio.get_running_loop().time()
        await until(lambda: channel.shown["web:ana"])
        assert asyncio.get_running_loop().time() - start > 0.2  # its own first retry comes after 0.01
        await runtime.idle()
    assert channel.attempts[-1].repeat


async def test_a_delivery_whose_receipt_was_asked_for_comes_back_once(store: SqliteStore, channel: FakeChannel) -> None:
    channel.faults["web:ana"] = [OSError()]
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "send hello"))
        await runtime.accept(message("ana", "hello"))
        await until(lambda: channel.shown["staff:care"])
        await runtime.idle()
    assert channel.shown["web:ana"] == ["hello", "2 echo hello"]
    assert channel.shown["staff:care"] == ["there c1.1.0"]


async def test_what_is_taken_back_before_anybody_tried_to_show_it_never_is(
    store: SqliteStore, channel: FakeChannel
) -> None:
    gate = channel.gates["web:ana"] = asyncio.Event()
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "hello"))
        await until(lambda: channel.attempts)
        for text in ("send oops", "send fine", "change c1.2.0 ouch", "back c1.4.0"):
            await runtime.accept(message("ana", text))
        await until(lambda: queued(runtime) == 3)  # hello, fine, and the taking back
        gate.set()
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 echo hello", "fine", "takes back c1.4.0"]
    assert channel.shown["staff:care"] == ["there c1.3.0"]
    assert await store.outgoing() == []


async def test_what_is_taken_back_while_it_is_on_its_way_is_shown_and_then_taken_back(
    store: SqliteStore, channel: FakeChannel
) -> None:
    gate = channel.gates["web:ana"] = asyncio.Event()
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "send oops"))
        await until(lambda: channel.attempts)
        await runtime.accept(message("ana", "back c1.1.0"))
        await until(lambda: queued(runtime) == 2)
        gate.set()
        await runtime.idle()
    assert channel.shown["web:ana"] == ["oops", "takes back c1.1.0"]


async def test_an_edit_is_not_left_out_when_what_it_changes_is_there_already(
    store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "send oops"))
        await runtime.idle()
        gate = channel.gates["web:ana"] = asyncio.Event()
        await runtime.accept(message("ana", "hello"))
        await until(lambda: len(channel.attempts) == 3)
        await runtime.accept(message("ana", "change c1.1.0 ouch"))
        await runtime.accept(message("ana", "back c1.4.0"))
        await until(lambda: queued(runtime) == 3)
        gate.set()
        await runtime.idle()
    assert channel.shown["web:ana"] == ["oops", "3 echo hello", "ouch", "takes back c1.4.0"]


async def test_a_private_place_that_was_found_comes_back_as_an_event(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "private"))
        await runtime.idle()
    assert channel.shown["web:ana"] == ["come here", "2 pc1.1.0 for c1.1.0"]


async def test_a_call_comes_back_as_an_event(store: SqliteStore, channel: FakeChannel) -> None:
    connector = FakeConnector()
    async with running(store, channel, connector=connector) as runtime:
        await runtime.accept(message("ana", "call ship"))
        await runtime.idle()
    assert connector.keys == ["c1.1.0"]
    assert channel.shown["web:ana"] == ["2 result ok {'for': 'ana'}"]


async def test_a_call_that_breaks_or_hangs_or_answers_nonsense_has_failed(
    store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel) as runtime:
        for action in ("break", "hang", "odd"):
            await runtime.accept(message(action, f"call {action}"))
        await runtime.idle()
    for action in ("break", "hang", "odd"):
        assert channel.shown[f"web:{action}"] == ["2 result failed None"]


async def test_a_hanging_call_stalls_only_its_own_conversation(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "call hang"))
        await runtime.accept(message("bob", "call ship"))
        await until(lambda: channel.shown["web:bob"])
        assert channel.shown["web:ana"] == []
        await runtime.idle()
    assert channel.shown["web:ana"] == ["2 result failed None"]


async def test_while_paused_nothing_is_answered_and_afterwards_everything_in_order(
    store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel) as runtime:
        await runtime.pause()
        for n in range(5):
            assert await runtime.accept(message("ana", f"m{n}"))
        await runtime.idle()
        assert channel.attempts == []
        await runtime.resume()
        await runtime.idle()
    assert channel.shown["web:ana"] == [f"{n + 1} echo m{n}" for n in range(5)]


async def test_a_pause_outlasts_a_restart(file: Path, channel: FakeChannel) -> None:
    store = await opened(file)
    async with running(store, channel) as runtime:
        await runtime.pause()
        await runtime.accept(message("ana", "hello"))
    await store.close()
    store = await opened(file)
    async with running(store, channel) as runtime:
        await runtime.idle()
        assert runtime.paused
        assert channel.attempts == []
        await runtime.resume()
        await runtime.idle()
    await store.close()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_another_process_can_pause_and_resume(store: SqliteStore, file: Path, channel: FakeChannel) -> None:
    command = await SqliteStore.open(str(file))
    async with running(store, channel) as runtime:
        await command.set("paused", "yes")
        await asyncio.sleep(0.1)
        assert runtime.paused
        await runtime.accept(message("ana", "hello"))
        await command.set("paused", None)
        await asyncio.sleep(0.1)
        await runtime.idle()
    await command.close()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_a_place_without_a_channel_waits_until_one_serves_it(file: Path, channel: FakeChannel) -> None:
    store = await opened(file)
    async with running(store, channel, prefixes=("staff",)) as runtime:
        await runtime.accept(message("ana", "hello"))
        await runtime.idle()
    async with running(store, channel) as runtime:
        await runtime.idle()
    await store.close()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_stopping_lets_an_attempt_in_hand_end_and_marks_it(file: Path, channel: FakeChannel) -> None:
    store = await opened(file)
    channel.gates["web:ana"] = asyncio.Event()
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "hello"))
        await until(lambda: channel.attempts)
        asyncio.get_running_loop().call_later(0.05, channel.gates["web:ana"].set)
    assert channel.shown["web:ana"] == ["1 echo hello"]
    assert await store.outgoing() == []
    await store.close()


async def test_stopping_does_not_wait_for_a_platform_that_hangs(file: Path, channel: FakeChannel) -> None:
    store = await opened(file)
    channel.gates["web:ana"] = asyncio.Event()
    async with asyncio.timeout(2):
        async with running(store, channel) as runtime:
            await runtime.accept(message("ana", "hello"))
            await until(lambda: channel.attempts)
    assert len(await store.outgoing()) == 1
    await store.close()
