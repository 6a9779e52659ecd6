"""The engine: `advance(dossier, event, catalog) -> Turn`, pure and total.

The rules in order, for what a customer does: a case that people have → relay; a whole-utterance command (cancel, go
back, start over); an answer to the question that was asked; otherwise what it is about: an answer, a flow, a person,
a question back, or "I don't know" and, after a few of those, people. A question in the middle of a flow is answered
and the flow picked up where it was.
"""

from datetime import timedelta
from typing import assert_never

from msgspec.structs import replace

from bot.desk.case import Deadline
from bot.dialog import cases, repairs, slots, steps
from bot.dialog.catalog import Catalog, Entry
from bot.dialog.effects import Choice
from bot.dialog.events import (
    AgentReplied,
    CallReturned,
    CaseClaimed,
    CaseDecided,
    CaseReleased,
    CaseResolved,
    ChoicePressed,
    DeadlineReached,
    DeliveryFailed,
    Event,
    FormSubmitted,
    MessageReceived,
    NoteAdded,
)  # fmt: skip
from bot.dialog.flow import Approve, Ask, CallStep, FormStep, Option
from bot.dialog.markup import escape
from bot.dialog.scene import Scene
from bot.dialog.state import Dossier, Turn
from bot.dialog.template import RenderError, expression_names
from bot.dialog.understand import Decision, Understanding, command, understand
from bot.knowledge import normalise

_BUSY = timedelta(hours=1)


def advance(dossier: Dossier, event: Event, catalog: Catalog) -> Turn:
    """Return what comes of an event. Raises ValueError for a naive time; everything else has an answer."""
    scene = Scene(dossier, event, catalog)
    try:
        _happen(scene, event)
    except (RenderError, steps.Stuck) as error:
        return broken(dossier, event, catalog, error)
    return scene.close()


def broken(dossier: Dossier, event: Event, catalog: Catalog, error: Exception) -> Turn:
    """Return the turn of an event that the content or a defect made impossible: apologise and call people."""
    scene = Scene(dossier, event, catalog)
    scene.rule("broken")
    scene.note(f"{type(error).__name__}: {error}")
    if isinstance(event, MessageReceived | ChoicePressed | FormSubmitted):
        _enter(scene, event)
    else:
        talk = next((talk for talk in dossier.conversations if talk.frames), None)
        if talk is None:
            return scene.close()
        scene.enter(talk.place, talk.id)
    cases.hand_over(scene, "", cases.reason(scene, "reason_broken", error=str(error)), opening="trouble")
    return scene.close()


def _happen(scene: Scene, event: Event) -> None:
    match event:
        case MessageReceived():
            _enter(scene, event)
            _message(scene, event.text)
        case ChoicePressed():
            _enter(scene, event)
            scene.remember("customer", event.label or event.choice.rpartition("/")[2])
            _press(scene, event.choice)
        case FormSubmitted():
            _enter(scene, event)
            _submit(scene, event)
        case CaseClaimed() | CaseReleased() | AgentReplied() | NoteAdded() | CaseResolved():
            cases.staff(scene, event)
        case CaseDecided():
            _decided(scene, event)
        case CallReturned():
            _returned(scene, event)
        case DeadlineReached():
            _due(scene, event.deadline)
        case DeliveryFailed():
            _undelivered(scene, event)
        case _:
            assert_never(event)


# --- the customer -----------------------------------------------------------------------------------------------------


def _enter(scene: Scene, event: MessageReceived | ChoicePressed | FormSubmitted) -> None:
    scene.name = event.name or scene.name
    scene.enter(event.place, begin_anew=True)
    scene.change(active_at=scene.now)
    if isinstance(event, MessageReceived):
        scene.remember("customer", event.text)
    if scene.greet():
        scene.say_text("first_contact")


def _message(scene: Scene, text: str) -> None:
    case = scene.case(scene.talk.case)
    if choice := _label(scene, text):
        _press(scene, choice)
    elif case and case.open:
        _with_people(scene, text)
    elif not normalise(text) and not _wants_any_text(asked := steps.asking(scene)):
        scene.rule("no_words")
        if asked:
            steps.refuse(scene)
        else:
            scene.say_text("no_words", [_person(scene)])
    elif name := repairs.wanted(scene, text):
        repairs.repair(scene, name)
    elif scene.frame:
        _in_flow(scene, text)
    else:
        _at_rest(scene, text)


