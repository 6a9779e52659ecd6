"""Outcome codes: which one an agent means at the beginning of their last words."""

import re

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.dialog.catalog import Catalog

_SLIP = 88
_BREAK = re.compile(r"[,:;.!–—-]")  # after a code in words: "not possible, sorry"
_PART = 5  # letters that a word by itself shares with a code when it was meant to be one
_LONG = 5  # letters: two of these that are swapped are surely a slip


def said(catalog: Catalog, text: str) -> tuple[str, str]:
    """Return the code that a text begins with, and the words after it; the text alone if it begins with none."""
    first, _, rest = text.strip().partition(" ")
    code = first.rstrip(":").casefold()
    return (code, rest.strip()) if code in catalog.outcomes else ("", text)


def slip(catalog: Catalog, text: str) -> str:
    """Return a first word that was surely meant to be a code and is none; words to the customer look otherwise."""
    first = text.strip().partition(" ")[0].rstrip(":")
    word, codes = first.casefold(), list(catalog.outcomes)
    close = process.extractOne(word, codes, scorer=fuzz.ratio, score_cutoff=_SLIP)
    swapped = any(OSA.distance(word, code) == 1 for code in codes if len(code) >= _LONG)
    if "_" in first.strip("_") or close or swapped:
        return first
    whole = text.strip().rstrip(":").casefold()
    spoken = _BREAK.split(whole, maxsplit=1)[0].rstrip() in {code.replace("_", " ") for code in codes}
    alone = whole.isalpha() and any(_alike(whole, part) for code in codes for part in code.split("_"))
    return text.strip() if spoken or alone else ""


def _alike(word: str, part: str) -> bool:
    """Tell whether a word that is all that was said has that of a code in it, or begins like it: "unsolved"."""
    return len(part) >= _PART and (part in word or word[:_PART] == part[:_PART])
