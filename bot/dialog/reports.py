"""What customers report: words that put an open case before others, and many customers who report the same."""

from datetime import datetime, timedelta

from msgspec.json import decode, encode
from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.team import by_name
from bot.dialog import casebook, levels, triage
from bot.dialog.catalog import Rule
from bot.dialog.effects import OpenCase, UpdateCase
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene

_REPORTED = "reported"  # a fact: "reported:outage", the case of each who did, and when
_LATELY = timedelta(hours=2)


def watch(scene: Scene) -> None:
    """Grade an open case anew by what its customer has said, and count who reports the same."""
    case = scene.case(scene.talk.case)
    if isinstance(scene.event, MessageReceived) and case and case.open and case.kind == "handoff":
        _regrade(scene, case)
    for rule in scene.catalog.triage:
        if rule.many:
            _count(scene, rule, rule.many)


def _regrade(scene: Scene, case: Case) -> None:
    """Let a case be about what its customer names now, if the shop's rules have that before what it was about."""
    rules, said = scene.catalog.triage, triage.lately(scene)
    rule = next((rule for rule in rules if rule.words and triage.named(rule, said)), None)
    known = next((each for each in rules if each.category == case.category), None)
    if rule is None or case.careful or casebook.DANGER in case.flags:
        return
    if known is None or rules.index(rule) < rules.index(known):
        case = levels.regrade(scene, case, min(rule.priority, case.priority))
        case = scene.put_case(replace(case, category=rule.category, why=rule.why))
        scene.alert(case, "staff_regraded", category=rule.category, why=rule.why)


def _count(scene: Scene, rule: Rule, many: int) -> None:
    shown = [effect.case for effect in scene.effects if isinstance(effect, OpenCase | UpdateCase)]
    new = [case for case in shown if case.open and case.category == rule.category]
    fact = f"{_REPORTED}:{rule.category}"
    known = _known(scene, fact)
    more = {str(case.number): scene.now for case in new if scene.came(case, rule.category)}
    if not more.keys() - known.keys():
        return
    reported = {**more, **known}
    scene.note_fact(fact, encode(reported).decode())
    if len(known) < many <= len(reported):
        people, _ = by_name(casebook.supervisors(scene))
        told = {"category": rule.category, "reports": len(reported), "cases": ", ".join(reported)}
        scene.alert_room(new[0].queue, "staff_reported_by_many", supervisors=people, **told)


def _known(scene: Scene, fact: str) -> dict[str, datetime]:
    """Return who reported this of late."""
    told = decode(scene.fact(fact) or "{}", type=dict[str, datetime])
    return {case: at for case, at in told.items() if scene.now - at <= _LATELY}
