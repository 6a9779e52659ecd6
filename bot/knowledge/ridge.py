"""A linear model learned from the phrasings: kernel ridge regression, one target per subject.

Texts are seen through their likeness to some of the phrasings, the landmarks: all, where they are few enough; else as
many of each subject as can be, and those that a model with these alone gets most wrong. Its
closed form also tells, for nothing, what the model would have said of a phrasing had it not been taught that
phrasing, or not that subject. Nothing here knows of text.
"""

from copy import copy
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bot.knowledge.space import Floats, Ints

CURVE = 2.5
PENALTY = 0.2

# Keeps phrasings that are all but the same from being told apart by rounding.
_SOFT = 1e-3


def curved(likeness: Floats) -> Floats:
    """Return a kernel over cosines that is 0 at 0, 1 at 1 and rises steeply towards likeness."""
    raised = np.float32(CURVE) * likeness
    np.exp(raised, out=raised)
    raised -= 1
    raised /= np.float32(np.expm1(CURVE))
    return raised


class Lesson:
    """What is taught: phrasings as they are seen through landmarks, and whose they are."""

    def __init__(self, likeness: Floats, landmarks: Ints, owner: Ints, subjects: int) -> None:
        """Take phrasings' likeness to the landmarks (n by m), of which `landmarks` are the rows, and owners (n)."""
        self.landmarks = landmarks
        self.owner = owner
        self.subjects = subjects
        self.seen = curved(likeness)
        self._gram = _gram(self.seen, landmarks)

    def further(self, likeness: Floats, landmarks: Ints) -> "Lesson":
        """Return this with more landmarks: what the ones so far have in common is not worked out again."""
        more = copy(self)
        seen = curved(likeness)
        between = (self.seen.T @ seen).astype(np.float64)
        gram = [
            [self._gram, between + PENALTY * seen[self.landmarks]],
            [between.T + PENALTY * self.seen[landmarks], _gram(seen, landmarks)],
        ]
        more.landmarks = np.append(self.landmarks, landmarks)
        more.seen, more._gram = np.hstack([self.seen, seen]), np.block(gram)
        return more

    def solved(self) -> tuple[npt.NDArray[np.float64], Floats]:
        """Return the inverse of what the landmarks have in common (m by m), and the weights (m by subjects)."""
        inverse = np.asarray(np.linalg.inv(self._gram), np.float64)
        first = np.flatnonzero(np.diff(self.owner, prepend=-1))  # each subject's rows stand together
        sums = np.zeros((self.seen.shape[1], self.subjects))
        sums[:, self.owner[first]] = np.add.reduceat(self.seen, first, axis=0).T
        return inverse, (inverse @ sums).astype(np.float32)

    def hardest(self, count: int) -> Ints:
        """Return the phrasings, landmarks aside, of which a model of this is most wrong, or least sure."""
        if not count:
            return np.arange(0)
        said = self.seen @ self.solved()[1]
        here = np.arange(len(self.owner))
        lead = said[here, self.owner]
        said[here, self.owner] = -np.inf
        lead -= said.max(axis=1)
        lead[self.landmarks] = np.inf
        return np.argsort(lead, kind="stable")[:count]


def _gram(seen: Floats, landmarks: Ints) -> npt.NDArray[np.float64]:
    """Return what landmarks have in common, by the phrasings that are seen through them (m by m)."""
    gram = (seen.T @ seen).astype(np.float64) + PENALTY * seen[landmarks]
    gram[np.diag_indices_from(gram)] += _SOFT
    return gram


class Ridge:
    """Scores subjects by what their phrasings have in common against all others'."""

    KEPT: ClassVar[tuple[str, ...]] = ("weights",)

    def __init__(self, weights: Floats) -> None:
        """Take what was learned (landmarks by subjects)."""
        self.weights = weights

    def score(self, likeness: Floats) -> Floats:
        """Return the subjects' scores (k by subjects) for likenesses to the landmarks (k by m)."""
        return curved(likeness) @ self.weights


class Unseen:
    """What models would say of phrasings that they were not taught, from the one that was taught them all."""

    def __init__(self, lesson: Lesson, judged: Ints) -> None:
        """Take the rows of which it is asked."""
        inverse, self.weights = lesson.solved()
        self._owner = lesson.owner[judged]
        self._seen = lesson.seen[judged].astype(np.float64)
        self._hat_rows = self._seen @ inverse
        self._target = np.zeros((len(judged), lesson.subjects))
        self._target[np.arange(len(judged)), self._owner] = 1
        self._missed = self._target - self._seen @ self.weights

    def without_phrasing(self) -> Floats:
        """Return each judged phrasing's scores by a model that never saw that phrasing."""
        own = np.einsum("ij,ij->i", self._hat_rows, self._seen)
        scores: Floats = (self._target - self._missed / np.maximum(1 - own, 1e-3)[:, None]).astype(np.float32)
        return scores

    def without_subject(self) -> Floats:
        """Return each judged phrasing's scores by a model that saw none of the judged of that phrasing's subject."""
        scores = np.empty_like(self._target)
        for subject in np.unique(self._owner):
            own = np.flatnonzero(self._owner == subject)
            hat = np.eye(len(own)) - self._hat_rows[own] @ self._seen[own].T
            scores[own] = self._target[own] - np.linalg.solve(hat, self._missed[own])
        return scores.astype(np.float32)
