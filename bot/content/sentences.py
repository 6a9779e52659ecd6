"""The sentence model that a shop may choose (`matching.semantic`): sentence-transformers, where it is installed."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.knowledge import Embedder, Index
from bot.knowledge.space import Floats

log = logging.getLogger(__name__)

_BATCH = 64


class SentenceModel:
    """A model of sentence-transformers, by its name or its folder."""

    def __init__(self, name: str) -> None:
        """Load it, which takes seconds; a name that is no folder is downloaded. Raises what the library raises."""
        from sentence_transformers import SentenceTransformer

        self.digest = name
        self._model: Any = SentenceTransformer(name, device="cpu")

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text."""
        made = self._model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(made, np.float32)


async def read_ahead(index: Index, texts: Sequence[str]) -> None:
    """Have the index's sentence model read what will be ranked next, all at once and off the event loop."""
    waiting = index.unread(texts)
    if waiting and index.embedder:
        try:
            index.remember(waiting, await asyncio.to_thread(index.embedder.embed, waiting))
        except Exception as error:
            log.warning("matching.semantic: the model failed: %s", type(error).__name__)


def sentence_model(name: str) -> Embedder | None:
    """Return the model, or nothing, with a warning in the log, if it cannot be had: answers do without it."""
    try:
        return SentenceModel(name)
    except ImportError:
        log.warning("matching.semantic: %s needs: pip install 'frontdesk[semantic]'. Answers do without it.", name)
    except Exception as error:
        log.warning("matching.semantic: %s cannot be loaded (%s). Answers do without it.", name, error)
    return None
