"""Answers that want their owner: the day to check them again has come. Staff read of it once a week."""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.desk.team import may
from bot.dialog.catalog import Entry
from bot.dialog.markup import Marked
from bot.dialog.scene import Scene
from bot.dialog.speech import spoken_date

_LISTED = "stale_listed"  # a fact: the day on which staff last read of it
_WEEK = timedelta(days=7)
_LINES = 20


def due(entry: Entry) -> date | None:
    """Return from which day on an entry wants to be checked again; None if it never does."""
    if entry.review_every is None or entry.visibility == "draft":
        return None
    return entry.verified + entry.review_every if entry.verified else date.min


def stale(entries: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """Return the entries that want to be checked, those that have waited longest first."""
    waiting = [(day, entry.id, entry) for entry in entries if (day := due(entry)) and day <= today]
    return tuple(entry for *_, entry in sorted(waiting, key=lambda each: each[:2]))


def watch(scene: Scene) -> None:
    """List stale entries in the staff channel, if a week has passed since the last list."""
    catalog, today = scene.catalog, scene.now.date()
    if catalog.review_from is None or today < catalog.review_from:
        return
    listed = scene.fact(_LISTED)
    if listed and today < date.fromisoformat(listed) + _WEEK:
        return
    found = stale(catalog.every_entry.values(), today)
    admins = [agent.name for agent in catalog.agents.values() if may(agent, "admin")]
    lines = [_line(scene, entry) for entry in found[:_LINES]]
    scene.alert_room(
        catalog.default_queue,
        "staff_stale",
        people=", ".join(admins),
        count=len(found),
        more=max(len(found) - _LINES, 0),
        entries=Marked("\n".join(lines)),
    )
    scene.note_fact(_LISTED, today.isoformat())


def _line(scene: Scene, entry: Entry) -> str:
    owner = scene.catalog.agents.get(entry.owner)
    verified = spoken_date(scene.catalog, entry.verified)
    shown = {"title": entry.title, "at": entry.at, "verified": verified, "owner": owner.name if owner else entry.owner}
    return f"- {scene.fill(scene.catalog.texts['stale_entry'].variants[0], **shown)}"
