"""Repairs: what a customer can always say to get out, and what the bot says when talk went wrong.

The words that ask for a repair and the words that it answers with are content (handoff/commands.yaml, texts.yaml).
"""

from bot.dialog import casebook, cases, slots, steps, thanks
from bot.dialog.collected import options
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.dialog.understand import clauses, command, understand
from bot.knowledge import found, normalise

_REPAIRS = ("cancel", "back", "restart")


def wanted(scene: Scene, text: str) -> str:
    """Return which repair the whole utterance asks for; nothing where a choice that is offered is called so.

    Whoever has just said "cancel" means the same again, whatever the question that was taken up asks.
    """
    name = command(text, scene.catalog)
    insists = name == "cancel" and _insists(scene)
    step = steps.asking(scene) if name in _REPAIRS and not insists else None
    called = (phrasing for each in (options(scene, step) if step else ()) for phrasing in each.phrasings)
    return name if name in _REPAIRS and normalise(text) not in map(normalise, called) else ""


def gives_up(scene: Scene, text: str) -> bool:
    """Take words that end the flow in one clause and ask for nothing else: "forget it, it's fine, I'll keep it".

    What the flow itself is about ends nothing: "cancel, please" is what the flow that cancels orders does.
    """
    if not scene.frame or "?" in text or thanks.wishes(text, scene.catalog) or slots.find("order", text):
        return False
    about = {
        word for each in scene.talk.frames if (flow := scene.catalog.refused.get(each.flow)) for word in flow.words
    }
    parts = [part for part in clauses(text) if normalise(part)]
    ends = [part for part in parts if command(part, scene.catalog) == "cancel" and not found((*about,), part)]
    rest = ". ".join(part for part in parts if part not in ends)
    if not ends or any(thanks.wishes(part, scene.catalog) for part in parts if part not in ends):
        return False
    if understand(rest, scene.catalog).decision not in ("unknown", "smalltalk", "clarify"):
        return False
    repair(scene, "cancel")
    return True


def repair(scene: Scene, name: str) -> None:
    """Do what was asked for."""
    scene.rule(name)
    {"cancel": _cancel, "back": _back, "restart": _restart}[name](scene)


def stale(scene: Scene) -> None:
    """Answer a press that no longer counts: say so, and show the present question again, or ask what is wanted."""
    scene.rule("stale_choice")
    scene.say_text("stale_choice")
    if steps.asking(scene):
        steps.run(scene)
    elif not scene.frame and not scene.talk.case:
        scene.say_text("go_ahead")


def busy(scene: Scene) -> bool:
    """Tell whether an outside call is under way, which nobody can take back, and say so."""
    frame = scene.frame
    if frame and frame.waiting and not frame.waiting.startswith("case:"):
        scene.say_text("one_moment")
        return True
    return False


def drop(scene: Scene) -> Frame | None:
    """Leave the flow on top, with what it waits for and the flows that it is a part of; return the lowest of them."""
    dropped = None
    while frame := scene.frame:
        if case := casebook.decided_in(scene, frame):
            cases.withdraw(scene, case)
        scene.pop()
        dropped = frame
        if not scene.frame or scene.frame.waiting != "flow":
            break
    scene.withdraw_offer()
    return dropped


def _cancel(scene: Scene) -> None:
    frame = scene.frame
    if frame is None:
        scene.change(expecting="", options=(), pending=())
        scene.say_text("nothing_to_cancel")
    elif not busy(scene):
        dropped = drop(scene) or frame
        if (scene.frame or scene.talk.pending) and _insists(scene):
            while scene.frame:
                dropped = drop(scene) or dropped
            scene.change(pending=())
            scene.say_text("cancelled_all")
        else:
            scene.say_text("cancelled", flow=scene.catalog.title(dropped.flow))
        if not scene.frame:
            scene.change(expecting="more", last=dropped.flow)
        steps.resume(scene)
        steps.run(scene)


def _insists(scene: Scene) -> bool:
    """Tell whether the customer's words before these asked to cancel, too."""
    said = [line.text for line in scene.talk.recent if line.who == "customer"]
    return len(said) > 1 and command(said[-2], scene.catalog) == "cancel"


def _back(scene: Scene) -> None:
    if len(scene.talk.frames) > 1 and not scene.talk.frames[-1].trail and scene.talk.frames[-2].waiting == "flow":
        scene.pop()
        scene.change_frame(waiting="")
    frame = scene.frame
    if frame is None or not frame.trail or frame.waiting:
        if not (frame and busy(scene)):
            scene.say_text("nothing_to_go_back")
            if steps.asking(scene):
                steps.run(scene)
            elif frame is None:
                scene.say_text("go_ahead")
        return
    step, before = frame.trail[-1]
    given = tuple(slot for slot in frame.given if slot in before)
    scene.change_frame(step=step, slots=before, trail=frame.trail[:-1], failures=0, given=given)
    scene.say_text("went_back")
    steps.run(scene)


def _restart(scene: Scene) -> None:
    frame = scene.frame
    if frame is None:
        scene.change(expecting="", options=(), misses=0, rejected=(), pending=())
        scene.say_text("started_over")
    elif not busy(scene):
        dropped = drop(scene) or frame
        flow = scene.flow_of(dropped)
        scene.say_text("restarted", flow=scene.catalog.title(dropped.flow))
        if flow:
            scene.push(flow, dropped.began)
        steps.run(scene)
