"""What an author had better look at: entries that the content's own phrasings mix up, or that say too little.

It shows where a phrasing, taken out, is read as another subject's. Nothing here knows of files or of how to tell.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from bot.knowledge.space import Floats, Ints
from bot.knowledge.subject import Phrasing, Subject

FEW = 3
ALIKE = 0.9
_SURE = 0.5
_PART = 0.3


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Something doubtful about a subject.

    `confused`: without each of them, `count` of its phrasings are read as `other`. `captured`: most of these are
    nearest to `phrasing`, which is one of `other`. `few`: it has but `count` phrasings. `alike`: of its phrasings,
    `count` are nearly the same as another of them, such as `phrasing`. `at` is where to look.
    """

    kind: Literal["confused", "captured", "few", "alike"]
    id: str
    at: str
    count: int
    other: str = ""
    phrasing: str = ""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The judged phrasings (numbers), what each is read as without itself, how surely, and their likeness to all."""

    judged: Ints
    best: Ints
    sure: Floats
    likeness: Floats


def doubts(subjects: Sequence[Subject], phrasings: Sequence[Phrasing], owner: Ints, seen: Seen) -> Iterator[Doubt]:
    """Yield what is doubtful, subject by subject; of each kind, the worst first is for the caller to choose."""
    own = owner[seen.judged]
    for at, subject in enumerate(subjects):
        mine = np.flatnonzero(own == at)
        first = phrasings[int(np.searchsorted(owner, at))]
        count = int((owner == at).sum())
        if count < FEW and subject.kind != "smalltalk":
            yield Doubt(kind="few", id=subject.id, at=first.at, count=count)
        if len(mine):
            yield from _mixed_up(subject, subjects, phrasings, owner, seen, mine)
            yield from _alike(subject, phrasings, owner, seen, mine)


def _mixed_up(
    subject: Subject, subjects: Sequence[Subject], phrasings: Sequence[Phrasing], owner: Ints, seen: Seen, mine: Ints
) -> Iterator[Doubt]:
    lost = mine[(seen.best[mine] != owner[seen.judged[mine]]) & (seen.sure[mine] >= _SURE)]
    if len(lost) < max(2, _PART * len(mine)):
        return
    other = int(np.bincount(seen.best[lost]).argmax())
    taken = lost[seen.best[lost] == other]
    if len(taken) < 2:
        return
    where = phrasings[int(seen.judged[taken[0]])]
    name = subjects[other].id
    yield Doubt(kind="confused", id=subject.id, at=where.at, count=len(taken), other=name, phrasing=where.text)
    theirs = np.flatnonzero(owner == other)
    nearest = theirs[seen.likeness[np.ix_(taken, theirs)].argmax(axis=1)]
    capturing, times = np.unique(nearest, return_counts=True)
    if times.max() >= 2:
        by = phrasings[int(capturing[times.argmax()])]
        yield Doubt(kind="captured", id=subject.id, at=by.at, count=int(times.max()), other=name, phrasing=by.text)


def _alike(subject: Subject, phrasings: Sequence[Phrasing], owner: Ints, seen: Seen, mine: Ints) -> Iterator[Doubt]:
    number = seen.judged[mine]
    likeness: npt.NDArray[np.float32] = seen.likeness[np.ix_(mine, number)].copy()
    np.fill_diagonal(likeness, 0)
    close = np.flatnonzero(likeness.max(axis=1, initial=0) >= ALIKE)
    if len(close) > len(mine) / 2:
        where = phrasings[int(number[close[0]])]
        yield Doubt(kind="alike", id=subject.id, at=where.at, count=len(close), phrasing=where.text)
