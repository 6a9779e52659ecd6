"""The chance that the best subject is the right one, and from which chance to answer, ask or pass.

The constants were fitted by `python -m tests.knowledge.fit`. Nothing here knows of text.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.knowledge.space import Floats
from bot.knowledge.subject import Thresholds

# One weight per clue, in the order in which `clues` gives them.
WEIGHTS: Floats = np.array([-8.36, 6.27, 8.42, 2.19, 0.61, -1.63], np.float32)

# How fast two subjects stop being a toss-up as their scores part.
PARTING = 30.0

# For content of a single subject, and for content too large to learn from.
_USUAL_LEVEL = 0.16
_LOWEST_LEVEL = 0.05

# A phrasing, word for word: only the content itself can be wrong.
EXACT = 0.999

# Of all questions, this share may be answered at once and wrongly, when this share of them is not covered.
_WRONG = 0.05
_UNCOVERED = 0.2

# From the lowest on, fewer than 15 in 100 questions about a withheld FAQ entry were answered on the valid parts of the
# same data, with room to spare; above the highest, too few of any kind. Clarifying is a compromise: lower reaches more
# of the covered questions, and offers options to more of those that are about something else.
_LOWEST_ANSWER = 0.68
_HIGHEST_ANSWER = 0.72
_CLARIFY = 0.2

# Fewer phrasings than this say too little about themselves.
_ENOUGH = 30


def clues(fused: Floats, known: Floats, words: Floats, level: float) -> Floats:
    """Return what speaks for and against the best subject of each text (clues by texts).

    `fused` are the texts' scores (texts by subjects), `known` is the share of each text's words that the
    phrasings know, `words` how many it has, and `level` what `level` found.
    """
    found = np.empty((len(WEIGHTS), len(fused)), np.float32)
    found[0] = 1
    found[1], found[2] = _lead(fused)
    found[3] = known
    found[4] = np.log(np.maximum(words, 1))
    found[5] = math.log(level)
    return found


def level(outside: Floats | None) -> float:
    """Return what the best subject scores, in the mean, for a question that no subject covers.

    `outside` are the scores of the phrasings, each without its own subject. Against this level a score is high
    or low: it is higher where subjects are many or alike.
    """
    return _USUAL_LEVEL if outside is None else max(float(outside.max(axis=1).mean()), _LOWEST_LEVEL)


def confidence(clues: Floats) -> Floats:
    """Return the chance (0 to 1) that each text's best subject is right; of two that tie, neither gets over half."""
    odds = np.minimum(WEIGHTS @ clues, PARTING * clues[2])
    chance: Floats = (1 / (1 + np.exp(-odds))).astype(np.float32)
    return chance


def _lead(fused: Floats) -> tuple[Floats, Floats]:
    """Return the best score of each text, and how far it leads."""
    if fused.shape[1] == 1:
        return fused[:, 0], fused[:, 0]
    two = np.partition(fused, -2, axis=1)[:, -2:]
    return two[:, 1], two[:, 1] - two[:, 0]


class Own(NamedTuple):
    """What the content's own phrasings say: confidences, phrasing by phrasing, of an index that lacks something.

    `inside` is without the phrasing itself, and `right` says whether its subject still came out best; `outside`
    is without its whole subject, so that any answer is wrong.
    """

    inside: Floats
    right: npt.NDArray[np.bool_]
    outside: Floats


def thresholds(own: Own | None) -> Thresholds:
    """Return the thresholds for this content: the lowest at which few enough questions are answered wrongly.

    Leaving out a phrasing plays the customer whose question is covered, leaving out a subject the one whose
    question is not. How many are answered rightly is no measure: authors avoid saying the same thing twice, and
    customers do not. Content with too few phrasings to tell gets the lowest that any gets.
    """
    if own is None or len(own.inside) < _ENOUGH:
        return Thresholds(answer=_LOWEST_ANSWER, clarify=_CLARIFY)
    for answer in np.linspace(_LOWEST_ANSWER, _HIGHEST_ANSWER, 21):
        covered = np.mean((own.inside >= answer) & ~own.right)
        uncovered = np.mean(own.outside >= answer)
        if (1 - _UNCOVERED) * covered + _UNCOVERED * uncovered <= _WRONG:
            break
    return Thresholds(answer=round(float(answer), 4), clarify=_CLARIFY)
