"""Threats against people: whoever has the case and the supervisors are called at once, and it comes sooner; once for a
case. What counts as one is in `knowledge.threats`; what the customer reads is in `soothing` and `defusing`.
"""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.dialog import escalating, levels
from bot.dialog.scene import Scene

THREAT = "threat"  # among the flags of a case
_PRIORITY = 2  # 1 is for those who may be hurt already


def heard(scene: Scene, case: Case) -> Case:
    """Call people to a case in which somebody is threatened; it counts as all steps of the ladder up to theirs."""
    if not scene.felt.threat or THREAT in case.flags:
        return case
    case = levels.regrade(scene, case, _PRIORITY) if case.priority > _PRIORITY else case
    case = scene.put_case(replace(case, flags=(*case.flags, THREAT)))
    escalating.call(scene, case, "staff_threat")
    ladder = scene.catalog.abuse.rungs
    rung = ladder.index("supervisor") + 1 if "supervisor" in ladder else len(ladder)
    scene.change(abuse=max(scene.talk.abuse, rung), civil=0)
    return scene.case(case.number) or case
