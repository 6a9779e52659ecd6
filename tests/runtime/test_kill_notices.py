"""The bot is killed again and again while it tells many customers something: nobody hears it twice, nobody is left out.

`FRONTDESK_SOAK_KILLS` and `FRONTDESK_SOAK_SEED` are as in test_kill.py.
"""

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.store.sqlite import SqliteStore
from tests.runtime.test_kill import KILLS, ROOT, SEED, Bot, Platform, left_over, write_orders

PEOPLE = 40


class Town(Platform):
    """Shows what anybody is told, and now and then fails after it has shown it."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance, faults=0.1)
        self.told: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.stirred = asyncio.Event()

    async def _show(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["id"] not in self.seen:
            self.seen.add(body["id"])
            self.told.append((body["place"], body["text"]))
            self.stirred.set()
        return web.Response(text=f"p-{body['id']}", status=500 if self._chance.random() < self._faults else 200)

    def heard(self, words: str) -> Counter[str]:
        return Counter(place for place, text in self.told if words in text and place.startswith("web:"))


async def until_all_delivered(folder: Path) -> None:
    store = await SqliteStore.open(str(folder / "desk.db"))
    try:
        while await store.outgoing():  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(0.1)
    finally:
        await store.close()


async def test_nobody_is_told_twice_and_nobody_left_out_however_often_the_bot_is_killed(tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} notices")
    town, kills = Town(chance), max(4, KILLS // 2)
    write_orders(tmp_path)
    runner = web.AppRunner(town.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runtime.victim", str(tmp_path / "desk.db"), url, str(tmp_path),
        cwd=ROOT, stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    bot = Bot(nursery)
    people = [f"web:c{number}" for number in range(PEOPLE)]
    words = 'weather wrote=1d what="heavy snow" expected=Friday'
    try:
        await bot.start()
        async with aiohttp.ClientSession() as http, asyncio.timeout(120):
            for each in people:
                await town.send(http, "do", {"id": f"{each}-1", "customer": each, "do": "say", "text": "hello"})
            await town.send(http, "idle", {})
            staff = {"customer": "staff:sam", "agent": "sam", "case": "0"}
            await town.send(http, "do", {"id": "ask", "do": "notice", "text": words, **staff})
            await town.send(http, "idle", {})
            await town.send(http, "do", {"id": "yes", "do": "send", "about": "notice/1", **staff})
            asked = 0
            while bot.kills < kills:
                town.stirred.clear()
                await asyncio.sleep(chance.uniform(0.0, 0.15))
                await bot.kill_and_start()
                await town.stirred.wait()
                asked += 1
                again = {"id": f"again-{asked}", "customer": chance.choice(people), "do": "say", "text": "hello"}
                await town.send(http, "do", again)
            while not any("Done" in text for _, text in town.told):
                town.stirred.clear()
                await town.stirred.wait()
            await until_all_delivered(tmp_path)
            told = town.heard("because of heavy snow")
            print(f"seed {SEED}: {bot.kills} kills, {sum(told.values())} told")
    finally:
        bot.abandon()
        assert nursery.stdin
        nursery.stdin.close()
        await nursery.wait()
        await runner.cleanup()
    assert dict.fromkeys(people, 1) == dict(told), f"seed {SEED}"
    assert left_over(tmp_path) == (0, 0)
