"""Ready-made replies: which fit best now and why, which are meant by a few letters, and what is left to fill in.

Pure arithmetic on a case's situation; filling in names and times is in `bot.dialog.snippets`.
"""

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from rapidfuzz import fuzz, process

Moment = Literal["claimed", "transferred", "reopened", "waiting", "promise_missed", "upset"]
GAP = "…"

_MOMENT, _CATEGORY, _TOPIC, _TITLE, _TEXT, _WORDS_MOST = 4.0, 2.0, 2.0, 1.0, 0.5, 3.0
_LEAST_WORD = 4  # letters: shorter words say little of what a text is about
_ALIKE, _FOUND = 85, 75
_WORD = re.compile(r"[^\W_]+")
_TEMPLATE = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
_BEFORE_GAP = re.compile(r"((?:\S+\s+){0,3}\S*)\s*…(?:\s*\((\w+)\))?")


class Snippet(Struct, frozen=True, kw_only=True):
    """A ready-made reply: its code, its name for staff, a template, and what it is best for."""

    id: str
    title: str
    text: str
    moments: tuple[Moment, ...] = ()
    categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    at: str = ""


class Situation(Struct, frozen=True, kw_only=True):
    """What a case is about and how it stands; `words` are the customer's last ones."""

    moments: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    words: str = ""


class Ranked(Struct, frozen=True, kw_only=True):
    """A snippet with its score, and why it has that: "moment claimed", "category billing", "says photo"."""

    id: str
    score: float
    why: tuple[str, ...]


def rank(snippets: Iterable[Snippet], now: Situation) -> tuple[Ranked, ...]:
    """Return all snippets, those that fit best first; where nothing speaks for any, in the shop's own order."""
    return tuple(sorted((_ranked(each, now) for each in snippets), key=lambda each: -each.score))


def _ranked(snippet: Snippet, now: Situation) -> Ranked:
    why: list[str] = []
    score = 0.0
    fits: tuple[tuple[str, tuple[str, ...], frozenset[str], float], ...] = (
        ("moment", tuple(snippet.moments), now.moments, _MOMENT),
        ("category", snippet.categories, now.categories, _CATEGORY),
        ("topic", snippet.topics, now.topics, _TOPIC),
    )
    for name, ours, theirs, worth in fits:
        if shared := [each for each in ours if each in theirs]:
            score += worth
            why.append(f"{name} {shared[0]}")
    title, text = _words(snippet.title), _words(_TEMPLATE.sub(" ", snippet.text))
    said = 0.0
    for word in dict.fromkeys(_words(now.words)):
        worth = _TITLE if _among(word, title) else _TEXT if _among(word, text) else 0.0
        if worth:
            said += worth
            why.append(f"says {word}")
    return Ranked(id=snippet.id, score=score + min(said, _WORDS_MOST), why=tuple(why))


def find(snippets: Iterable[Snippet], query: str) -> tuple[Snippet, ...]:
    """Return the snippets that a few typed letters or words mean: an exact code alone, then beginnings, then likely."""
    every = list(snippets)
    said = " ".join(query.casefold().split())
    if not said:
        return tuple(every)
    if exact := [each for each in every if said in (each.id, each.title.casefold())]:
        return tuple(exact[:1])
    asked = said.replace("_", " ").split()
    begun = [each for each in every if _begins(asked, f"{each.id} {each.title}")]
    inside = [each for each in every if each not in begun and _begins(asked, each.text)]
    if begun or inside:
        return tuple(begun + inside)
    names = {each.id: f"{each.id.replace('_', ' ')} {each.title.casefold()}" for each in every}
    close = process.extract(said, names, scorer=fuzz.partial_token_set_ratio, score_cutoff=_FOUND, limit=5)
    return tuple(each for _, _, id in close for each in every if each.id == id)


def gaps(text: str) -> tuple[str, ...]:
    """Return what is left to fill in, each with the words before it: "it's held up because …"."""
    return tuple(
        f"{' '.join(found[1].split())} {GAP}".strip() + (f" ({found[2]})" if found[2] else "")
        for found in _BEFORE_GAP.finditer(text)
    )


def _begins(asked: list[str], text: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(text)]
    return all(any(word.startswith(each) for word in words) for each in asked)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if len(word) >= _LEAST_WORD]


def _among(word: str, words: list[str]) -> bool:
    return process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None
