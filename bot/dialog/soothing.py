"""How the customer sounds, and what that changes: acknowledging it first, a probe, a supervisor, a way to people.

What is said is content, each acknowledgement once in a conversation; calm messages change nothing. What is done about
abuse is in `defusing`.
"""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.dialog import (
    casebook,
    cases,
    danger,
    levels,
    places,
    reopening,
    repairs,
    replying,
    sounding,
    superiors,
    thanks,
    threats,
    triage,
)
from bot.dialog.effects import OpenCase, Source
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import Decision, Understanding, command, understand
from bot.knowledge.mood import UNHAPPY

CALL = "call:"  # no option of a flow has a colon in its value
SUPERVISOR = f"{CALL}supervisor"
_SETTLED = 3  # calm messages after which all is well again
_LONGEST = 300  # of the customer's words that are said back
_UNCLEAR = ("unknown", "clarify")


def feel(scene: Scene, text: str) -> None:
    """Note how words of this turn sound."""
    scene.felt = sounding.sounds(scene, text)


def listen(scene: Scene, event: MessageReceived) -> None:
    """Note how a message sounds, and what that makes of the talk.

    One that was kept while a private place was found was heard before.
    """
    feel(scene, event.text)
    if scene.event is not event:
        return
    talk, mood = scene.talk, scene.felt.mood
    if mood == "calm":
        settled = talk.calm + 1 >= _SETTLED
        scene.change(calm=talk.calm + 1, **({"mood": "calm", "cross": 0} if settled else {}))
    else:
        cross = talk.cross + 1 if mood in UNHAPPY else 0 if mood == "happy" else talk.cross
        worse = mood == "angry" and talk.mood == "frustrated"
        scene.change(mood=mood, calm=0, cross=max(cross, scene.catalog.limits.anger) if worse else cross)


def endangered(scene: Scene, text: str) -> bool:
    """Call people at once where somebody's safety or the law is spoken of, also in words that no wish knows, and where
    somebody is threatened.
    """
    felt = scene.felt
    flag = casebook.DANGER if felt.safety else "" if felt.threat else "legal" if felt.legal else ""
    case = scene.case(scene.talk.case)
    if not (flag or felt.threat) or (case and case.open):
        return False
    if not flag:
        scene.rule("threat")
        scene.say_text("abuse_threat")
        superiors.to_supervisor(scene, "reason_threat")
        return True
    wish = danger.wish_of(scene, flag, text)
    meant = understand(text, scene.catalog)
    if meant.id == flag and meant.decision == "handoff":
        scene.trace = meant.trace(meant.decision)
    else:
        scene.trace = replace(meant.trace(f"heard_{flag}"), decision="handoff", id=flag, at=felt.cues[0].at)
    opened = cases.grant(scene, wish) if wish else cases.hand_over(scene, "", casebook.reason(scene, f"mood_{flag}"))
    threats.heard(scene, opened)
    return True


def tell_mood(scene: Scene, case: Case) -> None:
    """Show on an open case how its customer sounds now; it moves up once for that, and staff are told.

    Who speaks of danger reads at once what to do, as somebody without a case would.
    """
    felt = scene.felt
    case = threats.heard(scene, danger.heard(scene, case) if felt.safety else case)
    flags = [flag for flag in ("urgent", "legal") if getattr(felt, flag)]
    flags += [f"perhaps_{flag}" for flag in felt.perhaps if flag not in case.flags]
    heard = tuple(flag for flag in flags if flag not in case.flags)
    mood = case.mood if felt.mood == "calm" else felt.mood
    priority = case.priority if case.raised else triage.raised(scene, case.priority)
    up = priority < case.priority
    if (mood, priority, heard) == (case.mood, case.priority, ()):
        return
    changed = levels.regrade(scene, case, priority) if priority < case.priority else case
    changed = scene.put_case(replace(changed, mood=mood, raised=case.raised or up, flags=(*case.flags, *heard)))
    for flag in heard:
        scene.alert(changed, "staff_flagged", flag=casebook.reason(scene, f"mood_{flag}"))
    if up and felt.mood in UNHAPPY:
        scene.alert(changed, "staff_mood", mood=casebook.reason(scene, f"mood_{mood}"))


# --- acknowledging ----------------------------------------------------------------------------------------------------


