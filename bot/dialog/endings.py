"""How a case ends: solved by an agent, or given up in silence. The way back is in `cases`."""

from datetime import timedelta

from msgspec import structs

from bot.desk.case import Case
from bot.desk.team import Agent
from bot.dialog import answering, casebook, cases, outcomes, places, promising, sent
from bot.dialog.effects import Source
from bot.dialog.events import CaseResolved
from bot.dialog.scene import Scene

_PLAIN = "resolved"  # the outcome without a code


def resolve(scene: Scene, case: Case, agent: Agent, event: CaseResolved) -> None:
    """Close a case, with a last word, and plan to ask later whether it is really solved.

    While the last word gives the customer a time, the case is not over: it is kept open for that.
    """
    if case.kind == "approval":
        scene.rule("undecided")
        scene.alert(case, "staff_decide_first", agent=agent.name)
        return
    open_tasks = [task for task in case.tasks if task.open]
    if open_tasks:
        scene.rule("tasks_open")
        scene.alert(case, "staff_tasks_open", agent=agent.name, tasks=len(open_tasks))
        return
    code, words = (event.outcome, event.text) if event.outcome else outcomes.said(scene.catalog, event.text)
    wrong = code if code and code not in scene.catalog.outcomes and code != _PLAIN else ""
    if wrong := wrong or (not code and outcomes.slip(scene.catalog, words)) or "":
        scene.rule("unknown_outcome")
        codes = ", ".join(scene.catalog.outcomes)
        scene.alert(case, "staff_unknown_outcome", agent=agent.name, outcome=wrong, outcomes=codes)
        return
    last = scene.talk.replies[-1] if scene.talk.replies else None
    if case.promise and last and (last.case, last.text) == (case.number, words):
        words = ""  # sent already, when they kept the case open
    if given := promising.heard(scene, case, words):
        scene.rule("promised_at_the_end")
        answering.reply(scene, case, agent, structs.replace(event, text=words))
        scene.alert(case, "staff_not_resolved", agent=agent.name, promise=scene.time(given.at), outcome=code)
        return
    scene.rule("resolved")
    outcome = scene.catalog.outcomes.get(code)
    owner = scene.catalog.agents.get(case.assignee, agent)
    cases.close(scene, case, outcome=code or _PLAIN, assignee=owner.id)
    known = casebook.called(scene, case, agent.id)
    if words.strip():
        sent.send(scene, case, agent, words, message=event.message)
    if outcome and outcome.text:
        ending = scene.word(f"outcome:{code}", outcome.text, case=case.number, owner=known)
        scene.say(ending, Source(kind="text", id=code, at=outcome.at))
    else:
        scene.say_text("resolved", case=case.number, owner=known)
    scene.let_go(case.number)
    scene.change(expecting="settled")
    places.solve(scene)
    wait = scene.catalog.limits.check_in if outcome is None or outcome.check_in is None else outcome.check_in
    if wait:
        looked_after = casebook.called(scene, case, owner.id)
        about = casebook.reason(scene, "about_case", case=case.number, owner=looked_after)
        cases.plan_check_in(scene, timedelta(minutes=wait), about, case.number)


def close_quietly(scene: Scene, case: Case, told: str = "staff_closed_quietly") -> None:
    """Close a case whose customer no longer answers, or says that nothing is left; a word from them opens it again."""
    closed = cases.close(scene, case, outcome="silent")
    scene.say_text("closed_quietly", case=case.number)
    scene.alert(closed, told)
    scene.let_go(case.number)
    places.solve(scene)
