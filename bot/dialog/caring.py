"""Care: in a legal matter the bot relays and tells how far things are; offers and decisions wait for those who may."""

from bot.desk.case import Case
from bot.desk.team import Agent, may
from bot.dialog import escalating
from bot.dialog.events import CareSwitched
from bot.dialog.scene import Scene
from bot.dialog.understand import understand

LIFTS = "supervisor"  # whose role may lift it, and decide meanwhile


def begins(scene: Scene, case: Case) -> Case:
    """Be careful in a case from now on, call its owner and the supervisors, and let staff know what that means."""
    if case.careful:
        return case
    scene.careful = True
    escalating.call(scene, scene.change_case(case.number, careful=True), "staff_careful")
    return scene.case(case.number) or case


def heard(scene: Scene, case: Case, text: str) -> Case:
    """Be careful in a case whose customer speaks of what the shop wants care with; return it as it is then."""
    meant = understand(text, scene.catalog)
    named = "legal" if scene.felt.legal else meant.id if meant.decision == "handoff" else ""
    wish = scene.catalog.wishes.get(named)
    return begins(scene, case) if wish and wish.careful else case


def switch(scene: Scene, case: Case, agent: Agent, event: CareSwitched) -> None:
    """Begin to be careful, which everybody may, or lift it, which only some roles may."""
    if event.on:
        scene.rule("careful")
        begins(scene, case)
    elif not may(agent, LIFTS):
        scene.rule("care_stays")
        scene.alert(case, "staff_role", agent=agent.name, role=LIFTS)
    else:
        scene.rule("care_lifted")
        lifted = scene.change_case(case.number, careful=False)
        scene.alert(lifted, "staff_care_lifted", agent=agent.name, reason=event.text)


def forbids(scene: Scene, case: Case, agent: Agent) -> bool:
    """Tell the agent that nothing may be offered or decided while one of the customer's cases needs care, if so."""
    careful = next((each for each in scene.open_cases() if each.careful), None)
    if careful is None or may(agent, LIFTS):
        return False
    scene.rule("care_forbids")
    scene.alert(case, "staff_care_forbids", agent=agent.name, careful=careful.number, role=LIFTS)
    return True
