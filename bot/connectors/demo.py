"""The demo shop's order system: orders from two CSV files, requests in an SQLite file of its own. No network.

The files travel with the content folder; `demo_files` reads them.

What is asked for:
- A request is about all pieces of an item, and an item is in one request only. Refunds and returns need goods that were
  delivered, within 30 days. An exception lifts that limit, and nothing else.
- A refund is what the items cost, before any return postage. The charge for delivery comes back with it when the whole
  order does, unless the customer changed their mind.
- Working days are Monday to Friday; public holidays are not known here.
- Customers' reasons decide and are forgotten: nothing here has a use for their words.
"""

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from zoneinfo import ZoneInfo

import aiosqlite
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from bot.actions import ACTIONS, Item, Order, Receipt
from bot.connectors import demo_files
from bot.connectors.demo_files import Filed, cost
from bot.errors import StoreError
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


class _Request(Struct, frozen=True):
    """What was asked for earlier."""

    action: str
    item: str
    day: date


class DemoOrders:
    """`ports.Connector` over the demo's files; raises ContentError when they cannot be used.

    `folder` holds `flows/`; `database` is the file that requests are kept in, None keeps them in memory. `refused`
    comes with a word for why: unknown_order, unknown_item, already_refunded, already_requested, cancelled, returned,
    not_delivered, final_sale, past_window. What the calls mean is in `bot.actions`.
    """

    def __init__(self, folder: Path, database: Path | None, clock: Clock, zone: str) -> None:
        self._orders = demo_files.read(folder)
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
        link = await _connect(self._path)
        try:
            await link.executescript(_SCHEMA)
        except BaseException:
            await link.close()
            raise
        return link


async def _connect(path: str) -> aiosqlite.Connection:
    """Open the file; when that fails or is given up, its thread is done before this ends."""
    begun: SimpleQueue[threading.Thread] = SimpleQueue()

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        begun.put(threading.current_thread())
        return sqlite3.Connection(*args, **kwargs)

    try:
        return await aiosqlite.connect(path, factory=connect, isolation_level=None)
    except (sqlite3.Error, asyncio.CancelledError):
        begun.get().join()  # its last act is to call our event loop, which may be closed soon
        raise


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
    return cost(asked)


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


def _sold_out(orders: dict[str, Filed]) -> dict[str, bool]:
    """Return whether each thing that the shop sells is sold out, by its code and by its name."""
    items = [item for order in orders.values() for item in order.fields["items"]]
    return {name: not item.in_stock for item in items for name in (item.code, item.name.casefold())}
