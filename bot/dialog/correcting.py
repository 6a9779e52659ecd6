"""Second thoughts in the middle of a flow: "sorry, I meant 67890", "not the kettle, the lamp", "the amount is wrong".

An earlier answer is changed where the words surely give another, or asked for anew where they only name the question.
What follows from it is asked anew; what does not is kept.
"""

from collections.abc import Iterator
from typing import Any

from bot.dialog import collected, hearing, several, slots, steps, timing, which_order
from bot.dialog.collected import Asking
from bot.dialog.flow import Ask, CallStep, Confirm, FormStep, Offer, SetStep, Step
from bot.dialog.refusing import taken_back
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.state import Frame
from bot.dialog.template import expression_names
from bot.dialog.understand import followed_up, is_order, understand
from bot.dialog.values import Hint
from bot.dialog.values.addresses import amended
from bot.dialog.values.picks import amount
from bot.dialog.values.reading import begins, clauses, phrase
from bot.knowledge import normalise

_MOST_WORDS = 14


def corrects(scene: Scene, step: Asking, text: str) -> bool:
    """Take words as a correction of an earlier answer; False when they are none."""
    said = normalise(text)
    known = scene.catalog.answers
    lead = begins(said, known.correction)
    wrong = phrase(said, known.other)
    if _chooses_anew(scene, step, text) or _picks_anew(scene, step, text):
        return True
    if said == lead or said.count(" ") >= _MOST_WORDS or isinstance(step, FormStep) or _turns_away(scene, text):
        return False
    if steps.bid(scene, step, text) is not None:
        return False  # "make it 60%" says how much money, not how many
    if isinstance(step, Confirm) and _another_one(scene, step, text):
        return True
    other = _other_order(scene, text)
    count = amount(text, known, alone=isinstance(step, Ask) and step.type in hearing.SHOWN)
    retyped = find("email", text) is not None
    if not (
        lead or wrong or _turned(scene, said) or retyped or is_order(text) or other or count or _only_when(scene, text)
    ):
        return False
    if _names_an_option(scene, step, said, said[len(lead) :].strip()):
        return False
    if count is not None and _recounts(scene, count):
        return True
    return _changes(scene, text) or _changes_below(scene, text) or (bool(wrong) and _reopens(scene, said))


def after_the_end(scene: Scene, text: str) -> bool:
    """Go through a flow again whose outcome is set right as soon as it has ended: "sorry, I meant Friday morning"."""
    flow, rest = scene.catalog.flows.get(scene.talk.last), without_lead(scene, text)
    over = scene.talk.expecting == "more" and bool(scene.talk.order)
    if not (flow and flow.changeable and over and rest != text) or _turns_away(scene, rest):
        return False
    if not (timing.only_says_when(rest, scene.catalog) or any(letter.isdigit() for letter in rest)):
        return False
    scene.rule("done_otherwise")
    scene.change(misses=0, expecting="")
    steps.begin(scene, flow, rest)
    return True


def _turns_away(scene: Scene, text: str) -> bool:
    """Tell whether words ask something, or want nothing of this flow any more: they set nothing right in it."""
    asks = "?" in text or any(slots.queries(each, scene.catalog) for each in clauses(text))
    return asks or not {*taken_back(text, scene.catalog)[0]}.isdisjoint(each.flow for each in scene.talk.frames)


def without_lead(scene: Scene, text: str) -> str:
    """Return words without those that begin a second thought: "no wait, can I change the address instead?"."""
    words = text.split()
    lead = begins(normalise(text), scene.catalog.answers.correction).split()
    begun = [normalise(word) for word in words[: len(lead)]]
    return " ".join(words[len(lead) :]) if lead and begun == lead and len(words) > len(lead) else text


def knows_order(scene: Scene) -> bool:
    """Tell whether a flow in progress is about an order and knows which: a number turns to nothing else then."""
    return any(frame.slots.get(each.slot) for frame in scene.talk.frames for each in _order_asks(scene, frame))


