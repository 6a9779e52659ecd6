"""Bad content and bad questions: each is answered or declined in bounded time, never by an exception."""

import time
from functools import cache

import pytest

from bot.content.meanings import meanings
from bot.knowledge import Index, Phrasing, Subject
from tests.bench.answers import HOSTILE


def subject(id: str, *phrasings: str) -> Subject:
    held = tuple(Phrasing(text=text, at=f"faqs/{id}.yaml:{line}") for line, text in enumerate(phrasings, 1))
    return Subject(id=id, kind="answer", phrasings=held)


PLAIN = [subject(f"topic{at}", f"question {at} about thing {at % 7}") for at in range(30)]
STOP_WORDS = ["the", "a", "is", "of", "to", "and", "in", "it"]
CONTENTS = {
    "no entry": [],
    "one entry": [subject("only", "where is my order")],
    "no phrasings": [subject("none")],
    "a thousand identical phrasings": [*PLAIN, subject("same", *["where is my order"] * 1_000)],
    "a thousand entries alike": [subject(f"same{at}", "where is my order") for at in range(1_000)],
    "an entry of 10,000 phrasings": [
        *PLAIN,
        subject("large", *[f"where is order w{at}q for me" for at in range(10_000)]),
    ],
    "stop words": [subject(word, word) for word in STOP_WORDS],
    "hostile phrasings": [subject(f"h{at}", text[:300]) for at, text in enumerate(HOSTILE.values())],
}


@cache
def built(name: str) -> Index:
    return Index(CONTENTS[name], "en", meanings("en"))


@pytest.fixture(params=CONTENTS)
def index(request: pytest.FixtureRequest) -> Index:
    return built(request.param)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_question_is_ranked_in_bounded_time(index: Index, name: str) -> None:
    started = time.thread_time()
    ranking = index.rank(HOSTILE[name])
    assert time.thread_time() - started < 0.25
    assert 0 <= ranking.confidence <= 1
    assert len({match.id for match in ranking.matches}) == len(ranking.matches)


def test_ten_thousand_phrasings_of_one_entry_do_not_drown_the_others() -> None:
    held = built("an entry of 10,000 phrasings")
    assert held.rank("I have a question 12 about a thing").matches[0].id.startswith("topic")


def test_of_a_thousand_entries_alike_none_is_answered() -> None:
    held = built("a thousand entries alike")
    assert held.rank("where is my order").confidence < held.thresholds.answer
