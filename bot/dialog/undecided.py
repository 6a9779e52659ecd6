"""Who waits for a decision and would rather talk to a person: whoever decides is one, and is called to write to them.

There is one case then, as before. Another matter, danger and the law are cases of their own.
"""

from bot.desk.case import Case
from bot.dialog import casebook, danger, matter
from bot.dialog.events import ChoicePressed, MessageReceived
from bot.dialog.scene import Scene


def asked(scene: Scene) -> Case | None:
    """Call whoever weighs what the customer waits for, and tell them; None where they ask for something else."""
    case = _waited_for(scene)
    if case is None or scene.careful or danger.spoken_of(scene) or not _asks_for_a_person(scene):
        return None
    scene.rule("decider_called")
    if isinstance(scene.event, MessageReceived):
        casebook.tell(scene, case, scene.event.text)
    people = [] if case.assignee else casebook.supervisors(scene)
    owner = scene.catalog.agents.get(case.assignee)
    called = [owner] if owner else people
    names, ids = ", ".join(agent.name for agent in called), tuple(agent.id for agent in called)
    scene.alert(case, "staff_wants_to_talk", ids, people=names)
    known, team = casebook.called(scene, case), casebook.queue_of(scene, case.queue).name
    scene.say_text("review_person", case=case.number, owner=known, team=team, promise=casebook.promised(scene, case))
    return case


def _waited_for(scene: Scene) -> Case | None:
    """Return the case whose decision the flow on top waits for; an offer that stands is decided already."""
    waiting = scene.frame.waiting if scene.frame else ""
    case = scene.case(int(waiting[5:])) if waiting.startswith("case:") else None
    return case if case and case.open and case.kind == "approval" and not case.offered and not scene.talk.case else None


def _asks_for_a_person(scene: Scene) -> bool:
    """Tell whether the customer asks for a person and for nothing else."""
    if isinstance(scene.event, ChoicePressed):
        return True
    wish = scene.catalog.wishes.get(scene.trace.id)
    bare = wish is not None and not wish.telling and not wish.careful
    return isinstance(scene.event, MessageReceived) and bare and not matter.beside_wish(scene, scene.event.text)
