"""What the shell reports, with no customer at the keyboard: results, decisions, deadlines, failed deliveries.

Lives here: finding the conversation that waited, and moving it on.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from msgspec.structs import replace

from bot.desk.case import Deadline
from bot.dialog import (
    alarms,
    blocking,
    broadcasting,
    casebook,
    cases,
    escalating,
    granting,
    hearing,
    levels,
    linking,
    moving,
    needing,
    notifying,
    offers,
    orders,
    presence,
    progress,
    promising,
    replaced,
    rotation,
    sent,
    steps,
    tasks,
    telling,
    undertaking,
    verifying,
    waiting,
    watching,
    working,
)
from bot.dialog.events import CallReturned, CaseDecided, CaseKept, DeliveryFailed, ErrandGivenUp
from bot.dialog.flow import Approve, CallStep, Flow, Say
from bot.dialog.scene import Scene
from bot.dialog.template import evaluate, expression_names

UNSUPPORTED = "unsupported"
_BUSY = timedelta(hours=1)


def returned(scene: Scene, event: CallReturned) -> None:
    """Go on with a call's result; one that nobody waits for any more changes nothing."""
    if linking.returned(scene, event) or notifying.returned(scene, event) or broadcasting.returned(scene, event):
        return
    _go_on(scene, event)
    if event.doubtful:
        _check_by_hand(scene, event)


def _go_on(scene: Scene, event: CallReturned) -> None:
    at = _waiting_frame(scene, event.call)
    if at is None:
        scene.rule("late_result")
        scene.note(f"result {event.result!r} of {event.call} came too late and changed nothing")
        return
    scene.rule("call_returned")
    frames = scene.talk.frames
    step = steps.current_step(scene, frames[at])
    assert isinstance(step, CallStep)
    result = verifying.settled(scene, step, event.result if event.result in step.results else "failed")
    scene.note(f"{step.action}: {result}" + (f" ({event.detail})" if event.detail else ""))
    if result == "accepted":
        number = evaluate(step.args["number"], scene.values(**frames[at].slots))
        replaced.remember(scene, step.action, number)
        watching.done(scene, step.action, number, event.value)
    value = replaced.told(scene, event.value) if step.action == "find_order" else event.value
    if step.action == "find_order" and isinstance(value, Mapping):
        orders.looked_up(scene, value)
    kept = {**frames[at].slots, step.into: value} if step.into and result != "failed" else frames[at].slots
    used = frozenset().union(*(expression_names(each) for each in step.args.values()))
    given = tuple(slot for slot in frames[at].given if slot not in used)
    then = hearing.lead(scene, frames[at], step, result)
    went = replace(frames[at], slots=kept, given=given, waiting="", step=then)
    scene.change(frames=(*frames[:at], went, *frames[at + 1 :]))
    if at == len(frames) - 1:
        scene.unsupported = event.result == UNSUPPORTED
        if scene.unsupported:
            _left_to_people(scene)
        steps.run(scene)
        if scene.unsupported and (case := scene.case(scene.talk.case)) and case.open:
            scene.alert(case, "staff_unsupported", what=step.action)


def _left_to_people(scene: Scene) -> None:
    """Say that people do this, in place of words that blame the order system: it was not asked, and won't be."""
    step = steps.current_step(scene, scene.talk.frames[-1])
    if isinstance(step, Say):
        scene.say_text("call_unsupported")
        scene.change_frame(step=step.then)


def _check_by_hand(scene: Scene, event: CallReturned) -> None:
    """Tell staff that something was asked for and may have been done: on the case at hand, or in the room of all."""
    case = scene.case(scene.talk.case)
    values = {"what": event.detail, "reference": event.doubtful, "customer": scene.name or scene.event.customer}
    if case and case.open:
        scene.alert(case, "staff_check_by_hand", **values)
    else:
        scene.alert_room(scene.catalog.default_queue, "staff_check_by_hand", case=0, **values)


def decided(scene: Scene, event: CaseDecided) -> None:
    """Go on with a decision on a case."""
    case = working.decide(scene, event)
    if case is None:
        return
    agent = scene.catalog.agents[event.agent]
    if case.internal:
        granting.decided(scene, case, agent, event)
        return
    grant = granting.record(scene, case, agent, case.subject) if event.approved else None
    case = offers.begin(scene, case, agent) if event.counter else case
    at = _waiting_frame(scene, f"case:{case.number}")
    if at is None:
        scene.alert(case, "staff_flow_gone")
        return
    frames = scene.talk.frames
    step = steps.current_step(scene, frames[at])
    assert isinstance(step, Approve)
    agent = scene.catalog.agents[event.agent]
    decision = {
        "approved": event.approved,
        "reason": event.text,
        "by": casebook.called(scene, case, agent.id),
        "agent": agent.name,
        "agent_id": agent.id,
        "case": case.number,
        "grant": grant.key if grant else "",
        "offer": case.wanted.what if case.wanted else "",
        "amount": case.wanted.amount if case.wanted else "",
        "until": case.offered.isoformat() if case.offered else "",
    }
    ruling = "countered" if event.counter else "approved" if event.approved else "declined"
    then = hearing.lead(scene, frames[at], step, ruling)
    went = replace(frames[at], slots={**frames[at].slots, "decision": decision}, waiting="", step=then)
    scene.change(frames=(*frames[:at], went, *frames[at + 1 :]))
    scene.raise_frame(at)
    steps.run(scene)
    undertaking.said(scene, agent, event.text, case.queue)


