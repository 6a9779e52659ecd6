"""How like a text is to every phrasing, 1 being the same words.

Nothing here knows how likenesses are judged.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np

from bot.knowledge.space import Floats, Ints, Space

_TINY = 1e-6

# How much of a likeness is due to whole sentences, where a model says what they mean.
_SENTENCE = 0.65

# So many texts are looked at together.
_TOGETHER = 64


class Part(NamedTuple):
    """What of a likeness is due to a word: to its stem, to its spelling, and to what it means."""

    word: str
    stem: float
    spelling: float
    meaning: float


class Near(NamedTuple):
    """A likeness, and what makes it: `by_words`, which words have how much of that, and `by_sentence`.

    Of the whole the sentence has its `share`, and the words the rest; where no sentence model says anything, the words
    have it all.
    """

    likeness: float
    words: tuple[Part, ...]
    by_words: float
    by_sentence: float | None
    share: float


class Likeness:
    """The phrasings, and the likeness of any text to each."""

    KEPT: ClassVar[tuple[str, ...]] = ("centroid_length", "vectors")

    def __init__(
        self, texts: Sequence[Sequence[str]], space: Space, owner: Ints, vectors: Floats | None = None
    ) -> None:
        """Take the phrasings as lists of distinct words, the space of them, and what a sentence model makes of them.

        `owner` is the number of the subject of each, `vectors` one row of unit length for each.
        """
        self._texts = texts
        self.space = space
        self.vectors = np.empty((len(texts), 0), np.float32) if vectors is None else vectors
        self.centroid_length = space.centroid_lengths()
        if self.vectors.shape[1]:
            sums = np.add.reduceat(self.vectors, np.flatnonzero(np.diff(owner, prepend=-1)), axis=0)
            squares = (1 - _SENTENCE) * self.centroid_length**2 + _SENTENCE * np.einsum("ij,ij->i", sums, sums)
            self.centroid_length = np.sqrt(squares).astype(np.float32)

    def of(self, words: Sequence[str], sentence: Floats | None = None) -> Floats:
        """Return the likeness of a text to every phrasing (1 by phrasings).

        The text is given as its distinct words, and as what a sentence model makes of it.
        """
        by_words = self._by_words(words)
        return by_words if sentence is None else self._with(by_words, self.vectors @ sentence)

    def _with(self, by_words: Floats, by_sentence: Floats) -> Floats:
        both: Floats = np.float32(1 - _SENTENCE) * by_words + np.float32(_SENTENCE) * np.clip(by_sentence, 0, 1)
        return both

    def _by_words(self, words: Sequence[str]) -> Floats:
        space = self.space
        total = np.add.reduceat(space.products([words])[space.tokens, 0], space.start)
        likeness: Floats = np.minimum(total / (space.length * np.float32(max(space.length_of(words), _TINY))), 1)
        return likeness[None]

    def to(self, words: Sequence[str], sentence: Floats | None, phrasing: int) -> Near:
        """Return the likeness of a text, given as for `of`, to one phrasing, and what of it is due to what."""
        space = self.space
        after = space.start[phrasing + 1] if phrasing + 1 < len(space.start) else len(space.tokens)
        tokens = space.tokens[space.start[phrasing] : after]
        scale = float(space.length[phrasing]) * max(space.length_of(words), _TINY)
        parts = tuple(Part(word, *(float(kind[tokens].sum()) / scale for kind in space.kinds(word))) for word in words)
        by_words, whole = self.of(words)[0, phrasing], self.of(words, sentence)[0, phrasing]
        said = None if sentence is None else float(np.clip(self.vectors[phrasing] @ sentence, 0, 1))
        return Near(float(whole), parts, float(by_words), said, 0.0 if sentence is None else _SENTENCE)

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
            products = np.ascontiguousarray(space.products([self._texts[at] for at in some.tolist()]))
            sums = np.zeros((len(start), len(some)), np.float32)
            for column in columns:
                sums[: len(column)] += products[column]
            sums /= length[order][:, None]
            found[first : first + _TOGETHER, order] = (sums / space.length[some]).T
        np.minimum(found, 1, out=found)
        if not self.vectors.shape[1]:
            return found
        others = self.vectors if to is None else self.vectors[to]
        return self._with(found, self.vectors[phrasings] @ others.T)


def _columns(tokens: Ints, start: Ints) -> list[Ints]:
    """Return the first tokens of all phrasings, the second of those that have two, and so on; the longest first."""
    sizes = np.diff(start, append=len(tokens))
    order = np.argsort(-sizes, kind="stable")
    many = np.searchsorted(-sizes[order], -np.arange(int(sizes.max(initial=0))), side="left")
    return [tokens[start[order[:count]] + at] for at, count in enumerate(many.tolist())]
