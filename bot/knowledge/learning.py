"""What is learned from the phrasings: how to score, how sure to be, and what an author had better look at.

Leaving out a phrasing, or a whole subject, plays customers whose questions are covered, or are not. Nothing here knows
of text.
"""

from typing import NamedTuple

import numpy as np

from bot.knowledge.confidence import Mode, Own, clues, confidence, level, thresholds
from bot.knowledge.doubts import Doubt, Seen, doubts
from bot.knowledge.held import Held
from bot.knowledge.likeness import Likeness
from bot.knowledge.reading import Reader
from bot.knowledge.ridge import Lesson, Ridge, Unseen
from bot.knowledge.scores import Absent, Scorer, Taught, room, taught
from bot.knowledge.space import Floats, Ints
from bot.knowledge.subject import Thresholds


class Learned(NamedTuple):
    """What scores texts (nothing, for no phrasings), the level of strangers' questions, the thresholds, the doubts.

    `beyond` is how many subjects were left out when it was looked for what is mixed up: content may be too large.
    """

    scorer: Scorer | None
    level: float
    thresholds: Thresholds
    doubts: tuple[Doubt, ...] = ()
    beyond: int = 0


def learned(held: Held, reader: Reader, likeness: Likeness, mode: Mode) -> Learned:
    """Learn from the phrasings."""
    if not held.phrasings:
        return Learned(None, level(None), thresholds(None))
    parts = taught(held.owner)
    lesson = _lesson(held, likeness, parts)
    unseen = Unseen(lesson, parts.judged)
    landmarks, judged = parts.phrasings[lesson.landmarks], parts.phrasings[parts.judged]
    scorer = Scorer(Ridge(unseen.weights), landmarks, held.owner, likeness.centroid_length)
    to_all = likeness.among(judged)
    absent = Absent(scorer, unseen, held.owner, judged, to_all)
    several = len(held.subjects) > 1
    inside, outside = absent.without_phrasing(), absent.without_subject() if several else None
    found = level(outside.fused if outside else None)
    words = np.array([len(text) for text in reader.texts], np.float32)[judged]
    sure = confidence(clues(inside, reader.without_phrasing()[judged], words, found), mode)
    seen = Seen(judged=judged, best=inside.fused.argmax(axis=1), sure=sure, likeness=to_all)
    own = None
    if outside:
        invented = confidence(clues(outside, reader.without_subject()[judged], words, found), mode)
        own = _own(held, seen, invented, outside.fused.argmax(axis=1))
    beyond = len(held.subjects) - len(np.unique(held.owner[judged]))
    return Learned(scorer, found, thresholds(own), tuple(doubts(held, seen)), beyond)


def _lesson(held: Held, likeness: Likeness, parts: Taught) -> Lesson:
    """Teach the phrasings by their likeness to the landmarks: some of each subject, then those that it gets wrong."""
    to = parts.phrasings
    lesson = Lesson(likeness.among(to[parts.landmarks], to=to).T, parts.landmarks, held.owner[to], len(held.subjects))
    more = lesson.hardest(room(parts))
    return lesson.further(likeness.among(to[more], to=to).T, more) if len(more) else lesson


def _own(held: Held, seen: Seen, invented: Floats, instead: Ints) -> Own:
    """Return what the judged phrasings say of thresholds; `instead` is who comes first without their subject."""
    own = held.owner[seen.judged]
    akin = held.akin()
    accompanied = np.bincount(held.owner)[own] > 1
    people = np.array([subject.kind == "handoff" for subject in held.subjects])
    return Own(
        inside=seen.sure[accompanied],
        right=akin[seen.best, own][accompanied],
        outside=np.where(akin[instead, own], 0, invented),
        people=np.where(people[seen.best] & (seen.best != own), seen.sure, 0)[~people[own]],
    )
