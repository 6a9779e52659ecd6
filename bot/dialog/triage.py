"""Triage: what a case is about and how urgent it is, by the first of the shop's rules that holds."""

from collections.abc import Iterable

from bot.dialog import matter, recurring, replaced
from bot.dialog.catalog import Rule
from bot.dialog.scene import Scene
from bot.dialog.template import evaluate
from bot.dialog.understand import understand
from bot.knowledge import found
from bot.knowledge.mood import UNHAPPY

VALUES = frozenset({"wish", "flow", "topic", "tags", "repeat", "failed", "public", "mood", "urgent", "tier"})
_SAID = 4  # of the customer's latest lines, in which the words of a rule may stand
_HIGHEST = 2  # that feelings and haste lead to; 1 is for safety and the like
USUAL = 3


def grade(scene: Scene, flow: str = "", wish: str = "", topic: str = "") -> Rule | None:
    """Return the rule for a case as it is now; None when none holds: then it is nothing special.

    `wish` is what the customer has asked for; left out, what the last words were understood as. `flow` and `topic` are
    what they are about, where that isn't what the talk was about last.
    """
    wish = wish or (scene.trace.id if scene.trace.id in scene.catalog.wishes else "")
    values = {
        "wish": wish,
        "flow": flow or next((frame.flow for frame in reversed(scene.talk.frames)), ""),
        "topic": topic or scene.talk.topic,
        "tags": [tag.casefold() for tag in scene.talk.tags],
        "repeat": len(recurring.before(scene)),
        "failed": replaced.failed(scene),
        "public": scene.talk.scope != "private" or bool(scene.talk.home),
        "mood": scene.talk.mood,
        "urgent": scene.felt.urgent,
        "tier": scene.tier.id if scene.tier else "",
    }
    rules = (rule for rule in scene.catalog.triage if not rule.general and (not rule.words or said(scene, rule)))
    return next((rule for rule in rules if evaluate(rule.when, values)), None)


def of_matter(scene: Scene) -> Rule | None:
    """Return the rule for what the customer told besides asking for a person, their latest words first.

    Where it may be several things, it counts if they are all of one category.
    """
    for likely in matter.meant(scene):
        entries = [(ref, scene.catalog.entries.get(ref)) for ref in likely]
        rules = [grade(scene, flow=entry.flow if entry else ref, topic=ref) for ref, entry in entries]
        if rules and rules[0] and len({rule.category if rule else "" for rule in rules}) == 1:
            return rules[0]
    return None


def otherwise(scene: Scene) -> Rule | None:
    """Return the rule for cases about which no other says anything; None where the shop has none."""
    return next((rule for rule in scene.catalog.triage if rule.general), None)


def lately(scene: Scene) -> list[str]:
    """Return what the customer has said of late."""
    return scene.talk.own[-_SAID:]


def said(scene: Scene, rule: Rule) -> bool:
    """Tell whether the customer has said words of a rule of late.

    What is wrong for everybody is a matter of its own: it no longer counts once they have turned to something else, or
    gone on with what they were guided through.
    """
    lines = lately(scene)
    latest = max((at for at, text in enumerate(lines) if named(rule, [text])), default=None)
    if latest is None or not rule.many:
        return latest is not None
    since = lines[latest + 1 :]
    if recurring.flows(scene) and any(understand(text, scene.catalog).decision != "handoff" for text in since):
        return False
    return not any(matter.surely(scene, text) for text in since)


def named(rule: Rule, said: Iterable[str]) -> bool:
    """Tell whether one of these texts has the words of a rule in it."""
    return any(found(rule.words, text, rule.unless) for text in said)


def raised(scene: Scene, priority: int) -> int:
    """Return the priority of somebody who is unhappy or in a hurry: one step more urgent."""
    distressed = scene.talk.mood in UNHAPPY or scene.felt.urgent
    return max(_HIGHEST, priority - 1) if distressed and priority > _HIGHEST else priority
