"""Loose phrases: "site|app … is|seems … down". A bar parts words of which one is said, … lets up to two others by (……
up to four), and what stands behind a + follows at once: "don't|do not + cancel".
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.knowledge.text import MARKS, UNSPACED, WIDE, normalise

_SIGNS = re.compile(r"\s*(\+|…+)\s*")
_CLAUSES = re.compile(rf"[{MARKS}]+(?:\s|$)|[{WIDE}]+")  # but "3.50" stays whole
_READ = 4_000  # letters of a text that are looked at


def loose(phrase: str) -> str:
    """Return a phrase as `found` takes it: normalised, but for its bars and signs."""
    parts = _parts(phrase)
    parts[::2] = ["|".join(map(normalise, part.split("|"))) for part in parts[::2]]
    return "".join(parts)


def _parts(phrase: str) -> list[str]:
    """Return the words of a phrase and, at every other place, the sign between them."""
    return _SIGNS.split(phrase.strip())


def found(phrases: Iterable[str], text: str, unless: Iterable[str] = ()) -> str:
    """Return the words of a text that are one of these phrases, within a clause of it; empty if there are none.

    A clause that has one of `unless` in it has none.
    """
    return next((hit for _, hit in apart(phrases, text, unless) if hit), "")


def apart(phrases: Iterable[str], text: str, unless: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each clause of a text, normalised, with the words of it that are one of these phrases, or nothing."""
    for clause in map(normalise, _CLAUSES.split(text[:_READ])):
        hit = _said(phrases, clause)
        yield clause, hit if hit and not _said(unless, clause) else ""


def _said(phrases: Iterable[str], clause: str) -> str:
    """Return the longest words of a clause that are one of these phrases, whatever their order; or nothing."""
    hits = (match[0] for phrase in phrases if (match := _pattern(phrase).search(clause)))
    return max(hits, key=lambda hit: (len(hit), hit), default="")


@lru_cache(maxsize=4_096)
def _pattern(phrase: str) -> re.Pattern[str]:
    spaced = not UNSPACED.search(phrase)
    parts = _parts(phrase)
    parts[::2] = [f"(?:{'|'.join(map(re.escape, part.split('|')))})" for part in parts[::2]]
    parts[1::2] = [_between(len(sign) if "…" in sign else 0, spaced=spaced) for sign in parts[1::2]]
    edge = r"\b" if spaced else ""
    return re.compile(edge + "".join(parts) + edge)


def _between(gaps: int, *, spaced: bool) -> str:
    if not spaced:  # between the words of scripts that put no spaces there
        return rf"[\w ]{{0,{6 * gaps}}}?" if gaps else " ?"
    return rf"(?: \w+){{0,{2 * gaps}}} " if gaps else " "
