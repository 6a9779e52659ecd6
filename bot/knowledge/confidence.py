"""The chance that the best subject is the right one, and from which chance to answer, ask or pass.

The constants were fitted by `python -m tests.knowledge.fit`. Nothing here knows of text.
"""

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.knowledge.scores import Scores
from bot.knowledge.space import Floats
from bot.knowledge.subject import Thresholds

# By what texts are compared: by spelling alone, by the meaning of words too, or by that of sentences too.
Mode = Literal["spelling", "meaning", "sentence"]

# What speaks for and against the best subject, in the order in which `clues` gives it: a constant, how well it fits and
# how far it leads, the share of the words that is known, how many they are, how well strangers' questions fit, how near
# the nearest phrasing is, whether centroid and nearest phrasing agree, and how far the learned model prefers it.
CLUES = ("always", "score", "lead", "known", "words", "level", "nearest", "agree", "learned_lead")

# One weight per clue.
WEIGHTS: Mapping[Mode, Floats] = {
    "spelling": np.array([-8.07, 5.96, 10.02, 2.06, 0.55, -1.43, 0.68, 0.2, -2.35], np.float32),
    "meaning": np.array([-6.42, 8.14, 10.15, 1.21, 0.42, -1.11, -0.84, 0.13, -1.91], np.float32),
    "sentence": np.array([-6.37, 6.75, 12.62, -0.16, -0.0, -1.88, 1.76, 0.05, -3.59], np.float32),
}

# How fast two subjects stop being a toss-up as their scores part.
PARTING = 30.0

# For content of a single subject, and for content too large to learn from.
_USUAL_LEVEL = 0.16
_LOWEST_LEVEL = 0.05

# A phrasing, word for word: only the content itself can be wrong. And one that is a clause of a longer text, where the
# whole text is likest to the same subject.
EXACT = 0.999
CLAUSE = 0.98

# Of what is answered at once so much is to be right when a share of the questions is not covered; and of the questions
# about a topic that the content lacks beside those it has, no more than so much is to be answered.
_RIGHT = 0.95
_UNCOVERED = 0.2
_INVENTED = 0.035

# Authored phrasings stand for few customers each, and an authored topic that is left out is nearer to its neighbours
# than what customers ask beside the topics: of those, more may be answered.
_INVENTED_AUTHORED = 0.105

# The content's own phrasings choose between these. Clarifying is a compromise: lower reaches more of the covered
# questions, and offers options to more of those that are about something else.
_LOWEST_ANSWER = 0.7
_HIGHEST_ANSWER = 0.97

# From which share of phrasings on, found again by the others, they resemble one another as customers' questions do, so
# that it says something how many answers are right. Authors avoid saying the same thing twice; customers do not.
_ALIKE = 0.7

# When the wish for a person is heard. One called in vain costs an apology, a wish that is not heard costs a customer:
# half-sure is enough, if so few of all other phrasings would be mistaken for it.
_PEOPLE = (0.5, 0.53)
_MISTAKEN = 0.005
_CLARIFY = 0.2

# Fewer phrasings than this say too little about themselves.
_ENOUGH = 30


def clues(scores: Scores, known: Floats, words: Floats, level: float) -> Floats:
    """Return what speaks for and against the best subject of each text (clues by texts).

    `known` is the share of each text's words that the phrasings know, `words` how many it has, and `level` what
    `level` found.
    """
    fused = scores.fused
    best = fused.argmax(axis=1)
    here = np.arange(len(fused))
    found = np.empty((len(CLUES), len(fused)), np.float32)
    found[0] = 1
    found[1], found[2] = _lead(fused)
    found[3] = known
    found[4] = np.log(np.maximum(words, 1))
    found[5] = math.log(level)
    found[6] = scores.nearest[here, best]
    found[7] = (scores.centroid.argmax(axis=1) == best) & (scores.nearest.argmax(axis=1) == best)
    found[8] = _lead(scores.learned)[1]
    return found


def level(outside: Floats | None) -> float:
    """Return what the best subject scores, in the mean, for a question that no subject covers.

    `outside` are the scores of the phrasings, each without its own subject. Against this level a score is high
    or low: it is higher where subjects are many or alike.
    """
    return _USUAL_LEVEL if outside is None else max(float(outside.max(axis=1).mean()), _LOWEST_LEVEL)


def confidence(clues: Floats, mode: Mode) -> Floats:
    """Return the chance (0 to 1) that each text's best subject is right; of two that tie, neither gets over half."""
    odds = np.minimum(WEIGHTS[mode] @ clues, PARTING * clues[2])
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
    is without its whole subject, so that any answer is wrong. `people` is how sure it would be without the phrasing
    that a person is wished for, where that is wrong.
    """

    inside: Floats
    right: npt.NDArray[np.bool_]
    outside: Floats
    people: Floats


def thresholds(own: Own | None) -> Thresholds:
    """Return the thresholds for this content: the lowest at which what is answered is right.

    Leaving out a phrasing plays the customer whose question is covered, leaving out a subject the one whose
    question is not. Content with too few phrasings to tell gets the lowest that any gets.
    """
    if own is None or len(own.inside) < _ENOUGH:
        return Thresholds(answer=_LOWEST_ANSWER, clarify=_CLARIFY, people=_PEOPLE[0])
    return Thresholds(answer=_answer(own), clarify=_CLARIFY, people=_people(own))


def _answer(own: Own) -> float:
    alike = np.mean(own.right) >= _ALIKE
    grid = np.linspace(_LOWEST_ANSWER, _HIGHEST_ANSWER, 30)
    for answer in grid:
        covered, uncovered = own.inside >= answer, float(np.mean(own.outside >= answer))
        right = (1 - _UNCOVERED) * np.mean(covered & own.right)
        answered = (1 - _UNCOVERED) * np.mean(covered) + _UNCOVERED * uncovered
        if uncovered <= (_INVENTED if alike else _INVENTED_AUTHORED) and (not alike or right >= _RIGHT * answered):
            break
    return round(float(answer), 4)


def _people(own: Own) -> float:
    for people in np.linspace(*_PEOPLE, 21):
        if not own.people.size or np.mean(own.people >= people) <= _MISTAKEN:
            break
    return round(float(people), 4)
