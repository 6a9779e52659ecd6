"""A linear model learned from the phrasings: kernel ridge regression, one target per subject.

Its closed form also tells, for nothing, what the model would have said of a phrasing had it not been taught
that phrasing, or not that subject. Nothing here knows of text.
"""

import numpy as np

from bot.knowledge.space import Floats, Ints

CURVE = 2.5
PENALTY = 0.2


def curved(likeness: Floats) -> Floats:
    """Return a kernel over cosines that is 0 at 0, 1 at 1 and rises steeply towards likeness."""
    return np.asarray(np.expm1(CURVE * likeness) / np.expm1(CURVE), np.float32)


class Ridge:
    """Scores subjects by what their phrasings have in common against all others'."""

    def __init__(self, likeness: Floats, owner: Ints, subjects: int) -> None:
        """Learn from the phrasings' likeness to one another (n by n) and their owners (n)."""
        self._owner = owner
        kernel = curved(likeness).astype(np.float64)
        kernel[np.diag_indices_from(kernel)] += PENALTY
        self._inverse = np.linalg.inv(kernel)
        self._target = np.zeros((len(owner), subjects))
        self._target[np.arange(len(owner)), owner] = 1
        self._dual = self._inverse @ self._target
        self._weights = self._dual.astype(np.float32)

    def score(self, likeness: Floats) -> Floats:
        """Return the subjects' scores (m by subjects) for likenesses to the phrasings (m by n)."""
        return curved(likeness) @ self._weights

    def without_phrasing(self) -> Floats:
        """Return each phrasing's scores by a model that never saw that phrasing."""
        return (self._target - self._dual / np.diag(self._inverse)[:, None]).astype(np.float32)

    def without_subject(self) -> Floats:
        """Return each phrasing's scores by a model that never saw that phrasing's subject."""
        scores = np.empty_like(self._target)
        for subject in range(self._target.shape[1]):
            own = np.flatnonzero(self._owner == subject)
            block = self._inverse[np.ix_(own, own)]
            scores[own] = self._target[own] - np.linalg.solve(block, self._dual[own])
        return scores.astype(np.float32)
