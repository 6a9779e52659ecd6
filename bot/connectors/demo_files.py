"""The demo's orders as two CSV files of the content folder have them; every cell is checked, and so are the sums.

`flows/orders.csv` has one order a line. `ordered_on`, `shipped_on`, `eta`, `delivered_on` and `refund_on` count days
from the demo's first day, the day in the shop's zone on which its database was first used: -6 is six days before it,
+2 two days after. So the demo is never stale. `refund_on`
is the day on which the refund was asked for or paid. `delivery` is what delivery cost, and `total` is all items plus
`delivery`. `about` says what the order is there to show; only people read it.

`flows/order_charges.csv`, which need not be there, has what is on an order's bill besides items and delivery, such as
customs or an amount that was taken twice: `mistaken` then. `on` is a day too. A `pending` one is only set aside by the
bank, and a `failed` one was never taken. `renews_on` is the day on which it is taken again by itself.

`flows/order_moves.csv`, which need not be there, has how orders go on by themselves: from the day `on`, an order has
that `status`, and whatever else is not empty. `delivered_on` and `shipped_on` are that day where they are not known.

`flows/order_items.csv` has one item of an order a line; `price` is what one piece cost. `in_stock` says whether the
shop has it now, so it is the same wherever a `code` appears.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from bot.actions import Charge, ChargeStatus, Item, Order, OrderStatus
from bot.connectors.demo_rules import cost
from bot.errors import ContentError, Problem

_Cell = tuple[str, str]  # a pattern that the whole cell must match, and how its author would say that
_DAY: _Cell = (r"[-+]?[0-9]{1,4}", "a number of days such as -6, 0 or +2")
_DAY_OR_NONE: _Cell = (rf"({_DAY[0]})?", f"{_DAY[1]}, or nothing")
_MONEY: _Cell = (r"[0-9]{1,6}\.[0-9]{2}", "an amount such as 49.00")
_YES_NO: _Cell = (r"yes|no", "yes or no")
_NUMBER: _Cell = (r"[0-9]{5}", "an order number of five digits")
_TEXT: _Cell = (r".{0,200}", "at most 200 characters, on one line")

_ORDER_COLUMNS: dict[str, _Cell] = {
    "number": _NUMBER,
    "status": ("|".join(get_args(OrderStatus)), "one of " + ", ".join(get_args(OrderStatus))),
    "email": (r"[^\s@]+@[^\s@]+\.[^\s@]+", "an e-mail address"),
    "ordered_on": _DAY,
    "shipped_on": _DAY_OR_NONE,
    "eta": _DAY_OR_NONE,
    "delivered_on": _DAY_OR_NONE,
    "delivery": _MONEY,
    "total": _MONEY,
    "currency": (r"[A-Z]{3}", "a currency such as GBP"),
    "carrier": _TEXT,
    "tracking": _TEXT,
    "refund": (r"none|requested|paid", "one of none, requested, paid"),
    "refund_on": _DAY_OR_NONE,
    "action_needed": _TEXT,
    "address": _TEXT,
    "about": _TEXT,
}
_ITEM_COLUMNS: dict[str, _Cell] = {
    "number": _NUMBER,
    "code": (r"(?!all$)[a-z0-9_]{1,40}", "small letters, digits and _, and not 'all'"),
    "name": (r".{1,75}", "1 to 75 characters, on one line"),
    "quantity": (r"[1-9][0-9]{0,2}", "a whole number from 1 to 999"),
    "price": _MONEY,
    "final_sale": _YES_NO,
    "in_stock": _YES_NO,
}
_CHARGE_COLUMNS: dict[str, _Cell] = {
    "number": _NUMBER,
    "code": (r"[a-z0-9_]{1,40}", "small letters, digits and _"),
    "kind": (r"service|tax|duplicate", "one of service, tax, duplicate"),
    "name": _TEXT,
    "amount": _MONEY,
    "on": _DAY,
    "agreed": _TEXT,
    "mistaken": _YES_NO,
    "status": ("|".join(get_args(ChargeStatus)), "one of " + ", ".join(get_args(ChargeStatus))),
    "renews_on": _DAY_OR_NONE,
}
_MOVE_COLUMNS: dict[str, _Cell] = {
    "number": _NUMBER,
    "on": (r"\+[0-9]{1,3}", "a number of days such as +2"),
    "status": _ORDER_COLUMNS["status"],
    "eta": _DAY_OR_NONE,
    "tracking": _TEXT,
    "action_needed": _TEXT,
}
_DAYS = ("ordered_on", "shipped_on", "eta", "delivered_on", "refund_on")
_AS_THEY_ARE = ("number", "status", "email", "currency", "carrier", "tracking", "refund", "action_needed", "address")
_ORDERS = "flows/orders.csv"
_ITEMS = "flows/order_items.csv"
_CHARGES = "flows/order_charges.csv"
_MOVES = "flows/order_moves.csv"
_Row = tuple[int, dict[str, str]]  # its line, and its cells by column


class Filed(Struct, frozen=True, kw_only=True):
    """An order as it stands in the files: `days` are the dates that it has, counted from the first day."""

    line: int
    fields: dict[str, Any]
    days: dict[str, int]
    delivery: Decimal
    charges: tuple[dict[str, str], ...] = ()
    moves: tuple[dict[str, str], ...] = ()

    def on(self, first: date, today: date) -> Order:
        """Return the order as it is today, in a demo that began on the first day."""
        days: dict[str, Any] = {name: first + timedelta(days=count) for name, count in self.days.items()}
        order = Order(**self.fields, **days)
        for move in self.moves:
            day = first + timedelta(days=int(move["on"]))
            order = _moved(order, move, first, day) if day <= today else order
        return order

    def charges_on(self, first: date) -> tuple[Charge, ...]:
        """Return what is on its bill besides items and delivery, in a demo that began on that day."""
        return tuple(
            Charge(
                code=row["code"],
                kind=row["kind"],  # type: ignore[arg-type]
                name=row["name"],
                amount=Decimal(row["amount"]),
                on=first + timedelta(days=int(row["on"])),
                agreed=row["agreed"],
                mistaken=row["mistaken"] == "yes",
                status=row["status"],  # type: ignore[arg-type]
                renews_on=first + timedelta(days=int(row["renews_on"])) if row["renews_on"] else None,
            )
            for row in self.charges
        )


def _moved(order: Order, move: dict[str, str], first: date, day: date) -> Order:
    status: Any = move["status"]
    return replace(
        order,
        status=status,
        eta=first + timedelta(days=int(move["eta"])) if move["eta"] else order.eta,
        tracking=move["tracking"] or order.tracking,
        action_needed=move["action_needed"] or order.action_needed,
        shipped_on=order.shipped_on or (day if status == "shipped" else None),
        delivered_on=day if status == "delivered" else order.delivered_on,
    )


def read(folder: Path) -> dict[str, Filed]:
    """Return the orders by number; raises ContentError with all that is wrong in the cells, or else in the sums."""
    problems: list[Problem] = []
    orders = _rows(folder, _ORDERS, _ORDER_COLUMNS, problems)
    items = _rows(folder, _ITEMS, _ITEM_COLUMNS, problems)
    charges = _rows(folder, _CHARGES, _CHARGE_COLUMNS, problems) if (folder / _CHARGES).exists() else []
    moves = _rows(folder, _MOVES, _MOVE_COLUMNS, problems) if (folder / _MOVES).exists() else []
    if orders and items:
        problems += [
            *_second_times(orders),
            *_strays(orders, items),
            *_strange_charges(orders, charges),
            *_strange_moves(orders, moves),
        ]
    if not problems:
        within: dict[str, list[dict[str, str]]] = {row["number"]: [] for _, row in orders}
        for _, row in items:
            within[row["number"]].append(row)
        on_top = {
            row["number"]: tuple(other for _, other in charges if other["number"] == row["number"])
            for _, row in charges
        }
        filed = {
            number: _order(line, row, within[number], on_top.get(number, ()), _moves_of(number, moves))
            for line, row in orders
            for number in (row["number"],)
        }
        problems += [
            Problem(_ORDERS, order.line, what, fix) for order in filed.values() for what, fix in _contradictions(order)
        ]
    if problems:
        raise ContentError(problems)
    return filed


def _rows(folder: Path, name: str, columns: dict[str, _Cell], problems: list[Problem]) -> list[_Row]:
    """Return a file's rows, those with problems too; none of a file that cannot be read to its end."""
    rows: list[_Row] = []
    line = 1
    try:
        raw = (folder / name).read_bytes()
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), restval="", strict=True)
        if sorted(reader.fieldnames or ()) != sorted(columns):
            problems.append(Problem(name, 1, "does not begin with its columns.", f"Begin with: {','.join(columns)}"))
            return []
        for row in reader:
            line = reader.line_num
            if row.pop(None, None):
                problems.append(Problem(name, line, "has too many cells.", "Put text that has a comma in quotes."))
            rows.append((line, {column: cell.strip() for column, cell in row.items()}))
            problems += [Problem(name, line, what, fix) for what, fix in _misfits(rows[-1][1], columns)]
        return rows
    except OSError as error:
        problems.append(Problem(name, 1, f"cannot be read: {error.strerror}.", "Check the file and its permissions."))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(name, line, "is not UTF-8 text.", "Save the file as UTF-8."))
    except csv.Error as error:
        problems.append(Problem(name, line + 1, f"is not valid CSV: {error}.", "Check the quotes from here on."))
    return []