def acknowledge(scene: Scene, event: MessageReceived) -> bool:
    """Say first that we see how the customer feels; True when a complaint goes on in private, and nothing else is due.

    Each variant is said once in a conversation, and an apology once for all; in a legal matter neither.
    """
    mood, closed = scene.felt.mood, reopening.of_words(scene, event.text)
    if mood not in UNHAPPY or scene.event is not event or command(event.text, scene.catalog):
        return False
    if scene.felt.safety or scene.careful or (closed and closed.careful):  # whoever is in danger reads what to do
        return False
    talk = scene.talk
    if talk.scope != "private" and not (talk.frames or talk.case or talk.moving or talk.home):
        return _go_private(scene, event.text)
    key = f"ack_{mood}"
    wording = scene.catalog.texts[key]
    if _times(scene, key) < len(wording.variants):
        _count(scene, key)
        words = str(scene.word(key, wording))
        if mood == "angry" and apologises(scene):
            words = f"{words} {scene.word('sorry', scene.catalog.texts['sorry'])}"
        scene.say(words, Source(kind="text", id=key, at=wording.at))
    return False


def apologises(scene: Scene) -> bool:
    """Tell whether an apology is still due in this conversation, and count it."""
    due = not scene.apologised
    scene.apologise()
    return due


def _go_private(scene: Scene, text: str) -> bool:
    """Answer a complaint that others read: promptly, without details, and then in private."""
    if _times(scene, "ack_public"):
        return False
    _count(scene, "ack_public")
    scene.rule("public_complaint")
    scene.say_text("ack_public")
    places.move(scene)
    if scene.talk.moving:
        places.hold(scene, text)
    return True


def cheerless(scene: Scene, meant: Understanding, text: str) -> Understanding:
    """Return what was understood; for somebody who is upset, cheerful small talk is nothing of the sort.

    Who was upset before, and thanks now, is thanked back.
    """
    entry = scene.catalog.entries.get(meant.id)
    before = scene.talk.mood in UNHAPPY and thanks.heard(text, scene.catalog) != "thanks"
    upset = before or scene.felt.mood in (*UNHAPPY, "abusive")
    return replace(meant, decision="unknown", matches=()) if entry and entry.cheerful and upset else meant


# --- what an unhappy or a happy message leads to ----------------------------------------------------------------------


# Glad words that are so surely about something ask for it, as do those with a question mark.
_ASKS = 0.5


def answers(scene: Scene, meant: Understanding, text: str) -> bool:
    """Take words for how they sound, where what they are about is unclear, or was settled before; False otherwise."""
    if earlier := _recurs(scene, meant):
        _ask_what_is_different(scene, meant, earlier)
        return True
    if meant.decision not in _UNCLEAR:
        return False
    if scene.felt.mood == "happy" and not (meant.options and (meant.confidence >= _ASKS or "?" in text)):
        scene.trace = meant.trace("glad")
        scene.withdraw_offer()
        scene.change(misses=0, expecting="more")
        scene.say_text("glad")
        return True
    probed = _times(scene, "probe")
    if not probed and (scene.felt.mood == "angry" or (scene.felt.mood == "frustrated" and meant.decision == "unknown")):
        scene.trace = meant.trace("probe")
        _count(scene, "probe")
        scene.withdraw_offer()
        scene.say_text("probe", [replying.person(scene)])
        return True
    if probed and not _times(scene, "restate") and meant.decision == "unknown":
        scene.trace = meant.trace("restated")
        _count(scene, "restate")
        scene.change(expecting="restated", options=())
        choices = [scene.choice_text("right", "choice_yes"), scene.choice_text("amiss", "choice_no")]
        said = " ".join(text.split())
        scene.say_text("restate", choices, text=said if len(said) <= _LONGEST else said[:_LONGEST] + "…")
        return True
    return False


def restated(scene: Scene, word: str) -> bool:
    """Take "yes" or "no" on whether we have it right; False for anything else."""
    scene.withdraw_offer()
    if word == "yes":
        scene.rule("restated_right")
        cases.hand_over(scene, "", casebook.reason(scene, "reason_restated"))
    elif word == "no":
        scene.rule("restated_wrong")
        scene.say_text("restate_wrong", [replying.person(scene)])
    return word in ("yes", "no")


