"""Several platforms in one process: each front by itself, what the server tells of them, and the order of the end."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import OpenShop, open_shop
from bot.channels import front as fronts
from bot.channels import server
from bot.channels.files import Files
from bot.channels.finding import Finding
from bot.dialog.effects import Say
from bot.dialog.events import MessageReceived
from bot.dialog.files import File
from bot.errors import FrontdeskError, StoreError
from bot.ports import Outgoing, Shop
from tests.content import shop as shop_files


class Fake:
    """A front whose connection does as the test says; it shows what is said as long as it stands."""

    trouble = ""

    def __init__(self) -> None:
        self.ready = False
        self.standing = False
        self.served = 0
        self.failing: list[Exception | None] = []
        self.said: list[str] = []
        self.late: list[str] = []
        self.pause = 0.0

    async def serve(self, shop: Shop, files: Files) -> None:
        self.served += 1
        if self.failing:
            error = self.failing.pop(0)
            if error:
                raise error
            return
        self.ready = self.standing = True
        try:
            await asyncio.Event().wait()
        finally:
            self.ready = self.standing = False

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        await asyncio.sleep(self.pause)
        if isinstance(outgoing.effect, Say):
            (self.said if self.standing else self.late).append(outgoing.effect.text)
        return outgoing.id

    async def fetch(self, file: File) -> bytes:
        return b""

    def routes(self) -> Sequence[Any]:
        return ()

    async def diagnose(self) -> Sequence[Finding]:
        return ()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronts, "RETRY", 0.01)
    monkeypatch.setattr(fronts, "RETRY_MOST", 0.02)
    monkeypatch.setattr(fronts, "LOOK", 0.005)
    monkeypatch.setattr(fronts, "GONE", 0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop_files.write(tmp_path_factory.mktemp("shop"), shop_files.files())


def opened(folder: Path, made: dict[str, Fake], heard: list[tuple[str, bool]] | None = None) -> Any:
    announced = heard if heard is not None else []
    return open_shop(
        folder=folder,
        channels={**made, "staff": next(iter(made.values()))},
        fronts=made,
        announce=lambda name, ready: announced.append((name, ready)),
    )


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 (what is waited for rings no bell)
            await asyncio.sleep(0.005)


def hello(shop: OpenShop, place: str) -> MessageReceived:
    return MessageReceived(
        key=f"{place}/1", customer=place, name="Ana", at=shop.clock.now(), place=place, scope="private", text="hello"
    )


async def test_a_front_that_fails_is_put_up_again_and_the_other_never_notices(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Fake(), Fake()
    bad.failing = [RuntimeError("ana wrote: secret words"), None, FrontdeskError("the token is wrong")]
    heard: list[tuple[str, bool]] = []
    with caplog.at_level(logging.ERROR):
        async with opened(folder, {"bad": bad, "good": good}, heard):
            await until(lambda: len(heard) == 2)
    assert (bad.served, good.served) == (4, 1)
    assert set(heard) == {("good", True), ("bad", True)}
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3
    assert told[0].startswith("bad has failed, connecting again in 0 s: RuntimeError at test_operate_fronts.py:")
    assert told[1] == "bad has ended by itself, connecting again in 0 s"
    assert told[2] == "bad has failed, connecting again in 0 s: the token is wrong"
    assert "secret words" not in caplog.text


async def test_it_is_announced_when_a_front_is_no_longer_ready_but_not_for_a_moment(folder: Path) -> None:
    front = Fake()
    heard: list[tuple[str, bool]] = []
    async with opened(folder, {"slack": front}, heard):
        await until(lambda: heard == [("slack", True)])
        front.ready = False
        await asyncio.sleep(0.03)
        front.ready = True
        await asyncio.sleep(0.15)
        assert heard == [("slack", True)]
        front.ready = False
        await until(lambda: heard == [("slack", True), ("slack", False)])


async def test_at_the_end_what_is_in_hand_is_said_while_the_front_still_stands(folder: Path) -> None:
    front = Fake()
    front.pause = 0.3
    async with opened(folder, {"slack": front}) as shop:
        await until(lambda: front.standing)
        await shop.accept(hello(shop, "slack:T1/D1"))
        await asyncio.sleep(0.1)  # the turn is taken, and its first words are on their way
    assert front.said
    assert front.late == []
    assert not front.standing


async def test_what_comes_while_it_stops_is_stored_or_refused_never_lost(folder: Path, tmp_path: Path) -> None:
    """Whoever is told that it was accepted finds it answered after the restart."""
    front = Fake()
    front.pause = 0.05
    database = str(tmp_path / "b.sqlite")
    accepted: list[str] = []

    async def write(shop: OpenShop) -> None:
        number = 0
        while True:
            number += 1
            try:
                await shop.accept(hello(shop, f"slack:T1/D{number}"))
            except StoreError:
                return
            accepted.append(f"slack:T1/D{number}")
            await asyncio.sleep(0.002)

    async with open_shop(
        folder=folder, database=database, channels={"slack": front, "staff": front}, fronts={"slack": front}
    ) as shop:
        writing = asyncio.create_task(write(shop))
        await asyncio.sleep(0.1)
    await writing
    again = Fake()
    async with open_shop(
        folder=folder, database=database, channels={"slack": again, "staff": again}, fronts={"slack": again}
    ) as shop:
        await shop.idle()
        answered = {said.customer for said in await shop.store.transcript(limit=10_000) if said.who == "bot"}
    assert len(accepted) > 5
    assert answered >= set(accepted)


# What the server tells


async def told(address: str, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as asking, asking.get(f"{address}{path}") as answer:
        return answer.status, await answer.json()


async def test_ready_is_told_only_while_every_platform_is_connected(folder: Path) -> None:
    slack, discord = Fake(), Fake()
    discord.failing = [RuntimeError()] * 1000
    discord.trouble = "the token is wrong"
    made = {"slack": slack, "discord": discord}
    async with opened(folder, made) as shop, server.serving(shop, made, (), host="127.0.0.1", port=0) as address:
        await until(lambda: slack.ready)
        status, said = await told(address, "/readyz")
        assert (status, said["ok"]) == (503, False)
        assert said["parts"]["slack"] == "ok"
        assert said["parts"]["discord"] == "not connected: the token is wrong"
        assert said["parts"]["content"].endswith(" flows")
        discord.failing = []
        await until(lambda: discord.ready)
        status, said = await told(address, "/readyz")
        assert (status, said["ok"]) == (200, True)
        assert (await told(address, "/healthz"))[0] == 200


async def test_a_database_that_fails_is_neither_alive_nor_ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    front = Fake()
    async with (
        opened(folder, {"slack": front}) as shop,
        server.serving(shop, {}, (), host="127.0.0.1", port=0) as address,
    ):

        async def fail(self: object) -> None:
            raise StoreError("its disk is full")

        monkeypatch.setattr(type(shop.store), "next_due", fail)
        for path in ("/healthz", "/readyz"):
            status, said = await told(address, path)
            assert (status, said["parts"]["database"]) == (503, "its disk is full")
        monkeypatch.undo()


async def test_no_secret_is_told_with_the_trouble(folder: Path) -> None:
    front = Fake()
    front.failing = [RuntimeError()] * 1000
    front.trouble = "401, url='wss://wss-primary.slack.com/link/?ticket=abc-123&app_id=A1' xoxb-1-2-abcdef"
    made = {"slack": front}
    async with opened(folder, made) as shop, server.serving(shop, made, (), host="127.0.0.1", port=0) as address:
        said = (await told(address, "/readyz"))[1]["parts"]["slack"]
    assert said.startswith("not connected: 401")
    assert "abc" not in said


async def test_a_pause_is_told_but_is_no_trouble(folder: Path) -> None:
    front = Fake()
    async with (
        opened(folder, {"slack": front}) as shop,
        server.serving(shop, {}, (), host="127.0.0.1", port=0) as address,
    ):
        assert (await told(address, "/readyz"))[1]["parts"]["speaking"] == "yes"
        await shop.runtime.pause()
        status, said = await told(address, "/readyz")
        assert (status, said["parts"]["speaking"]) == (200, "no: paused until 'frontdesk resume'")


async def test_what_is_not_served_is_not_found(folder: Path) -> None:
    front = Fake()
    async with (
        opened(folder, {"slack": front}) as shop,
        server.serving(shop, {}, (), host="127.0.0.1", port=0) as address,
        aiohttp.ClientSession() as asking,
        asking.get(f"{address}/") as answer,
    ):
        assert answer.status == 404


async def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    front = Fake()
    async with (
        opened(folder, {"slack": front}) as shop,
        server.serving(shop, {}, (), host="127.0.0.1", port=0) as address,
    ):
        port = int(address.rpartition(":")[2])
        with pytest.raises(
            FrontdeskError, match=rf"cannot serve on 127\.0\.0\.1:{port}: .*Choose another server\.port"
        ):
            async with server.serving(shop, {}, (), host="127.0.0.1", port=port):
                pass
