"""The bot is killed again and again while it tells outside desks of cases: nothing is lost, out of order or made twice.

A webhook may get an event again, by the same id; a help desk has one case and one note for each of ours.
`FRONTDESK_SOAK_KILLS` and `FRONTDESK_SOAK_SEED` are as in test_kill.py.
"""

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.store.sqlite import SqliteStore
from tests.connectors.zendesk import Zendesk
from tests.runtime.test_kill import CANARY, KILLS, ROOT, SCRIPTS, SEED, Bot, Customer, Platform, left_over, write_orders


class Hook:
    """Takes events, slowly, and now and then hangs up when it has taken one."""

    def __init__(self, chance: random.Random) -> None:
        self.bodies: dict[str, set[bytes]] = defaultdict(set)  # by id
        self.order: dict[int, list[str]] = defaultdict(list)  # by case, in the order in which they came first
        self.stirred = asyncio.Event()
        self.posts = 0
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


class SlowZendesk(Zendesk):
    """Dawdles, and now and then hangs up when it has done something."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.stirred = asyncio.Event()
        self._chance = chance

    async def _answer(self, name: str, request: web.Request, answer: Callable[[], web.Response]) -> web.StreamResponse:
        if name in ("create", "note", "update"):
            self.stirred.set()
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        response = await super()._answer(name, request, answer)
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        if self._chance.random() < 0.1 and request.transport:
            request.transport.abort()
        return response


async def people_talk_while_it_is_killed(
    folder: Path, chance: random.Random, application: web.Application, stirred: asyncio.Event, name: str
) -> tuple[int, list[int]]:
    """Let customers go through a case each; return how often the bot was killed, and their cases."""
    platform, kills = Platform(chance, faults=0.0), max(3, KILLS // 3)
    customers = [Customer(f"web:c{number}", "talks to a person", number) for number in range(kills * 2)]
    platform.customers = {customer.name: customer for customer in customers}
    write_orders(folder)
    application.add_routes([web.post("/ready", platform._ready), web.post("/show", platform._show)])
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runtime.victim", str(folder / "desk.db"), url, str(folder),
        cwd=ROOT, stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": ".", "FRONTDESK_TEST_OUTSIDE": name},
    )  # fmt: skip
    bot = Bot(nursery)
    try:
        await bot.start()
        async with aiohttp.ClientSession() as http:

            async def kill() -> None:
                while bot.kills < kills:
                    await stirred.wait()
                    await asyncio.sleep(chance.uniform(0.0, 0.1))
                    stirred.clear()
                    await bot.kill_and_start()

            killing = asyncio.create_task(kill())
            for customer in customers:
                async with asyncio.timeout(60):
                    for step in SCRIPTS[customer.kind]:
                        await platform.send(http, "do", customer.words(step))
                        await platform.send(http, "idle", {})
            killing.cancel()
            await asyncio.wait([killing])
            await until_all_arrived(folder)
            await platform.send(http, "idle", {})
    finally:
        bot.abandon()
        assert nursery.stdin
        nursery.stdin.close()
        await nursery.wait()
        await runner.cleanup()
    assert bot.kills == kills
    return bot.kills, [case for customer in customers for case in customer.cases]


async def until_all_arrived(folder: Path) -> None:
    store = await SqliteStore.open(str(folder / "desk.db"))
    try:
        async with asyncio.timeout(60):
            while await store.errands():  # noqa: ASYNC110 (it is another process)
                await asyncio.sleep(0.1)
    finally:
        await store.close()


async def test_each_event_arrives_by_one_id_and_in_order_however_often_the_bot_is_killed(tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} webhook")
    hook, application = Hook(chance), web.Application()
    application.router.add_post("/hook", hook.take)
    kills, cases = await people_talk_while_it_is_killed(tmp_path, chance, application, hook.stirred, "webhook")
    print(f"seed {SEED}: {kills} kills, {hook.posts} posts, {len(hook.bodies)} events")

    assert {id for id, bodies in hook.bodies.items() if len(bodies) > 1} == set()
    assert sorted(hook.order) == sorted(cases)
    for told in hook.order.values():
        assert [told[0], told[-2], told[-1]] == ["case.opened", "case.noted", "case.resolved"], f"{told}; seed {SEED}"
        assert told.count("case.opened") == told.count("case.noted") == told.count("case.resolved") == 1
    assert left_over(tmp_path) == (0, 0)


async def test_each_case_and_note_is_made_once_there_however_often_the_bot_is_killed(tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} zendesk")
    zendesk = SlowZendesk(chance)
    application = zendesk.application()
    kills, cases = await people_talk_while_it_is_killed(tmp_path, chance, application, zendesk.stirred, "zendesk")
    print(f"seed {SEED}: {kills} kills, {Counter(zendesk.seen)}")

    theirs = [each["external_id"].rpartition("-")[2] for each in zendesk.tickets.values()]
    assert sorted(map(int, theirs)) == sorted(cases), f"seed {SEED}"
    assert {each["status"] for each in zendesk.tickets.values()} == {"solved"}, f"seed {SEED}"
    notes = [sum(CANARY in comment["body"] for comment in each["comments"]) for each in zendesk.tickets.values()]
    assert notes == [1] * len(cases), f"seed {SEED}"
    assert not any(comment["public"] for comment in zendesk.comments())
    assert left_over(tmp_path) == (0, 0)
