"""How good the answers are, on public questions that nothing in the bot was fitted to."""

from typing import NamedTuple

import pytest

from bot.content.meanings import meanings
from bot.knowledge import Index
from tests.knowledge import fit
from tests.knowledge.shared_data import DATA, Question, questions, subjects

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the public questions are not in {DATA}")


class Outcome(NamedTuple):
    """Shares of the questions asked."""

    best: float
    reached: float
    wrong: float
    answered: float


def index_of(collection: str, part: str) -> Index:
    return Index(subjects(questions(collection, part)), "en", meanings("en"))


def outcome(index: Index, asked: list[Question]) -> Outcome:
    best = reached = wrong = answered = 0
    for text, label in asked:
        ranking = index.rank(text, limit=3)
        shown = [match.id for match in ranking.matches]
        at_once = ranking.confidence >= index.thresholds.answer
        best += shown[:1] == [label]
        answered += at_once
        wrong += at_once and shown[:1] != [label]
        if ranking.confidence >= index.thresholds.clarify:
            reached += label in (shown[:1] if at_once else shown)
    return Outcome(*(count / len(asked) for count in (best, reached, wrong, answered)))


def test_questions_of_an_faq_find_their_entry() -> None:
    found = outcome(index_of("stackfaq", "train"), questions("stackfaq", "test"))
    assert found.best >= 0.94
    assert found.reached >= 0.96
    assert found.wrong <= 0.01
    assert found.answered >= 0.66


def test_questions_that_the_faq_does_not_cover_are_rarely_answered() -> None:
    index = index_of("stackfaq_oos", "train")
    assert outcome(index, questions("stackfaq_oos", "oos_test")).answered <= 0.14
    assert outcome(index, questions("stackfaq_oos", "test")).reached >= 0.96


def test_one_phrasing_per_entry_is_enough_to_show_the_right_one() -> None:
    found = outcome(index_of("stackfaq_oos", "canonical"), questions("stackfaq_oos", "test"))
    assert found.best >= 0.76
    assert found.reached >= 0.85
    assert found.wrong <= 0.01


def test_sibling_topics_are_told_apart_or_asked_about() -> None:
    found = outcome(index_of("banking77", "train10"), questions("banking77", "test")[::3])
    assert found.best >= 0.74
    assert found.reached >= 0.84
    assert found.wrong <= 0.04


def test_the_fit_opens_no_test_part(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = set()

    def recording(collection: str, part: str) -> list[Question]:
        opened.add(part)
        return questions(collection, part)[:600]

    monkeypatch.setattr(fit, "questions", recording)
    monkeypatch.setattr(fit, "ROUNDS", 1)
    monkeypatch.setattr(fit, "ASKED", dict.fromkeys(fit.ASKED, 1))
    list(fit.experiments(None))
    assert opened == {"train", "train10", "valid", "oos_valid"}
