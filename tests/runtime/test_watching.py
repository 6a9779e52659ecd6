"""Watched orders on the whole runtime: news is told once, and is not lost, at whatever instant the bot is killed."""

from pathlib import Path
from typing import Any

import pytest

from bot.content import load, shipped_folder
from bot.dialog import engine
from bot.dialog.catalog import Catalog
from bot.ports import CallResult
from bot.runtime.clock import FixedClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Served
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import QUICK, START, FakeChannel, HaltingStore, crash, message, opened, until

PLACE = "web:ana"


class Orders:
    """An order that is packed, and then moves."""

    def __init__(self) -> None:
        self.order: dict[str, Any] = {
            "number": "67890", "status": "packed", "email": "", "ordered_on": "2026-11-01", "items": [],
            "total": "5.00", "currency": "GBP", "carrier": "", "tracking": "", "shipped_on": None, "eta": None,
            "delivered_on": None, "refund": "none", "refund_on": None, "action_needed": "", "address": "",
        }  # fmt: skip

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        assert action == "find_order"
        return CallResult(result="found", value=self.order)


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load(shipped_folder())


def bot(store: SqliteStore, channel: FakeChannel, orders: Orders, catalog: Catalog, clock: FixedClock) -> Runtime:
    return Runtime(
        store=store,
        channels={"web": channel, "staff": channel},
        connector=orders,
        clock=clock,
        served=Served(catalog=catalog),
        advance=engine.advance,
        broken=engine.broken,
        watchers=(),
        paces=QUICK,
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("halt", range(1, 6), ids=["firing", "looking", "hearing", "telling", "marking"])
async def test_news_is_told_once_whenever_the_bot_dies(
    file: Path, channel: FakeChannel, shipped: Catalog, halt: int, after: bool
) -> None:
    orders, clock = Orders(), FixedClock(START)
    store = await opened(file)
    runtime = bot(store, channel, orders, shipped, clock)
    await runtime.start()
    for text in ("where is order 67890?", "yes please"):
        await runtime.accept(message("ana", text))
        await runtime.idle()
    due = await store.next_due()
    await runtime.stop()
    await store.close()
    assert due

    orders.order |= {"status": "shipped", "tracking": "GL1"}
    await clock.move_to(due)
    halting = await HaltingStore.open(str(file), exclusive=True)
    halting.halt_at, halting.halt_after_writing = halt, after
    await bot(halting, channel, orders, shipped, clock).start()
    await until(lambda: halting.batches >= halt)
    await crash(halting)

    store = await opened(file)
    runtime = bot(store, channel, orders, shipped, clock)
    await runtime.start()
    await runtime.fire_due()
    await runtime.idle()
    told = [text for text in channel.shown[PLACE] if "GL1" in text]
    assert len(told) == 1
    await clock.move_to((await store.next_due()) or due)
    await runtime.fire_due()
    await runtime.idle()
    assert told == [text for text in channel.shown[PLACE] if "GL1" in text]
    await runtime.stop()
    await store.close()
