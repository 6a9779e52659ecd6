"""News that there is no news: whoever waits, and has been told nothing for a while, hears how it stands.

So do those for whom another team was asked something: they wait for it as the owner does. Not while people talk to each
other, and not for ever; of a case that was put aside, that it was, once until it is back. Promises stay; once several
were missed, the new times that are told are news enough.
"""

from datetime import datetime, timedelta

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import after, worked
from bot.desk.targets import level_of
from bot.dialog import casebook
from bot.dialog.scene import Scene


def start(scene: Scene, case: Case) -> None:
    """Tell the customer how it stands in a while, if by then nobody has told them anything."""
    every = _every(scene, case)
    if every and case.kind == "handoff":
        _come_back(scene, case, scene.now, every, said=0)


def stop(scene: Scene, case: Case) -> None:
    """The customer waits no longer."""
    scene.cancel_timer(_key(case))


def rests(scene: Scene, case: Case) -> None:
    """The customer knows until when their case was put aside: how it stands after that, they hear when it is back."""
    every = _every(scene, case)
    if every and case.snoozed and case.kind == "handoff":
        _come_back(scene, case, case.snoozed, every, said=0)


def we_wrote(scene: Scene, case: Case) -> None:
    """The customer waits no longer, or from now on, where another team still has to do something for them."""
    (start if any(task.open for task in case.tasks) else stop)(scene, case)


def due(scene: Scene, deadline: Deadline) -> None:
    """Tell how it stands; later, if something was said meanwhile."""
    case = scene.case(deadline.case)
    every = _every(scene, case) if case else None
    if case is None or every is None or not case.open or not _owed(case) or _heard(scene, case):
        scene.rule("no_update")
        return
    said, told = int(deadline.data.get("said", 0)), scene.talk.told
    hours = casebook.queue_of(scene, case.queue).hours
    if told and worked(hours, told, scene.now) < every:
        scene.rule("update_waits")
        _come_back(scene, case, told, every, said=said)
        return
    scene.rule("update")
    resting = case.snoozed is not None and not case.until_written
    again = after(hours, scene.now, every) if said + 1 < scene.catalog.limits.updates else None
    key = "update_snoozed" if resting else "update_owned" if case.assignee else "update_waiting"
    team, away = casebook.queue_of(scene, case.queue).name, floors.away(scene.floor, case.assignee, scene.now)
    scene.say_text(
        key,
        case=case.number,
        owner=team if away else casebook.called(scene, case),
        team=team,
        promise=casebook.promised(scene, case),
        until=scene.time(case.snoozed) if case.snoozed else "",
        next=scene.time(again) if again else "",
    )
    if resting:
        rests(scene, case)
    elif again:
        _come_back(scene, case, scene.now, every, said=said + 1)


def _owed(case: Case) -> bool:
    """Tell whether the customer is to hear of us: we owe them an answer, or what another team was asked for them.

    What was done is news, of which only the owner has read so far.
    """
    return bool(case.waits or case.promise or any(not task.dropped for task in case.tasks))


def _heard(scene: Scene, case: Case) -> bool:
    """Tell whether the new times that a customer is given for those that we missed say how it stands often enough."""
    return case.missed + case.leases >= max(1, scene.catalog.limits.apologies)


def _every(scene: Scene, case: Case) -> timedelta | None:
    return level_of(scene.catalog.levels, case.priority).update


def _come_back(scene: Scene, case: Case, since: datetime, every: timedelta, *, said: int) -> None:
    at = after(casebook.queue_of(scene, case.queue).hours, since, every)
    scene.start_timer("update", _key(case), at, case=case.number, data={"said": said})


def _key(case: Case) -> str:
    return f"update:{case.number}"
