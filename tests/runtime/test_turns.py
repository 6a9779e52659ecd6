"""Turns: in order, one at a time, never blocked, never twice."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.dialog.events import Event
from bot.dialog.state import Dossier, Turn
from bot.ports import Batch
from bot.store.sqlite import SqliteStore
from tests.runtime.engine import advance
from tests.runtime.fakes import FakeChannel, Watch, message, opened, running


async def test_a_message_is_answered(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        assert await runtime.accept(message("ana", "hello"))
        await runtime.idle()
    assert channel.shown == {"web:ana": ["1 echo hello"]}


async def test_a_repeated_delivery_of_a_message_is_recognised(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        event = message("ana", "hello", key="same")
        together = await asyncio.gather(*(runtime.accept(event) for _ in range(3)))
        await runtime.idle()
        later = await runtime.accept(event)
        await runtime.idle()
    assert sorted(together, reverse=True) == [True, False, False]
    assert not later
    assert channel.shown == {"web:ana": ["1 echo hello"]}


async def test_one_customers_messages_are_answered_in_order(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await asyncio.gather(*(runtime.accept(message("ana", f"m{n}")) for n in range(50)))
        await runtime.idle()
    assert channel.shown["web:ana"] == [f"{n + 1} echo m{n}" for n in range(50)]


async def test_effects_of_one_turn_go_out_in_order(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "twice"))
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 one", "1 two"]


async def test_each_new_case_has_its_own_number(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        await asyncio.gather(*(runtime.accept(message(name, "case")) for name in "abc"))
        await runtime.idle()
        assert sorted(case.number for case in await store.board()) == [1, 2, 3]
        assert await store.next_case() == 4


async def test_a_failing_engine_takes_the_way_out_and_the_queue_goes_on(
    store: SqliteStore, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(store, channel) as runtime:
        for text in ("crash", "hello"):
            await runtime.accept(message("ana", text))
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 sorry", "2 echo hello"]
    assert "ValueError at" in caplog.text
    assert "cannot do" not in caplog.text


async def test_a_way_out_that_fails_too_holds_up_nobody(
    store: SqliteStore, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Turn:
        raise ValueError

    monkeypatch.setattr("tests.runtime.fakes.broken", fail)
    async with running(store, channel) as runtime:
        for text in ("crash", "hello"):
            await runtime.accept(message("ana", text))
        await runtime.idle()
        assert len(await store.waiting()) == 1
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_a_turn_that_can_never_be_committed_is_taken_as_broken(store: SqliteStore, channel: FakeChannel) -> None:
    def engine(dossier: Dossier, event: Event, catalog: Any) -> Turn:
        turn = advance(dossier, event, catalog)
        return Turn(id="same", dossier=turn.dossier, effects=turn.effects, trace=turn.trace)

    async with running(store, channel, engine=engine) as runtime:
        for name in ("ana", "bob"):
            await runtime.accept(message(name, "hello"))
            await runtime.idle()
    assert channel.shown == {"web:ana": ["1 echo hello"], "web:bob": ["1 sorry"]}


async def test_a_turn_on_an_outdated_dossier_runs_again(store: SqliteStore, file: Path, channel: FakeChannel) -> None:
    other_channel = FakeChannel()
    other_store = await SqliteStore.open(str(file))
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "first"))
        await runtime.idle()
        async with running(other_store, other_channel) as other:
            await other.accept(message("ana", "second"))
            await other.idle()
        await runtime.accept(message("ana", "third"))
        await runtime.idle()
    await other_store.close()
    shown = [*channel.shown["web:ana"], *other_channel.shown["web:ana"]]  # either may deliver what the other decided
    assert sorted(shown) == ["1 echo first", "2 echo second", "3 echo third"]


async def test_two_bots_on_one_file_answer_each_message_once(
    store: SqliteStore, file: Path, channel: FakeChannel
) -> None:
    other_store = await SqliteStore.open(str(file))
    async with running(store, channel) as one, running(other_store, channel) as two:
        for n in range(20):
            await asyncio.gather(*(bot.accept(message("ana", f"{name}{n}")) for bot, name in ((one, "a"), (two, "b"))))
        for _ in range(3):  # what one has accepted, the other may find
            await asyncio.sleep(0.1)
            await asyncio.gather(one.idle(), two.idle())
    await other_store.close()
    said = [text.split(" ", 1) for text in channel.order]
    assert [n for n, _ in said] != []
    assert sorted(f"echo {name}{n}" for name in "ab" for n in range(20)) == sorted(text for _, text in said)
    assert [str(n + 1) for n in range(40)] == sorted((n for n, _ in said), key=int)


async def test_a_dossier_that_cannot_be_read_stops_only_its_own_customer(
    store: SqliteStore, channel: FakeChannel
) -> None:
    await store._database.rows("INSERT INTO dossiers VALUES ('bob', 1, '{\"customer\": 7}')")
    async with running(store, channel) as runtime:
        await asyncio.gather(*(runtime.accept(message(name, "hello")) for name in ("ana", "bob", "cleo")))
        await runtime.idle()
        assert [row.event.customer for row in await store.waiting()] == ["bob"]
    assert sorted(channel.shown) == ["web:ana", "web:cleo"]


async def test_watchers_see_a_turn_before_its_effects_go_out(store: SqliteStore, channel: FakeChannel) -> None:
    class Look(Watch):
        def turned(self, customer: str, event: Event, turn: Turn) -> None:
            super().turned(customer, event, turn)
            seen.append(len(channel.attempts))
            raise RuntimeError("a watcher's fault is its own")

    seen: list[int] = []
    watch = Look()
    async with running(store, channel, watchers=(watch,)) as runtime:
        await runtime.accept(message("ana", "hello"))
        await runtime.idle()
    assert watch.turns == [("ana", "c1.1")]
    assert seen == [0]
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_a_flow_is_kept_while_somebody_is_in_it(file: Path, channel: FakeChannel) -> None:
    store = await opened(file)
    async with running(store, channel) as runtime:
        await runtime.accept(message("ana", "flow f1"))
        await runtime.accept(message("bob", "flow f2"))
        await runtime.accept(message("bob", "flow f3"))
        await runtime.idle()
        assert await store.flows() == {name: f"flow {name}".encode() for name in ("f1", "f2", "f3")}
    async with running(store, channel):
        assert await store.flows() == {name: f"flow {name}".encode() for name in ("f1", "f3")}
    await store.close()


async def test_events_that_another_process_inserts_are_taken(
    store: SqliteStore, file: Path, channel: FakeChannel
) -> None:
    async with running(store, channel) as runtime:
        command = await SqliteStore.open(str(file))
        await command.commit(Batch(accepted=[message("ana", "hello")]))
        await command.close()
        await asyncio.sleep(0.1)
        await runtime.idle()
    assert channel.shown["web:ana"] == ["1 echo hello"]


async def test_nothing_that_a_customer_wrote_is_logged(
    store: SqliteStore, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "frontdesk")
    channel.faults["web:ana"] = [OSError("gone")]
    async with running(store, channel) as runtime:
        for text in ("zebra", "crash zebra", "call break"):
            await runtime.accept(message("ana", text))
        await runtime.idle()
    assert "zebra" not in caplog.text
