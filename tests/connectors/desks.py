"""Outside desks on loopback, which fail on demand, and a bot that tells them."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import OpenShop, open_shop
from bot.channels.casework import staff_event
from bot.content import load
from bot.dialog.catalog import Catalog
from bot.dialog.effects import MarkReply, TellStaff
from bot.dialog.events import MessageReceived
from bot.ports import HelpDesk, Outgoing
from bot.runtime.served import Desks
from tests.connectors.servers import Faults, Json, faulty
from tests.runtime.fakes import FakeChannel

ROOT = Path(__file__).parents[2]
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
CANARY = "CANARY-secret-glaze"
demo_shop = cache(lambda: load(ROOT))


@dataclass
class Post:
    """A request as it came."""

    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> Json:
        return json.loads(self.raw)  # type: ignore[no-any-return]


@dataclass
class Receiver:
    """Takes webhooks. `posts` are all that came, `taken` those that were answered with 200."""

    faults: Faults = field(default_factory=Faults)
    posts: list[Post] = field(default_factory=list)
    taken: list[Post] = field(default_factory=list)

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/hook", self._take)
        return application

    async def _take(self, request: web.Request) -> web.StreamResponse:
        post = Post(dict(request.headers), await request.read(), asyncio.get_running_loop().time())
        self.posts.append(post)

        def answer() -> web.Response:
            self.taken.append(post)
            return web.Response(text="ok")

        fault = self.faults.next("post")
        if fault == "busy":
            return web.Response(status=503, headers={"Retry-After": "1"})
        return await faulty(request, fault, answer)

    def types(self) -> list[str]:
        return [post.body["type"] for post in self.taken]


class Room(FakeChannel):
    """Remembers what staff were told, and what customers were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    async def deliver(self, outgoing: Outgoing) -> str:
        if isinstance(outgoing.effect, TellStaff):
            self.told.append(outgoing.effect.text)
        if isinstance(outgoing.effect, MarkReply):
            return ""
        return await super().deliver(outgoing)


@dataclass
class Bot:
    """The demo shop's bot, one customer and the agents."""

    shop: OpenShop
    room: Room
    sent: int = 0

    async def writes(self, text: str, customer: str = "web:ana") -> None:
        self.sent += 1
        now = self.shop.clock.now()
        message = MessageReceived(key=f"m{self.sent}", customer=customer, at=now, place=customer, name="Ana", text=text)
        await self.shop.accept(message)

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.writes(text)
            await self.shop.idle()

    async def does(self, do: str, text: str = "", *, agent: str = "dana", case: int = 1) -> None:
        self.sent += 1
        common: dict[str, Any] = {"key": f"a{self.sent}", "customer": "web:ana", "at": self.shop.clock.now()}
        await self.shop.accept(staff_event(do, text, agent=agent, case=case, **common))
        await self.shop.idle()


@asynccontextmanager
async def open_bot(
    desks: Mapping[str, HelpDesk],
    *,
    words: bool = False,
    give_up: timedelta = timedelta(days=1),
    database: str = ":memory:",
    catalog: Catalog | None = None,
) -> AsyncIterator[Bot]:
    room = Room()
    async with open_shop(
        folder=ROOT,
        catalog=catalog or demo_shop(),
        database=database,
        channels={"web": room, "staff": room},
        desks=Desks(desks=desks, words=words, give_up=give_up),
    ) as shop:
        yield Bot(shop, room)
