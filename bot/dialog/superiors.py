"""A supervisor, when a customer asks for one: called once, whoever has the case keeps it, and the customer hears how.

The wish is a part of the wish for a person: a sentence that asks for one and names a superior. What is offered to
those who have been unhappy for long is in `soothing`.
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.hours import by
from bot.desk.paths import SUPERVISORS
from bot.desk.targets import level_of
from bot.desk.team import by_name, may
from bot.dialog import casebook, cases, escalating, levels, outlook, promising, threats
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Handoff
from bot.dialog.scene import Scene
from bot.dialog.understand import names, understand

WISH = "supervisor"
_CLAUSES, _MOST = re.compile(r"[.,;:!?\n]+"), 20  # so many of them are looked at
_PRIORITY = 2  # of a case that a supervisor should look at, at least


def asks(catalog: Catalog, text: str) -> bool:
    """Tell whether words, or a sentence of them, ask for a supervisor."""
    wish = catalog.wishes.get(WISH)
    if wish is None or not names(wish.words, text):
        return False
    for clause in _clauses(text):
        if names(wish.words, clause) and not names(wish.unless, clause):
            meant = understand(clause, catalog)
            if meant.decision == "handoff" and meant.id == wish.part_of:
                return True
    return False


def call(scene: Scene) -> None:
    """Give the conversation to supervisors, or tell them of the case that there is; the customer hears what happens."""
    scene.rule("asked_for_supervisor")
    case = scene.case(scene.talk.case)
    if case is None or not case.open:
        to_supervisor(scene, "reason_supervisor")
        return
    owner = scene.catalog.agents.get(case.assignee)
    if owner and may(owner, WISH):
        key = "supervisor_has_it"
    else:
        key = "supervisor_asked" if casebook.WANTED in case.flags else "supervisor_told"
        case = in_time(scene, alert(scene, case))
    promise, known = casebook.promised(scene, case), casebook.called(scene, case)
    scene.say_text(key, case=case.number, owner=known, promise=promise)


def reads_complaint(scene: Scene, case: Case, ref: str) -> bool:
    """Call the supervisors who are there, once, to a case whose customer complains; the customer hears of it.

    A complaint is what a flow is for that ends with them. False for all others, and where a supervisor has the case.
    Who complains once more while nobody has it reads how it stands.
    """
    flow, key = scene.catalog.flows.get(ref), f"complaint:{case.number}"
    theirs = flow and any(isinstance(step, Handoff) and step.supervisor for step in flow.steps.values())
    owner = scene.catalog.agents.get(case.assignee)
    if not theirs or (owner and may(owner, WISH)):
        return False
    if key in scene.talk.said:
        if case.status == "waiting":
            outlook.stands(scene, case)
        return True
    scene.change(said={**scene.talk.said, key: 0})
    call_to(scene, case, "staff_complains")
    known, promise = casebook.called(scene, case), casebook.promised(scene, case)
    scene.say_text("complaint_told", case=case.number, owner=known, promise=promise)
    return True


def alert(scene: Scene, case: Case, reason: str = "") -> Case:
    """Call the supervisors who are there to a case, once; the card shows that they are wanted.

    Its customer asks for one, unless there is another `reason`.
    """
    owner = scene.catalog.agents.get(case.assignee)
    if casebook.WANTED in case.flags or (owner and may(owner, WISH)):
        return case
    urgent = levels.regrade(scene, case, _PRIORITY) if case.priority > _PRIORITY else case
    changed = scene.put_case(replace(urgent, flags=(*case.flags, casebook.WANTED)))
    if reason:
        call_to(scene, changed, "staff_for_supervisor", reason=reason)
    else:
        call_to(scene, changed, "staff_wants_supervisor")
    return changed


def call_to(scene: Scene, case: Case, key: str, **values: str) -> None:
    """Call the supervisors who are there, by name, to a case that keeps its owner."""
    people, ids = by_name(escalating.called(scene, case, (SUPERVISORS,)))
    scene.alert(case, key, ids, owner=casebook.owner(scene, case), people=people, **values)


def to_supervisor(scene: Scene, why: Literal["reason_supervisor", "reason_abuse", "reason_threat"]) -> Case:
    """Open a case where supervisors look: the queue of the wish `supervisor`, if the shop has one."""
    wish = scene.catalog.wishes.get(WISH)
    if wish and why == "reason_supervisor":
        scene.trace = replace(scene.trace, decision="handoff", id=WISH, topic=scene.catalog.topic(WISH))
        casebook.say_first(scene, wish)
    case = cases.hand_over(scene, wish.queue if wish else "", casebook.reason(scene, why))
    if case.kind == "approval":  # it is with them already
        return case
    if why == "reason_supervisor":
        return alert(scene, case)
    if why == "reason_abuse":
        escalating.call(scene, case, "staff_abuse", times=scene.talk.abuse)
    return threats.heard(scene, case)


def in_time(scene: Scene, case: Case) -> Case:
    """Give a customer who has no promised time one, counted from when a supervisor is there."""
    if casebook.promised(scene, case):
        return case
    queue = casebook.queue_of(scene, case.queue)
    people = {agent.id: agent for agent in scene.catalog.agents.values() if may(agent, WISH)}
    begins = floors.first_back(scene.floor, replace(queue, agents=()), people, scene.now)
    at = by(queue.hours, begins, level_of(scene.catalog.levels, case.priority).first_response)
    return promising.again(scene, case, case.assignee, at)


def _clauses(text: str) -> Iterator[str]:
    yield from (clause for clause in _CLAUSES.split(text)[:_MOST] if clause.strip())
