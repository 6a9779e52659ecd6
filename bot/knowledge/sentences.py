"""What whole sentences mean, by a model that the shop chose; the index does without where there is none.

The model stands behind a Protocol. Vectors of what customers write may be fetched ahead, away from whoever must not
wait; one that was not is fetched when it is needed, and the answer is the same. Nothing here knows of subjects.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from bot.knowledge.space import Floats

LONGEST = 1_000
_REMEMBERED = 1_024


class Embedder(Protocol):
    """A sentence model. `digest` tells one model from another."""

    digest: str

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a vector of unit length for each text (texts by dimensions); safe to call from any thread."""


class Sentences:
    """A model, and the vectors that it gave lately."""

    def __init__(self, embedder: Embedder) -> None:
        """Take the model."""
        self.embedder = embedder
        self._remembered: dict[str, Floats] = {}

    def unknown(self, texts: Iterable[str]) -> list[str]:
        """Return those of the texts of which no vector is remembered."""
        return [text for text in dict.fromkeys(texts) if text not in self._remembered]

    def remember(self, texts: Sequence[str], vectors: Floats) -> None:
        """Keep vectors for when they are needed."""
        if len(self._remembered) + len(texts) > _REMEMBERED:
            self._remembered.clear()
        self._remembered.update(zip(texts, vectors, strict=True))

    def of(self, texts: Sequence[str]) -> Floats:
        """Return the mean of the texts' vectors, as a unit vector."""
        missing = self.unknown(texts)
        if missing:
            self.remember(missing, self.embedder.embed(missing))
        mean = np.mean([self._remembered[text] for text in texts], axis=0)
        unit: Floats = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
        return unit
