"""The cues by which moods are told, and what danger sounds like, as content: each with the line on which it stands."""

from msgspec import convert

from bot.content.draft import Draft
from bot.content.moodmodels import AlarmsModel, FeelingsModel, MoodModel
from bot.content.yamlfile import Located
from bot.knowledge import normalise
from bot.knowledge.hearing import ABOUT, Example
from bot.knowledge.irony import Irony
from bot.knowledge.mood import Cue, Signs
from bot.knowledge.threats import Threats


def take_mood(located: Located, draft: Draft, model: MoodModel) -> None:
    """Take the lexicon, and note words that stand twice with the same meaning."""
    seen: dict[tuple[str, str], Cue] = {}
    for group, each in enumerate(model.cues):
        for number, words in enumerate(each.words):
            at = located.at("mood", "cues", group, "words", number)
            cue = Cue(words=words, means=each.means, weight=each.weight, at=at)
            first = seen.setdefault((each.means, normalise(words) or words), cue)
            if first is not cue:
                draft.problem(at, f"'{words}' means {each.means} at {first.at} already.", "Keep it in one place.")
            draft.cues += (cue,)
    draft.signs = Signs(
        negations=tuple(model.negations),
        intensifiers=tuple(model.intensifiers),
        targets=tuple(model.targets),
        oneself=tuple(model.oneself),
        asking=tuple(model.asking),
        threats=convert(model.threats.model_dump(), Threats),
        irony=convert(model.irony.model_dump(), Irony),
    )


def take_examples(located: Located, draft: Draft, section: str, model: AlarmsModel | FeelingsModel) -> None:
    """Take the examples of how messages sound, and note one that stands twice."""
    seen: dict[str, str] = {}
    for about in (name for name in ABOUT if name in type(model).model_fields):
        given = getattr(model, about)
        if given is None:
            continue
        for key, harmless in (("messages", False), ("harmless", True)):
            for number, text in enumerate(getattr(given, key)):
                at = located.at(section, about, key, number)
                if first := seen.get(f"{about} {normalise(text)}"):
                    draft.problem(at, f"'{text}' stands at {first} already.", "Keep it in one place.")
                seen[f"{about} {normalise(text)}"] = at
                draft.examples += (Example(text=text, about=about, harmless=harmless, at=at),)
