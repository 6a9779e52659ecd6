"""Turning to something else in the middle of a flow: it is dealt with, and the flow picked up where it was.

Lives here too: words while a flow waits for somebody else. Whether they are a digression is told in `talking`.
"""

from typing import Any

from bot.desk.case import Case
from bot.dialog import (
    casebook,
    cases,
    correcting,
    offers,
    outlook,
    overview,
    questions,
    replying,
    slots,
    soothing,
    stack,
    steps,
    timing,
)
from bot.dialog.flow import Confirm, Flow, FormStep, Offer, Say, SetStep, SubFlow
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding, clauses, names, points, understand
from bot.dialog.values import Hint
from bot.knowledge import normalise

_TELLING = 3  # words of a clause that tells something


def digress(scene: Scene, meant: Understanding, text: str) -> None:
    """Deal with what the customer turned to: people, another flow on top, or an answer in passing."""
    scene.trace = meant.trace("digression")
    flow = scene.catalog.flows.get(meant.id) if meant.decision == "flow" else None
    if meant.decision == "handoff":
        cases.grant(scene, scene.catalog.wishes[meant.id])
    elif flow and any(frame.flow == flow.id for frame in scene.talk.frames):
        if steps.asking(scene):
            asks = slots.queries(text, scene.catalog)
            steps.refuse(scene, Hint(key="answer_question") if asks else None)  # they are in it already
        else:
            while_waiting(scene, text)
    elif flow and (told := flow.amid.get(whole(scene))):
        steps.begin(scene, scene.catalog.flows[told], text)
    elif flow and _taken(scene, flow, text):
        scene.rule("option_taken")
    elif flow:
        scene.say_text("digression", flow=flow.title)
        steps.begin(scene, flow, text)
    else:
        entry = scene.catalog.entries[meant.id]
        on = scene.catalog.flows.get(entry.flow)
        offered = on and all(frame.flow != on.id for frame in scene.talk.frames)
        replying.say_entry(scene, entry, [scene.choice(f"flow:{on.id}", on.title)] if on and offered else [])
        if not entry.leaves:  # who has said goodbye is asked nothing any more; an answer still counts
            steps.resume(scene)
            _ask_on(scene)


def _ask_on(scene: Scene) -> None:
    """Ask the flow's question; what was read back, in its shorter words: the whole of it stands not far above."""
    step = steps.asking(scene)
    if isinstance(step, Confirm) and scene.talk.frames[-1].posed == step.id:
        questions.ask_again(scene, step)
    else:
        steps.run(scene)


def tells_of_day(scene: Scene, text: str) -> bool:
    """Take words that only say by when ("by tomorrow") for what a flow tells of a day amid the one at hand."""
    if not (slots.names_day(text, scene.catalog) and timing.only_says_when(text, scene.catalog)):
        return False
    amid = (scene.catalog.flows[each].amid.get(whole(scene)) for each in scene.catalog.day_flows)
    told = next(filter(None, amid), "")
    if told:
        scene.rule("tells_of_day")
        steps.begin(scene, scene.catalog.flows[told], text)
    return bool(told)


def understood(scene: Scene, text: str) -> Understanding:
    """Decide what the words are about; in the light of the flow where it is sure, or where they point to something."""
    last = scene.talk.frames[-1].flow
    last = last if last in scene.catalog.follow_ups else whole(scene)
    meant = understand(text, scene.catalog, last=last)
    said = correcting.without_lead(scene, text)
    if said != text and meant.decision in ("unknown", "clarify") and not meant.declined:
        meant = understand(said, scene.catalog, last=last)
    if not points(text, scene.catalog) and meant.decision in ("unknown", "clarify"):
        meant = understand(text, scene.catalog)
    return soothing.cheerless(scene, meant, text)


def whole(scene: Scene) -> str:
    """Return the flow that the one on top is a part of; itself where it is none's."""
    frames = scene.talk.frames
    return frames[stack.start(frames, len(frames) - 1)].flow


def press(scene: Scene, name: str, about: str) -> None:
    """Begin the flow of a button below news or a notice; while people have the conversation, it is left to them."""
    flow, case = scene.catalog.flows.get(name), scene.case(scene.talk.case)
    if flow is None:
        return
    if case and case.open and not flow.while_waiting:
        pressed = scene.talk.recent[-1].text
        casebook.tell(scene, case, ", ".join(each for each in (pressed, about) if each))
        outlook.leaves_to_people(scene, case, flow.id)
    elif scene.frame:
        digress(scene, Understanding(decision="flow", id=flow.id, topic=scene.catalog.topic(flow.id)), about)
    else:
        scene.withdraw_offer()
        steps.begin(scene, flow, about)


