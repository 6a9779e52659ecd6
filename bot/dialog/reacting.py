"""A kind word to what answers no question: "I don't know", "why?", "both"; and files, where one was asked for.

A wish for people that has a choice's words in it is no answer either, where that choice would ask on.

The question itself is asked again by `steps`, which counts.
"""

from collections.abc import Sequence

from bot.dialog import hearing, slots, steps
from bot.dialog.collected import Asking, options
from bot.dialog.events import MessageReceived
from bot.dialog.files import File
from bot.dialog.flow import Ask, Confirm, FormStep, Handoff, Note, Offer, Option, Say, SetStep
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding, clauses, unclear, understand
from bot.dialog.values import Hint
from bot.dialog.values.reading import Lexicon, begins, phrase
from bot.knowledge import normalise


def reacts(scene: Scene, step: Asking, text: str) -> bool:
    """Meet what says nothing with help; "whatever" only where words of one's own are not wanted."""
    said, known = normalise(text), scene.catalog.answers
    own_words = isinstance(step, FormStep) or (isinstance(step, Ask) and step.type in ("text", "address"))
    if own_words and slots.choose(options(scene, step), text, scene.catalog):
        return False
    if not isinstance(step, Offer | Confirm) and _asks_why(said, known):
        scene.rule("asked_why")
        steps.refuse(scene, Hint(key="answer_why", values={"asked": step.type if isinstance(step, Ask) else ""}))
    elif unclear(text, scene.catalog):
        scene.rule("asked_meaning")
        steps.refuse(scene, Hint(key="answer_unclear"))
    elif said in scene.catalog.commands["showing"] and not own_words:
        scene.rule("shows_nothing")
        steps.refuse(scene)
    elif _points(said, scene.catalog.commands["yes"], known):
        scene.rule("points_at_nothing")
        steps.refuse(scene, Hint(key="answer_pointing"))
    elif said in known.dont_know and not (own_words and (_suggests(step, said) or _turns_away(scene, step, text))):
        scene.rule("dont_know")
        steps.refuse(scene, Hint(key=_help(step)))
    elif said in known.whatever and not own_words:
        scene.rule("whatever")
        steps.refuse(scene, Hint(key="answer_whatever"))
    else:
        return False
    return True


def reconsiders(scene: Scene, step: Asking, text: str) -> bool:
    """Say how to leave it to who has thought better of it, and ask on: it could be their reason, or only this answer.

    Where the question itself names such words, they answer it.
    """
    words = scene.catalog.commands["reconsidering"]
    first, *more = [part for part in clauses(text) if normalise(part)] or [text]
    if normalise(first) not in words or "?" in text or any(_suggests(step, each) for each in words):
        return False
    if more and understand(". ".join(more), scene.catalog).decision not in ("unknown", "clarify", "smalltalk"):
        return False
    scene.rule("reconsidered")
    steps.refuse(scene, Hint(key="answer_reconsidered"))
    return True


def _suggests(step: Asking, said: str) -> bool:
    """Tell whether a question itself names words as an answer: "if you can't tell, say so"."""
    wordings = [step.text, step.again, step.otherwise if isinstance(step, Ask) else None]
    return any(phrase(normalise(variant), [said]) for each in wordings if each for variant in each.variants)


def _turns_away(scene: Scene, step: Asking, text: str) -> bool:
    """Tell whether a question's own check refuses words, which it does in words of its own."""
    return isinstance(step, Ask) and not hearing.holds(scene, step, text.strip())


def wants_another(scene: Scene, step: Asking, text: str) -> bool:
    """Take a wish for something else, at a reading back, for a no: "I'll take the blue one instead".

    Where it is something that can be changed there ("can I have store credit instead?"), it is not asked what.
    """
    if not isinstance(step, Confirm) or not phrase(normalise(text), scene.catalog.answers.other):
        return False
    change = steps.on_no(scene, step)
    picked = slots.choose(options(scene, change), text.rstrip(" ?"), scene.catalog) if change else None
    if "?" in text and picked is None:
        return False
    scene.rule("wants_another")
    steps.press(scene, step, "no")
    if picked and change:
        steps.press(scene, change, picked.value)
    steps.go_on(scene)
    return True


def _asks_why(said: str, known: Lexicon) -> bool:
    """Tell whether words only ask what a question is for: "why do you need my order number?"."""
    names = {word for each in known.called.values() for name in each for word in name.split()}
    rest = said.removeprefix(begins(said, known.why)).split()
    return said != " ".join(rest) and {*rest} <= known.fillers | names


def _points(said: str, yes: frozenset[str], known: Lexicon) -> bool:
    """Tell whether words only point at something, where nothing is found there: "yes but not that one"."""
    words = {*said.split()}
    places = {name for name in known.ordinals if " " in name}
    turned = bool(words & yes) and bool(phrase(said, known.but))
    if not (turned or phrase(said, known.both | places)):
        return False
    return words <= known.fillers | yes | {word for each in known.both | known.but | places for word in each.split()}


def wants_people(scene: Scene, step: Asking, text: str) -> Understanding | None:
    """Return the wish for people in words that a choice would be read in, and that leads to more questions."""
    if isinstance(step, FormStep | Confirm):
        return None
    picked = slots.choose(options(scene, step), text, scene.catalog)
    if picked is None or slots.called((picked,), text):
        return None
    meant = understand(text, scene.catalog)
    return meant if meant.decision == "handoff" and not _leads_to_people(scene, step, picked) else None


def _leads_to_people(scene: Scene, step: Asking, picked: Option) -> bool:
    flow = scene.flow_of(scene.talk.frames[-1])
    at = flow.steps.get(picked.then or step.then) if flow else None
    while flow and isinstance(at, Say | SetStep | Note):
        at = flow.steps.get(at.then)
    return isinstance(at, Handoff)


def _help(step: Asking) -> str:
    if isinstance(step, Ask) and step.type == "order":
        return "answer_dont_know_order"
    if isinstance(step, Offer) or (isinstance(step, Ask) and (step.options or step.options_from)):
        return "answer_dont_know_choice"
    return "answer_dont_know"


def attached(scene: Scene, step: Asking) -> bool:
    """Take the files of a message as the answer, where a photo or a file was asked for."""
    event = scene.event
    if not (isinstance(event, MessageReceived) and isinstance(step, Ask) and steps.attach(scene, step, event.files)):
        return False
    scene.rule("attached")
    steps.go_on(scene)
    return True


def only_shows(scene: Scene, text: str) -> bool:
    """Tell whether words only point at something that is sent with them: "here", "see photo"."""
    return normalise(text) in scene.catalog.commands["showing"]


def spoken(files: Sequence[File]) -> bool:
    """Tell whether all of these are voice messages."""
    return all(file.kind.startswith("audio/") for file in files)
