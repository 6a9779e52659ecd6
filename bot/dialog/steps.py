"""The interpreter of flows: walks a frame step by step until it must wait for somebody.

`run` goes on from where the frame on top stands; `answer` takes what the customer typed, pressed or sent. Steps that
wait are the asking ones (Ask, FormStep, Offer, Confirm), a call, an approval, and a flow within the flow.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from msgspec.structs import replace

from bot.dialog import (
    casebook,
    cases,
    granting,
    hearing,
    places,
    policies,
    questions,
    slots,
    stack,
    superiors,
    verifying,
    watching,
    which_order,
)
from bot.dialog.collected import Asking, options
from bot.dialog.effects import Source
from bot.dialog.files import File
from bot.dialog.flow import (
    Approve,
    Ask,
    CallStep,
    CheckIn,
    Confirm,
    Decide,
    End,
    Flow,
    FormStep,
    GrantStep,
    Handoff,
    Note,
    Offer,
    PolicyStep,
    Say,
    SetStep,
    Step,
    SubFlow,
    WatchStep,
    Wording,
    ways,
)  # fmt: skip
from bot.dialog.markup import plain
from bot.dialog.questions import ALL, ref
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.dialog.template import RenderError, as_date, evaluate
from bot.dialog.values import LONGEST, Hint, Reading, addresses, bids
from bot.dialog.values.reading import phrase
from bot.knowledge import normalise

_MOST_STEPS = 500
_LATELY = 2  # lines of the customer, the one at hand among them
_LONGEST_BID = 300  # letters
_WHICH = ("answer_which_time", "answer_other_time", "answer_several_orders")


class Stuck(Exception):
    """A flow that cannot go on: its content is gone or walks in a circle. The engine gives it to people."""


def begin(
    scene: Scene, flow: Flow, text: str = "", given: Mapping[str, Any] | None = None, *, before: str = ""
) -> None:
    """Start a flow, using what the customer said already; of what was said long `before`, numbers and addresses.

    Where they name no order, it is about the one that was just spoken of, which is said.
    """
    enter(scene, flow, text, given, before=before)
    run(scene)


def enter(
    scene: Scene, flow: Flow, text: str = "", given: Mapping[str, Any] | None = None, *, before: str = ""
) -> None:
    """Put a flow on top with what the customer said already, and walk no step of it yet."""
    known, wish = dict(given or {}), text
    types: set[str] = set()
    spoken_of = _spoken_of(scene, text)
    for step in flow.steps.values():
        if isinstance(step, Ask) and step.slot not in known and step.type not in types:
            if step.type == "order" and not before:
                text = which_order.first_of(scene, flow.id, text)
            value = slots.find(step.type, f"{before}\n{text}" if before else text)
            value = spoken_of if value is None and step.type == "order" else value
            if value:
                known[step.slot] = value
                types.add(step.type)
                text = text.replace(value, " ")
    scene.push(flow, known)
    scene.change(puzzled=0)
    scene.change_frame(given=tuple(known), heard=(text[:LONGEST],) if text.strip() else ())
    if "order" in types and spoken_of in known.values() and not slots.find("order", before):
        scene.change_frame(found=(f"#{spoken_of}",))
    hearing.take_matter(scene, wish)


def _spoken_of(scene: Scene, text: str) -> str:
    """Return the order looked up last, else the one named just before, unless words name one or speak of another."""
    before = [line.text for line in scene.talk.recent if line.who == "customer"][-_LATELY:]
    named = next(filter(None, (slots.find("order", each) for each in reversed(before))), "")
    return "" if names_order(scene, text) else scene.talk.order or named


def names_order(scene: Scene, text: str) -> bool:
    """Tell whether words name an order, or speak of another one than what was spoken of."""
    words = scene.catalog.answers
    another = [f"{other} {name}" for other in words.other for name in words.called.get("order", ())]
    return bool(slots.find("order", text) or phrase(normalise(text), another))


def run(scene: Scene) -> None:
    """Walk on until the flow waits or is over."""
    for _ in range(_MOST_STEPS):
        frame = scene.frame
        if frame is None or frame.waiting or scene.talk.moving:
            return
        if places.must_move(scene):
            places.move(scene)
            return
        step = current_step(scene, frame)
        if isinstance(step, Ask) and hearing.knows(scene, step):
            continue
        if isinstance(step, Asking):
            questions.pose(scene, step, hearing.amiss(scene, step))
            return
        _take(scene, step)
        if scene.talk.case and not scene.frame:
            return
    raise Stuck(f"flow '{frame.flow}' walks in a circle at step '{frame.step}'" if frame else "no frame")


def current_step(scene: Scene, frame: Frame) -> Step:
    """Return the step at which a frame stands."""
    flow = scene.flow_of(frame)
    step = flow.steps.get(frame.step) if flow else None
    if step is None:
        raise Stuck(f"flow '{frame.flow}' ({frame.version}) has no step '{frame.step}'")
    return step


def fleeting(scene: Scene) -> bool:
    """Tell whether the flow on top is one that nobody comes back to."""
    flow = scene.flow_of(scene.frame) if scene.frame else None
    return flow is not None and flow.fleeting


def asking(scene: Scene) -> Asking | None:
    """Return the step that is waiting for the customer, if one is."""
    frame = scene.frame
    if frame is None or frame.waiting or scene.talk.moving:
        return None
    step = current_step(scene, frame)
    return step if isinstance(step, Asking) else None


def _take(scene: Scene, step: Step) -> None:
    """Do a step that does not ask the customer."""
    match step:
        case Say():
            scene.say_wording("flow", ref(scene, step), step.text)
            scene.change_frame(step=step.then)
        case SetStep():
            kept = dict(scene.talk.frames[-1].slots)
            for slot, expression in step.values.items():
                kept[slot] = to_builtins(evaluate(expression, {**scene.values(), **kept}))  # as it will be stored
            scene.change_frame(slots=kept, step=step.then)
        case Decide():
            values = scene.values()
            taken = next(branch for branch in step.branches if not branch.when or evaluate(branch.when, values))
            scene.change_frame(step=hearing.lead(scene, scene.talk.frames[-1], step, taken.when or "else"))
        case PolicyStep():
            _judge(scene, step)
        case CallStep():
            values = scene.values()
            args = {name: evaluate(expression, values) for name, expression in step.args.items()}
            if verifying.needed(scene, step, args):
                _identify(scene, args)
            elif result := verifying.call(scene, step, args):
                scene.change_frame(step=hearing.lead(scene, scene.talk.frames[-1], step, result))
        case Approve():
            cases.ask_approval(scene, step)
            scene.change_frame(waiting=f"case:{scene.event.fresh.case}")
        case GrantStep():
            granting.from_flow(scene, step.do)
            scene.change_frame(step=step.then)
        case Handoff():
            _hand_over(scene, step)
        case Note():
            cases.note_from_flow(scene, plain(scene.fill(step.text)), step.feedback)
            scene.change_frame(step=step.then)
        case CheckIn():
            about = plain(scene.fill(step.about))
            wait = timedelta(minutes=step.after)
            before = _day(scene, step.before) if step.before else None
            since = _day(scene, step.since) if step.since else None
            cases.plan_check_in(scene, wait, about, before=before, since=since, begins=step.begins)
            scene.change_frame(step=step.then)
        case WatchStep():
            number = str(scene.talk.frames[-1].slots[step.slot])
            if verifying.unproven(scene, number):
                _identify(scene, {"number": number})
            else:
                watching.begin(scene, number, str(scene.talk.frames[-1].slots.get(step.text_to) or ""))
                scene.change_frame(step=step.then)
        case SubFlow():
            below = scene.talk.frames[-1]
            flow = scene.catalog.flows.get(step.flow)
            if flow is None:
                raise Stuck(f"flow '{step.flow}' is gone")
            scene.change_frame(waiting="flow", found=())
            scene.push(flow, below.slots)
            scene.change_frame(given=tuple(below.slots), heard=below.heard, found=below.found, asked=below.asked)
        case End():
            _end(scene, step)
        case Ask() | FormStep() | Offer() | Confirm():
            raise Stuck(f"step '{step.id}' asks")
        case _:
            assert_never(step)


def _hand_over(scene: Scene, step: Handoff) -> None:
    """Give the conversation to people, and say what the step says; its words are made before its frame is gone."""
    reopen = scene.talk.frames[-1].slots.get(step.reopen) if step.reopen else None
    reason, name = plain(scene.fill(step.reason)), ref(scene, step)
    subject = plain(scene.fill(step.subject))
    words = scene.word(f"flow:{name}", step.text) if step.text else ""
    if step.urgent:
        scene.felt = replace(scene.felt, urgent=True)
    earlier = reopen if isinstance(reopen, int) else 0
    aside = _aside(scene)
    case = cases.hand_over(scene, step.queue, reason, reopen=earlier, subject=subject)
    if step.text:
        scene.say(words, Source(kind="flow", id=name, at=step.text.at))
    if step.supervisor:
        superiors.alert(scene, case, reason)
    if len(aside) > len(scene.talk.frames):
        scene.change(frames=aside)
        resume(scene)


def _aside(scene: Scene) -> tuple[Frame, ...]:
    """Return the frames that were put aside for the one on top, with those below them."""
    below = scene.talk.frames[:-1]
    last = max((at for at, frame in enumerate(below) if frame.aside), default=-1)
    return below[: last + 1]


def _identify(scene: Scene, args: Mapping[str, Any]) -> None:
    """Let the customer show first that the order is theirs; then the call is made after all."""
    flow = scene.catalog.flows.get(verifying.FLOW)
    if flow is None:
        raise Stuck(f"flow '{verifying.FLOW}' is gone")
    below = scene.talk.frames[-1]
    known = {"number": args["number"], "by": scene.catalog.identity.by}
    said = (slots.find("email", each) for each in reversed(below.heard))
    if email := below.slots.get("email") or next(filter(None, said), ""):
        known["email"] = email
    scene.change_frame(waiting="flow")
    scene.push(flow, known)
    scene.change_frame(given=tuple(known))


def _judge(scene: Scene, step: PolicyStep) -> None:
    """Keep what the policies of today say of what is known, and go where that leads."""
    missing = next((name for name in step.policies if name not in scene.catalog.policies), "")
    if missing:
        raise Stuck(f"policy '{missing}' is gone")
    today = scene.now.astimezone(ZoneInfo(scene.catalog.voice.zone)).date()
    judges, facts = [scene.catalog.policies[name] for name in step.policies], scene.values()
    verdict = (
        policies.judge_each(judges, step.each, facts, today) if step.each else policies.judge_all(judges, facts, today)
    )
    scene.note(policies.in_short(verdict))
    frame = scene.talk.frames[-1]
    kept = {**frame.slots, step.into: policies.as_slot(verdict)}
    scene.change_frame(
        slots=kept, step=hearing.lead(scene, frame, step, verdict.way if verdict.way in ways(step) else "refused")
    )


def _end(scene: Scene, step: End) -> None:
    """Say what the step says; and when nothing lies below, ask whether there is anything else."""
    ended = scene.talk.frames[-1]
    words = [scene.word(f"flow:{ref(scene, step)}", step.text)] if step.text else []
    if len(scene.talk.frames) == 1 and not scene.talk.pending and not scene.talk.case:
        words.append(scene.word("anything_else", scene.catalog.texts["anything_else"]))
    if words:
        at = step.text.at if step.text else step.at
        scene.say(("\n\n" if "\n" in words[0] else " ").join(words), Source(kind="flow", id=ref(scene, step), at=at))
    scene.note(f"flow {ended.flow} ended: {step.outcome}")
    leave(scene, ended)


def leave(scene: Scene, ended: Frame) -> None:
    """Take a finished frame off the stack and pick up what lies below, if anything does."""
    scene.pop()
    if scene.finished not in scene.catalog.follow_ups:  # what is asked next is about the part that came last
        scene.finished = ended.flow
    scene.change(last=scene.finished)
    below = scene.frame
    if below is None:
        scene.change(expecting="more")
    elif below.waiting == "flow":
        step = current_step(scene, below)
        if isinstance(step, CallStep | WatchStep):  # it waited to learn whose order it is
            slot = step.slot if isinstance(step, WatchStep) else "number"
            scene.change_frame(waiting="", slots={**below.slots, slot: ended.slots["number"]})
        else:
            scene.change_frame(waiting="", step=step.then, slots={**below.slots, **ended.slots})
    elif below.waiting:
        scene.change(expecting="more")
    else:
        resume(scene)


def resume(scene: Scene) -> None:
    """Say that we are back at the flow on top, if it is one that waits for the customer; the caller runs it.

    A part of a flow has the name of what the customer began.
    """
    frames = scene.talk.frames
    if frames and asking(scene):
        scene.say_text("resumed", flow=scene.catalog.title(frames[stack.start(frames, len(frames) - 1)].flow))


# --- answers ----------------------------------------------------------------------------------------------------------


def _day(scene: Scene, source: str) -> date:
    try:
        return as_date(evaluate(source, scene.values()), scene.catalog.voice.zone)
    except ValueError as error:
        raise RenderError(f"{source} is no day: {error}") from error


def answer(scene: Scene, step: Asking, text: str) -> bool:
    """Take what the customer typed as the answer to `step`; False when it is none."""
    match step:
        case Ask():
            before = next(reversed(scene.talk.frames[-1].heard), "")
            if step.type == "order":
                frames = scene.talk.frames
                text = which_order.pointed(scene, step, text)
                text = which_order.first_of(scene, frames[stack.start(frames, len(frames) - 1)].flow, text)
            if step.type == "address":
                text = addresses.pieced(scene.talk.frames[-1].heard, text, scene.catalog.answers) or text
            held = scene.talk.frames[-1].slots.get(step.slot)
            read = slots.read(step, options(scene, step), text, scene.catalog, scene.now, before=before, held=held)
            if step.type == "address" and isinstance(read, Reading) and _takes_part(scene, step, read.values[0], text):
                return True
            if isinstance(read, Hint):
                if read.key in _WHICH:
                    hearing.keep(scene, text)  # which of these is said next
                refuse(scene, read)
                return True
            return read is not None and _accept(scene, step, hearing.values(scene, step, read), read.rest)
        case Offer():
            if (named := bid(scene, step, text)) is not None:
                return _go(scene, step.id, step.bargain, said=text, named=named)
            picked = slots.choose(options(scene, step), text, scene.catalog)
            if picked is not None:
                return _go(scene, step.id, picked.value, said=text)
            read = slots.by_place(options(scene, step), text, scene.catalog)
            if isinstance(read, Hint):
                refuse(scene, read)
                return True
            return read is not None and _go(scene, step.id, read.values[0])
        case Confirm():
            if (named := bid(scene, step, text)) is not None:
                change = on_no(scene, step)
                assert change
                return _go(scene, step.id, False) and _go(scene, change.id, change.bargain, said=text, named=named)
            yes = slots.agreed(text, scene.catalog)
            return yes is not None and _go(scene, step.id, yes)
        case FormStep():
            open_fields = [f for f in step.fields if f.required and not scene.talk.frames[-1].slots.get(f.slot)]
            return len(open_fields) == 1 and submit(scene, step, {open_fields[0].slot: text})
        case _:
            assert_never(step)


def takes(scene: Scene, step: Asking | None, text: str) -> bool:
    """Take words as the answer to a question, and go on from it; False when they are none."""
    if step is None or not answer(scene, step, text):
        return False
    scene.rule("answered_step")
    go_on(scene)
    return True


def go_on(scene: Scene) -> None:
    """Walk on after an answer, unless it was refused."""
    if scene.frame and not scene.frame.failures:
        run(scene)


def press(scene: Scene, step: Asking, value: str) -> bool:
    """Take a pressed choice as the answer; False when the step has no such choice."""
    if isinstance(step, Confirm) or (isinstance(step, Ask) and step.type == "yes_no"):
        if value not in ("yes", "no"):
            return False
        if isinstance(step, Confirm):
            return _go(scene, step.id, value == "yes")
        return _accept(scene, step, [value == "yes"])
    offered = options(scene, step)
    if isinstance(step, Ask) and step.type in ("choices", "items") and value == ALL and len(offered) > 1:
        return _accept(scene, step, [hearing.pressed(scene, step, offered)])
    picked = next((option for option in offered if option.value == value), None)
    if picked is None:
        return False
    if isinstance(step, Offer):
        return _go(scene, step.id, value)
    assert isinstance(step, Ask)
    if step.type == "time":
        return answer(scene, step, picked.label)
    several = step.type in ("choices", "items")
    return _accept(scene, step, [hearing.pressed(scene, step, [picked]) if several else value])


def attach(scene: Scene, step: Ask, files: Sequence[File]) -> bool:
    """Take files as the answer; False where none were asked for."""
    if step.type not in hearing.SHOWN or not files:
        return False
    if shown := hearing.showing(scene, step, files):
        return _accept(scene, step, [shown])
    refuse(scene, Hint(key="answer_no_photo"))
    return True


def submit(scene: Scene, step: FormStep, sent: Mapping[str, str]) -> bool:
    """Take a form's texts; False while a required one is missing (what came is kept)."""
    frame = scene.talk.frames[-1]
    known = {f.slot: sent[f.slot].strip()[:4_000] for f in step.fields if sent.get(f.slot, "").strip()}
    filled = {f.slot: "" for f in step.fields} | {k: v for k, v in frame.slots.items() if isinstance(v, str)} | known
    if any(f.required and not filled.get(f.slot) for f in step.fields):
        scene.change_frame(slots={**frame.slots, **known})
        return False
    scene.withdraw_offer()
    trail = (*frame.trail, (step.id, frame.slots))
    kept = {**frame.slots, **{f.slot: filled[f.slot] for f in step.fields}}
    scene.change_frame(slots=kept, trail=trail, failures=0, step=step.then)
    return True


