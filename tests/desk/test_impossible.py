"""Which times cannot be, and which only look odd."""

import pytest

from bot.content import load, shipped_folder
from bot.desk.impossible import impossible
from bot.desk.wordings import Patterns


@pytest.fixture(scope="module")
def words() -> Patterns:
    return load(shipped_folder()).promises


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I'll write by 31/02", "31/02"),
        ("I'll write by 25:00, promised", "25:00"),
        ("by 31 February", "31 February"),
        ("done by February 30", "February 30"),
        ("on 31/04/2026", "31/04/2026"),
        ("before 2026-02-31", "2026-02-31"),
        ("at 8:75am", "8:75"),
        ("on 29 February", ""),
        ("at 24:00", ""),
        ("by 12/12", ""),
        ("by 5 tomorrow", ""),
        ("by 9.30", ""),
        ("at 25.50 each", ""),
        ("around 100", ""),
        ("we live at 99 Baker Street", ""),
        ("the odds are 25:1", ""),
        ("order 31/02", ""),
    ],
)
def test_a_time_that_cannot_be_is_named_where_times_stand(words: Patterns, text: str, said: str) -> None:
    assert impossible(text, words) == said


@pytest.mark.parametrize(("text", "said"), [("25:00", "25:00"), ("99", "99"), ("2 hours", ""), ("3pm", ""), ("31", "")])
def test_where_nothing_but_a_time_is_meant_it_needs_no_word_before_it(words: Patterns, text: str, said: str) -> None:
    assert impossible(text, words, alone=True) == said
