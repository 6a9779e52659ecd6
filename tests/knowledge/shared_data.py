"""Public questions and the subjects they belong to, from `../shared/data`; none of it is in the repository."""

import json
from collections.abc import Iterable
from pathlib import Path

from bot.knowledge import Phrasing, Subject

DATA = Path(__file__).parents[2].parent / "shared" / "data"

Question = tuple[str, str]


def questions(collection: str, part: str) -> list[Question]:
    """Return (text, label) pairs."""
    lines = (DATA / collection / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row["text"], row["label"]) for row in map(json.loads, lines)]


def subjects(rows: Iterable[Question]) -> list[Subject]:
    """Return one subject per label, its texts as phrasings."""
    held: dict[str, list[Phrasing]] = {}
    for text, label in rows:
        phrasings = held.setdefault(label, [])
        phrasings.append(Phrasing(text=text, at=f"{label}:{len(phrasings) + 1}"))
    return [Subject(id=label, kind="answer", phrasings=tuple(phrasings)) for label, phrasings in held.items()]
