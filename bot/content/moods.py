"""The cues by which moods are told, as content: each word with the line on which it stands."""

from bot.content.draft import Draft
from bot.content.moodmodels import MoodModel
from bot.content.yamlfile import Located
from bot.knowledge import normalise
from bot.knowledge.mood import Cue, Signs


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
    )
