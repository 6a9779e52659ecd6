"""Orders that a customer lets us watch: which, since when, and when each is looked at next.

Lives here: beginning, ending and finding. What is told of them is in `notifying`.
"""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk.case import Kind
from bot.desk.notices import Watched, next_look, seen
from bot.dialog.scene import Scene
from bot.dialog.template import as_date

_KEPT = 20
_KIND: Kind = "watch"


def begin(scene: Scene, number: str, phone: str = "") -> None:
    """Watch an order from now on, as it was found in the flow at hand; once, however often it is asked for."""
    scene.rule("watching")
    notices = scene.catalog.notices
    found = _found(scene, number)
    watched = Watched(
        number=number,
        account=scene.talk.account or scene.account,
        place=scene.talk.place,
        conversation=scene.talk.id,
        until=scene.now + notices.lasts,
        next=scene.now,
        seen=seen(found) if found else None,
        phone=phone,
    )
    known = (each for each in scene.watches if each.number != number and each.until > scene.now)
    scene.watches = (*known, watched)[-_KEPT:]
    look_again(scene, watched, notices.every)


def look_again(scene: Scene, watched: Watched, wait: timedelta, **changed: Any) -> None:
    """Look at an order again after a while, in the shop's day."""
    at = next_look(scene.catalog.notices, scene.catalog.voice.zone, scene.now + wait, watched.number)
    keep(scene, replace(watched, next=at, **changed))
    scene.start_timer(_KIND, _key(watched.number), at, data={"number": watched.number})


def done(scene: Scene, action: str, number: object, receipt: Any) -> None:
    """Know what a customer has just done to an order that is watched: they were told, so it is no news to them."""
    watched = find(scene, str(number).strip().removeprefix("#"))
    if watched is None or watched.over or watched.seen is None:
        return
    day = receipt.get("done_by") if isinstance(receipt, dict) else None
    if action == "cancel_order":
        end(scene, watched, seen=replace(watched.seen, status="cancelled"))
    elif action == "reschedule_delivery" and day:
        keep(scene, replace(watched, seen=replace(watched.seen, eta=as_date(day, scene.catalog.voice.zone))))


def keep(scene: Scene, watched: Watched) -> None:
    """Remember what is known of a watched order now."""
    scene.watches = tuple(watched if each.number == watched.number else each for each in scene.watches)


def end(scene: Scene, watched: Watched, **changed: Any) -> None:
    """Look at an order no more."""
    keep(scene, replace(watched, call="", over=True, **changed))
    scene.cancel_timer(_key(watched.number))


def end_all(scene: Scene) -> tuple[Watched, ...]:
    """Look at none of the customer's orders any more; return those that were watched."""
    watched = watched_now(scene)
    for each in watched:
        end(scene, each)
    return watched


def watched_now(scene: Scene) -> tuple[Watched, ...]:
    """Return the orders that are being watched."""
    return tuple(each for each in scene.watches if not each.over)


def find(scene: Scene, number: str) -> Watched | None:
    """Return what is known of an order that is or was watched."""
    return next((each for each in scene.watches if each.number == number), None)


def _found(scene: Scene, number: str) -> dict[str, Any] | None:
    """Return the order as the flow has it in its slot `order`, if it is that one."""
    order = scene.talk.frames[-1].slots.get("order")
    return order if isinstance(order, dict) and order.get("number") == number and "status" in order else None


def _key(number: str) -> str:
    return f"{_KIND}:{number}"
