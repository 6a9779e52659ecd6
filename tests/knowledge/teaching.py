"""Teach word vectors what whole questions mean, for `tests.knowledge.distil`.

Texts are compared by the sum of their words' vectors, each weighing more the rarer it is. That sum is drawn towards
what the sentence model makes of the whole question, and every word is held where it began: the more often a word is
asked with, the further it may move, so that rare ones and names stay what they mean by themselves.
"""

from collections.abc import Sequence

import numpy as np

from bot.knowledge import normalise
from bot.knowledge.space import Floats, Ints
from tests.knowledge.held_apart import held_apart
from tests.knowledge.shared_data import questions

_ASKED = ("banking77", "clinc150", "hwu64", "stackfaq")

# How strongly a word is held, in questions that would have to have it.
_HELD = 30
_ROUNDS = 6
_STEP = 0.5
_TOGETHER = 4096


def corpus() -> list[str]:
    """Return the questions to learn from: of the train parts, none of what measures answers."""
    measuring = held_apart()
    texts = dict.fromkeys(text for collection in _ASKED for text, _ in questions(collection, "train"))
    return [text for text in texts if normalise(text) not in measuring]


def taught(vectors: Floats, texts: Sequence[Sequence[int]], meant: Floats) -> Floats:
    """Return the vectors of words (unit rows), moved; a text is the numbers of its words, `meant` a unit row of it."""
    sizes = np.array([len(text) for text in texts], np.int64)
    tokens = np.concatenate([np.array(text, np.int64) for text in texts])
    start = np.cumsum(sizes) - sizes
    weight = _rarity(tokens, len(vectors), len(texts))
    began, now = vectors.astype(np.float32), vectors.astype(np.float32)
    chance = np.random.default_rng(1)
    firm = np.zeros(len(vectors), np.float32)
    for chosen in _batches(np.arange(len(texts))):
        words, edges, _ = _held(tokens, start, sizes, chosen)
        _, length = _sums(now, words, edges, weight)
        np.add.at(firm, words, (weight[words] / np.repeat(length, sizes[chosen])) ** 2)
    step = _STEP / (firm + _HELD)
    for _ in range(_ROUNDS):
        for chosen in _batches(chance.permutation(len(texts))):
            words, edges, text_of = _held(tokens, start, sizes, chosen)
            said, length = _sums(now, words, edges, weight)
            right = meant[chosen]
            off = (right - (said * right).sum(axis=1)[:, None] * said) / length[:, None]
            slope = _by_word(words, off[text_of] * weight[words][:, None], len(now))
            now += step[:, None] * (slope - np.float32(_HELD * len(chosen) / len(texts)) * (now - began))
            now /= np.linalg.norm(now, axis=1, keepdims=True)
    return now


def _rarity(tokens: Ints, words: int, texts: int) -> Floats:
    weight: Floats = (np.log((1 + texts) / (1 + np.bincount(tokens, minlength=words))) + 1).astype(np.float32)
    return weight


def _batches(order: Ints) -> list[Ints]:
    return [order[first : first + _TOGETHER] for first in range(0, len(order), _TOGETHER)]


def _held(tokens: Ints, start: Ints, sizes: Ints, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the words of the chosen texts one after another, where each text begins, and which text each is of."""
    size = sizes[chosen]
    edges = np.cumsum(size) - size
    places = np.repeat(start[chosen] - edges, size) + np.arange(size.sum())
    return tokens[places], edges, np.repeat(np.arange(len(chosen)), size)


def _sums(vectors: Floats, words: Ints, edges: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """Return the direction and the length of each text's sum of words."""
    total = np.add.reduceat(vectors[words] * weight[words][:, None], edges, axis=0)
    length = np.maximum(np.linalg.norm(total, axis=1), 1e-6)
    return total / length[:, None], length


def _by_word(words: Ints, rows: Floats, count: int) -> Floats:
    """Return the sum of the rows of each word."""
    order = np.argsort(words, kind="stable")
    ordered = words[order]
    edges = np.flatnonzero(np.diff(ordered, prepend=-1))
    found = np.zeros((count, rows.shape[1]), np.float32)
    found[ordered[edges]] = np.add.reduceat(rows[order], edges, axis=0)
    return found
