"""The demo shop's bot in a process of its own, to be killed: `python -m tests.runtime.victim DATABASE PLATFORM ORDERS`.

It is what `frontdesk demo` serves, but for three things: people are on a platform of the test's (a URL), which is told
the port to send their doings to; the orders come from the folder ORDERS, and the order system dawdles (or from the
mapping file ORDERS, at the platform's address); and which
variant of a wording comes first does not depend on who else is there, so that two runs can be compared.

The process that is started reads the content and forks a bot for each line that comes in, since only that is to be
killed, often. It prints the bot's process id, and its exit code when it has ended.
"""

import asyncio
import logging
import os
import random
import signal
import sys
import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zlib import crc32

import aiohttp
from aiohttp import web
from msgspec import structs

from bot import app
from bot.app import OpenShop, open_shop
from bot.channels.casework import post_event, staff_event
from bot.channels.lines import show
from bot.connectors import demo_files, deskfile
from bot.connectors.demo import DemoOrders
from bot.connectors.helpdesk import Desk, MappedDesk
from bot.connectors.mapping import SHIPPED
from bot.connectors.mapping import load as load_mapping
from bot.connectors.outside import OrderSystem
from bot.connectors.webhooks import Webhook
from bot.content import load
from bot.dialog import scene
from bot.dialog.catalog import Catalog
from bot.dialog.effects import OpenCase
from bot.dialog.events import Event, MessageReceived
from bot.dialog.files import File
from bot.errors import StoreError
from bot.ports import CallResult, Clock, Outgoing
from bot.runtime.served import Desks
from bot.secrets import Secret

ROOT = Path(__file__).parents[2]


class HttpChannel:
    """Posts effects to the platform of the test."""

    def __init__(self, http: aiohttp.ClientSession, platform: str) -> None:
        self._http = http
        self._platform = platform

    async def fetch(self, file: File) -> bytes:
        raise AssertionError(file)

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        line = show(outgoing.effect, who=outgoing.customer, id=outgoing.id, at=outgoing.at, trace=outgoing.trace)
        shown = {
            "id": outgoing.id,
            "customer": outgoing.customer,
            "place": outgoing.place,
            "repeat": outgoing.repeat,
            "opens": isinstance(outgoing.effect, OpenCase),
            "case": line.get("case"),
            "text": line["text"],
            "choices": [choice["label"] for choice in line.get("choices", ())],
        }
        async with self._http.post(f"{self._platform}/show", json=shown, raise_for_status=True) as response:
            return await response.text()


class Dawdling(DemoOrders):
    """The demo's orders, slow enough to be killed before and after something was recorded."""

    def __init__(self, folder: Path, database: Path | None, clock: Clock, zone: str) -> None:
        super().__init__(Path(sys.argv[3]), database, clock, zone)

    async def call(self, action: str, args: dict[str, object], key: str) -> CallResult:
        await asyncio.sleep(random.uniform(0.0, 0.06))
        answer = await super().call(action, args, key)
        await asyncio.sleep(random.uniform(0.0, 0.06))
        return answer


def listener(shop: OpenShop) -> web.Application:
    """Take what people do; whoever gets no 200 sends again."""

    async def take(request: web.Request) -> web.Response:
        try:
            await shop.accept(_event(await request.json(), shop.clock.now()))
        except StoreError:
            return web.Response(status=503)
        return web.Response()

    async def move(request: web.Request) -> web.Response:
        """Move the clock `to` a time, or to shortly `before` the earliest deadline, which its alarm then meets."""
        body = await request.json()
        try:
            due = await shop.store.next_due()
            to = datetime.fromisoformat(body["to"]) if "to" in body else due and due - timedelta(seconds=body["before"])
            if to and to > shop.clock.now():
                await shop.advance_clock(to - shop.clock.now())
        except StoreError:
            return web.Response(status=503)
        return web.Response()

    async def idle(_: web.Request) -> web.Response:
        await shop.idle()
        return web.Response()

    application = web.Application()
    application.router.add_post("/do", take)
    application.router.add_post("/move", move)
    application.router.add_post("/idle", idle)
    return application


def _event(body: dict[str, str], now: datetime) -> Event:
    key, customer = body["id"], body["customer"]
    if body["do"] == "say":
        return MessageReceived(key=key, customer=customer, at=now, place=customer, name="Ana", text=body["text"])
    if "about" in body:
        event = post_event(body["about"], body["do"], "", key=key, at=now, agent=body["agent"])
        assert event, body
        return event
    common: dict[str, Any] = {"key": key, "customer": customer, "at": now}
    common |= {"agent": body["agent"], "case": int(body["case"])}
    return staff_event(body["do"], body["text"], **common)


def order_system(catalog: Catalog, platform: str) -> OrderSystem | None:
    if not sys.argv[3].endswith(".yaml"):
        return None
    file, expressions = load_mapping(Path(sys.argv[3]), catalog.voice.zone)
    return OrderSystem(file=file, expressions=expressions, url=platform, token=Secret("sesame"))


def desks(catalog: Catalog, platform: str) -> Desks:
    match os.environ.get("FRONTDESK_TEST_OUTSIDE"):
        case "webhook":
            secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            return Desks(desks={"crm": Webhook(f"{platform}/hook", secret)}, words=True)
        case "zendesk":
            file, expressions = deskfile.load(SHIPPED / "zendesk.yaml", catalog.voice.zone)
            token = Secret("agent@example.com/token:sesame-open-42")
            desk = Desk(file=file, expressions=expressions, url=platform, token=token)
            return Desks(desks={"zendesk": MappedDesk(desk)}, words=True)
        case _:
            return Desks()


async def serve(catalog: Catalog, database: str, platform: str) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with aiohttp.ClientSession() as http:
        channel = HttpChannel(http, platform)
        channels = {"web": channel, "staff": channel}
        orders = order_system(catalog, platform)
        async with open_shop(
            folder=ROOT,
            catalog=catalog,
            database=database,
            channels=channels,
            order_system=orders,
            desks=desks(catalog, platform),
        ) as shop:
            runner = web.AppRunner(listener(shop), shutdown_timeout=0.5)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            async with http.post(f"{platform}/ready", json={"port": port}, raise_for_status=True):
                pass
            await stopped.wait()
            await runner.cleanup()


def main() -> None:
    logging.disable(logging.WARNING)  # the platform's faults
    catalog = load(ROOT)
    catalog = replace(catalog, notices=structs.replace(catalog.notices, pause=timedelta(milliseconds=20)))
    if Path(sys.argv[3]).is_dir():
        demo_files.read(Path(sys.argv[3]))
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            try:
                asyncio.run(serve(catalog, sys.argv[1], sys.argv[2]))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    by_name = patch.object(scene, "crc32", lambda seed: crc32(seed.partition(b"/")[2]))
    once = patch.object(demo_files, "read", cache(demo_files.read))
    with patch.object(app, "DemoOrders", Dawdling), by_name, once:
        main()
