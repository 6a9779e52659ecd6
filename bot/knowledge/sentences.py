"""What whole sentences mean, by a model that the shop chose; the index does without where there is none.

The model stands behind a Protocol. Vectors of what customers write may be fetched ahead, away from whoever must not
wait; one that was not is fetched when it is needed, and the answer is the same. Nothing here knows of subjects.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from bot.knowledge.reading import Reading
from bot.knowledge.space import Floats

LONGEST = 1_000
_REMEMBERED = 1_024


class Unembedded(Exception):
    """A sentence model had nothing to say. The index answers without it, so this never leaves the room."""


class Embedder(Protocol):
    """A sentence model. `digest` tells one model from another, also of the same name."""

    digest: str

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a vector of unit length for each text (texts by dimensions); safe to call from any thread.

        Raises Unembedded if it cannot.
        """


def as_shown(text: str, reading: Reading) -> list[str]:
    """Return a text as a sentence model is shown it: as typed, and as read where words were repaired."""
    typed = text[:LONGEST].strip()
    return [typed, " ".join(reading.words)[:LONGEST]] if reading.repaired else [typed]


Noted = dict[str, None]
"""Texts that nobody asked a model about yet, each once."""


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
        self._remembered.update(zip(texts, vectors, strict=True))
        for text in list(self._remembered)[: max(len(self._remembered) - max(_REMEMBERED, len(texts)), 0)]:
            del self._remembered[text]

    def of(self, texts: Sequence[str]) -> Floats | None:
        """Return the mean of the texts' vectors, as a unit vector; None if the model says nothing."""
        missing = self.unknown(texts)
        if missing and not self._fetched(missing):
            return None
        mean = np.mean([self._remembered[text] for text in texts], axis=0)
        unit: Floats = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
        return unit

    def _fetched(self, missing: Sequence[str]) -> bool:
        try:
            self.remember(missing, self.embedder.embed(missing))
        except Unembedded:
            return False
        return True


class Noting(Sentences):
    """Those of another, where what is not remembered is noted, not fetched."""

    def __init__(self, other: Sentences, noted: Noted) -> None:
        """Take what it remembers, and where to note."""
        self.embedder, self._remembered, self._noted = other.embedder, other._remembered, noted

    def _fetched(self, missing: Sequence[str]) -> bool:
        self._noted.update(dict.fromkeys(missing))
        return False
