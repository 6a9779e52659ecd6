"""An owner who needs a break passes a case on, with why: to the colleague whose turn it is, or back to its queue.

It counts as no change of hands, so that nobody stays for the sake of a number; the reason is for staff alone.
"""

from bot.desk.case import Case
from bot.desk.team import Agent, may
from bot.dialog import casebook, owning, rotation
from bot.dialog.scene import Scene


def cover(scene: Scene, case: Case, agent: Agent, why: str) -> None:
    """Let somebody who is there go on with a case for its owner, and tell the customer who helps now."""
    if case.status != "owned" or (case.assignee != agent.id and not may(agent, "supervisor")):
        casebook.not_the_owner(scene, case, agent)
        return
    scene.rule("covered")
    to = rotation.colleague(scene, case)
    if to:
        covered = owning.give(scene, case, to, text="covered", before=casebook.called(scene, case), counts=False)
    else:
        covered = owning.to_queue(scene, case, text="covered_by_team")
    team = casebook.queue_of(scene, case.queue).name
    told = {"owner": casebook.owner(scene, case), "colleague": to.name if to else "", "team": team}
    scene.alert(covered, "staff_covered", (to.id,) if to else (), agent=agent.name, reason=why, **told)
