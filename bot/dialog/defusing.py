"""Abuse: a kind word, a boundary, a supervisor, a pause, in the order of the shop's ladder. Anger never comes here."""

from datetime import timedelta

from bot.desk.case import Case
from bot.dialog import casebook, escalating, outlook, questions, replying, soothing, steps, superiors, threats
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import understand


def heard(scene: Scene, event: MessageReceived) -> bool:
    """Take what the customer's tone asks for first; True when nothing else is to be done with the words."""
    known = scene.case(scene.talk.case)
    case = known if known and known.open else None
    _forgive(scene, event)
    if case:
        soothing.tell_mood(scene, case)
    if soothing.endangered(scene, event.text):
        return True
    if scene.talk.paused and scene.now < scene.talk.paused:
        return _stay_paused(scene, case, event)
    if case and scene.felt.threat and threats.THREAT not in case.flags:
        return _warn(scene, case)
    if scene.felt.mood == "abusive":
        return _climb(scene, case, event)
    if case and case.in_danger:
        return False  # they read what to do until somebody is there
    if case and (not outlook.unattended(scene, case) or outlook.complains(scene, case, event.text)):
        return False  # a person answers it, or what is said to those who wait does
    return soothing.acknowledge(scene, event)


def _forgive(scene: Scene, event: MessageReceived) -> None:
    """Count messages without abuse: after enough of them all is forgotten."""
    if scene.felt.mood != "abusive" and scene.talk.abuse and scene.event is event:
        civil = scene.talk.civil + 1
        forgiven = civil >= scene.catalog.abuse.forgiven
        scene.change(civil=0 if forgiven else civil, abuse=0 if forgiven else scene.talk.abuse)


def _stay_paused(scene: Scene, case: Case | None, event: MessageReceived) -> bool:
    """Hear only a wish for people; what else is said reaches those who have the case."""
    if understand(event.text, scene.catalog).decision == "handoff":
        return False
    scene.rule("paused")
    if case:
        casebook.tell(scene, case, event.text)
    return True


def _warn(scene: Scene, case: Case) -> bool:
    """Say that threats are heard by people; their words reach those, who have just been called."""
    if case.status != "owned":
        scene.say_text("abuse_threat")
    return False


def _climb(scene: Scene, case: Case | None, event: MessageReceived) -> bool:
    """Take the next step of the ladder."""
    ladder = scene.catalog.abuse.rungs
    times = scene.talk.abuse + 1
    rung = ladder[min(times, len(ladder)) - 1]
    called = rung == "supervisor" and times > len(ladder)  # each step that calls somebody does so once
    scene.change(abuse=times, civil=0)
    scene.note(f"abuse, {times}: {rung}")
    wants_person = understand(event.text, scene.catalog).decision == "handoff"
    if case and case.status == "owned":
        if rung == "supervisor" and not called:
            escalating.call(scene, case, "staff_abuse", times=times)
        return False  # a person talks; the bot does not talk over them
    if called:
        return False
    if rung == "supervisor":
        return _call_supervisor(scene, case, times)
    if rung == "pause":
        return not wants_person and _pause(scene, case, event)
    return _reply(scene, case, event, f"abuse_{rung}")


def _reply(scene: Scene, case: Case | None, event: MessageReceived, key: str) -> bool:
    """Say a word on the tone; a message that also has a matter is dealt with as any other."""
    meant = understand(event.text, scene.catalog).decision
    matter = case is not None or meant in ("answer", "flow", "handoff")
    scene.say_text(key, [] if matter or scene.frame else [replying.person(scene)])
    if matter:
        return False
    scene.rule(key)
    if step := steps.asking(scene):
        questions.ask_again(scene, step)
    return True


def _call_supervisor(scene: Scene, case: Case | None, times: int) -> bool:
    scene.rule("abuse_supervisor")
    scene.say_text("abuse_supervisor")
    if case:
        escalating.call(scene, case, "staff_abuse", times=times)
        return False
    superiors.to_supervisor(scene, "reason_abuse")
    return True


def _pause(scene: Scene, case: Case | None, event: MessageReceived) -> bool:
    """Answer nothing for a while, and say until when."""
    scene.rule("abuse_pause")
    until = scene.now + timedelta(minutes=scene.catalog.limits.abuse_pause)
    scene.change(paused=until)
    scene.say_text("abuse_pause", until=scene.time(until))
    if case:
        casebook.tell(scene, case, event.text)
    return True
