"""What flows may ask of the order system: each action's arguments and results, and the shape of an order.

Content is checked against this table, and every connector answers in its terms, whatever its vendor says.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

OrderStatus = Literal[
    "placed", "packed", "shipped", "out_for_delivery", "delayed", "delivered",
    "lost", "cancelled", "returned", "refunded",
]  # fmt: skip


class Item(Struct, frozen=True, kw_only=True):
    """A line of an order; `price` is what one piece cost. `final_sale` ones cannot be sent back."""

    code: str
    name: str
    quantity: int
    price: Decimal
    final_sale: bool = False
    in_stock: bool = True


class Order(Struct, frozen=True, kw_only=True):
    """An order as flows see it (`order.status`, `order.items`, …). Dates are days in the shop's zone."""

    number: str
    status: OrderStatus
    email: str
    ordered_on: date
    items: tuple[Item, ...]
    total: Decimal
    currency: str
    carrier: str = ""
    tracking: str = ""
    shipped_on: date | None = None
    eta: date | None = None
    delivered_on: date | None = None
    refund: Literal["none", "requested", "paid"] = "none"
    refund_on: date | None = None
    action_needed: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """What an accepted request came to: a reference to quote, the amount if money moves, and by when it is done."""

    reference: str
    amount: Decimal | None = None
    done_by: date | None = None
    send_by: date | None = None


class Action(Struct, frozen=True, kw_only=True):
    """An action's arguments and the results that it can have besides "failed"."""

    args: frozenset[str]
    results: frozenset[str]


ACTIONS: Mapping[str, Action] = {
    # → Order
    "find_order": Action(args=frozenset({"number"}), results=frozenset({"found", "not_found"})),
    # → Receipt; `item` is an item's code or "all"; `exception` says that a supervisor allowed it
    "request_refund": Action(
        args=frozenset({"number", "item", "reason", "exception"}), results=frozenset({"accepted", "refused"})
    ),
    "request_return": Action(
        args=frozenset({"number", "item", "reason", "exception"}), results=frozenset({"accepted", "refused"})
    ),
    "request_exchange": Action(
        args=frozenset({"number", "item", "wanted", "reason"}),
        results=frozenset({"accepted", "out_of_stock", "refused"}),
    ),
}
