"""Who waits for whom: the customer for us, we for the customer, and what is done when either waits too long.

An owner has a case on a lease, counted in open hours of the queue: when the customer waits past it, the owner is
nudged, and then the case goes back to its queue. A customer who is silent for some days is asked, and then the case is
closed. What is done when either time has come is in `alarms`.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.desk.hours import after, by, next_open
from bot.desk.moments import begins
from bot.desk.rights import works_on
from bot.desk.targets import level_of
from bot.desk.team import Agent
from bot.desk.wordings import plain
from bot.dialog import casebook, escalating, levels, progress, promising
from bot.dialog.catalog import Catalog
from bot.dialog.events import CaseSnoozed
from bot.dialog.scene import Scene
from bot.knowledge import normalise

_LONGEST = timedelta(days=366)  # that a case can be put aside; also where its customer's words are waited for


def customer_wrote(scene: Scene, case: Case) -> Case:
    """The customer waits for us from their first unanswered words on; a case that was put aside is back."""
    case = casebook.follow(scene, case)
    scene.cancel_timer(quiet_key(case))
    if case.snoozed:
        scene.cancel_timer(_snooze(case))
        scene.alert(case, "staff_back_from_snooze")
    if case.waits and not case.snoozed:
        return case
    counting = levels.customer_wrote(scene, case)
    changed = scene.put_case(replace(counting, waits=case.waits or scene.now, snoozed=None))
    progress.start(scene, changed)
    if changed.status == "owned":
        start_lease(scene, changed)
    return changed


def we_wrote(scene: Scene, case: Case) -> Case:
    """We wait for the customer, for as long as the shop likes to."""
    stop_lease(scene, case)
    progress.we_wrote(scene, case)
    _expect_customer(scene, case)
    if case.kind == "handoff":  # a decision is still late
        case = escalating.seen_to(scene, case)
    return scene.put_case(replace(levels.we_wrote(scene, case), waits=None, grace=None))


def comes_back(scene: Scene, case: Case, until: datetime | None = None) -> bool:
    """The customer will write again of their own accord: whoever owes them nothing waits for them from now on, or from
    when they are back. False where we owe them something.
    """
    if case.status != "owned" or case.waits or case.snoozed:
        return False
    _expect_customer(scene, case, until)
    return True


def _expect_customer(scene: Scene, case: Case, since: datetime | None = None) -> None:
    """Ask a customer who stays silent whether they still need us."""
    due = (since or scene.now) + timedelta(minutes=scene.catalog.limits.quiet)
    if case.kind == "handoff":
        scene.start_timer("quiet", quiet_key(case), due, case=case.number)


def unanswered(scene: Scene, case: Case, since: datetime) -> None:
    """What we wrote was taken back: the customer waits for us as before."""
    scene.cancel_timer(quiet_key(case))
    changed = scene.put_case(replace(levels.customer_wrote(scene, case), waits=since))
    progress.start(scene, changed)
    if changed.status == "owned":
        start_lease(scene, changed)


# --- the lease --------------------------------------------------------------------------------------------------------


def start_lease(scene: Scene, case: Case, nudged: int = 0) -> Case:
    """Expect the owner's words in time; of a case in which danger is spoken of, as soon as the next answer is due."""
    hours = casebook.queue_of(scene, case.queue).hours
    lease = timedelta(minutes=scene.catalog.limits.lease)
    due = after(hours, scene.now, lease)
    if casebook.DANGER in case.flags:  # not a blink after the time that was told
        due = by(hours, scene.now, min(lease, level_of(scene.catalog.levels, case.priority).next_response or lease))
    scene.start_timer("lease", _lease(case), due, case=case.number, data={"nudged": nudged})
    grace = due if nudged else None
    return case if case.grace == grace else scene.change_case(case.number, grace=grace)


def stop_lease(scene: Scene, case: Case) -> None:
    """Nobody is waited for any more."""
    scene.cancel_timer(_lease(case))


# --- putting aside ----------------------------------------------------------------------------------------------------


