"""The playground's server: the page, its WebSocket, and the guard that lets only this page use it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from bot.channels.lines import PREFIX, Move, Reader, obey, tree
from bot.channels.looking import Look, answer
from bot.channels.modes import Moded
from bot.channels.web.drawing import drawing
from bot.channels.web.page import Page, present, short
from bot.dialog import naming
from bot.dialog.events import ChoicePressed, FormSubmitted, MessageReceived
from bot.dialog.happening import Mode
from bot.errors import BadInput, FrontdeskError, StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.web")
_LARGEST = 1_000_000
_TICK = 30
_PEEK = 0.25  # seconds between looks at whether the bot has been paused
_FAREWELL = 2  # seconds that a page has to say goodbye
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def serve(
    shop: Shop, page: Page, *, host: str, port: int, announce: Callable[[str], None], mode: Mode = "live"
) -> None:
    """Serve the page until cancelled; `mode` is who speaks there. Raises FrontdeskError when the port is taken."""
    server = _Server(Moded(shop, lambda _: mode), page, host)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    ticking = asyncio.create_task(server.tick())
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise FrontdeskError(
                f"cannot serve on {host}:{port}: {error.strerror or error}. Is another bot running? "
                "Choose another port with --port, or 0 for any."
            ) from None
        address = runner.addresses[0]
        announce(f"http://{host}:{address[1]}/")
        await asyncio.Event().wait()
    finally:
        ticking.cancel()
        await runner.cleanup()


class _Server:
    """One shop's page."""

    def __init__(self, shop: Moded, page: Page, host: str) -> None:
        self._shop = shop
        self._page = page
        page.shop = shop
        self._host = host
        self._reader = Reader(shop)
        self._moving = asyncio.Lock()

    def application(self) -> web.Application:
        """Return the routes."""
        application = web.Application(middlewares=[self._guard])
        application.router.add_get("/", self._index)
        application.router.add_get("/ws", self._socket)
        application.router.add_get("/flow/{name}", self._flow)
        application.router.add_static("/static", str(files("bot.channels.web").joinpath("static")))
        return application

    async def tick(self) -> None:
        """Keep the pages' time and list of deadlines fresh: when something happened, and now and then."""
        while True:
            paused = self._shop.paused
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    while not self._page.stirred.is_set() and self._shop.paused == paused:
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self._page.stirred.wait(), _PEEK)
            self._page.stirred.clear()
            try:
                self._page.tell(await present(self._shop))
            except StoreError as error:
                log.error("cannot read what is scheduled: %s", error)
            await asyncio.sleep(0.05)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer only to our own name (no rebinding), and open sockets only to our own page (no other site's)."""
        name = urlsplit(f"//{request.host}").hostname or ""
        origin = request.headers.get("Origin")
        if name not in {"localhost", "127.0.0.1", "::1", self._host}:
            raise web.HTTPForbidden(text="This page is served to this machine only.")
        if origin and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="This socket is for its own page only.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(str(files("bot.channels.web").joinpath("static", "index.html")))

    async def _flow(self, request: web.Request) -> web.StreamResponse:
        """Answer with where the steps of a flow are drawn."""
        flow = self._shop.catalog.flows.get(request.match_info["name"])
        if flow is None:
            raise web.HTTPNotFound(text="there is no such flow any more")
        return web.json_response(drawing(flow))

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=_LARGEST)
        await socket.prepare(request)
        serving = asyncio.create_task(self._page.serve(socket, self._shop))
        hanging_up = asyncio.create_task(_hang_up(serving, socket, request.transport))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await socket.send_str(json.dumps(await self._take(message.data)))
        except ConnectionError:
            pass  # it is gone, and will send again what was not answered
        finally:
            serving.cancel()
            await hanging_up
        return socket

    def _answers(self, place: str) -> bool:
        return not self._shop.paused and self._shop.mode(place) == "live"

    async def _show_writing(self, who: object) -> None:
        """Show on the other side who is writing, while a person owns the case; nothing of it is kept."""
        if not isinstance(who, dict):
            raise BadInput("'writing' must be an object with 'customer', or with 'agent' and 'case'")
        for case in await self._shop.store.board():
            if case.status != "owned" or not case.customer.startswith(f"{PREFIX}:"):
                continue
            if who.get("case") == case.number and (agent := str(who.get("agent") or "")) in self._shop.catalog.agents:
                by = naming.author(self._shop.catalog, agent, case.queue)
                self._page.tell({"writing": {"who": short(case.customer), "by": by}})
            elif who.get("customer") == short(case.customer):
                self._page.tell({"writing": {"case": case.number, "by": case.name}})

    async def _take(self, text: str) -> dict[str, object]:
        """Do what a page asks for; answer `ok` once that is durable, or `error` when nothing was changed."""
        ref: object = None
        try:
            request = _parse(text)
            ref = request.get("ref")
            if "writing" in request:
                await self._show_writing(request["writing"])
                return {"ok": ref}
            if "snippet" in request:
                return {"ok": ref, "snippet": await self._reader.snippet(request)}
            meant = await self._reader.read(request)
            if isinstance(meant, Move):
                async with self._moving:
                    await obey(self._shop, meant)
                self._page.stirred.set()
            else:
                if isinstance(meant, MessageReceived | ChoicePressed | FormSubmitted) and self._answers(meant.place):
                    self._page.typing(short(meant.customer), self._shop.catalog.voice.bot)
                if isinstance(meant, Look):
                    return {"ok": ref, "look": await answer(self._shop, meant, tree)}
                if await obey(self._shop, meant) and meant is not None and not isinstance(meant, tuple):
                    self._page.echo(meant)  # its turn may be long in coming
        except (BadInput, StoreError) as error:
            return {"error": str(error), "ref": ref}
        return {"ok": ref}


async def _hang_up(serving: asyncio.Task[None], socket: web.WebSocketResponse, line: asyncio.Transport | None) -> None:
    """When a page is no longer served, end its connection, so that it starts anew; one that is stuck, by force."""
    await asyncio.wait([serving])
    if not serving.cancelled() and (error := serving.exception()):
        log.error("a page could not be served: %s", error)
    try:
        await asyncio.wait_for(socket.close(), _FAREWELL)
    except (TimeoutError, ConnectionError):
        if line:
            line.abort()


def _parse(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"that is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadInput("a message must be a JSON object")
    return value
