"""What flows may ask of the order system: each action's arguments and results, and the shapes of what comes back.

Content is checked against this table, and every connector answers in its terms, whatever its vendor says.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

OrderStatus = Literal[
    "placed", "packed", "shipped", "out_for_delivery", "delayed", "delivered",
    "lost", "cancelled", "returned", "refunded",
]  # fmt: skip
ChargeStatus = Literal["pending", "paid", "failed"]


class Item(Struct, frozen=True, kw_only=True):
    """A line of an order; `price` is what one piece cost. `final_sale` ones cannot be sent back."""

    code: str
    name: str
    quantity: int
    price: Decimal
    final_sale: bool = False
    in_stock: bool = True


class Order(Struct, frozen=True, kw_only=True):
    """An order as flows see it (`order.status`, `order.items`, …). Dates are days in the shop's zone.

    `return_on` is when a return was last registered. `replaced_on` is when something of it was last replaced; the bot
    adds what it remembers of that itself.
    """

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
    return_on: date | None = None
    replaced_on: date | None = None
    action_needed: str = ""
    address: str = ""
    account: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """What an accepted request came to: a reference to quote, the amount if money moves, and by when it is done."""

    reference: str
    amount: Decimal | None = None
    done_by: date | None = None
    send_by: date | None = None


class Slot(Struct, frozen=True, kw_only=True):
    """A time at which a parcel could come; `name` is how the carrier writes it, `phrasings` how people may say it."""

    code: str
    name: str
    day: date
    phrasings: tuple[str, ...] = ()


class Slots(Struct, frozen=True, kw_only=True):
    """The times that are free, the earliest first."""

    number: str
    slots: tuple[Slot, ...]


class Invoice(Struct, frozen=True, kw_only=True):
    """What was billed for an order, and where the customer finds the paper."""

    number: str
    reference: str
    issued_on: date
    total: Decimal
    currency: str
    url: str = ""


class Charge(Struct, frozen=True, kw_only=True):
    """A line of an order's bill: money taken, or given back (`kind` refund; `amount` is never negative).

    `agreed` says where the customer agreed to it. `mistaken`: the shop's own books say that it should not be there.
    `renews_on` is the day on which it is taken again by itself.
    """

    code: str
    kind: Literal["item", "delivery", "service", "tax", "discount", "refund", "duplicate"]
    amount: Decimal
    on: date
    name: str = ""
    agreed: str = ""
    status: ChargeStatus = "paid"
    mistaken: bool = False
    renews_on: date | None = None


class Bill(Struct, frozen=True, kw_only=True):
    """All that was charged and given back for an order, the oldest first; `paid` is what is left of it."""

    number: str
    currency: str
    charges: tuple[Charge, ...]
    paid: Decimal


class Action(Struct, frozen=True, kw_only=True):
    """An action's arguments, the results that it can have besides "failed", and what comes back if it is "found".

    What `changes` something is done at most once for each call.
    """

    args: frozenset[str]
    results: frozenset[str]
    found: Any = None
    changes: bool = False


def _looks_up(found: Any, args: str, *others: str) -> Action:
    return Action(args=frozenset(args.split()), results=frozenset({"found", *others}), found=found)


def _asks_for(args: str, *others: str) -> Action:
    """An action that is accepted with a Receipt, or refused with a word for why."""
    return Action(args=frozenset(args.split()), results=frozenset({"accepted", "refused", *others}), changes=True)


# `item` is an item's code, "all", or a list of {code, quantity}; `exception` says that a supervisor allowed it.
ACTIONS: Mapping[str, Action] = {
    "find_order": _looks_up(Order, "number", "not_found"),
    # Whose order is it? The flow `identify` asks these; "same" is remembered, and "paused" said after too many guesses.
    "check_email": Action(args=frozenset({"number", "email"}), results=frozenset({"same", "other", "paused"})),
    "check_account": Action(args=frozenset({"number"}), results=frozenset({"same", "other", "paused"})),
    "send_code": Action(args=frozenset({"number"}), results=frozenset({"sent"})),
    # News of an order as a text message, for who asked for it.
    "send_text": Action(args=frozenset({"number", "phone", "text"}), results=frozenset({"sent"})),
    "check_code": Action(args=frozenset({"number", "code"}), results=frozenset({"same", "other", "paused"})),
    "request_refund": _asks_for("number item reason exception"),
    # A part of the price, for keeping it: `amount` in the order's currency, never more than it cost.
    "refund_part": _asks_for("number item amount reason"),
    "request_return": _asks_for("number item reason exception"),
    "request_exchange": _asks_for("number item wanted reason", "out_of_stock"),
    "resend": _asks_for("number item reason exception", "out_of_stock"),
    "cancel_order": _asks_for("number reason"),
    "change_address": _asks_for("number address"),
    "delivery_slots": _looks_up(Slots, "number", "none"),
    "reschedule_delivery": _asks_for("number slot", "taken"),
    "report_missing": _asks_for("number reason"),
    "find_invoice": _looks_up(Invoice, "number", "not_ready", "not_found"),
    "find_charges": _looks_up(Bill, "number", "not_found"),
    "adjust_charge": _asks_for("number charge reason"),
}
