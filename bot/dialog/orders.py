"""The order that was looked up last, as a case's card tells of it: what customers were told, staff need not look up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.desk.case import Bought
from bot.dialog import snippets
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.template import listing

_RECENT = timedelta(days=1)  # so long is a case about the order that was looked up, where none is named
_LONGEST = 200


def looked_up(scene: Scene, order: Mapping[str, Any]) -> None:
    """Remember an order as the order system has it now; a case that is open here shows it."""
    shown = {name: str(order.get(name) or "") for name in Bought.__struct_fields__ if name not in ("items", "seen")}
    shown["currency"] = shown["currency"] or scene.catalog.voice.currency
    things = [each for each in order.get("items") or () if isinstance(each, Mapping)]
    bought = Bought(seen=scene.now, items=listing(things)[:_LONGEST], **shown)
    scene.change(order=bought.number, bought=bought)
    case = scene.case(scene.talk.case)
    if case and case.open:
        scene.change_case(case.number, bought=bought)


def about(scene: Scene, facts: Mapping[str, str]) -> Bought | None:
    """Return the order that a case with these facts is about, if it was looked up."""
    bought, words = scene.talk.bought, scene.talk.own
    if bought is None:
        return None
    named = snippets.order_of(facts) or next(filter(None, (find("order", each) for each in reversed(words))), "")
    meant = bought.number in named if named else scene.now - bought.seen <= _RECENT
    return bought if meant else None
