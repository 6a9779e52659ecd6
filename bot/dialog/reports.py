"""What customers report: words that put an open case before others, and many customers who report the same, with a case
or without one. What is said to them is in `outages`.
"""

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

_REPORTED = "reported"  # a fact: "reported:outage", the case of each who did, or else their talk, and when
_TALK = "talk:"
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


def told(scene: Scene, text: str) -> Rule | None:
    """Return the first rule that has words of this text among its own."""
    return next((rule for rule in scene.catalog.triage if rule.words and triage.named(rule, [text])), None)


def known(scene: Scene, rule: Rule) -> bool:
    """Tell whether so many have reported this of late, with what is said now, that staff are told."""
    reported = {*_known(scene, _fact(rule)), _talk(scene, rule)} - {""}
    return bool(rule.many) and len(reported) >= (rule.many or 0)


def _count(scene: Scene, rule: Rule, many: int) -> None:
    """Count whoever reports this: each case once, and until there is one, each talk."""
    shown = [effect.case for effect in scene.effects if isinstance(effect, OpenCase | UpdateCase)]
    new = [case for case in shown if case.open and case.category == rule.category]
    known = _known(scene, _fact(rule))
    more = {str(case.number): scene.now for case in new if scene.came(case, rule.category)}
    if talk := _talk(scene, rule):
        more[talk] = scene.now
    if not more.keys() - known.keys():
        return
    cased = {f"{_TALK}{case.conversation}" for case in new}
    reported = {key: at for key, at in {**more, **known}.items() if key not in cased}
    scene.note_fact(_fact(rule), encode(reported).decode())
    if len(known) < many <= len(reported):
        people, _ = by_name(casebook.supervisors(scene))
        numbers = ", ".join(key for key in reported if not key.startswith(_TALK))
        told = {"category": rule.category, "reports": len(reported), "cases": numbers}
        queue = new[0].queue if new else scene.catalog.default_queue
        scene.alert_room(queue, "staff_reported_by_many", supervisors=people, **told)


def _talk(scene: Scene, rule: Rule) -> str:
    """Return the talk in which this was reported just now, where nobody has a case; empty if it was not."""
    case, event = scene.case(scene.talk.case), scene.event
    if (case and case.open) or scene.muted or not isinstance(event, MessageReceived):
        return ""
    return f"{_TALK}{scene.talk.id}" if told(scene, event.text) is rule else ""


def _fact(rule: Rule) -> str:
    return f"{_REPORTED}:{rule.category}"


def _known(scene: Scene, fact: str) -> dict[str, datetime]:
    """Return who reported this of late."""
    told = decode(scene.fact(fact) or "{}", type=dict[str, datetime])
    return {key: at for key, at in told.items() if scene.now - at <= _LATELY}
