"""Several questions in one message: where one ends and the next begins, and what each is about.

Words are content: those that join two questions, and those with which a question or a wish begins (`joining` and
`asking` of handoff/commands.yaml). A sentence with "and" in it that asks one thing stays one.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from bot.dialog.catalog import Catalog
from bot.dialog.state import Concern
from bot.dialog.understand import Understanding, clauses, understand
from bot.knowledge import normalise, says

_SENTENCES = re.compile(r"(?<=[?!;\n\u3002\uff1f\uff01])|(?<=\.)\s")
_TOKENS = re.compile(r"\S+")
_MOST = 5
_LONGEST = 1_200  # who writes more tells a story
_KEYWORDS = 4  # so few words ask for something without a word that asks
_TELLING = 4  # what is not understood is a question of its own from so many words on
_LONGEST_ASKING = 4


class _Part(Struct, frozen=True, kw_only=True):
    """A part of a message: what it is surely about (""), whether it asks, and what it is most likely about."""

    text: str
    ref: str
    asks: bool
    best: str


def concerns(text: str, catalog: Catalog, *, rejected: Collection[str] = (), last: str = "") -> tuple[Concern, ...]:
    """Return the different things that a text is about, in its order; none where it is about one thing or less.

    Where only some of them are understood, the others are given without a reference. Small talk is none of them.
    """
    parts = list(_parts(text, catalog)) if len(text) <= _LONGEST else []
    if len(parts) < 2 or catalog.index.rank(text).exact:
        return ()
    found: list[_Part] = []
    for part in parts:
        before = found[-1].ref if found else last
        meant = understand(part, catalog, rejected=rejected, last=before)
        ref = meant.id if meant.decision in ("answer", "flow", "handoff") else ""
        if meant.decision != "smalltalk":
            found.append(_Part(text=part, ref=ref, asks=asks(part, catalog), best=_best(meant)))
    kept = [Concern(ref=part.ref, text=part.text) for part in found if _counts(part, found, catalog)]
    apart = tuple({concern.ref or concern.text: concern for concern in kept}.values())
    return apart[:_MOST] if len(apart) > 1 and any(concern.ref for concern in apart) else ()


def _best(meant: Understanding) -> str:
    return meant.matches[0].id if meant.matches and meant.decision != "unknown" else ""


def _counts(part: _Part, found: Sequence[_Part], catalog: Catalog) -> bool:
    """Tell whether a part of a message is a question of its own."""
    if part.ref:
        return part.asks or not _tells_why(part, found, catalog)
    words = normalise(part.text).split()
    sure = [other.ref for other in found if other.ref]
    if not part.asks or part.best in sure or (part is not found[0] and says(catalog.commands["pointing"], part.text)):
        return False  # it tells something, or asks on about what is asked anyway
    return bool(part.best) or (len(words) >= _TELLING and catalog.index.makes_sense(part.text))


def _parts(text: str, catalog: Catalog) -> Iterator[str]:
    for sentence in _SENTENCES.split(text):
        yield from (part for part in _clauses(sentence, catalog) if normalise(part))


def _clauses(sentence: str, catalog: Catalog) -> Iterator[str]:
    """Cut a sentence where something that asks follows a joining word, or a comma after something that asks."""
    tokens = list(_TOKENS.finditer(sentence))
    words = [normalise(token[0]) for token in tokens]
    joining = catalog.commands["joining"]
    start = at = 0
    while at < len(tokens):
        after = at
        while after < len(tokens) and words[after] in joining:
            after += 1
        comma = at > start and tokens[at - 1][0].endswith(",") and _begins(words[start:], catalog)
        if at > start and after < len(tokens) and (after > at or comma) and _begins(words[after:], catalog):
            yield sentence[tokens[start].start() : tokens[at - 1].end()].rstrip(",")
            start = after
        at = max(after, at + 1)
    if start < len(tokens):
        yield sentence[tokens[start].start() :].strip()


def _begins(words: list[str], catalog: Catalog) -> bool:
    """Tell whether these words begin with some that ask."""
    said = " ".join(words[:_LONGEST_ASKING]).split()
    return any(" ".join(said[:count]) in catalog.commands["asking"] for count in range(1, len(said) + 1))


def asks(part: str, catalog: Catalog) -> bool:
    """Tell whether a part of a message asks something: by how it begins, or by its question mark."""
    words = normalise(part).split()
    while words and words[0] in catalog.commands["joining"]:
        words.pop(0)
    return part.rstrip().endswith(("?", "\uff1f")) or _begins(words, catalog)


def asks_somewhere(text: str, catalog: Catalog) -> bool:
    """Tell whether any clause of a text asks something."""
    return "?" in text or any(asks(clause, catalog) for clause in clauses(text))


def _tells_why(told: _Part, found: Sequence[_Part], catalog: Catalog) -> bool:
    """Tell whether a statement only says why something else in the message is asked for."""
    asked = [part.ref for part in found if part.asks and part.ref]
    alike = {ref for ref in asked if _category(ref, catalog) == _category(told.ref, catalog)}
    flows = {ref for ref in asked if ref in catalog.flows}
    keywords = len(normalise(told.text).split()) <= _KEYWORDS
    return bool(alike & flows) if keywords else bool(alike or flows)


def _category(ref: str, catalog: Catalog) -> str:
    served = catalog.entries.get(ref) or catalog.flows.get(ref)
    return served.category if served else ""
