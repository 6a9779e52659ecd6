"""What an index is made of: worked out from subjects, or taken from a snapshot of just these.

Nothing here ranks.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from bot.knowledge.confidence import Mode
from bot.knowledge.held import Held, Worked
from bot.knowledge.learning import Learned, learned
from bot.knowledge.likeness import Likeness
from bot.knowledge.reading import Reader
from bot.knowledge.ridge import Ridge
from bot.knowledge.scores import Scorer
from bot.knowledge.sentences import Embedder, Unembedded
from bot.knowledge.snapshot import Keeps, digest, freeze, opened, restore, thaw
from bot.knowledge.space import Floats, Senses, Space
from bot.knowledge.subject import Subject, Thresholds
from bot.knowledge.text import cutter, stemmer


class Source(NamedTuple):
    """What an index is made from; `embedder` is a sentence model."""

    subjects: Sequence[Subject]
    language: str
    senses: Senses | None
    embedder: Embedder | None

    @property
    def digest(self) -> bytes:
        """What tells this from others."""
        models = (self.senses.digest if self.senses else "", self.embedder.digest if self.embedder else "")
        return digest(self.subjects, self.language, *models)

    @property
    def mode(self) -> Mode:
        """By what texts are compared."""
        return "sentence" if self.embedder else mode_without(self.senses)


class Made(NamedTuple):
    """An index's parts. `source` is what they were made from: it lacks a sentence model that failed."""

    source: Source
    digest: bytes
    held: Held
    reader: Reader
    likeness: Likeness
    learned: Learned

    @property
    def worked(self) -> Worked:
        """What was done on the phrasings, for the next index in this language."""
        texts, model = self.held.texts, self.source.embedder
        worked = Worked(texts, self.held.normalised, self.likeness.space)
        return worked.with_vectors(model.digest, texts, self.likeness.vectors) if model else worked


def mode_without(senses: Senses | None) -> Mode:
    """Return by what texts are compared where no sentence model says anything."""
    return "meaning" if senses else "spelling"


def make(source: Source, worked: Worked) -> Made:
    """Read the phrasings and learn from them; what was worked out before changes nothing but the time it takes."""
    held = Held(source.subjects, worked.cutter(cutter(source.language)))
    vectors = _vectors(source.embedder, held.texts, worked)
    if vectors is None:
        source = source._replace(embedder=None)
    stem = worked.stemmer(stemmer(source.language))
    reader = Reader(held.words, held.owner, stem, source.senses, cutter(source.language))
    space = Space(held.words, held.owner, stem, source.senses)
    likeness = Likeness(held.words, space, held.owner, vectors)
    return Made(source, source.digest, held, reader, likeness, learned(held, reader, likeness, source.mode))


def _vectors(embedder: Embedder | None, texts: Sequence[str], worked: Worked) -> Floats | None:
    """Return what a sentence model makes of the phrasings, asking only for new ones; None without one that works."""
    if embedder is None:
        return None
    known = dict(worked.vectors) if worked.model == embedder.digest else {}
    new = [text for text in dict.fromkeys(texts) if text not in known]
    try:
        known |= zip(new, embedder.embed(new), strict=True) if new else {}
    except Unembedded:
        return None
    return np.array([known[text] for text in texts], np.float32).reshape(len(texts), -1 if texts else 0)


def frozen(made: Made) -> bytes:
    """Return this as bytes, from which `thawed` makes it again without learning."""
    found = made.learned
    index = {
        "thresholds": [found.thresholds.answer, found.thresholds.clarify, found.thresholds.people],
        "level": found.level,
        "texts": made.held.texts,
        "normalised": made.held.normalised,
        "language": made.source.language,
        "model": made.source.embedder.digest if made.source.embedder else "",
    }
    parts: dict[str, Keeps | dict[str, Any]] = {"index": index}
    if found.scorer:
        parts |= {"reader": made.reader, "space": made.likeness.space, "likeness": made.likeness}
        parts |= {"scorer": found.scorer, "ridge": found.scorer.ridge}
    return freeze(made.digest, parts)


def thawed(raw: bytes, source: Source) -> Made | None:
    """Return what a snapshot of just this source holds, or None if it holds none."""
    made_from = source.digest
    parts = thaw(raw, made_from)
    if parts is None or "scorer" not in parts:
        return None
    index = parts["index"]
    known = Worked()
    known.cuts = {text: (said, [""]) for text, said in zip(index["texts"], index["normalised"], strict=True)}
    held = Held(source.subjects, known.cutter(cutter(source.language)))
    answer, clarify, people = index["thresholds"]
    thresholds = Thresholds(answer=answer, clarify=clarify, people=people)
    likeness, stem = restore(Likeness, parts["likeness"]), stemmer(source.language)
    likeness.space = _space(parts, stem, source.senses)
    reader = restore(Reader, parts["reader"])
    reader.furnish(stem, source.senses, cutter(source.language), likeness.space.words)
    scorer = restore(Scorer, parts["scorer"])
    scorer.ridge = restore(Ridge, parts["ridge"])
    return Made(source, made_from, held, reader, likeness, Learned(scorer, index["level"], thresholds))


def _space(parts: dict[str, dict[str, Any]], stem: Callable[[str], str], senses: Senses | None) -> Space:
    space = restore(Space, parts["space"])
    space.furnish(stem, senses)
    return space


def recalled(raw: bytes, language: str) -> Worked:
    """Return the work on phrasings that a snapshot of other content in this language holds; none for another."""
    parts = opened(raw)
    index = parts["index"] if parts and "space" in parts else {}
    if parts is None or index.get("language") != language:
        return Worked()
    worked = Worked(index["texts"], index["normalised"], restore(Space, parts["space"]))
    return worked.with_vectors(index["model"], index["texts"], parts["likeness"]["vectors"])
