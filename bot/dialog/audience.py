"""Whom a notice to many is for, by their dossier, and in which words they read it.

Orders that are watched no longer count too, as long as they are remembered: what was delivered can be recalled.
"""

from datetime import datetime, timedelta

from bot.desk.broadcast import Audience, Broadcast, Person
from bot.desk.notices import LAST, Watched
from bot.dialog.markup import Marked
from bot.dialog.scene import Scene
from bot.dialog.state import Dossier

FIND, SILENT = "find_audience", "find_unconfirmed"  # what is asked of our own store


def meant(dossier: Dossier, audience: Audience, now: datetime) -> Person | None:
    """Return a customer with the orders that a notice is about; None for one who is not meant."""
    if audience.cases and not _has_case(dossier, audience.cases):
        return None
    since = now - timedelta(days=audience.wrote)
    if audience.wrote and not any(talk.active_at >= since for talk in dossier.conversations):
        return None
    orders = [each for each in dossier.watches if _matches(each, audience)] if audience.of_orders else []
    if audience.of_orders and not orders:
        return None
    return Person(
        customer=dossier.customer,
        orders=tuple(f"#{each.number}" for each in orders),
        items=tuple(dict.fromkeys(item for each in orders for item in _items(each, audience))),
    )


def unclear(dossier: Dossier, audience: Audience) -> bool:
    """Tell whether they could be meant, and we do not know yet what is in an order of theirs."""
    unknown = [each for each in dossier.watches if not each.over and not (each.seen and each.seen.items)]
    return bool(audience.product and unknown)


def told_nothing(dossier: Dossier, now: datetime) -> bool:
    """Tell whether a customer may be told nothing of our own accord: blocked, parted, careful, or they said so."""
    standing = dossier.standing
    careful = any(case.open and case.careful for case in dossier.cases)
    return bool(dossier.no_notices) or standing.ended or standing.blocked(now) or careful


def wording(scene: Scene, notice: Broadcast, orders: tuple[str, ...], items: tuple[str, ...]) -> Marked:
    """Return the text of a notice for the customer at hand. Raises RenderError."""
    seen = [each.seen for each in scene.watches if each.seen and f"#{each.number}" in orders]
    about = {
        "orders": ", ".join(orders),
        "items": ", ".join(items),
        "tracking": ", ".join(dict.fromkeys(each.tracking for each in seen if each.tracking)),
        "action_needed": "; ".join(dict.fromkeys(each.action_needed for each in seen if each.action_needed)),
        "customer": scene.name,
    }
    return scene.fill(notice.kind.text, **notice.slots, **about)


def _has_case(dossier: Dossier, category: str) -> bool:
    """Tell whether an open case is of a category, or holds one that is: what was merged goes on there."""
    on = {case.number for case in dossier.cases if case.open}
    cases = (case for case in dossier.cases if case.open or (case.merged and case.merged.into in on))
    return any(case.is_of(category) for case in cases)


def _matches(watched: Watched, audience: Audience) -> bool:
    seen = watched.seen
    if watched.over and (audience.watching or (audience.status and not (seen and seen.status in LAST))):
        return False
    if audience.status and not (seen and seen.status in audience.status):
        return False
    if audience.carrier and not (seen and seen.carrier.casefold() == audience.carrier.casefold()):
        return False
    if audience.region and not (seen and audience.region.casefold() in seen.region.casefold()):
        return False
    return not audience.product or bool(_items(watched, audience))


def _items(watched: Watched, audience: Audience) -> list[str]:
    """Return what of an order is meant: all of it, unless a product was named, by its code or in its name."""
    wanted = audience.product.casefold()
    return [
        each.name
        for each in (watched.seen.items if watched.seen else ())
        if not wanted or each.code.casefold() == wanted or wanted in each.name.casefold()
    ]
