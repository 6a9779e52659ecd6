"""Praise that is none: a sentence that praises, and tells of a fault, of a wait or of silence.

Whoever tells that all is well again, compares, asks or wishes for something means the praise: "thanks, the broken one
works again". A word of praise that stands alone belongs to what follows it: "Fantastic. Still no refund."
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.knowledge.threats import Fits

_SENTENCE = re.compile(r"[^.!?\n\u2026]+[.!?\n\u2026]*")
_ALONE = 3  # words at most of praise that stands alone
_AVERTED = 3  # so many words before a fault may say that there is none


class Irony(Struct, frozen=True, kw_only=True):
    """Phrases of praise, of what nobody praises, and of what shows that the praise is meant."""

    praise: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()


class Ironic(Struct, frozen=True, kw_only=True):
    """The same phrases, as what says where one ends; `averted` are the places of words such as "not"."""

    praise: Fits
    faults: Fits
    meant: Fits
    averted: Sequence[int]


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text that don't ask, a short one together with the one that follows it."""
    before = ""
    for sentence in _SENTENCE.findall(text):
        if not sentence.rstrip().endswith("?"):
            yield f"{before} {sentence}"
        before = sentence if len(sentence.split()) <= _ALONE and "?" not in sentence else ""


def ironic(parts: Ironic, length: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where a sentence of so many words praises, and where it tells of a fault; None if it means its praise."""
    praised = _spans(parts.praise, length)
    if not praised or _spans(parts.meant, length):
        return None
    for start, end in _spans(parts.faults, length):
        if not any(start - _AVERTED <= at < start for at in parts.averted):
            return praised[0], (start, end)
    return None


def _spans(phrases: Fits, length: int) -> list[tuple[int, int]]:
    return [(at, end) for at in range(length) if (end := phrases(at))]
