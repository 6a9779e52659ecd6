"""News of an order: what is remembered of one that a customer lets us watch, and what of it is worth telling.

Pure, like all of the desk. Asking the order system and telling the customer is `bot.dialog.watching`'s.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from msgspec import Struct

from bot.desk.broadcast import NoticeKind, Reply
from bot.desk.hours import Hours, next_open

# What is told of a status that was reached; the last ones end the watching.
_REACHED = {
    "shipped": "shipped", "out_for_delivery": "en_route", "delayed": "delayed", "delivered": "delivered",
    "lost": "lost", "cancelled": "cancelled", "returned": "returned", "refunded": "refunded",
}  # fmt: skip
STATUSES = ("placed", "packed", *_REACHED)
NEWS = (*_REACHED.values(), "early", "new_date", "action")
LAST = frozenset({"delivered", "lost", "cancelled", "returned", "refunded"})
_SPREAD = 3_600  # seconds
_LEFT = ("shipped", "out_for_delivery")


class Notices(Struct, frozen=True, kw_only=True):
    """How often an order is looked at, between which times of the day, and for how long.

    `missing` is the flow that "it's not here" begins, `replies` are the buttons below news, by what the news is.
    So long after a parcel came, `check_in`, the customer is asked how it went. `kinds` are the notices to many, with a
    `pause` between two customers. Right below one, `asking` are words (normalised) by which a customer asks
    whether it is about them, `stop` those by which they want no more. A text message has at most
    `short` letters.
    """

    every: timedelta = timedelta(hours=4)
    day: tuple[time, time] = (time(8), time(20))
    lasts: timedelta = timedelta(days=30)
    missing: str = ""
    replies: dict[str, tuple[Reply, ...]] = {}
    check_in: timedelta | None = None
    pause: timedelta = timedelta(seconds=1)
    kinds: dict[str, NoticeKind] = {}
    asking: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    short: int = 160


class Thing(Struct, frozen=True, kw_only=True):
    """Something that is in an order."""

    code: str
    name: str


class Seen(Struct, frozen=True, kw_only=True):
    """What an order looked like when it was last looked at; `region` is the end of its address."""

    status: str
    tracking: str = ""
    eta: date | None = None
    action_needed: str = ""
    items: tuple[Thing, ...] = ()
    carrier: str = ""
    region: str = ""


class Watched(Struct, frozen=True, kw_only=True):
    """An order that a customer lets us watch, where they are told of it, and until when.

    `next` is when it is looked at again, `call` the one that is doing so. `seen` is None until it was looked at once.
    `withheld` is the news that could not be told for want of a value, `told` the effect that told the last one, `kind`
    which that was, and `at` when. An order that is `over` is watched no longer; what was said of it can still be
    pressed. `phone` is where news of it goes as a text message too, `texting` the call that sends the last one.
    """

    number: str
    account: str
    place: str
    conversation: str
    until: datetime
    next: datetime
    seen: Seen | None = None
    call: str = ""
    withheld: str = ""
    told: str = ""
    kind: str = ""
    at: datetime | None = None
    over: bool = False
    phone: str = ""
    texting: str = ""


def seen(order: Mapping[str, Any]) -> Seen:
    """Return what matters of an order as a connector shows it: dates may be written."""
    eta = order.get("eta")
    return Seen(
        status=str(order["status"]),
        tracking=str(order.get("tracking") or ""),
        eta=date.fromisoformat(eta) if isinstance(eta, str) else eta,
        action_needed=str(order.get("action_needed") or ""),
        items=tuple(Thing(code=str(each.get("code", "")), name=str(each["name"])) for each in order.get("items") or ()),
        carrier=str(order.get("carrier") or ""),
        region=str(order.get("address") or "").rpartition(",")[2].strip(),
    )


def news(before: Seen, now: Seen) -> str:
    """Return what there is to tell, by the name of its text ("shipped", "early", …); empty for nothing."""
    day = _another_day(before, now)
    if now.status != before.status and now.status in _REACHED:
        moving_again = before.status == "delayed" and now.status == "shipped"
        turned_back = before.status == "out_for_delivery" and now.status == "shipped"  # it had left us long before
        return day if turned_back or (moving_again and day) else _REACHED[now.status]
    if day:
        return day
    if now.tracking and now.tracking != before.tracking and now.status in _LEFT:
        return "shipped"
    return "action" if now.action_needed and now.action_needed != before.action_needed else ""


def next_look(notices: Notices, zone: str, after: datetime, number: str) -> datetime:
    """Return when an order may be looked at: then, or soon after the day begins.

    Each has a minute of its own in that hour, so that what is due of a night does not reach the order system at once.
    """
    begins = next_open(Hours(zone=zone, week=((notices.day,),) * 7), after)
    return after if begins == after else begins + timedelta(seconds=crc32(number.encode()) % _SPREAD)


def _another_day(before: Seen, now: Seen) -> str:
    if now.eta is None or now.eta == before.eta or now.status in LAST:
        return ""
    return "early" if before.eta and now.eta < before.eta else "new_date"
