"""What is said to words that report something wrong for everybody, where nobody has a case: the shop's own words, with
people one press away, or a case at once. Who counts, and when staff are called, is in `reports`.
"""

from msgspec.structs import replace

from bot.dialog import cases, replying, reports, triage
from bot.dialog.catalog import Rule
from bot.dialog.effects import Source
from bot.dialog.scene import Scene


def answers(scene: Scene, text: str) -> bool:
    """Say what the shop has to say to words that report something, or call people at once; False for all others."""
    rule = reports.told(scene, text)
    if rule is None or not (rule.say or rule.opens):
        return False
    scene.rule("reported")
    scene.trace = replace(scene.trace, topic=rule.category)
    if rule.say:
        choices = [] if rule.opens else [replying.person(scene)]
        told = {"known": "yes" if reports.known(scene, rule) else "", "busy": "yes" if scene.frame else ""}
        words = scene.word(f"triage:{rule.category}", rule.say, **told)
        scene.say(words, Source(kind="text", id=f"triage:{rule.category}", at=rule.say.at), choices=choices)
    if rule.opens:
        cases.hand_over(scene, "", rule.why)
    else:
        scene.change(misses=0, expecting="" if scene.frame else "person", options=())
    return True


def before(scene: Scene) -> Rule | None:
    """Return the rule whose words the customer was answered just before these, if there is one."""
    said = triage.lately(scene)[-2:-1]
    rule = reports.told(scene, said[0]) if said else None
    return rule if rule and rule.say else None
