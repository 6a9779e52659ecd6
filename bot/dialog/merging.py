"""Two cases of one customer about one matter: the one goes on under the other, and can be taken out again.

A merged case is closed without being solved. It remembers where it went, how it stood and what it brought along; the
conversations in which it was talked of are the other case's from then on.
"""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from bot.desk.case import Case, Merged, Task
from bot.desk.rights import works_on
from bot.desk.team import Agent
from bot.dialog import caring, casebook, cases, levels, needing, progress, promising, rotation, waiting
from bot.dialog import tasks as tasks_of
from bot.dialog.events import CasesMerged, CaseUnmerged
from bot.dialog.scene import Scene


def merge(scene: Scene, case: Case, agent: Agent, event: CasesMerged) -> None:
    """Let a case go on under another one of the same customer."""
    into = scene.case(event.into)
    if problem := _problem(scene, case, agent, event.into):
        scene.rule("not_merged")
        scene.alert(case, problem, agent=agent.name, into=event.into, other=_other(scene, case, event.into))
        return
    assert into is not None
    scene.rule("merged")
    merged = _close(scene, case, into)
    changed = _take_in(scene, into, merged)
    scene.hand_conversations(case.number, into.number)
    scene.alert(merged, "staff_merged", agent=agent.name, into=into.number)
    facts = ", ".join(f"{name}: {value}" for name, value in case.facts.items())
    scene.alert(changed, "staff_merged_here", agent=agent.name, other=case.number, subject=case.subject, facts=facts)
    if case.kind == "handoff":
        scene.say_text("merged", case=case.number, into=into.number, promise=casebook.promised(scene, changed))


def unmerge(scene: Scene, case: Case, agent: Agent, event: CaseUnmerged) -> None:
    """Take a merged case out again, as it was; said in its own thread or in that of the case which it went to."""
    out = scene.case(event.number or case.number)
    if out is None or out.merged is None or case.number not in (out.number, out.merged.into):
        scene.rule("not_merged")
        scene.alert(case, "staff_not_merged", agent=agent.name, other=event.number or case.number)
        return
    into = scene.case(out.merged.into)
    if not (_worked_on(out, agent) or (into and works_on(into, agent))):
        casebook.not_the_owner(scene, into or case, agent)
        return
    scene.rule("unmerged")
    take_out(scene, out, agent.name)


def take_out(scene: Scene, out: Case, by: str) -> None:
    """Put a merged case back as it was, and tell whoever works on either, and the customer."""
    assert out.merged
    if into := scene.case(out.merged.into):
        scene.alert(_give_back(scene, into, out), "staff_unmerged", agent=by, other=out.number)
    scene.move_to(out.place, out.conversation)
    back = _reopen(scene, out)
    scene.change(case=back.number)
    scene.alert(back, "staff_unmerged", agent=by, other=back.number)
    scene.say_text("unmerged", case=back.number, promise=casebook.promised(scene, back))


def _problem(scene: Scene, case: Case, agent: Agent, number: int) -> str:
    """Return the text that says why the cases cannot be merged; of other customers' cases it knows nothing."""
    into = scene.case(number)
    if not works_on(case, agent):
        return "staff_not_owner_here"
    if number == case.number:
        return "staff_merge_itself"
    if into is None:
        return "staff_merge_unknown"
    if into.merged:
        return "staff_merge_merged"
    if not into.open:
        return "staff_merge_closed"
    if "approval" in (case.kind, into.kind):
        return "staff_merge_approval"
    return "staff_merge_chain" if case.holds else ""


def _other(scene: Scene, case: Case, number: int) -> str:
    """Return the case that stands in the way: the one that the other went to, or those that this one holds."""
    into = scene.case(number)
    if into and into.merged:
        return str(into.merged.into)
    return ", ".join(map(str, case.holds))


def _close(scene: Scene, case: Case, into: Case) -> Case:
    hours = casebook.queue_of(scene, case.queue).hours
    merged = Merged(
        into=into.number,
        status="owned" if case.status == "owned" else "waiting",
        assignee=case.assignee,
        promise=case.promise,
        waits=case.waits,
        watches=levels.paused(case, hours, scene.now),
        facts=tuple(name for name in case.facts if name not in into.facts),
        place=into.place,
        conversation=into.conversation,
        public=into.public,
        their_promise=into.promise,
        their_priority=into.priority,
        their_needed=into.needed,
        vow=case.vow,
        their_vow=into.vow,
        vows=case.promises,
        brought=_brings(case, into),
        their_bought=into.bought,
        their_worth=into.worth,
    )
    closed = cases.close(scene, case, outcome="merged")
    tasks_of.forget(scene, case)
    return scene.change_case(closed.number, merged=merged, tasks=())


def _brings(case: Case, into: Case) -> bool:
    """Tell whether a case brings along the order that was looked up for it: where none was, or as it has been since."""
    if case.bought is None:
        return False
    known = into.bought
    return known is None or (known.number == case.bought.number and known.seen < case.bought.seen)


