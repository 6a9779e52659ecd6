"""Phrasings as sparse vectors in an inverted index: how much a word lies in each phrasing's direction.

A space sees a word as a bag of features (its stem, its n-grams). A text's vector is the sum of its distinct
words' vectors, so the likeness of a query to all phrasings is a sum of one row per word. Nothing here knows
how likenesses are judged.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_CHUNK = 2_000_000


class Space:
    """The phrasings' unit vectors, feature by feature; features weigh more the fewer subjects have them.

    `centroid_squares` is the squared length of each subject's sum of unit vectors.
    """

    def __init__(self, features: Callable[[str], Sequence[str]], phrasings: Sequence[Sequence[str]], owner: Ints):
        """Take how a word is cut, the phrasings as lists of distinct words, and the number of each one's subject."""
        self._features = features
        self._ids: dict[str, int] = {}
        self._phrasings = len(phrasings)
        bags = {
            word: [self._ids.setdefault(feature, len(self._ids)) for feature in features(word)]
            for word in dict.fromkeys(word for phrasing in phrasings for word in phrasing)
        }
        texts = [[feature for word in phrasing for feature in bags[word]] for phrasing in phrasings]
        self._index(texts, owner)

    def _index(self, texts: list[list[int]], owner: Ints) -> None:
        size = max(len(self._ids), 1)
        sizes = np.array([len(text) for text in texts], np.int64)
        feature = np.array([feature for text in texts for feature in text], np.int64)
        phrasing = np.repeat(np.arange(len(texts)), sizes)

        subjects = int(owner.max()) + 1 if len(owner) else 0
        held = np.unique(feature * max(subjects, 1) + owner[phrasing]) // max(subjects, 1)
        frequency = np.bincount(held, minlength=size)
        self._weight = (np.log((1 + subjects) / (1 + frequency)) + 1).astype(np.float32)

        cell, count = np.unique(feature * max(len(texts), 1) + phrasing, return_counts=True)
        feature, phrasing = np.divmod(cell, max(len(texts), 1))
        value = count * self._weight[feature]
        length = np.sqrt(np.bincount(phrasing, value * value, minlength=len(texts)))
        self._holders = phrasing
        self._values = (value / np.maximum(length, 1e-9)[phrasing]).astype(np.float32)
        self._start = np.searchsorted(feature, np.arange(size + 1))

        cell, place = np.unique(feature * max(subjects, 1) + owner[phrasing], return_inverse=True)
        total = np.bincount(place, self._values)
        self.centroid_squares = np.bincount(cell % max(subjects, 1), total * total, minlength=subjects)

    def known(self, word: str) -> Ints:
        """Return the numbers of a word's features that some phrasing has; a repeated one, repeatedly."""
        ids = self._ids
        return np.array([ids[feature] for feature in self._features(word) if feature in ids], np.int64)

    def rows(self, bags: Sequence[Ints]) -> Floats:
        """Return one row per bag of features: its weighted vector's product with every phrasing."""
        rows = np.zeros((len(bags), self._phrasings), np.float32)
        first, waiting = 0, 0
        for at, bag in enumerate(bags):
            waiting += int((self._start[bag + 1] - self._start[bag]).sum())
            if waiting > _CHUNK or at == len(bags) - 1:
                rows[first : at + 1] = self._products(bags[first : at + 1])
                first, waiting = at + 1, 0
        return rows

    def _products(self, bags: Sequence[Ints]) -> Floats:
        feature = np.concatenate(bags)
        row = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
        start = self._start[feature]
        size = self._start[feature + 1] - start
        ends = np.cumsum(size)
        total = int(ends[-1]) if len(ends) else 0
        posting = np.repeat(start - ends + size, size) + np.arange(total)
        cell = np.repeat(row * self._phrasings, size) + self._holders[posting]
        product = self._values[posting] * np.repeat(self._weight[feature], size)
        dense = np.bincount(cell, product, minlength=len(bags) * self._phrasings)
        return dense.reshape(len(bags), self._phrasings).astype(np.float32)

    def length(self, bags: Iterable[Ints]) -> float:
        """Return the length of the vector that the bags make together."""
        feature = np.concatenate([*bags, np.empty(0, np.int64)])
        count = np.bincount(feature)
        weight = self._weight[feature]
        return float(np.sqrt(count[feature] @ (weight * weight)))
