"""People answer where the customer writes now: their case comes along, from one private place to another."""

from bot.desk.case import Case
from bot.dialog import casebook, waiting
from bot.dialog.scene import Scene


def here(scene: Scene, case: Case) -> None:
    """Let people who have a case go on in this place, pass on what was said here, and tell the customer."""
    scene.rule("people_have_it")
    scene.change(case=case.number, frames=(), expecting="", options=(), misses=0)
    case = casebook.follow(scene, case)
    words = [line.text for line in scene.talk.recent if line.who == "customer"]
    if words:
        casebook.tell(scene, case, words[-1])
    case = waiting.customer_wrote(scene, case)
    team, owner = casebook.queue_of(scene, case.queue).name, casebook.called(scene, case)
    scene.say_text("followed", case=case.number, team=team, owner=owner, promise=casebook.promised(scene, case))


def elsewhere(scene: Scene) -> Case | None:
    """Return the case about which somebody talks with the customer in private, by another account of theirs."""
    if scene.talk.scope != "private" or not scene.accounts:
        return None
    talks = {talk.id: talk for talk in scene.conversations() if talk.account != scene.talk.account}
    owned = [case for case in scene.open_cases() if case.kind == "handoff" and case.assignee and not case.public]
    return next((case for case in owned if case.conversation in talks), None)
