"""What a step offers, and what was collected in flows: as people call it, not as flows keep it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialog import verifying, which_order
from bot.dialog.flow import Ask, Confirm, FormStep, Offer, Option
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.dialog.template import RenderError, counted, evaluate

Asking = Ask | FormStep | Offer | Confirm
_LONGEST = 300


def options(scene: Scene, step: Asking, **more: Any) -> Sequence[Option]:
    """Return what the step offers now: what its expression yields, then its written options."""
    if isinstance(step, FormStep | Confirm):
        return ()
    written = [
        Option(value=o.value, label=plain(scene.fill(o.label, **more)), phrasings=o.phrasings, then=o.then)
        for o in step.options
    ]
    return [*map(_option, things(scene, step, **more)), *which_order.named(scene, step), *written]


def things(scene: Scene, step: Ask | Offer, **more: Any) -> list[Mapping[str, Any]]:
    """Return what the step's expression yields: {value, label}, or things with code and name such as items."""
    return list(evaluate(step.options_from, scene.values(**more))) if step.options_from else []


def takes_own_words(step: Asking | None) -> bool:
    """Tell whether a step is answered in words of one's own, of which any may do."""
    return isinstance(step, FormStep) or takes_any_text(step)


def takes_any_text(step: Asking | None) -> bool:
    """Tell whether a question is one for any text, or for an address within it."""
    return isinstance(step, Ask) and step.type in ("text", "address")


def facts(scene: Scene) -> dict[str, str]:
    """Return what customers were asked for, and the order: short texts, each once; no flags, nothing worked out."""
    found: dict[str, str] = {}
    for frame in scene.talk.frames:
        asked = _asked(scene, frame)
        for slot, value in verifying.open_slots(frame).items():
            if slot not in asked and not isinstance(value, dict):
                continue
            every = value if isinstance(value, list) else [value]
            shown = ", ".join(filter(None, (_shown(scene, frame, asked.get(slot, ()), each) for each in every)))
            if shown and shown not in found.values():
                found[slot] = shown
    return found


def _asked(scene: Scene, frame: Frame) -> dict[str, tuple[Ask, ...]]:
    """Return the slots that the flow asks for, each with the steps at which something can be chosen."""
    asked: dict[str, tuple[Ask, ...]] = {}
    flow = scene.flow_of(frame)
    for step in flow.steps.values() if flow else ():
        if isinstance(step, Ask):
            asked[step.slot] = (*asked.get(step.slot, ()), step)
        elif isinstance(step, FormStep):
            asked |= {field.slot: () for field in step.fields if field.slot not in asked}
    return asked


def _shown(scene: Scene, frame: Frame, steps: Sequence[Ask], value: Any) -> str:
    """Return one value in words; nothing for flags, and of an order, its number."""
    if isinstance(value, dict):
        quantity = value.get("quantity", 1)
        value = value.get("number", value.get("label", value.get("name")))
        value = counted(quantity, value) if isinstance(quantity, int) and value is not None else value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _called(scene, frame, steps, str(value))


def _called(scene: Scene, frame: Frame, steps: Sequence[Ask], value: str) -> str:
    """Return the label under which a value was chosen, or else the value."""
    for step in steps:
        try:
            chosen = next((each for each in options(scene, step, **frame.slots) if each.value == value), None)
        except RenderError:
            continue  # what its labels need is not known any more
        if chosen:
            return chosen.label[:_LONGEST]
    return value[:_LONGEST]


def _option(found: Mapping[str, Any]) -> Option:
    value, label = str(found.get("value", found.get("code"))), str(found.get("label", found.get("name")))
    quantity = found.get("quantity", 1)
    return Option(
        value=value,
        label=label,
        phrasings=tuple(found.get("phrasings", ())),
        quantity=quantity if isinstance(quantity, int) else 1,
        day=str(found.get("day") or ""),
    )
