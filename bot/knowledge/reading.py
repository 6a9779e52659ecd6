"""A text read against the phrasings' vocabulary: which of its words are known, repaired or strange.

Nothing here knows of subjects' scores.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

import numpy as np

from bot.knowledge.repair import Speller, one_slip
from bot.knowledge.space import Floats, Ints, Senses
from bot.knowledge.text import is_number, words

_MOST_REPAIRS = 24


class Reading(NamedTuple):
    """A text as the index takes it.

    `words` are its distinct words, repaired; `repaired` leads from words as typed to words as read; `known` is
    the share of the words, by weight, that the phrasings know as typed.
    """

    words: tuple[str, ...]
    repaired: Mapping[str, str]
    known: float


class Reader:
    """Reads texts against the words of the phrasings, each weighed by how few subjects use it.

    `texts` are the phrasings as lists of distinct stems.
    """

    KEPT: ClassVar[tuple[str, ...]] = ("_weight", "_strange")

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        owner: Ints,
        stem: Callable[[str], str],
        senses: Senses | None = None,
        cut: Callable[[str], list[str]] = words,
    ) -> None:
        """Take the phrasings as lists of distinct words, and the number of the subject of each."""
        self._stem, self._senses, self._cut = stem, senses, cut
        self.texts = [tuple(dict.fromkeys(map(stem, text))) for text in texts]
        self._speller = Speller(word for text in texts for word in text)
        phrasings: dict[str, int] = {}
        subjects: dict[str, set[int]] = {}
        for text, subject in zip(self.texts, owner.tolist(), strict=True):
            for part in text:
                phrasings[part] = phrasings.get(part, 0) + 1
                subjects.setdefault(part, set()).add(subject)
        self._phrasings = phrasings
        self._subjects = {part: len(held) for part, held in subjects.items()}
        count = len(set(owner.tolist()))
        self._weight = {part: math.log((1 + count) / (1 + held)) + 1 for part, held in self._subjects.items()}
        self._strange = math.log(1 + count) + 1

    def furnish(
        self,
        stem: Callable[[str], str],
        senses: Senses | None,
        cut: Callable[[str], list[str]],
        vocabulary: Iterable[str],
    ) -> None:
        """Take what is no part of what is kept of this."""
        self._stem, self._senses, self._cut, self._speller = stem, senses, cut, Speller(vocabulary)

    def read(self, normalised: str) -> Reading:
        """Read a normalised text: numbers that the phrasings do not name go, misspelt words are repaired."""
        typed = list(dict.fromkeys(word for word in self._cut(normalised) if self._knows(word) or not is_number(word)))
        strange = [word for word in typed if not self._knows(word)]
        if not strange:
            return Reading(tuple(typed), {}, 1.0)
        repaired: dict[str, str] = {}
        for word in strange[:_MOST_REPAIRS]:
            near = self._repair(word)
            if near is not None:
                repaired[word] = near
        read = tuple(dict.fromkeys(repaired.get(word, word) for word in typed))
        return Reading(read, repaired, self._share(typed))

    def _repair(self, word: str) -> str | None:
        """Read a word as one of the phrasings', unless it is one of the language, or nearer to one."""
        if self._senses and self._senses.knows(word):
            return None
        near = self._speller.repair(word)
        slipped = self._senses.slipped(word) if self._senses and (near is None or not one_slip(word, near)) else None
        return slipped or near

    def makes_sense(self, normalised: str) -> bool:
        """Tell whether most words are known, repaired, or words of the language at all."""
        reading = self.read(normalised)
        known = [self._knows(word) or bool(self._senses and self._senses.knows(word)) for word in reading.words]
        return 2 * sum(known) > len(known)

    def _knows(self, word: str) -> bool:
        return self._stem(word) in self._weight

    def _share(self, read: Sequence[str]) -> float:
        known = [self._weight.get(self._stem(word)) for word in read]
        held = sum(weight for weight in known if weight is not None)
        return held / max(held + self._strange * known.count(None), 1e-9)

    def without_phrasing(self) -> Floats:
        """Return the share of each phrasing's words that the other phrasings know."""
        return self._rest(self._phrasings)

    def without_subject(self) -> Floats:
        """Return the share of each phrasing's words that other subjects' phrasings know."""
        return self._rest(self._subjects)

    def _rest(self, holders: Mapping[str, int]) -> Floats:
        shares = []
        for text in self.texts:
            held = sum(self._weight[part] for part in text if holders[part] > 1)
            lost = self._strange * sum(1 for part in text if holders[part] == 1)
            shares.append(held / (held + lost))
        return np.array(shares, np.float32)
