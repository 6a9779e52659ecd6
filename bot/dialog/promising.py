"""Promises: a time that a customer was given, by the bot or by an agent, is kept or apologised for."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.desk.hours import after, worked
from bot.desk.targets import level_of
from bot.desk.team import Agent
from bot.dialog import casebook, levels, presence, progress
from bot.dialog.scene import Scene

_WARNING = 4  # a reminder comes when so small a part of the time is left


def give(scene: Scene, case: Case, agent: Agent, at: datetime, words: str) -> None:
    """Keep a time that an agent gave the customer: remind them before it, apologise after it."""
    _keep(scene, case, at, {"by": agent.id, "words": words})
    scene.alert(case, "staff_promise_noted", agent=agent.name, promise=scene.time(at), words=words)


def again(scene: Scene, case: Case, agent: str, at: datetime) -> Case:
    """Keep a time once more: what seemed to have kept it was taken back."""
    return _keep(scene, case, at, {"by": agent})


def remind(scene: Scene, deadline: Deadline) -> None:
    """Tell the owner that a promised time is near."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None:
        scene.rule("promise_kept")
        return
    scene.rule("promise_near")
    scene.alert(case, "staff_promise_near", owner=presence.addressed(scene, case), promise=scene.time(case.promise))


def due(scene: Scene, deadline: Deadline) -> None:
    """A promised time has come: if nobody kept it, apologise with a new time and alert staff."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None or case.promise > scene.now:
        scene.rule("promise_kept")
        return
    scene.rule("promise_missed")
    missed = int(deadline.data.get("missed", 0)) + 1
    place = casebook.queue_of(scene, case.queue)
    promise = _next(scene, case)
    case = levels.regrade(scene, case, max(1, case.priority - 1))
    told = missed <= scene.catalog.limits.apologies
    case = scene.put_case(replace(case, promise=promise, untold=not told, missed=missed))
    alert = "staff_promise_missed" if told else "staff_promise_missed_again"
    whose = {"owner": casebook.owner(scene, case)} if told else {}
    scene.alert(case, alert, promise=scene.time(promise), missed=missed, **whose)
    if told:
        owner = casebook.called(scene, case)
        key = "promise_missed_by" if owner else "promise_missed"
        scene.say_text(key, case=case.number, team=place.name, promise=scene.time(promise), owner=owner)
    data = {**deadline.data, "missed": missed}
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number, data=data)


def forget(scene: Scene, case: Case) -> None:
    """Nothing is promised any more."""
    scene.cancel_timer(f"promise:{case.number}")
    scene.cancel_timer(f"remind:{case.number}")


def _keep(scene: Scene, case: Case, at: datetime, data: dict[str, str]) -> Case:
    hours = casebook.queue_of(scene, case.queue).hours
    changed = scene.change_case(case.number, promise=at, untold=False)
    progress.start(scene, changed)
    scene.start_timer("promise", f"promise:{case.number}", at, case=case.number, data=data)
    remind = after(hours, scene.now, worked(hours, scene.now, at) * (_WARNING - 1) / _WARNING)
    if scene.now < remind < at:
        scene.start_timer("remind", f"remind:{case.number}", remind, case=case.number)
    return changed


def _next(scene: Scene, case: Case) -> datetime:
    """Return the time that a customer is given after one was missed."""
    place = casebook.queue_of(scene, case.queue)
    if not case.assignee:
        return casebook.first_response(scene, place)
    answer = level_of(scene.catalog.levels, case.priority).next_response or timedelta(minutes=place.first_response)
    return after(place.hours, scene.now, answer)
