"""Other offers than what was asked for: each stands for a while on the board, as something that the customer is to
answer; they are reminded of it once, and when nobody has answered it is off, as both sides are told.
"""

from datetime import timedelta

from bot.desk.case import Case, Deadline
from bot.desk.team import Agent
from bot.dialog import casebook, cases, escalating, promising, questions, slots, stack, steps, taking, thanks, waiting
from bot.dialog.collected import Asking, options
from bot.dialog.flow import Ask, Confirm, Offer, Option
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Frame
from bot.dialog.understand import command, names, understand
from bot.dialog.values import Hint

_REMINDED = "offered"  # what a conversation expects right after an offer was called to mind


def begin(scene: Scene, case: Case, agent: Agent) -> Case:
    """Let an offer stand: the case waits for its customer, and nothing else is due."""
    promising.forget(scene, case)
    waiting.forget(scene, escalating.seen_to(scene, case))
    stands = timedelta(minutes=scene.catalog.limits.offer)
    scene.start_timer("offer", casebook.offer_key(case), scene.now + stands / 2, case=case.number)
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
    offered = options(scene, step)
    picked = taking.picked(offered, text, scene.catalog) or taking.named(offered, text, case, scene.catalog)
    return picked is not None and _take(scene, step, picked)


def hears_beside(scene: Scene, text: str) -> bool:
    """Take what is said to an offer that stands while something else is asked, or while people have the conversation.

    Words that name it count, and right after it was called to mind, a plain answer does. What was asked comes again. So
    do words to an offer that was made in another place of the customer's: where others read along, only those that take
    or leave it, and what comes of that is said where it was made.
    """
    reminded = scene.talk.options if scene.talk.expecting == _REMINDED and _bot_spoke_last(scene) else ()
    if scene.talk.expecting == _REMINDED:
        scene.change(expecting="", options=())
    others = [talk for talk in scene.conversations() if talk.id != scene.talk.id]
    for talk in (scene.talk, *others):
        for at, case in reversed(_standing(scene, talk)):
            if _answered(scene, talk, at, case, text, reminded=str(case.number) in reminded):
                return True
    return _taken_after_all(scene, text)


def _taken_after_all(scene: Scene, text: str) -> bool:
    """Ask the team again for an offer that is off, and is taken by its name in the middle of something else."""
    case, now, people = _lately_off(scene), steps.asking(scene), scene.case(scene.talk.case)
    if case is None or now is None or (people and people.open) or _fits(scene, now, text):
        return False
    return taking.takes(text, case, scene.catalog) and lapsed(scene, text, unclear=False)


def _answered(scene: Scene, talk: Conversation, at: int, case: Case, text: str, *, reminded: bool) -> bool:
    """Bring up the offer that a frame asks about, if the words answer it; or pass on what they ask of it."""
    frame, now, here = talk.frames[at], steps.asking(scene), talk.id == scene.talk.id
    step = steps.current_step(scene, frame)
    if not isinstance(step, Offer):
        return False
    offered = options(scene, step, **frame.slots)
    picked = taking.picked(offered, text, scene.catalog) if reminded else None
    elsewhere = now is not None and now is not step and _fits(scene, now, text)
    if not picked and (not elsewhere or taking.leaves(text, case, scene.catalog)):
        picked = taking.named(offered, text, case, scene.catalog)
    if picked:
        _bring_up(scene, talk, at, case)
        return _take(scene, step, picked)
    if not here and scene.talk.scope != "private":
        return False
    unclear = understand(text, scene.catalog).decision in ("unknown", "clarify", "smalltalk")
    unclear = unclear or names((*scene.catalog.commands["undecided"],), text)
    people = scene.case(scene.talk.case)
    beside = now is not step or bool(people and people.open)
    if not beside or not unclear or not taking.about(text, case, scene.catalog) or (here and not now):
        return False
    if here and now:
        _pass_on(scene, case, now, text)
    else:
        scene.rule("offer_asked")
        casebook.tell(scene, case, text)
        call_to_mind(scene, case)
    return True


def _bring_up(scene: Scene, talk: Conversation, at: int, case: Case) -> None:
    """Ask about an offer now, wherever and under whatever else that was done: here, unless others read along here."""
    if talk.id != scene.talk.id and scene.talk.scope != "private":
        linked = talk.account != scene.talk.account
        platform = casebook.platform(scene, case.place) if linked else ""
        scene.say_text("offer_answered", public=case.public, platform=platform)
        scene.go_over(talk.id)
    if talk.id == scene.talk.id:
        scene.raise_frame(at)
        return
    asking = stack.parts(talk.frames, at)
    scene.let_go(case.number, asking[-1:])
    scene.change(frames=(*scene.talk.frames, *asking))


