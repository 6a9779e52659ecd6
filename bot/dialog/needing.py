"""The day by which a customer needs something: on the case, and more urgent as it nears.

An agent sets it, a flow asks for it, or the customer says it in words of their own. What is set already stays.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk.case import Case, Deadline
from bot.desk.team import Agent
from bot.dialog import levels
from bot.dialog.events import DayNeeded
from bot.dialog.scene import Scene
from bot.dialog.values import LONGEST, Reading
from bot.dialog.values.days import day as read_day

SLOT = "needed_by"  # a flow that asks for such a day keeps it there
_AHEAD = 40  # letters after the phrase in which the day stands
_FAR = timedelta(days=183)  # without a year, a day further ahead is more likely one that is over
_TRIES = 3  # phrases of one text that are looked at
_END = re.compile(r"[,;!?\n]|\. ")


def need(scene: Scene, case: Case, agent: Agent, event: DayNeeded) -> None:
    """Note the day, or that it does not matter any more; a day that is over is none."""
    if event.day is None:
        scene.rule("not_needed")
        forget(scene, case)
        scene.alert(scene.change_case(case.number, needed=None), "staff_not_needed", agent=agent.name)
        return
    if event.day < scene.now.astimezone(_zone(scene)).date():
        scene.rule("day_is_over")
        scene.alert(case, "staff_needed_past", agent=agent.name, day=event.day)
        return
    scene.rule("needed")
    changed = scene.change_case(case.number, needed=event.day)
    scene.alert(changed, "staff_needed", agent=agent.name, day=event.day)
    watch(scene, changed)


def opened(scene: Scene, case: Case) -> Case:
    """Note the day that a flow has asked for or the customer has spoken of, if there is one, and watch over it."""
    if case.needed is None:
        asked = [frame.slots[SLOT] for frame in scene.talk.frames if isinstance(frame.slots.get(SLOT), str)]
        day = read(asked[-1]) if asked else None
        day = day or _said(scene, scene.talk.own)
        case = scene.change_case(case.number, needed=day) if day else case
    return watch(scene, case) if case.needed else case


def heard(scene: Scene, case: Case, text: str) -> Case:
    """Note the day that a customer speaks of while people have their case."""
    day = _said(scene, [text]) if case.open and case.needed is None else None
    if day is None:
        return case
    case = scene.change_case(case.number, needed=day)
    scene.alert(case, "staff_needed_said", day=day)
    return watch(scene, case)


def _said(scene: Scene, texts: Sequence[str]) -> date | None:
    """Return the day that the customer's words name last after one of the shop's phrases, if it is not over."""
    phrases = scene.catalog.needed_by.phrases
    if not phrases:
        return None
    before = re.compile(rf"\b(?:{'|'.join(re.escape(each) for each in phrases)})\b", re.IGNORECASE)
    today = scene.now.astimezone(_zone(scene)).date()
    for text in reversed(texts):
        for match in [*before.finditer(" ".join(text[:LONGEST].split()))][: -_TRIES - 1 : -1]:
            after = _END.split(match.string[match.end() : match.end() + _AHEAD], maxsplit=1)[0]
            found = read_day(after, today, scene.catalog.voice.locale)
            days = [date.fromisoformat(each) for each in found.values] if isinstance(found, Reading) else []
            if ahead := [each for each in days if today <= each <= today + _FAR]:
                return ahead[0]
    return None


def read(text: str) -> date | None:
    """Return the day of "2026-12-24"; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def watch(scene: Scene, case: Case) -> Case:
    """Let the case be as urgent as the day is near, and look again when it is nearer."""
    if case.needed is None:
        return case
    rules = scene.catalog.needed_by
    day = datetime.combine(case.needed, time(), _zone(scene))
    urgent, soon = day - rules.urgent, day - rules.soon
    least = 1 if scene.now >= urgent else 2 if scene.now >= soon else case.priority
    if least < case.priority:
        case = scene.put_case(levels.regrade(scene, case, least))
        scene.alert(case, "staff_needed_near", day=case.needed, priority=least)
    later = [at for at in (soon, urgent) if at > scene.now]
    if later:
        scene.start_timer("needed", _key(case), min(later), case=case.number)
    return case


def due(scene: Scene, deadline: Deadline) -> None:
    """The day is near."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.needed is None:
        scene.rule("not_needed")
        return
    scene.rule("needed_near")
    watch(scene, case)


def forget(scene: Scene, case: Case) -> None:
    """Watch no longer."""
    if case.needed:
        scene.cancel_timer(_key(case))


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.catalog.voice.zone)


def _key(case: Case) -> str:
    return f"needed:{case.number}"
