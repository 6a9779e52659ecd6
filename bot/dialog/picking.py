"""The answer to a question back: one of the options that were shown, or none of these.

The question itself is asked in `replying`.
"""

from msgspec.structs import replace

from bot.dialog import cases, digressing, repairs, replying, slots, steps
from bot.dialog.flow import Option
from bot.dialog.scene import Scene
from bot.dialog.understand import Decision, Understanding, command, is_order

_FEW = 3


def picks(scene: Scene, text: str) -> bool:
    """Take what was typed as one of the options that were shown, as "none of these", or as the order it is about."""
    titles = [Option(value=ref, label=scene.catalog.title(ref)) for ref in scene.talk.options]
    picked = slots.choose(titles, text, scene.catalog)
    if picked:
        pick(scene, picked.value)
    elif command(text, scene.catalog) == "no":
        none_of_these(scene)
    elif len(titles) == 1 and slots.yes_no(text, scene.catalog):
        pick(scene, titles[0].value)
    elif not scene.frame and is_order(text) and any(ref in scene.catalog.flows for ref in scene.talk.options):
        scene.rule("order_before_choice")
        replying.ask_back(scene, scene.talk.options, "clarify_order")
    else:
        return False
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
