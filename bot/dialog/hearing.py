"""What customers say before they are asked: it is kept with the flow, and answers later questions if it surely does.

Nothing is guessed: an option must be named in full, a thing by a word that only it has. A question that was asked is
not answered from older words any more.
"""

from collections.abc import Sequence
from typing import Any

from bot.dialog import foretold, slots
from bot.dialog.collected import options, things
from bot.dialog.files import File
from bot.dialog.flow import Ask, Confirm, Option, Step, ways
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.dialog.template import evaluate, render
from bot.dialog.values import LONGEST, Hint, Reading
from bot.dialog.values.picks import Pick, Thing
from bot.knowledge import normalise

SHOWN = ("photo", "file")
_SHOWS = ("image/", "video/")
_MOST = 5
_UNSAID = ("order",)  # what the next words name anyway


def knows(scene: Scene, step: Ask) -> bool:
    """Take the answer to a question from what is known or was said already, and go past it; False where it is open."""
    frame = scene.talk.frames[-1]
    if step.slot in frame.given:
        scene.change_frame(given=tuple(slot for slot in frame.given if slot != step.slot))
        return holds(scene, step, frame.slots[step.slot]) and _pass(scene, step, frame.slots[step.slot])
    if step.slot in frame.asked:
        return False
    if step.type in SHOWN:
        return _shown_already(scene, step)
    offered = options(scene, step)
    for at in reversed(range(len(frame.heard))):
        read = slots.by_the_way(step, offered, frame.heard[at], scene.catalog, scene.now)
        value = next((each for each in values(scene, step, read) if holds(scene, step, each)), None) if read else None
        if read and value is not None:
            rest = (read.rest,) if read.rest else ()
            scene.change_frame(heard=(*frame.heard[:at], *rest, *frame.heard[at + 1 :]))
            if step.type not in _UNSAID:
                scene.change_frame(found=(*frame.found, shown(scene, step, value)))
            scene.note(f"{step.slot} was said already")
            return _pass(scene, step, value)
    return bool(step.assume) and _assumes(scene, step)


def take_matter(scene: Scene, text: str) -> None:
    """Take what a flow that begins is about from the words that wish for it; they may answer other questions, too."""
    frame, flow = scene.talk.frames[-1], scene.flow_of(scene.talk.frames[-1])
    step = foretold.matter_of(flow) if flow else None
    if flow is None or step is None or step.slot in frame.slots:
        return
    told = foretold.matter(text, flow, scene.catalog)
    if told and holds(scene, step, told):
        scene.note(f"{step.slot} was said already")
        kept = {**frame.slots, step.slot: told}
        scene.change_frame(slots=kept, given=(*frame.given, step.slot), found=(*frame.found, told))


def _assumes(scene: Scene, step: Ask) -> bool:
    """Take for granted what nobody said anything about; "go back" doesn't ask it either."""
    frame = scene.talk.frames[-1]
    there = lead(scene, frame, step, way(step, step.assume))
    scene.change_frame(slots={**frame.slots, step.slot: step.assume}, step=there)
    return True


def _shown_already(scene: Scene, step: Ask) -> bool:
    """Take files that came before they were asked for, unless they have answered another question."""
    early = [file for file in scene.talk.files if file.at not in scene.talk.shown]
    files = showing(scene, step, early) if early else []
    if not files or not holds(scene, step, files):
        return False
    scene.change_frame(found=(*scene.talk.frames[-1].found, shown(scene, step, files)))
    scene.note(f"{step.slot} was sent already")
    return _pass(scene, step, files)


def showing(scene: Scene, step: Ask, files: Sequence[File]) -> list[dict[str, str]]:
    """Return the files that answer a question for some, as slots keep them; they answer no other one from now on."""
    fitting = [file for file in files if step.type == "file" or file.kind.startswith(_SHOWS)]
    scene.change(shown=tuple(dict.fromkeys((*scene.talk.shown, *(file.at for file in fitting)))))
    return [{"name": file.name, "kind": file.kind, "at": file.at} for file in fitting]


def amiss(scene: Scene, step: Step) -> Hint | None:
    """Return why what was said already of the things of a question does not hold, before it is asked first."""
    frame = scene.talk.frames[-1]
    if not isinstance(step, Ask) or step.type != "items" or step.slot in frame.asked:
        return None
    hints = (slots.amiss(options(scene, step), each, scene.catalog) for each in reversed(frame.heard))
    return next(filter(None, hints), None)


