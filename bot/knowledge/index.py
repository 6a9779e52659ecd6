"""The index: subjects in, rankings of utterances out.

This is where the room's parts meet; what each of them does lives with it.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.knowledge.confidence import CLAUSE, EXACT, PARTING, Mode, Own, clues, confidence, level, thresholds
from bot.knowledge.doubts import Doubt, Seen, doubts
from bot.knowledge.likeness import Likeness, Part
from bot.knowledge.reading import Reader, Reading
from bot.knowledge.ridge import Ridge
from bot.knowledge.scores import Scorer, Scores, Taught, further, taught
from bot.knowledge.sentences import LONGEST, Embedder, Sentences
from bot.knowledge.snapshot import Keeps, digest, freeze, restore, thaw
from bot.knowledge.space import Floats, Senses, Space
from bot.knowledge.subject import Match, Phrasing, Ranking, Subject, Thresholds
from bot.knowledge.text import LONGEST_TEXT, cutter, normalise, stemmer

_CLAUSES = re.compile(r"[.,;:!?\n]+")
_MOST_CLAUSES = 8


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
    ) -> None:
        """Read the subjects' phrasings; phrasings without a word, and subjects without a phrasing, never match.

        Subjects with the same id are one subject. A phrasing that two subjects share is never exact. `senses` is what
        the language's words mean. `before` is an index of earlier content in the same language: phrasings that stand in
        both are not cut again; what comes out is the same with and without it. `embedder` is a sentence model.
        """
        self._made_from = _origin(subjects, language, senses, embedder)
        if before and before._made_from == self._made_from:
            self.__dict__ |= before.__dict__
            return
        self._cut: dict[str, tuple[str, list[str]]] = {}
        self._known_cuts = before._cut if before else {}
        self._words = cutter(language)
        self._take_all(subjects)
        self._mode = _mode(senses, embedder)
        self._sentences = Sentences(embedder) if embedder else None
        self._scorer: Scorer | None = None
        self._level = level(None)
        self._learned = thresholds(None)
        self._chosen: Thresholds | None = None
        self.doubts: tuple[Doubt, ...] = ()
        stem = stemmer(language)
        texts = [self._cut[phrasing.text][1] for phrasing in self._phrasings]
        self._reader = Reader(texts, self._owner, stem, senses, self._words)
        vectors = embedder.embed([phrasing.text for phrasing in self._phrasings]) if embedder and texts else None
        self._likeness = Likeness(texts, Space(texts, self._owner, stem, senses), self._owner, vectors)
        self._known_cuts = {}
        if texts:
            self._learn()

    def _take_all(self, subjects: Sequence[Subject]) -> None:
        self._exact: dict[str, tuple[Subject, Phrasing] | None] = {}
        self._subjects: list[Subject] = []
        self._phrasings: list[Phrasing] = []
        owner: list[int] = []
        for subject, phrasings in _by_id(subjects):
            added = self._take(subject, phrasings)
            if added:
                owner.extend([len(self._subjects)] * added)
                self._subjects.append(subject)
        self._number = {subject.id: at for at, subject in enumerate(self._subjects)}
        self._left_out: frozenset[str] = frozenset()
        self._owner = np.array(owner, np.int64)
        self._start = np.searchsorted(self._owner, np.arange(len(self._subjects) + 1))

    def _take(self, subject: Subject, phrasings: Iterable[Phrasing]) -> int:
        seen: set[str] = set()
        for phrasing in phrasings:
            text, found = self._cuts(phrasing.text)
            if text in seen or not found:
                continue
            seen.add(text)
            self._exact[text] = None if text in self._exact else (subject, phrasing)
            self._phrasings.append(phrasing)
        return len(seen)

    def _cuts(self, text: str) -> tuple[str, list[str]]:
        """Return a phrasing's text as it is matched exactly, and its distinct words."""
        cut = self._cut.get(text) or self._known_cuts.get(text)
        if cut is None:
            normalised = normalise(text)
            cut = (normalised, list(dict.fromkeys(self._words(normalised))))
        self._cut[text] = cut
        return cut

    def snapshot(self) -> bytes:
        """Return this as bytes, from which `thaw` makes it again without learning."""
        index = {
            "thresholds": [self._learned.answer, self._learned.clarify, self._learned.people],
            "level": self._level,
            "cut": [text for text, _ in self._cut.values()],
            "wordless": [at for at, (_, found) in enumerate(self._cut.values()) if not found],
        }
        parts: dict[str, Keeps | dict[str, Any]] = {"index": index}
        if self._scorer:
            parts |= {"reader": self._reader, "space": self._likeness.space, "likeness": self._likeness}
            parts |= {"scorer": self._scorer, "ridge": self._scorer.ridge}
        return freeze(self._made_from, parts)

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
        made_from = _origin(subjects, language, senses, embedder)
        parts = thaw(raw, made_from)
        if parts is None or "scorer" not in parts:
            return None
        index = cls.__new__(cls)
        index._made_from = made_from
        held = parts["index"]
        wordless, none, some = set(held["wordless"]), list[str](), [""]
        index._cut = {
            text: (normalised, none if at in wordless else some)
            for at, (text, normalised) in enumerate(zip(_in_order(subjects), held["cut"], strict=True))
        }
        index._known_cuts = {}
        index._words = cutter(language)
        index._take_all(subjects)
        index._cut = {}
        index.doubts = ()
        answer, clarify, people = held["thresholds"]
        index._learned = Thresholds(answer=answer, clarify=clarify, people=people)
        index._chosen = None
        index._level, index._mode = held["level"], _mode(senses, embedder)
        index._sentences = Sentences(embedder) if embedder else None
        index._furnish(parts, stemmer(language), senses)
        return index

    def _furnish(self, parts: dict[str, dict[str, Any]], stem: Callable[[str], str], senses: Senses | None) -> None:
        space = restore(Space, parts["space"])
        space.furnish(stem, senses)
        self._reader = restore(Reader, parts["reader"])
        self._reader.furnish(stem, senses, self._words, space.words)
        self._likeness = restore(Likeness, parts["likeness"])
        self._likeness.space = space
        self._scorer = restore(Scorer, parts["scorer"])
        self._scorer.ridge = restore(Ridge, parts["ridge"])

    def _learn(self) -> None:
        parts, likeness = self._teach(taught(self._owner))
        judged = parts.phrasings[parts.judged]
        self._scorer = Scorer(likeness, parts, self._owner, self._likeness.centroid_length)
        if len(self._subjects) < 2:
            self._scorer.ridge.forget()
            return
        to_all = self._likeness.among(judged)
        inside, outside = self._scorer.without_phrasing(to_all), self._scorer.without_subject(to_all)
        self._level = level(outside.fused)
        reader, own = self._reader, self._owner[judged]
        words = np.array([len(text) for text in reader.texts], np.float32)[judged]
        accompanied = np.bincount(self._owner)[own] > 1
        best = inside.fused.argmax(axis=1)
        sure = confidence(clues(inside, reader.without_phrasing()[judged], words, self._level), self._mode)
        akin = _akin(self._subjects)
        people = np.array([subject.kind == "handoff" for subject in self._subjects])
        invented = confidence(clues(outside, reader.without_subject()[judged], words, self._level), self._mode)
        self._learned = thresholds(
            Own(
                inside=sure[accompanied],
                right=akin[best, own][accompanied],
                outside=np.where(akin[outside.fused.argmax(axis=1), own], 0, invented),
                people=np.where(people[best] & (best != own), sure, 0)[~people[own]],
            )
        )
        seen = Seen(judged=judged, best=best, sure=sure, likeness=to_all)
        self.doubts = tuple(doubts(self._subjects, self._phrasings, self._owner, seen))
        self._scorer.ridge.forget()

    def _teach(self, parts: Taught) -> tuple[Taught, Floats]:
        """Return what is taught with all its landmarks, and its likeness to them (taught by landmarks)."""
        likeness = self._likeness.among(parts.phrasings[parts.landmarks], to=parts.phrasings).T
        more = further(likeness, parts, self._owner, len(self._subjects))
        if len(more):
            likeness = np.hstack([likeness, self._likeness.among(parts.phrasings[more], to=parts.phrasings).T])
        return parts._replace(landmarks=np.append(parts.landmarks, more)), likeness

    @property
    def thresholds(self) -> Thresholds:
        """What decides between answering, asking and handing over: learned from the phrasings, if nobody chose it."""
        return self._chosen or self._learned

    def choose_thresholds(self, chosen: Thresholds | None) -> None:
        """Take thresholds that the shop has set itself, or go back to those that were learned."""
        self._chosen = chosen

    def without(self, ids: Collection[str]) -> "Index":
        """Return this with some subjects left out of what it ranks; what was learned is learned still, and shared."""
        other = copy(self)
        other._left_out = frozenset(ids)
        return other

    def is_made_as(self, other: "Index") -> bool:
        """Tell whether both are made from the same."""
        return self._made_from == other._made_from

    def rank(self, text: str, limit: int = 5) -> Ranking:
        """Return at most `limit` subjects that the text may be about; none if it has no word that counts."""
        normalised = normalise(text)
        exact = self._said_exactly(normalised)
        if exact is not None:
            return _exactly(*exact)
        reading = self._reader.read(normalised)
        if self._scorer is None or not reading.words:
            return Ranking(words=reading.repaired)
        sentence = self._sentences.of(_sentences(text, reading)) if self._sentences else None
        likeness = self._likeness.of(reading.words, sentence)
        scores = self._scorer.score(likeness)
        for each in scores if self._left_out else ():
            each[:, [self._number[id] for id in self._left_out if id in self._number]] = 0
        chance = float(confidence(self._clues(scores, reading), self._mode)[0])
        if self._said_in_a_clause(text, int(scores.fused[0].argmax())):
            chance = max(chance, CLAUSE)
        matches = self._matches(likeness[0], scores.fused[0], chance, limit)
        return Ranking(matches=matches, confidence=chance if matches else 0.0, words=reading.repaired)

    def _said_exactly(self, normalised: str) -> tuple[Subject, Phrasing] | None:
        exact = self._exact.get(normalised)
        return None if exact is None or exact[0].id in self._left_out else exact

    def _said_in_a_clause(self, text: str, best: int) -> bool:
        """Tell whether a clause of a text is a phrasing of its best subject, word for word."""
        clauses = _CLAUSES.split(text[:LONGEST_TEXT], maxsplit=_MOST_CLAUSES)
        held = (self._exact.get(normalise(clause)) for clause in clauses[: _MOST_CLAUSES + 1] if clause != text)
        return any(exact is not None and exact[0].id == self._subjects[best].id for exact in held)

    def words_of(self, id: str) -> str:
        """Return what a subject is called, or its first phrasing; nothing for one that is not here."""
        found = self._number.get(id)
        return "" if found is None else self._subjects[found].title or self._phrasings[int(self._start[found])].text

    def makes_sense(self, text: str) -> bool:
        """Tell whether most of a text's words are words."""
        return self._reader.makes_sense(normalise(text))

    def unread(self, texts: Iterable[str]) -> list[str]:
        """Return what the sentence model had best be asked about, before these texts are ranked."""
        if self._sentences is None:
            return []
        waiting: list[str] = []
        for text in texts:
            normalised = normalise(text)
            if self._said_exactly(normalised) is None:
                waiting.extend(_sentences(text, self._reader.read(normalised)))
        return self._sentences.unknown(waiting)

    @property
    def embedder(self) -> Embedder | None:
        """The sentence model, if there is one."""
        return self._sentences.embedder if self._sentences else None

    def remember(self, texts: Sequence[str], vectors: Floats) -> None:
        """Take what the sentence model made of texts that `unread` returned."""
        if self._sentences:
            self._sentences.remember(texts, vectors)

    def explain(self, text: str) -> tuple[Part, ...]:
        """Return what of the likeness to the nearest phrasing of the best subject is due to which word, and why."""
        reading = self._reader.read(normalise(text))
        best = self.rank(text, limit=1).matches
        if not best or not reading.words:
            return ()
        nearest = next(at for at, held in enumerate(self._phrasings) if held.at == best[0].at)
        return self._likeness.parts(reading.words, nearest)

    def _clues(self, scores: Scores, reading: Reading) -> Floats:
        known, words = np.array([reading.known], np.float32), np.array([len(reading.words)], np.float32)
        return clues(scores, known, words, self._level)

    def _matches(self, likeness: Floats, fused: Floats, chance: float, limit: int) -> tuple[Match, ...]:
        order = np.argsort(-fused, kind="stable")[: max(limit, 0)]
        return tuple(
            self._match(int(at), likeness, chance * math.exp(PARTING * min(float(fused[at] - fused[order[0]]), 0)))
            for at in order
            if fused[at] > 0
        )

    def _match(self, at: int, likeness: Floats, score: float) -> Match:
        first, after = self._start[at], self._start[at + 1]
        nearest = self._phrasings[int(first + likeness[first:after].argmax())]
        subject = self._subjects[at]
        return Match(id=subject.id, kind=subject.kind, score=score, phrasing=nearest.text, at=nearest.at)


