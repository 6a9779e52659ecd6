"""The index: subjects in, rankings of utterances out.

This is where the room's parts meet; what each of them does lives with it.
"""

import math
from collections.abc import Collection, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np

from bot.knowledge.confidence import CLAUSE, EXACT, PARTING, Mode, clues, confidence
from bot.knowledge.doubts import Doubt
from bot.knowledge.explaining import Reasons, reasons
from bot.knowledge.making import Made, Source, frozen, make, mode_without, recalled, thawed
from bot.knowledge.reading import Reading
from bot.knowledge.scores import Scorer, Scores
from bot.knowledge.sentences import Embedder, Noted, Noting, Sentences, as_shown
from bot.knowledge.space import Floats, Senses
from bot.knowledge.subject import Match, Phrasing, Ranking, Subject, Thresholds
from bot.knowledge.text import normalise


class Judged(NamedTuple):
    """A text as it was scored: how it was read, what a sentence model made of it, and all that came of it.

    `likeness` is to every phrasing, `clues` those to `chance`, which says how sure the best subject is right.
    """

    reading: Reading
    sentence: Floats | None
    likeness: Floats
    scores: Scores
    clues: Floats
    mode: Mode
    chance: float

    @property
    def best(self) -> int:
        """The number of the best subject."""
        return int(self.scores.fused[0].argmax())


