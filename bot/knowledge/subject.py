"""What competes for an utterance, and what a ranking of it looks like.

Plain data only: nothing here computes.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

Kind = Literal["answer", "flow", "handoff", "smalltalk"]


class Phrasing(msgspec.Struct, frozen=True, kw_only=True):
    """One way to ask for a subject, and where it is written (`faqs/orders.yaml:12`)."""

    text: str
    at: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Anything an utterance can be about: an FAQ entry, a flow, small talk, the wish for a person.

    Only the phrasings are matched; the title is what a customer is shown. Subjects that share a topic, such as an entry
    and the flow that does what it tells of, are not wrong for one another.
    """

    id: str
    kind: Kind
    phrasings: tuple[Phrasing, ...]
    title: str = ""
    topics: tuple[str, ...] = ()


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that an utterance may be about.

    `score` (0 to 1) is the chance that this subject is the one meant; the best match's score is the
    ranking's confidence. `phrasing` is the subject's nearest phrasing and `at` is where it is written.
    """

    id: str
    kind: Kind
    score: float
    phrasing: str
    at: str


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The subjects an utterance may be about, best first, each at most once.

    `confidence` (0 to 1) is the chance that the first is right and the question in scope at all.
    `exact` says that the utterance is a phrasing, word for word. `words` holds the repaired words:
    as typed, and as read.
    """

    matches: tuple[Match, ...] = ()
    confidence: float = 0.0
    exact: bool = False
    words: Mapping[str, str] = {}


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """From which confidence to answer at once, to show options instead, and to hear the wish for a person."""

    answer: float
    clarify: float
    people: float = 0.5
