"""Misspelt words read as words that the phrasings use.

A word is repaired only when the phrasings do not know it. Nothing here decides what a repaired question means.
"""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
LEAST_LIKENESS = 0.72
_REMEMBERED = 4_096


class Speller:
    """Reads unknown words as near words of a vocabulary; remembers what it read."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """Take the words that the phrasings use."""
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(set(vocabulary)):
            if _repairable(word):
                self._by_length.setdefault(len(word), []).append(word)
        self._read: dict[str, str | None] = {}

    def repair(self, word: str) -> str | None:
        """Return the vocabulary's word nearest to a word that it lacks, or None if none is near."""
        if not _repairable(word):
            return None
        if word not in self._read:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[word] = self._nearest(word)
        return self._read[word]

    def _nearest(self, word: str) -> str | None:
        best: tuple[float, bool, str] | None = None
        for length in range(int(len(word) * LEAST_LIKENESS), int(len(word) / LEAST_LIKENESS) + 1):
            for near, likeness, _ in process.extract(
                word,
                self._by_length.get(length, ()),
                scorer=OSA.normalized_similarity,
                score_cutoff=max(LEAST_LIKENESS, best[0] if best else 0),
                limit=4,
            ):
                found = (likeness, near[0] == word[0], near)
                if best is None or found > best:
                    best = found
        return best[2] if best else None


def one_slip(word: str, other: str) -> bool:
    """Tell whether one letter, or two that are swapped, make all the difference."""
    return bool(OSA.distance(word, other) <= 1)


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST and not any(map(str.isdigit, word))
