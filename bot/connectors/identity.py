"""Whose order is it? Answered by comparing, so that nothing of an order comes back; an unknown one matches nobody.

Both take the same way and the same time: the order is looked for, and an answer that would come sooner is held back.
"""

import asyncio
import logging
from typing import Any

from bot.dialog.verifying import SEND
from bot.ports import CallResult, Connector

log = logging.getLogger("frontdesk.identity")


class Identity:
    """`ports.Connector` around another. `pace` is how many seconds a code takes to be sent, or not sent.

    In the demo nothing is sent: the code comes back, to be `shown`.
    """

    def __init__(self, orders: Connector, *, pace: float = 0.0, shown: bool = False) -> None:
        self._orders = orders
        self._pace = pace
        self._shown = shown

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Compare an address or an account with the order's, or send a code; anything else is for the order system."""
        match action:
            case "check_email":
                order = await self._order(args["number"], key)
                return _same(bool(order) and _plain(order["email"]) == _plain(args["email"]) != "")
            case "check_account":
                order = await self._order(args["number"], key)
                return _same(bool(order) and order["account"] in args["accounts"])
            case "send_code":
                order = await self._order(args["number"], key)
                if self._shown:
                    return CallResult(result="sent", value={"shown": args["code"]})
                await asyncio.gather(self._send(order, args, key), asyncio.sleep(self._pace))
                return CallResult(result="sent", value={"shown": ""})
        return await self._orders.call(action, args, key)

    async def _order(self, number: str, key: str) -> dict[str, Any]:
        answer = await self._orders.call("find_order", {"number": number}, key)
        return dict(answer.value) if answer.result == "found" else {}

    async def _send(self, order: dict[str, Any], args: dict[str, Any], key: str) -> None:
        """Send the code; that it could not be sent would say that there is such an order."""
        if not order.get("email"):
            return
        try:
            async with asyncio.timeout(self._pace):
                known = {"number": args["number"], "code": args["code"], "email": order["email"]}
                await self._orders.call(SEND, known, key)
        except Exception as error:
            log.warning("a code could not be sent: %s", type(error).__name__)


def _same(same: bool) -> CallResult:
    return CallResult(result="same" if same else "other")


def _plain(text: str) -> str:
    return text.strip().casefold()