# --- the same matter once more ----------------------------------------------------------------------------------------


def _recurs(scene: Scene, meant: Understanding) -> Case | None:
    """Return the case that settled this matter not long ago, if one did; each is asked about once."""
    if meant.decision not in ("answer", "flow"):
        return None
    entry = scene.catalog.entries.get(meant.id)
    refs = {meant.id, entry.flow if entry else ""} - {""}
    since = scene.catalog.limits.repeat * 60
    closed = [
        case for case in scene.closed_cases()
        if case.kind == "handoff" and case.outcome != "withdrawn" and not refs.isdisjoint(case.about)
        and case.resolved_at and (scene.now - case.resolved_at).total_seconds() <= since
    ]  # fmt: skip
    latest = closed[-1] if closed else None
    return None if latest is None or _times(scene, f"recurrence:{latest.number}") else latest


def _ask_what_is_different(scene: Scene, meant: Understanding, earlier: Case) -> None:
    scene.trace = meant.trace("recurrence")
    _count(scene, f"recurrence:{earlier.number}")
    scene.apologise()
    scene.change(expecting="recurrence", options=(meant.id, str(earlier.number)))
    choices = [replying.person(scene), scene.choice_text("go_on", "choice_go_on")]
    scene.say_text("recurrence", choices, case=earlier.number, owner=casebook.called(scene, earlier))


def tell_recurrence(scene: Scene) -> None:
    """Give what is different this time to people, with the case that came before."""
    scene.rule("recurrence_told")
    ref, number = scene.talk.options
    if ref in scene.catalog.entries:
        scene.change(topic=ref)
    case = cases.hand_over(scene, "", casebook.reason(scene, "reason_recurrence", case=number))
    if isinstance(scene.event, MessageReceived):
        casebook.tell(scene, case, scene.event.text)


def go_on(scene: Scene) -> None:
    """Deal with the matter as if it were new."""
    ref = scene.talk.options[0]
    scene.withdraw_offer()
    if not scene.catalog.serves(ref):
        repairs.stale(scene)
        return
    decision: Decision = "flow" if ref in scene.catalog.flows else "answer"
    topic = scene.catalog.topic(ref)
    words = [line.text for line in scene.talk.recent if line.who == "customer"]
    replying.act(scene, Understanding(decision=decision, id=ref, topic=topic), " ".join(words[-2:]))


# --- a supervisor -----------------------------------------------------------------------------------------------------


def offer_supervisor(scene: Scene) -> None:
    """Offer a supervisor when somebody has been unhappy for several messages, or it gets worse; once."""
    if scene.talk.cross < scene.catalog.limits.anger or scene.felt.mood not in UNHAPPY or scene.talk.quiet:
        return
    case = scene.case(scene.talk.case)
    if scene.talk.paused and scene.now < scene.talk.paused:
        return
    opened = any(isinstance(effect, OpenCase) for effect in scene.effects) or (case and casebook.WANTED in case.flags)
    if opened or scene.talk.moving or (case and case.status == "owned") or _times(scene, "supervisor"):
        return
    _count(scene, "supervisor")
    scene.say_text("offer_supervisor", [scene.choice_text(SUPERVISOR, "choice_supervisor")])


def ask_about_danger(scene: Scene) -> None:
    """Where words could be about danger or the law, but that is not sure: offer people for it, once."""
    for flag in scene.felt.perhaps:
        key, case = f"perhaps_{flag}", scene.case(scene.talk.case)
        busy = (case and case.open) or scene.talk.moving or scene.talk.quiet or _times(scene, key)
        if flag in scene.catalog.wishes and not busy:
            _count(scene, key)
            scene.say_text(key, [scene.choice_text(f"{CALL}{flag}", f"choice_{flag}")])


def confirmed(scene: Scene, flag: str) -> None:
    """It is about danger, or the law: people are called as if that had been sure from the beginning."""
    scene.rule(f"heard_{flag}")
    scene.trace = replace(scene.trace, decision="handoff", id=flag)
    cases.grant(scene, scene.catalog.wishes[flag])


def _times(scene: Scene, what: str) -> int:
    return scene.talk.said.get(f"times:{what}", 0)


def _count(scene: Scene, what: str) -> None:
    scene.change(said={**scene.talk.said, f"times:{what}": _times(scene, what) + 1})