def _accept(scene: Scene, step: Ask, values: Sequence[Any], rest: str = "") -> bool:
    """Keep the first value for which the step's check holds; the words that were not needed may answer later asks."""
    value = next((each for each in values if hearing.holds(scene, step, each)), None)
    if value is None:
        refuse(scene, step.otherwise)
        return True
    hearing.keep(scene, rest)
    return _go(scene, step.slot, value)


def _takes_part(scene: Scene, step: Ask, read: str, text: str) -> bool:
    """Keep a street, a postcode or a name as a part of an address that comes in several messages, and ask for the rest.

    Where the same part comes again, it counts as an answer that fails, unless the step's check is content with it.
    """
    known, heard = scene.catalog.answers, scene.talk.frames[-1].heard
    lacks = addresses.lacking(text)
    first = bool(lacks) and lacks not in map(addresses.lacking, heard)
    whole = hearing.holds(scene, step, read) and not (first and addresses.is_town(text))
    if whole or not addresses.is_part(text) or normalise(text) in known.dont_know:
        return False
    hearing.keep(scene, text)
    if first:
        scene.change_frame(failures=0)
    part, open_yet = addresses.tidied(text, known), lacks or next(filter(None, map(addresses.lacking, heard)), "")
    hint = Hint(key="answer_address_part", values={"text": part, "lacks": open_yet})
    refuse(scene, hint if open_yet else step.otherwise)
    return True


