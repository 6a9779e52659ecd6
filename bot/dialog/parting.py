"""The ending of a relationship: a checklist that only people go through. The bot never ends anything by itself.

Afterwards it asks and tells nothing of its own accord. The customer can still write: they get one plain text, and a
person decides.
"""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.standing import Check, Ending
from bot.desk.team import Agent, may
from bot.dialog import blocking, casebook, danger, levels, rotation, threats, triage, waiting
from bot.dialog.events import EndingMoved
from bot.dialog.scene import Scene
from bot.dialog.understand import understand

_SUBJECT = 140


def move(scene: Scene, case: Case, agent: Agent, event: EndingMoved) -> None:
    """Do what somebody wants of the ending, if it is its turn and theirs to do."""
    role = scene.catalog.parting.role
    if event.do != "done" and not may(agent, role):
        scene.rule("role")
        scene.alert(case, "staff_role", agent=agent.name, role=role)
        return
    ending = scene.standing.ending
    ending = ending if ending and ending.state != "stopped" else None
    if event.do == "start":
        _start(scene, case, agent, event, ending)
    elif ending is None or (ending.state == "ended" and event.do != "stop"):
        scene.rule("no_ending")
        scene.alert(case, "staff_no_ending", agent=agent.name)
    elif event.do == "done":
        _done(scene, case, agent, event, ending)
    elif event.do == "stop":
        _stop(scene, case, agent, event, ending)
    else:
        _conclude(scene, case, agent, ending)


def _start(scene: Scene, case: Case, agent: Agent, event: EndingMoved, going: Ending | None) -> None:
    if going:
        scene.rule("ending_goes_on")
        scene.alert(case, "staff_ending_goes_on", agent=agent.name, ended=going.state == "ended")
        return
    scene.rule("ending_started")
    checks = scene.catalog.parting.checks
    ending = Ending(reason=event.text, by=agent.id, at=scene.now, case=case.number, checks=checks)
    scene.stand(ending=ending)
    scene.alert(case, "staff_ending_started", agent=agent.name, reason=event.text, **_next(ending))


def _done(scene: Scene, case: Case, agent: Agent, event: EndingMoved, ending: Ending) -> None:
    due = ending.next
    if due is None or due.id != event.step.casefold():
        scene.rule("not_its_turn")
        scene.alert(case, "staff_ending_order", agent=agent.name, step=event.step, **_next(ending))
        return
    scene.rule("ending_step_done")
    done = replace(due, by=agent.id, at=scene.now, note=event.text)
    checks = tuple(done if check.id == due.id else check for check in ending.checks)
    went = replace(ending, checks=checks)
    scene.stand(ending=went)
    scene.alert(case, "staff_ending_done", agent=agent.name, step=due.id, did=due.text, note=event.text, **_next(went))


def _stop(scene: Scene, case: Case, agent: Agent, event: EndingMoved, ending: Ending) -> None:
    scene.rule("ending_stopped")
    scene.stand(ending=replace(ending, stopped_at=scene.now, stopped_by=agent.id))
    scene.muted = scene.standing.blocked(scene.now)
    scene.alert(case, "staff_ending_stopped", agent=agent.name, reason=event.text)


def _conclude(scene: Scene, case: Case, agent: Agent, ending: Ending) -> None:
    others = [str(each.number) for each in scene.open_cases() if each.number != case.number]
    tasks = sum(task.open for task in case.tasks)
    if ending.next or others or tasks:
        scene.rule("not_yet")
        steps = sum(not check.by for check in ending.checks)
        told = {"steps": steps, "cases": ", ".join(others), "tasks": tasks}
        scene.alert(case, "staff_ending_not_yet", agent=agent.name, **told, **_next(ending))
        return
    scene.rule("ended")
    scene.stand(ending=replace(ending, ended_at=scene.now, ended_by=agent.id))
    scene.muted = True
    scene.alert(case, "staff_ended", agent=agent.name, reason=ending.reason)


def _next(ending: Ending) -> dict[str, str]:
    due: Check | None = ending.next
    return {"next": due.id if due else "", "text": due.text if due else ""}


def heard(scene: Scene, event: blocking.Heard) -> None:
    """Give what a customer says after the end to people; they hear that once, plainly."""
    scene.rule("heard_after_the_end")
    text = blocking.listen(scene, event)
    here = blocking.here_or_elsewhere(scene)
    if here:
        casebook.tell(scene, here, text)
        here = waiting.customer_wrote(scene, here)
        safety = scene.catalog.wishes.get(casebook.DANGER)
        scene.felt = scene.catalog.mood.feel(text)
        here = threats.heard(scene, here)
        if scene.felt.safety:
            here = danger.alarm(scene, here)
            if here.alarmed == scene.now and safety and safety.even_blocked:
                scene.muted = False
                casebook.say_first(scene, safety)
                scene.muted = True
        return
    meant = understand(text, scene.catalog)
    scene.trace = meant.trace("heard_after_the_end")
    wish = scene.catalog.wishes.get(meant.id) if meant.decision == "handoff" else None
    rule = triage.grade(scene)
    graded = {"category": rule.category, "priority": rule.priority, "why": rule.why} if rule else {}
    queue = casebook.queue_of(scene, wish.queue if wish else "")
    reason = casebook.reason(scene, "reason_ended")
    flags = (casebook.DANGER,) if danger.spoken_of(scene) else ()
    case = scene.new_case(
        kind="handoff", queue=queue.id, subject=text[:_SUBJECT], reason=reason, waits=scene.now, flags=flags, **graded
    )
    case = rotation.give_out(scene, scene.put_case(levels.opened(scene, case)))
    if flags:
        danger.call(scene, case)
    scene.change(case=case.number, frames=(), expecting="", options=())
    scene.muted = False
    if wish and wish.even_blocked:
        casebook.say_first(scene, wish)
    scene.say_text("ended", case=case.number)
    scene.muted = True
