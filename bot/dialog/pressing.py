"""What a customer presses and sends: choices and forms, those that still count and those that do not."""

from bot.desk.case import Case
from bot.dialog import (
    browsing,
    casebook,
    cases,
    concerns,
    digressing,
    feedback,
    mycases,
    notifying,
    outlook,
    picking,
    places,
    repairs,
    returning,
    soothing,
    steps,
    superiors,
    telling,
    waiting,
)
from bot.dialog.events import FormSubmitted
from bot.dialog.flow import FormStep
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding


def press(scene: Scene, choice: str) -> None:
    """Take a press by the id of its choice; a typed label is one too."""
    value = choice.rpartition("/")[2]
    case = scene.case(scene.talk.case)
    if mycases.press(scene, choice):
        return
    if case and case.open and case.left_to_people and value == "back_to_bot":
        relay(scene, case)
        cases.ask_to_leave(scene, scene.case(case.number) or case)
    elif case and case.open and case.careful and value != "keep":
        relay(scene, case)
    elif notifying.press(scene, choice) or telling.press(scene, choice):
        pass
    elif value == "person":
        scene.rule("asked_for_person")
        cases.hand_over(scene, "", casebook.reason(scene, "reason_wish"))
    elif value == soothing.SUPERVISOR:
        superiors.call(scene)
    elif value.startswith(soothing.CALL) and value.removeprefix(soothing.CALL) in scene.catalog.wishes:
        soothing.confirmed(scene, value.removeprefix(soothing.CALL))
    elif value == "back_to_bot" and case and case.open:
        cases.back_to_bot(scene, case)
    elif value == "back_to_bot":
        returning.is_here(scene)
    elif value == "keep" and case and case.open:
        casebook.tell(scene, case, casebook.reason(scene, "choice_keep"))
        cases.keep_open(scene, case)
    elif value == outlook.TOPICS and case and case.open:
        scene.rule("topics")
        browsing.show_topics(scene)
    elif value == outlook.CALL_BACK and case and case.open:
        outlook.ask_number(scene, case)
    elif choice not in {each.id for each in scene.talk.choices}:
        repairs.stale(scene)
    elif value == "stay" and case and case.open:
        scene.rule("stays")
        scene.withdraw_offer()
        scene.say_text("stayed", case=case.number)
    elif value == "again" and scene.frame and places.must_move(scene):
        scene.rule("tries_again")
        scene.withdraw_offer()
        steps.run(scene)
    elif value.startswith("topic:") and browsing.show_topic(scene, value.removeprefix("topic:")):
        pass
    elif scene.talk.expecting == "clarify" and value.startswith(("pick:", "none")):
        _press_at_rest(scene, value)
    elif scene.frame and value.startswith("flow:") and value[5:] in scene.catalog.flows:
        digressing.digress(
            scene, Understanding(decision="flow", id=value[5:], topic=scene.catalog.topic(value[5:])), ""
        )
    elif (step := steps.asking(scene)) and steps.press(scene, step, value):
        scene.rule("pressed")
        steps.go_on(scene)
    elif scene.talk.frames:
        repairs.stale(scene)
    else:
        _press_at_rest(scene, value)


def _press_at_rest(scene: Scene, value: str) -> None:
    kind, _, ref = value.partition(":")
    flow = scene.catalog.flows.get(ref)
    scene.change(offer="", choices=(), form=None)
    if kind == "pick":
        picking.pick(scene, ref)
    elif kind == "none":
        picking.none_of_these(scene)
    elif kind == "first" and ref.isdigit() and scene.talk.expecting == "first" and concerns.first(scene, int(ref)):
        pass
    elif kind == "next" and scene.talk.pending:
        scene.rule("next")
        concerns.next_one(scene)
    elif kind == "flow" and flow:
        scene.rule("pressed_flow")
        steps.begin(scene, flow, before=" ".join(line.text for line in scene.talk.recent if line.who == "customer"))
    elif kind in ("right", "amiss") and soothing.restated(scene, "yes" if kind == "right" else "no"):
        pass
    elif kind == "go_on" and scene.talk.expecting == "recurrence":
        soothing.go_on(scene)
    elif kind in ("helped", "unhelpful"):
        scene.change(expecting="feedback")
        feedback.heard(scene, kind)
    elif kind == "simpler" and (entry := scene.catalog.entries.get(scene.talk.topic)):
        scene.rule("simpler")
        feedback.simpler(scene, entry)
    else:
        repairs.stale(scene)


def relay(scene: Scene, case: Case) -> None:
    """Where we are careful, a press or a form is told to staff, and does nothing else."""
    scene.rule("relayed")
    casebook.tell(scene, case, scene.talk.recent[-1].text if scene.talk.recent else "")
    waiting.customer_wrote(scene, case)


def submit(scene: Scene, event: FormSubmitted) -> None:
    """Take a form's texts."""
    text = "\n".join(value for value in event.values.values() if value)
    soothing.feel(scene, text)
    if mycases.submit(scene, event):
        return
    case = scene.case(scene.talk.case)
    if case and case.open and case.careful:
        scene.remember("customer", text)
        relay(scene, case)
        soothing.tell_mood(scene, scene.case(case.number) or case)
        return
    if scene.frame and scene.talk.form and event.form == scene.talk.form.id == f"{scene.talk.offer}/{places.FORM}":
        scene.remember("customer", text)
        _details(scene, event)
        return
    if case and case.open and outlook.is_number(scene, event):
        scene.remember("customer", text)
        outlook.take_number(scene, case, event)
        return
    step = steps.asking(scene)
    if not isinstance(step, FormStep) or event.form != f"{scene.talk.offer}/form":
        repairs.stale(scene)
        return
    scene.rule("form_sent")
    scene.remember("customer", text)
    if soothing.endangered(scene, text):
        return
    if steps.submit(scene, step, event.values):
        steps.run(scene)
    else:
        steps.refuse(scene)


def _details(scene: Scene, event: FormSubmitted) -> None:
    """Give the details that came by a form to the team: what follows cannot be said here either."""
    frame = scene.talk.frames[-1]
    scene.rule("form_instead_of_private_place")
    scene.change_frame(slots={**frame.slots, **{name: value for name, value in event.values.items() if value.strip()}})
    scene.withdraw_offer()
    cases.hand_over(scene, "", casebook.reason(scene, "reason_no_private"))