def _taken(scene: Scene, flow: Flow, text: str) -> bool:
    """Take the option that leads to the flow, of an open offer or of what a no to a reading back leads to.

    What was said besides the wish is told there already.
    """
    asked, now = steps.asking(scene), scene.flow_of(scene.talk.frames[-1])
    offer = steps.on_no(scene, asked) if isinstance(asked, Confirm) else asked
    if not isinstance(offer, Offer) or now is None:
        return False
    value = next((each.value for each in offer.options if _leads(now, each.then, flow)), "")
    if not value or (isinstance(asked, Confirm) and not steps.press(scene, asked, "no")):
        return False
    if not steps.press(scene, offer, value):
        return False
    steps.run(scene)
    form = steps.asking(scene)
    told = [clause for clause in clauses(text) if len(normalise(clause).split()) >= _TELLING]
    if isinstance(form, FormStep) and len(told) > 1 and steps.answer(scene, form, text):
        scene.effects.pop()  # what the form asks need not be asked
        steps.go_on(scene)
    return True


def _leads(flow: Flow, step: str, to: Flow) -> bool:
    """Tell whether a step is where the other flow begins, but for steps that say or set something."""
    for _ in flow.steps:
        match flow.steps.get(step):
            case Say() | SetStep() as each:
                step = each.then
            case SubFlow() as each:
                return each.flow == to.id
            case _:
                return False
    return False


def asks_of_decision(scene: Scene, text: str, *, impatient: bool = False) -> bool:
    """Say how it stands to who asks for the decision that they wait for, also in the middle of something else."""
    if not (impatient or names((*scene.catalog.commands["deciding"],), text)):
        return False
    waited = (casebook.decided_in(scene, each) for each in scene.talk.frames)
    case = next((each for each in waited if each and each.kind == "approval"), None)
    if case is None:
        return False
    scene.rule("asked_for_decision")
    casebook.tell(scene, case, text)
    scene.say_text("review_stands", case=case.number, promise=casebook.promised(scene, case))
    if steps.asking(scene) and not scene.talk.case:
        steps.resume(scene)
        steps.run(scene)
    return True


def asks_of_decision_elsewhere(scene: Scene, meant: Understanding, text: str) -> bool:
    """Say how it stands, and where, to who asks in private for a decision that they wait for in another place, or had.

    What is surely about something else asks for none: "my payment was declined".
    """
    unsure = meant.decision in ("unknown", "clarify", "smalltalk")
    if not unsure or scene.talk.scope != "private" or not names((*scene.catalog.commands["deciding"],), text):
        return False
    case = _decided_elsewhere(scene)
    if case is None:
        return False
    scene.rule("asked_for_decision")
    if case.offered:
        offers.call_to_mind(scene, case)
        return True
    if case.open:
        casebook.tell(scene, case, text)
    own = {talk.id for talk in scene.conversations() if talk.account == scene.talk.account}
    platform = "" if case.conversation in own else casebook.platform(scene, case.place)
    decided = scene.time(case.resolved_at) if case.resolved_at else ""
    told: dict[str, Any] = {"decided": decided, "platform": platform, "public": case.public}
    scene.say_text("review_elsewhere", case=case.number, promise=casebook.promised(scene, case), **told)
    return True


def _decided_elsewhere(scene: Scene) -> Case | None:
    """Return the latest case of another place that somebody decides, or did not long ago; an open one before others."""
    for case in (*reversed(scene.open_cases()), *reversed(scene.closed_cases())):
        known = case.open or overview.lately(case, scene.catalog, scene.now)
        if known and case.kind == "approval" and not case.internal and case.conversation != scene.talk.id:
            return case
    return None


def while_waiting(scene: Scene, text: str) -> None:
    """The flow waits for a connector or a decision: pass words on to whoever decides, else ask for patience."""
    case = casebook.decided_in(scene, scene.frame) if scene.frame else None
    scene.change(expecting="")
    if case:
        scene.rule("relayed_to_review")
        casebook.tell(scene, case, text)
        scene.say_text("under_review", case=case.number, promise=scene.time(case.promise) if case.promise else "")
    else:
        scene.rule("one_moment")
        scene.say_text("one_moment")
