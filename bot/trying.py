"""`frontdesk try` and `frontdesk eval`: what would happen and why, without doing it; and how often it is right."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.dialog.catalog import Catalog
from bot.dialog.understand import Understanding, understand
from bot.errors import BadInput

_DECIDED = ("answer", "flow", "handoff", "smalltalk")


def explain(text: str, catalog: Catalog) -> dict[str, Any]:
    """Return what an opening message would lead to, and why."""
    meant = understand(text, catalog)
    trace = meant.trace(meant.decision)
    mood = catalog.mood.feel(text)
    return {
        "text": text,
        "decision": meant.decision,
        "id": meant.id or None,
        "topic": meant.topic or None,
        "confidence": round(meant.confidence, 4),
        "candidates": [{"id": c.id, "kind": c.kind, "score": c.score} for c in trace.candidates],
        "phrasing": trace.phrasing or None,
        "at": trace.at or None,
        "mood": mood.mood,
        "urgent": mood.urgent,
        "safety": mood.safety or meant.id == "safety",
        "legal": mood.legal or meant.id == "legal",
        "cues": [{"cue": c.cue, "means": c.means, "weight": c.weight, "at": c.at} for c in mood.cues],
    }


class Score(Struct, frozen=True, kw_only=True):
    """How a set of labelled messages came out, in counts.

    `first`: the expected one came first, whatever was decided. `right`: it was answered at once. `shown`: it was among
    the options of a question back. `wrong`: something else was answered. `invented`: something was answered where
    nothing should have been.
    """

    known: int
    first: int
    right: int
    shown: int
    wrong: int
    unknown: int
    invented: int
    mistakes: tuple[tuple[str, str, str], ...]


def score(lines: Iterable[tuple[str, str | None]], catalog: Catalog) -> Score:
    """Judge the decisions on (text, expected id or topic, or None for "not ours")."""
    counts = dict.fromkeys(("known", "first", "right", "shown", "wrong", "unknown", "invented"), 0)
    mistakes = []
    for text, expect in lines:
        meant = understand(text, catalog)
        if expect is None:
            counts["unknown"] += 1
            if meant.decision in _DECIDED:
                counts["invented"] += 1
                mistakes.append((text, "nothing", meant.id))
            continue
        counts["known"] += 1
        counts["first"] += bool(meant.matches) and _is(meant.matches[0].id, expect, catalog)
        verdict = _verdict(meant, expect, catalog)
        if verdict:
            counts[verdict] += 1
        if verdict == "wrong":
            mistakes.append((text, expect, meant.id))
    return Score(mistakes=tuple(mistakes), **counts)


def _verdict(meant: Understanding, expect: str, catalog: Catalog) -> str:
    if meant.decision in _DECIDED:
        return "right" if _is(meant.id, expect, catalog) else "wrong"
    if meant.decision == "clarify" and any(_is(option, expect, catalog) for option in meant.options):
        return "shown"
    return ""


def _is(found: str, expect: str, catalog: Catalog) -> bool:
    return found == expect or catalog.topic(found) == expect


def labelled(path: Path, catalog: Catalog) -> list[tuple[str, str | None]]:
    """Read a file of {"text", "expect"} lines. Raises BadInput naming the line that cannot be used."""
    topics = {catalog.topic(ref) for ref in (*catalog.entries, *catalog.flows, *catalog.wishes)}
    known = {*catalog.entries, *catalog.flows, *catalog.wishes, *topics}
    found: list[tuple[str, str | None]] = []
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None
    for number, line in enumerate(raw.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            text, expect = value["text"], value["expect"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadInput(f'{path}:{number}: expected {{"text": "…", "expect": "id" or null}}') from None
        if not isinstance(text, str) or not isinstance(expect, str | None):
            raise BadInput(f'{path}:{number}: expected {{"text": "…", "expect": "id" or null}}')
        if expect is not None and expect not in known:
            raise BadInput(f"{path}:{number}: '{expect}' is no entry, flow, wish or topic of this content")
        found.append((text, expect))
    return found
