"""What words mean, apart from how they are spelt: a small vector per word, learned elsewhere.

A word that has no vector of its own gets the mean of its pieces', cut greedily from the left. Nothing here knows of
phrasings.
"""

from functools import lru_cache
from hashlib import blake2b

import msgspec
import numpy as np

from bot.knowledge.space import Floats

_REMEMBERED = 16_384
_CONTINUED = "##"

# Words come commonest first. Shorter ones are too often others' names.
_SHORTEST = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """How vectors are stored: words by line, then one row of signed bytes for each."""

    words: str
    size: int
    vectors: bytes


class Meanings:
    """Unit vectors of words. One and the same for all who use it; nothing in it changes."""

    def __init__(self, raw: bytes) -> None:
        """Take what `pack` made. Raises msgspec.DecodeError or ValueError for anything else."""
        stored = msgspec.msgpack.decode(raw, type=_Stored)
        words = stored.words.split("\n")
        self.size = stored.size
        self.digest = blake2b(raw, digest_size=16).hexdigest()
        self._rows = np.frombuffer(stored.vectors, np.int8).reshape(len(words), stored.size)
        self._number = dict(zip(words, range(len(words)), strict=True))
        self.of = lru_cache(_REMEMBERED)(self._of)
        self.slipped = lru_cache(_REMEMBERED)(self._slipped)

    def knows(self, word: str) -> bool:
        """Tell whether the word has a vector of its own."""
        return word in self._number

    def _slipped(self, word: str) -> str | None:
        """Return the commonest word that this is with a letter dropped or doubled, or two swapped, if there is one.

        A wrong letter is not looked for: more often than a slip, it makes another word that is merely rare.
        """
        if len(word) < _SHORTEST:
            return None
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        near = {left + letter + right for left, right in cuts for letter in _LETTERS}
        near |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
        near |= {left + right[1:] for left, right in cuts if left and right and left[-1] == right[0]}
        return min(near & self._number.keys(), key=self._number.__getitem__, default=None)

    def _of(self, word: str) -> Floats:
        """Return the word's vector; zeros for a word of unknown letters."""
        rows = self._pieces(word)
        if not rows:
            return np.zeros(self.size, np.float32)
        pieces = self._rows[rows].astype(np.float32)
        pieces /= np.maximum(np.linalg.norm(pieces, axis=1, keepdims=True), 1)
        total: Floats = pieces.mean(axis=0)
        return total

    def _pieces(self, word: str) -> list[int]:
        whole = self._number.get(word)
        if whole is not None:
            return [whole]
        found: list[int] = []
        at = 0
        while at < len(word):
            lead = _CONTINUED if at else ""
            ends = (end for end in range(len(word), at, -1) if lead + word[at:end] in self._number)
            end = next(ends, None)
            if end is None:
                return []
            found.append(self._number[lead + word[at:end]])
            at = end
        return found


def pack(words: list[str], vectors: Floats) -> bytes:
    """Return vectors of words as bytes: each row scaled to its longest side, in steps of 1/127 of it."""
    scaled = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    stored = _Stored(words="\n".join(words), size=vectors.shape[1], vectors=scaled.tobytes())
    return msgspec.msgpack.encode(stored)
