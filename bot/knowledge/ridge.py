"""A linear model learned from the phrasings: kernel ridge regression, one target per subject.

Texts are seen through their likeness to some of the phrasings, the landmarks: all, where they are few enough; else as
many of each subject as can be, and those that a model with these alone gets most wrong. Its
closed form also tells, for nothing, what the model would have said of a phrasing had it not been taught that
phrasing, or not that subject. Nothing here knows of text.
"""

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


def hardest(likeness: Floats, landmarks: Ints, owner: Ints, subjects: int, count: int) -> Ints:
    """Return the phrasings, landmarks aside, of which a model with these landmarks is most wrong, or least sure."""
    seen = curved(likeness)
    weights = np.linalg.solve(_gram(seen, landmarks), _sums(seen, owner, subjects))
    said = seen @ weights.astype(np.float32)
    here = np.arange(len(owner))
    lead = said[here, owner]
    said[here, owner] = -np.inf
    lead -= said.max(axis=1)
    lead[landmarks] = np.inf
    return np.argsort(lead, kind="stable")[:count]


def _gram(seen: Floats, landmarks: Ints) -> npt.NDArray[np.float64]:
    gram = (seen.T @ seen).astype(np.float64) + PENALTY * seen[landmarks]
    gram[np.diag_indices_from(gram)] += _SOFT
    return gram


def _sums(seen: Floats, owner: Ints, subjects: int) -> npt.NDArray[np.float64]:
    """Return the sums of each subject's rows, which stand together (m by subjects)."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    sums = np.zeros((seen.shape[1], subjects))
    sums[:, owner[first]] = np.add.reduceat(seen, first, axis=0).T
    return sums


class Ridge:
    """Scores subjects by what their phrasings have in common against all others'."""

    KEPT: ClassVar[tuple[str, ...]] = ("weights",)

    def __init__(self, likeness: Floats, landmarks: Ints, owner: Ints, subjects: int, judged: Ints) -> None:
        """Learn from phrasings' likeness to the landmarks (n by m), of which `landmarks` are the rows, and owners (n).

        `judged` are the rows of which it is asked later what it would have said.
        """
        seen = curved(likeness)
        inverse = np.linalg.inv(_gram(seen, landmarks))
        self.weights: Floats = (inverse @ _sums(seen, owner, subjects)).astype(np.float32)
        self._owner = owner[judged]
        self._seen = seen[judged].astype(np.float64)
        self._hat_rows = self._seen @ inverse
        self._target = np.zeros((len(judged), subjects))
        self._target[np.arange(len(judged)), self._owner] = 1
        self._said = self._seen @ self.weights

    def forget(self) -> None:
        """Let go of what only the questions about what it never saw need."""
        del self._owner, self._seen, self._hat_rows, self._target, self._said

    def score(self, likeness: Floats) -> Floats:
        """Return the subjects' scores (k by subjects) for likenesses to the landmarks (k by m)."""
        return curved(likeness) @ self.weights

    def without_phrasing(self) -> Floats:
        """Return each judged phrasing's scores by a model that never saw that phrasing."""
        own = np.einsum("ij,ij->i", self._hat_rows, self._seen)
        return self._left_out(self._target - self._said, 1 - own)

    def _left_out(self, missed: npt.NDArray[np.float64], share: npt.NDArray[np.float64]) -> Floats:
        return (self._target - missed / np.maximum(share, 1e-3)[:, None]).astype(np.float32)

    def without_subject(self) -> Floats:
        """Return each judged phrasing's scores by a model that saw none of the judged of that phrasing's subject."""
        scores = np.empty_like(self._target)
        missed = self._target - self._said
        for subject in np.unique(self._owner):
            own = np.flatnonzero(self._owner == subject)
            hat = np.eye(len(own)) - self._hat_rows[own] @ self._seen[own].T
            scores[own] = self._target[own] - np.linalg.solve(hat, missed[own])
        return scores.astype(np.float32)
