"""Words after /desk, and what they ask for."""

from datetime import timedelta

import pytest

from bot.channels.deskcommand import SHIFT, Asked, asked


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Asked()),
        ("  mine ", Asked(view="mine")),
        ("MINE billing", Asked(view="mine", category="billing")),
        ("billing", Asked(category="billing")),
        ("gift cards", Asked(category="gift cards")),
        ("handover", Asked(view="handover")),
        ("handover 12h", Asked(view="handover", shift=timedelta(hours=12))),
        ("handover 8h", Asked(view="handover", shift=SHIFT)),
        ("handover 31d", Asked(view="handover", shift=timedelta(days=31))),
        ("search blue  Kettle", Asked(view="search", words="blue Kettle")),
        ("search", Asked(view="search")),
    ],
)
def test_words_after_the_command(text: str, meant: Asked) -> None:
    assert meant == asked(text)


@pytest.mark.parametrize("said", ["hand-over", "hand over", "handover 8h", "Hand-Over 480m"])
def test_a_hand_over_is_understood_however_it_is_written(said: str) -> None:
    assert asked(said) == Asked(view="handover")


@pytest.mark.parametrize("said", ["handover x", "hand-over soon", "handover 0h", "handover -3h", "handover 99d"])
def test_a_hand_over_of_no_time_is_not_guessed(said: str) -> None:
    assert asked(said).view == "unclear"