class Index:
    """Ranks subjects by how likely an utterance is about them.

    Building learns from the subjects' phrasings alone. Ranking is a function of the text: what is remembered
    between calls saves work and changes no answer.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        language: str = "en",
        senses: Senses | None = None,
        before: "Index | None" = None,
        embedder: Embedder | None = None,
        kept: bytes = b"",
    ) -> None:
        """Read the subjects' phrasings; phrasings without a word, and subjects without a phrasing, never match.

        Subjects with the same id are one subject. A phrasing that two subjects share is never exact. `senses` is what
        the language's words mean. `embedder` is a sentence model; one that fails is done without. `before` is an index
        of earlier content in the same language, and `kept` the snapshot of one: phrasings that they hold are not cut,
        stemmed or shown to the model again; what comes out is the same with and without them.
        """
        source = Source(subjects, language, senses, embedder)
        if before and before._made.digest == source.digest:
            self._serve(before._made, embedder)
        else:
            self._serve(make(source, before._made.worked if before else recalled(kept, language)), embedder)

    def _serve(self, made: Made, embedder: Embedder | None) -> None:
        self._made = made
        self._embedder = embedder
        self._sentences = Sentences(embedder) if made.source.embedder and embedder else None
        self._chosen: Thresholds | None = None
        self._left_out: frozenset[str] = frozenset()

    def snapshot(self) -> bytes:
        """Return this as bytes, from which `thaw` makes it again without learning."""
        return frozen(self._made)

    @classmethod
    def thaw(
        cls,
        raw: bytes,
        subjects: Sequence[Subject],
        language: str = "en",
        senses: Senses | None = None,
        embedder: Embedder | None = None,
    ) -> "Index | None":
        """Return the index of just this content that a snapshot holds, or None if it holds none."""
        made = thawed(raw, Source(subjects, language, senses, embedder))
        if made is None:
            return None
        index = cls.__new__(cls)
        index._serve(made, embedder)
        return index

    @property
    def thresholds(self) -> Thresholds:
        """What decides between answering, asking and handing over: learned from the phrasings, if nobody chose it."""
        return self._chosen or self._made.learned.thresholds

    def choose_thresholds(self, chosen: Thresholds | None) -> None:
        """Take thresholds that the shop has set itself, or go back to those that were learned."""
        self._chosen = chosen

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What an author had better look at; a thawed index has none."""
        return self._made.learned.doubts

    @property
    def beyond(self) -> int:
        """How many subjects nobody looked at for being mixed up, as the content is too large."""
        return self._made.learned.beyond

    def without(self, ids: Collection[str]) -> "Index":
        """Return this with some subjects left out of what it ranks; what was learned is learned still, and shared."""
        other = copy(self)
        other._left_out = frozenset(ids)
        return other

    def is_made_as(self, other: "Index") -> bool:
        """Tell whether both are made from the same."""
        return self._made.digest == other._made.digest

    def rank(self, text: str, limit: int = 5) -> Ranking:
        """Return at most `limit` subjects that the text may be about; none if it has no word that counts."""
        normalised = normalise(text)
        exact = self._said_exactly(normalised)
        if exact is not None:
            return _exactly(*exact)
        reading = self._made.reader.read(normalised)
        judged = self._judge(text, reading)
        if judged is None:
            return Ranking(words=reading.repaired)
        chance = self._chance(text, judged)
        matches = self._matches(judged, chance, limit)
        return Ranking(matches=matches, confidence=chance if matches else 0.0, words=reading.repaired)

    def _judge(self, text: str, reading: Reading) -> Judged | None:
        made, scorer = self._made, self._made.learned.scorer
        if scorer is None or not reading.words:
            return None
        sentence = self._sentences.of(as_shown(text, reading)) if self._sentences else None
        likeness = made.likeness.of(reading.words, sentence)
        scores = self._scored(scorer, likeness)
        known, words = np.array([reading.known], np.float32), np.array([len(reading.words)], np.float32)
        found = clues(scores, known, words, made.learned.level)
        mode = mode_without(made.source.senses) if sentence is None else "sentence"
        return Judged(reading, sentence, likeness[0], scores, found[:, 0], mode, float(confidence(found, mode)[0]))

    def _scored(self, scorer: Scorer, likeness: Floats) -> Scores:
        scores, number = scorer.score(likeness), self._made.held.number
        for each in scores if self._left_out else ():
            each[:, [number[id] for id in self._left_out if id in number]] = 0
        return scores

    def _said_exactly(self, normalised: str) -> tuple[Subject, Phrasing] | None:
        exact = self._made.held.said(normalised)
        return None if exact is None or exact[0].id in self._left_out else exact

    def _chance(self, text: str, judged: Judged) -> float:
        said = self._made.held.said_in_a_clause(text, judged.best)
        return max(judged.chance, CLAUSE) if said else judged.chance

    def words_of(self, id: str) -> str:
        """Return what a subject is called, or its first phrasing; nothing for one that is not here."""
        return self._made.held.called(id)

    def makes_sense(self, text: str) -> bool:
        """Tell whether most of a text's words are words."""
        return self._made.reader.makes_sense(normalise(text))

    @property
    def embedder(self) -> Embedder | None:
        """The sentence model that was chosen, if there is one, also while it fails."""
        return self._embedder

    def noting(self, noted: Noted) -> "Index":
        """Return this so that it asks no sentence model, and notes what it would have asked."""
        other = copy(self)
        other._sentences = Noting(self._sentences, noted) if self._sentences else None
        return other

    def remember(self, texts: Sequence[str], vectors: Floats) -> None:
        """Take what the sentence model made of texts."""
        if self._sentences:
            self._sentences.remember(texts, vectors)

    def explain(self, text: str) -> Reasons | None:
        """Return why the best subject came first, and how sure that is; None where nothing did, or word for word."""
        reading = self._made.reader.read(normalise(text))
        judged = None if self._said_exactly(normalise(text)) else self._judge(text, reading)
        if judged is None or not judged.scores.fused.any():
            return None
        nearest = self._nearest(judged.best, judged.likeness)
        made, clause = self._made, self._made.held.said_in_a_clause(text, judged.best)
        likeness = made.likeness.to(reading.words, judged.sentence, nearest)
        return reasons(likeness, judged.scores, made.learned.scorer, judged.clues, judged.mode, clause=clause)

    def _nearest(self, subject: int, likeness: Floats) -> int:
        start, after = self._made.held.start[subject : subject + 2].tolist()
        return int(start) + int(likeness[start:after].argmax())

    def _matches(self, judged: Judged, chance: float, limit: int) -> tuple[Match, ...]:
        fused = judged.scores.fused[0]
        order = np.argsort(-fused, kind="stable")[: max(limit, 0)]
        return tuple(
            self._match(int(at), judged, chance * math.exp(PARTING * min(float(fused[at] - fused[order[0]]), 0)))
            for at in order
            if fused[at] > 0
        )

    def _match(self, at: int, judged: Judged, score: float) -> Match:
        nearest = self._made.held.phrasings[self._nearest(at, judged.likeness)]
        subject = self._made.held.subjects[at]
        return Match(id=subject.id, kind=subject.kind, score=score, phrasing=nearest.text, at=nearest.at)


def _exactly(subject: Subject, phrasing: Phrasing) -> Ranking:
    match = Match(id=subject.id, kind=subject.kind, score=EXACT, phrasing=phrasing.text, at=phrasing.at)
    return Ranking(matches=(match,), confidence=EXACT, exact=True)
