"""The playground as a face: a real WebSocket of the real server, with aiohttp's client in the place of the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count

import aiohttp

from bot.app import OpenShop, open_shop
from bot.channels.web import server
from bot.channels.web.page import Page
from bot.errors import BadInput
from bot.rehearsal import Line, Scenery

_PATIENCE = 10.0
_UNSEEN = ("Call", "StartTimer", "CancelTimer")


class Web:
    """One page, open while the script is played."""

    def __init__(self) -> None:
        self._page = Page()
        self._refs = count(1)
        self._heard: list[Line] = []
        self._shop: OpenShop | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def opened(self, scenery: Scenery) -> AsyncIterator[None]:
        async with open_shop(
            folder=scenery.folder,
            catalog=scenery.catalog,
            at=scenery.at,
            channels={"local": self._page, "staff": self._page},
            watchers=(self._page,),
            behind=scenery.behind,
        ) as self._shop:
            ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            serving = asyncio.create_task(
                server.serve(
                    self._shop, self._page, host="127.0.0.1", port=0, announce=ready.set_result, mode=scenery.mode
                )
            )
            try:
                async with aiohttp.ClientSession() as client, client.ws_connect(f"{await ready}ws") as self._socket:
                    await self._until("hello")
                    yield
            finally:
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving

    async def do(self, request: Line) -> None:
        assert self._shop
        assert self._socket
        ref = f"page-{next(self._refs)}"
        await self._socket.send_str(json.dumps({**request, "ref": ref}))
        answer = await self._until("ok", "error")
        assert ref in (answer.get("ok"), answer.get("ref"))
        if "error" in answer:
            raise BadInput(str(answer["error"]))
        await self._shop.idle()
        self._page.tell({"mark": ref})  # what was shown before it has come when it comes
        await self._until("mark")

    def heard(self) -> list[Line]:
        heard, self._heard = self._heard, []
        return heard

    async def _until(self, *keys: str) -> Line:
        """Read on until a frame with one of these keys comes, and keep the lines that come before it."""
        assert self._socket
        async with asyncio.timeout(_PATIENCE):
            while True:
                frame: Line = json.loads(await self._socket.receive_str())
                if any(key in frame for key in keys):
                    return frame
                if frame.get("to") in ("customer", "staff"):
                    self._heard.append(frame)
                elif "turn" in frame:
                    self._heard += [_decided(each) for each in frame["turn"]["effects"] if each["effect"] in _UNSEEN]


def _decided(effect: Line) -> Line:
    """Return the line of an effect that nobody is shown, as the page knows it from the turn."""
    told = {"to": "system", "effect": effect["effect"]}
    if effect["effect"] == "Call":
        return told | {"action": effect["summary"]}
    if effect["effect"] == "StartTimer":
        return told | {"deadline": {"kind": effect["summary"].partition(" ")[0]}}
    return told
