"""What was replaced before: whoever comes back about the same order has been let down twice.

Remembered are what the order system accepted, and the cases that people ended with an outcome that says so.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.case import Case
from bot.desk.standing import Replaced
from bot.dialog import snippets
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.template import as_date

_REPLACES = frozenset({"resend", "request_exchange"})
_KEPT = 20


def remember(scene: Scene, action: str, number: object) -> None:
    """Remember a request that the order system has accepted, if something is replaced by it."""
    if action in _REPLACES:
        new = Replaced(number=_plain(number), at=scene.now, account=scene.account)
        scene.stand(replaced=(*scene.standing.replaced, new)[-_KEPT:])


def told(scene: Scene, order: Any) -> Any:
    """Return an order as the order system has it, with what we remember of it."""
    if not isinstance(order, Mapping):
        return order
    days = [on(scene, order.get("number")), order.get("replaced_on")]
    known = [as_date(day, scene.catalog.voice.zone) for day in days if day]
    return {**order, "replaced_on": max(known).isoformat() if known else None}


def on(scene: Scene, number: object) -> date | None:
    """Return the day on which something of an order was last replaced, as far as we know."""
    known, outcomes = _plain(number), scene.catalog.outcomes
    asked = [each.at for each in scene.standing.replaced if each.number == known]
    done = [
        case.resolved_at
        for case in about(scene, known)
        if case.resolved_at and (outcome := outcomes.get(case.outcome)) and outcome.replaced
    ]
    latest = max((*asked, *done), default=None)
    return latest.astimezone(ZoneInfo(scene.catalog.voice.zone)).date() if latest else None


def about(scene: Scene, number: str) -> list[Case]:
    """Return the customer's cases about an order; one that was taken up again keeps how it had ended."""
    known = (*scene.closed_cases(), *scene.open_cases())
    handed = [case for case in known if case.kind == "handoff"]
    return [case for case in handed if number in snippets.order_of(case.facts).split(", ")]


def failed(scene: Scene) -> bool:
    """Tell whether something of an order that is spoken of was replaced before today: none that fails came sooner."""
    today = scene.now.astimezone(ZoneInfo(scene.catalog.voice.zone)).date()
    return any((day := on(scene, number)) and day < today for number in orders(scene))


def orders(scene: Scene) -> Iterator[str]:
    """Yield the orders that the flows in progress are about."""
    for frame in scene.talk.frames:
        order = frame.slots.get("order")
        said = order.get("number") if isinstance(order, Mapping) else frame.slots.get("number")
        found = _plain(said) if said else find("order", str(frame.slots.get("about", "")))
        if found:
            yield found


def _plain(number: object) -> str:
    return str(number).strip().removeprefix("#")