def _wants_any_text(step: steps.Asking | None) -> bool:
    return isinstance(step, Ask) and step.type == "text"


def _label(scene: Scene, text: str) -> str:
    """Return the choice whose label the customer typed out, or nothing."""
    said = normalise(text)
    return next((choice.id for choice in scene.talk.choices if normalise(choice.label) == said), "")


def _with_people(scene: Scene, text: str) -> None:
    """A person has the conversation, or will: pass it on, and answer only what is surely known while they wait."""
    case = scene.case(scene.talk.case)
    assert case is not None
    word = command(text, scene.catalog)
    if word in ("cancel", "back", "restart"):
        cases.ask_to_leave(scene, case)
        return
    if word in ("yes", "no") and any(choice.id.endswith("/stay") for choice in scene.talk.choices):
        _press(scene, f"{scene.talk.offer}/{'back_to_bot' if word == 'yes' else 'stay'}")
        return
    if case.status == "waiting":
        meant = understand(text, scene.catalog)
        if meant.decision == "handoff":
            scene.trace = meant.trace("already_handed_over")
            cases.hand_over(scene, "", "")
            return
        if meant.decision == "answer":
            scene.trace = meant.trace("answered_while_waiting")
            _say_entry(scene, scene.catalog.entries[meant.id])
    cases.relay(scene, case, text)


def _at_rest(scene: Scene, text: str) -> None:
    """No flow is in progress."""
    talk = scene.talk
    if talk.expecting == "clarify" and _picks(scene, text):
        return
    if talk.expecting in ("feedback", "more"):
        word = command(text, scene.catalog)
        if word in ("yes", "no", "helped", "unhelpful"):
            _feedback(scene, word)
            return
    _act(scene, understand(text, scene.catalog, rejected=talk.rejected), text)


def _picks(scene: Scene, text: str) -> bool:
    """Take what was typed as one of the options that were shown, or as "none of these"."""
    titles = [Option(value=ref, label=scene.catalog.title(ref)) for ref in scene.talk.options]
    picked = slots.choose(titles, text)
    if picked:
        _pick(scene, picked.value)
    elif command(text, scene.catalog) == "no":
        _none_of_these(scene)
    else:
        return False
    return True


def _act(scene: Scene, meant: Understanding, text: str) -> None:
    """Do what an utterance is about."""
    catalog = scene.catalog
    scene.trace = meant.trace(meant.decision)
    match meant.decision:
        case "answer" | "smalltalk":
            _answer(scene, catalog.entries[meant.id])
        case "flow":
            scene.change(misses=0)
            steps.begin(scene, catalog.flows[meant.id], text)
        case "handoff":
            wish = catalog.wishes[meant.id]
            cases.hand_over(scene, wish.queue, wish.reason)
        case "clarify":
            _ask_back(scene, meant.options)
        case "unknown":
            _miss(scene)
        case _:
            assert_never(meant.decision)


def _answer(scene: Scene, entry: Entry) -> None:
    """Answer, and ask whether that helped."""
    scene.change(misses=0, expecting="", options=())
    if entry.kind == "smalltalk":
        if scene.effects and entry.id == "hello":  # greeted this very turn
            scene.say_text("go_ahead")
        else:
            scene.say_wording("entry", entry.id, entry.answer)
        return
    choices = [
        scene.choice_text("helped", "choice_helped"),
        scene.choice_text("unhelpful", "choice_unhelpful"),
    ]
    flow = scene.catalog.flows.get(entry.flow)
    if flow:
        choices.insert(0, scene.choice(f"flow:{flow.id}", flow.title))
    scene.change(topic=entry.id, expecting="feedback")
    _say_entry(scene, entry, [*choices, _person(scene)])


def _say_entry(scene: Scene, entry: Entry, choices: list[Choice] | None = None) -> None:
    scene.say_wording("entry", entry.id, entry.answer, choices=choices or [])


def _ask_back(scene: Scene, options: tuple[str, ...]) -> None:
    scene.change(expecting="clarify", options=options)
    titles = [scene.choice(f"pick:{ref}", scene.catalog.title(ref)) for ref in options]
    scene.say_text("clarify", [*titles, scene.choice_text("none", "choice_none"), _person(scene)])


