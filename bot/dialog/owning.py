"""Who owns a case: claiming, giving back, assigning, passing on, help from colleagues and other teams.

A case has at most one owner. The customer learns the owner's name, and about every change of hands.
"""

from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk import moments
from bot.desk.case import Case, Passing, Task
from bot.desk.impossible import impossible
from bot.desk.rights import owns
from bot.desk.team import Agent, may
from bot.dialog import casebook, cases, hands, matter, progress, promising, rotation, snippets, tasks, waiting
from bot.dialog.effects import Post
from bot.dialog.events import ActMistyped, CaseAssigned, CaseTransferred, ColleagueAdded, TaskAdded, TaskDone
from bot.dialog.markup import escape
from bot.dialog.scene import Scene


def claim(scene: Scene, case: Case, agent: Agent, *, anyway: bool = False) -> None:
    """Take a case that nobody owns; a colleague's, when that is said in so many words.

    A supervisor takes one whose customer has asked for one without further words.
    """
    mine = case.assignee == agent.id
    if not owns(case, agent):
        _not_for(scene, case, agent)
    elif casebook.WANTED in case.flags and case.assignee and may(agent, casebook.WANTED):
        scene.rule("supervisor_claims")
        before = casebook.called(scene, case)
        given = give(scene, case, agent, text="handed_on", before=before)
        scene.alert(given, "staff_supervisor_has_it", agent=agent.name, owner=casebook.owner(scene, case))
    elif case.status == "owned" and (mine or not anyway):
        scene.rule("already_claimed")
        takeable = not mine and not case.locked
        scene.alert(case, "staff_taken", agent=agent.name, owner=casebook.owner(scene, case), takeable=takeable)
    elif case.status == "owned":
        _take_over(scene, case, agent)
    elif casebook.may_act(scene, case, agent):
        scene.rule("claimed")
        give(scene, case, agent)


def _take_over(scene: Scene, case: Case, agent: Agent) -> None:
    """Take a colleague's case; they are told, and so is the customer."""
    if hands.stays(scene, case, agent):
        return
    if casebook.may_act(scene, replace(case, assignee=""), agent):
        scene.rule("taken_over")
        owner, before = casebook.owner(scene, case), casebook.called(scene, case)
        taken = give(scene, case, agent, text="handed_on", before=before)
        scene.alert(taken, "staff_taken_over", (case.assignee,), agent=agent.name, owner=owner)
        hands.changed(scene, taken)


def _not_for(scene: Scene, case: Case, agent: Agent, to: Agent | None = None) -> None:
    """Say who can have a case that the agent, or whom they want to give it to, cannot have."""
    scene.rule("role")
    people = ", ".join(each.name for each in scene.catalog.agents.values() if owns(case, each))
    told = {"agent": agent.name, "colleague": to.name if to and to is not agent else "", "role": case.role}
    scene.alert(case, "staff_decides", people=people, **told)


def release(scene: Scene, case: Case, agent: Agent) -> None:
    """Give a case back to its queue, with all its notes."""
    if case.status != "owned" or (case.assignee != agent.id and not may(agent, "supervisor")):
        casebook.not_the_owner(scene, case, agent)
        return
    if hands.stays(scene, case, agent):
        return
    scene.rule("released")
    case = hands.change(case) if case.kind == "handoff" else case
    hands.changed(scene, to_queue(scene, case, text=hands.told(case, "released")))


def assign(scene: Scene, case: Case, agent: Agent, event: CaseAssigned) -> None:
    """Give a case to a colleague: its owner may, a supervisor may, and whoever takes one that nobody owns."""
    to = _agent(scene, event.to)
    if to is None:
        scene.rule("unknown_agent")
        scene.alert(case, "staff_unknown_agent", agent=agent.name, colleague=event.to)
    elif case.assignee and case.assignee != agent.id and not may(agent, "supervisor"):
        casebook.not_the_owner(scene, case, agent)
    elif case.assignee == to.id:
        scene.rule("already_claimed")
        scene.alert(case, "staff_taken", agent=agent.name, owner=to.name)
    elif case.assignee and hands.stays(scene, case, agent):
        pass
    elif not owns(case, to):
        _not_for(scene, case, agent, to)
    elif not event.anyway and to.id != agent.id and (gone := floors.away(scene.floor, to.id, scene.now)):
        scene.rule("assignee_away")
        until = scene.time(gone.until)
        scene.alert(case, "staff_is_away", agent=agent.name, colleague=to.name, until=until, reason=gone.why)
    else:
        scene.rule("assigned")
        before = casebook.called(scene, case) if case.assignee else ""
        given = give(scene, case, to, text="handed_on" if before else "claimed", before=before)
        scene.alert(given, "staff_assigned", agent=agent.name, colleague=to.name, reason=event.text)
        hands.changed(scene, given)


