"""Which wishes a text takes back: "don't cancel my order", "I don't want a refund, I want my parcel".

Words are content: what a flow does (`refused` of flows) and how that is refused (`refusing` of handoff/commands.yaml).
What follows is in `letting_be`.
"""

from collections.abc import Sequence

from bot.dialog.catalog import Catalog
from bot.knowledge import apart, found

_LONGEST_ASKING = 4  # words


def taken_back(text: str, catalog: Catalog) -> tuple[tuple[str, ...], str]:
    """Return the flows that a text does not want, and what it says besides (normalised); mostly nothing."""
    cut: dict[int, str] = {}
    flows: list[str] = []
    clauses: list[str] = []
    for flow, refusal in catalog.refused.items():
        phrases = (*(refusal.phrases if found(refusal.words, text) else ()), *refusal.own)
        clauses, hits = _hits(phrases, text, refusal.unless)
        cut.update(hits)
        flows += [flow] if hits else []
    left = [_beside(clause, cut[at], catalog) if at in cut else [clause] for at, clause in enumerate(clauses)]
    return (tuple(flows), ". ".join(part for parts in left for part in parts if part)) if flows else ((), "")


def _hits(phrases: Sequence[str], text: str, unless: Sequence[str]) -> tuple[list[str], dict[int, str]]:
    clauses = [*apart(phrases, text, unless)]
    return [clause for clause, _ in clauses], {at: hit for at, (_, hit) in enumerate(clauses) if hit}


def _beside(clause: str, refused: str, catalog: Catalog) -> list[str]:
    """Return what a clause asks for before and after what it refuses: "cancel? no, don't, I want it changed"."""
    before, _, after = clause.partition(refused)
    return [_from_asking(before, catalog, first=True), _from_asking(after, catalog)]


def _from_asking(words: str, catalog: Catalog, *, first: bool = False) -> str:
    """Return words from the first that asks or joins on; if only the `first` may be it, all of them or none."""
    said, joining = words.split(), catalog.commands["joining"]
    for at, word in enumerate(said[:1] if first else said):
        if word in joining and not first:
            return " ".join(said[at + 1 :])
        starts = (" ".join(said[at : at + count]) for count in range(1, _LONGEST_ASKING + 1))
        if any(each in catalog.commands["asking"] for each in starts):
            return " ".join(said[at:])
    return ""
