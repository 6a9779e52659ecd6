"""A bot is killed again and again at random instants; the platform's own transcript proves that nobody noticed.

`FRONTDESK_SOAK_KILLS` is the number of kills, `FRONTDESK_SOAK_SEED` the seed of their instants.
"""

import asyncio
import os
import random
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FRONTDESK_SOAK_KILLS", "12"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED", "frontdesk")
CUSTOMERS = ("ana", "bob", "cleo", "dev", "eve", "finn")


class Platform:
    """Where people write and read. It shows each outgoing id once, and sends messages until they are acknowledged.

    Now and then it fails after it has shown something, so that even a living bot has to repeat itself.
    """

    def __init__(self, chance: random.Random) -> None:
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.repeats = 0
        self.resent = 0
        self.unannounced: list[str] = []
        self.closing = False
        self.port = 0
        self._chance = chance
        self._ids: set[str] = set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/ready", self._ready)
        app.router.add_post("/show", self._show)
        return app

    async def _ready(self, request: web.Request) -> web.Response:
        self.port = (await request.json())["port"]
        return web.Response()

    async def _show(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["id"] in self._ids:
            self.repeats += 1
            if not body["repeat"]:
                self.unannounced.append(body["id"])
        else:
            self._ids.add(body["id"])
            self.shown[body["place"]].append(body["text"])
        return web.Response(text=f"p-{body['id']}", status=500 if self._chance.random() < 0.03 else 200)

    async def talk(self, http: aiohttp.ClientSession, customer: str) -> None:
        """Write one message after another, and now and then ask for a check-in."""
        number = 0
        while not self.closing:
            number += 1
            text = f"remind t{number} {self._chance.uniform(0.1, 1.0):.2f}" if number % 5 == 0 else f"m{number}"
            self.sent[customer].append(text)
            while not await self._send(http, {"id": f"{customer}-{number}", "customer": customer, "text": text}):
                self.resent += 1
                await asyncio.sleep(0.03)
            await asyncio.sleep(self._chance.uniform(0.0, 0.05))

    async def _send(self, http: aiohttp.ClientSession, message: dict[str, str]) -> bool:
        try:
            async with http.post(f"http://127.0.0.1:{self.port}/message", json=message) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def complete(self) -> bool:
        """Whether as much has been shown as the messages call for."""
        asked = {customer: texts + [t for t in texts if "remind" in t] for customer, texts in self.sent.items()}
        return all(len(self.shown[f"web:{customer}"]) >= len(texts) for customer, texts in asked.items())


@asynccontextmanager
async def open_platform(platform: Platform) -> AsyncIterator[str]:
    runner = web.AppRunner(platform.app(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def start(file: Path, url: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runtime.victim", str(file), url, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}
    )


async def test_whenever_it_is_killed_each_message_has_its_answer_once_and_in_order(file: Path) -> None:
    chance = random.Random(SEED)
    platform = Platform(random.Random(SEED))
    async with open_platform(platform) as url, aiohttp.ClientSession() as http:
        talks = [asyncio.create_task(platform.talk(http, customer)) for customer in CUSTOMERS]
        for _ in range(KILLS):
            bot = await start(file, url)
            await asyncio.sleep(chance.uniform(0.3, 1.3))
            assert bot.returncode is None, "it died by itself"
            bot.kill()
            await bot.wait()
        bot = await start(file, url)
        platform.closing = True
        async with asyncio.timeout(30):
            await asyncio.gather(*talks)
            while not platform.complete():  # noqa: ASYNC110 (the bot is another process)
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # time enough to say something twice
        bot.terminate()
        assert await bot.wait() == 0

    assert platform.unannounced == []
    for customer in CUSTOMERS:
        check(platform.sent[customer], platform.shown[f"web:{customer}"])
    print(
        f"{KILLS} kills, {sum(map(len, platform.sent.values()))} messages, {platform.resent} sent again, "
        f"{platform.repeats} answers repeated under the same id"
    )


def check(sent: list[str], shown: list[str]) -> None:
    """Compare a customer's messages with what they were shown: numbered turns, answers in order, check-ins once."""
    numbers, texts = zip(*(line.split(" ", 1) for line in shown), strict=True)
    assert list(numbers) == [str(number + 1) for number in range(len(shown))]
    answers = [text for text in texts if not text.startswith("reminder ")]
    assert answers == [f"will remind {text.split()[1]}" if "remind" in text else f"echo {text}" for text in sent]
    reminders = sorted(text for text in texts if text.startswith("reminder "))
    assert reminders == sorted(f"reminder {text.split()[1]}" for text in sent if "remind" in text)
