"""What the bot looks up while people have the conversation: flows that change nothing, and the case stays as it is.

They begin in `talking`, for a customer whom nobody looks after yet, or who calls the bot by its name. Flows that were
put aside for one which then ended with people go on in the same way. Words that are no answer to what such a flow asks
are for people.
"""

from bot.desk.case import Case
from bot.dialog import casebook, matter, repairs, snippets, steps
from bot.dialog.collected import Asking
from bot.dialog.effects import Choice
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Flow
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import Understanding, is_order, understand


def flow_of(scene: Scene, meant: Understanding, text: str, *, asked: bool) -> Flow | None:
    """Return the flow that looks up what was asked for; None where there is none.

    An order's number by itself is for people, unless the bot was `asked`, or has just asked for one.
    """
    if is_order(text) and (flow := _on_offer(scene)):
        return flow
    entry = scene.catalog.entries.get(meant.id) if meant.decision == "answer" and find("order", text) else None
    ref = entry.flow if entry else meant.id if meant.decision == "flow" else ""
    flow = scene.catalog.flows.get(ref)
    return flow if flow and flow.while_waiting and (asked or not is_order(text)) else None


def offered(scene: Scene, flow: str) -> list[Choice]:
    """Return the choice that begins a flow, if it looks something up."""
    found = scene.catalog.flows.get(flow)
    return [scene.choice(f"flow:{found.id}", found.title)] if found and found.while_waiting else []


def _on_offer(scene: Scene) -> Flow | None:
    """Return the flow that looks something up which was offered with the last words, if these are the bot's own."""
    spoke = scene.talk.spoke
    refs = (choice.id.rpartition("/")[2].removeprefix("flow:") for choice in scene.talk.choices)
    flows = (flow for ref in refs if (flow := scene.catalog.flows.get(ref)) and flow.while_waiting)
    return next(flows, None) if spoke is not None and spoke.who == "bot" else None


def begin(scene: Scene, case: Case, flow: Flow, event: MessageReceived, text: str) -> None:
    """Look something up for a customer whose case people have, and say that these keep it."""
    _tell(scene, case, event.text)
    drop(scene)
    team = casebook.queue_of(scene, case.queue).name
    scene.say_text("looks_up", case=case.number, owner=casebook.called(scene, case), team=team)
    steps.begin(scene, flow, text)


def answers(scene: Scene, case: Case, text: str) -> bool:
    """Take words as the answer to what such a flow asks, or as a way out of it; False for all others."""
    step = asking(scene, case)
    if step is None:
        return False
    if name := repairs.wanted(scene, text):
        repairs.repair(scene, name)
        return True
    meant = understand(text, scene.catalog)
    if meant.decision == "flow" and not is_order(text) and all(each.flow != meant.id for each in scene.talk.frames):
        return False
    if not steps.answer(scene, step, text):
        return False
    scene.rule("answered_step")
    steps.go_on(scene)
    _tell(scene, scene.case(case.number) or case, text)
    return True


def _tell(scene: Scene, case: Case, text: str) -> None:
    """Show people the words; an order that is looked up may be the one that the case is about, if none is known."""
    casebook.tell(scene, case, text)
    facts = case.facts if snippets.order_of(case.facts) else matter.with_order(case.facts, text)
    if facts != case.facts:
        scene.change_case(case.number, facts=facts)


def asking(scene: Scene, case: Case) -> Asking | None:
    """Return the step of such a flow that waits for the customer, unless a person has written since it asked."""
    aside = any(frame.aside for frame in scene.talk.frames)
    step = steps.asking(scene) if aside or _begins(scene) is not None else None
    spoke = scene.talk.spoke
    by_bot = spoke is not None and spoke.who == "bot" and (case.status == "waiting" or "?" in spoke.text)
    return step if by_bot else None


def drop(scene: Scene) -> None:
    """Leave such a flow, with all that lies on it."""
    at = _begins(scene)
    if at is not None:
        scene.withdraw_offer()
        scene.change(frames=scene.talk.frames[:at])


def _begins(scene: Scene) -> int | None:
    """Return where on the stack such a flow begins."""
    flows = [scene.flow_of(frame) for frame in scene.talk.frames]
    return next((at for at, flow in enumerate(flows) if flow and flow.while_waiting), None)
