"""Somebody else than the owner, when a customer asks for one: supervisors decide it, and until then the owner stays.

The wish is nobody's to answer but theirs: staff read it once for each owner, and the customer hears what happens next.
The words are the shop's (`somebody_else` and those below it in handoff/commands.yaml).
"""

from bot.desk.case import Case
from bot.dialog import casebook, naming, superiors
from bot.dialog.scene import Scene
from bot.knowledge import found


def asks(scene: Scene, case: Case, text: str) -> bool:
    """Tell whether words ask, for the first time, for somebody else than the owner of a case."""
    return case.status == "owned" and _key(case) not in scene.talk.said and _wishes(scene, case, text)


def call(scene: Scene, case: Case) -> None:
    """Let supervisors decide whether a case goes to somebody else, and tell its customer so."""
    scene.rule("asked_for_another")
    scene.change(said={**scene.talk.said, _key(case): 0})
    superiors.call_to(scene, case, "staff_wants_another")
    case = superiors.in_time(scene, case)
    owner, promise = casebook.called(scene, case), casebook.promised(scene, case)
    scene.say_text("another_told", case=case.number, owner=owner, promise=promise)


def _wishes(scene: Scene, case: Case, text: str) -> bool:
    words = scene.catalog.commands
    if found(words["somebody_else"], text, words["not_somebody_else"]):
        return True
    known = naming.known(scene.catalog, case.assignee, case.queue)
    return any(found([f"{phrase}+{each}" for phrase in words["not_owner"]], text, [f"{each}+to"]) for each in known)


def _key(case: Case) -> str:
    return f"another:{case.number}:{case.assignee}"