def _miss(scene: Scene) -> None:
    """Not understood: say so, and call people when it has happened too often."""
    misses = scene.talk.misses + 1
    scene.change(misses=misses, expecting="", options=())
    if misses >= scene.catalog.limits.misses:
        cases.hand_over(scene, "", cases.reason(scene, "reason_misses"), opening="dont_know")
    else:
        scene.say_text("unknown", [_person(scene)])


def _none_of_these(scene: Scene) -> None:
    scene.rule("none_of_these")
    scene.change(rejected=(*scene.talk.rejected, *scene.talk.options), expecting="", options=())
    if scene.frame:
        steps.resume(scene)
        steps.run(scene)
    else:
        _miss(scene)


def _pick(scene: Scene, ref: str) -> None:
    scene.rule("picked")
    scene.trace = replace(scene.trace, id=ref, topic=scene.catalog.topic(ref))
    catalog = scene.catalog
    scene.change(expecting="", options=())
    if scene.frame:
        kind: Decision = "answer" if ref in catalog.entries else "flow" if ref in catalog.flows else "handoff"
        _digress(scene, Understanding(decision=kind, id=ref, topic=catalog.topic(ref)), "")
    elif ref in catalog.entries:
        _answer(scene, catalog.entries[ref])
    elif ref in catalog.flows:
        words = [line.text for line in scene.talk.recent if line.who == "customer"]
        steps.begin(scene, catalog.flows[ref], " ".join(words[-2:]))
    elif ref in catalog.wishes:
        cases.hand_over(scene, catalog.wishes[ref].queue, catalog.wishes[ref].reason)
    else:
        repairs.stale(scene)


def _feedback(scene: Scene, word: str) -> None:
    """Take "yes", "no", "helped" or "unhelpful" on an answer, or on "anything else?"."""
    expecting = scene.talk.expecting
    scene.withdraw_offer()
    if word == "unhelpful" or (expecting == "feedback" and word == "no"):
        scene.rule("not_helped")
        why = cases.reason(scene, "reason_not_helped", entry=scene.catalog.title(scene.talk.topic))
        cases.hand_over(scene, "", why, opening="not_helped")
    elif expecting == "more" and word == "yes":
        scene.rule("more")
        scene.say_text("go_ahead")
    elif expecting == "feedback":
        scene.rule("helped")
        scene.change(expecting="more")
        scene.say_text("helped")
    else:
        scene.rule("closing")
        scene.say_text("closing")


def _in_flow(scene: Scene, text: str) -> None:
    """A flow is in progress: an answer to its question, a digression, or a failed answer."""
    if scene.talk.expecting == "clarify" and _picks(scene, text):
        return
    step = steps.asking(scene)
    word = command(text, scene.catalog)
    if step is None and scene.talk.expecting == "more" and word in ("yes", "no", "helped"):
        _feedback(scene, word)
        return
    # words of one's own, or a question that happens to have a number in it: "where is order 67890?"
    free_text = (
        isinstance(step, FormStep)
        or _wants_any_text(step)
        or (isinstance(step, Ask) and step.type in ("order", "email", "number") and "?" in text)
    )
    if step and not free_text and steps.answer(scene, step, text):
        scene.rule("answered_step")
        steps.run(scene)
        return
    meant = understand(text, scene.catalog)
    if _digresses(scene, meant, text, free_text=free_text):
        _digress(scene, meant, text)
    elif step and free_text and steps.answer(scene, step, text):
        scene.rule("answered_step")
        steps.run(scene)
    elif step and meant.decision == "clarify" and (others := _others(scene, meant)) and steps.tolerates(scene):
        scene.trace = meant.trace("clarify_in_flow")
        _ask_back(scene, others)
    elif step:
        scene.rule("failed_answer")
        scene.change(expecting="", options=())
        steps.refuse(scene)
    else:
        _while_waiting(scene, text)


def _digresses(scene: Scene, meant: Understanding, text: str, *, free_text: bool) -> bool:
    """Tell whether the customer turned to something else; words given as a free text must look like a question."""
    if meant.decision in ("unknown", "clarify"):
        return False
    if not free_text or text.rstrip().endswith("?"):
        return True
    return meant.decision == "handoff" and meant.confidence >= scene.catalog.index.thresholds.answer


