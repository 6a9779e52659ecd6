"""How a message sounds, and whether it is about safety or the law: learned from messages that are like it, or are not.

A linear model over the meanings of a text's words and over its stems and pairs of stems. Clauses are heard one by one
too, so that a long story hides nothing. The example that is most like what was heard says why. What
follows from it is none of this module's business.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal, get_args
from zlib import crc32

import numpy as np
from msgspec import Struct

from bot.knowledge.snapshot import digest, freeze, thaw
from bot.knowledge.space import Floats, Senses
from bot.knowledge.text import normalise, stemmer

_PAIRS = 1024  # columns for stems and pairs of stems
_REMEMBERED = 4_096  # words
_WORDS = 60  # of a clause
_CLAUSES = 40
_FEW = 3  # a clause of fewer words is not heard for itself
_MOST = 2_500  # ordinary texts to learn from
_SPELT = 0.8  # how much spelling counts beside meaning
_SHORT = 10.0  # how weakly a text of few and common words speaks
_HARMLESS = 2.0  # how much more a counter-example counts than any ordinary text
_PENALTY = 3.0
_UNSURE = 0.5  # how sure it is where it begins
_CLAUSE = re.compile(r"[.,;:!?\n()\u2026\u2014\u2013]+|\s-\s|\band\b|\bbut\b")

About = Literal["safety", "legal", "urgent", "happy"]
ABOUT: tuple[About, ...] = get_args(About)

# From which score on it could be, and from which it is; most of what is said is neither.
_LEVELS: Mapping[About, tuple[float, float]] = {
    "safety": (0.1, 0.4),
    "legal": (0.1, 0.4),
    "urgent": (0.1, 0.4),
    "happy": (0.3, 0.5),
}
# Who sounds like this may well be said to sound like that: the examples of the one say nothing against the other.
_AKIN: Mapping[About, tuple[About, ...]] = {
    "safety": ("legal",),
    "legal": ("safety",),
    "urgent": ("safety", "legal", "happy"),
    "happy": ("legal", "urgent"),
}


class Example(Struct, frozen=True, kw_only=True):
    """A message that is about one of these, or, if `harmless`, only sounds like it; `at` is where it is written."""

    text: str
    about: About
    harmless: bool = False
    at: str = ""


class Hearing:
    """Listens for what the examples are about; `ordinary` are texts that are about something else.

    `kept` may be what `snapshot` returned when it was made from the same: then there is nothing to learn.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        ordinary: Sequence[str],
        senses: Senses | None,
        *,
        language: str,
        kept: bytes = b"",
    ) -> None:
        self._stem, self._senses = stemmer(language), senses
        self._meanings = senses.size if senses else 0
        self._columns = self._meanings + _PAIRS + 1
        ordinary = ordinary[:: math.ceil(len(ordinary) / _MOST) or 1]
        self._count = Counter(word for text in ordinary for word in {*normalise(text).split()})
        self._texts = len(ordinary) + 1
        self._meant = lru_cache(_REMEMBERED)(self._weighed)
        self._exactly = {(each.about, normalise(each.text)): each for each in examples}
        self._examples: dict[About, list[Example]] = {}
        for each in examples:
            if not each.harmless:
                self._examples.setdefault(each.about, []).append(each)
        self._seen = cache(self._seen_of)
        self._made_from = digest(language, senses.digest if senses else "", examples, ordinary)
        held = thaw(kept, self._made_from)
        self._weights: dict[str, Floats] = held["weights"] if held else self._learn(examples, ordinary)

    def snapshot(self) -> bytes:
        """Return what was learned, for the next time."""
        return freeze(self._made_from, {"weights": self._weights})

    def _learn(self, examples: Sequence[Example], ordinary: Sequence[str]) -> dict[str, Floats]:
        usual = self._features(ordinary)
        harmless = {
            about: self._features([each.text for each in examples if each.about == about and each.harmless])
            for about in self._examples
        }
        learned: dict[str, Floats] = {}
        for about in sorted(self._examples):
            others = [self._seen(other) for other in self._examples if other != about and other not in _AKIN[about]]
            others_harmless = [text for other, text in harmless.items() if other != about]
            against = np.concatenate([usual, *others, *others_harmless])
            learned[about] = _learned(self._seen(about), harmless[about], against)
        return learned

    def _seen_of(self, about: About) -> Floats:
        return self._features([each.text for each in self._examples[about]])

    def hear(self, text: str) -> list[tuple[Example, float]]:
        """Return the example that is most like the text for each thing that it is about, and how sure that is: 1, or
        at least a half where it only could be."""
        parts = [part for part in _CLAUSE.split(text) if len(part.split()) >= _FEW]
        seen = self._features(dict.fromkeys([text, *parts[:_CLAUSES]]))
        said = normalise(text)
        heard = []
        for about in self._examples:
            scores = seen @ self._weights[about]
            known = self._exactly.get((about, said))
            if known and not known.harmless:
                heard.append((known, 1.0))
            elif known is None and scores.max() > _LEVELS[about][0]:
                likeness = self._seen(about) @ seen[scores.argmax()]
                could, does = _LEVELS[about]
                sure = _UNSURE + (1 - _UNSURE) * (float(scores.max()) - could) / (does - could)
                heard.append((self._examples[about][int(likeness.argmax())], min(1.0, sure)))
        return heard

    def _features(self, texts: Iterable[str]) -> Floats:
        rows = [self._row(normalise(text).split()[:_WORDS]) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self._columns)

    def _row(self, words: list[str]) -> Floats:
        """Return what a text means and how it is spelt; the last column is always 1."""
        meant = np.zeros(self._meanings, np.float32)
        if self._senses:
            for word in filter(self._senses.knows, words):
                meant += self._meant(word)
        spelt = np.zeros(_PAIRS, np.float32)
        stems = [self._stem(word) for word in words]
        for each in (*stems, *(f"{one} {two}" for one, two in pairwise(stems))):
            spelt[crc32(each.encode()) % _PAIRS] += 1
        meant /= np.linalg.norm(meant) + _SHORT
        spelt *= _SPELT / (np.linalg.norm(spelt) + _SHORT / 4)
        return np.concatenate([meant, spelt, np.ones(1, np.float32)])

    def _weighed(self, word: str) -> Floats:
        """Return what a word adds to the meaning of a text: the more, the rarer it is."""
        assert self._senses
        vector = self._senses.of(word)
        weighed: Floats = math.log(self._texts / (1 + self._count[word])) * vector / (np.linalg.norm(vector) or 1)
        return weighed


def _learned(told: Floats, harmless: Floats, usual: Floats) -> Floats:
    """Return the weights that say 1 of what is told and -1 of the others, by ridge regression."""
    columns = told.shape[1]
    groups = [(told, 1.0, len(usual) / len(told)), (harmless, -1.0, _HARMLESS), (usual, -1.0, 1.0)]
    gram = _PENALTY * np.eye(columns)
    target = np.zeros(columns)
    for rows, sign, weight in groups:
        if len(rows):
            gram += weight * (rows.T @ rows)
            target += weight * sign * rows.sum(axis=0)
    weights: Floats = np.linalg.solve(gram, target).astype(np.float32)
    return weights
