"""Promises: a time that a customer was given, by the bot or by an agent, is kept or apologised for."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import after, by, worked
from bot.desk.promises import Promised, promised
from bot.desk.targets import level_of
from bot.desk.team import Agent
from bot.dialog import casebook, escalating, levels, progress
from bot.dialog.scene import Scene
from bot.dialog.state import Reply

_DOUBLINGS = 6  # after these, times are not given any later
_WARNING = 4  # a reminder comes when so small a part of the time is left


def heard(scene: Scene, case: Case, text: str) -> Promised | None:
    """Return the time that the customer is given in an agent's words, in the hours of the case's queue."""
    return promised(text, scene.catalog.promises, casebook.queue_of(scene, case.queue).hours, scene.now)


def give(scene: Scene, case: Case, agent: Agent, at: datetime, words: str) -> None:
    """Keep a time that an agent gave the customer: remind them before it, apologise after it."""
    _keep(scene, case, at, {"by": agent.id, "words": words})
    scene.alert(case, "staff_promise_noted", agent=agent.name, promise=scene.time(at), words=words)


def again(scene: Scene, case: Case, agent: str, at: datetime) -> Case:
    """Keep a time once more: what seemed to have kept it was taken back."""
    return _keep(scene, case, at, {"by": agent})


def withdraw(scene: Scene, case: Case, agent: Agent) -> None:
    """Let a time that a person gave count no longer: it was none, or meant something else."""
    given = _given(scene, case)
    if given is None or case.promise is None:
        scene.rule("nothing_promised")
        scene.alert(case, "staff_no_promise", agent=agent.name)
        return
    scene.rule("promise_withdrawn")
    before = scene.time(case.promise)
    drop(scene, case, given)
    replies = (replace(each, promise=None) if each.id == given.id else each for each in scene.talk.replies)
    scene.change(replies=tuple(replies))
    scene.alert(case, "staff_promise_withdrawn", agent=agent.name, promise=before)


def drop(scene: Scene, case: Case, given: Reply) -> Case:
    """Let the time that a reply gave count no longer; the one whose place it took counts again."""
    forget(scene, case)
    dropped = scene.change_case(case.number, promise=None)
    return again(scene, dropped, case.assignee, given.behind) if given.behind else dropped


def behind(scene: Scene, case: Case) -> datetime | None:
    """Return the time whose place another one takes now without keeping it."""
    given = _given(scene, case) if case.kind == "approval" else None
    return given.behind if given else case.promise


def answered(scene: Scene, case: Case) -> None:
    """Let the time of a decision count again, if there is some left, when one that a person gave meanwhile is kept."""
    given = _given(scene, case)
    if given and given.behind and given.behind > scene.now:
        again(scene, case, case.assignee, given.behind)


def _given(scene: Scene, case: Case) -> Reply | None:
    """Return the reply that gave the customer the time which is kept now."""
    own = (each for each in reversed(scene.talk.replies) if each.promise and each.case in (case.number, 0))
    return next((each for each in own if each.promise == case.promise), None)


def sooner(scene: Scene, case: Case, at: datetime) -> Case:
    """Give the customer a time, unless the one that was given is not later, or they have none and would not hear it."""
    if case.promise <= at if case.promise else scene.muted:
        return case
    hidden = unsaid(scene, case)
    return scene.put_case(replace(_keep(scene, case, at, {"by": case.assignee}), **hidden))


def remind(scene: Scene, deadline: Deadline) -> None:
    """Tell the owner that a promised time is near."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None:
        scene.rule("promise_kept")
        return
    scene.rule("promise_near")
    escalating.at_risk(scene, case, "staff_promise_near", promise=scene.time(case.promise))


def due(scene: Scene, deadline: Deadline) -> None:
    """A promised time has come: if nobody kept it, give a new one, which is later each time, and alert staff.

    The customer hears each of them; an apology comes with the first few.
    """
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None or case.promise > scene.now:
        scene.rule("promise_kept")
        return
    scene.rule("promise_missed")
    missed = case.missed + 1
    promise = _next(scene, case, missed)
    case = levels.regrade(scene, case, max(1, case.priority - 1))
    case = scene.put_case(replace(case, promise=promise, missed=missed, **unsaid(scene, case)))
    tell(scene, case)
    if missed <= max(1, scene.catalog.limits.apologies):
        escalating.missed(scene, case, "staff_promise_missed", promise=casebook.promised(scene, case), missed=missed)
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number, data=deadline.data)


def tell(scene: Scene, case: Case) -> None:
    """Tell the customer the new time of a promise that was missed, with an apology unless they have had enough."""
    owner = casebook.called(scene, case)
    sorry = "promise_missed_by" if owner else "promise_missed"
    key = sorry if 0 < case.missed <= scene.catalog.limits.apologies else "promise_moved"
    team, promise = casebook.queue_of(scene, case.queue).name, scene.time(case.promise or scene.now)
    scene.say_text(key, case=case.number, team=team, promise=promise, owner=owner)


def unsaid(scene: Scene, case: Case) -> dict[str, Any]:
    """Return what a case keeps of a time that it gets now: whether the customer hears it, and which one they know."""
    known = case.believed if case.untold else case.promise
    return {"untold": scene.muted, "believed": known if scene.muted else None}


def speak_up(scene: Scene) -> None:
    """Tell a customer who can be spoken to again the times that they have not heard, sorry for those that passed."""
    for case in scene.open_cases():
        if not case.untold or case.promise is None:
            continue
        scene.move_to(case.place, case.conversation)
        passed = case.believed is not None and case.believed <= scene.now
        missed = max(case.missed, 1) if passed else case.missed
        tell(scene, scene.put_case(replace(case, untold=False, believed=None, missed=missed)))


def forget(scene: Scene, case: Case) -> None:
    """Nothing is promised any more."""
    scene.cancel_timer(f"promise:{case.number}")
    scene.cancel_timer(f"remind:{case.number}")


def _keep(scene: Scene, case: Case, at: datetime, data: dict[str, str]) -> Case:
    hours = casebook.queue_of(scene, case.queue).hours
    changed = scene.change_case(case.number, promise=at, untold=False, believed=None)
    progress.start(scene, changed)
    scene.start_timer("promise", f"promise:{case.number}", at, case=case.number, data=data)
    remind = after(hours, scene.now, worked(hours, scene.now, at) * (_WARNING - 1) / _WARNING)
    if scene.now < remind < at:
        scene.start_timer("remind", f"remind:{case.number}", remind, case=case.number)
    return changed


def _next(scene: Scene, case: Case, missed: int) -> datetime:
    """Return the time that a customer is given after one was missed; twice as far each time once apologies are over."""
    place = casebook.queue_of(scene, case.queue)
    answer, level = timedelta(minutes=place.first_response), level_of(scene.catalog.levels, case.priority)
    answer = min(answer, level.first_response) if casebook.DANGER in case.flags else answer
    begins = floors.first_back(scene.floor, place, scene.catalog.agents, scene.now)
    if case.assignee:
        answer, begins = level.next_response or answer, scene.now
    again = max(0, missed - max(1, scene.catalog.limits.apologies))
    return by(place.hours, begins, answer * 2 ** min(again, _DOUBLINGS))
