"""Where the pinned board hangs on Slack."""

from collections.abc import Callable
from typing import Any

from bot.channels.slack.blocks import fallback, section
from bot.channels.slack.pace import Pace
from bot.channels.slack.places import Where
from bot.channels.slack.render import pieces
from bot.channels.slack.workspace import SlackRefused, Workspace

_PIECES = 20
_MARK, _LATEST = "frontdesk_board", 200


class SlackWall:
    """A staff channel (board.Wall)."""

    def __init__(self, at: Where, spaces: Callable[[Where], Workspace], pace: Pace) -> None:
        self._at = at
        self._spaces = spaces
        self._pace = pace

    async def quiet(self) -> bool:
        """Tell whether a message could go there at once, and another one after it."""
        return self._pace.spare(self._at.channel)

    async def post(self, text: str, mark: str) -> str:
        """Show the board."""
        metadata = {"event_type": _MARK, "event_payload": {"mark": mark}}
        more: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "metadata": metadata}
        return str((await self._write("chat.postMessage", text, **more))["ts"])

    async def find(self, text: str, mark: str) -> str:
        """Look for it among the latest messages, by its mark."""
        args = {"channel": self._at.channel, "limit": _LATEST, "include_all_metadata": True}
        said = await self._spaces(self._at).read("conversations.history", **args)
        for message in said["messages"]:
            if ((message.get("metadata") or {}).get("event_payload") or {}).get("mark") == mark:
                return str(message["ts"])
        return ""

    async def edit(self, shown: str, text: str) -> bool:
        """Put another text in its place; False when it is gone."""
        try:
            await self._write("chat.update", text, ts=shown)
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
            return False
        return True

    async def pin(self, shown: str) -> str:
        """Pin it, if it is not."""
        try:
            await self._spaces(self._at).write("pins.add", channel=self._at.channel, timestamp=shown)
        except SlackRefused as error:
            if error.code != "already_pinned":
                return f"the board in {self._at.channel} cannot be pinned ({error.code}): `frontdesk doctor` tells more"
        return ""

    async def _write(self, method: str, text: str, **more: Any) -> Any:
        blocks = [section(piece) for piece in pieces(text)[:_PIECES]]
        await self._pace.turn(self._at.channel)
        return await self._spaces(self._at).write(
            method,
            channel=self._at.channel,
            text=fallback(blocks),
            blocks=blocks,
            parse="none",
            link_names=False,
            **more,
        )