def takes_ahead(scene: Scene, step: Step, text: str) -> bool:
    """Keep what is all that was said for the question that will ask for it; False where none will.

    That is an order's number, or where words of one's own were asked for, an option: "it can wait".
    """
    if isinstance(step, Ask) and step.type in ("text", "address"):
        return step.type == "text" and _names_ahead(scene, step, text)
    frame, flow = scene.talk.frames[-1], scene.flow_of(scene.talk.frames[-1])
    asks = [each for each in flow.steps.values() if isinstance(each, Ask) and each.type == "order"] if flow else []
    later = next((each for each in asks if each.slot not in frame.slots and each.slot not in frame.asked), None)
    read = slots.by_the_way(later, (), text, scene.catalog, scene.now) if later and later.id != step.id else None
    if later is None or read is None or not {*normalise(read.rest).split()} <= scene.catalog.answers.fillers:
        return False
    scene.rule("heard_ahead")
    keep(scene, text)
    scene.change_frame(found=(*frame.found, f"#{read.values[0]}"))
    return True


def _names_ahead(scene: Scene, step: Ask, text: str) -> bool:
    """Keep an option of a choice that the flow has not asked for yet, but no bare yes or no."""
    frame, flow = scene.talk.frames[-1], scene.flow_of(scene.talk.frames[-1])
    if flow is None or slots.yes_no(text, scene.catalog) is not None or slots.called(options(scene, step), text):
        return False
    for each in flow.steps.values():
        fresh = isinstance(each, Ask) and each.type == "choice" and each.slot not in (*frame.slots, *frame.asked)
        if isinstance(each, Ask) and fresh and (named := slots.called(each.options, text)):
            scene.rule("heard_ahead")
            kept = {**frame.slots, each.slot: named.value}
            scene.change_frame(slots=kept, given=(*frame.given, each.slot), found=(*frame.found, named.label))
            return True
    return False


def _pass(scene: Scene, step: Ask, value: Any) -> bool:
    """Go past a question whose answer is known; "go back" asks it."""
    frame = scene.talk.frames[-1]
    before = {slot: kept for slot, kept in frame.slots.items() if slot != step.slot}
    scene.change_frame(
        slots={**frame.slots, step.slot: value},
        step=lead(scene, frame, step, way(step, value)),
        trail=(*frame.trail, (step.id, before)),
        asked=(*frame.asked, step.slot),
    )
    return True


def keep(scene: Scene, words: str) -> None:
    """Keep words that an answer did not need, for the questions to come."""
    if words.strip():
        scene.change_frame(heard=(*scene.talk.frames[-1].heard, words[:LONGEST])[-_MOST:])


def holds(scene: Scene, step: Ask, value: Any) -> bool:
    """Tell whether a value passes the step's check."""
    return not step.check or bool(evaluate(step.check, {**scene.values(), step.slot: value}))


def values(scene: Scene, step: Ask, read: Reading) -> Sequence[Any]:
    """Return the values of a reading as slots keep them."""
    if step.type not in ("choices", "items"):
        return read.values
    return [_kept(scene, step, picked) for picked in read.values]


def pressed(scene: Scene, step: Ask, picked: Sequence[Option]) -> Any:
    """Return the value of options that were pressed, where several can be chosen."""
    several = [Thing(value=each.value, names=(each.label,), quantity=each.quantity) for each in picked]
    return _kept(scene, step, [Pick(thing=each, quantity=each.quantity) for each in several])


def _kept(scene: Scene, step: Ask, picked: Sequence[Pick]) -> Any:
    if step.type == "items":
        return slots.quantified(picked, things(scene, step))
    return [each.thing.value for each in picked]


def lead(scene: Scene, frame: Frame, step: Step, way: str) -> str:
    """Return where a way out of the step at which a frame stands leads, and note that it was taken."""
    scene.took(f"{frame.flow}.{step.id}/{way}")
    return ways(step)[way]


def way(step: Step, value: Any) -> str:
    """Return the way out of a step that an answer takes; of several options, the first that has one of its own."""
    said = [("yes" if value else "no") if isinstance(step, Confirm) else value]
    said = value if isinstance(value, list) else said
    return next((each for each in said if isinstance(each, str) and each in ways(step)), "…")


def shown(scene: Scene, step: Ask, value: Any) -> str:
    """Return a value as customers read it."""
    labels = {each.value: each.label for each in options(scene, step)}
    match step.type:
        case "items" | "money" | "date":
            shape = {"items": "listing", "money": "money", "date": "day"}[step.type]
            return plain(render("{{ value|" + shape + " }}", scene.values(value=value)))
        case "choices":
            return ", ".join(labels.get(each, each) for each in value)
        case "time":
            return str(value["name"])
        case "order":
            return f"#{value}"
        case "photo" | "file" if isinstance(value, list):
            return ", ".join(str(each["name"]) for each in value)
        case _:
            return labels.get(value, str(value)) if isinstance(value, str) else str(value)
