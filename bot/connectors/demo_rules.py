"""What the demo's order system decides: pure, from an order, what was asked for earlier, and the day.

- Pieces of an item are in one request only: returned, refunded in full or in part, exchanged or sent again. Refunds
  and returns need goods that were delivered, within 30 days; lost ones can be sent again or refunded. An exception
  lifts the window, and nothing else.
- Who keeps a thing with a flaw can get a part of its price back, once, and never more than it cost.
- A refund is what the pieces cost, before any return postage. The charge for delivery comes back with it when the whole
  order does, unless the customer changed their mind.
- Until an order has left, it can be cancelled, and its address changed.
- Working days are Monday to Friday; public holidays are not known here.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.actions import Bill, Charge, Item, Order, Receipt, Slot

WINDOW = 30  # days after delivery in which things can come back
DONE_WITHIN = 5  # working days
SENT_WITHIN = 4  # the same, of what is sent again: it goes first
TRACED_WITHIN = 3  # working days
SEND_WITHIN = 14  # days
CHANGED_MIND = "changed_my_mind"
MOST = 999  # pieces

PREFIX = {
    "request_refund": "RF", "refund_part": "RP", "request_return": "RT", "request_exchange": "EX", "resend": "RS",
    "cancel_order": "CN", "change_address": "AD", "reschedule_delivery": "RD", "report_missing": "MP",
    "adjust_charge": "AJ",
}  # fmt: skip
_OF_PIECES = ("request_refund", "refund_part", "request_return", "request_exchange", "resend")
_TIMES = (("am", "morning", "8:00 to 12:00"), ("pm", "afternoon", "13:00 to 17:00"))
_AT_HOME = re.compile(r"^$|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$")  # ends with a postcode of the UK


class Request(Struct, frozen=True):
    """What was asked for earlier: `what` is as `named` has it."""

    action: str
    what: str
    day: date
    amount: Decimal | None = None


def named(action: str, args: dict[str, Any]) -> str:
    """Return what a request is about, in one text: pieces, an address, a slot, a charge, or the whole order."""
    item = args.get("item", "all")
    if isinstance(item, list):
        return ",".join(sorted(f"{each['code']}:{each['quantity']}" for each in item))
    return str(args.get("address") or args.get("slot") or args.get("charge") or item).strip()


def pieces(order: Order, what: str) -> Counter[str]:
    """Return how many pieces of each item are meant; more than there are where more were asked for."""
    whole = {item.code: item.quantity for item in order.items}
    if what == "all":
        return Counter(whole)
    found: Counter[str] = Counter()
    for part in what.split(","):
        code, _, count = part.partition(":")
        found[code] += int(count) if count else whole.get(code, MOST)
    return found


def changed(order: Order, earlier: Iterable[Request]) -> Order:
    """Return the order as it is after what was asked for, but for refunds."""
    for each in earlier:
        match each.action:
            case "cancel_order":
                order = replace(order, status="cancelled", refund="requested", refund_on=each.day)
            case "request_return":
                order = replace(order, return_on=each.day)
            case "change_address":
                order = replace(order, address=each.what)
            case "reschedule_delivery":
                day = date.fromisoformat(each.what[:10])
                moved = order.status in ("out_for_delivery", "delayed")
                order = replace(order, eta=day, status="shipped" if moved else order.status)
    return order


def sent_again(order: Order, earlier: Iterable[Request], today: date) -> Order:
    """Return an order that was sent again as its new parcel is: it leaves a day later, and arrives after three more."""
    days = [each.day for each in earlier if each.action == "resend"]
    left = max(days) + timedelta(days=1) if days else None
    if left is None or today < left:
        return order
    there = left + timedelta(days=3)
    order = replace(order, tracking=f"{order.tracking}R", shipped_on=left, eta=there)
    return replace(order, status="shipped") if today < there else replace(order, status="delivered", delivered_on=there)


def refusal(order: Order, earlier: list[Request], action: str, what: str, args: dict[str, Any], today: date) -> str:
    """Return why the request cannot be accepted, in a word; empty when it can."""
    match action:
        case "cancel_order" | "change_address":
            return _left(order)
        case "reschedule_delivery":
            return "" if slots(order, today) else _left(order) or "no_slots"
        case "report_missing":
            return _not_missing(order, earlier)
    asked, whole = pieces(order, what), pieces(order, "all")
    if not asked or asked.keys() - whole.keys():
        return "unknown_item"
    if any(not 0 < count <= whole[code] for code, count in asked.items()):
        return "wrong_quantity"
    if standing := _standing(action, order):
        return standing
    for each in earlier:
        whole -= pieces(order, each.what) if each.action in _OF_PIECES else Counter()
    if asked - whole:
        return "already_requested"
    if action == "refund_part" and not _is_part(Decimal(args["amount"]), _amount(order, what, CHANGED_MIND)):
        return "wrong_amount"
    if args["reason"] == CHANGED_MIND and any(item.final_sale for item in order.items if item.code in asked):
        return "final_sale"
    late = order.status == "delivered" and order.delivered_on and (today - order.delivered_on).days > WINDOW
    return "past_window" if late and not args.get("exception", False) else ""


def _left(order: Order) -> str:
    """Return why the order cannot be stopped or sent elsewhere any more."""
    if order.status in ("placed", "packed"):
        return ""
    return order.status if order.status in ("cancelled", "returned", "delivered") else "already_shipped"


def _not_missing(order: Order, earlier: list[Request]) -> str:
    if order.status in ("placed", "packed"):
        return "not_shipped"
    if order.status in ("cancelled", "returned", "refunded"):
        return order.status
    return "already_requested" if any(each.action == "report_missing" for each in earlier) else ""


def _standing(action: str, order: Order) -> str:
    """Return why nothing of the order can be sent back, refunded or sent again, as it stands.

    Goods that have come back already can only be paid for, however long ago they were delivered.
    """
    if order.status == "refunded" or order.refund == "paid":
        return "already_refunded"
    if order.status == "cancelled":
        return "cancelled"
    if order.status == "returned" and action != "request_refund":
        return "returned"
    made_up_for = order.status == "lost" and action in ("resend", "request_refund")
    if order.status not in ("delivered", "returned") and not made_up_for:
        return "not_delivered"
    return "already_requested" if order.refund == "requested" else ""


def slots(order: Order, today: date) -> tuple[Slot, ...]:
    """Return when the parcel could come: not of one that nobody knows the whereabouts of."""
    if order.status not in ("placed", "packed", "shipped", "out_for_delivery", "delayed"):
        return ()
    if order.status == "delayed" and not order.eta:
        return ()
    ready = order.eta if order.eta and order.status != "out_for_delivery" else today
    days = [working_days(max(today, ready), count) for count in (1, 2, 3)]
    free = tuple(
        Slot(
            code=f"{day}_{half}",
            name=f"{day:%a} {day.day} {day:%b}, {times}",
            day=day,
            phrasings=_said(day, part, tomorrow=day == today + timedelta(days=1)),
        )
        for day in days
        for half, part, times in _TIMES
    )
    return free if _AT_HOME.search(order.address) else free[-1:]  # abroad, carriers name one


def _said(day: date, part: str, *, tomorrow: bool) -> tuple[str, ...]:
    """Return how people call a part of a day."""
    names = [f"{day:%A}", f"{day:%a}", f"{day.day} {day:%B}", f"{day.day} {day:%b}"]
    names += ["tomorrow"] if tomorrow else []
    return tuple(f"{name} {link}{part}" for name in names for link in ("", "in the "))


def receipt(action: str, reference: str, order: Order, what: str, args: dict[str, Any], today: date) -> Receipt:
    """Return what the customer is told of an accepted request."""
    done_by, send_by = working_days(today, DONE_WITHIN), today + timedelta(days=SEND_WITHIN)
    match action:
        case "request_refund":
            return Receipt(reference=reference, amount=_amount(order, what, args["reason"]), done_by=done_by)
        case "refund_part":
            return Receipt(reference=reference, amount=Decimal(args["amount"]), done_by=done_by)
        case "cancel_order":
            return Receipt(reference=reference, amount=order.total, done_by=done_by)
        case "request_return":
            return Receipt(reference=reference, send_by=send_by)
        case "request_exchange":
            return Receipt(reference=reference, done_by=done_by, send_by=send_by)
        case "reschedule_delivery":
            return Receipt(reference=reference, done_by=date.fromisoformat(what[:10]))
        case "report_missing":
            return Receipt(reference=reference, done_by=working_days(today, TRACED_WITHIN))
        case "change_address":
            return Receipt(reference=reference)
        case "resend":
            return Receipt(reference=reference, done_by=working_days(today, SENT_WITHIN))
        case _:
            return Receipt(reference=reference, done_by=done_by)


def bill(order: Order, extra: tuple[Charge, ...], earlier: list[Request]) -> Bill:
    """Return an order's bill: its items, its delivery, what came on top, and what was given back.

    What was cancelled with no money to give back was never charged.
    """
    if order.status == "cancelled" and order.refund == "none":
        return Bill(number=order.number, currency=order.currency, charges=(), paid=Decimal("0.00"))
    items = [
        Charge(code=item.code, kind="item", name=item.name, amount=item.price * item.quantity, on=order.ordered_on)
        for item in order.items
    ]
    delivery = order.total - cost(order.items)
    if delivery:
        items.append(Charge(code="delivery", kind="delivery", amount=delivery, on=order.ordered_on))
    back = [
        Charge(code=f"refund_{n}", kind="refund", amount=each.amount, on=each.day, status="pending")
        for n, each in enumerate((each for each in earlier if each.amount is not None), 1)
        if each.amount is not None
    ]
    if order.refund != "none" and order.refund_on and not back:
        status: Any = "paid" if order.refund == "paid" else "pending"
        back.append(Charge(code="refund_0", kind="refund", amount=order.total, on=order.refund_on, status=status))
    charges = tuple(sorted((*items, *extra, *back), key=lambda charge: charge.on))
    taken = sum((each.amount for each in charges if each.status == "paid" and each.kind != "refund"), Decimal("0.00"))
    given = sum((each.amount for each in charges if each.status == "paid" and each.kind == "refund"), Decimal("0.00"))
    return Bill(number=order.number, currency=order.currency, charges=charges, paid=taken - given)


def adjustment(
    order: Order, extra: tuple[Charge, ...], earlier: list[Request], code: str, reference: str, today: date
) -> Receipt | str:
    """Return what is paid back of a charge that should not be there, or why nothing is, in a word."""
    charge = next((each for each in bill(order, extra, []).charges if each.code == code), None)
    if charge is None:
        return "unknown_charge"
    if not charge.mistaken:
        return "valid_charge"
    if any(each.action == "adjust_charge" and each.what == code for each in earlier):
        return "already_requested"
    return Receipt(reference=reference, amount=charge.amount, done_by=working_days(today, DONE_WITHIN))


def _amount(order: Order, what: str, reason: str) -> Decimal:
    asked = pieces(order, what)
    if asked == pieces(order, "all") and reason != CHANGED_MIND:
        return order.total
    return sum((item.price * asked[item.code] for item in order.items), Decimal("0.00"))


def _is_part(amount: Decimal, whole: Decimal) -> bool:
    return 0 < amount <= whole and amount == round(amount, 2)


def cost(items: Iterable[Item]) -> Decimal:
    """Return what items cost together, without delivery."""
    return sum((item.price * item.quantity for item in items), Decimal("0.00"))


def working_days(start: date, count: int) -> date:
    """Return the working day that is `count` of them after `start`."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
