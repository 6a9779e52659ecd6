"""Turning to something else in the middle of a flow: it is dealt with, and the flow picked up where it was.

Lives here too: words while a flow waits for somebody else. Whether they are a digression is told in `talking`.
"""

from bot.dialog import casebook, cases, replying, steps
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding


def digress(scene: Scene, meant: Understanding, text: str) -> None:
    """Deal with what the customer turned to: people, another flow on top, or an answer in passing."""
    scene.trace = meant.trace("digression")
    flow = scene.catalog.flows.get(meant.id) if meant.decision == "flow" else None
    if meant.decision == "handoff":
        cases.grant(scene, scene.catalog.wishes[meant.id])
    elif flow and any(frame.flow == flow.id for frame in scene.talk.frames):
        if steps.asking(scene):
            steps.refuse(scene)  # they are in it already
        else:
            while_waiting(scene, text)
    elif flow:
        scene.say_text("digression", flow=flow.title)
        steps.begin(scene, flow, text)
    else:
        entry = scene.catalog.entries[meant.id]
        on = scene.catalog.flows.get(entry.flow)
        offered = on and all(frame.flow != on.id for frame in scene.talk.frames)
        replying.say_entry(scene, entry, [scene.choice(f"flow:{on.id}", on.title)] if on and offered else [])
        steps.resume(scene)
        steps.run(scene)


def while_waiting(scene: Scene, text: str) -> None:
    """The flow waits for a connector or a decision: pass words on to whoever decides, else ask for patience."""
    frame = scene.frame
    case = scene.case(int(frame.waiting[5:])) if frame and frame.waiting.startswith("case:") else None
    scene.change(expecting="")
    if case and case.open:
        scene.rule("relayed_to_review")
        casebook.tell(scene, case, text)
        scene.say_text("under_review", case=case.number, promise=scene.time(case.promise) if case.promise else "")
    else:
        scene.rule("one_moment")
        scene.say_text("one_moment")
