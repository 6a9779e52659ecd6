"""What other teams are asked for a case: where they read it, and what becomes of it when the case is over.

What nobody has done by its time is told to the team first, then to whoever coordinates the case, and from the third
time on to the supervisors too, each time after twice as long.
"""

from datetime import timedelta

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline, Task
from bot.desk.hours import after
from bot.desk.team import by_name
from bot.dialog import casebook, escalating
from bot.dialog.effects import Post
from bot.dialog.markup import escape
from bot.dialog.scene import Scene

_DOUBLINGS = 6


def watch(scene: Scene, case: Case) -> Case:
    """Look after the tasks of a case when the first of them is due; one without a time has its team's for an answer."""
    kept = tuple(timed(scene, case, task) for task in case.tasks)
    if kept != case.tasks:
        case = scene.change_case(case.number, tasks=kept)
    times = [task.due for task in kept if task.open and task.due]
    if times:
        scene.start_timer("task", _key(case), min(times), case=case.number)
    return case


def timed(scene: Scene, case: Case, task: Task) -> Task:
    """Return a task with a time: its own, or that of its team."""
    if task.due or not task.open:
        return task
    return replace(task, due=casebook.first_response(scene, casebook.queue_of(scene, task.queue), case.priority))


def forget(scene: Scene, case: Case) -> None:
    """Look after them no longer."""
    if any(task.due for task in case.tasks):
        scene.cancel_timer(_key(case))


def due(scene: Scene, deadline: Deadline) -> None:
    """Tell people of what should be done by now, and come back to it."""
    case = scene.case(deadline.case)
    late = [task for task in case.tasks if task.open and task.due and task.due <= scene.now] if case else []
    if case is None or not case.open or not late:
        scene.rule("tasks_done")
        return
    scene.rule("task_late")
    for task in late:
        _remind(scene, case, task)
        queue = casebook.queue_of(scene, task.queue)
        span = timedelta(minutes=queue.first_response) * 2 ** min(task.told, _DOUBLINGS)
        again = replace(task, due=after(queue.hours, scene.now, span), told=task.told + 1)
        tasks = (scene.case(case.number) or case).tasks
        case = scene.change_case(case.number, tasks=tuple(again if each == task else each for each in tasks))
    watch(scene, case)


def _remind(scene: Scene, case: Case, task: Task) -> None:
    team = casebook.queue_of(scene, task.queue)
    told = {"task": task.number, "team": team.name, "text": task.text, "due": scene.time(task.due or scene.now)}
    if task.told:
        tell = escalating.owed if case.assignee and task.told == 1 else escalating.call
        tell(scene, case, "staff_task_late", **told)
        return
    there = floors.present(scene.floor, team, scene.catalog.agents, scene.now)
    told["people"], ids = by_name(there)
    scene.alert(case, "staff_task_due", ids, **told)
    if task.post:
        text = casebook.reason(scene, "staff_task_due", case=case.number, **told)
        place, beside = f"staff:{task.queue}", f"staff:{case.queue}"
        scene.effects.append(Post(place=place, text=escape(text), under=task.post, beside=beside))


def _key(case: Case) -> str:
    return f"task:{case.number}"


def show(scene: Scene, case: Case, task: Task, acts: tuple[str, ...] = ()) -> None:
    """Show a task in the room of the team that is asked, where it is answered; one that is over, in the same place."""
    by = scene.catalog.agents.get(task.done_by or task.by)
    key = "post_task_done" if task.done_by else "post_task_dropped" if task.dropped else "post_task"
    text = scene.fill(
        scene.catalog.texts[key].variants[0],
        case=case.number,
        task=task.number,
        agent=by.name if by else task.done_by or task.by,
        team=casebook.queue_of(scene, task.queue).name,
        name=case.name,
        subject=case.subject,
        text=task.text,
        answer=task.answer,
        due=scene.time(task.due) if task.due else "",
    )
    scene.effects.append(
        Post(
            place=f"staff:{task.queue}",
            text=str(text),
            about=f"task/{case.number}/{task.number}/{case.customer}",
            acts=acts,
            edits="" if task.open else task.post,
            beside=f"staff:{case.queue}",
        )
    )


def drop(scene: Scene, case: Case) -> Case:
    """Let the tasks of a case that is over be over, too; the teams that were asked read that where they read them."""
    if not any(task.open for task in case.tasks):
        return case
    forget(scene, case)
    left = tuple(replace(task, dropped=task.open) for task in case.tasks)
    for task in left:
        if task.dropped and task.post:
            show(scene, case, task)
    return scene.change_case(case.number, tasks=left)
