"""What other teams are asked for a case: where they read it, and what becomes of it when the case is over."""

from msgspec.structs import replace

from bot.desk.case import Case, Task
from bot.dialog import casebook
from bot.dialog.effects import Post
from bot.dialog.scene import Scene


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
    left = tuple(replace(task, dropped=task.open) for task in case.tasks)
    for task in left:
        if task.dropped and task.post:
            show(scene, case, task)
    return scene.change_case(case.number, tasks=left)
