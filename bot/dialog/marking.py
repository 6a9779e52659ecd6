"""What staff notice of a customer: signs of trouble, whose pattern supervisors hear of, and types of client."""

from collections.abc import Mapping

from bot.desk.case import Case
from bot.desk.marks import Mark, Observed
from bot.desk.team import Agent
from bot.dialog import casebook
from bot.dialog.events import CustomerMarked
from bot.dialog.scene import Scene
from bot.knowledge import normalise

_KEPT = 100


def mark(scene: Scene, case: Case, agent: Agent, event: CustomerMarked) -> None:
    """Note what was noticed, or that the last of it was none; staff alone read of it."""
    marks = scene.catalog.marks
    known, note = _named(marks, f"{event.mark} {event.text}".strip())
    if known is None:
        scene.rule("unknown_mark")
        scene.alert(case, "staff_unknown_mark", agent=agent.name, mark=event.mark, marks=", ".join(marks))
    elif event.off:
        _take_off(scene, case, agent, known)
    else:
        _note(scene, case, agent, known, note)


def _named(marks: Mapping[str, Mark], words: str) -> tuple[Mark | None, str]:
    """Return the mark that words begin with, by its name ("late payment", too) or title, and what follows it."""
    names = {normalise(name.replace("_", " ")): mark for mark in marks.values() for name in (mark.id, mark.title)}
    said = words.split()
    for count in range(min(len(said), max((len(name.split()) for name in names), default=0)), 0, -1):
        if mark := names.get(normalise(" ".join(said[:count]).replace("_", " "))):
            return mark, " ".join(words.split(maxsplit=count)[count:])
    return None, ""


def _note(scene: Scene, case: Case, agent: Agent, known: Mark, note: str) -> None:
    before = scene.standing.observed
    if known.kind == "type":  # it is so, however often somebody says it
        before = tuple(each for each in before if each.mark != known.id)
    scene.rule("marked")
    seen = Observed(mark=known.id, by=agent.id, at=scene.now, case=case.number, note=note)
    scene.stand(observed=(*before, seen)[-_KEPT:])
    count = sum(each.mark == known.id for each in scene.standing.observed)
    told = {"title": known.title, "times": count if known.kind == "sign" else 0, "advice": known.advice, "note": note}
    scene.alert(case, "staff_marked", agent=agent.name, **told)
    if known.kind == "sign" and count == known.pattern:
        there = casebook.supervisors(scene)
        people = ", ".join(each.name for each in there)
        scene.alert(
            case, "staff_pattern", tuple(each.id for each in there), people=people, title=known.title, times=count
        )


def _take_off(scene: Scene, case: Case, agent: Agent, known: Mark) -> None:
    seen = scene.standing.observed
    last = next((each for each in reversed(seen) if each.mark == known.id), None)
    if last is None:
        scene.rule("not_marked")
        scene.alert(case, "staff_not_marked", agent=agent.name, title=known.title)
        return
    scene.rule("mark_taken_off")
    scene.stand(observed=tuple(each for each in seen if each is not last))
    scene.alert(case, "staff_mark_off", agent=agent.name, title=known.title)