def bid(scene: Scene, step: Asking, text: str) -> Decimal | None:
    """Return the sum that the customer names instead of the one that is offered, or read back, if that may be done."""
    bargains = step if isinstance(step, Offer) else on_no(scene, step) if isinstance(step, Confirm) else None
    if bargains is None or not bargains.bargain or not isinstance(step, Offer | Confirm):
        return None
    if isinstance(step, Confirm) and ("?" in text or slots.queries(text, scene.catalog)):
        return None
    told, offered = _wordings(scene, step), isinstance(step, Offer)
    return bids.bid(text, told, scene.catalog.answers, scene.catalog.voice.currency, offered=offered)


def on_no(scene: Scene, step: Confirm) -> Offer | None:
    """Return the offer that a no to a reading back leads to, if it does."""
    flow = scene.flow_of(scene.talk.frames[-1])
    change = flow.steps.get(step.no) if flow else None
    return change if isinstance(change, Offer) else None


def _wordings(scene: Scene, step: Offer | Confirm) -> list[str]:
    """Return all wordings in which something is offered or read back, filled in."""
    return [plain(scene.fill(each)) for wording in (step.text, step.again) if wording for each in wording.variants]


def _go(scene: Scene, slot: str, value: Any, *, said: str = "", named: Decimal | None = None) -> bool:
    """Keep an answer and move on; the trail remembers how it was before.

    What was `said` to an offer is kept where the customer bargains, with the sum that they `named`.
    """
    frame = scene.talk.frames[-1]
    step = current_step(scene, frame)
    scene.withdraw_offer()
    if isinstance(step, Offer) and step.refuses:
        scene.refused(questions.policy_of(frame.slots, step), str(value))
    if isinstance(step, Ask) and step.rating:
        scene.rated(int(value))
    scene.change_frame(
        slots={**frame.slots, slot: value, **_bargain(step, value, said, named)},
        given=tuple(each for each in frame.given if each != slot),
        trail=(*frame.trail, (frame.step, frame.slots)),
        failures=0,
        step=hearing.lead(scene, frame, step, hearing.way(step, value)),
    )
    return True


def _bargain(step: Step | None, value: Any, said: str, named: Decimal | None) -> dict[str, str]:
    """Return what a customer who bargains said, and the sum in it; empty where a button was pressed."""
    if not isinstance(step, Offer) or not step.bargain:
        return {}
    sum_ = "" if named is None else f"{named:f}"
    return {"bid": said.strip()[:_LONGEST_BID] if value == step.bargain else "", "bid_sum": sum_}


def tolerates(scene: Scene) -> bool:
    """Count a failed answer without a word; False when it was one too many."""
    failures = scene.talk.frames[-1].failures + 1
    if failures >= scene.catalog.limits.failures:
        return False
    scene.change_frame(failures=failures)
    return True


def refuse(scene: Scene, why: Wording | Hint | None = None) -> None:
    """Count a failed answer: say why, ask again, and give the conversation to people when it was one too many."""
    if not tolerates(scene):
        scene.rule("too_many_failures")
        cases.hand_over(scene, "", casebook.reason(scene, "reason_failures"), opening="stuck")
        return
    step = current_step(scene, scene.talk.frames[-1])
    assert isinstance(step, Asking)
    questions.ask_again(scene, step, why)
