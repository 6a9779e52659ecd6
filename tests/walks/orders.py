"""The demo's orders for walks, without a database: what was asked for, and whose they are."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from bot.actions import ACTIONS
from bot.connectors import demo_files, demo_rules
from bot.connectors.demo import DemoOrders, looked_up
from bot.connectors.demo_rules import Request
from bot.connectors.identity import Identity
from bot.content import shipped_folder
from bot.dialog.verifying import CHECKS, SEND
from bot.ports import CallResult, Clock

_FIRST = date(2026, 1, 5)
Earlier = tuple[tuple[str, Request], ...]


class Orders:
    """The demo's orders without a database: what was asked for earlier is handed in. Every other is of `account`."""

    def __init__(self, clock: Clock, account: str) -> None:
        self._filed = demo_files.read(shipped_folder())
        self._rules = DemoOrders(shipped_folder(), None, clock, "Europe/London")
        self._account = account

    @property
    def numbers(self) -> list[str]:
        return list(self._filed)

    def email(self, number: str) -> str:
        """Return the address that an order was placed with; for one that is not there, somebody's."""
        filed = self._filed.get(number.strip().removeprefix("#"))
        return str(filed.fields["email"]) if filed else "robin.hale@example.com"

    def call(self, action: str, args: Mapping[str, Any], day: date, earlier: Earlier) -> tuple[CallResult, Earlier]:
        """Return the answer, and what was asked for by now."""
        if action in (*CHECKS, SEND):
            return _done(Identity(_Looked(self, day, earlier), shown=True).call(action, dict(args), "")), earlier
        if action == "send_text":
            return CallResult(result="sent"), earlier
        number = args["number"].strip().removeprefix("#")
        if number not in self._filed:
            known = next((each for each in ("not_found", "none") if each in ACTIONS[action].results), "refused")
            return CallResult(result=known, value="unknown_order"), earlier
        order, extra = self._filed[number].on(_FIRST, day), self._filed[number].charges_on(_FIRST)
        if int(number) % 2:
            order = replace(order, account=self._account)
        mine = [each for of, each in earlier if of == number]
        if not ACTIONS[action].changes:
            return looked_up(action, order, extra, mine, day), earlier
        what, given = demo_rules.named(action, dict(args)), dict(args)
        done = self._rules.decided(demo_rules.changed(order, mine), extra, mine, action, what, given, day)
        if done.result != "accepted":
            return done, earlier
        paid = Decimal(done.value["amount"]) if done.value["amount"] is not None else None
        return done, (*earlier, (number, Request(action, what, day, paid)))


@dataclass(frozen=True, slots=True)
class _Looked:
    """These orders on one day, as the connector that `Identity` compares with."""

    orders: Orders
    day: date
    earlier: Earlier

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        return self.orders.call(action, args, self.day, self.earlier)[0]


def _done(call: Coroutine[Any, Any, CallResult]) -> CallResult:
    """Return what a call comes to that waits for nothing."""
    try:
        call.send(None)
    except StopIteration as done:
        answer: CallResult = done.value
        return answer
    raise AssertionError("the order system waits")
