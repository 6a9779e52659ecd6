"""Why a subject came first, and how its confidence comes about: what was seen, and what each of it weighs.

Nothing here decides anything, or knows how it is shown.
"""

import math
from typing import NamedTuple

from bot.knowledge.confidence import CLAUSE, CLUES, PARTING, WEIGHTS, Mode
from bot.knowledge.likeness import Near
from bot.knowledge.scores import Scorer, Scores
from bot.knowledge.space import Floats


class Weighed(NamedTuple):
    """Something that counts: how much of it there is, and its weight; it adds the product of both."""

    name: str
    value: float
    weight: float


class Reasons(NamedTuple):
    """What speaks for the best subject.

    `near` is its nearest phrasing's likeness, and what makes it. `scores` add up to `score`; `clues` to the odds (their
    natural logarithm) that it is right, which are `most` where another subject is about as good: of two that tie none
    gets over half. `clause` says that a clause is a phrasing of it word for word, which is as sure as `CLAUSE` says.
    `chance` is the confidence that comes of all this.
    """

    near: Near
    scores: tuple[Weighed, ...]
    score: float
    clues: tuple[Weighed, ...]
    most: float | None
    clause: bool
    chance: float


def reasons(near: Near, scores: Scores, scorer: Scorer | None, found: Floats, mode: Mode, *, clause: bool) -> Reasons:
    """Return what speaks for the best subject of one text's scores, by what was found of it."""
    best = int(scores.fused[0].argmax())
    of_centroid, of_nearest = map(float, scorer.counts) if scorer else (0.0, 0.0)
    total = 1 + of_centroid + of_nearest
    made_of = (
        Weighed("learned", float(scores.learned[0, best]), 1 / total),
        Weighed("centroid", float(scores.centroid[0, best]), of_centroid / total),
        Weighed("nearest", float(scores.nearest[0, best]), of_nearest / total),
    )
    weighed = tuple(map(Weighed, CLUES, found.tolist(), WEIGHTS[mode].tolist()))
    odds = sum(each.value * each.weight for each in weighed)
    most = PARTING * float(found[CLUES.index("lead")])
    chance = 1 / (1 + math.exp(-min(odds, most)))
    return Reasons(
        near=near,
        scores=made_of,
        score=float(scores.fused[0, best]),
        clues=weighed,
        most=most if most < odds else None,
        clause=clause,
        chance=max(chance, CLAUSE) if clause else chance,
    )
