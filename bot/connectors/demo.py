"""The demo shop's order system: orders from two CSV files, requests in an SQLite file of its own. No network.

The files travel with the content folder; every cell is checked, and so are the sums.

`flows/orders.csv` has one order a line. `ordered_on`, `shipped_on`, `eta`, `delivered_on` and `refund_on` count days
from the demo's first day, the day in the shop's zone on which its database was first used: -6 is six days before it,
+2 two days after. So the demo is never stale, and an order does not move once somebody has looked at it. `refund_on`
is the day on which the refund was asked for or paid. `delivery` is what delivery cost, and `total` is all items plus
`delivery`. `about` says what the order is there to show; only people read it.

`flows/order_items.csv` has one item of an order a line; `price` is what one piece cost. `in_stock` says whether the
shop has it now, so it is the same wherever a `code` appears.

What is asked for:
- A request is about all pieces of an item, and an item is in one request only. Refunds and returns need goods that were
  delivered, within 30 days. An exception lifts that limit, and nothing else.
- A refund is what the items cost, before any return postage. The charge for delivery comes back with it when the whole
  order does, unless the customer changed their mind.
- Working days are Monday to Friday; public holidays are not known here.
- Customers' reasons decide and are forgotten: nothing here has a use for their words.
"""

import asyncio
import csv
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import aiosqlite
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from bot.connectors.actions import ACTIONS, Item, Order, OrderStatus, Receipt
from bot.errors import ContentError, Problem, StoreError
from bot.ports import CallResult, Clock

