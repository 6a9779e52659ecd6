"""What customers say to a check-in in words of their own, and after the end: resolved or not, and small kind signs.

A check-in asks whether all is resolved. Whoever says at once what is wrong is not asked for it again. After the end, a
thumbs up or a sticker gets a short kind word, once, and opens nothing.
"""

import re

from bot.dialog import cases, slots, steps
from bot.dialog.catalog import Catalog
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Ask
from bot.dialog.scene import Scene
from bot.dialog.understand import command
from bot.knowledge import normalise

_CLAUSES = re.compile(r"[.,;:!\n\u2013\u2014]+")
_STICKERS = re.compile(r"(?:\[sticker: [^\]\n]*\]\s*)+")


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take an answer to a check-in, or a sign after the end; False when it is neither."""
    step = steps.asking(scene)
    if scene.frame and scene.frame.flow == cases.CHECK_IN and isinstance(step, Ask) and step.type == "yes_no":
        return _answers(scene, step, event.text)
    return not scene.frame and not event.files and _is_sign(event.text) and _after_the_end(scene)


def resolved(text: str, catalog: Catalog) -> bool | None:
    """Tell whether somebody says that all is well (True) or not; None for questions and all else."""
    if "?" in text:
        return None
    if _is_sign(text):
        return True
    whole = slots.yes_no(text, catalog)
    if whole is not None:
        return whole
    clauses = [each for each in _CLAUSES.split(text) if normalise(each)]
    well = bool(clauses) and _is_well(clauses[0], catalog)
    words = {*normalise(" ".join(clauses[1:] if well else clauses)).split()}
    if words & catalog.commands["unsolved"] or words & catalog.commands["negation"]:
        return False
    return True if well else None


def _is_well(clause: str, catalog: Catalog) -> bool:
    said = command(clause, catalog)
    return slots.yes_no(clause, catalog) is True or said == "helped"


def _answers(scene: Scene, step: Ask, text: str) -> bool:
    well = resolved(text, scene.catalog)
    if well is None:
        return False
    scene.rule("answered_step")
    if not well and slots.yes_no(text, scene.catalog) is None:
        _told(scene, text)
    steps.press(scene, step, "yes" if well else "no")
    steps.run(scene)
    return True


def _told(scene: Scene, text: str) -> None:
    """Keep what is wrong as the answer to the question for it, which is not asked any more."""
    frame = scene.talk.frames[-1]
    flow = scene.flow_of(frame)
    known = flow.steps.values() if flow else ()
    asked = next((each for each in known if isinstance(each, Ask) and each.type == "text"), None)
    if asked:
        scene.change_frame(slots={**frame.slots, asked.slot: text.strip()}, given=(*frame.given, asked.slot))


def _is_sign(text: str) -> bool:
    return bool(text.strip()) and bool(cases.NODS.fullmatch(text) or _STICKERS.fullmatch(text.strip()))


def _after_the_end(scene: Scene) -> bool:
    """Thank for a sign after a case was closed, once for each end."""
    closed = cases.lately_closed(scene)
    if closed is None:
        return False
    scene.rule("sign_after_the_end")
    thanked = f"thanked:{closed.number}:{closed.resolved_at:%Y%m%d%H%M}"
    if thanked not in scene.talk.said:
        scene.change(said={**scene.talk.said, thanked: 0})
        scene.say_text("sign")
    return True
