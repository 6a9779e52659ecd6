"""How well each subject fits: by its centroid, its nearest phrasing and the learned model, fused.

All scores are arrays of texts by subjects. Nothing here knows of text, and nothing of thresholds.
"""

import math
from typing import ClassVar, NamedTuple

import numpy as np

from bot.knowledge.ridge import Ridge, Unseen
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


def room(taught: Taught) -> int:
    """Return how many more landmarks there may be, where not all that is taught is one."""
    return 0 if len(taught.landmarks) == len(taught.phrasings) else _MOST_LANDMARKS - len(taught.landmarks)


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

    KEPT: ClassVar[tuple[str, ...]] = ("_landmarks", "length", "_start", "counts")

    def __init__(self, ridge: Ridge, landmarks: Ints, owner: Ints, length: Floats) -> None:
        """Take what was learned by likeness to the landmarks (numbers of phrasings).

        `owner` is the subject of each phrasing, `length` that of each subject's centroid. Beside the learned model,
        which counts 1, centroid and nearest phrasing count `counts`.
        """
        self.ridge = ridge
        self.length = length
        self._landmarks = landmarks
        self._start = np.searchsorted(owner, np.arange(len(length)))
        self.counts = _counts(len(owner) / len(length))

    def score(self, likeness: Floats) -> Scores:
        """Score texts by their likeness to the phrasings (texts by phrasings)."""
        learned = self.ridge.score(likeness[:, self._landmarks])
        return self.fuse(self.sums(likeness) / self.length, self.nearest(likeness), learned)

    def sums(self, likeness: Floats) -> Floats:
        """Return each subject's sum of likenesses (texts by subjects)."""
        sums: Floats = np.add.reduceat(likeness, self._start, axis=1)
        return sums

    def nearest(self, likeness: Floats) -> Floats:
        """Return each subject's greatest likeness (texts by subjects)."""
        nearest: Floats = np.maximum.reduceat(likeness, self._start, axis=1)
        return nearest

    def fuse(self, centroid: Floats, nearest: Floats, learned: Floats) -> Scores:
        """Return the scores, and their mean by what each counts."""
        of_centroid, of_nearest = self.counts
        total = np.float32(1 + of_centroid + of_nearest)
        fused: Floats = (learned + of_centroid * centroid + of_nearest * nearest) / total
        return Scores(fused, centroid, nearest, learned)


class Absent:
    """Scores the judged phrasings as though they, or their subjects, were not among the phrasings."""

    def __init__(self, scorer: Scorer, unseen: Unseen, owner: Ints, judged: Ints, likeness: Floats) -> None:
        """Take the numbers of the judged and their likeness to all phrasings (judged by phrasings)."""
        self._scorer, self._unseen = scorer, unseen
        self._judged, self._own = judged, owner[judged]
        self._here = np.arange(len(judged))
        self._likeness = likeness

    def without_phrasing(self) -> Scores:
        """Score each as though it were not there."""
        here, own, scorer = self._here, self._own, self._scorer
        others = self._likeness.copy()
        others[here, self._judged] = 0
        sums = scorer.sums(others)
        length = np.tile(scorer.length, (len(here), 1))
        square = scorer.length[own] ** 2 - 2 * sums[here, own] - self._likeness[here, self._judged]
        length[here, own] = np.sqrt(np.maximum(square, 1e-6))
        return scorer.fuse(sums / length, scorer.nearest(others), self._unseen.without_phrasing())

    def without_subject(self) -> Scores:
        """Score each as though its subject were not there; that subject gets nothing."""
        scorer = self._scorer
        centroid, nearest = scorer.sums(self._likeness) / scorer.length, scorer.nearest(self._likeness)
        scores = scorer.fuse(centroid, nearest, self._unseen.without_subject())
        for each in scores:
            each[self._here, self._own] = 0
        return scores


def _counts(phrasings: float) -> Floats:
    """Return what centroid and nearest phrasing count where subjects have so many phrasings in the mean."""
    many = min(max(math.log(phrasings / _FEW) / math.log(_MANY / _FEW), 0), 1)
    of_centroid, of_nearest = ((1 - many) * few + many * most for few, most in (_CENTROID, _NEAREST))
    return np.array([of_centroid, of_nearest], np.float32)