def _other_order(scene: Scene, text: str) -> bool:
    """Tell whether words that wish for nothing else name another order than the flow's: "it's for 67890 actually"."""
    number = find("order", text)
    held = [frame.slots.get(each.slot) for frame in scene.talk.frames for each in _order_asks(scene, frame)]
    if number is None or number in held or not any(held) or phrase(normalise(text), scene.catalog.answers.besides):
        return False
    flows = [frame.flow for frame in scene.talk.frames]
    part = several.part_with(text, number, scene.catalog)
    meant = understand(part, scene.catalog, last=flows[-1])
    if meant.decision not in ("flow", "answer", "handoff"):
        return part == text or not several.asks(part, scene.catalog)
    entry = scene.catalog.entries.get(meant.id)
    return meant.id in flows or (entry is not None and entry.flow in flows)


def _order_asks(scene: Scene, frame: Frame) -> list[Ask]:
    flow = scene.flow_of(frame)
    return [each for each in (flow.steps.values() if flow else ()) if isinstance(each, Ask) and each.type == "order"]


def _turned(scene: Scene, said: str) -> bool:
    """Tell whether the words deny something: "not the kettle, the lamp"."""
    return bool({*said.split()} & scene.catalog.commands["negation"])


def come_first(scene: Scene, step: Asking, text: str) -> bool:
    """Tell whether a question may take a correction for an answer: one that begins with "no", names an order, says how
    many of what was named before, or only when.
    """
    if isinstance(step, Ask) and step.type in ("text", "choice") and _only_when(scene, text):
        return True
    if isinstance(step, Ask) and step.type in ("choice", "choices", "items"):
        counts = step.type == "choice" and amount(text, scene.catalog.answers) is not None
        return counts or find("order", text) is not None
    return isinstance(step, Confirm | Offer) or (isinstance(step, Ask) and step.type == "yes_no")


def _only_when(scene: Scene, text: str) -> bool:
    """Tell whether words only say when, and a question of this flow asked that: "at 10 then", "no, Thursday"."""
    asked = any(each.type == "time" for _, each, _ in _answered(scene))
    return asked and timing.only_says_when(without_lead(scene, text), scene.catalog)


def _names_an_option(scene: Scene, step: Asking, *said: str) -> bool:
    """Tell whether the words, or what follows "no" in them, are an option of the question that is open."""
    every = collected.options(scene, step)
    return bool({normalise(name) for each in every for name in (each.label, *each.phrasings)} & {*said})


def _answered(scene: Scene) -> Iterator[tuple[int, Ask, dict[str, Any]]]:
    """Yield the questions that were answered, the last first: their place in the trail, and the slots before them."""
    frame = scene.talk.frames[-1]
    flow = scene.flow_of(frame)
    for at in reversed(range(len(frame.trail))):
        name, before = frame.trail[at]
        step = flow.steps.get(name) if flow else None
        if isinstance(step, Ask):
            yield at, step, before


def _changes(scene: Scene, text: str) -> bool:
    """Give the one earlier question another answer that the words hold."""
    for at, step, before in sorted(_answered(scene), key=lambda each: each[1].type != "order"):
        held = scene.talk.frames[-1].slots.get(step.slot)
        read = _read(scene, step, before, text)
        value = next((each for each in read if each != held), None)
        if value is not None:
            said = text.replace(str(value), " ") if step.type == "order" else ""  # of what it is, they may say, too
            _correct(scene, at, step, before, value, said)
            return True
    return False


def _another_one(scene: Scene, step: Confirm, text: str) -> bool:
    """Take another time or address than is read back, or ask which of those that are free: "Wednesday, after 1".

    The same one with a yes is a yes.
    """
    said = without_lead(scene, text)
    for at, asked, before in _answered(scene):
        held = scene.talk.frames[-1].slots.get(asked.slot)
        read = slots.again(asked, collected.options(scene, asked), said, scene.catalog, scene.now, held=held)
        if asked.type == "address" and not read and (right := amended(str(held), said, scene.catalog.answers)):
            _correct(scene, at, asked, before, right)
            return True
        if isinstance(read, Hint):
            _return(scene, at, asked, before)
            scene.rule("reopened")
            hearing.keep(scene, said)
            steps.refuse(scene, read)
        elif read and read.values[0] != held:
            _correct(scene, at, asked, before, read.values[0])
        elif read and slots.without_yes(text, scene.catalog) != text:
            scene.rule("answered_step")
            steps.press(scene, step, "yes")
            steps.go_on(scene)
        elif read:
            steps.refuse(scene)
        if read:
            return True
    return False


