"""Believing no outside system: what it answers has the shape that `actions` promises, or the call has failed.

Flows say "your order" and name amounts. What is missing, of the wrong type or about another order must not reach them.
"""

from decimal import Decimal
from typing import Any

import msgspec

from bot.actions import ACTIONS, Order, Receipt
from bot.ports import CallResult, Connector

LARGEST = 100_000  # bytes of an answer

_SHAPES: dict[str, Any] = {
    "found": Order,
    "accepted": Receipt,
    "refused": str | None,  # why, in a word
    "not_found": None,
    "out_of_stock": None,
}


class Checked:
    """`ports.Connector` around another. Raises ValueError for an answer that cannot be believed."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Do `action`, and return its value as plain data in which nothing is missing."""
        answer: object = await self._connector.call(action, args, key)
        if not isinstance(answer, CallResult):
            raise ValueError(f"the order system answered {action} with a {type(answer).__name__}")
        if answer.result == "failed":
            return CallResult(result="failed")
        if action not in ACTIONS or answer.result not in ACTIONS[action].results:
            raise ValueError(f"the order system answered {action} with a result that it cannot have")
        return CallResult(result=answer.result, value=_believable(answer, args))


def _believable(answer: CallResult, args: dict[str, Any]) -> Any:
    plain = msgspec.to_builtins(answer.value)
    if len(msgspec.json.encode(plain)) > LARGEST:
        raise ValueError(f"the order system answered with more than {LARGEST} bytes")
    value = msgspec.convert(plain, _SHAPES[answer.result])
    if isinstance(value, Order) and value.number != str(args.get("number", "")).strip().removeprefix("#"):
        raise ValueError("the order system answered with another order")
    if not all(amount.is_finite() and amount >= 0 for amount in _amounts(value)):
        raise ValueError("the order system answered with an impossible amount")
    return msgspec.to_builtins(value)


def _amounts(value: object) -> list[Decimal]:
    match value:
        case Order():
            return [value.total, *(item.price for item in value.items)]
        case Receipt(amount=Decimal() as amount):
            return [amount]
        case _:
            return []
