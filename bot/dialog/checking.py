"""What customers say to a check-in in words of their own, and after the end: resolved or not, and thanks.

A check-in asks whether all is resolved. Whoever says at once what is wrong is not asked for it again. After the end,
thanks and a yes get a kind word and open nothing; a thumbs up or a sticker gets one once. "That's not solved" opens the
case again: right after the end, whatever a complaint may sound like besides; later, unless it is sure to be another
matter; not after the time in which cases are opened again.
The words that a check-in asks for once all is well (a comment, what went wrong) are taken as such at once; the later
they come, the more they have to sound like it.
"""

import re
from datetime import timedelta

from bot.desk.case import Case
from bot.dialog import casebook, cases, mycases, nods, reopening, replying, slots, steps, thanks
from bot.dialog.catalog import Catalog
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Ask
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding, command, names, understand
from bot.knowledge import normalise
from bot.knowledge.mood import UNHAPPY

_LAPSES = timedelta(hours=12)
_FRESH = timedelta(minutes=30)  # so long, words that we asked for are most likely those
_CLAUSES = re.compile(r"[.,;:!\n\u2013\u2014]+")


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take an answer to a check-in, or a sign after the end; False when it is neither."""
    step, late = steps.asking(scene), _reopens_nothing(scene)
    if not late and _is_check_in(scene) and isinstance(step, Ask) and step.type == "yes_no":
        return _answers(scene, step, event.text)
    if not late and lapses(scene) and _relapsed(scene, event.text):
        return _taken_back(scene, event.text)
    ended = scene.talk.expecting == "settled" and command(event.text, scene.catalog) in ("yes", "no")
    if scene.frame and not ended:  # an offer that stands is no matter of theirs
        return False
    closed = reopening.of_words(scene, event.text)
    return closed is not None and _after_the_end(scene, closed, event)


def resolved(text: str, catalog: Catalog) -> bool | None:
    """Tell whether somebody says that all is well (True) or not; None for questions and all else."""
    if "?" in text:
        return None
    if thanks.is_sign(text):
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


def lapses(scene: Scene) -> bool:
    """Tell whether a check-in is over as soon as the customer turns to something else: all but its first question."""
    frame = scene.frame
    return frame is not None and frame.flow == casebook.CHECK_IN and bool(frame.slots.get("fixed"))


def takes_signs(scene: Scene) -> bool:
    """Tell whether a check-in asks for words of any kind: an emoji is a remark there, and no answer elsewhere."""
    step = steps.asking(scene)
    here = scene.frame is not None and scene.frame.flow == casebook.CHECK_IN
    return here and isinstance(step, Ask) and step.type == "text"


def has_lapsed(scene: Scene) -> bool:
    """Tell whether it is over without that, since its question was left alone for long; kind words still answer it.

    The first question is over when nothing opens the case again any more.
    """
    step = steps.asking(scene)
    kind = isinstance(step, Ask) and step.type == "text" and scene.felt.mood == "happy"
    over = _since_told(scene) >= _LAPSES if lapses(scene) else _is_check_in(scene) and _reopens_nothing(scene)
    return step is not None and over and not kind


def turned_away(scene: Scene, meant: Understanding, text: str) -> bool:
    """Tell whether words, where a check-in asks for a few, are about something else: they wish for it, or come late."""
    if not lapses(scene) or meant.decision not in ("answer", "flow", "handoff"):
        return False
    return thanks.wishes(text, scene.catalog) or _since_told(scene) >= _FRESH


def _is_check_in(scene: Scene) -> bool:
    return scene.frame is not None and scene.frame.flow == casebook.CHECK_IN


def _reopens_nothing(scene: Scene) -> bool:
    """Tell whether we were last heard of so long ago that what is said now is a matter of its own."""
    return _since_told(scene) > timedelta(minutes=scene.catalog.limits.reopen)


def _since_told(scene: Scene) -> timedelta:
    return scene.now - scene.heard_of if scene.heard_of else timedelta()


def _is_well(clause: str, catalog: Catalog) -> bool:
    """Tell a yes, also one with more words than a yes that moves money may have: "yes it's there"."""
    words = normalise(clause).split()
    amiss = catalog.commands["unsolved"] | catalog.commands["negation"]
    plain = words[0] in catalog.commands["yes"] and not amiss & {*words}
    return plain or command(clause, catalog) == "helped"


def _answers(scene: Scene, step: Ask, text: str) -> bool:
    well = resolved(text, scene.catalog)
    case = scene.case(scene.talk.frames[-1].slots.get("case") or 0)
    if well is None or (case and reopening.names_another_order(case, text)):
        return False
    scene.rule("answered_step")
    if not well and slots.yes_no(text, scene.catalog) is None:
        _told(scene, text)
    steps.press(scene, step, "yes" if well else "no")
    steps.run(scene)
    return True


def _relapsed(scene: Scene, text: str) -> bool:
    """Tell whether words say that all isn't well after all: plainly, or late, or where no blame was asked for."""
    step, catalog = steps.asking(scene), scene.catalog
    if "?" in text or scene.felt.mood == "happy" or thanks.heard(text, catalog, wholly=False) != "unsolved":
        return False
    meant, case = understand(text, catalog), scene.case(scene.talk.frames[-1].slots.get("case") or 0)
    matter = meant.decision in ("answer", "flow")
    if matter and meant.id not in (case.about if case else ()) and thanks.wishes(text, catalog):
        return False
    if names((*catalog.commands["relapsed"],), text) or _since_told(scene) >= _FRESH:
        return meant.decision != "handoff"
    blamed = isinstance(step, Ask) and step.type == "text" and not step.options  # that was asked for
    return matter and not blamed and bool(catalog.commands["unsolved"] & {*normalise(text).split()})


