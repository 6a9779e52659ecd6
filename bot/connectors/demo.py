"""The demo shop's order system: orders from two CSV files, requests in an SQLite file of its own. No network.

The files travel with the content folder; `demo_files` reads them.

What is asked for is decided by `demo_rules`. Customers' reasons decide and are forgotten: nothing here has a use for
their words.
"""

import asyncio
import json
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from zoneinfo import ZoneInfo

import aiosqlite
from msgspec import to_builtins
from msgspec.structs import replace

from bot.actions import ACTIONS, Charge, Invoice, Order, Slots
from bot.connectors import demo_files, demo_rules
from bot.connectors.demo_files import Filed
from bot.connectors.demo_rules import Request
from bot.errors import StoreError
from bot.ports import CallResult, Clock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS demo_first_day (id INTEGER PRIMARY KEY CHECK (id = 1), day TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS demo_requests (
    key TEXT NOT NULL, action TEXT NOT NULL, number TEXT NOT NULL, item TEXT NOT NULL,
    day TEXT NOT NULL, receipt TEXT NOT NULL,
    PRIMARY KEY (key, action, number, item)
) STRICT;
"""


class DemoOrders:
    """`ports.Connector` over the demo's files; raises ContentError when they cannot be used.

    `folder` holds `flows/`; `database` is the file that requests are kept in, None keeps them in memory. `refused`
    comes with a word for why: unknown_order, unknown_item, wrong_quantity, already_refunded, already_requested,
    cancelled, returned, delivered, not_delivered, not_shipped, already_shipped, final_sale, past_window, no_slots,
    unknown_charge, valid_charge, wrong_amount. What the calls mean is in `bot.actions`.
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
            return _unknown(action)
        if action == "send_text":
            return CallResult(result="sent")  # the demo has no telephone
        async with self._transaction() as link:
            if not ACTIONS[action].changes:
                return await self._look_up(link, action, number)
            return await self._request(link, action, number, args, key)

    async def close(self) -> None:
        """Finish the call at hand and close the file; later calls fail."""
        async with self._lock:
            self._closed = True
            link, self._link = self._link, None
            if link:
                await link.close()

    async def _filed(self, link: aiosqlite.Connection, number: str) -> tuple[Order, tuple[Charge, ...]]:
        """Return the order and its special charges as the files have them."""
        await link.execute("INSERT OR IGNORE INTO demo_first_day VALUES (1, ?)", (self._today().isoformat(),))
        ((day,),) = await link.execute_fetchall("SELECT day FROM demo_first_day")
        first = date.fromisoformat(day)
        return self._orders[number].on(first, self._today()), self._orders[number].charges_on(first)

    async def _look_up(self, link: aiosqlite.Connection, action: str, number: str) -> CallResult:
        filed, extra = await self._filed(link, number)
        return looked_up(action, filed, extra, await _requests(link, number), self._today())

    async def _request(
        self, link: aiosqlite.Connection, action: str, number: str, args: dict[str, Any], key: str
    ) -> CallResult:
        """Answer as before if this very call was accepted before; else decide, and record what is accepted.

        A key that comes with another request is another call: the bot's own database was begun anew, and counts anew.
        """
        what = demo_rules.named(action, args)
        this = (key, action, number, what)
        known = await link.execute_fetchall(
            "SELECT receipt FROM demo_requests WHERE (key, action, number, item) = (?, ?, ?, ?)", this
        )
        for (receipt,) in known:
            return CallResult(result="accepted", value=json.loads(receipt))
        filed, extra = await self._filed(link, number)
        earlier, today = await _requests(link, number), self._today()
        answer = self.decided(demo_rules.changed(filed, earlier), extra, earlier, action, what, args, today)
        if answer.result == "accepted":
            await link.execute(
                "INSERT INTO demo_requests VALUES (?, ?, ?, ?, ?, ?)",
                (*this, today.isoformat(), json.dumps(answer.value)),
            )
        return answer

    def decided(
        self,
        order: Order,
        extra: tuple[Charge, ...],
        earlier: list[Request],
        action: str,
        what: str,
        args: dict[str, Any],
        today: date,
    ) -> CallResult:
        """Return what comes of a request, given those that were accepted earlier; pure."""
        count = 1 + sum(each.action == action for each in earlier)
        reference = f"{demo_rules.PREFIX[action]}-{order.number}-{count}"
        if action == "adjust_charge":
            done = demo_rules.adjustment(order, extra, earlier, what, reference, today)
            return _refused(done) if isinstance(done, str) else CallResult(result="accepted", value=to_builtins(done))
        if reason := demo_rules.refusal(order, earlier, action, what, args, today):
            return _refused(reason)
        if action in ("request_exchange", "resend") and self._lacks(args.get("wanted", ""), order, what):
            return CallResult(result="out_of_stock")
        if action == "reschedule_delivery" and what not in {slot.code for slot in demo_rules.slots(order, today)}:
            return CallResult(result="taken")
        done = demo_rules.receipt(action, reference, order, what, args, today)
        return CallResult(result="accepted", value=to_builtins(done))

    def _lacks(self, wanted: str, order: Order, what: str) -> bool:
        """Tell whether what is wanted instead is sold out: what `wanted` names, or else the same again."""
        named = self._sold_out.get(wanted.strip().casefold())
        asked = demo_rules.pieces(order, what)
        return any(not item.in_stock for item in order.items if item.code in asked) if named is None else named

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


def looked_up(action: str, filed: Order, extra: tuple[Charge, ...], earlier: list[Request], today: date) -> CallResult:
    """Return what is asked about the order as it is after what was asked for."""
    order = demo_rules.changed(filed, earlier)
    found: Any = None
    match action:
        case "find_order":
            refunds = [each.day for each in earlier if each.action == "request_refund"]
            order = demo_rules.sent_again(order, earlier, today)
            found = replace(order, refund="requested", refund_on=max(refunds)) if refunds else order
        case "delivery_slots":
            if not (slots := demo_rules.slots(order, today)):
                return CallResult(result="none")
            found = Slots(number=order.number, slots=slots)
        case "find_charges":
            found = demo_rules.bill(order, extra, earlier)
        case _:
            if not order.shipped_on:
                return CallResult(result="not_ready")
            found = Invoice(
                number=order.number,
                reference=f"MP-{order.number}",
                issued_on=order.shipped_on,
                total=order.total,
                currency=order.currency,
                url=f"https://marlowandpine.example/account/invoices/MP-{order.number}",
            )
    return CallResult(result="found", value=to_builtins(found))


_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_TYPES: dict[str, type] = defaultdict(lambda: str, exception=bool)


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
        if not (_are_pieces(value) if isinstance(value, list) and name == "item" else isinstance(value, _TYPES[name])):
            raise ValueError(f"{name} of {action} is of type {type(value).__name__}")
    if not _AMOUNT.fullmatch(args.get("amount", "0")):
        raise ValueError(f"amount of {action} is no amount")


def _are_pieces(value: list[Any]) -> bool:
    """Tell whether a list is one of {code, quantity}; that there is something in it is for the rules to say."""
    return all(isinstance(each, dict) and each.keys() == {"code", "quantity"} for each in value) and all(
        isinstance(each["code"], str) and type(each["quantity"]) is int for each in value
    )


def _unknown(action: str) -> CallResult:
    for result in ("not_found", "none"):
        if result in ACTIONS[action].results:
            return CallResult(result=result)
    return _refused("unknown_order")


def _refused(reason: str) -> CallResult:
    return CallResult(result="refused", value=reason)


async def _requests(link: aiosqlite.Connection, number: str) -> list[Request]:
    rows = await link.execute_fetchall(
        "SELECT action, item, day, receipt FROM demo_requests WHERE number = ? ORDER BY rowid", (number,)
    )
    return [Request(action, what, date.fromisoformat(day), _paid(receipt)) for action, what, day, receipt in rows]


def _paid(receipt: str) -> Decimal | None:
    amount = json.loads(receipt)["amount"]
    return None if amount is None else Decimal(amount)


def _sold_out(orders: dict[str, Filed]) -> dict[str, bool]:
    """Return whether each thing that the shop sells is sold out, by its code and by its name."""
    items = [item for order in orders.values() for item in order.fields["items"]]
    return {name: not item.in_stock for item in items for name in (item.code, item.name.casefold())}
