"""Where the pinned board hangs on Discord."""

import discord

from bot.channels.discord import render
from bot.channels.discord.markdown import pieces
from bot.channels.discord.rest import UNKNOWN_MESSAGE, Json
from bot.channels.discord.serving import Serving

_PIECE, _EMBEDS = 1_900, 3
_LATEST = 100


class DiscordWall:
    """A staff channel (board.Wall)."""

    def __init__(self, serving: Serving, channel: int) -> None:
        self._serving = serving
        self._channel = channel

    async def quiet(self) -> bool:
        """Tell whether nothing else is on its way to staff."""
        return not any(each.place.startswith("staff:") for each in await self._serving.shop.store.outgoing())

    async def post(self, text: str, mark: str) -> str:
        """Show the board."""
        sent = await self._serving.rest.send(self._channel, _body(text), mark[:25])
        return str(sent["id"])

    async def find(self, text: str, mark: str) -> str:
        """Look for it among the latest messages, by its words: the history tells no nonce."""
        said, me = _body(text)["content"].strip(), str(self._serving.me)
        for message in await self._serving.rest.latest(self._channel, _LATEST):
            if message["author"]["id"] == me and str(message.get("content") or "").strip() == said:
                return str(message["id"])
        return ""

    async def edit(self, shown: str, text: str) -> bool:
        """Put another text in its place; False when it is gone."""
        try:
            await self._serving.rest.edit(self._channel, int(shown), _body(text))
        except discord.HTTPException as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return False
        return True

    async def pin(self, shown: str) -> str:
        """Pin it, if it is not."""
        try:
            await self._serving.rest.pin(self._channel, int(shown))
        except discord.HTTPException as error:
            return f"the board in {self._channel} cannot be pinned ({error.code}): `frontdesk doctor` tells more"
        return ""


def _body(text: str) -> Json:
    """Return the board as one message: what does not fit its content stands in embeds."""
    first, *rest = pieces(text, _PIECE) or ["…"]
    return render.message(first, (), [{"description": each} for each in rest[:_EMBEDS]])