def _chooses_anew(scene: Scene, step: Asking, text: str) -> bool:
    """Choose otherwise where something was offered before: "actually money instead", "no, a new one"."""
    wish = without_lead(scene, text)
    instead = phrase(normalise(text), scene.catalog.answers.other)
    if not isinstance(step, Confirm | Offer) or not (instead or wish != text) or ("?" in text and not instead):
        return False
    asked = followed_up(text, scene.catalog, scene.talk.frames[-1].flow)
    if asked and asked.decision == "answer":
        return False
    if slots.choose(collected.options(scene, step), text, scene.catalog) or len(text.split()) >= _MOST_WORDS:
        return False
    frame = scene.talk.frames[-1]
    flow = scene.flow_of(frame)
    for at in reversed(range(len(frame.trail))):
        name, before = frame.trail[at]
        offer = flow.steps.get(name) if flow else None
        if not isinstance(offer, Offer) or offer is step:
            continue
        picked = slots.choose(collected.options(scene, offer, **before), wish.rstrip(" ?"), scene.catalog)
        if picked is None or picked.value == frame.slots.get(offer.id):
            continue
        scene.withdraw_offer()
        scene.change_frame(step=offer.id, slots=before, trail=frame.trail[:at], given=(), failures=0)
        scene.rule("chosen_anew")
        steps.press(scene, offer, picked.value)
        steps.go_on(scene)
        return True
    return False


def _picks_anew(scene: Scene, step: Asking, text: str) -> bool:
    """Take other things, or another number of them, than are read back: "only two of the mugs", "no, three"."""
    said = without_lead(scene, text)
    if not isinstance(step, Confirm | Offer) or slots.choose(collected.options(scene, step), text, scene.catalog):
        return False
    if _names_an_option(scene, step, normalise(text), normalise(said)):
        return False
    for at, asked, before in _answered(scene):
        if asked.type != "items":
            continue
        alone = isinstance(step, Confirm) or said != text
        offered = collected.options(scene, asked, **before)
        read = slots.picked_anew(offered, said, scene.catalog, alone=alone)
        if isinstance(read, Hint):
            steps.refuse(scene, read)
            return True
        held = scene.talk.frames[-1].slots.get(asked.slot)
        value = next((each for each in hearing.values(scene, asked, read) if each != held), None) if read else None
        if value is not None:
            _correct(scene, at, asked, before, value)
        elif read and isinstance(step, Confirm):
            steps.refuse(scene)  # it's read back like that
        return value is not None or bool(read and isinstance(step, Confirm))
    return False


def _recounts(scene: Scene, count: int | Hint) -> bool:
    """Take how many of the thing that was named before are wanted; of several things, ask which."""
    for at, step, before in _answered(scene):
        held = scene.talk.frames[-1].slots.get(step.slot)
        if step.type != "items" or not isinstance(held, list):
            continue
        most = held[0]["of"] if len(held) == 1 else 0
        if isinstance(count, int) and most and count > most:
            name = hearing.shown(scene, step, [{**held[0], "quantity": 1}])
            count = Hint(key="answer_too_many", values={"name": name, "quantity": most, "asked": count})
        if isinstance(count, Hint):
            steps.refuse(scene, count)
        elif most:
            _correct(scene, at, step, before, [{**held[0], "quantity": count}])
        else:
            _return(scene, at, step, before)
            scene.rule("reopened")
            steps.run(scene)
        return True
    return False


