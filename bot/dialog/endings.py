"""How a case ends: solved by an agent, or given up in silence. The way back is in `cases`."""

from datetime import timedelta

from bot.desk.case import Case
from bot.desk.team import Agent
from bot.dialog import casebook, cases, places
from bot.dialog.effects import Source
from bot.dialog.events import CaseResolved
from bot.dialog.markup import escape
from bot.dialog.scene import Scene


def resolve(scene: Scene, case: Case, agent: Agent, event: CaseResolved) -> None:
    """Close a case, with a last word, and plan to ask later whether it is really solved."""
    if case.kind == "approval":
        scene.rule("undecided")
        scene.alert(case, "staff_decide_first", agent=agent.name)
        return
    open_tasks = [task for task in case.tasks if not task.done_by]
    if open_tasks:
        scene.rule("tasks_open")
        scene.alert(case, "staff_tasks_open", agent=agent.name, tasks=len(open_tasks))
        return
    scene.rule("resolved")
    owner = scene.catalog.agents.get(case.assignee, agent)
    cases.close(scene, case, outcome=event.outcome or "resolved", assignee=owner.id)
    if event.text.strip():
        scene.say(escape(event.text), Source(kind="agent", id=agent.id), author=agent.name)
    scene.say_text("resolved", case=case.number, owner=owner.name)
    scene.let_go(case.number)
    scene.change(expecting="more")
    places.solve(scene)
    about = casebook.reason(scene, "about_case", case=case.number, owner=owner.name)
    cases.plan_check_in(scene, timedelta(minutes=scene.catalog.limits.check_in), about, case.number)


def close_quietly(scene: Scene, case: Case) -> None:
    """Close a case whose customer no longer answers; a word from them opens it again."""
    closed = cases.close(scene, case, outcome="silent")
    scene.say_text("closed_quietly", case=case.number)
    scene.alert(closed, "staff_closed_quietly")
    scene.let_go(case.number)
    places.solve(scene)
