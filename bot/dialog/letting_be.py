"""What follows when customers take a wish back: nothing is started, and what is under way is left.

Which wishes a text takes back is read in `refusing`.
"""

from bot.dialog import casebook, correcting, digressing, repairs, replying, slots, steps
from bot.dialog.collected import Asking, options
from bot.dialog.flow import Ask, Confirm, Option
from bot.dialog.refusing import taken_back
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import Understanding, understand
from bot.knowledge import normalise


def leave(scene: Scene, meant: Understanding, text: str) -> None:
    """Say that nothing is started; how the order stands, where one is known."""
    flow = scene.catalog.flows[meant.refused[0]]
    scene.trace = meant.trace("refused")
    scene.change(misses=0, expecting="more", options=())
    _say(scene, flow.id)
    wished = bool(scene.catalog.refused[flow.id].words) and replying.order_flow(scene.catalog, flow.id)
    if wished and scene.catalog.order_flow and (find("order", text) or scene.talk.order):
        steps.begin(scene, scene.catalog.flows[scene.catalog.order_flow], text)
    elif wished and scene.catalog.order_flow:
        scene.say_text("refused_order")
    else:
        scene.say_text("go_ahead")


def in_passing(scene: Scene, meant: Understanding) -> bool:
    """Say that nothing is started in the middle of a flow for something else; False where nothing was refused."""
    if not meant.refused or meant.decision != "unknown":
        return False
    scene.trace = meant.trace("refused_in_passing")
    _say(scene, meant.refused[0])
    steps.resume(scene)
    steps.run(scene)
    return True


def _say(scene: Scene, flow: str) -> None:
    refusal = scene.catalog.refused[flow]
    if refusal.say:
        scene.say_wording("flow", f"{flow}.refused", refusal.say)
    else:
        scene.say_text("refused", flow=scene.catalog.title(flow))


def under_way(scene: Scene, step: Asking | None, text: str) -> bool:
    """Leave a flow that its customer does not want after all, and turn to what they say instead; else False.

    What answers the flow's question stays an answer to it: "I don't want a refund, send it again".
    """
    refused, rest = taken_back(text, scene.catalog)
    if not {*refused} & {frame.flow for frame in scene.talk.frames}:
        return False
    meant = understand(text, scene.catalog)
    offered = options(scene, step) if step else ()
    instead = slots.choose(offered, rest, scene.catalog)
    if step and instead and (meant.decision == "unknown" or _named(instead, rest)):
        scene.rule("answered_step")
        steps.press(scene, step, instead.value)
        steps.run(scene)
        return True
    if meant.decision == "unknown" and step and _answered(scene, step, text):
        return False
    scene.rule("refused_under_way")
    if meant.decision == "unknown":
        repairs.repair(scene, "cancel")
    elif not repairs.busy(scene):
        repairs.drop(scene)
        _say(scene, meant.refused[0])
        _turn_to(scene, meant, text)
    return True


def withdraws(scene: Scene, text: str) -> bool:
    """Take a request back that waits for somebody's decision, be it in more words than a command; else False."""
    case = casebook.decided_in(scene, scene.frame) if scene.frame else None
    if case is None or case.kind != "approval" or not case.open:
        return False
    if not (under_way(scene, None, text) or repairs.gives_up(scene, correcting.without_lead(scene, text))):
        return False
    casebook.tell(scene, scene.case(case.number) or case, text)
    return True


def _turn_to(scene: Scene, meant: Understanding, text: str) -> None:
    """Do what they want instead, be it on top of what was interrupted before."""
    if not scene.frame:
        replying.act(scene, meant, text)
    elif meant.decision == "clarify":
        replying.ask_back(scene, meant.options)
    else:
        digressing.digress(scene, meant, text)


def _named(option: Option, words: str) -> bool:
    return normalise(words) in map(normalise, (option.label, option.value, *option.phrasings))


def _answered(scene: Scene, step: Asking, text: str) -> bool:
    """Tell whether a refusal is an answer that the question at hand expects."""
    if isinstance(step, Confirm) or (isinstance(step, Ask) and step.type == "yes_no"):
        return slots.yes_no(text, scene.catalog) is not None
    return slots.choose(options(scene, step), text, scene.catalog) is not None
