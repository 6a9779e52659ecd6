"""Tiers: customers whose cases are more urgent, and go to an owner of their own."""

from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.team import Agent, may
from bot.dialog import casebook, levels, waiting
from bot.dialog.catalog import Tier
from bot.dialog.effects import Source
from bot.dialog.events import TierGiven
from bot.dialog.scene import Scene


def give(scene: Scene, case: Case, agent: Agent, event: TierGiven) -> None:
    """Say to which tier the customer belongs, or to none; their open cases follow."""
    tiers = scene.catalog.tiers
    if not may(agent, "supervisor"):
        scene.rule("role")
        scene.alert(case, "staff_role", agent=agent.name, role="supervisor")
    elif event.tier and event.tier not in tiers:
        scene.rule("unknown_tier")
        scene.alert(case, "staff_unknown_tier", agent=agent.name, tier=event.tier, tiers=", ".join(tiers))
    else:
        scene.rule("tier_given" if event.tier else "tier_taken")
        scene.stand(tier=event.tier)
        for each in scene.open_cases():
            if each.kind == "handoff":
                opened(scene, each, told=each.number == case.number)
        case = scene.case(case.number) or case
        told = _told(scene, case, tiers[event.tier]) if event.tier else {"tier": "", "people": "", "owner": ""}
        scene.alert(case, "staff_tier", agent=agent.name, **told)


def opened(scene: Scene, case: Case, *, told: bool = False) -> Case:
    """Treat a case as its customer's tier asks: its priority, its owner if there; supervisors know, unless `told`."""
    tier: Tier | None = scene.catalog.tiers.get(scene.standing.tier)
    if tier is None:
        return case
    if tier.priority < case.priority:
        case = scene.put_case(levels.regrade(scene, case, tier.priority))
    owner = scene.catalog.agents.get(tier.owner)
    if owner and floors.away(scene.floor, owner.id, scene.now):
        owner = None
    if owner and case.status == "waiting":
        case = scene.put_case(replace(case, status="owned", assignee=owner.id))
        waiting.start_lease(scene, case)
    if tier.alert and not told:
        there = tuple(agent.id for agent in casebook.supervisors(scene))
        scene.alert(case, "staff_tier_case", there, **_told(scene, case, tier))
    return case


def _told(scene: Scene, case: Case, tier: Tier) -> dict[str, Any]:
    """Return what staff read of a case of a tier: whose it is, and whom to call."""
    people = ", ".join(agent.name for agent in casebook.supervisors(scene)) if tier.alert and case.open else ""
    owner = scene.catalog.agents.get(tier.owner)
    return {"tier": tier.title, "people": people, "owner": owner.name if owner and owner.id == case.assignee else ""}


def greet(scene: Scene, case: Case) -> None:
    """Tell a customer of a tier what it means for this case, where the shop has words for it."""
    tier = scene.catalog.tiers.get(scene.standing.tier)
    if tier and tier.say and not scene.careful:
        words = scene.word(f"tier:{tier.id}", tier.say, owner=casebook.called(scene, case), case=case.number)
        scene.say(words, Source(kind="text", id=f"tier:{tier.id}", at=tier.say.at))