def _take_in(scene: Scene, into: Case, case: Case) -> Case:
    """Let the case know, owe and do what the other did: the sooner promise, the nearer day, its tasks and care."""
    merged, before = case.merged, scene.before(case.number)
    assert merged
    tasks = [replace(task, number=len(into.tasks) + at, of=case.number) for at, task in enumerate(before.tasks, 1)]
    promise = _sooner(into.promise, merged.promise)
    changed = scene.change_case(
        into.number,
        facts={**into.facts, **{name: case.facts[name] for name in merged.facts}},
        tasks=(*into.tasks, *tasks),
        holds=(*into.holds, case.number),
        promise=promise,
        vow=merged.vow if promise != into.promise else into.vow,
        untold=case.untold if promise != into.promise else into.untold,
        needed=min((day for day in (into.needed, case.needed) if day), default=None),
        bought=case.bought if merged.brought else into.bought,
        worth=into.worth or case.worth,
    )
    if case.priority < changed.priority:
        changed = scene.put_case(levels.regrade(scene, changed, case.priority))
    changed = tasks_of.watch(scene, needing.watch(scene, changed))
    if tasks and not changed.waits:
        progress.start(scene, changed)
    if case.careful:
        changed = caring.begins(scene, changed)
    if merged.waits:
        earliest = _sooner(into.waits, merged.waits)
        changed = scene.put_case(replace(waiting.customer_wrote(scene, changed), waits=earliest))
    if promise and promise != into.promise:
        changed = promising.goes_on(scene, changed, promise)
    return promising.beside(scene, changed, (*into.promises, *merged.vows))


def _give_back(scene: Scene, into: Case, out: Case) -> Case:
    """Undo what the other case had brought along, as far as it still stands."""
    merged = out.merged
    assert merged
    fields: dict[str, Any] = {
        "facts": {name: value for name, value in into.facts.items() if name not in merged.facts},
        "tasks": tuple(task for task in into.tasks if task.of != out.number),
        "holds": tuple(number for number in into.holds if number != out.number),
    }
    if into.conversation == out.conversation:
        fields |= {"place": merged.place, "conversation": merged.conversation, "public": merged.public}
        known = (talk.name for talk in scene.conversations() if talk.id == merged.conversation)
        fields["name"] = next(known, "") or into.name  # their accounts may have different ones
    if merged.brought and into.bought == out.bought:  # it may have been looked up anew since
        fields["bought"] = merged.their_bought
    if into.worth == out.worth:
        fields["worth"] = merged.their_worth
    if into.needed == out.needed:
        fields["needed"] = merged.their_needed
        needing.forget(scene, into)
    tasks_of.forget(scene, into)
    back = scene.change_case(into.number, **fields)
    if back.open and back.priority == out.priority:
        back = scene.put_case(levels.regrade(scene, back, merged.their_priority))
    if back.open:
        back = tasks_of.watch(scene, needing.watch(scene, back))
    if back.open and back.promise and back.promise == merged.promise != merged.their_promise:
        theirs = merged.their_promise if merged.their_promise and merged.their_promise > scene.now else None
        if theirs or back.status == "owned":
            promising.forget(scene, back)
            back = scene.change_case(back.number, promise=theirs, vow=merged.their_vow if theirs else "")
        if theirs:
            back = promising.goes_on(scene, back, theirs)
    return promising.apart(scene, back, merged.vows)


def _reopen(scene: Scene, out: Case) -> Case:
    """Put the case back as it was, with the tasks that went along; a promise that is over is given anew."""
    merged = out.merged
    assert merged
    into = scene.before(merged.into) if scene.case(merged.into) else None
    gone = [task for task in (into.tasks if into else ()) if task.of == out.number]
    tasks: tuple[Task, ...] = tuple(replace(task, number=at, of=0) for at, task in enumerate(gone, 1))
    promise = merged.promise
    if promise and promise <= scene.now:
        promise = casebook.first_response(scene, casebook.queue_of(scene, out.queue), out.priority)
    back = replace(
        out,
        status=merged.status,
        assignee=merged.assignee,
        outcome="",
        resolved_at=None,
        merged=None,
        tasks=tasks,
        promise=promise,
        vow=merged.vow if promise == merged.promise else "",
        waits=merged.waits,
        snoozed=None,
        standing=scene.standing,
    )
    back = scene.put_case(levels.taken_up(scene, back, merged.watches))
    back = rotation.give_out(scene, tasks_of.watch(scene, needing.watch(scene, back)))
    if promise:
        back = promising.goes_on(scene, back, promise)
    back = promising.beside(scene, back, merged.vows)
    waiting.expect(scene, back)
    if back.waits:
        progress.start(scene, back)
    return back


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _worked_on(out: Case, agent: Agent) -> bool:
    merged = out.merged
    assert merged
    return works_on(replace(out, assignee=merged.assignee), agent)
