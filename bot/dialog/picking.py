"""The answer to a question back: one of the options that were shown, or none of these.

The question itself is asked in `replying`.
"""

from msgspec.structs import replace

from bot.dialog import cases, digressing, questions, repairs, replying, slots, steps
from bot.dialog.flow import Confirm, Option
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import Decision, Understanding, command, understand

_FEW = 3


def picks(scene: Scene, text: str) -> bool:
    """Take what was typed as one of the options that were shown, as "none of these", or as the order it is about."""
    titles = [Option(value=ref, label=scene.catalog.title(ref)) for ref in scene.talk.options]
    picked = slots.one_of(titles, text, scene.catalog)
    if picked:
        pick(scene, picked.value)
    elif command(text, scene.catalog) == "no":
        none_of_these(scene)
    elif len(titles) == 1 and slots.yes_no(text, scene.catalog):
        pick(scene, titles[0].value)
    elif isinstance(step := steps.asking(scene), Confirm) and slots.yes_no(text, scene.catalog):
        scene.rule("yes_to_several")  # to which of them, nobody knows; what is read back is not done for it
        scene.change(expecting="", options=())
        questions.ask_again(scene, step)
    else:
        return not scene.frame and _names_order(scene, text)
    return True


def _names_order(scene: Scene, text: str) -> bool:
    """Take an order's number, with words that say nothing else, for what most of the options lead to."""
    if not find("order", text) or understand(text, scene.catalog).id not in ("", scene.catalog.order_flow):
        return False
    options = scene.talk.options
    if likely := replying.likely_flow(scene.catalog, options):
        scene.rule("order_picks")
        scene.change(expecting="", options=())
        steps.begin(scene, likely, " ".join(replying.lately(scene)))
        return True
    if not any(replying.order_flow(scene.catalog, ref) for ref in options):
        return False
    scene.rule("order_before_choice")
    replying.ask_back(scene, scene.talk.options, "clarify_order")
    return True


def pick(scene: Scene, ref: str) -> None:
    """Take the entry, flow or wish that was meant."""
    scene.rule("picked")
    scene.trace = replace(scene.trace, id=ref, topic=scene.catalog.topic(ref))
    catalog = scene.catalog
    others = scene.talk.options if len(scene.talk.options) <= _FEW else ()  # more of them are a topic to browse
    scene.change(expecting="", options=())
    if scene.frame and catalog.serves(ref):
        kind: Decision = "answer" if ref in catalog.entries else "flow" if ref in catalog.flows else "handoff"
        digressing.digress(scene, Understanding(decision=kind, id=ref, topic=catalog.topic(ref)), "")
    elif ref in catalog.entries:
        replying.answer(scene, catalog.entries[ref], others)
    elif ref in catalog.flows:
        steps.begin(scene, catalog.flows[ref], " ".join(replying.lately(scene)))
    elif ref in catalog.wishes:
        cases.grant(scene, catalog.wishes[ref])
    else:
        repairs.stale(scene)


def none_of_these(scene: Scene) -> None:
    """Leave the options out from now on; in a flow, go on with it."""
    scene.rule("none_of_these")
    rejected = scene.talk.rejected
    scene.change(rejected=(*scene.talk.rejected, *scene.talk.options), expecting="", options=())
    if scene.frame:
        steps.resume(scene)
        steps.run(scene)
    elif scene.talk.topic in rejected:
        replying.not_helped(scene)
    else:
        replying.miss(scene)
