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
        ("handover soon", Asked(view="handover")),
        ("handover 0h", Asked(view="handover", shift=SHIFT)),
        ("handover 999999d", Asked(view="handover", shift=timedelta(days=31))),
        ("search blue  Kettle", Asked(view="search", words="blue Kettle")),
        ("search", Asked(view="search")),
    ],
)
def test_words_after_the_command(text: str, meant: Asked) -> None:
    assert meant == asked(text)
