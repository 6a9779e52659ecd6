"""`frontdesk try` and `frontdesk eval`: what would happen and why, without doing it; and how often it is right."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from bot.dialog.catalog import Catalog, current
from bot.dialog.several import concerns
from bot.dialog.understand import Understanding, understand
from bot.errors import BadInput
from bot.knowledge.doubts import Doubt
from bot.knowledge.explaining import Reasons, Weighed

_DECIDED = ("answer", "flow", "handoff", "smalltalk")


def explain(text: str, content: Catalog, now: datetime) -> dict[str, Any]:
    """Return what an opening message would lead to, and why; `not_now` is what fits best of what counts at others."""
    catalog = current(content, now)
    meant = understand(text, catalog)
    trace = meant.trace(meant.decision)
    mood = catalog.mood.feel(text)
    ranking = catalog.index.rank(text)
    reasons = catalog.index.explain(text)
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
        "safety": mood.safety or "safety" in mood.perhaps or meant.id == "safety",
        "legal": mood.legal or "legal" in mood.perhaps or meant.id == "legal",
        "perhaps": list(mood.perhaps),
        "cues": [{"cue": c.cue, "means": c.means, "weight": c.weight, "at": c.at} for c in mood.cues],
        "questions": [{"id": each.ref or None, "text": each.text} for each in concerns(text, catalog)],
        "exact": ranking.exact,
        "words": dict(ranking.words),
        "features": [
            {"word": part.word, **{name: round(value, 4) for name, value in part._asdict().items() if name != "word"}}
            for part in (reasons.near.words if reasons else ())
        ],
        "reasons": _reasons(reasons) if reasons else None,
        "sentence_model": reasons.near.by_sentence is not None if reasons and catalog.index.embedder else None,
        "not_now": _not_now(text, content, catalog),
        "thresholds": msgspec.structs.asdict(catalog.index.thresholds),
    }


def _reasons(reasons: Reasons) -> dict[str, Any]:
    """Return what makes the first candidate's score, and what makes of it a confidence."""

    def weighed(each: Weighed) -> dict[str, Any]:
        return {"name": each.name, "value": round(each.value, 4), "weight": round(each.weight, 4)}

    near = reasons.near
    parts = [Weighed("words", near.by_words, 1 - near.share)]
    if near.by_sentence is not None:
        parts.append(Weighed("sentence", near.by_sentence, near.share))
    return {
        "likeness": round(near.likeness, 4),
        "likeness_of": [weighed(each) for each in parts],
        "score": round(reasons.score, 4),
        "score_of": [weighed(each) for each in reasons.scores],
        "clues": [weighed(each) for each in reasons.clues],
        "odds_at_most": None if reasons.most is None else round(reasons.most, 4),
        "clause": reasons.clause,
        "confidence": round(reasons.chance, 4),
    }


def _not_now(text: str, content: Catalog, catalog: Catalog) -> dict[str, str | None] | None:
    """Return what would come first at another time, and when that is."""
    first = next(iter(content.index.rank(text, limit=1).matches), None)
    entry = content.entries.get(first.id) if first and not catalog.serves(first.id) else None
    if entry is None:
        return None
    dates = {"from": entry.begins, "until": entry.ends}
    return {"id": entry.id, **{name: day.isoformat() if day else None for name, day in dates.items()}}


def doubtful(doubt: Doubt) -> str:
    """Return what an author had better look at, in words: file:line, what, and what to do."""
    match doubt.kind:
        case "confused":
            what = f"without each of them, {doubt.count} phrasings of '{doubt.id}' are read as '{doubt.other}'"
            other = "let them share a topic, where either will do" if doubt.apart else "make one entry of the two"
            fix = f"such as “{doubt.phrasing}”. Word them further apart, or {other}."
        case "captured":
            what = f"“{doubt.phrasing}” of '{doubt.other}' is nearest to {doubt.count} phrasings of '{doubt.id}'"
            fix = "which are read as it. Reword it, or move it there."
        case "few":
            what = f"'{doubt.id}' has but {doubt.count} phrasing{'s' * (doubt.count != 1)}"
            fix = "customers ask in more ways. Write 6 to 12."
        case "alike":
            what = f"{doubt.count} phrasings of '{doubt.id}' are nearly the same as another of them"
            fix = f"such as “{doubt.phrasing}”. Replace some by other words."
    return f"{doubt.at}: {what}: {fix}"


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
        counts["first"] += bool(meant.matches) and is_meant(meant.matches[0].id, expect, catalog)
        verdict = _verdict(meant, expect, catalog)
        if verdict:
            counts[verdict] += 1
        if verdict == "wrong":
            mistakes.append((text, expect, meant.id))
    return Score(mistakes=tuple(mistakes), **counts)


def _verdict(meant: Understanding, expect: str, catalog: Catalog) -> str:
    if meant.decision in _DECIDED:
        return "right" if is_meant(meant.id, expect, catalog) else "wrong"
    if meant.decision == "clarify" and any(is_meant(option, expect, catalog) for option in meant.options):
        return "shown"
    return ""


def is_meant(found: str, expect: str, catalog: Catalog) -> bool:
    """Tell whether what was found is what a label says: itself, or its topic."""
    return expect == found or expect in catalog.topics(found)


def labelled(path: Path, catalog: Catalog) -> list[tuple[str, str | None]]:
    """Read a file of {"text", "expect"} lines. Raises BadInput naming the line that cannot be used."""
    topics = {topic for ref in (*catalog.entries, *catalog.flows, *catalog.wishes) for topic in catalog.topics(ref)}
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
