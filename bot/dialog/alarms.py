"""Deadlines of people: an owner who lets a customer wait, and a customer who says nothing any more."""

from datetime import timedelta

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import next_open
from bot.desk.paths import SUPERVISORS, TEAM
from bot.desk.promises import announces
from bot.desk.team import Agent, by_name
from bot.dialog import casebook, endings, escalating, nods, owning, promising, tasks, waiting
from bot.dialog.scene import Scene

_CALLED = 3  # at most, by name, to a case that its owner let lie
_MISSES = 2  # after so many promised times that passed in its owner's hands, a case goes back to its queue


def lease_due(scene: Scene, deadline: Deadline) -> None:
    """Nudge an owner who lets the customer wait; the second time, or if they are away, give it back to its queue."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.status != "owned" or not case.waits or case.snoozed:
        scene.rule("lease_kept")
        return
    if not deadline.data.get("nudged") and not floors.away(scene.floor, case.assignee, scene.now):
        scene.rule("nudged")
        if not escalating.calls_owner(scene, case):
            scene.alert(case, "staff_nudge", owner=casebook.owner(scene, case), since=scene.time(case.waits))
        waiting.start_lease(scene, case, nudged=1)
        return
    late = replace(case, leases=case.leases + 1)
    _give_back(scene, late, sorry=promising.owes_apology(scene, late))


def promise_due(scene: Scene, deadline: Deadline) -> None:
    """A promised time has come: an owner who was nudged for the customer, and has had half the time that they were
    given then, loses the case with it, so that its customer hears one new time; else see `promising`.
    """
    case = scene.case(deadline.case)
    over = case and case.open and case.promise and case.promise <= scene.now
    if case and over and endings.is_asked(scene, case):
        endings.close_as_asked(scene, case)
    elif case and over and case.kind == "handoff" and case.status == "owned" and _lets_go(scene, case):
        late = replace(case, lapsed=case.lapsed or scene.now, missed=case.missed + 1)
        _give_back(scene, late, sorry=promising.owes_apology(scene, late))
    else:
        promising.due(scene, deadline)


def _lets_go(scene: Scene, case: Case) -> bool:
    """Tell whether an owner has had their time: reminded in vain, away, or for the second time past a promise."""
    most = timedelta(minutes=scene.catalog.limits.lease) / 2  # of the time after the nudge: they have had half of it
    reminded = case.waits and case.grace and case.grace - scene.now <= most
    away = floors.away(scene.floor, case.assignee, scene.now) is not None
    return not case.snoozed and bool(reminded or away or case.missed + 1 >= _MISSES)


def _give_back(scene: Scene, case: Case, *, sorry: bool) -> None:
    """Let somebody else have a case whose owner lets its customer wait."""
    owner = casebook.owner(scene, case)
    scene.rule("lease_over")
    people = [] if casebook.queue_of(scene, case.queue).assign == "round_robin" else _of_queue(scene, case)
    already = escalating.called_lately(scene, case)
    names, ids = by_name([agent for agent in people if agent.id not in already])
    told = "" if scene.muted or case.kind != "handoff" else "yes"
    scene.alert(case, "staff_lease_over", ids, owner=owner, people=names, told=told)
    given_back = replace(case, told=scene.now, called=tuple(agent.id for agent in people))
    owning.to_queue(scene, given_back, text="lease_over" if sorry else "promise_moved")


def _of_queue(scene: Scene, case: Case) -> list[Agent]:
    """Return some who are there to be called by name: who works the queue; to what needs care, supervisors alone."""
    return escalating.called(scene, case, (SUPERVISORS if case.careful else TEAM,))[:_CALLED]


def quiet_due(scene: Scene, deadline: Deadline) -> None:
    """Ask a customer who has not answered whether they still need us; later, close the case.

    Whoever was told that they will hear of us owes nothing: whoever said so is reminded.
    """
    case = scene.case(deadline.case)
    if case and case.open and deadline.data.get("asked"):
        (endings.stays if case.left_to_people else endings.close_as_asked)(scene, case)
        return
    if case is None or not case.open or case.status != "owned" or case.waits or case.snoozed:
        scene.rule("not_quiet")
        return
    if scene.muted and scene.standing.block:
        scene.rule("quiet_waits")
        scene.start_timer("quiet", deadline.key, scene.standing.block.until, case=case.number)
        return
    if case.promise or any(task.open for task in case.tasks):  # it is we who owe something
        scene.rule("quiet_waits")
        tasks.watch(scene, case)  # those from before tasks had a time
        later = max(scene.now, case.promise or scene.now) + timedelta(minutes=scene.catalog.limits.quiet)
        scene.start_timer("quiet", deadline.key, later, case=case.number)
        return
    opens = next_open(casebook.queue_of(scene, case.queue).hours, scene.now)
    if opens > scene.now:  # nobody is written to at night that their case is closed
        scene.rule("quiet_waits")
        scene.start_timer("quiet", deadline.key, opens, case=case.number, data=deadline.data)
        return
    if announced := _announced(scene, case):
        scene.rule("announced")
        escalating.owed(scene, case, "staff_announced", words=announced)
        later = scene.now + timedelta(minutes=scene.catalog.limits.quiet)
        scene.start_timer("quiet", deadline.key, later, case=case.number)
        return
    if deadline.data.get("warned"):
        scene.rule("closed_quietly")
        endings.close_quietly(scene, case)
        return
    scene.rule("warned_of_closing")
    hours = casebook.queue_of(scene, case.queue).hours
    closing = next_open(hours, scene.now + timedelta(minutes=scene.catalog.limits.closing))
    keep = scene.choice_text("keep", "choice_keep")
    scene.say_text(
        "still_there", [keep], case=case.number, owner=casebook.called(scene, case), closes=scene.time(closing)
    )
    scene.start_timer("quiet", waiting.quiet_key(case), closing, case=case.number, data={"warned": True})


def _announced(scene: Scene, case: Case) -> str:
    """Return the words with which a person has told the customer last that they will hear of us; empty if none did."""
    sent = [each for each in scene.talk.replies if each.case == case.number and each.status != "taken_back"]
    if not sent or nods.asks(sent[-1].text, scene.catalog):
        return ""
    return announces(sent[-1].text, scene.catalog.promises)
