"""How often a case changed hands, as far as its customer heard of it: after the second time it stays where it is."""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.team import Agent, by_name, may
from bot.dialog import casebook
from bot.dialog.effects import Say
from bot.dialog.scene import Scene

_OFTEN = 2  # changes of hands after which a case stays where it is
_SORRY = ("transferred_again", "handed_on_again", "released_again")  # what then tells its customer so


def change(case: Case) -> Case:
    """Count a change that the customer hears of; a case that changes hands often is locked."""
    return replace(case, transfers=case.transfers + 1, locked=case.locked or case.transfers + 1 >= _OFTEN)


def told(case: Case, text: str) -> str:
    """Return the text for a change of hands: where it was one too many, the one with an apology."""
    return f"{text}_again" if case.locked else text


def stays(scene: Scene, case: Case, agent: Agent) -> bool:
    """Tell whether a case was passed on so often that only a supervisor may move it, and say so."""
    stay = case.locked and not may(agent, "supervisor")
    if stay:
        scene.rule("locked")
        scene.alert(case, "staff_locked", agent=agent.name, owner=casebook.owner(scene, case))
    return stay


def changed(scene: Scene, case: Case) -> None:
    """Show a case that changed hands again to the supervisors who are there; its customer is told that they look."""
    if not case.locked or case.transfers == scene.before(case.number).transfers:
        return
    names, ids = by_name(casebook.supervisors(scene))
    sorry = any(isinstance(each, Say) and each.source.id in _SORRY for each in scene.effects)
    scene.alert(case, "staff_transferred_again", ids, transfers=case.transfers, supervisors=names, told=sorry)