def _others(scene: Scene, meant: Understanding) -> tuple[str, ...]:
    """Return what the customer may have turned to; not the flows that they are in."""
    flows = {frame.flow for frame in scene.talk.frames}
    return tuple(ref for ref in meant.options if ref not in flows)


def _digress(scene: Scene, meant: Understanding, text: str) -> None:
    scene.trace = meant.trace("digression")
    flow = scene.catalog.flows.get(meant.id) if meant.decision == "flow" else None
    if meant.decision == "handoff":
        wish = scene.catalog.wishes[meant.id]
        cases.hand_over(scene, wish.queue, wish.reason)
    elif flow and any(frame.flow == flow.id for frame in scene.talk.frames):
        if steps.asking(scene):
            steps.refuse(scene)  # they are in it already
        else:
            _while_waiting(scene, text)
    elif flow:
        scene.say_text("digression", flow=flow.title)
        steps.begin(scene, flow, text)
    else:
        entry = scene.catalog.entries[meant.id]
        on = scene.catalog.flows.get(entry.flow)
        offered = on and all(frame.flow != on.id for frame in scene.talk.frames)
        _say_entry(scene, entry, [scene.choice(f"flow:{on.id}", on.title)] if on and offered else [])
        steps.resume(scene)
        steps.run(scene)


def _while_waiting(scene: Scene, text: str) -> None:
    """The flow waits for a connector or a decision: pass words on to whoever decides, else ask for patience."""
    frame = scene.frame
    case = scene.case(int(frame.waiting[5:])) if frame and frame.waiting.startswith("case:") else None
    scene.change(expecting="")
    if case and case.open:
        scene.rule("relayed_to_review")
        scene.tell_staff(case, "customer", escape(text), author=scene.name)
        scene.say_text("under_review", case=case.number, promise=scene.time(case.promise) if case.promise else "")
    else:
        scene.rule("one_moment")
        scene.say_text("one_moment")


def _person(scene: Scene) -> Choice:
    return scene.choice_text("person", "choice_person")


def _press(scene: Scene, choice: str) -> None:
    value = choice.rpartition("/")[2]
    case = scene.case(scene.talk.case)
    if value == "person":
        scene.rule("asked_for_person")
        cases.hand_over(scene, "", cases.reason(scene, "reason_wish"))
    elif value == "back_to_bot" and case and case.open:
        cases.withdraw(scene, case)
        scene.say_text("back_with_bot", case=case.number)
    elif choice not in {each.id for each in scene.talk.choices}:
        repairs.stale(scene)
    elif value == "stay" and case and case.open:
        scene.rule("stays")
        scene.withdraw_offer()
        scene.say_text("stayed", case=case.number)
    elif scene.talk.expecting == "clarify" and value.startswith(("pick:", "none")):
        _press_at_rest(scene, value)
    elif scene.frame and value.startswith("flow:") and value[5:] in scene.catalog.flows:
        _digress(scene, Understanding(decision="flow", id=value[5:], topic=scene.catalog.topic(value[5:])), "")
    elif (step := steps.asking(scene)) and steps.press(scene, step, value):
        scene.rule("pressed")
        steps.run(scene)
    elif scene.talk.frames:
        repairs.stale(scene)
    else:
        _press_at_rest(scene, value)


def _press_at_rest(scene: Scene, value: str) -> None:
    kind, _, ref = value.partition(":")
    flow = scene.catalog.flows.get(ref)
    scene.change(offer="", choices=(), form=None)
    if kind == "pick":
        _pick(scene, ref)
    elif kind == "none":
        _none_of_these(scene)
    elif kind == "flow" and flow:
        scene.rule("pressed_flow")
        steps.begin(scene, flow, " ".join(line.text for line in scene.talk.recent if line.who == "customer"))
    elif kind in ("helped", "unhelpful"):
        scene.change(expecting="feedback")
        _feedback(scene, kind)
    else:
        repairs.stale(scene)