def transfer(scene: Scene, case: Case, agent: Agent, event: CaseTransferred) -> None:
    """Pass a case on to another queue, with a reason; a second time it is locked, and the customer gets an apology."""
    queue = scene.catalog.queues.get(event.queue.casefold())
    if queue is None:
        scene.rule("unknown_queue")
        scene.alert(case, "staff_unknown_queue", agent=agent.name, queue=event.queue)
        return
    if case.assignee != agent.id and not may(agent, "supervisor"):
        casebook.not_the_owner(scene, case, agent)
        return
    if hands.stays(scene, case, agent):
        return
    if queue.id == case.queue:
        scene.rule("already_there")
        scene.alert(case, "staff_already_there", agent=agent.name, team=queue.name)
        return
    scene.rule("transferred")
    passing = Passing(by=agent.id, reason=event.text, note=event.note)
    case = hands.change(replace(case, queue=queue.id, recent=scene.talk.recent, passing=passing))
    moved = to_queue(scene, case, text=hands.told(case, "transferred"), reopen_card=True)
    if moved.assignee:  # whose turn it was
        moved = scene.change_case(moved.number, passing=replace(passing, told=True))
    rung = (moved.assignee,) if moved.assignee else ()
    told = {"agent": agent.name, "team": queue.name, "reason": event.text, "note": event.note}
    scene.alert(moved, "staff_transferred", rung, **told)
    hands.changed(scene, moved)


def to_queue(scene: Scene, case: Case, *, text: str, reopen_card: bool = False) -> Case:
    """Let a case wait in its queue again, with a new promise, of which a text tells the customer.

    Who waits for a decision hears nothing of queues, so that the time they were told stays the one to be kept.
    """
    owner = casebook.named(scene, case)
    place = casebook.queue_of(scene, case.queue)
    case = casebook.end_live(scene, case)
    waiting.stop_lease(scene, case)
    passed = case.assignee
    promise = case.promise if case.kind == "approval" else None
    before = ""
    if not promise:
        case, before = promising.passed_on(scene, case, place)
        promise = case.promise
    owed = case.waits or (scene.now if case.kind == "handoff" else None)  # whoever takes it has to write
    case = replace(case, status="waiting", assignee="", grace=None, snoozed=None, waits=owed)
    given = rotation.give_out(scene, scene.put_case(case, moved=reopen_card), passed=passed)
    if case.kind == "handoff":
        known = {"new_owner": casebook.named(scene, given), **_restated(scene, case)}
        promised = scene.time(promise) if promise else ""
        scene.say_text(text, owner=owner, team=place.name, case=case.number, promise=promised, before=before, **known)
    return given


def _restated(scene: Scene, case: Case) -> dict[str, Any]:
    """Return what a customer is asked to correct instead of telling it again."""
    order, issue = snippets.order_of(case.facts), matter.issue(scene, case)
    return {"issue": issue, "order": "" if order in issue else order}


def share(scene: Scene, case: Case, agent: Agent, event: ColleagueAdded) -> None:
    """Add a colleague, who may act on the case as its owner may, while that stays one person."""
    colleague = _agent(scene, event.colleague)
    if colleague is None:
        scene.rule("unknown_agent")
        scene.alert(case, "staff_unknown_agent", agent=agent.name, colleague=event.colleague)
        return
    if not casebook.may_act(scene, case, agent):
        return
    if colleague.id == agent.id:
        scene.rule("shared_with_oneself")
        scene.alert(case, "staff_shared_already", agent=agent.name)
        return
    scene.rule("shared")
    colleagues = tuple(dict.fromkeys((*case.colleagues, colleague.id)))
    shared = scene.change_case(case.number, colleagues=colleagues)
    told = {"agent": agent.name, "colleague": colleague.name, "text": event.text}
    scene.alert(shared, "staff_shared", (colleague.id,), **told)


def add_task(scene: Scene, case: Case, agent: Agent, event: TaskAdded) -> None:
    """Ask another team to do or to answer something; the case stays with its owner."""
    queue = scene.catalog.queues.get(event.queue.casefold())
    if queue is None:
        scene.rule("unknown_queue")
        scene.alert(case, "staff_unknown_queue", agent=agent.name, queue=event.queue)
        return
    if not casebook.may_act(scene, case, agent):
        return
    if said := impossible(event.text, scene.catalog.promises):
        scene.rule("mistyped")
        scene.alert(case, "staff_how_task", agent=agent.name, said=said)
        return
    scene.rule("task_added")
    hours = casebook.queue_of(scene, queue.id).hours
    due, wanted = moments.leading(event.text, scene.catalog.promises, hours, scene.now)
    number = len(case.tasks) + 1
    elsewhere = queue.id != case.queue
    post = scene.call_id() if elsewhere else ""
    task = Task(number=number, queue=queue.id, text=wanted, by=agent.id, post=post, due=due)
    task = tasks.timed(scene, case, task)
    if elsewhere:
        tasks.show(scene, case, task, ("answer",))
    changed = tasks.watch(scene, scene.change_case(case.number, tasks=(*case.tasks, task)))
    if not case.waits and not case.promise and not any(each.open for each in case.tasks):
        progress.start(scene, changed)
    told = {"agent": agent.name, "team": queue.name, "due": scene.time(task.due) if task.due else ""}
    scene.alert(changed, "staff_task", **told, task=task.number, text=wanted)


