"""A time was promised where nobody has a case that would keep it: one is opened for whoever gave it, or opened again.

The customer has read the agent's own words, so that nothing more is said to them.
"""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.promises import Promised, promised
from bot.desk.team import Agent
from bot.dialog import casebook, levels, promising, waiting
from bot.dialog.scene import Scene

_SUBJECT = 140


def said(scene: Scene, agent: Agent, text: str, queue: str = "") -> None:
    """Keep the time that an agent's words gave the customer, however they reached them."""
    hours = casebook.queue_of(scene, queue).hours
    if given := promised(text, scene.catalog.promises, hours, scene.now):
        take_on(scene, agent, given)


def take_on(scene: Scene, agent: Agent, given: Promised, closed: Case | None = None) -> None:
    """Keep a time in the open case that the customer has, in the one that was closed, or in a new one."""
    cases = [case for case in scene.open_cases() if case.kind == "handoff"]
    here = next((case for case in cases if case.number == scene.talk.case), cases[0] if cases else None)
    case = here or _open(scene, agent, given, closed)
    promising.give(scene, case, agent, given)


def _open(scene: Scene, agent: Agent, given: Promised, closed: Case | None) -> Case:
    """Give an agent a case: the closed one again, unless that was a decision or is a part of another."""
    why = casebook.reason(scene, "reason_promised", agent=agent.name, words=given.words)
    if closed and closed.kind == "handoff" and not closed.merged:
        case = scene.put_case(
            replace(closed, status="owned", assignee=agent.id, reason=why, missed=0, lifted=0, leases=0, spoke=agent.id)
        )
        scene.cancel_timer(f"check_in:case:{case.number}")
        scene.alert(case, "staff_reopened", reason=why)
    else:
        case = scene.new_case(
            kind="handoff",
            queue=scene.catalog.default_queue,
            subject=_subject(scene),
            reason=why,
            status="owned",
            assignee=agent.id,
            spoke=agent.id,
            mood=scene.talk.mood,
            earlier=tuple(each.number for each in scene.closed_cases()),
        )
    frames = tuple(frame for frame in scene.talk.frames if frame.waiting.startswith("case:"))
    scene.change(case=case.number, frames=frames, expecting="", options=(), misses=0)
    return waiting.we_wrote(scene, scene.put_case(levels.opened(scene, case)))


def _subject(scene: Scene) -> str:
    return " ".join(max(scene.talk.own[-6:], key=len, default="").split())[:_SUBJECT]
