"""Loose phrases: "site|app … is|seems … down". A bar parts words of which one is said, … lets up to two others by, and
what stands behind a + follows at once: "don't|do not + cancel".
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.knowledge.text import UNSPACED, normalise

_SIGNS = re.compile(r"\s*([…+])\s*")
_BETWEEN = {"…": r"(?: \w+){0,2} ", "+": " "}
_BETWEEN_UNSPACED = {"…": r"[\w ]{0,6}?", "+": " ?"}  # of scripts that put no spaces between words
_CLAUSES = re.compile(r"[.,;:!?\n\u3002\uff0c\u3001\uff1f\uff01]+(?:\s|$|(?<=[\u3002\uff0c\u3001\uff1f\uff01]))")
_READ = 4_000  # letters of a text that are looked at


def loose(phrase: str) -> str:
    """Return a phrase as `found` takes it: normalised, but for its bars and signs."""
    return "".join(part if part in _BETWEEN else "|".join(map(normalise, part.split("|"))) for part in _parts(phrase))


def _parts(phrase: str) -> list[str]:
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
    return next((match[0] for phrase in phrases if (match := _pattern(phrase).search(clause))), "")


@lru_cache(maxsize=4_096)
def _pattern(phrase: str) -> re.Pattern[str]:
    spaced = not UNSPACED.search(phrase)
    between, edge = (_BETWEEN, r"\b") if spaced else (_BETWEEN_UNSPACED, "")
    parts = (between.get(part) or f"(?:{'|'.join(map(re.escape, part.split('|')))})" for part in _parts(phrase))
    return re.compile(edge + "".join(parts) + edge)
