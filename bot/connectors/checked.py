"""Believing no outside system: what it answers has the shape that `actions` promises, or the call has failed.

Flows say "your order" and name amounts. What is missing, of the wrong type or about another order must not reach them.
"""

from decimal import Decimal
from typing import Any

import msgspec

from bot.actions import ACTIONS, Bill, Invoice, Order, Receipt, Slots
from bot.ports import CallResult, Connector

LARGEST = 100_000  # bytes of an answer

_SHAPES: dict[str, Any] = {  # of what comes with a result that is not "found"; with others comes nothing
    "accepted": Receipt,
    "refused": str | None,  # why, in a word
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
        return CallResult(result=answer.result, value=_believable(action, answer, args))


def _believable(action: str, answer: CallResult, args: dict[str, Any]) -> Any:
    plain = msgspec.to_builtins(answer.value)
    if len(msgspec.json.encode(plain)) > LARGEST:
        raise ValueError(f"the order system answered with more than {LARGEST} bytes")
    found = answer.result == "found"
    value = msgspec.convert(plain, ACTIONS[action].found if found else _SHAPES.get(answer.result))
    if isinstance(value, Order | Invoice | Bill | Slots) and value.number != str(
        args.get("number", "")
    ).strip().removeprefix("#"):
        raise ValueError("the order system answered with another order")
    if not all(amount.is_finite() and amount >= 0 for amount in _amounts(value)):
        raise ValueError("the order system answered with an impossible amount")
    return msgspec.to_builtins(value)


def _amounts(value: object) -> list[Decimal]:
    match value:
        case Order():
            return [value.total, *(item.price for item in value.items)]
        case Invoice(total=amount) | Receipt(amount=Decimal() as amount):
            return [amount]
        case Bill():
            return [value.paid, *(charge.amount for charge in value.charges)]
        case _:
            return []
