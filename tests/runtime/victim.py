"""A bot in a process of its own, to be killed: `python -m tests.runtime.victim DATABASE PLATFORM`.

It listens for messages on a free port, which it tells the platform (a URL), and posts what it says to the platform.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from bot.dialog.effects import Say, TellStaff
from bot.dialog.events import MessageReceived
from bot.errors import StoreError
from bot.ports import Outgoing
from bot.runtime.clock import SystemClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Advance, Broken, Flows, Paces, Served
from bot.store.sqlite import SqliteStore
from tests.runtime import engine
from tests.runtime.fakes import FakeConnector


class HttpChannel:
    """Posts effects to the platform of the test."""

    def __init__(self, http: aiohttp.ClientSession, platform: str) -> None:
        self._http = http
        self._platform = platform

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        assert isinstance(outgoing.effect, Say | TellStaff)
        shown = {"id": outgoing.id, "place": outgoing.place, "text": outgoing.effect.text, "repeat": outgoing.repeat}
        async with self._http.post(f"{self._platform}/show", json=shown, raise_for_status=True) as response:
            return await response.text()


def listener(runtime: Runtime) -> web.Application:
    """Take messages; whoever gets no 200 sends again."""

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        customer = body["customer"]
        event = MessageReceived(
            key=body["id"],
            customer=customer,
            at=datetime.now(UTC),
            place=f"web:{customer}",
            name=customer,
            text=body["text"],
        )
        try:
            await runtime.accept(event)
        except StoreError:
            return web.Response(status=503)
        return web.Response()

    app = web.Application()
    app.router.add_post("/message", take)
    return app


async def serve(database: str, platform: str, advance: Advance, broken: Broken, catalog: Flows) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    store = await SqliteStore.open(database, exclusive=True)
    async with aiohttp.ClientSession() as http:
        runtime = Runtime(
            store=store,
            channels={"web": HttpChannel(http, platform)},
            connector=FakeConnector(),
            clock=SystemClock(),
            served=Served(catalog=catalog),
            advance=advance,
            broken=broken,
            paces=Paces(retry=0.05, grace=1.0),
        )
        await runtime.start()
        runner = web.AppRunner(listener(runtime))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        async with http.post(f"{platform}/ready", json={"port": port}, raise_for_status=True):
            pass
        await stopped.wait()
        await runner.cleanup()
        await runtime.stop()
    await store.close()


if __name__ == "__main__":
    _, database, platform = sys.argv
    asyncio.run(serve(database, platform, engine.advance, engine.broken, engine.Catalog()))
