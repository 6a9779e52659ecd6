"""A case that the shop's triage gives to whom its order was with before, and for which it suggests goodwill.

That is meant for a second failure: what was replaced is wrong again.
"""

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.dialog import levels, replaced, triage, waiting
from bot.dialog.scene import Scene


def opened(scene: Scene, case: Case) -> Case:
    """Treat a case that is opened, or taken up again, as the rule for it asks."""
    rule = triage.grade(scene)
    if rule is None or not (rule.former_owner or rule.goodwill):
        return case
    if rule.priority < case.priority:
        case = levels.regrade(scene, case, rule.priority)
    goodwill = str(rule.goodwill) if rule.goodwill else ""
    case = scene.put_case(replace(case, category=rule.category, why=rule.why, goodwill=goodwill))
    return _to_former_owner(scene, case) if rule.former_owner and case.status == "waiting" else case


def _to_former_owner(scene: Scene, case: Case) -> Case:
    """Give a case to whoever had the last one about the same order, if they are there."""
    before = [each for number in replaced.orders(scene) for each in replaced.about(scene, number) if each.assignee]
    last = max(before, key=lambda each: each.number, default=None)
    agent = scene.catalog.agents.get(last.assignee) if last else None
    if last is None or agent is None or floors.away(scene.floor, agent.id, scene.now):
        return case
    given = scene.put_case(replace(case, status="owned", assignee=agent.id))
    scene.alert(given, "staff_yours_before", (agent.id,), colleague=agent.name, earlier=last.number)
    waiting.start_lease(scene, given)
    return given
