"""Sentence models of our own, for what must hold of any: they count letters, and note who asks for what."""

import threading
from collections.abc import Sequence

import numpy as np

from bot.knowledge.sentences import Unembedded
from bot.knowledge.space import Floats

LETTERS = "abcdefghijklmnopqrstuvwxyz "


class Letters:
    """Counts letters; one `of` other letters is another model."""

    def __init__(self, of: str = LETTERS) -> None:
        self.digest = f"letters {of}"
        self.of = of
        self.asked: list[list[str]] = []
        self.threads: list[int] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        self.asked.append(list(texts))
        self.threads.append(threading.get_ident())
        counts = np.array([[text.count(letter) for letter in self.of] for text in texts], np.float32)
        unit: Floats = (counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return unit


class Failing(Letters):
    """Fails as soon as it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails

    def embed(self, texts: Sequence[str]) -> Floats:
        if self.fails:
            raise Unembedded
        return super().embed(texts)
