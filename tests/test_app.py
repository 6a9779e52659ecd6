"""The shop as a whole: what a pause does to the time, and what `check` looks at."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.app import check, open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey
from bot.content import load, shipped_folder
from bot.dialog import topics
from bot.errors import ContentError

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


async def test_what_was_said_in_a_pause_is_answered_as_of_its_end() -> None:
    heard: list[dict[str, Any]] = []
    console = Console(heard.append)
    channels = {"local": console, "staff": console}
    async with open_shop(folder=shipped_folder(), at=MONDAY, channels=channels) as shop:
        await shop.runtime.pause()
        await obey(shop, await Reader(shop).read({"customer": "ana", "say": "talk to a person"}))
        await shop.idle()
        assert heard == []
        await shop.advance_clock(timedelta(days=2))
        await shop.runtime.resume()
        await shop.idle()
    promise = next(line["card"]["promise"] for line in heard if line.get("kind") == "card")
    assert datetime.fromisoformat(promise) > MONDAY + timedelta(days=2)


async def test_what_customers_look_up_goes_by_the_clock() -> None:
    known = load(shipped_folder())
    entry = msgspec.structs.replace(known.entries["delivery_period"], ends=date(2026, 12, 24))
    dated = replace(known, entries={**known.entries, entry.id: entry}, dated=(entry,))
    last = datetime(2026, 12, 24, 23, 0, tzinfo=UTC)
    channels = {"local": Console(lambda line: None)}
    found = []
    async with open_shop(folder=shipped_folder(), catalog=dated, at=last, channels=channels) as shop:
        for _ in range(2):
            found.append(entry.id in [each.id for each in topics.search(shop.catalog, entry.title)])
            await shop.advance_clock(timedelta(hours=1))
    assert found == [True, False]


def test_the_demo_orders_are_checked_with_the_content(tmp_path: Path) -> None:
    for name in ("faqs", "flows", "handoff"):
        shutil.copytree(shipped_folder() / name, tmp_path / name)
    orders = tmp_path / "flows" / "orders.csv"
    orders.write_text(orders.read_text(encoding="utf-8").replace("delivered", "deliverd", 1), encoding="utf-8")
    flow = tmp_path / "flows" / "refund.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("steps:", "stepz:", 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        check(tmp_path)
    assert {problem.file for problem in caught.value.problems} >= {"flows/orders.csv", "flows/refund.yaml"}
