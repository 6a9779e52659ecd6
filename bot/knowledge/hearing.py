"""How a message sounds, and whether it is about safety or the law: learned from messages that are like it, or are not.

A linear model over the meanings of a text's words, its stems and pairs of stems, the commonest stems by themselves
(how somebody sounds is said in small words), and its signs, such as capitals. Clauses are heard one by one too, so
that a long story hides nothing. The example that is most like what was heard says why. What follows from it is none
of this module's business.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args
from zlib import crc32

import numpy as np
from msgspec import Struct

from bot.knowledge.snapshot import digest, freeze, thaw
from bot.knowledge.space import Floats, Senses
from bot.knowledge.text import normalise, stemmer

_PAIRS = 768  # columns for stems and pairs of stems
_COMMON = 256  # stems with a column of their own
_COMMONNESS = 0.3  # how much one of these counts
_SIGNS = 7  # columns for signs
_LOUDNESS = 0.3  # how much one of these counts
_REMEMBERED = 4_096  # words
_WORDS = 60  # of a clause
_CLAUSES = 40
_FEW = 3  # a clause of fewer words is not heard for itself
_MOST = 2_500  # ordinary texts to learn from
_SPELT = 0.8  # how much spelling counts beside meaning
_SHORT = 10.0  # how weakly a text of few and common words speaks
_HARMLESS = 2.0  # how much more a counter-example counts than any ordinary text
_PENALTY = 5.0
_UNSURE = 0.5  # how sure it is where it begins
_SHOUTED = 10  # letters
_LONG = re.compile(r"\b[^\W\d_]{3,}\b")
_ASKED_ON = re.compile(r"\?.")
_NUMBER = re.compile(r"#?\d{4,}")  # of an order, a telephone: says nothing of how somebody sounds
_CLAUSE = re.compile(r"[.,;:!?\n()\u2026\u2014\u2013]+|\s-\s|\band\b|\bbut\b")

About = Literal["safety", "legal", "urgent", "happy", "frustrated", "angry"]
ABOUT: tuple[About, ...] = get_args(About)

# From which score on it could be, and from which it is; most of what is said is none of these.
_LEVELS: Mapping[About, tuple[float, float]] = {
    "safety": (0.1, 0.4),
    "legal": (0.1, 0.4),
    "urgent": (0.1, 0.35),
    "happy": (0.3, 0.5),
    "frustrated": (0.3, 0.5),
    "angry": (0.4, 0.6),
}
# Who sounds like this may well be said to sound like that: the examples of the one say nothing against the other.
_AKIN: Mapping[About, tuple[About, ...]] = {
    "safety": ("legal",),
    "legal": ("safety",),
    "urgent": ("safety", "legal", "happy"),
    "happy": ("legal", "urgent"),
    "frustrated": ("legal",),
    "angry": ("legal",),
}
_WITHIN: Mapping[About, About] = {"angry": "frustrated"}  # whoever sounds like this sounds like that


_Roles = frozenset[tuple[About, bool]]  # what a text is an example of, and whether it only sounds like that


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
        self._columns = self._meanings + _PAIRS + _COMMON + _SIGNS + 1
        self._telling = self._meanings or _PAIRS
        ordinary = ordinary[:: math.ceil(len(ordinary) / _MOST) or 1]
        self._count = Counter(word for text in ordinary for word in {*normalise(text).split()})
        self._texts = len(ordinary) + 1
        self._meant = lru_cache(_REMEMBERED)(self._weighed)
        self._exactly = {(each.about, normalise(each.text)): each for each in examples}
        self._examples: dict[About, list[Example]] = {}
        for each in examples:
            if not each.harmless:
                self._examples.setdefault(each.about, []).append(each)
        self._made_from = digest(language, senses.digest if senses else "", examples, ordinary)
        held = thaw(kept, self._made_from)
        common: list[str] = held["common"]["stems"] if held else self._commonest(examples, ordinary)
        self._common = {stem: column for column, stem in enumerate(common)}
        self._seen = lru_cache(None)(self._seen_of)
        self._weights: dict[str, Floats] = held["weights"] if held else self._learn(examples, ordinary)

    def snapshot(self) -> bytes:
        """Return what was learned, for the next time."""
        return freeze(self._made_from, {"weights": self._weights, "common": {"stems": [*self._common]}})

    def _commonest(self, examples: Sequence[Example], ordinary: Sequence[str]) -> list[str]:
        texts = (*ordinary, *(each.text for each in examples))
        count = Counter(self._stem(word) for text in texts for word in {*normalise(text).split()})
        return [stem for stem, _ in count.most_common(_COMMON)]

    def _learn(self, examples: Sequence[Example], ordinary: Sequence[str]) -> dict[str, Floats]:
        """Return the weights that say 1 of what is told and -1 of the others, by ridge regression.

        A text that is an example of several things is seen once.
        """
        told: dict[str, dict[About, bool]] = {text: {} for text in ordinary}
        for each in examples:
            said = told.setdefault(each.text, {})
            said[each.about] = each.harmless
            if each.about in _WITHIN and not each.harmless:
                said[_WITHIN[each.about]] = False
        alike: dict[_Roles, list[str]] = {}
        for text, said in told.items():
            alike.setdefault(frozenset(said.items()), []).append(text)
        counts = {roles: len(texts) for roles, texts in alike.items()}
        counted = {about: _counted(about, counts) for about in sorted(self._examples)}
        grams = {about: _PENALTY * np.eye(self._columns, dtype=np.float32) for about in counted}
        targets = {about: np.zeros(self._columns, np.float32) for about in counted}
        for roles, texts in alike.items():
            seen = self._features(texts)
            products, total = seen.T @ seen, seen.sum(axis=0)
            for about, weights in counted.items():
                weight = weights[roles]
                if weight:
                    grams[about] += np.float32(abs(weight)) * products
                    targets[about] += np.float32(weight) * total
        return {about: np.linalg.solve(gram, targets[about]) for about, gram in grams.items()}

    def _seen_of(self, about: About) -> Floats:
        """Return what the examples mean; how they are spelt only where there are no meanings."""
        seen = self._features([each.text for each in self._examples[about]])
        return np.ascontiguousarray(seen[:, : self._telling])

    def hear(self, text: str) -> list[tuple[Example, float]]:
        """Return the example that is most like the text for each thing that it is about, and how sure that is: 1, or
        at least a half where it only could be; in a text without a word, a photo's or a sign's, nothing."""
        said = normalise(text)
        if not said:
            return []
        parts = [part for part in _CLAUSE.split(text) if len(part.split()) >= _FEW]
        seen = self._features(dict.fromkeys([text, *parts[:_CLAUSES]]))
        scores = {about: seen @ self._weights[about] for about in self._examples}
        heard = []
        for about, (could, does) in _LEVELS.items():
            if about not in scores or not self._within(about, scores):
                continue
            known = self._exactly.get((about, said))
            highest = float(scores[about].max())
            if known and not known.harmless:
                heard.append((known, 1.0))
            elif known is None and highest > could:
                likeness = self._seen(about) @ seen[scores[about].argmax(), : self._telling]
                sure = _UNSURE + (1 - _UNSURE) * (highest - could) / (does - could)
                heard.append((self._examples[about][int(likeness.argmax())], min(1.0, sure)))
        return heard

    def _within(self, about: About, scores: Mapping[About, Floats]) -> bool:
        """Tell whether what this is part of is heard as well, if it is part of anything."""
        whole = _WITHIN.get(about)
        return whole is None or whole not in scores or float(scores[whole].max()) > _LEVELS[whole][0]

    def _features(self, texts: Iterable[str]) -> Floats:
        rows = [self._row(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self._columns)

    def _row(self, text: str) -> Floats:
        """Return what a text means, how it is spelt and how loud it is; the last column is always 1."""
        words = [word for word in normalise(text).split() if not _NUMBER.fullmatch(word)][:_WORDS]
        row = np.zeros(self._columns, np.float32)
        meant, spelt, common = np.split(row, (self._meanings, self._meanings + _PAIRS))[:3]
        if self._senses:
            for word in filter(self._senses.knows, words):
                meant += self._meant(word)
        meant /= math.sqrt(meant @ meant) + _SHORT
        stems = [self._stem(word) for word in words]
        for each in (*stems, *(f"{one} {two}" for one, two in pairwise(stems))):
            spelt[crc32(each.encode()) % _PAIRS] += 1
        spelt *= _SPELT / (math.sqrt(spelt @ spelt) + _SHORT / 4)
        common[[self._common[stem] for stem in stems if stem in self._common]] = _COMMONNESS
        row[-_SIGNS - 1 : -1] = _signs(text, len(words))
        row[-_SIGNS - 1 : -1] *= _LOUDNESS
        row[-1] = 1
        return row

    def _weighed(self, word: str) -> Floats:
        """Return what a word adds to the meaning of a text: the more, the rarer it is."""
        assert self._senses
        vector = self._senses.of(word)
        weighed: Floats = math.log(self._texts / (1 + self._count[word])) * vector / (np.linalg.norm(vector) or 1)
        return weighed


def _signs(text: str, words: int) -> tuple[float, ...]:
    """Return how loud a text is, how much it asks, and how long it is."""
    letters = sum(map(str.isalpha, text))
    shouted = letters >= _SHOUTED and sum(map(str.isupper, text)) >= 0.7 * letters
    loud = any(map(str.isupper, _LONG.findall(text)))
    asked = min(text.count("?"), 3) / 3, _ASKED_ON.search(text) is not None
    return (shouted, loud, min(text.count("!"), 3) / 3, *asked, "..." in text, min(words, 40) / 40)


def _counted(about: About, counts: Mapping[_Roles, int]) -> dict[_Roles, float]:
    """Return how much texts of each kind count: above 0 for this, below against it; both sides come to the same."""
    told = [roles for roles in counts if (about, False) in roles]
    harmless = [roles for roles in counts if (about, True) in roles]
    others = [roles for roles in counts if roles not in told and roles not in harmless and _against(about, roles)]
    balance = sum(counts[roles] for roles in others) / sum(counts[roles] for roles in told)
    counted = dict.fromkeys(counts, 0.0)
    counted |= dict.fromkeys(told, balance) | dict.fromkeys(harmless, -_HARMLESS) | dict.fromkeys(others, -1.0)
    return counted


def _against(about: About, roles: _Roles) -> bool:
    """Tell whether texts that are about other things, or about nothing, say that they are not about this."""
    return not roles or any(harmless or other not in _AKIN[about] for other, harmless in roles)
