"""A platform, a connector and a way to run and crash a bot, for the runtime's tests."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bot.dialog.effects import OpenCase, OpenPrivate, Say, TakeBack, TellStaff, UpdateCase
from bot.dialog.events import Event, MessageReceived
from bot.dialog.files import File
from bot.dialog.state import Turn
from bot.ports import Batch, CallResult, Channel, Clock, Committed, Connector, Outgoing, Watcher
from bot.runtime.clock import FixedClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Advance, Paces, Served
from bot.store.sqlite import SqliteStore
from tests.runtime.engine import Catalog, advance, broken

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
QUICK = Paces(call=0.2, retry=0.01, retry_most=0.04, poll=0.02, grace=0.2)

_keys = count()


def message(customer: str, text: str, *, key: str = "", at: datetime = START) -> MessageReceived:
    key = key or f"m{next(_keys)}"
    return MessageReceived(key=key, customer=customer, at=at, place=f"web:{customer}", name=customer, text=text)


class FakeChannel:
    """Shows each effect once per id, as a platform with nonces does. `faults` are raised instead, first to last."""

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.order: list[str] = []
        self.attempts: list[Outgoing] = []
        self.faults: dict[str, list[Exception]] = defaultdict(list)
        self.gates: dict[str, asyncio.Event] = {}
        self.ids: set[str] = set()

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        self.attempts.append(outgoing)
        if gate := self.gates.get(outgoing.place):
            await gate.wait()
        if faults := self.faults[outgoing.place]:
            raise faults.pop(0)
        if outgoing.id not in self.ids:
            self.ids.add(outgoing.id)
            self.shown[outgoing.place].append(_text(outgoing))
            self.order.append(_text(outgoing))
        return f"p{outgoing.id}"

    async def fetch(self, file: File) -> bytes:
        raise AssertionError(file)


def _text(outgoing: Outgoing) -> str:
    match outgoing.effect:
        case Say(text=text) | TellStaff(text=text) | OpenPrivate(text=text):
            return text
        case OpenCase(case=case) | UpdateCase(case=case):
            return f"card {case.number}"
        case TakeBack(effect=effect):
            return f"takes back {effect}"
        case _:
            raise AssertionError(outgoing)


class FakeConnector:
    """Answers "ship" with a value; "hang" never, "break" with an error, "odd" with what no JSON can hold."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        self.keys.append(key)
        match action:
            case "hang":
                await asyncio.sleep(3600)
            case "break":
                raise RuntimeError("warehouse is on fire")
            case "odd":
                return CallResult(result="ok", value=object())
        return CallResult(result="ok", value={"for": args["for"]})


class HaltingStore(SqliteStore):
    """Stops for ever at its nth batch, before or after writing it: the instant at which the process will be killed."""

    halt_at = 0
    halt_after_writing = False
    batches = 0

    async def commit(self, batch: Batch) -> Committed:
        self.batches += 1
        here = self.batches == self.halt_at
        if here and not self.halt_after_writing:
            await asyncio.Event().wait()
        committed = await super().commit(batch)
        if here:
            await asyncio.Event().wait()
        return committed


class Watch:
    """Remembers the turns that it was told of."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, str]] = []

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        self.turns.append((customer, turn.id))


def build(
    store: SqliteStore,
    channel: Channel,
    *,
    clock: Clock | None = None,
    connector: Connector | None = None,
    engine: Advance = advance,
    watchers: tuple[Watcher, ...] = (),
    paces: Paces = QUICK,
    prefixes: tuple[str, ...] = ("web", "staff"),
) -> Runtime:
    return Runtime(
        store=store,
        channels=dict.fromkeys(prefixes, channel),
        connector=connector or FakeConnector(),
        clock=clock or FixedClock(START),
        served=Served(catalog=Catalog()),
        advance=engine,
        broken=broken,
        watchers=watchers,
        paces=paces,
    )


@asynccontextmanager
async def running(store: SqliteStore, channel: Channel, **options: Any) -> AsyncIterator[Runtime]:
    runtime = build(store, channel, **options)
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def crash(store: SqliteStore) -> None:
    """End every task of the runtime where it stands, as a kill does, and let go of the file."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await store.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something has come to pass, at most 5 s."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (what is watched knows nothing of us)
            await asyncio.sleep(0.002)


async def opened(path: Path) -> SqliteStore:
    return await SqliteStore.open(str(path), exclusive=True)
