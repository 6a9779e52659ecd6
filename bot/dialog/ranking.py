"""Tiers: customers whose cases are more urgent, and go to owners or a queue of their own; how they join one."""

from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.paths import SUPERVISORS
from bot.desk.team import Agent, by_name
from bot.dialog import casebook, levels, waiting
from bot.dialog.catalog import Tier
from bot.dialog.effects import Source
from bot.dialog.scene import Scene
from bot.knowledge import normalise


def queue(scene: Scene, asked: str) -> str:
    """Return the queue for a case that would go to another: their tier's, but for danger and what the law is about."""
    theirs, wish = scene.tier, scene.catalog.wishes.get(scene.trace.id)
    apart = scene.careful or scene.felt.safety or bool(wish and (wish.even_blocked or wish.careful))
    return theirs.queue if theirs and theirs.queue and not apart else asked


def opened(scene: Scene, case: Case, *, told: bool = False) -> Case:
    """Treat a case as its customer's tier asks: its priority, its owner if there; others are told, unless they were."""
    theirs = scene.tier
    if theirs is None:
        return case
    if theirs.priority < case.priority:
        case = scene.put_case(levels.regrade(scene, case, theirs.priority))
    there = [agent for agent in _owners(scene, theirs) if not floors.away(scene.floor, agent.id, scene.now)]
    if there and case.status == "waiting":
        case = scene.put_case(replace(case, status="owned", assignee=there[0].id))
        waiting.start_lease(scene, case)
    if theirs.alert and not told:
        _, ids = by_name(casebook.supervisors(scene))
        scene.alert(case, "staff_tier_case", ids, **told_of(scene, case, theirs))
    for room in theirs.tell:
        if room != case.queue:
            scene.alert_room(room, "staff_tier_room", case=case.number, tier=theirs.title)
    return case


def _owners(scene: Scene, theirs: Tier) -> list[Agent]:
    """Return who gets the cases of a tier, the first first; `supervisors` stands for all of them who are there."""
    owners: list[Agent] = []
    for name in theirs.owners:
        one = [agent] if (agent := scene.catalog.agents.get(name)) else []
        owners += casebook.supervisors(scene) if name == SUPERVISORS else one
    return owners


def told_of(scene: Scene, case: Case, theirs: Tier) -> dict[str, Any]:
    """Return what staff read of a case of a tier: whose it is, and whom to call."""
    people, _ = by_name(casebook.supervisors(scene) if theirs.alert and case.open else ())
    owner = casebook.owner(scene, case) if case.assignee in {each.id for each in _owners(scene, theirs)} else ""
    return {"tier": theirs.title, "people": people, "owner": owner}


def greet(scene: Scene, case: Case) -> None:
    """Tell a customer of a tier what it means for this case, where the shop has words for it."""
    theirs = scene.tier
    if theirs and theirs.say and not scene.careful:
        words = scene.word(f"tier:{theirs.id}", theirs.say, owner=casebook.called(scene, case), case=case.number)
        scene.say(words, Source(kind="text", id=f"tier:{theirs.id}", at=theirs.say.at))


def joins(scene: Scene, text: str) -> bool:
    """Let a customer into the tier that they join with these words; False for all others.

    Who belongs to one already stays where they are.
    """
    said = normalise(text)
    wanted = next((each for each in scene.catalog.tiers.values() if said in each.join), None)
    if wanted is None:
        return False
    theirs = scene.tier
    scene.rule("joined_tier" if theirs is None else "has_tier")
    if theirs is None:
        scene.stand(tier=wanted.id)
    if theirs is None and wanted.welcome:
        words = scene.word(f"welcome:{wanted.id}", wanted.welcome)
        scene.say(words, Source(kind="text", id=f"welcome:{wanted.id}", at=wanted.welcome.at))
    else:
        scene.say_text("tier_joined", tier=(theirs or wanted).title)
    return True
