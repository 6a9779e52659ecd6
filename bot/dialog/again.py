"""A case that the shop's triage gives to whom its matter was with before, and for which it suggests goodwill.

That is meant for a second failure (what was replaced is wrong again), and for whoever comes back about the same matter.
"""

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.dialog import casebook, levels, recurring, replaced, triage, waiting
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
    """Give a case to whoever had the last one about the same order or matter, if they are there."""
    of_order = [each for number in replaced.orders(scene) for each in replaced.about(scene, number)]
    before = [each for each in (*of_order, *recurring.before(scene)) if each.assignee]
    last = max(before, key=lambda each: each.number, default=None)
    agent = scene.catalog.agents.get(last.assignee) if last else None
    if last is None or agent is None or floors.away(scene.floor, agent.id, scene.now):
        return case
    given = scene.put_case(replace(case, status="owned", assignee=agent.id))
    scene.alert(given, "staff_yours_before", (agent.id,), colleague=agent.name, earlier=last.number)
    waiting.start_lease(scene, given)
    return given


def earlier(scene: Scene) -> Case | None:
    """Return the latest case of the same matter, which should have settled it."""
    return max(recurring.before(scene), key=lambda case: case.number, default=None)


def ask(scene: Scene, case: Case, before: Case) -> None:
    """Apologise, once, for what has come again, and ask what is still wrong; not in legal matters, nor in danger.

    Each case is asked about once here, and not where the bot has just asked what is different.
    """
    asked = f"times:came_again:{before.number}"
    just = scene.talk.expecting == "recurrence"
    if scene.careful or casebook.DANGER in case.flags or just or asked in scene.talk.said:
        return
    sorry = scene.apologised
    scene.apologise()
    scene.change(said={**scene.talk.said, f"times:recurrence:{before.number}": 1, asked: 1})
    known = casebook.called(scene, case) if case.assignee == before.assignee else ""
    scene.say_text("came_again", case=before.number, owner=known, sorry=sorry)
