"""A customer says that a call or an answer that they expected never came.

Where a time stands for it, they read it again, once. Where none does, that is told to staff like a promise that was
missed, and the customer gets a time. The words are the shop's (`not_reached` of handoff/commands.yaml).
"""

from bot.desk.case import Case
from bot.dialog import casebook, matter, superiors, waiting
from bot.dialog.scene import Scene
from bot.knowledge import found


def says(scene: Scene, case: Case, text: str) -> bool:
    """Tell whether words say that nobody called or wrote, to which the time of a case was not said yet."""
    if case.kind != "handoff" or not found(scene.catalog.commands["not_reached"], text):
        return False
    return _key(case) not in scene.talk.said


def answer(scene: Scene, case: Case, text: str) -> None:
    """Say when they will hear; where no time stood, call those who see that it is kept."""
    scene.rule("not_reached")
    casebook.tell(scene, case, text)  # which is no matter of its own, and changes no title
    case = waiting.customer_wrote(scene, case)
    stood = case.promise is not None
    case = superiors.in_time(scene, case)
    scene.change(said={**scene.talk.said, _key(case): 0})
    team, promise = casebook.queue_of(scene, case.queue).name, casebook.promised(scene, case)
    if not stood:
        superiors.call_to(scene, case, "staff_not_reached", words=matter.short(text), promise=promise)
    owner = casebook.called(scene, case)
    scene.say_text("not_reached", case=case.number, owner=owner, team=team, promise=promise)


def _key(case: Case) -> str:
    return f"not_reached:{case.number}:{case.promise}"