def snooze(scene: Scene, case: Case, agent: Agent, event: CaseSnoozed) -> None:
    """Put a case aside until a time, or until the customer writes; a time that they were given before it is put off.

    At a time when nobody is there it goes on with the next opening, and that is what is said.
    """
    if not case.assignee or not works_on(case, agent):
        casebook.not_the_owner(scene, case, agent)
        return
    if why := unfit(scene.catalog, case, event, scene.now):
        scene.rule(why.removeprefix("staff_"))
        scene.alert(case, why, agent=agent.name, said=event.text)
        return
    written, until = _written(scene.catalog, event), _until(scene.catalog, case, event, scene.now)
    assert until
    until = until if written else next_open(casebook.queue_of(scene, case.queue).hours, until)
    scene.rule("snoozed")
    stop_lease(scene, case)
    scene.start_timer("snooze", _snooze(case), until, case=case.number)
    changed = scene.change_case(case.number, snoozed=until, until_written=written)
    before = case.promise
    if not written:
        changed = promising.put_off(scene, changed, until)
    told = {"until": "" if written else scene.time(until), "missed": _misses(scene, changed, until)}
    told["promise"] = casebook.promised(scene, changed) if changed.promise != before else ""
    scene.alert(changed, "staff_snoozed", agent=agent.name, **told)
    if case.waits and case.kind == "handoff" and changed.promise == before:
        owner = casebook.called(scene, case)
        scene.say_text("update_snoozed", case=case.number, owner=owner, until=scene.time(until))
    if not written and (case.waits or changed.promise != before):  # they were told
        progress.rests(scene, changed)


def unfit(catalog: Catalog, case: Case, event: CaseSnoozed, now: datetime) -> str:
    """Return the text that says why a case cannot be put aside like that; empty if it can."""
    until = _until(catalog, case, event, now)
    if until is None or until > now + _LONGEST:
        return "staff_how_snooze"
    if until <= now:
        return "staff_snooze_past"
    return "staff_snooze_they_wait" if case.waits and _written(catalog, event) else ""


def _written(catalog: Catalog, event: CaseSnoozed) -> bool:
    """Tell whether a case rests until its customer writes."""
    return normalise(event.text) in catalog.commands["until_written"]


def _until(catalog: Catalog, case: Case, event: CaseSnoozed, now: datetime) -> datetime | None:
    """Return the time that an agent's words mean, in the hours of the queue; "until" may stand before it."""
    if _written(catalog, event):
        return now + _LONGEST
    if event.until:
        return event.until
    first, _, rest = " ".join(event.text.split()).partition(" ")
    bare = rest if rest and normalise(first) in catalog.commands["until"] else f"{first} {rest}"
    queue = catalog.queues.get(case.queue) or catalog.queues[catalog.default_queue]
    return begins(plain(bare).strip(" .!"), catalog.promises, queue.hours, now)


def _misses(scene: Scene, case: Case, until: datetime) -> str:
    """Return what is due before a case comes back, the soonest first; empty if there is nothing."""
    due = [(watch.due, casebook.reason(scene, f"level_{watch.kind}")) for watch in case.watches if watch.due]
    due += [(case.promise, casebook.reason(scene, "promised_time"))] if case.promise else []
    return ", ".join(f"{name}: {scene.time(at)}" for at, name in sorted(due) if scene.now < at < until)


def snooze_due(scene: Scene, deadline: Deadline) -> None:
    """Bring a case back that was put aside."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.snoozed is None:
        scene.rule("snooze_over")
        return
    scene.rule("snooze_ends")
    escalating.owed(scene, scene.change_case(case.number, snoozed=None), "staff_snooze_ends")
    expect(scene, scene.case(case.number) or case)


def expect(scene: Scene, case: Case) -> None:
    """Expect words of the owner, or else of the customer."""
    if case.status == "owned":
        (start_lease if case.waits else _expect_customer)(scene, case)


def forget(scene: Scene, case: Case) -> None:
    """Let nothing be due for a case that is closed."""
    for key in (_lease(case), _snooze(case), quiet_key(case), turn_key(case)):
        scene.cancel_timer(key)
    levels.forget(scene, case)
    progress.stop(scene, case)


def _lease(case: Case) -> str:
    return f"lease:{case.number}"


def _snooze(case: Case) -> str:
    return f"snooze:{case.number}"


def quiet_key(case: Case) -> str:
    """Name the deadline of a customer who may have fallen silent."""
    return f"quiet:{case.number}"


def turn_key(case: Case) -> str:
    """Name the deadline at which somebody should be there for a case that is given out."""
    return f"turn:{case.number}"
