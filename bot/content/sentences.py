"""The sentence model that a shop may choose (`matching.semantic`): sentence-transformers, where it is installed."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bot.knowledge import Embedder, Index
from bot.knowledge.sentences import Noted, Unembedded
from bot.knowledge.space import Floats

log = logging.getLogger(__name__)

_BATCH = 64
_ROUNDS = 5
_PROBES = ("Where is my parcel?", "I want my money back")


class SentenceModel:
    """A model of sentence-transformers, by its name or its folder."""

    def __init__(self, name: str) -> None:
        """Load it, which takes seconds; a name that is no folder is downloaded. Raises what the library raises."""
        from sentence_transformers import SentenceTransformer

        self._name = name
        self._model: Any = SentenceTransformer(name, device="cpu")
        self._failed = False
        self.digest = _digest(name, self._encode(_PROBES))

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text. Raises Unembedded, with a warning in the log the first time."""
        try:
            return self._encode(texts)
        except Exception as error:
            if not self._failed:
                log.warning("matching.semantic: %s failed (%s). Answers do without it.", self._name, error)
            self._failed = True
            raise Unembedded from error

    def _encode(self, texts: Sequence[str]) -> Floats:
        made = self._model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(made, np.float32)


def _digest(name: str, said: Floats) -> str:
    """Tell a model by what it says: another one in the same folder, or of the same name, says something else."""
    return f"{name} {said.shape[1]} {hashlib.sha256(said.astype(np.float16).tobytes()).hexdigest()}"


async def read_ahead(index: Index, rehearse: Callable[[Index], object]) -> None:
    """Have the index's sentence model read all that turns are about to ask it, at once and off the event loop.

    `rehearse` takes the turns with an index that asks no model and notes what it would have asked. What a text is about
    decides what is asked next, so it is called until nothing is left to ask.
    """
    for _ in range(_ROUNDS):
        noted: Noted = {}
        rehearse(index.noting(noted))
        if not noted or not index.embedder:
            return
        try:
            index.remember(list(noted), await asyncio.to_thread(index.embedder.embed, list(noted)))
        except Unembedded:
            return


def sentence_model(name: str) -> Embedder | None:
    """Return the model, or nothing, with a warning in the log, if it cannot be had: answers do without it."""
    try:
        return SentenceModel(name)
    except ImportError:
        log.warning("matching.semantic: %s needs: pip install 'frontdesk[semantic]'. Answers do without it.", name)
    except Exception as error:
        log.warning("matching.semantic: %s cannot be loaded (%s). Answers do without it.", name, error)
    return None
