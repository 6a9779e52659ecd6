"""What customers report: words that put an open case before others, and many customers who report the same, with a case
or without one. What is said to them is in `outages`.
"""

from datetime import datetime, timedelta

from msgspec.json import decode, encode
from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.team import by_name
from bot.dialog import casebook, levels, matter, recurring, triage
from bot.dialog.catalog import Rule
from bot.dialog.effects import OpenCase, UpdateCase
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene

_REPORTED = "reported"  # a fact: "reported:outage", the a case of each who did, or else their talk, and when
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
    """Let a case be about what its customer names now, if the shop's rules have that before what it was about.

    What is wrong for everybody does not take the place of a matter of their own: staff read it beside that.
    """
    rules = scene.catalog.triage
    rule = next((rule for rule in rules if rule.words and triage.said(scene, rule)), None)
    known = next((each for each in rules if each.category == case.category), None)
    if rule is None or case.careful or casebook.DANGER in case.flags:
        return
    if known and rules.index(rule) >= rules.index(known):
        return
    if rule.many and _has_matter(scene, case, rule):
        _tell_beside(scene, case, rule)
        return
    case = levels.regrade(scene, case, min(rule.priority, case.priority))
    case = scene.put_case(replace(case, category=rule.category, why=rule.why))
    scene.alert(case, "staff_regraded", category=rule.category, why=rule.why)


def _has_matter(scene: Scene, case: Case, rule: Rule) -> bool:
    """Tell whether a case is about something besides what its customer reports."""
    parts = (part for part in case.subject.split(" · ") if not triage.named(rule, [part]))
    return bool(recurring.orders_of(case)) or any(matter.beside_wish(scene, part) for part in parts)


def _tell_beside(scene: Scene, case: Case, rule: Rule) -> None:
    """Tell staff once that a customer reports this, besides what their case is about."""
    if rule.category not in case.besides:
        case = scene.change_case(case.number, besides=(*case.besides, rule.category))
        scene.alert(case, "staff_besides", reason=rule.why)


def told(scene: Scene, text: str) -> Rule | None:
    """Return the first rule that has words of this text among its own."""
    return next((rule for rule in scene.catalog.triage if rule.words and triage.named(rule, [text])), None)


def known(scene: Scene, rule: Rule) -> bool:
    """Tell whether so many have reported this of late, with what is said now, that staff are told."""
    others = _known(scene, _fact(rule)).keys() - _own(scene)
    return bool(rule.many) and len(others) + bool(_talk(scene, rule)) >= (rule.many or 0)


def _count(scene: Scene, rule: Rule, many: int) -> None:
    """Count whoever reports this, once each: by their case, and until there is one, by their talk."""
    shown = [effect.case for effect in scene.effects if isinstance(effect, OpenCase | UpdateCase)]
    new = [case for case in shown if case.open and case.is_of(rule.category)]
    keys = [str(case.number) for case in new if scene.came(case, rule.category)]
    keys += filter(None, [_talk(scene, rule)])
    known, own = _known(scene, _fact(rule)), _own(scene)
    before = [key for key in known if key in own]
    if not keys or (before and keys[0].startswith(_TALK)):
        return
    others = {key: at for key, at in known.items() if key not in own}
    reported = {**others, keys[0]: scene.now}
    scene.note_fact(_fact(rule), encode(reported).decode())
    if len(known) < many <= len(reported):
        people, _ = by_name(casebook.supervisors(scene))
        numbers = ", ".join(key for key in reported if not key.startswith(_TALK))
        told = {"category": rule.category, "reports": len(reported), "cases": numbers}
        queue = new[0].queue if new else scene.catalog.default_queue
        scene.alert_room(queue, "staff_reported_by_many", supervisors=people, **told)


def _talk(scene: Scene, rule: Rule) -> str:
    """Return the talk in which this was reported just now, where no case is about it; empty if it was not."""
    case, event = scene.case(scene.talk.case), scene.event
    about = case is not None and case.open and case.is_of(rule.category)
    if about or scene.muted or not isinstance(event, MessageReceived):
        return ""
    return f"{_TALK}{scene.talk.id}" if told(scene, event.text) is rule else ""


def _own(scene: Scene) -> set[str]:
    """Return by what reports of this customer are known: their cases, and where they talk with us."""
    cases = {str(case.number) for case in (*scene.open_cases(), *scene.closed_cases())}
    return cases | {f"{_TALK}{talk.id}" for talk in (*scene.conversations(), scene.talk)}


def _fact(rule: Rule) -> str:
    return f"{_REPORTED}:{rule.category}"


def _known(scene: Scene, fact: str) -> dict[str, datetime]:
    """Return who reported this of late."""
    told = decode(scene.fact(fact) or "{}", type=dict[str, datetime])
    return {key: at for key, at in told.items() if scene.now - at <= _LATELY}
