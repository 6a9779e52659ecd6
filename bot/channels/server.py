"""The one server of `frontdesk run`: how the bot is (/healthz, /readyz), and the requests that platforms send to it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.channels.front import Front
from bot.errors import FrontdeskError, StoreError
from bot.ports import Shop
from bot.secrets import sifted

log = logging.getLogger("frontdesk.server")

_PATIENCE = 2.0  # seconds in which the database has to answer
_FAREWELL = 3.0  # seconds that requests in hand have when the bot stops
_LARGEST = 2_000_000


@asynccontextmanager
async def serving(
    shop: Shop, fronts: Mapping[str, Front], routes: Iterable[web.AbstractRouteDef], *, host: str, port: int
) -> AsyncIterator[str]:
    """Serve during the block; yields the server's address. Raises FrontdeskError when the port is taken."""
    health = Health(shop, fronts)
    application = web.Application(client_max_size=_LARGEST)
    application.add_routes([web.get("/healthz", health.alive), web.get("/readyz", health.ready), *routes])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_FAREWELL)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise FrontdeskError(
                f"cannot serve on {host}:{port}: {error.strerror or error}. Is another bot running? "
                "Choose another server.port, or 0 for any."
            ) from None
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Health:
    """Answers those who watch over the bot: a service manager, a load balancer, a person."""

    def __init__(self, shop: Shop, fronts: Mapping[str, Front]) -> None:
        self._shop = shop
        self._fronts = fronts

    async def alive(self, request: web.Request) -> web.Response:
        """200 while the process and its database work: if not, restart it."""
        trouble = await self._database()
        return _answer(not trouble, {"database": trouble or "ok"})

    async def ready(self, request: web.Request) -> web.Response:
        """200 while customers on every platform are heard and can be answered, though by people if orders are out."""
        catalog = self._shop.catalog
        trouble = await self._database()
        unconnected = {name: front.trouble or "connecting" for name, front in self._fronts.items() if not front.ready}
        parts = {
            "content": f"{len(catalog.every_entry)} entries, {len(catalog.flows)} flows",
            "database": trouble or "ok",
            **{name: f"not connected: {unconnected[name]}" if name in unconnected else "ok" for name in self._fronts},
            **{name: f"in trouble: {trouble}" if trouble else "ok" for name, trouble in self._shop.outside.items()},
            "speaking": "no: paused until 'frontdesk resume'" if self._shop.paused else "yes",
        }
        return _answer(not trouble and not unconnected, parts)

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._shop.store.next_due()
        except StoreError as error:
            return str(error)
        except TimeoutError:
            return f"gives no answer within {_PATIENCE:g} seconds"
        return ""


def _answer(well: bool, parts: Mapping[str, str]) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    told = {name: sifted(text) for name, text in parts.items()}
    return web.json_response({"ok": well, "parts": told}, status=200 if well else 503, headers=headers)
