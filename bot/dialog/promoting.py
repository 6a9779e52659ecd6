"""Into which tier staff put a customer; their open cases follow.

One that nobody owns goes to the tier's queue, but for danger and legal matters, and its customer hears where it is. One
that has an owner stays: they are talking to somebody.
"""

from typing import Any

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.rights import acts
from bot.desk.team import Agent, may
from bot.dialog import casebook, owning, ranking
from bot.dialog.events import TierGiven
from bot.dialog.scene import Scene


def give(scene: Scene, case: Case, agent: Agent, event: TierGiven) -> None:
    """Say to which tier the customer belongs, or to none."""
    tiers = scene.catalog.tiers
    if not may(agent, "supervisor") and not _may_let_in(scene, case, agent, event.tier):
        scene.rule("role")
        scene.alert(case, "staff_role", agent=agent.name, role="supervisor")
    elif event.tier and event.tier not in tiers:
        scene.rule("unknown_tier")
        scene.alert(case, "staff_unknown_tier", agent=agent.name, tier=event.tier, tiers=", ".join(tiers))
    else:
        scene.rule("tier_given" if event.tier else "tier_taken")
        scene.stand(tier=event.tier)
        _follow(scene, case)
        case = scene.case(case.number) or case
        told: dict[str, Any] = {"tier": "", "people": "", "owner": ""}
        if event.tier:
            told = ranking.told_of(scene, case, tiers[event.tier])
        scene.alert(case, "staff_tier", agent=agent.name, **told)


def _may_let_in(scene: Scene, case: Case, agent: Agent, tier: str) -> bool:
    """Tell whether an agent who works on the case lets its customer, who is in none, into a tier that anybody joins."""
    wanted = scene.catalog.tiers.get(tier)
    return bool(wanted and wanted.join) and scene.tier is None and acts(case, agent, scene.catalog.queues)


def _follow(scene: Scene, here: Case) -> None:
    """Let the open cases of the customer be as urgent, and be where, their tier asks for."""
    for each in scene.open_cases():
        if each.kind == "handoff":
            ranking.opened(scene, _to_its_queue(scene, each), told=each.number == here.number)
    scene.enter(here.place, here.conversation)


def _to_its_queue(scene: Scene, case: Case) -> Case:
    theirs = scene.tier
    apart = case.careful or casebook.DANGER in case.flags or case.status == "owned"
    if theirs is None or theirs.queue in ("", case.queue) or apart:
        return case
    scene.enter(case.place, case.conversation)
    passed = replace(case, queue=theirs.queue, recent=scene.talk.recent)
    moved = owning.to_queue(scene, passed, text="transferred", reopen_card=True)
    team = casebook.queue_of(scene, moved.queue).name
    scene.alert(moved, "staff_tier_moved", tier=theirs.title, team=team, told=not scene.muted)
    return moved
