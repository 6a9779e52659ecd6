"""The demo shop's bot is killed again and again at random instants; nobody who deals with it can tell.

First one customer of each kind goes through their script with a bot that is left alone: the reference. Then many come
at once, while the bot is killed; then its clock is moved to the promises and check-ins, and it is killed on the way.
Each customer, and the staff on their case, must have been shown exactly what the reference was, in order.

`FRONTDESK_SOAK_KILLS` is the number of kills (`make soak` has 300), `FRONTDESK_SOAK_SEED` the seed of their instants.
"""

import asyncio
import os
import random
import re
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.channels.casework import SIGNS
from bot.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FRONTDESK_SOAK_KILLS", "14"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED") or uuid4().hex[:8]
CANARY = "CANARY-between-us"
AT_ONCE = 6  # customers
PATIENCE = 30.0 + KILLS / 4  # seconds for whatever must happen at last
MOVES = tuple(map(timedelta, (0, 1, 9, 15), (3 * 3600, 7 * 3600, 0, 0)))  # from Monday, 10:00


@dataclass(frozen=True)
class Step:
    """What the customer says (`do` is "say") or an agent does; whether they wait for what comes of it."""

    text: str
    do: str = "say"
    agent: str = "dana"
    wait: bool = True


def says(*texts: str) -> list[Step]:
    return [Step(text) for text in texts]


PERSON = [
    *says("I want to talk to a person", "my lamp flickers"),
    Step("", "claim"),
    Step("Good morning! Which lamp is it?", "reply"),
    *says("the brass one"),
    Step(CANARY, "note"),
    Step("A new one is on its way.", "resolve"),
    *says("thank you"),
]
SCRIPTS: dict[str, list[Step]] = {
    "asks": [
        Step(text, wait=False)
        for text in (
            "how long does delivery take?",
            "which payment methods do you take?",
            "where do I get an invoice?",
            "zxcvbn qwertz",
            "how do I create an account?",
            "thanks",
        )
    ],
    "gets a refund": says(
        "I want my money back", "{order}", "Tea towel set", "it arrived broken", "money back", "yes", "no thanks"
    ),
    "turns aside and back": says(
        "refund please", "12", "{order}", "everything", "wrong item", "how long does delivery take?",
        "money back", "back", "money back", "yes", "can I pay with paypal?",
    ),
    "sends it back": says("I want my money back", "{order}", "tea towel set", "changed my mind", "yes"),
    "wants a new one": says("refund", "{order}", "blue enamel kettle", "it is broken", "a new one", "yes", "thanks"),
    "looks": says("where is my order", "{order}", "no thanks"),
    "talks to a person": PERSON,
    "asks for an exception": [
        *says("refund", "{old}", "Tea towel set", "changed my mind", "none of these", "It was a present, I was ill."),
        Step(CANARY, "note"),
        Step("Go ahead, she is a good customer.", "approve", "sam"),
        *says("yes", "thanks"),
    ],
    "is kept waiting": says("I want to talk to a person", "hello?"),
}  # fmt: skip
LATER = {"is kept waiting": [Step("", "claim"), Step(CANARY, "note"), Step("Sorry for the wait!", "resolve")]}
KINDS = tuple(SCRIPTS)


@dataclass
class Customer:
    """Somebody who goes through a script; `shown` are the lines that they and the staff on their case were shown.

    Marks on replies stand apart: they come when a reply has arrived, whatever else is shown meanwhile.
    """

    name: str
    kind: str
    number: int
    sent: int = 0
    cases: list[int] = field(default_factory=list)
    shown: dict[str, list[str]] = field(default_factory=lambda: {"customer": [], "staff": [], "marks": []})

    @property
    def count(self) -> int:
        return sum(map(len, self.shown.values()))

    def words(self, step: Step) -> dict[str, Any]:
        self.sent += 1
        text = step.text.format(order=50_000 + self.number, old=60_000 + self.number)
        done = {"id": f"{self.name}-{self.sent}", "customer": self.name, "do": step.do, "text": text}
        return done if step.do == "say" else {**done, "agent": step.agent, "case": self.cases[-1]}


