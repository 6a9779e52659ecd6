"""Other offers than what was asked for: each stands for a while on the board, as something that the customer is to
answer; they are reminded of it once, and when nobody has answered it is off, as both sides are told.
"""

from datetime import timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.desk.team import Agent
from bot.dialog import cases, escalating, promising, questions, steps, waiting
from bot.dialog.flow import Offer
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Frame


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


def watch(scene: Scene) -> None:
    """Close the cases whose offers were answered, or are not asked about any more."""
    for case in scene.open_cases():
        if case.offered and _asked(scene, case) is None:
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
    scene.alert(case, "staff_offer_over", (case.assignee,))
    _close(scene, case)


def _close(scene: Scene, case: Case) -> None:
    scene.cancel_timer(_key(case))
    cases.close(scene, scene.change_case(case.number, offered=None), outcome="countered", assignee=case.assignee)


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
