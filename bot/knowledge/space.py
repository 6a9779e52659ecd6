"""The words of the phrasings, and how like any text's words are to each of them.

Words are alike by stem, by runs of characters, and by meaning where meanings are known: three kinds of feature, each
weighing more the fewer subjects have it. A text's vector is the sum of its words' vectors, so that the product of a
text with all phrasings comes from its product with each word of the vocabulary. Nothing here judges likenesses.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from bot.knowledge.text import runs

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_Doubles = npt.NDArray[np.float64]

# How much of a likeness is due to stems and to runs of characters, in parts; meaning has its share of the whole, which
# is larger where subjects have some phrasings to agree about it.
_STEMS, _RUNS = 0.4, 0.6
_MEANING = (0.0, 0.5)
_SOME = 5

_REMEMBERED = 2_000_000  # products of words with words

_CHUNK = 20_000  # words at once: numpy keeps other threads waiting as long as it works on them


class Senses(Protocol):
    """Where the meaning of words comes from."""

    size: int
    digest: str

    def knows(self, word: str) -> bool:
        """Tell whether it is a word of the language, so that it is not misspelt."""

    def slipped(self, word: str) -> str | None:
        """Return the word of the language that a misspelt one is, if a slip of the finger tells."""

    def of(self, word: str) -> Floats:
        """Return the vector of a word: unit length, or zeros where its meaning is not known."""


class Features(NamedTuple):
    """What a word has of what some phrasing has: the numbers of stems and runs, what each weighs, and its meaning.

    In `weights`, stems have negative numbers so as to be told from runs.
    """

    stems: Ints
    runs: Ints
    weights: tuple[tuple[int, float], ...]
    meaning: Floats


class Space:
    """The vocabulary of the phrasings, by features.

    `tokens` holds the numbers of the phrasings' words, phrasing by phrasing, and `start` where each begins.
    """

    KEPT: ClassVar[tuple[str, ...]] = (
        "words", "tokens", "start", "length", "_stem_of", "_stem_ids", "_run_ids", "_holders", "_postings",
        "_stem_weight", "_run_weight", "_rareness", "_strange", "_vectors", "_meaning",
    )  # fmt: skip

    def __init__(
        self, texts: Sequence[Sequence[str]], owner: Ints, stem: Callable[[str], str], senses: Senses | None = None
    ) -> None:
        """Take the phrasings as lists of distinct words, and the number of the subject of each."""
        self._stem = stem
        self._senses = senses
        self.words: dict[str, int] = {}
        number = self.words
        tokens = [number.setdefault(word, len(number)) for text in texts for word in text]
        sizes = np.array([len(text) for text in texts], np.int64)
        self.tokens = np.array(tokens, np.int64)
        self.start = np.cumsum(sizes) - sizes
        self._subjects = int(owner[-1]) + 1 if len(owner) else 0
        self._of_token = np.repeat(owner, sizes)
        self._phrasing_of_token = np.repeat(np.arange(len(texts)), sizes)
        self._index()
        self._weigh(len(texts))
        self._remember()

    def _index(self) -> None:
        stems: dict[str, int] = {}
        found: dict[str, int] = {}
        self._stem_of = np.array([stems.setdefault(self._stem(word), len(stems)) for word in self.words], np.int64)
        cut = [[found.setdefault(run, len(found)) for run in runs(word)] for word in self.words]
        sizes = np.array([len(each) for each in cut], np.int64)
        self._runs = np.array([run for each in cut for run in each], np.int64)
        self._runs_start = np.append(0, np.cumsum(sizes))
        order = np.argsort(self._runs, kind="stable")
        self._holders = np.repeat(np.arange(len(cut)), sizes)[order]
        self._postings = np.searchsorted(self._runs[order], np.arange(len(found) + 1))
        self._stem_ids, self._run_ids = stems, found

    def _weigh(self, phrasings: int) -> None:
        uses = _distinct(self._of_token * max(len(self.words), 1) + self.tokens)
        subject, word = np.divmod(uses, max(len(self.words), 1))
        rarity = self._rarity(subject, self._stem_of[word], len(self._stem_ids))
        size = np.diff(self._runs_start)[word]
        self._run_weight = self._rarity(np.repeat(subject, size), self._runs_of(word), len(self._run_ids))
        self._rareness, self._stem_weight = rarity, rarity.copy()
        self._strange = math.log(1 + self._subjects) + 1
        self._vectors = np.zeros((len(self.words), self._senses.size if self._senses else 1), np.float32)
        if self._senses and self.words:
            self._vectors = np.stack([self._senses.of(word) for word in self.words])
            self._vectors *= rarity[self._stem_of][:, None]
        self._scale(phrasings)

    def _rarity(self, subject: Ints, feature: Ints, size: int) -> Floats:
        """Weigh features by how few subjects have them."""
        held = _distinct(subject * max(size, 1) + feature) % max(size, 1)
        frequency = np.bincount(held, minlength=size)
        return (np.log((1 + self._subjects) / (1 + frequency)) + 1).astype(np.float32)

    def _scale(self, phrasings: int) -> None:
        """Let each kind of feature have its share in the mean phrasing, and measure the phrasings."""
        weight = np.ones(len(self.tokens), np.float32)
        squares = self._squares(self._phrasing_of_token, self.tokens, weight, phrasings)
        means = squares.mean(axis=1) if phrasings else np.ones(3)
        few, most = _MEANING
        some = (phrasings / max(self._subjects, 1) - 1) / (_SOME - 1)
        meaning = few + (most - few) * min(max(some, 0), 1) if means[2] > 0 else 0.0
        shares = ((1 - meaning) * _STEMS, (1 - meaning) * _RUNS, meaning)
        factor = [math.sqrt(share / mean) if mean > 0 else 0.0 for share, mean in zip(shares, means, strict=True)]
        self._stem_weight *= np.float32(factor[0])
        self._run_weight *= np.float32(factor[1])
        self._meaning = factor[2]
        self._vectors *= np.float32(self._meaning)
        scaled = (squares * np.square(factor)[:, None]).sum(axis=0)
        self.length: Floats = np.sqrt(np.maximum(scaled, 1e-9)).astype(np.float32)

    def _squares(self, group: Ints, word: Ints, weight: Floats, groups: int) -> _Doubles:
        """Return the squared lengths (3 by groups) of groups of weighted words, kind by kind; groups are in order."""
        found = np.zeros((3, groups))
        if not len(group):
            return found
        edges = np.flatnonzero(np.diff(group, prepend=-1))
        cuts = np.append(edges[np.unique(edges // _CHUNK, return_index=True)[1]], len(group))
        for first, after in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            here, words, weights = group[first:after], word[first:after], weight[first:after]
            size = np.diff(self._runs_start)[words]
            found[0] += _sum_squares(here, self._stem_of[words], weights, self._stem_weight, groups)
            long_here, long_weights = np.repeat(here, size), np.repeat(weights, size)
            found[1] += _sum_squares(long_here, self._runs_of(words), long_weights, self._run_weight, groups)
            starts = np.flatnonzero(np.diff(here, prepend=-1))
            summed = np.add.reduceat(self._vectors[words] * weights[:, None], starts, axis=0)
            found[2, here[starts]] += np.einsum("ij,ij->i", summed, summed)
        return found

    def _runs_of(self, words: npt.NDArray[np.integer]) -> Ints:
        """Return the runs of words, word after word."""
        first = self._runs_start[words]
        found: Ints = self._runs[_stretches(first, self._runs_start[words + 1] - first)]
        return found

    def only(self, phrasings: Ints) -> tuple[Ints, Ints, Floats]:
        """Return `tokens`, `start` and `length` of some of the phrasings."""
        sizes = np.diff(self.start, append=len(self.tokens))[phrasings]
        places = _stretches(self.start[phrasings], sizes)
        return self.tokens[places], np.cumsum(sizes) - sizes, self.length[phrasings]

    def texts(self) -> list[list[str]]:
        """Return the phrasings' words again."""
        words = list(self.words)
        return [[words[token] for token in each.tolist()] for each in np.split(self.tokens, self.start[1:])]

    def stems(self) -> dict[str, str]:
        """Return the stem of each word of the vocabulary."""
        stems = list(self._stem_ids)
        return {word: stems[stem] for word, stem in zip(self.words, self._stem_of.tolist(), strict=True)}

    def centroid_lengths(self) -> Floats:
        """Return the length of each subject's sum of unit phrasings."""
        weight: Floats = (np.float32(1) / self.length)[self._phrasing_of_token]
        cell, place = np.unique(self._of_token * max(len(self.words), 1) + self.tokens, return_inverse=True)
        subject, word = np.divmod(cell, max(len(self.words), 1))
        total = np.bincount(place, weight).astype(np.float32)
        squares = self._squares(subject, word, total, self._subjects).sum(axis=0)
        length: Floats = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)
        return length

    def furnish(self, stem: Callable[[str], str], senses: Senses | None) -> None:
        """Take what is no part of what is kept of this."""
        self._stem, self._senses = stem, senses
        self._remember()

    def _remember(self) -> None:
        most = max(_REMEMBERED // max(len(self.words), 1), 1)
        self._features = lru_cache(most)(self._features_of)
        self._spelt = lru_cache(most)(self._spelt_of)

    def _features_of(self, word: str) -> Features:
        found = self._stem_ids.get(self._stem(word))
        stems = [] if found is None else [found]
        cut = [run for run in map(self._run_ids.get, runs(word)) if run is not None]
        meaning = np.zeros(self._vectors.shape[1], np.float32)
        if self._meaning and self._senses:
            rarity = self._strange if found is None else float(self._rareness[found])
            meaning += self._senses.of(word) * np.float32(rarity * self._meaning)
        weights = [(-1 - stem, float(self._stem_weight[stem])) for stem in stems]
        weights += [(run, float(self._run_weight[run])) for run in cut]
        return Features(np.array(stems, np.int64), np.array(cut, np.int64), tuple(weights), meaning)

    def _spelt_of(self, word: str) -> Floats:
        features = self._features(word)
        return (self._by_stems(features.stems) + self._by_runs(features.runs)).astype(np.float32)

    def products(self, texts: Sequence[Iterable[str]]) -> Floats:
        """Return the product of each text with every word of the vocabulary (words by texts)."""
        found = np.zeros((len(texts), len(self.words)), np.float32)
        meant = np.zeros((len(texts), self._vectors.shape[1]), np.float32)
        for at, words in enumerate(texts):
            for word in words:
                found[at] += self._spelt(word)
                meant[at] += self._features(word).meaning
        if self._meaning:
            found += meant @ self._vectors.T
        return found.T

    def kinds(self, word: str) -> tuple[_Doubles, _Doubles, Floats]:
        """Return the product of a word with every word of the vocabulary: by stem, by runs, and by meaning."""
        features = self._features(word)
        return self._by_stems(features.stems), self._by_runs(features.runs), self._vectors @ features.meaning

    def _by_stems(self, stems: Ints) -> _Doubles:
        by_stem = np.bincount(stems, minlength=len(self._stem_ids)) * self._stem_weight**2
        return by_stem[self._stem_of].astype(np.float64)

    def _by_runs(self, found: Ints) -> _Doubles:
        first = self._postings[found]
        size = self._postings[found + 1] - first
        posting = _stretches(first, size)
        weight = np.repeat(self._run_weight[found] ** 2, size)
        return np.bincount(self._holders[posting], weight, minlength=len(self.words)).astype(np.float64)

    def length_of(self, words: Sequence[str]) -> float:
        """Return the length of a text's vector."""
        spelt: dict[int, float] = {}
        meaning = np.zeros(self._vectors.shape[1], np.float32)
        for features in map(self._features, words):
            meaning += features.meaning
            for feature, weight in features.weights:
                spelt[feature] = spelt.get(feature, 0.0) + weight
        return math.sqrt(sum(weight * weight for weight in spelt.values()) + float(meaning @ meaning))


def _stretches(first: Ints, size: Ints) -> Ints:
    """Return all places of stretches that begin at `first` and are so long, stretch after stretch."""
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    found: Ints = np.repeat(first - ends + size, size) + np.arange(total)
    return found


def _distinct(values: Ints) -> Ints:
    """Return the different values in order, as `np.unique` does, which keeps all other threads waiting meanwhile."""
    ordered = np.sort(values)
    found: Ints = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return found


def _sum_squares(group: Ints, feature: Ints, weight: Floats, of_feature: Floats, groups: int) -> _Doubles:
    size = max(len(of_feature), 1)
    cell = group * size + feature
    if weight.min(initial=1) == weight.max(initial=1) == 1:
        cell, total = np.unique(cell, return_counts=True)
    else:
        order = np.argsort(cell, kind="stable")
        cell = cell[order]
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        cell, total = cell[first], np.add.reduceat(weight[order], first)
    total = total * of_feature[cell % size]
    return np.bincount(cell // size, total * total, minlength=groups).astype(np.float64)
