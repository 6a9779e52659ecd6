"""The bot is killed again and again around its request for a refund: each order's money moves once, or not at all.

The order system is a server of the test's, which counts. It dawdles before and after it pays, and now and then it pays
and hangs up. Whoever was not paid has been given to people. `FRONTDESK_SOAK_KILLS` and `FRONTDESK_SOAK_SEED` are as in
test_kill.py; the outcome is added to the file that `FRONTDESK_SOAK_RECORD` names.
"""

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.runtime.test_kill import KILLS, ROOT, SCRIPTS, SEED, Bot, Customer, Platform, left_over

RECORD = os.environ.get("FRONTDESK_SOAK_RECORD")
MAPPING = """\
timeout: 1s
retries: 2
actions:
  find_order:
    requests: [{request: "GET /orders/{{ number }}"}]
    results: [{else: found}]
    returns:
      number: number
      status: "'delivered'"
      email: "'ana@example.com'"
      ordered_on: answer.ordered
      delivered_on: answer.delivered
      total: "'67.00'"
      currency: "'GBP'"
      items: {each: answer.lines, fields: {code: it.code, name: it.name, quantity: "1", price: it.price}}
  request_refund:
RECOGNISED
    requests: [{request: "POST /orders/{{ number }}/refunds", body: {key: "{{ key }}"}}]
    results: [{if: status == 201, then: accepted}]
    returns: {reference: answer.reference, amount: "'18.00'"}
    lookup:
      requests: [{request: "GET /refunds/{{ key }}"}]
      results:
        - {if: status == 404, then: not_done}
        - {if: status == 200, then: done}
"""


class CountingShop:
    """Pays each request that it gets: once for each key if it knows keys, else whenever it is asked."""

    def __init__(self, chance: random.Random, *, knows_keys: bool) -> None:
        self.paid: Counter[str] = Counter()
        self.asked = 0
        self.stirred = asyncio.Event()
        self._keys: dict[str, str] = {}
        self._chance = chance
        self._knows_keys = knows_keys

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/orders/{number}", self._find),
            web.post("/orders/{number}/refunds", self._pay),
            web.get("/refunds/{key}", self._look),
        ]

    async def _find(self, request: web.Request) -> web.Response:
        today = datetime.now(UTC).date()
        lines = [
            {"code": "kettle_blue", "name": "Blue enamel kettle", "price": "49.00"},
            {"code": "tea_towels", "name": "Tea towel set", "price": "18.00"},
        ]
        days = {"ordered": f"{today - timedelta(days=9)}", "delivered": f"{today - timedelta(days=6)}"}
        return web.json_response({"lines": lines, **days})

    async def _pay(self, request: web.Request) -> web.Response:
        key, number = (await request.json())["key"], request.match_info["number"]
        self.asked += 1
        self.stirred.set()
        await asyncio.sleep(self._chance.uniform(0.0, 0.04))
        if not (self._knows_keys and key in self._keys):
            self.paid[number] += 1
        self._keys[key] = f"R-{number}"
        await asyncio.sleep(self._chance.uniform(0.0, 0.04))
        if self._chance.random() < 0.2 and request.transport:
            request.transport.abort()
        return web.json_response({"reference": self._keys[key]}, status=201)

    async def _look(self, request: web.Request) -> web.Response:
        found = self._keys.get(request.match_info["key"])
        return web.json_response({"reference": found}, status=200 if found else 404)


@asynccontextmanager
async def running(folder: Path, shop: CountingShop, platform: Platform, recognised: str) -> AsyncIterator[Bot]:
    mapping = folder / "orders.yaml"
    mapping.write_text(MAPPING.replace("RECOGNISED", recognised), encoding="utf-8")
    application = platform.app()
    application.add_routes(shop.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runtime.victim", str(folder / "desk.db"), url, str(mapping),
        cwd=ROOT, stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    bot = Bot(nursery)
    try:
        await bot.start()
        yield bot
    finally:
        bot.abandon()
        assert nursery.stdin
        nursery.stdin.close()
        await nursery.wait()
        await runner.cleanup()


async def asks_for_a_refund(platform: Platform, http: aiohttp.ClientSession, customer: Customer) -> None:
    """Go through the script; each word waits until the last one has been dealt with."""
    for step in SCRIPTS["gets a refund"]:
        await platform.send(http, "do", customer.words(step))
        await platform.send(http, "idle", {})


def _record(outcome: str) -> None:
    print(outcome)
    if RECORD:
        with Path(RECORD).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {outcome}\n")


@pytest.mark.parametrize("knows_keys", [True, False])
async def test_an_order_is_refunded_at_most_once_however_often_the_bot_is_killed(
    tmp_path: Path, knows_keys: bool
) -> None:
    chance = random.Random(f"{SEED} {knows_keys}")
    shop, platform = CountingShop(chance, knows_keys=knows_keys), Platform(chance, faults=0.0)
    kills = max(3, KILLS // 3)
    recognised = f"    recognises_repeats: {str(knows_keys).lower()}"
    customers = [Customer(f"web:c{number}", "gets a refund", number) for number in range(kills * 2)]
    platform.customers = {customer.name: customer for customer in customers}
    async with running(tmp_path, shop, platform, recognised) as bot, aiohttp.ClientSession() as http:

        async def kill() -> None:
            while bot.kills < kills:
                await shop.stirred.wait()
                await asyncio.sleep(chance.uniform(0.0, 0.12))
                shop.stirred.clear()
                await bot.kill_and_start()

        killing = asyncio.create_task(kill())
        for customer in customers:
            async with asyncio.timeout(60):
                await asks_for_a_refund(platform, http, customer)
        killing.cancel()
        await asyncio.wait([killing])
        await platform.send(http, "idle", {})
    outcome = f"{bot.kills} kills, {shop.asked} requests, {len(shop.paid)} paid"
    _record(f"seed {SEED}, keys {knows_keys}: {outcome}")

    assert {number: times for number, times in shop.paid.items() if times > 1} == {}, f"seed {SEED}"
    assert bot.kills == kills
    for customer in customers:
        told = "\n".join(customer.shown["customer"])
        paid = shop.paid[str(50_000 + customer.number)] == 1
        assert (paid and f"R-{50_000 + customer.number}" in told) or customer.cases, f"{told}; seed {SEED}"
    assert left_over(tmp_path) == (0, 0)
