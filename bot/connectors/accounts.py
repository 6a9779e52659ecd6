"""Linking accounts, as the engine asks for it: a connector that answers from our own store, and passes on all else."""

from datetime import datetime
from typing import Any

from bot.dialog.linking import LINK, OFFER, VOID
from bot.dialog.unlinking import UNLINK
from bot.ports import CallResult, Connector, Links


class Accounts:
    """`ports.Connector` around another. What was done once for a call is not done again."""

    def __init__(self, links: Links, others: Connector) -> None:
        self._links = links
        self._others = others

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Issue a code, void one, link two accounts or unlink one; anything else is for the outside systems."""
        if action == OFFER:
            await self._links.offer_code(args["hash"], args["account"], datetime.fromisoformat(args["until"]))
            return CallResult(result="offered")
        if action == VOID:
            await self._links.void_code(args["hash"])
            return CallResult(result="void")
        if action == LINK:
            at = datetime.fromisoformat(args["at"])
            result, other = await self._links.link(key, args["hash"], args["account"], at)
            return CallResult(result=result, value={"other": other})
        if action == UNLINK:
            at = datetime.fromisoformat(args["at"])
            return CallResult(result=await self._links.unlink(key, args["account"], at))
        return await self._others.call(action, args, key)
