"""The bot is killed again and again while it tells an outside desk of cases: each event arrives, in order, by one id.

`FRONTDESK_SOAK_KILLS` and `FRONTDESK_SOAK_SEED` are as in test_kill.py.
"""

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections import defaultdict
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.store.sqlite import SqliteStore
from tests.runtime.test_kill import KILLS, ROOT, SCRIPTS, SEED, Bot, Customer, Platform, left_over, write_orders


class Hook:
    """Takes events, slowly, and now and then hangs up when it has taken one."""

    def __init__(self, chance: random.Random) -> None:
        self.bodies: dict[str, set[bytes]] = defaultdict(set)  # by id
        self.order: dict[int, list[str]] = defaultdict(list)  # by case, ids as they came first
        self.posts = 0
        self.stirred = asyncio.Event()
        self._chance = chance

    async def take(self, request: web.Request) -> web.Response:
        raw, id = await request.read(), request.headers["webhook-id"]
        self.posts += 1
        self.stirred.set()
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        if id not in self.bodies:
            self.order[json.loads(raw)["data"]["case"]["number"]].append(json.loads(raw)["type"])
        self.bodies[id].add(raw)
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        if self._chance.random() < 0.2 and request.transport:
            request.transport.abort()
        return web.Response()


async def test_each_event_arrives_by_one_id_and_in_order_however_often_the_bot_is_killed(tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} errands")
    hook, platform, kills = Hook(chance), Platform(chance, faults=0.0), max(3, KILLS // 3)
    customers = [Customer(f"web:c{number}", "talks to a person", number) for number in range(kills * 2)]
    platform.customers = {customer.name: customer for customer in customers}
    write_orders(tmp_path)
    application = platform.app()
    application.router.add_post("/hook", hook.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runtime.victim", str(tmp_path / "desk.db"), url, str(tmp_path),
        cwd=ROOT, stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": ".", "FRONTDESK_TEST_HOOK": f"{url}/hook"},
    )  # fmt: skip
    bot = Bot(nursery)
    try:
        await bot.start()
        async with aiohttp.ClientSession() as http:

            async def kill() -> None:
                while bot.kills < kills:
                    await hook.stirred.wait()
                    await asyncio.sleep(chance.uniform(0.0, 0.1))
                    hook.stirred.clear()
                    await bot.kill_and_start()

            killing = asyncio.create_task(kill())
            for customer in customers:
                async with asyncio.timeout(60):
                    for step in SCRIPTS[customer.kind]:
                        await platform.send(http, "do", customer.words(step))
                        await platform.send(http, "idle", {})
            killing.cancel()
            await asyncio.wait([killing])
            await until_all_arrived(tmp_path)
    finally:
        bot.abandon()
        assert nursery.stdin
        nursery.stdin.close()
        await nursery.wait()
        await runner.cleanup()
    print(f"seed {SEED}: {bot.kills} kills, {hook.posts} posts, {len(hook.bodies)} events")

    assert bot.kills == kills
    assert {id for id, bodies in hook.bodies.items() if len(bodies) > 1} == set()
    assert sorted(hook.order) == sorted(case for customer in customers for case in customer.cases)
    for told in hook.order.values():
        assert [told[0], told[-2], told[-1]] == ["case.opened", "case.noted", "case.resolved"], f"{told}; seed {SEED}"
        assert told.count("case.opened") == told.count("case.noted") == told.count("case.resolved") == 1
    assert left_over(tmp_path) == (0, 0)


async def until_all_arrived(folder: Path) -> None:
    store = await SqliteStore.open(str(folder / "desk.db"))
    try:
        async with asyncio.timeout(30):
            while await store.errands():  # noqa: ASYNC110 (it is another process)
                await asyncio.sleep(0.1)
    finally:
        await store.close()