def _exactly(subject: Subject, phrasing: Phrasing) -> Ranking:
    match = Match(id=subject.id, kind=subject.kind, score=EXACT, phrasing=phrasing.text, at=phrasing.at)
    return Ranking(matches=(match,), confidence=EXACT, exact=True)


def _origin(subjects: Sequence[Subject], language: str, senses: Senses | None, embedder: Embedder | None) -> bytes:
    return digest(subjects, language, senses.digest if senses else "", embedder.digest if embedder else "")


def _mode(senses: Senses | None, embedder: Embedder | None) -> Mode:
    return "sentence" if embedder else "meaning" if senses else "spelling"


def _sentences(text: str, reading: Reading) -> list[str]:
    """Return a text as a sentence model is shown it: as typed, and as read where words were repaired."""
    typed = text[:LONGEST].strip()
    return [typed, " ".join(reading.words)[:LONGEST]] if reading.repaired else [typed]


def _in_order(subjects: Iterable[Subject]) -> list[str]:
    """Return the different texts of all phrasings, in the order in which they are taken."""
    return list(dict.fromkeys(phrasing.text for _, phrasings in _by_id(subjects) for phrasing in phrasings))


def _akin(subjects: Sequence[Subject]) -> npt.NDArray[np.bool_]:
    """Tell of each two subjects whether they are one, or share a topic."""
    numbers = {topic: number for number, topic in enumerate({topic for each in subjects for topic in each.topics})}
    about = np.zeros((len(subjects), len(numbers)), np.bool_)
    for at, subject in enumerate(subjects):
        about[at, [numbers[topic] for topic in subject.topics]] = True
    akin: npt.NDArray[np.bool_] = (about @ about.T) | np.eye(len(subjects), dtype=np.bool_)
    return akin


def _by_id(subjects: Iterable[Subject]) -> list[tuple[Subject, list[Phrasing]]]:
    held: dict[str, tuple[Subject, list[Phrasing]]] = {}
    for subject in subjects:
        held.setdefault(subject.id, (subject, []))[1].extend(subject.phrasings)
    return list(held.values())