def _correct(scene: Scene, at: int, step: Ask, before: dict[str, Any], value: Any, said: str = "") -> None:
    """Go back to a question with another answer, and on from there; what was `said` besides may answer what follows."""
    _return(scene, at, step, before)
    scene.rule("corrected")
    scene.note(f"{step.slot} was corrected")
    frame = scene.talk.frames[-1]
    found = (*frame.found, hearing.shown(scene, step, value))
    known = {**frame.slots, step.slot: value}
    asked = tuple(slot for slot in frame.asked if slot in known)  # the others may be answered by these words
    scene.change_frame(given=(*frame.given, step.slot), slots=known, found=found, asked=asked)
    hearing.keep(scene, said)
    steps.run(scene)


def _changes_below(scene: Scene, text: str) -> bool:
    """Give a question of the flow that this one is a part of another answer, which ends the part."""
    frames = scene.talk.frames
    if len(frames) < 2 or frames[-2].waiting != "flow":
        return False
    scene.pop()
    scene.change_frame(waiting="")
    if _changes(scene, text) or _changes_below(scene, text):
        return True
    scene.change(frames=frames)
    return False


def _read(scene: Scene, step: Ask, before: dict[str, Any], text: str) -> list[Any]:
    """Return what the words give for an earlier question, read with the slots as they were then."""
    frame = scene.talk.frames[-1]
    held = frame.slots.get(step.slot)
    scene.change_frame(slots={**frame.slots, **before})
    text = which_order.pointed(scene, step, text) if step.type == "order" else text
    read = slots.by_the_way(step, collected.options(scene, step), text, scene.catalog, scene.now, held=held)
    found = [each for each in hearing.values(scene, step, read) if hearing.holds(scene, step, each)] if read else []
    scene.change_frame(slots=frame.slots)
    return found


def _reopens(scene: Scene, said: str) -> bool:
    """Ask the one earlier question anew that the words name: "the address is wrong", "another order"."""
    named = {each[1].slot: each for each in _answered(scene) if phrase(said, _names(scene, *each[1:]))}
    if len(named) != 1:
        return False
    at, step, before = next(iter(named.values()))
    _return(scene, at, step, before)
    scene.rule("reopened")
    steps.run(scene)
    return True


def _names(scene: Scene, step: Ask, before: dict[str, Any]) -> frozenset[str]:
    """Return how customers call the answer of a question: by its slot, or by its type; of times, also day and time."""
    own = frozenset({normalise(step.slot.replace("_", " "))})
    timed = step.type == "choice" and any(each.day for each in collected.options(scene, step, **before))
    kinds = ("date", "time") if timed else (step.type,)
    return own.union(*(scene.catalog.answers.called.get(each, ()) for each in kinds))


def _return(scene: Scene, at: int, step: Ask, before: dict[str, Any]) -> None:
    """Go back to a question; later answers that do not depend on it are known when the flow comes by again."""
    frame = scene.talk.frames[-1]
    free = _independent(scene, frame, at, step)
    kept = {slot: frame.slots[slot] for slot in free if slot in frame.slots}
    scene.withdraw_offer()
    scene.change_frame(
        step=step.id,
        slots={**before, **kept},
        trail=frame.trail[:at],
        given=tuple(kept),
        failures=0,
        heard=(),
    )


def _independent(scene: Scene, frame: Frame, at: int, changed: Ask) -> list[str]:
    """Return the slots answered after one, or known since an earlier return, that have nothing to do with it."""
    flow = scene.flow_of(frame)
    every: list[Step] = list(flow.steps.values()) if flow else []
    touched = {changed.slot}
    while grown := {slot for each in every for slot in _sets(each, touched)} - touched:
        touched |= grown
    later = [*frame.given, *(each.slot for place, each, _ in _answered(scene) if place > at)]
    return [slot for slot in dict.fromkeys(later) if slot not in touched]


def _sets(step: Step, touched: set[str]) -> set[str]:
    """Return the slots that a step makes out of touched ones."""
    match step:
        case CallStep() if step.into and _uses(touched, *step.args.values()):
            return {step.into}
        case SetStep():
            return {slot for slot, source in step.values.items() if _uses(touched, source)}
        case Ask() if _uses(touched, step.options_from, step.check):
            return {step.slot}
        case _:
            return set()


def _uses(touched: set[str], *sources: str) -> bool:
    return any(not touched.isdisjoint(expression_names(source)) for source in sources if source)