def finish_task(scene: Scene, case: Case, agent: Agent, event: TaskDone) -> None:
    """Record that a task is done, with its answer, which lands among the notes."""
    left = [task for task in case.tasks if (task.open if not event.task else not task.done_by)]
    meant = [task for task in left if event.task in (0, task.number)]
    task = meant[0] if len(meant) == 1 else None
    if task is None:
        scene.rule("unknown_task")
        if event.below:
            _tell_again(scene, case, agent, event)
        elif meant:
            scene.alert(case, "staff_how_done", agent=agent.name)
        else:
            scene.alert(case, "staff_no_task", agent=agent.name, task=event.task or "")
        return
    scene.rule("task_done")
    done = replace(task, done_by=agent.id, answer=event.text)
    changed = scene.change_case(case.number, tasks=tuple(done if each is task else each for each in case.tasks))
    tasks.forget(scene, changed)
    tasks.watch(scene, changed)
    if agent.id != case.assignee:
        _to_pass_on(scene, changed)
    told = scene.fill(
        scene.catalog.texts["staff_task_done"].variants[0],
        case=case.number,
        agent=agent.name,
        task=task.number,
        text=event.text,
    )
    scene.tell_staff(changed, "note", told, author=agent.name)
    if task.post:
        tasks.show(scene, changed, done)


def _to_pass_on(scene: Scene, case: Case) -> None:
    """What another team has found out is news: the customer waits for its owner's words from now on."""
    if (
        case.kind == "handoff"
        and case.status == "owned"
        and not case.waits
        and not any(each.open for each in case.tasks)
    ):
        waiting.unanswered(scene, case, scene.now)


def explain_task(scene: Scene, case: Case, agent: Agent, event: ActMistyped) -> bool:
    """Tell whoever left an answer out, in the room of their team, how it is written; False for what is no answer."""
    if event.do != "answer":
        return False
    task = next((task for task in case.tasks if str(task.number) == event.about and task.post), None)
    if task:
        text = casebook.reason(scene, "post_how_answer", agent=agent.name, task=task.number)
        place, beside = f"staff:{task.queue}", f"staff:{case.queue}"
        scene.effects.append(Post(place=place, text=escape(text), under=task.post, beside=beside))
    return True


def _tell_again(scene: Scene, case: Case, agent: Agent, event: TaskDone) -> None:
    """Tell whoever answers a task in its own room, after another did, that it is done."""
    task = next((task for task in case.tasks if task.number == event.task and task.post), None)
    if task:
        text = casebook.reason(scene, "staff_no_task", case=case.number, agent=agent.name, task=task.number)
        place, beside = f"staff:{task.queue}", f"staff:{case.queue}"
        scene.effects.append(Post(place=place, text=escape(text), under=task.post, beside=beside))


def give(
    scene: Scene, case: Case, agent: Agent, *, text: str = "claimed", before: str = "", counts: bool = True
) -> Case:
    """Let an agent own a case and tell its customer; from another agent it `counts` as a change of hands."""
    if case.kind != "handoff":
        return scene.change_case(case.number, status="owned", assignee=agent.id)
    if agent.id != case.assignee:  # what its new owner writes is meant for staff until they switch it on
        scene.put_case(casebook.end_live(scene, scene.case(case.number) or case, agent.name))
    given = promising.stays(scene, cases.take_up(scene, case, assignee=agent.id))
    given = _tell_passing(scene, given, agent)
    name = casebook.called(scene, given, agent.id)
    if name == before:  # a change that the customer cannot notice is none
        waiting.start_lease(scene, given)
        return given
    asked_for = casebook.WANTED in case.flags and may(agent, casebook.WANTED)
    if before and counts and not asked_for:
        given = scene.put_case(hands.change(given))
        text = hands.told(given, text)
    scene.say_text(text, owner=name, case=case.number, before=before, promise=casebook.promised(scene, given))
    waiting.start_lease(scene, given)
    return given


def _tell_passing(scene: Scene, case: Case, agent: Agent) -> Case:
    """Tell the first who has a case after it was passed on why that was, and what they should know."""
    passed = case.passing
    if passed is None or passed.told or passed.by == agent.id:
        return case
    known = scene.catalog.agents.get(passed.by)
    told = {"agent": known.name if known else passed.by, "reason": passed.reason, "note": passed.note}
    scene.alert(case, "staff_passed_to_you", (agent.id,), colleague=agent.name, **told)
    return scene.change_case(case.number, passing=replace(passed, told=True))


def _agent(scene: Scene, named: str) -> Agent | None:
    """Return whom a colleague names, by id or name; a first name that only one of them has will do."""
    called = named.removeprefix("@").casefold()
    people = list(scene.catalog.agents.values())
    exact = [each for each in people if called in (each.id.casefold(), each.name.casefold())]
    first = [each for each in people if called == each.name.casefold().partition(" ")[0]]
    return exact[0] if exact else first[0] if len(first) == 1 else None