def _submit(scene: Scene, event: FormSubmitted) -> None:
    step = steps.asking(scene)
    if not isinstance(step, FormStep) or event.form != f"{scene.talk.offer}/form":
        repairs.stale(scene)
        return
    scene.rule("form_sent")
    scene.remember("customer", "\n".join(value for value in event.values.values() if value))
    if steps.submit(scene, step, event.values):
        steps.run(scene)
    else:
        steps.refuse(scene)


# --- the shell --------------------------------------------------------------------------------------------------------


def _waiting_frame(scene: Scene, token: str) -> int | None:
    """Enter the conversation in which a frame waits for `token`; return the frame's place on the stack."""
    for talk in scene.conversations():
        for at, frame in enumerate(talk.frames):
            if frame.waiting == token:
                scene.enter(talk.place, talk.id)
                return at
    return None


def _raise_frame(scene: Scene, at: int) -> None:
    """Put the frame at `at`, with the flows that it is a part of, on top of the digressions that lie on it."""
    frames = scene.talk.frames
    start = at
    while start and frames[start - 1].waiting == "flow":
        start -= 1
    scene.change(frames=(*frames[:start], *frames[at + 1 :], *frames[start : at + 1]))


def _returned(scene: Scene, event: CallReturned) -> None:
    at = _waiting_frame(scene, event.call)
    if at is None:
        scene.rule("late_result")
        scene.note(f"result {event.result!r} of {event.call} came too late and changed nothing")
        return
    scene.rule("call_returned")
    frames = scene.talk.frames
    step = steps.current_step(scene, frames[at])
    assert isinstance(step, CallStep)
    result = event.result if event.result in step.results else "failed"
    scene.note(f"{step.action}: {result}" + (f" ({event.detail})" if event.detail else ""))
    kept = {**frames[at].slots, step.into: event.value} if step.into and result != "failed" else frames[at].slots
    used = frozenset().union(*(expression_names(each) for each in step.args.values()))
    given = tuple(slot for slot in frames[at].given if slot not in used)
    then = step.results.get(result, step.failed)
    went = replace(frames[at], slots=kept, given=given, waiting="", step=then)
    scene.change(frames=(*frames[:at], went, *frames[at + 1 :]))
    if at == len(frames) - 1:
        steps.run(scene)


def _decided(scene: Scene, event: CaseDecided) -> None:
    case = cases.decide(scene, event)
    if case is None:
        return
    at = _waiting_frame(scene, f"case:{case.number}")
    if at is None:
        scene.alert(case, "staff_flow_gone")
        return
    frames = scene.talk.frames
    step = steps.current_step(scene, frames[at])
    assert isinstance(step, Approve)
    agent = scene.catalog.agents[event.agent]
    decision = {"approved": event.approved, "reason": event.text, "by": agent.name, "case": case.number}
    then = step.approved if event.approved else step.declined
    went = replace(frames[at], slots={**frames[at].slots, "decision": decision}, waiting="", step=then)
    scene.change(frames=(*frames[:at], went, *frames[at + 1 :]))
    _raise_frame(scene, at)
    steps.run(scene)


def _due(scene: Scene, deadline: Deadline) -> None:
    scene.enter(deadline.place, deadline.conversation)
    match deadline.kind:
        case "promise":
            cases.promise_due(scene, deadline)
        case "check_in":
            _check_in(scene, deadline)
        case _:
            assert_never(deadline.kind)


def _check_in(scene: Scene, deadline: Deadline) -> None:
    """Ask how it went; not while the customer is busy with something else, and not while people have it."""
    talk = scene.talk
    if talk.case or (talk.frames and scene.now - talk.active_at < _BUSY):
        scene.rule("check_in_waits")
        later = scene.now + _BUSY
        scene.start_timer("check_in", deadline.key, later, case=deadline.case, data=deadline.data)
        return
    scene.rule("check_in")
    given = {"about": str(deadline.data.get("about", "")), "case": deadline.case}
    steps.begin(scene, scene.catalog.flows[cases.CHECK_IN], given=given)


def _undelivered(scene: Scene, event: DeliveryFailed) -> None:
    """Something could not be shown to the customer: whoever has their case must know."""
    scene.rule("undelivered")
    scene.note(f"{event.effect}: {event.detail}")
    for case in scene.open_cases():
        scene.enter(case.place, case.conversation)
        scene.alert(case, "staff_undelivered", detail=event.detail)
