"""What an author had better look at: entries that the content's own phrasings mix up, or that say too little.

It shows where a phrasing, taken out, is read as another subject's. Nothing here knows of files or of how to tell.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from bot.knowledge.held import Held
from bot.knowledge.space import Floats, Ints
from bot.knowledge.subject import Subject

FEW = 3
ALIKE = 0.9
_SURE = 0.5
_PART = 0.3


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Something doubtful about a subject.

    `confused`: without each of them, `count` of its phrasings are read as `other`. `captured`: most of these are
    nearest to `phrasing`, which is one of `other`. `few`: it has but `count` phrasings. `alike`: of its phrasings,
    `count` are nearly the same as another of them, such as `phrasing`. `at` is where to look; `apart` says that the
    two are of different kinds, an entry and a flow, so that they cannot become one.
    """

    kind: Literal["confused", "captured", "few", "alike"]
    id: str
    at: str
    count: int
    other: str = ""
    phrasing: str = ""
    apart: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The judged phrasings (numbers), what each is read as without itself, how surely, and their likeness to all."""

    judged: Ints
    best: Ints
    sure: Floats
    likeness: Floats


def doubts(held: Held, seen: Seen) -> Iterator[Doubt]:
    """Yield what is doubtful, subject by subject; of each kind, the worst first is for the caller to choose."""
    own = held.owner[seen.judged]
    akin = held.akin()
    for at, subject in enumerate(held.subjects):
        mine = np.flatnonzero(own == at)
        phrasings = held.phrasings[held.of(at)]
        if len(phrasings) < FEW and subject.kind != "smalltalk":
            yield Doubt(kind="few", id=subject.id, at=phrasings[0].at, count=len(phrasings))
        if len(mine):
            lost = mine[~akin[at][seen.best[mine]] & (seen.sure[mine] >= _SURE)]
            if len(lost) >= max(2, _PART * len(mine)):
                yield from _mixed_up(held, seen, subject, lost)
            yield from _alike(held, seen, subject, mine)


def _mixed_up(held: Held, seen: Seen, subject: Subject, lost: Ints) -> Iterator[Doubt]:
    other = int(np.bincount(seen.best[lost]).argmax())
    taken = lost[seen.best[lost] == other]
    if len(taken) < 2:
        return
    where, by = held.phrasings[int(seen.judged[taken[0]])], held.subjects[other]
    alone = subject.kind != by.kind
    yield Doubt(
        kind="confused", id=subject.id, at=where.at, count=len(taken), other=by.id, phrasing=where.text, apart=alone
    )
    theirs = held.of(other)
    nearest = theirs.start + seen.likeness[taken, theirs].argmax(axis=1)
    capturing, times = np.unique(nearest, return_counts=True)
    if times.max() >= 2:
        near = held.phrasings[int(capturing[times.argmax()])]
        most = int(times.max())
        yield Doubt(kind="captured", id=subject.id, at=near.at, count=most, other=by.id, phrasing=near.text)


def _alike(held: Held, seen: Seen, subject: Subject, mine: Ints) -> Iterator[Doubt]:
    number = seen.judged[mine]
    likeness: npt.NDArray[np.float32] = seen.likeness[np.ix_(mine, number)].copy()
    np.fill_diagonal(likeness, 0)
    close = np.flatnonzero(likeness.max(axis=1, initial=0) >= ALIKE)
    if len(close) > len(mine) / 2:
        where = held.phrasings[int(number[close[0]])]
        yield Doubt(kind="alike", id=subject.id, at=where.at, count=len(close), phrasing=where.text)
