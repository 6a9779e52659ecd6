"""How like a text is to every phrasing, 1 being the same words.

Nothing here knows how likenesses are judged.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from bot.knowledge.space import Floats, Ints, Space

_TINY = 1e-6

# So many texts are looked at together.
_TOGETHER = 64


class Likeness:
    """The phrasings, and the likeness of any text to each."""

    KEPT: ClassVar[tuple[str, ...]] = ("centroid_length",)

    def __init__(self, texts: Sequence[Sequence[str]], space: Space) -> None:
        """Take the phrasings as lists of distinct words, and the space made of them."""
        self._texts = texts
        self.space = space
        self.centroid_length = space.centroid_lengths()

    def of(self, words: Sequence[str]) -> Floats:
        """Return the likeness of a text, given as its distinct words, to every phrasing (1 by phrasings)."""
        space = self.space
        bag = space.bag(words)
        total = np.add.reduceat(space.products(bag)[space.tokens], space.start)
        likeness: Floats = np.minimum(total / (space.length * np.float32(max(space.length_of(bag), _TINY))), 1)
        return likeness[None]

    def among(self, phrasings: Ints, to: Ints | None = None) -> Floats:
        """Return the likeness of some of the phrasings to all, or to those only (some by others)."""
        space = self.space
        tokens, start, length = space.tokens, space.start, space.length
        if to is not None:
            tokens, start, length = space.only(to)
        columns = _columns(tokens, start)
        order = np.argsort(-np.diff(start, append=len(tokens)), kind="stable")
        found = np.empty((len(phrasings), len(start)), np.float32)
        for first in range(0, len(phrasings), _TOGETHER):
            some = phrasings[first : first + _TOGETHER]
            products = np.stack([space.products(space.bag(self._texts[at])) for at in some.tolist()], axis=1)
            sums = np.zeros((len(start), len(some)), np.float32)
            for column in columns:
                sums[: len(column)] += products[column]
            sums /= length[order][:, None]
            found[first : first + _TOGETHER, order] = (sums / space.length[some]).T
        return np.minimum(found, 1, out=found)


def _columns(tokens: Ints, start: Ints) -> list[Ints]:
    """Return the first tokens of all phrasings, the second of those that have two, and so on; the longest come first."""
    sizes = np.diff(start, append=len(tokens))
    order = np.argsort(-sizes, kind="stable")
    many = np.searchsorted(-sizes[order], -np.arange(int(sizes.max(initial=0))), side="left")
    return [tokens[start[order[:count]] + at] for at, count in enumerate(many.tolist())]
