"""How well each subject fits: by its centroid, its nearest phrasing and the learned model, fused.

All scores are arrays of texts by subjects. Nothing here knows of text, and nothing of thresholds.
"""

import math
from typing import ClassVar, NamedTuple

import numpy as np

from bot.knowledge.ridge import Ridge, hardest
from bot.knowledge.space import Floats, Ints

# What is learned from costs its number times the square of that of the landmarks.
_MOST_LANDMARKS = 1_600
_MOST_TAUGHT = 16_000
_MOST_JUDGED = 2_000

# What centroid and nearest phrasing count beside the learned model, where subjects have few phrasings and many.
_FEW, _MANY = 15, 60
_CENTROID = (0.5, 0.0)
_NEAREST = (0.1, 0.5)


class Scores(NamedTuple):
    """The scores of texts, fused, and what they are made of."""

    fused: Floats
    centroid: Floats
    nearest: Floats
    learned: Floats


class Taught(NamedTuple):
    """Which phrasings are learned from (numbers of phrasings), and which of those are landmarks and judged (rows)."""

    phrasings: Ints
    landmarks: Ints
    judged: Ints


def taught(owner: Ints) -> Taught:
    """Choose: all, or where they are too many as many of each subject as can be; of landmarks then only half."""
    chosen = _fair(owner, _MOST_TAUGHT)
    landmarks = len(chosen) if len(chosen) <= _MOST_LANDMARKS else _MOST_LANDMARKS // 2
    return Taught(chosen, _fair(owner[chosen], landmarks), _whole(owner[chosen], _MOST_JUDGED))


def further(likeness: Floats, taught: Taught, owner: Ints, subjects: int) -> Ints:
    """Return the rows that had best be landmarks too: those that the taught so far (n by m) get most wrong."""
    if len(taught.landmarks) == len(taught.phrasings):
        return np.arange(0)
    room = _MOST_LANDMARKS - len(taught.landmarks)
    return hardest(likeness, taught.landmarks, owner[taught.phrasings], subjects, room)


def _fair(owner: Ints, most: int) -> Ints:
    """Choose at most so many, as many of each subject as can be, spread over its phrasings."""
    if len(owner) <= most:
        return np.arange(len(owner))
    first = np.searchsorted(owner, owner)
    size = np.searchsorted(owner, owner, side="right") - first
    place = np.arange(len(owner)) - first
    rank = np.where(size > 0, (place * 0.6180339887498949) % 1 * size, 0)
    order = np.lexsort((rank, owner))
    turn = np.empty(len(owner), np.int64)
    turn[order] = place
    return np.sort(np.lexsort((owner, turn))[:most])


def _whole(owner: Ints, most: int) -> Ints:
    """Choose whole subjects, at most so many phrasings, evenly spread; at least one subject, of which a part."""
    if len(owner) <= most:
        return np.arange(len(owner))
    step = -(-len(owner) // most)
    subjects = np.unique(owner)
    rows = np.flatnonzero(np.isin(owner, subjects[:: step if len(subjects) >= step else 1]))
    return rows[:most]


class Scorer:
    """Scores subjects from likenesses to their phrasings, which stand grouped by subject."""

    KEPT: ClassVar[tuple[str, ...]] = ("_landmarks", "_length", "_start", "_shares")

    def __init__(self, likeness: Floats, taught: Taught, owner: Ints, length: Floats) -> None:
        """Learn from the taught phrasings' likeness to the landmarks (taught by landmarks).

        `owner` is the subject of each phrasing, `length` that of each subject's centroid.
        """
        self._landmarks = taught.phrasings[taught.landmarks]
        self._judged = taught.phrasings[taught.judged]
        self._owner = owner
        self._length = length
        self._start = np.searchsorted(owner, np.arange(len(length)))
        learned_from = owner[taught.phrasings]
        self._shares = _shares(len(owner) / len(length))
        self.ridge = Ridge(likeness, taught.landmarks, learned_from, len(length), taught.judged)

    def score(self, likeness: Floats) -> Scores:
        """Score texts by their likeness to the phrasings (texts by phrasings)."""
        centroid, nearest = self._sums(likeness) / self._length, self._nearest(likeness)
        return self._fuse(centroid, nearest, self.ridge.score(likeness[:, self._landmarks]))

    def _sums(self, likeness: Floats) -> Floats:
        sums: Floats = np.add.reduceat(likeness, self._start, axis=1)
        return sums

    def _nearest(self, likeness: Floats) -> Floats:
        nearest: Floats = np.maximum.reduceat(likeness, self._start, axis=1)
        return nearest

    def without_phrasing(self, likeness: Floats) -> Scores:
        """Score each judged phrasing as though it were not among them, given their likeness to all."""
        here = np.arange(len(likeness))
        own = self._owner[self._judged]
        others = likeness.copy()
        others[here, self._judged] = 0
        sums = self._sums(others)
        length = np.tile(self._length, (len(here), 1))
        square = self._length[own] ** 2 - 2 * sums[here, own] - likeness[here, self._judged]
        length[here, own] = np.sqrt(np.maximum(square, 1e-6))
        return self._fuse(sums / length, self._nearest(others), self.ridge.without_phrasing())

    def without_subject(self, likeness: Floats) -> Scores:
        """Score each judged phrasing as though its subject were not among them; that subject gets nothing."""
        centroid, nearest = self._sums(likeness) / self._length, self._nearest(likeness)
        scores = self._fuse(centroid, nearest, self.ridge.without_subject())
        for each in scores:
            each[np.arange(len(each)), self._owner[self._judged]] = 0
        return scores

    def _fuse(self, centroid: Floats, nearest: Floats, learned: Floats) -> Scores:
        of_centroid, of_nearest = self._shares
        total = np.float32(1 + of_centroid + of_nearest)
        fused: Floats = (learned + of_centroid * centroid + of_nearest * nearest) / total
        return Scores(fused, centroid, nearest, learned)


def _shares(phrasings: float) -> Floats:
    """Return what centroid and nearest phrasing count where subjects have so many phrasings in the mean."""
    many = min(max(math.log(phrasings / _FEW) / math.log(_MANY / _FEW), 0), 1)
    of_centroid, of_nearest = ((1 - many) * few + many * most for few, most in (_CENTROID, _NEAREST))
    return np.array([of_centroid, of_nearest], np.float32)