def _misfits(row: dict[str, str], columns: dict[str, _Cell]) -> Iterator[tuple[str, str]]:
    for column, (pattern, wanted) in columns.items():
        if not re.fullmatch(pattern, row[column]):
            yield f"{column} is '{row[column]}'.", f"Write {wanted}."


def _second_times(orders: list[_Row]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line, row in orders:
        number = row["number"]
        if first.setdefault(number, line) != line:
            what = f"order {number} is here a second time; the first is on line {first[number]}."
            yield Problem(_ORDERS, line, what, "Remove one of them.")


def _strays(orders: list[_Row], items: list[_Row]) -> Iterator[Problem]:
    """Yield the items that belong to no order, are in it twice, or are both in stock and not."""
    numbers = {row["number"] for _, row in orders}
    first: dict[tuple[str, str], int] = {}
    stock: dict[str, _Row] = {}
    for line, row in items:
        number, code = row["number"], row["code"]
        if number not in numbers and re.fullmatch(_NUMBER[0], number):
            yield Problem(_ITEMS, line, f"order {number} is not in {_ORDERS}.", "Add it there, or mend the number.")
        if first.setdefault((number, code), line) != line:
            what = f"order {number} has '{code}' a second time; the first is on line {first[number, code]}."
            yield Problem(_ITEMS, line, what, "Make them one line, with the quantity of both.")
        other, same = stock.setdefault(code, (line, row))
        if same["in_stock"] != row["in_stock"]:
            what = f"in_stock of '{code}' is {row['in_stock']}, but {same['in_stock']} on line {other}."
            yield Problem(_ITEMS, line, what, "Write the same wherever the code appears.")


def _strange_charges(orders: list[_Row], charges: list[_Row]) -> Iterator[Problem]:
    numbers = {row["number"] for _, row in orders}
    seen: dict[tuple[str, str], int] = {}
    for line, row in charges:
        number, code = row["number"], row["code"]
        if number not in numbers:
            yield Problem(_CHARGES, line, f"order {number} is not in {_ORDERS}.", "Add it there, or mend the number.")
        if seen.setdefault((number, code), line) != line:
            what = f"order {number} has '{code}' a second time; the first is on line {seen[number, code]}."
            yield Problem(_CHARGES, line, what, "Give it another code.")


def _strange_moves(orders: list[_Row], moves: list[_Row]) -> Iterator[Problem]:
    """Yield the moves of orders that are not there."""
    numbers = {row["number"] for _, row in orders}
    for line, row in moves:
        if row["number"] not in numbers:
            yield Problem(
                _MOVES, line, f"order {row['number']} is not in {_ORDERS}.", "Add it there, or mend the number."
            )


def _moves_of(number: str, moves: list[_Row]) -> tuple[dict[str, str], ...]:
    return tuple(sorted((row for _, row in moves if row["number"] == number), key=lambda row: int(row["on"])))


def _order(
    line: int,
    row: dict[str, str],
    items: list[dict[str, str]],
    charges: tuple[dict[str, str], ...],
    moves: tuple[dict[str, str], ...],
) -> Filed:
    fields: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    fields["total"] = Decimal(row["total"])
    fields["items"] = tuple(map(_item, items))
    days = {name: int(row[name]) for name in _DAYS if row[name]}
    return Filed(line=line, fields=fields, days=days, delivery=Decimal(row["delivery"]), charges=charges, moves=moves)


def _item(row: dict[str, str]) -> Item:
    return Item(
        code=row["code"],
        name=row["name"],
        quantity=int(row["quantity"]),
        price=Decimal(row["price"]),
        final_sale=row["final_sale"] == "yes",
        in_stock=row["in_stock"] == "yes",
    )


def _contradictions(order: Filed) -> Iterator[tuple[str, str]]:
    status, refund, total, items = (order.fields[name] for name in ("status", "refund", "total", "items"))
    comes_to = cost(items) + order.delivery
    if not items:
        yield "the order has no items.", f"Add them to {_ITEMS}."
    elif total != comes_to:
        yield f"total is {total}, but items and delivery come to {comes_to}.", "Mend whichever is wrong."
    if status == "delivered" and "delivered_on" not in order.days:
        yield "a delivered order needs delivered_on.", "Write when it was delivered."
    if "delivered_on" in order.days and status not in ("delivered", "returned", "refunded"):
        yield f"an order that is {status} has delivered_on.", "Leave that empty, or mend the status."
    if (refund == "none") == ("refund_on" in order.days):
        yield f"refund is {refund} and refund_on is '{order.days.get('refund_on', '')}'.", "Write both or neither."
    if status == "refunded" and refund != "paid":
        yield f"a refunded order has refund {refund}.", "Write paid."
