"""Notices to many, on the whole bot: who writes is answered first, and a stop stops at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from bot.app import OpenShop, open_shop
from bot.channels.casework import post_event, staff_event
from bot.channels.deskcommand import asked
from bot.channels.deskpage import page
from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Post, Say
from bot.dialog.events import MessageReceived
from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.ports import Outgoing
from tests.runtime.fakes import FakeChannel

PEOPLE = [f"web:c{number:02}" for number in range(30)]
WORDS = 'weather wrote=1d what="heavy snow" expected=Friday'
SNOW = "because of heavy snow"


class Town(FakeChannel):
    """Shows things slowly; `log` is what it began to show, in order: ("notice" | "reply" | "post", place, text)."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, str, str]] = []
        self.stirred = asyncio.Event()

    async def deliver(self, outgoing: Outgoing) -> str:
        effect = outgoing.effect
        text = effect.text if isinstance(effect, Say | Post) else ""
        kind = "post" if isinstance(effect, Post) else "notice" if SNOW in text else "reply"
        self.log.append((kind, outgoing.place, text))
        self.stirred.set()
        await asyncio.sleep(0.003)
        return await super().deliver(outgoing) if kind != "post" else f"p{outgoing.id}"

    def count(self, kind: str) -> int:
        return sum(each == kind for each, *_ in self.log)

    async def until(self, notices: int) -> None:
        async with asyncio.timeout(20):
            while self.count("notice") < notices:
                self.stirred.clear()
                await self.stirred.wait()


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    catalog = load(shipped_folder())
    return replace(catalog, notices=structs.replace(catalog.notices, pause=timedelta(milliseconds=5)))


@asynccontextmanager
async def shop_of(town: Town, catalog: Catalog, folder: Path) -> AsyncIterator[OpenShop]:
    async with open_shop(
        folder=shipped_folder(),
        catalog=catalog,
        database=str(folder / "desk.db"),
        channels={"web": town, "staff": town},
    ) as shop:
        yield shop


async def say(shop: OpenShop, customer: str, text: str, key: str) -> None:
    common: dict[str, Any] = {"customer": customer, "at": shop.clock.now(), "place": customer, "name": customer}
    await shop.accept(MessageReceived(key=key, text=text, **common))


async def everybody_has_written(shop: OpenShop) -> None:
    for each in PEOPLE:
        await say(shop, each, "what do you do with my data", f"{each}-1")
    await shop.idle()


async def ask(shop: OpenShop, words: str = WORDS) -> None:
    common: dict[str, Any] = {
        "key": f"ask {words}",
        "at": shop.clock.now(),
        "agent": "sam",
        "case": 0,
        "customer": "staff:sam",
    }
    await shop.accept(staff_event("notice", words, **common))
    await shop.idle()


async def press(shop: OpenShop, do: str, number: int = 1) -> None:
    event = post_event(f"notice/{number}", do, "", key=f"{do} {number}", at=shop.clock.now(), agent="sam")
    assert event
    await shop.accept(event)


async def until_over(town: Town, word: str = "Done") -> str:
    async with asyncio.timeout(30):
        while True:
            town.stirred.clear()
            found = [text for kind, _, text in town.log if kind == "post" and word in text]
            if found:
                return found[-1]
            await town.stirred.wait()


async def test_who_writes_is_answered_before_anybody_else_is_told(tmp_path: Path, shipped: Catalog) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        await press(shop, "send")
        between: list[int] = []
        for turn in range(1, 13):
            await town.until(2 * turn)
            await say(shop, PEOPLE[-turn], "how long does delivery take", f"again {turn}")
            waiting, replies = town.count("notice"), town.count("reply")
            async with asyncio.timeout(20):
                while town.count("reply") == replies:
                    town.stirred.clear()
                    await town.stirred.wait()
            at = [place for place, (kind, *_) in enumerate(town.log) if kind == "reply"][replies]
            between.append(sum(kind == "notice" for kind, *_ in town.log[:at]) - waiting)
        await until_over(town)
    assert max(between) <= 1  # the one that was in hand when they wrote
    assert sorted(PEOPLE) == sorted(place for kind, place, _ in town.log if kind == "notice")


async def test_a_stop_stops_at_once_and_says_how_far_it_came(tmp_path: Path, shipped: Catalog) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        await press(shop, "send")
        await town.until(5)
        await press(shop, "stop")
        told = town.count("notice")
        await shop.idle()
        after = town.count("notice")
        await asyncio.sleep(0.1)
        assert after == town.count("notice") <= told + 1
        assert f"{after} of 30 were told" in [text for kind, _, text in town.log if kind == "post"][-1]
        (last,) = [act for _, act in await shop.store.audit() if act.rule == "notice_stopped"]
        assert (last.who, last.act, last.detail["people"]) == ("sam", "NoticeDecided", 30)
        assert "parcels are moving slowly" in last.detail["text"]
        assert last.detail["slots"] == {"what": "heavy snow", "expected": "Friday"}


async def test_it_goes_on_after_a_restart_and_keeps_the_words_it_began_with(tmp_path: Path, shipped: Catalog) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        await press(shop, "send")
        await town.until(5)
    assert town.count("notice") < len(PEOPLE)
    without = replace(shipped, notices=structs.replace(shipped.notices, kinds={}))
    async with shop_of(town, without, tmp_path) as shop:
        assert "30 of 30 told" in await until_over(town)
    assert sorted(PEOPLE) == sorted(place for kind, place, _ in town.log if kind == "notice")


async def test_who_cannot_be_reached_is_counted_and_holds_nobody_up(tmp_path: Path, shipped: Catalog) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        town.faults[PEOPLE[3]].append(DeliveryRefused("direct messages are closed"))
        town.faults[PEOPLE[7]].append(DeliveryDelayed(0.3))
        await press(shop, "send")
        text = await until_over(town)
        assert "29 of 30 told" in text or ("28 of 30 told" in text and "1 not delivered yet" in text)
        assert "1 could not be reached" in text


async def test_the_desk_says_what_goes_out_and_who_stopped_writing_to_us_is_left_out(
    tmp_path: Path, shipped: Catalog
) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        await press(shop, "send")
        await town.until(3)
        await say(shop, PEOPLE[-1], "stop telling me", "no more")
        texts = await page(shop, "sam", asked(""))
        assert "Weather delay" in texts[1]
        text = await until_over(town)
        assert "29 of 30 told" in text
        assert "1 want no notices" in text


async def test_the_same_again_is_warned_of_and_can_still_be_sent(tmp_path: Path, shipped: Catalog) -> None:
    town = Town()
    async with shop_of(town, shipped, tmp_path) as shop:
        await everybody_has_written(shop)
        await ask(shop)
        await press(shop, "send")
        await until_over(town)
        await shop.idle()
        await ask(shop, WORDS.replace("Friday", "Monday"))
        assert "You told 30 of these the same kind of thing" in town.log[-1][2]
        await press(shop, "send", 2)
        await until_over(town, "Notice 2, *Weather delay*, for wrote=1d; asked for by Sam\n*Done: 30 of 30")
    assert town.count("notice") == 60
