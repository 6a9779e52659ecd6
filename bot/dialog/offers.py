"""Other offers than what was asked for: each stands for a while on the board, as something that the customer is to
answer; they are reminded of it once, and when nobody has answered it is off, as both sides are told.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.desk.team import Agent
from bot.dialog import casebook, cases, escalating, promising, questions, slots, steps, thanks, waiting
from bot.dialog.collected import options
from bot.dialog.flow import Offer, Option
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Frame
from bot.dialog.understand import clauses, command, names
from bot.dialog.values import Hint
from bot.knowledge import normalise


def begin(scene: Scene, case: Case, agent: Agent) -> Case:
    """Let an offer stand: the case waits for its customer, and nothing else is due."""
    promising.forget(scene, case)
    waiting.forget(scene, escalating.seen_to(scene, case))
    stands = timedelta(minutes=scene.catalog.limits.offer)
    scene.start_timer("offer", _key(case), scene.now + stands / 2, case=case.number)
    free = {"promise": None, "waits": None, "snoozed": None, "live": False, "watches": ()}
    return scene.change_case(
        case.number, status="owned", assignee=agent.id, decision="countered", offered=scene.now + stands, **free
    )


def hears(scene: Scene, text: str) -> bool:
    """Take what is said to an offer that stands, if it is a plain answer or says that there is none yet."""
    step, case = steps.asking(scene), _here(scene)
    if case is None or not isinstance(step, Offer):
        return False
    if names((*scene.catalog.commands["undecided"],), text):
        return asked(scene, text)
    picked = _picked(scene, options(scene, step), text)
    if picked is None or not steps.press(scene, step, picked.value):
        return False
    scene.rule("answered_step")
    steps.go_on(scene)
    return True


def asked(scene: Scene, text: str) -> bool:
    """Pass on what a customer asks or says of an offer that stands, and let them take their time."""
    step, case = steps.asking(scene), _here(scene)
    if case is None or case.offered is None or not isinstance(step, Offer):
        return False
    scene.rule("offer_asked")
    casebook.tell(scene, case, text)
    until = scene.time(case.offered)
    scene.alert(case, "staff_offer_asked", (case.assignee,), agent=casebook.owner(scene, case), until=until)
    told = {"case": case.number, "owner": casebook.called(scene, case), "until": until}
    questions.ask_again(scene, step, Hint(key="offer_noted", values=told))
    return True


def lapsed(scene: Scene, text: str, *, unclear: bool) -> bool:
    """Ask the team again for an offer that is off, when its customer wants it after all: named, or right after."""
    case = _lately_off(scene)
    if case is None or _wants_nothing(scene, text):
        return False
    if not names((*scene.catalog.commands["offered"],), text) and not (unclear and scene.talk.expecting == "lapsed"):
        return False
    scene.rule("offer_wanted_after_all")
    what = case.wanted.what if case.wanted else ""
    why = casebook.reason(scene, "reason_offer", case=case.number, what=what)
    again = cases.hand_over(scene, case.queue, why)
    casebook.tell(scene, again, text)
    return True


def watch(scene: Scene) -> None:
    """Close the cases whose offers were answered, or are not asked about any more."""
    for case in scene.open_cases():
        if case.offered and _asked(scene, case) is None:
            if not scene.trace.ways:  # their question was left
                scene.say_text("offer_left", case=case.number)
                scene.alert(case, "staff_offer_left", (case.assignee,))
            _close(scene, case)


def due(scene: Scene, deadline: Deadline) -> None:
    """Remind the customer of an offer, or take it back."""
    case = scene.case(deadline.case)
    found = _asked(scene, case) if case and case.offered else None
    if case is None or case.offered is None or found is None:
        scene.rule("offer_answered")
        return
    if scene.now < case.offered:
        scene.rule("offer_reminder")
        scene.say_text("offer_reminder", case=case.number, until=scene.time(case.offered))
        step = steps.asking(scene)
        if scene.frame and scene.frame == found[1] and isinstance(step, Offer):
            questions.ask_again(scene, step)
        scene.start_timer("offer", deadline.key, case.offered, case=case.number)
        return
    scene.rule("offer_over")
    _drop(scene, case, found[1])
    scene.say_text("offer_over", case=case.number)
    if not scene.talk.case and not scene.frame:
        scene.change(expecting="lapsed")
    scene.alert(case, "staff_offer_over", (case.assignee,))
    _close(scene, case)


def _close(scene: Scene, case: Case) -> None:
    scene.cancel_timer(_key(case))
    cases.close(scene, scene.change_case(case.number, offered=None), outcome="countered", assignee=case.assignee)


def _here(scene: Scene) -> Case | None:
    """Return the case whose offer the conversation's flow asks about."""
    return casebook.offer_in(scene, scene.frame) if scene.frame else None


def _picked(scene: Scene, offered: Sequence[Option], text: str) -> Option | None:
    """Return the answer that the words are, or that a part of them is: "that's great, yes!"."""
    whole = slots.choose(offered, text, scene.catalog)
    if whole or "?" in text or slots.yes_but(text, scene.catalog):
        return whole
    parts = [slots.choose(offered, each, scene.catalog) for each in clauses(text) if normalise(each)]
    values = {each.value: each for each in parts if each}
    unread = [each for each in clauses(text) if scene.catalog.commands["negation"] & {*normalise(each).split()}]
    return next(iter(values.values())) if len(values) == 1 and not unread else None


def _wants_nothing(scene: Scene, text: str) -> bool:
    return command(text, scene.catalog) == "no" or thanks.heard(text, scene.catalog) == "thanks"


def _lately_off(scene: Scene) -> Case | None:
    """Return the case of the last offer made here that was not answered in time, or left, not long ago."""
    window = timedelta(minutes=scene.catalog.limits.reopen)
    over = [
        each for each in scene.closed_cases()
        if each.outcome == "countered" and each.place == scene.talk.place and not each.internal
        and each.resolved_at and scene.now - each.resolved_at <= window
        and not any(grant.case == each.number for grant in scene.standing.grants)
    ]  # fmt: skip
    return over[-1] if over else None


def _asked(scene: Scene, case: Case) -> tuple[Conversation, Frame] | None:
    """Return where the customer is asked about an offer."""
    here = [talk for talk in scene.conversations() if talk.id != scene.talk.id]
    for talk in (scene.talk, *here):
        for frame in talk.frames:
            decision = frame.slots.get("decision")
            about = decision.get("case") if isinstance(decision, dict) else 0
            if about == case.number and not frame.waiting and isinstance(steps.current_step(scene, frame), Offer):
                return talk, frame
    return None


def _drop(scene: Scene, case: Case, frame: Frame) -> None:
    """Leave the flow that asks about an offer, with those that it is a part of."""
    over = f"case:{case.number}"
    scene.change(frames=tuple(replace(each, waiting=over) if each == frame else each for each in scene.talk.frames))
    scene.let_go(case.number)
    scene.withdraw_offer()


def _key(case: Case) -> str:
    return f"offer:{case.number}"
