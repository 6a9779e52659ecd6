"""Loose phrases: "site|app … is|seems … down". A bar parts words of which one is said, … lets up to two others by."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.knowledge.text import normalise

_GAP = "…"
_BETWEEN = r"(?: \w+){0,2} "
_CLAUSES = re.compile(r"[.,;:!?\n]+(?:\s|$)")
_READ = 4_000  # letters of a text that are looked at


def loose(phrase: str) -> str:
    """Return a phrase as `found` takes it: normalised, but for its bars and gaps."""
    return _GAP.join("|".join(map(normalise, part.split("|"))) for part in phrase.split(_GAP))


def found(phrases: Iterable[str], text: str, unless: Iterable[str] = ()) -> str:
    """Return the words of a text that are one of these phrases, within a clause of it; empty if there are none.

    A clause that has one of `unless` in it has none.
    """
    for clause in map(normalise, _CLAUSES.split(text[:_READ])):
        hit = _said(phrases, clause)
        if hit and not _said(unless, clause):
            return hit
    return ""


def _said(phrases: Iterable[str], clause: str) -> str:
    return next((match[0] for phrase in phrases if (match := _pattern(phrase).search(clause))), "")


@lru_cache(maxsize=1_024)
def _pattern(phrase: str) -> re.Pattern[str]:
    parts = ["|".join(re.escape(each) for each in part.split("|")) for part in phrase.split(_GAP)]
    return re.compile(r"\b(?:" + f"){_BETWEEN}(?:".join(parts) + r")\b")
