"""Several questions in one message: which matters most is asked, and each is answered in turn, none asked for twice.

What is left is kept in the conversation until it is answered or dropped; people who take over are told of it.
Which questions a message holds is read in `several`.
"""

from msgspec.structs import replace

from bot.dialog import digressing, replying, several, slots, steps
from bot.dialog.flow import Option
from bot.dialog.scene import Scene
from bot.dialog.state import Candidate, Concern
from bot.dialog.understand import Decision, Understanding, command


def hears(scene: Scene, text: str) -> bool:
    """Take a message that asks for several things; False where it asks for one."""
    found = several.concerns(text, scene.catalog, rejected=scene.talk.rejected, last=scene.talk.last)
    wish = next((concern for concern in found if concern.ref in scene.catalog.wishes), None)
    if not found:
        return False
    scene.change(misses=0)
    if wish:
        replying.act(scene, _meant(scene, wish), text)  # people read all of it
        return True
    sure = [concern for concern in found if concern.ref]
    if len(found) == 1:
        _take(scene, found[0])
    elif told := _told_amid(scene, sure):
        scene.change(pending=tuple(concern for concern in found if concern not in told))
        _begin_telling(scene, *told, text)
    elif len(sure) == 1:
        scene.change(pending=tuple(concern for concern in found if concern != sure[0]))
        scene.say_text("several_begin", title=replying.called(scene, sure[0]))
        _take(scene, sure[0])
    else:
        _ask(scene, found)
    scene.trace = replace(scene.trace, notes=(*scene.trace.notes, f"{len(found)} questions"))
    return True


def _told_amid(scene: Scene, sure: list[Concern]) -> tuple[Concern, Concern] | None:
    """Return a flow, and one that only tells something in the middle of it; mostly nothing."""
    flows = scene.catalog.flows
    pairs = ((one, other) for one in sure for other in sure if one.ref in flows and other.ref in flows)
    return next(((one, other) for one, other in pairs if one.ref in flows[other.ref].amid), None)


def _begin_telling(scene: Scene, begun: Concern, told: Concern, text: str) -> None:
    """Begin a flow with what another one tells in the middle of it, which comes first."""
    flows, meant = scene.catalog.flows, _meant(scene, begun)
    scene.trace = meant.trace(meant.decision)
    scene.withdraw_offer()
    steps.enter(scene, flows[begun.ref], text)
    steps.begin(scene, flows[flows[told.ref].amid[begun.ref]], told.text)


def digresses(scene: Scene, text: str) -> bool:
    """Take several questions in the middle of a flow: the first at once, the others when the flow is over."""
    flows = {frame.flow for frame in scene.talk.frames}
    found = several.concerns(text, scene.catalog, last=scene.talk.frames[-1].flow)
    sure = [concern for concern in found if concern.ref and concern.ref not in flows]
    rest = tuple(other for other in found if other not in sure[:1] and other.ref not in flows)
    if not sure or not rest or any(concern.ref in scene.catalog.wishes for concern in sure):
        return False
    scene.change(pending=rest)
    scene.say_text("several_begin", title=replying.called(scene, sure[0]))
    digressing.digress(scene, _meant(scene, sure[0]), sure[0].text)
    return True


def _ask(scene: Scene, found: tuple[Concern, ...]) -> None:
    """Ask which of them matters most."""
    matches = tuple(Candidate(id=c.ref or "?", kind="question", score=1.0) for c in found)
    scene.trace = replace(scene.trace, rule="several", decision="clarify", candidates=matches)
    scene.change(expecting="first", options=(), pending=found)
    choices = [scene.choice(f"first:{at}", replying.called(scene, concern)) for at, concern in enumerate(found)]
    scene.say_text("several", [*choices, replying.person(scene)], count=len(found))


def picks(scene: Scene, text: str) -> bool:
    """Take what was typed as the one that matters most; False when it is something else."""
    options = [Option(value=str(at), label=replying.called(scene, c)) for at, c in enumerate(scene.talk.pending)]
    picked = slots.one_of(options, text, scene.catalog)
    word = command(text, scene.catalog)
    if picked is None and word == "no":
        scene.rule("none_of_several")
        scene.withdraw_offer()
        scene.change(pending=())
        scene.say_text("go_ahead")
        return True
    if picked is None and word not in ("yes", "any", "next"):
        return False
    first(scene, int(picked.value) if picked else 0)
    return True


def first(scene: Scene, at: int) -> bool:
    """Begin with one of those that wait; False when it is gone."""
    if not 0 <= at < len(scene.talk.pending):
        return False
    scene.rule("first_of_several")
    concern = scene.talk.pending[at]
    scene.withdraw_offer()
    scene.change(pending=tuple(other for other in scene.talk.pending if other != concern))
    _take(scene, concern)
    return True


def next_one(scene: Scene) -> None:
    """Go on with the next of those that wait."""
    concern, *rest = scene.talk.pending
    scene.withdraw_offer()
    scene.change(pending=tuple(rest))
    scene.say_text("several_next", title=replying.called(scene, concern))
    _take(scene, concern)


def follow(scene: Scene) -> None:
    """When a matter is settled, go on with the next; who takes over is told what else was asked."""
    talk = scene.talk
    if not talk.pending:
        return
    answered = {scene.trace.id, talk.topic if talk.expecting == "feedback" else ""} - {""}
    if talk.expecting != "first":
        scene.change(pending=tuple(each for each in talk.pending if each.ref not in answered or _other(scene, each)))
    case = scene.case(talk.case)
    if case and case.open and case.kind == "handoff":
        asked = "; ".join(replying.called(scene, concern) for concern in scene.talk.pending)
        scene.change(pending=())
        if asked:
            scene.alert(case, "staff_also_asked", asked=asked)
    elif _settled(scene) and scene.talk.pending:
        next_one(scene)


def _other(scene: Scene, concern: Concern) -> bool:
    """Tell whether a matter is about another order than the one that was looked up last."""
    number = slots.find("order", concern.text)
    return number is not None and number != scene.talk.order


def _settled(scene: Scene) -> bool:
    """Tell whether the customer waits for nothing else: a flow has ended, an answer helped, a pleasantry was said."""
    talk = scene.talk
    if talk.frames or talk.case or talk.moving or talk.quiet:
        return False
    return talk.expecting == "more" or (not talk.expecting and scene.trace.decision == "smalltalk")


def _take(scene: Scene, concern: Concern) -> None:
    replying.act(scene, _meant(scene, concern), concern.text)


def _meant(scene: Scene, concern: Concern) -> Understanding:
    """Return what a question is about, as it was understood in its sentence; one that was not is read by itself."""
    ref, catalog = concern.ref, scene.catalog
    kinds: tuple[tuple[Decision, bool], ...] = (
        ("answer", ref in catalog.entries),
        ("flow", ref in catalog.flows),
        ("handoff", ref in catalog.wishes),
    )
    decision = next((kind for kind, known in kinds if known), None)
    if decision is None:
        return several.read(concern.text, catalog, rejected=scene.talk.rejected, last=scene.talk.last)[0]
    return Understanding(decision=decision, id=ref, topic=catalog.topic(ref), confidence=1.0)
