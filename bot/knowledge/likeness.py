"""How like a text is to every phrasing: the blend of two spaces, one of stems and one of runs of characters.

Nothing here knows how likenesses are judged.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from bot.knowledge.space import Floats, Ints, Space
from bot.knowledge.text import runs

_STEMS = 0.4
_RUNS = 0.6

# Rows are remembered for this many numbers at most: 32 MB.
_REMEMBERED = 8_000_000

_TINY = 1e-6

# What is remembered of a word: its features in either space, and its products with the phrasings (2 by phrasings).
_Row = tuple[Ints, Ints, Floats]


class Likeness:
    """The phrasings, and the likeness (0 to 1) of any text to each."""

    def __init__(self, texts: Sequence[Sequence[str]], owner: Ints, stem: Callable[[str], str]) -> None:
        """Take the phrasings as lists of distinct words, and the number of the subject of each."""
        self._texts = texts
        self._spaces = (Space(lambda word: (stem(word),), texts, owner), Space(runs, texts, owner))
        self._shares = np.array([_STEMS, _RUNS])
        self._room = _REMEMBERED // max(2 * len(texts), 1)
        self._rows: dict[str, _Row] = {}
        squares = _STEMS * self._spaces[0].centroid_squares + _RUNS * self._spaces[1].centroid_squares
        self.centroid_length: Floats = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)

    def of(self, words: Sequence[str]) -> Floats:
        """Return the likeness of a text, given as its distinct words, to every phrasing (1 by phrasings)."""
        rows = [self._row(word) for word in words]
        stems, runs = self._spaces
        lengths = [stems.length([row[0] for row in rows]), runs.length([row[1] for row in rows])]
        total = np.zeros((2, len(self._texts)), np.float32)
        for _, _, row in rows:
            total += row
        return np.minimum(self._shares / np.maximum(lengths, _TINY) @ total, 1, dtype=np.float32)[None]

    def _row(self, word: str) -> _Row:
        row = self._rows.get(word)
        if row is None:
            (row,) = self._products([word])
            if len(self._rows) < self._room:
                self._rows[word] = row
        return row

    def _products(self, words: Sequence[str]) -> list[_Row]:
        bags = [[space.known(word) for word in words] for space in self._spaces]
        rows = np.stack([space.rows(held) for space, held in zip(self._spaces, bags, strict=True)], axis=1)
        return list(zip(*bags, rows, strict=True))

    def among(self, phrasings: Ints) -> Floats:
        """Return the likeness of some of the phrasings to all (some by phrasings)."""
        uses = Counter(word for text in self._texts for word in text)
        common = [word for word, _ in uses.most_common(self._room)]
        self._rows = dict(zip(common, self._products(common), strict=True))
        return np.concatenate([self.of(self._texts[at]) for at in phrasings.tolist()])
