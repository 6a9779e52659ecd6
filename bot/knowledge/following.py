"""A follow-up ("and to Canada?", "how long does that take?") read in the light of what was answered last.

Short words that do not say enough are ranked again together with the last subject's own. Nothing here knows of dialogs.
"""

from msgspec.structs import replace

from bot.knowledge.index import Index
from bot.knowledge.subject import Match, Ranking
from bot.knowledge.text import length, normalise

# Longer ones speak for themselves.
_SHORT = 7
_SHOWN = 3
_POINTING = 6
_DOUBT = 0.01  # less than what is answered without asking


def follow_up(index: Index, text: str, last: str, *, pointing: bool = False, leading: bool = False) -> Ranking:
    """Return the ranking of a text that follows on the subject `last`; that of the text alone, if it says enough.

    Where the two do not agree, those that the text alone speaks for come first, then those that it speaks for in the
    light of the last: too unsure to be answered without asking. A short text that points to something ("that", "it")
    never says enough by itself, unless it is a phrasing. One that is `leading` on ("and to …?") may end in a name that
    nothing knows.
    """
    alone = index.rank(text)
    about = index.words_of(last)
    size = length(normalise(text))
    small = bool(alone.matches) and alone.matches[0].kind in ("handoff", "smalltalk")
    points = pointing and size <= _POINTING
    enough = small or alone.exact or (alone.confidence >= index.thresholds.answer and not points)
    strange = not index.makes_sense(text)
    if enough or not about or not 0 < size <= _SHORT or (strange and not leading):
        return alone
    both = index.rank(f"{about} {text}")
    return _asked_about(index, alone, both, last, points=points, strange=strange) if both.matches else alone


def _asked_about(index: Index, alone: Ranking, both: Ranking, last: str, *, points: bool, strange: bool) -> Ranking:
    """Return who fits the text, what fits it with what it follows on, and that: surer only where both agree.

    A name that nothing knows is most likely asked of the same again.
    """
    best = both.matches[0]
    if alone.matches and best.id == alone.matches[0].id and best.id != last:
        return both if both.confidence > alone.confidence else alone
    thresholds = index.thresholds
    order = list(alone.matches[:_SHOWN]) if alone.confidence >= thresholds.clarify else []
    order = [*order[:1], *(match for match in both.matches if match.id != last), *order[1:], *both.matches]
    if strange:
        order[:0] = [match for match in both.matches if match.id == last]
    shown: dict[str, Match] = {}
    for match in order:
        if match.kind in ("answer", "flow"):
            shown.setdefault(match.id, match)
    own = min(alone.confidence, thresholds.answer - _DOUBT) if points else alone.confidence
    chance = max(own, min(both.confidence, (thresholds.clarify + thresholds.answer) / 2))
    first = list(shown.values())[:_SHOWN]
    return Ranking(
        matches=tuple(replace(match, score=chance / (at + 1)) for at, match in enumerate(first)),
        confidence=chance,
        words=alone.words,
    )