def due(scene: Scene, deadline: Deadline) -> None:
    """Do what a deadline was kept for."""
    if deadline.kind == "watch":
        notifying.due(scene, deadline)  # goes where the customer is only if there is something to do
        return
    if deadline.kind == "confirm":
        broadcasting.due(scene, deadline)
        return
    if deadline.kind == "away":
        presence.over(scene, deadline)
        return
    case = scene.case(deadline.case)
    if case and case.open:  # it may have followed the customer since
        scene.enter(case.place, case.conversation)
    else:
        scene.enter(deadline.place, deadline.conversation)
    match deadline.kind:
        case "promise":
            alarms.promise_due(scene, deadline)
        case "remind":
            promising.remind(scene, deadline)
        case "check_in":
            _check_in(scene, deadline)
        case "lease":
            alarms.lease_due(scene, deadline)
        case "snooze":
            waiting.snooze_due(scene, deadline)
        case "level":
            levels.due(scene, deadline)
        case "path":
            escalating.due(scene, deadline)
        case "update":
            progress.due(scene, deadline)
        case "turn":
            rotation.due(scene, deadline)
        case "quiet":
            alarms.quiet_due(scene, deadline)
        case "grant":
            granting.expired(scene, deadline)
        case "offer":
            offers.due(scene, deadline)
        case "block":
            blocking.over(scene, deadline)
        case "needed":
            needing.due(scene, deadline)
        case "task":
            tasks.due(scene, deadline)
        case "unsent":
            agent = deadline.data.get("dismissed")
            key = "reason_dismissed" if agent else "reason_unsent"
            cases.hand_over(scene, "", casebook.reason(scene, key, **({"agent": agent} if agent else {})))
        case _:
            assert_never(deadline.kind)


def _check_in(scene: Scene, deadline: Deadline) -> None:
    """Ask how it went; not while the customer is busy with something else, and not while people have it."""
    talk = scene.talk
    if scene.careful or scene.standing.ended:
        scene.rule("no_check_in")
        return
    if scene.muted and scene.standing.block:
        scene.rule("check_in_waits")
        until = scene.standing.block.until
        scene.start_timer("check_in", deadline.key, until, case=deadline.case, data=deadline.data)
        return
    if talk.case or (talk.frames and scene.now - talk.active_at < _BUSY):
        scene.rule("check_in_waits")
        later = scene.now + _BUSY
        scene.start_timer("check_in", deadline.key, later, case=deadline.case, data=deadline.data)
        return
    if begins := deadline.data.get("begins"):
        _reminder(scene, scene.catalog.flows.get(str(begins)), str(deadline.data["about"]))
        return
    scene.rule("check_in")
    given = {"about": str(deadline.data.get("about", "")), "case": deadline.case, "wrong": ""}
    steps.begin(scene, scene.catalog.flows[casebook.CHECK_IN], given=given)


def _reminder(scene: Scene, flow: Flow | None, about: str) -> None:
    """Begin what a customer wanted to be reminded with; not for who wants to be told nothing any more."""
    if flow is None or scene.no_notices:
        scene.rule("no_check_in")
        return
    scene.rule("reminder")
    steps.begin(scene, flow, given={"about": about})


def undelivered(scene: Scene, event: DeliveryFailed) -> None:
    """Something could not be shown to the customer: whoever has their case must know."""
    if moving.refused(scene, event):
        return
    if event.card:
        _show_again(scene, event.card)
        return
    scene.rule("undelivered")
    scene.note(f"{event.effect}: {event.detail}")
    sent.failed(scene, event.effect)
    notifying.refused(scene, event.effect)
    telling.refused(scene, event.effect)
    if event.place.startswith("staff:"):
        return  # telling staff there cannot work either
    for case in scene.open_cases():
        scene.enter(case.place, case.conversation)
        scene.alert(case, "staff_undelivered", detail=event.detail)


def _show_again(scene: Scene, number: int) -> None:
    """Post the card of an open case anew: the one that was there is gone, and nobody could work without it."""
    case = scene.case(number)
    scene.rule("card_again")
    if case and case.open:
        scene.enter(case.place, case.conversation)
        scene.put_case(case, moved=True)


def given_up(scene: Scene, event: ErrandGivenUp) -> None:
    """Tell staff that an outside desk does not hear of cases any more."""
    scene.rule("errand_given_up")
    told = {"desk": event.desk, "case": event.case, "detail": event.detail}
    scene.alert_room(scene.catalog.default_queue, "staff_errand_given_up", **told)


def kept(scene: Scene, event: CaseKept) -> None:
    """Show on a case's card where it is kept besides, and what is known there of the customer."""
    scene.rule("case_kept")
    if case := scene.case(event.case):
        scene.enter(case.place, case.conversation)
        scene.change_case(case.number, outside=event.outside)


def _waiting_frame(scene: Scene, token: str) -> int | None:
    """Enter the conversation in which a frame waits for `token`; return the frame's place on the stack."""
    for talk in scene.conversations():
        for at, frame in enumerate(talk.frames):
            if frame.waiting == token:
                scene.enter(talk.place, talk.id)
                return at
    return None
