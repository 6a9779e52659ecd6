"""A yes to a reading back that says more: "yes, but what's the postage?", "yes, if it's free", "yes, and 40002 too".

One that asks or sets a condition does nothing yet: the question is answered, and what was read back is asked again.
One that adds another matter counts, and that matter is next. A change in it ("yes, but the blue one") is none of these.
"""

from bot.dialog import digressing, questions, reacting, several, slots, steps, thanks
from bot.dialog.collected import Asking
from bot.dialog.flow import Confirm
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.state import Concern
from bot.dialog.understand import Understanding, bare
from bot.dialog.values import Hint
from bot.dialog.values.reading import begins
from bot.knowledge import normalise

_SURE = ("answer", "flow", "handoff")


def hears(scene: Scene, step: Asking, text: str) -> bool:
    """Take a yes with more behind it; False where there is no yes, nothing more, or something that is set right."""
    rest = slots.without_yes(text, scene.catalog)
    if not isinstance(step, Confirm) or rest == text:
        return False
    said, known = normalise(rest), scene.catalog.answers
    if _only_thanks(scene, rest):
        return _half(scene, step, text)
    if slots.yes_no(text, scene.catalog) and not begins(said, known.but | known.conditions):
        return False
    words = _behind(rest, begins(said, known.but))
    condition = bool(begins(normalise(words), known.conditions))
    meant = digressing.understood(scene, words)
    sure = meant.decision in _SURE and not condition
    if not begins(said, known.but) and begins(said, scene.catalog.commands["joining"]) and not condition:
        return _adds(scene, step, rest)
    if not (condition or slots.queries(words, scene.catalog) or "?" in words or _turns(scene, meant)):
        return False
    if not condition and not sure and reacting.wants_another(scene, step, words):
        return True
    if sure and not _present(scene, meant):
        digressing.digress(scene, meant, words)
    else:
        scene.rule("yes_with_condition")
        steps.refuse(scene, Hint(key="answer_condition" if condition else "answer_question"))
    return True


def _only_thanks(scene: Scene, rest: str) -> bool:
    return thanks.heard(rest, scene.catalog) == "thanks"


def _half(scene: Scene, step: Confirm, text: str) -> bool:
    """Take a yes with thanks, or ask in short where words only take note: "ok great thanks"."""
    lead = begins(normalise(text), scene.catalog.commands["yes"])
    if lead in scene.catalog.commands["half_yes"]:
        scene.rule("half_a_yes")
        questions.ask_again(scene, step)
        return True
    return _agree(scene, step)


def _agree(scene: Scene, step: Confirm) -> bool:
    scene.rule("answered_step")
    steps.press(scene, step, "yes")
    steps.go_on(scene)
    return True


def _adds(scene: Scene, step: Confirm, rest: str) -> bool:
    """Do what was agreed to, and keep what comes on top as the next matter: another one, or this of another order."""
    main = digressing.whole(scene)
    meant, _ = several.read(rest, scene.catalog, rejected=(), last=main)
    rest = bare(rest, scene.catalog)
    number = find("order", rest)
    other = number is not None and all(number not in frame.slots.values() for frame in scene.talk.frames)
    ref = meant.id if meant.decision in _SURE else ""
    if other and (not ref or _within(scene, ref)):
        ref = main
    elif not ref:
        return False
    if other or not _within(scene, ref):
        scene.change(pending=(*scene.talk.pending, Concern(ref=ref, text=rest)))
    return _agree(scene, step)


def _turns(scene: Scene, meant: Understanding) -> bool:
    """Tell whether words surely turn to something that the flow is not about, and change nothing in it."""
    return meant.decision == "answer" and not _present(scene, meant)


def _present(scene: Scene, meant: Understanding) -> bool:
    return meant.decision == "flow" and _within(scene, meant.id)


def _within(scene: Scene, ref: str) -> bool:
    return any(frame.flow == ref for frame in scene.talk.frames)


def _behind(text: str, lead: str) -> str:
    """Return words without those that they begin with."""
    words = text.split()
    return " ".join(words[len(lead.split()) :]) or text