def _take(scene: Scene, step: Offer, picked: Option) -> bool:
    if not steps.press(scene, step, picked.value):
        return False
    scene.rule("answered_step")
    steps.go_on(scene)
    return True


def _fits(scene: Scene, step: Asking, text: str) -> bool:
    """Tell whether words answer what is asked now by themselves."""
    if isinstance(step, Offer | Confirm) or (isinstance(step, Ask) and step.type == "yes_no"):
        plain = slots.yes_no(text, scene.catalog) is not None
    else:
        plain = False
    return plain or slots.choose(options(scene, step), text, scene.catalog) is not None


def _standing(scene: Scene, talk: Conversation) -> list[tuple[int, Case]]:
    """Return where in a conversation's stack customers are asked about offers that stand, and their cases."""
    offered = ((at, casebook.offer_in(scene, frame)) for at, frame in enumerate(talk.frames))
    return [(at, case) for at, case in offered if case]


def _bot_spoke_last(scene: Scene) -> bool:
    return scene.talk.spoke is not None and scene.talk.spoke.who == "bot"


def asked(scene: Scene, text: str) -> bool:
    """Pass on what a customer asks or says of an offer that stands, and let them take their time."""
    step, case = steps.asking(scene), _here(scene)
    if case is None or not isinstance(step, Offer):
        return False
    _pass_on(scene, case, step, text)
    return True


def _pass_on(scene: Scene, case: Case, step: Asking, text: str) -> None:
    """Pass on what was said of an offer, and ask again what is asked."""
    scene.rule("offer_asked")
    casebook.tell(scene, case, text)
    until = scene.time(case.offered or scene.now)
    scene.alert(case, "staff_offer_asked", (case.assignee,), agent=casebook.owner(scene, case), until=until)
    told = {"case": case.number, "owner": casebook.called(scene, case), "until": until}
    questions.ask_again(scene, step, Hint(key="offer_noted", values=told))


def lapsed(scene: Scene, text: str, *, unclear: bool) -> bool:
    """Ask the team again for an offer that is off, when its customer wants it after all: named, or right after."""
    case = _lately_off(scene)
    if case is None or _wants_nothing(scene, text):
        return False
    words = scene.catalog.commands
    wanted = names((*words["offered"], *words["the_offer"]), text) or taking.takes(text, case, scene.catalog)
    if not wanted and not (unclear and scene.talk.expecting == "lapsed"):
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
                scene.alert(case, "staff_offer_left", (case.assignee,), told=not scene.muted)
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
        _remind(scene, case, *found)
        scene.start_timer("offer", deadline.key, case.offered, case=case.number)
        return
    scene.rule("offer_over")
    case = casebook.drop_offer(scene, case)
    scene.say_text("offer_over", case=case.number)
    if not scene.talk.case and not scene.frame:
        scene.change(expecting="lapsed")
    scene.alert(case, "staff_offer_over", (case.assignee,), told=not scene.muted)
    _close(scene, case)


def _remind(scene: Scene, case: Case, talk: Conversation, frame: Frame) -> None:
    """Call an offer to mind where it was made; what it is, where its question cannot be asked again at once."""
    if talk.id != scene.talk.id:
        scene.go_over(talk.id)
    step = steps.asking(scene)
    asks = scene.frame == frame and isinstance(step, Offer)
    call_to_mind(scene, case, step if asks else None)


def call_to_mind(scene: Scene, case: Case, step: Asking | None = None) -> None:
    """Say that an offer stands, and ask its question again; or say what it is, where that is asked elsewhere."""
    wanted = case.wanted if step is None else None
    what, amount = (wanted.what, wanted.amount) if wanted else ("", "")
    until = scene.time(case.offered or scene.now)
    scene.say_text("offer_reminder", case=case.number, until=until, what=what, amount=amount)
    if step:
        questions.ask_again(scene, step)
    scene.change(asked="", expecting=_REMINDED, options=(str(case.number),))  # a yes is to this, and closes nothing


def _close(scene: Scene, case: Case) -> None:
    cases.close(scene, case, outcome="countered", assignee=case.assignee)


def _here(scene: Scene) -> Case | None:
    """Return the case whose offer the conversation's flow asks about."""
    return casebook.offer_in(scene, scene.frame) if scene.frame else None


def _wants_nothing(scene: Scene, text: str) -> bool:
    return command(text, scene.catalog) == "no" or thanks.heard(text, scene.catalog) == "thanks"


def _lately_off(scene: Scene) -> Case | None:
    """Return the case of the last offer that was not answered in time, left or closed, not long ago.

    It was made here, or this is private: then it may be another place of the customer's.
    """
    window = timedelta(minutes=scene.catalog.limits.reopen)
    over = [
        each for each in scene.closed_cases()
        if each.decision == "countered" and not each.internal
        and (each.place == scene.talk.place or scene.talk.scope == "private")
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
