"""How words sound, in the light of what was asked: a name, an address or a number sounds like nothing.

What follows from it is in `soothing`.
"""

from msgspec.structs import replace

from bot.dialog import nods, slots, steps, thanks, timing
from bot.dialog.flow import Ask
from bot.dialog.scene import Scene
from bot.dialog.understand import clauses, command
from bot.dialog.values import Reading
from bot.knowledge import normalise
from bot.knowledge.mood import CALM, Mood

_FACTS = frozenset({"address", "email", "phone", "order", "number"})
_SENTENCE = 4  # words at least of a clause that tells something besides a fact
_GRUNT = 2  # words at most that only say that somebody would rather not be asked


def sounds(scene: Scene, text: str) -> Mood:
    """Return how words sound; a command such as "my cases" sounds like nothing."""
    if command(text, scene.catalog):
        return CALM
    step = steps.asking(scene)
    if not isinstance(step, Ask) or not (step.factual or step.type in _FACTS):
        felt = scene.catalog.mood.feel(text)
        return replace(felt, urgent=False) if felt.urgent and _patient(scene, text) else felt
    return _beside(scene, step, text)


def _patient(scene: Scene, text: str) -> bool:
    """Tell whether words that sound like haste want nothing soon: it is they who hurry, it is over, or a mere time."""
    over = thanks.heard(text, scene.catalog) == "thanks" or thanks.over(text, scene.catalog)
    lead = {*scene.catalog.answers.by_day, *scene.catalog.answers.before_day}
    mere = lead.isdisjoint(normalise(text).split()) and timing.only_says_when(text, scene.catalog)
    return over or mere or nods.read(text, scene.catalog) == "comes_back"


def _beside(scene: Scene, step: Ask, text: str) -> Mood:
    """Return how an answer sounds to a question for a fact: danger in a sentence of it is heard, and nothing else.

    Words that are no answer sound as they always do, but for a grunt.
    """
    read = slots.read(step, (), text, scene.catalog, scene.now)
    felt = scene.catalog.mood.feel(text)
    if "?" in text or felt.threat or (felt.mood == "abusive" and not any(map(str.isdigit, text))):
        return felt
    if not isinstance(read, Reading):
        return CALM if len(text.split()) <= _GRUNT else felt
    told = [each for each in clauses(text) if len(each.split()) >= _SENTENCE and not any(map(str.isdigit, each))]
    heard = scene.catalog.mood.feel(". ".join(told)) if told else CALM
    return replace(CALM, safety=heard.safety, perhaps=heard.perhaps, cues=heard.cues)