def _taken_back(scene: Scene, text: str) -> bool:
    """Answer the check-in's first question anew: it isn't resolved."""
    flow = scene.flow_of(scene.talk.frames[-1])
    asks = [each for each in (flow.steps.values() if flow else ()) if isinstance(each, Ask)]
    first = next((each for each in asks if each.slot == "fixed"), None)
    if first is None:
        return False
    scene.rule("taken_back")
    scene.change_frame(step=first.id)
    _told(scene, text)
    steps.press(scene, first, "no")
    steps.run(scene)
    return True


def _told(scene: Scene, text: str) -> None:
    """Keep what is wrong, which is not asked any more."""
    scene.change_frame(slots={**scene.talk.frames[-1].slots, "wrong": text.strip()})


def _after_the_end(scene: Scene, closed: Case, event: MessageReceived) -> bool:
    """Take what is said to the end itself; False for all else."""
    if reopening.asks_on(scene, closed, event.text):
        scene.rule("asks_on")
        case = cases.hand_over(scene, "", casebook.reason(scene, "reason_more"), reopen=closed.number)
        casebook.tell(scene, case, event.text)
        return True
    if mycases.wants_closed(event.text, scene.catalog) or thanks.over(event.text, scene.catalog):
        return _thanked(scene, closed, event.text)
    first = scene.talk.expecting == "settled"
    word = command(event.text, scene.catalog)
    if first:
        scene.change(expecting="more")
    replies = not first and reopening.owed(scene, closed)  # whoever thanks and says more answers what they were asked
    said = thanks.heard(event.text, scene.catalog, wholly=replies and scene.felt.mood != "happy")
    if not said and replies and not reopening.asked(scene, closed) and nods.read(event.text, scene.catalog) == "nods":
        said = "thanks"
    if said == "unsolved" or (first and word == "no"):
        return _unsolved(scene, closed, event.text, first=first)
    if (first and word == "yes") or _is_solved(scene, closed, event.text):
        return _thanked(scene, closed, event.text)
    if said == "" or word == "helped" or event.files or scene.felt.mood in UNHAPPY:
        return False
    return _thanked(scene, closed, event.text)


def _is_solved(scene: Scene, closed: Case, text: str) -> bool:
    """Tell a late yes to whether it is solved: people had asked nothing, and the bot has asked nothing since."""
    last = scene.talk.spoke
    told = last is None or (last.who == "bot" and (last.over or not nods.asks(last.text, scene.catalog)))
    return told and not reopening.owed(scene, closed) and bool(slots.yes_no(text, scene.catalog))


def _unsolved(scene: Scene, closed: Case, text: str, *, first: bool) -> bool:
    meant = understand(text, scene.catalog)
    elsewhere = meant.decision in ("answer", "flow", "handoff") and meant.id not in closed.about
    if elsewhere and (not first or meant.decision == "handoff" or thanks.wishes(text, scene.catalog)):
        return False
    scene.trace = meant.trace("not_solved")
    case = cases.hand_over(scene, "", casebook.reason(scene, "reason_more"), reopen=closed.number)
    casebook.tell(scene, case, text)
    return True


def _thanked(scene: Scene, closed: Case, text: str) -> bool:
    """Thank back: for a sign, once for each end; False where the words are more likely about another matter."""
    meant = understand(text, scene.catalog)
    if meant.decision == "smalltalk":
        scene.trace = meant.trace("thanks_after_the_end")
        replying.act(scene, meant, text)
        return True
    if meant.decision in ("answer", "flow", "handoff") and not thanks.heard(text, scene.catalog):
        return False
    scene.rule("sign_after_the_end")
    thanked = f"thanked:{closed.number}:{closed.resolved_at:%Y%m%d%H%M}"
    if thanked not in scene.talk.said or not thanks.is_sign(text):
        scene.change(said={**scene.talk.said, thanked: 0})
        scene.say_text("sign")
    return True