class Platform:
    """Where people write and read. It shows each outgoing id once, and sends what they do until it is acknowledged.

    Now and then it fails after it has shown something, so that even a living bot has to repeat itself.
    """

    def __init__(self, chance: random.Random, faults: float) -> None:
        self.customers: dict[str, Customer] = {}
        self.counts: dict[str, list[int]] = defaultdict(list)  # by kind: lines shown after each step of the reference
        self.messages = self.resent = self.repeats = 0
        self.unannounced: list[str] = []
        self.port = 0
        self._chance = chance
        self._faults = faults
        self._ids: set[str] = set()
        self._stirred = asyncio.Condition()

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
            customer = self.customers[body["customer"]]
            mark = body["text"] in SIGNS.values()
            to = "customer" if body["place"] == customer.name else "marks" if mark else "staff"
            customer.shown[to].append(" | ".join((body["text"], *body["choices"])))
            if body["opens"]:
                customer.cases.append(body["case"])
            async with self._stirred:
                self._stirred.notify_all()
        return web.Response(text=f"p-{body['id']}", status=500 if self._chance.random() < self._faults else 200)

    def arrives(self, number: int) -> Customer:
        customer = Customer(f"web:c{number}", KINDS[number % len(KINDS)], number)
        self.customers[customer.name] = customer
        return customer

    async def send(self, http: aiohttp.ClientSession, what: str, body: dict[str, Any]) -> None:
        """Send until it is acknowledged."""
        while True:
            try:
                async with http.post(f"http://127.0.0.1:{self.port}/{what}", json=body) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            self.resent += 1
            await asyncio.sleep(0.03)

    async def act(self, http: aiohttp.ClientSession, customer: Customer, steps: list[Step]) -> None:
        """Go through steps, waiting after each until as much was shown as in the reference."""
        for step in steps:
            await asyncio.sleep(self._chance.uniform(0.0, 0.1))
            self.messages += 1
            await self.send(http, "do", customer.words(step))
            if step.wait:
                await self.until(lambda: customer.count >= self.counts[customer.kind][customer.sent - 1], customer)

    async def until(self, done: Callable[[], bool], what: object) -> None:
        try:
            async with asyncio.timeout(PATIENCE), self._stirred:
                await self._stirred.wait_for(done)
        except TimeoutError:
            raise AssertionError(f"in vain, with seed {SEED}: {what}") from None


class Bot:
    """The bot that lives at present, and the nursery that its like come from."""

    def __init__(self, nursery: Process) -> None:
        assert nursery.stdin
        assert nursery.stdout
        self.kills = 0
        self._calls = nursery.stdin
        self._tells = nursery.stdout
        self._pid = 0

    async def start(self) -> None:
        self._calls.write(b"\n")
        self._pid = int(await self._tells.readline())

    async def end(self, how: signal.Signals) -> int:
        os.kill(self._pid, how)
        code = int(await self._tells.readline())
        self._pid = 0
        return code

    async def kill_and_start(self) -> None:
        assert await self.end(signal.SIGKILL) == -signal.SIGKILL, "it ended by itself"
        self.kills += 1
        await self.start()

    def abandon(self) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)