WINDOW = 30  # days after delivery in which things can come back
DONE_WITHIN = 5  # working days
SEND_WITHIN = 14  # days
CHANGED_MIND = "changed_my_mind"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS demo_first_day (id INTEGER PRIMARY KEY CHECK (id = 1), day TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS demo_requests (
    key TEXT NOT NULL, action TEXT NOT NULL, number TEXT NOT NULL, item TEXT NOT NULL,
    day TEXT NOT NULL, receipt TEXT NOT NULL,
    PRIMARY KEY (key, action, number, item)
) STRICT;
"""
_PREFIX = {"request_refund": "RF", "request_return": "RT", "request_exchange": "EX"}


class _Filed(Struct, frozen=True, kw_only=True):
    """An order as it stands in the files: `days` are the dates that it has, counted from the first day."""

    line: int
    fields: dict[str, Any]
    days: dict[str, int]
    delivery: Decimal

    def on(self, first: date) -> Order:
        """Return the order as it is in a demo that began on that day."""
        days: dict[str, Any] = {name: first + timedelta(days=count) for name, count in self.days.items()}
        return Order(**self.fields, **days)


class _Request(Struct, frozen=True):
    """What was asked for earlier."""

    action: str
    item: str
    day: date


class DemoOrders:
    """`ports.Connector` over the demo's files; raises ContentError when they cannot be used.

    `folder` holds `flows/`; `database` is the file that requests are kept in, None keeps them in memory. `refused`
    comes with a word for why: unknown_order, unknown_item, already_refunded, already_requested, cancelled, returned,
    not_delivered, final_sale, past_window. What the calls mean is in `bot.connectors.actions`.
    """

    def __init__(self, folder: Path, database: Path | None, clock: Clock, zone: str) -> None:
        self._orders = _read(folder)
        self._sold_out = _sold_out(self._orders)
        self._path = str(database) if database else ":memory:"
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._link: aiosqlite.Connection | None = None
        self._closed = False
        self._lock = asyncio.Lock()

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Do `action`; raises ValueError where it or its arguments are not what ACTIONS says."""
        _check(action, args)
        number = args["number"].strip().removeprefix("#")
        if number not in self._orders:
            return CallResult(result="not_found") if action == "find_order" else _refused("unknown_order")
        async with self._transaction() as link:
            if action == "find_order":
                return CallResult(result="found", value=to_builtins(await self._found(link, number)))
            return await self._request(link, action, number, args, key)

    async def close(self) -> None:
        """Finish the call at hand and close the file; later calls fail."""
        async with self._lock:
            self._closed = True
            link, self._link = self._link, None
            if link:
                await link.close()

    async def _filed(self, link: aiosqlite.Connection, number: str) -> Order:
        """Return the order as the files have it."""
        await link.execute("INSERT OR IGNORE INTO demo_first_day VALUES (1, ?)", (self._today().isoformat(),))
        ((day,),) = await link.execute_fetchall("SELECT day FROM demo_first_day")
        return self._orders[number].on(date.fromisoformat(day))

    async def _found(self, link: aiosqlite.Connection, number: str) -> Order:
        """Return the order as it is after what was asked for."""
        order = await self._filed(link, number)
        refunds = [each.day for each in await _requests(link, number) if each.action == "request_refund"]
        return replace(order, refund="requested", refund_on=max(refunds)) if refunds else order

    async def _request(
        self, link: aiosqlite.Connection, action: str, number: str, args: dict[str, Any], key: str
    ) -> CallResult:
        """Answer as before if this very call was accepted before; else decide, and record what is accepted.

        A key that comes with another request is another call: the bot's own database was begun anew, and counts anew.
        """
        item = args["item"]
        this = (key, action, number, item)
        known = await link.execute_fetchall(
            "SELECT receipt FROM demo_requests WHERE (key, action, number, item) = (?, ?, ?, ?)", this
        )
        for (receipt,) in known:
            return CallResult(result="accepted", value=json.loads(receipt))
        order, earlier, today = await self._filed(link, number), await _requests(link, number), self._today()
        if reason := _refusal(action, order, earlier, args, today):
            return _refused(reason)
        if action == "request_exchange" and self._lacks(args["wanted"], _asked(order, item)):
            return CallResult(result="out_of_stock")
        count = 1 + sum(each.action == action for each in earlier)
        reference = f"{_PREFIX[action]}-{number}-{count}"
        receipt = to_builtins(_receipt(action, reference, order, item, args["reason"], today))
        await link.execute(
            "INSERT INTO demo_requests VALUES (?, ?, ?, ?, ?, ?)", (*this, today.isoformat(), json.dumps(receipt))
        )
        return CallResult(result="accepted", value=receipt)

    def _lacks(self, wanted: str, asked: tuple[Item, ...]) -> bool:
        """Tell whether what is wanted instead is sold out: what `wanted` names, or else the same again."""
        named = self._sold_out.get(wanted.strip().casefold())
        return any(not item.in_stock for item in asked) if named is None else named

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield the connection for one caller at a time; all that is done with it is kept, or nothing."""
        async with self._lock:
            try:
                link = self._link = self._link or await self._open()
                try:
                    await link.execute("BEGIN IMMEDIATE")
                    yield link
                    await link.commit()
                except BaseException:  # also when the runtime lost patience: nothing may stay half done
                    await link.rollback()
                    raise
            except sqlite3.Error as error:
                raise StoreError(f"{self._path} cannot be used for the demo's orders: {error}.") from error

    async def _open(self) -> aiosqlite.Connection:
        if self._closed:
            raise StoreError("The demo's orders have been closed.")
        link = await aiosqlite.connect(self._path, isolation_level=None)
        try:
            await link.executescript(_SCHEMA)
        except BaseException:
            await link.close()
            raise
        return link


# --- deciding ---------------------------------------------------------------------------------------------------------


def _check(action: str, args: dict[str, Any]) -> None:
    """Raise ValueError for a call that no order system could do; `exception` may be left out."""
    if action not in ACTIONS:
        raise ValueError(f"'{action}' is not an action of the order system")
    expected = ACTIONS[action].args
    if missing := expected - args.keys() - {"exception"}:
        raise ValueError(f"{action} needs {', '.join(sorted(missing))}")
    if unknown := args.keys() - expected:
        raise ValueError(f"{action} takes no {', '.join(sorted(unknown))}")
    for name, value in args.items():
        if not isinstance(value, bool if name == "exception" else str):
            raise ValueError(f"{name} of {action} is of type {type(value).__name__}")


def _refusal(action: str, order: Order, earlier: list[_Request], args: dict[str, Any], today: date) -> str:
    """Return why the request cannot be accepted, in a word; empty when it can."""
    item = args["item"]
    asked = _asked(order, item)
    if not asked:
        return "unknown_item"
    if standing := _standing(action, order):
        return standing
    if any("all" in (item, each.item) or item == each.item for each in earlier):
        return "already_requested"
    if args["reason"] == CHANGED_MIND and any(each.final_sale for each in asked):
        return "final_sale"
    late = order.status == "delivered" and order.delivered_on and (today - order.delivered_on).days > WINDOW
    return "past_window" if late and not args.get("exception", False) else ""


def _standing(action: str, order: Order) -> str:
    """Return why nothing of the order can be sent back or refunded, as the files have it.

    Goods that have come back already can only be paid for, however long ago they were delivered.
    """
    if order.status == "refunded" or order.refund == "paid":
        return "already_refunded"
    if order.status == "cancelled":
        return "cancelled"
    if order.status == "returned" and action != "request_refund":
        return "returned"
    if order.status not in ("delivered", "returned"):
        return "not_delivered"
    return "already_requested" if order.refund == "requested" else ""


def _asked(order: Order, item: str) -> tuple[Item, ...]:
    return order.items if item == "all" else tuple(each for each in order.items if each.code == item)


def _receipt(action: str, reference: str, order: Order, item: str, reason: str, today: date) -> Receipt:
    done_by, send_by = _working_days(today, DONE_WITHIN), today + timedelta(days=SEND_WITHIN)
    match action:
        case "request_refund":
            return Receipt(reference=reference, amount=_amount(order, item, reason), done_by=done_by)
        case "request_return":
            return Receipt(reference=reference, send_by=send_by)
        case _:
            return Receipt(reference=reference, done_by=done_by, send_by=send_by)


def _amount(order: Order, item: str, reason: str) -> Decimal:
    asked = _asked(order, item)
    if asked == order.items and reason != CHANGED_MIND:
        return order.total
    return _cost(asked)


def _cost(items: tuple[Item, ...]) -> Decimal:
    return sum((item.price * item.quantity for item in items), Decimal("0.00"))


def _working_days(start: date, count: int) -> date:
    """Return the working day that is `count` of them after `start`."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _refused(reason: str) -> CallResult:
    return CallResult(result="refused", value=reason)


async def _requests(link: aiosqlite.Connection, number: str) -> list[_Request]:
    rows = await link.execute_fetchall("SELECT action, item, day FROM demo_requests WHERE number = ?", (number,))
    return [_Request(action, item, date.fromisoformat(day)) for action, item, day in rows]


# --- reading the files ------------------------------------------------------------------------------------------------

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
_DAYS = ("ordered_on", "shipped_on", "eta", "delivered_on", "refund_on")
_AS_THEY_ARE = ("number", "status", "email", "currency", "carrier", "tracking", "refund", "action_needed")
_ORDERS = "flows/orders.csv"
_ITEMS = "flows/order_items.csv"
_Row = tuple[int, dict[str, str]]  # its line, and its cells by column


def _read(folder: Path) -> dict[str, _Filed]:
    """Return the orders by number; raises ContentError with all that is wrong in the cells, or else in the sums."""
    problems: list[Problem] = []
    orders = _rows(folder, _ORDERS, _ORDER_COLUMNS, problems)
    items = _rows(folder, _ITEMS, _ITEM_COLUMNS, problems)
    if orders and items:
        problems += [*_second_times(orders), *_strays(orders, items)]
    if not problems:
        within: dict[str, list[dict[str, str]]] = {row["number"]: [] for _, row in orders}
        for _, row in items:
            within[row["number"]].append(row)
        filed = {row["number"]: _order(line, row, within[row["number"]]) for line, row in orders}
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


def _order(line: int, row: dict[str, str], items: list[dict[str, str]]) -> _Filed:
    fields: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    fields["total"] = Decimal(row["total"])
    fields["items"] = tuple(map(_item, items))
    days = {name: int(row[name]) for name in _DAYS if row[name]}
    return _Filed(line=line, fields=fields, days=days, delivery=Decimal(row["delivery"]))


def _item(row: dict[str, str]) -> Item:
    return Item(
        code=row["code"],
        name=row["name"],
        quantity=int(row["quantity"]),
        price=Decimal(row["price"]),
        final_sale=row["final_sale"] == "yes",
        in_stock=row["in_stock"] == "yes",
    )


def _contradictions(order: _Filed) -> Iterator[tuple[str, str]]:
    status, refund, total, items = (order.fields[name] for name in ("status", "refund", "total", "items"))
    comes_to = _cost(items) + order.delivery
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


def _sold_out(orders: dict[str, _Filed]) -> dict[str, bool]:
    """Return whether each thing that the shop sells is sold out, by its code and by its name."""
    items = [item for order in orders.values() for item in order.fields["items"]]
    return {name: not item.in_stock for item in items for name in (item.code, item.name.casefold())}
