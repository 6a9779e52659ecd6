"""The subjects and their phrasings, grouped by subject, and which of them a text says word for word.

Phrasings without a word, and subjects without a phrasing, are not here. Nothing here knows of likeness.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bot.knowledge.space import Floats, Ints, Space
from bot.knowledge.subject import Phrasing, Subject
from bot.knowledge.text import clauses, normalise

Cut = tuple[str, list[str]]
"""A phrasing as it is matched exactly, and its distinct words."""


class Worked:
    """Work that was done on phrasings before, which their like need not cost again: it changes nothing else.

    `cuts` are by a phrasing's text, `stems` by word, and `vectors` are what the sentence model `model` makes of texts.
    """

    def __init__(self, texts: Sequence[str] = (), normalised: Sequence[str] = (), space: Space | None = None) -> None:
        """Take what was done on these phrasings, whose words the space holds."""
        self.cuts: Mapping[str, Cut] = {}
        self.stems: Mapping[str, str] = {}
        if space and texts:
            self.cuts = dict(zip(texts, zip(normalised, space.texts(), strict=True), strict=True))
            self.stems = space.stems()
        self.model = ""
        self.vectors: Mapping[str, Floats] = {}

    def with_vectors(self, model: str, texts: Sequence[str], vectors: Floats) -> "Worked":
        """Take what a sentence model makes of the phrasings, too."""
        self.model, self.vectors = model, dict(zip(texts, vectors, strict=True))
        return self

    def cutter(self, words: Callable[[str], list[str]]) -> Callable[[str], Cut]:
        """Return a function that cuts phrasings, knowing those that were cut before."""

        def cut(text: str) -> Cut:
            known = self.cuts.get(text)
            if known:
                return known
            normalised = normalise(text)
            return normalised, list(dict.fromkeys(words(normalised)))

        return cut

    def stemmer(self, stem: Callable[[str], str]) -> Callable[[str], str]:
        """Return a function from word to stem, knowing what was stemmed before."""
        return (lambda word: self.stems.get(word) or stem(word)) if self.stems else stem


class Held:
    """All phrasings in order, each with its text as it is matched and its words.

    `owner` is the number of the subject of each, `start` where each subject's begin, `number` leads from ids to
    subjects.
    """

    def __init__(self, subjects: Iterable[Subject], cut: Callable[[str], Cut]) -> None:
        """Take them; subjects with the same id are one, and a phrasing that two share is never exact."""
        self.subjects: list[Subject] = []
        self.phrasings: list[Phrasing] = []
        self.normalised: list[str] = []
        self.words: list[list[str]] = []
        self._exact: dict[str, tuple[Subject, Phrasing] | None] = {}
        owner: list[int] = []
        for subject, phrasings in _by_id(subjects):
            added = self._take(subject, phrasings, cut)
            if added:
                owner.extend([len(self.subjects)] * added)
                self.subjects.append(subject)
        self.number = {subject.id: at for at, subject in enumerate(self.subjects)}
        self.owner: Ints = np.array(owner, np.int64)
        self.start = np.searchsorted(self.owner, np.arange(len(self.subjects) + 1))

    def _take(self, subject: Subject, phrasings: Iterable[Phrasing], cut: Callable[[str], Cut]) -> int:
        seen: set[str] = set()
        for phrasing in phrasings:
            text, words = cut(phrasing.text)
            if text in seen or not words:
                continue
            seen.add(text)
            self._exact[text] = None if text in self._exact else (subject, phrasing)
            self.phrasings.append(phrasing)
            self.normalised.append(text)
            self.words.append(words)
        return len(seen)

    @property
    def texts(self) -> list[str]:
        """The phrasings as they are written."""
        return [phrasing.text for phrasing in self.phrasings]

    def of(self, subject: int) -> slice:
        """Return where a subject's phrasings stand."""
        return slice(int(self.start[subject]), int(self.start[subject + 1]))

    def said(self, normalised: str) -> tuple[Subject, Phrasing] | None:
        """Return the phrasing that a text is, word for word, and whose it is."""
        return self._exact.get(normalised)

    def said_in_a_clause(self, text: str, subject: int) -> bool:
        """Tell whether a clause of a text is a phrasing of this subject, word for word."""
        said = (self._exact.get(normalise(clause)) for clause in clauses(text) if clause != text)
        return any(exact is not None and exact[0].id == self.subjects[subject].id for exact in said)

    def called(self, id: str) -> str:
        """Return what a subject is called, or its first phrasing; nothing for one that is not here."""
        found = self.number.get(id)
        return "" if found is None else self.subjects[found].title or self.phrasings[int(self.start[found])].text

    def akin(self) -> npt.NDArray[np.bool_]:
        """Tell of each two subjects whether they are one, or share a topic."""
        numbers = {
            topic: number for number, topic in enumerate({topic for each in self.subjects for topic in each.topics})
        }
        about = np.zeros((len(self.subjects), len(numbers)), np.bool_)
        for at, subject in enumerate(self.subjects):
            about[at, [numbers[topic] for topic in subject.topics]] = True
        akin: npt.NDArray[np.bool_] = (about @ about.T) | np.eye(len(self.subjects), dtype=np.bool_)
        return akin


def _by_id(subjects: Iterable[Subject]) -> Iterator[tuple[Subject, list[Phrasing]]]:
    held: dict[str, tuple[Subject, list[Phrasing]]] = {}
    for subject in subjects:
        held.setdefault(subject.id, (subject, []))[1].extend(subject.phrasings)
    yield from held.values()
