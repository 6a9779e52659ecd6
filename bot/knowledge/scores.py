"""How well each subject fits: by its centroid, its nearest phrasing and the learned model, fused.

All scores are arrays of texts by subjects. Nothing here knows of text, and nothing of thresholds.
"""

import numpy as np

from bot.knowledge.ridge import Ridge
from bot.knowledge.space import Floats, Ints

# What is learned from costs the cube of its size.
_MOST_TAUGHT = 2_000

_LEARNED = 1.0
_CENTROID = 0.3
_NEAREST = 0.1


def taught(owner: Ints) -> Ints:
    """Choose the phrasings to learn from: all, or where they are too many as many of each subject as can be."""
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    most = np.cumsum(np.bincount(place)) if len(owner) else place
    return np.flatnonzero(place < np.searchsorted(most, _MOST_TAUGHT, side="right"))


class Scorer:
    """Scores subjects from likenesses to their phrasings, which stand grouped by subject."""

    def __init__(self, likeness: Floats, taught: Ints, owner: Ints, length: Floats) -> None:
        """Learn from the taught phrasings' likeness to all (taught by phrasings).

        `owner` is the subject of each phrasing, `length` that of each subject's centroid.
        """
        self._taught = taught
        self._owner = owner
        self._length = length
        self._start = np.searchsorted(owner, np.arange(len(length)))
        self._ridge = Ridge(likeness[:, taught], owner[taught], len(length)) if len(taught) else None

    def score(self, likeness: Floats) -> Floats:
        """Score texts by their likeness to the phrasings (texts by phrasings)."""
        centroid, nearest = self._sums(likeness) / self._length, self._nearest(likeness)
        return _fuse(centroid, nearest, self._ridge.score(likeness[:, self._taught]) if self._ridge else centroid)

    def _sums(self, likeness: Floats) -> Floats:
        sums: Floats = np.add.reduceat(likeness, self._start, axis=1)
        return sums

    def _nearest(self, likeness: Floats) -> Floats:
        nearest: Floats = np.maximum.reduceat(likeness, self._start, axis=1)
        return nearest

    def without_phrasing(self, likeness: Floats) -> Floats:
        """Score each taught phrasing as though it were not among them, given the likeness learned from."""
        here = np.arange(len(likeness))
        own = self._owner[self._taught]
        others = likeness.copy()
        others[here, self._taught] = 0
        sums = self._sums(others)
        length = np.tile(self._length, (len(here), 1))
        square = self._length[own] ** 2 - 2 * sums[here, own] - likeness[here, self._taught]
        length[here, own] = np.sqrt(np.maximum(square, 1e-6))
        centroid = sums / length
        return _fuse(centroid, self._nearest(others), self._ridge.without_phrasing() if self._ridge else centroid)

    def without_subject(self, likeness: Floats) -> Floats:
        """Score each taught phrasing as though its subject were not among them; that subject gets nothing."""
        centroid, nearest = self._sums(likeness) / self._length, self._nearest(likeness)
        fused = _fuse(centroid, nearest, self._ridge.without_subject() if self._ridge else centroid)
        fused[np.arange(len(fused)), self._owner[self._taught]] = 0
        return fused


def _fuse(centroid: Floats, nearest: Floats, learned: Floats) -> Floats:
    total = _LEARNED + _CENTROID + _NEAREST
    fused: Floats = (_LEARNED * learned + _CENTROID * centroid + _NEAREST * nearest) / np.float32(total)
    return fused