@asynccontextmanager
async def run(folder: Path, platform: Platform) -> AsyncIterator[tuple[Bot, aiohttp.ClientSession, datetime]]:
    """Open the shop on a Monday at 10:00, with orders enough for everybody."""
    monday = datetime.combine(datetime.now(UTC), time(10), UTC)
    monday += timedelta(days=7 - monday.weekday())
    write_orders(folder)
    store = await SqliteStore.open(str(folder / "desk.db"))
    await store.set("clock", f"+{(monday - datetime.now(UTC)).total_seconds()}")
    await store.close()
    runner = web.AppRunner(platform.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    victim = ["-m", "tests.runtime.victim", str(folder / "desk.db"), url, str(folder)]
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, *victim, cwd=ROOT, stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    bot = Bot(nursery)
    try:
        async with aiohttp.ClientSession() as http:
            await bot.start()
            yield bot, http, monday
            assert await bot.end(signal.SIGTERM) == 0
    finally:
        bot.abandon()
        assert nursery.stdin
        nursery.stdin.close()
        await nursery.wait()
        await runner.cleanup()


def write_orders(folder: Path, count: int = 60 + 10 * KILLS) -> None:
    """Write orders with two items each: for customer 7, 50007, delivered lately, and 60007, too long ago."""
    (folder / "flows").mkdir(parents=True)
    orders = (ROOT / "flows" / "orders.csv").read_text(encoding="utf-8").splitlines()[:1]
    items = (ROOT / "flows" / "order_items.csv").read_text(encoding="utf-8").splitlines()[:1]
    columns = orders[0].split(",")
    for number in [*range(50_000, 50_000 + count), *range(60_000, 60_000 + count)]:
        days = -6 if number < 60_000 else -41
        cells = dict.fromkeys(columns, "") | {
            "number": number, "status": "delivered", "email": "ana@example.com", "ordered_on": days - 3,
            "delivered_on": days, "delivery": "0.00", "total": "67.00", "currency": "GBP", "refund": "none",
        }  # fmt: skip
        orders.append(",".join(map(str, cells.values())))
        items.append(f"{number},kettle_blue,Blue enamel kettle,1,49.00,no,yes")
        items.append(f"{number},tea_towels,Tea towel set,1,18.00,no,yes")
    (folder / "flows" / "orders.csv").write_text("\n".join(orders), encoding="utf-8")
    (folder / "flows" / "order_items.csv").write_text("\n".join(items), encoding="utf-8")


async def reference(folder: Path) -> Platform:
    """Return what one customer of each kind was shown by a bot that nobody disturbed."""
    platform = Platform(random.Random(SEED), faults=0.0)
    async with run(folder, platform) as (_, http, monday):

        async def go_through(steps: dict[str, list[Step]]) -> None:
            for customer in platform.customers.values():
                for step in steps.get(customer.kind, ()):
                    await platform.send(http, "do", customer.words(step))
                    await platform.send(http, "idle", {})
                    platform.counts[customer.kind].append(customer.count)

        for number in range(len(KINDS)):
            platform.arrives(number)
        await go_through(SCRIPTS)
        for move in MOVES:
            await platform.send(http, "move", {"to": (monday + move).isoformat()})
            await platform.send(http, "idle", {})
            if move is MOVES[0]:
                await go_through(LATER)
    return platform


async def trouble(folder: Path, model: Platform) -> Platform:
    """Return what a crowd was shown by a bot that was killed all the time."""
    chance = random.Random(SEED)
    platform = Platform(random.Random(SEED), faults=0.03)
    platform.counts = model.counts
    closing = False
    async with run(folder, platform) as (bot, http, monday):

        async def come_and_go() -> None:
            while not closing or len(platform.customers) < len(KINDS):
                customer = platform.arrives(len(platform.customers))
                await platform.act(http, customer, SCRIPTS[customer.kind])

        async def disturbed(work: Awaitable[Any], kills: int, longest: float) -> None:
            doing = asyncio.ensure_future(work)
            for _ in range(kills):
                await asyncio.wait([doing], timeout=chance.uniform(0.02, longest))
                await bot.kill_and_start()
            await asyncio.wait_for(doing, PATIENCE)

        crowd = asyncio.gather(*(come_and_go() for _ in range(AT_ONCE)))
        while bot.kills < KILLS * 2 // 3:
            await asyncio.wait([crowd], timeout=chance.uniform(0.05, 0.9))
            if crowd.done():
                break
            await bot.kill_and_start()
        closing = True
        await asyncio.wait_for(crowd, PATIENCE)

        for _ in range(KILLS // 12):  # deadlines that the alarm clock rings for, with and without a kill in between
            await platform.send(http, "move", {"before": 0.3})
            await disturbed(asyncio.sleep(0.5), kills=chance.randint(0, 1), longest=0.5)
        for move in MOVES:
            target = {"to": (monday + move).isoformat()}
            await disturbed(platform.send(http, "move", target), kills=1 + KILLS // 20, longest=0.6)
            if move is MOVES[0]:
                late = [each for each in platform.customers.values() if each.kind in LATER]
                await platform.until(lambda late=late: all(each.cases for each in late), "their cases")  # type: ignore[misc]
                for each in late:
                    await platform.act(http, each, LATER[each.kind])
        while bot.kills < KILLS:
            await disturbed(asyncio.sleep(0.2), kills=1, longest=0.2)
        total = {each.kind: each.count for each in model.customers.values()}
        for each in platform.customers.values():
            await platform.until(lambda each=each: each.count >= total[each.kind], each)  # type: ignore[misc]
        await asyncio.sleep(0.7)  # time enough to say something twice
        print(
            f"{bot.kills} kills, {len(platform.customers)} customers, {platform.messages} messages, {platform.resent} "
            f"sent again, {sum(each.count for each in platform.customers.values())} lines shown, {platform.repeats} "
            f"repeated under the same id; seed {SEED}"
        )
    return platform


async def test_whenever_it_is_killed_everybody_is_shown_what_an_undisturbed_bot_shows(tmp_path: Path) -> None:
    print(f"FRONTDESK_SOAK_SEED={SEED} FRONTDESK_SOAK_KILLS={KILLS}")
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    model = await reference(calm)
    platform = await trouble(wild, model)

    assert platform.unannounced == []
    expected = {each.kind: each for each in model.customers.values()}
    for each in platform.customers.values():
        assert {to: plain(each, lines) for to, lines in each.shown.items()} == {
            to: plain(expected[each.kind], lines) for to, lines in expected[each.kind].shown.items()
        }, f"{each.name}, who {each.kind}; seed {SEED}"
        assert len(each.cases) == len(expected[each.kind].cases)
        assert CANARY not in "".join(each.shown["customer"])
        assert ("staff" if CANARY in "".join(each.shown["staff"]) else "") == ("staff" if noted(each.kind) else "")
        assert sum("Is it fully resolved?" in line or "Has this been" in line for line in each.shown["customer"]) == (
            each.kind not in ("asks", "looks")
        )
    assert sorted(case for each in platform.customers.values() for case in each.cases) == numbers(wild)
    kinds = Counter(each.kind for each in platform.customers.values())
    for kind, requests in requested(calm, model).items():
        found = requested(wild, platform)[kind]
        assert found == Counter({request: times * kinds[kind] for request, times in requests.items()})
    assert left_over(wild) == (0, 0)


def plain(customer: Customer, lines: list[str]) -> list[str]:
    """Take out what differs from run to run: the order, the case, the minutes, and who else waits."""
    text = "\n".join(lines)
    for pattern, name in (
        (r"\b[56]\d{4}\b", "ORDER"),
        (r"\b\d\d:\d\d\b", "TIME"),
        (r"(?i)\bcase \d+\b", "CASE"),
        (r"You're next in line\.|Nobody is ahead of you\.", "PLACE"),
        (r"\d+ (?:person is|people are) (?:in line before|still ahead of) you\.", "PLACE"),
        (r"Others (?:were here before|are ahead of) you, [^.]*\.|Nobody has been free for your case yet\.", "WHY"),
        (r" Lately, people have waited about [^;]*; that's an estimate, not a promise\.", ""),
        (r" It has mostly taken about [^;]*; I can't promise it\.", ""),
    ):
        text = re.sub(pattern, name, text)
    return text.split("\n")


def noted(kind: str) -> bool:
    return any(step.do == "note" for step in (*SCRIPTS[kind], *LATER.get(kind, ())))


def numbers(folder: Path) -> list[int]:
    """Return the cases of the bot's own board."""
    with closing(sqlite3.connect(folder / "desk.db")) as link:
        return [number for (number,) in link.execute("SELECT number FROM cases ORDER BY number")]


def requested(folder: Path, platform: Platform) -> dict[str, Counter[tuple[str, str]]]:
    """Return what the order system was asked for by customers of each kind: action and item."""
    found: dict[str, Counter[tuple[str, str]]] = {kind: Counter() for kind in KINDS}
    with closing(sqlite3.connect(folder / "desk.orders.sqlite")) as link:
        rows = link.execute("SELECT number, action, item, count(*) FROM demo_requests GROUP BY 1, 2, 3").fetchall()
    for number, action, item, times in rows:
        assert times == 1, f"{action} of {item} of {number} was made {times} times; seed {SEED}"
        found[KINDS[int(number) % 10_000 % len(KINDS)]][action, item] += 1
    return found


def left_over(folder: Path) -> tuple[int, int]:
    """Return how many events had no turn, and how many effects were not delivered."""
    with closing(sqlite3.connect(folder / "desk.db")) as link:
        ((events,),) = link.execute("SELECT count(*) FROM inbox WHERE turn IS NULL").fetchall()
        ((effects,),) = link.execute("SELECT count(*) FROM outbox WHERE status <> 'delivered'").fetchall()
    return events, effects
