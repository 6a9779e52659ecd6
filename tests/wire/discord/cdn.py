"""The file host: bytes behind signed addresses that expire."""

from urllib.parse import quote

from aiohttp import web

from tests.wire.discord.letters import signature
from tests.wire.discord.world import World


class Cdn:
    def __init__(self, world: World) -> None:
        self.world = world
        self.served = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Give a file to whoever has an address that is signed and not yet over."""
        gone = web.Response(status=404, text="This content is no longer available.")
        place, number, name = (request.match_info[key] for key in ("channel", "file", "name"))
        expires, since = request.query.get("ex", ""), request.query.get("is", "")
        path = f"/attachments/{place}/{number}/{quote(name)}"
        if request.query.get("hm") != signature(path, expires, since):
            return gone
        file = self.world.files.get(int(number))
        if file is None or int(expires, 16) < self.world.clock.now():
            return gone
        self.served += 1
        return web.Response(body=file.data, headers={"Content-Type": file.mime})
