"""Nothing is said twice running, and no whole sentence of it: other words, or words that own up to it."""

from datetime import timedelta

import pytest

from bot.dialog.catalog import Catalog
from bot.dialog.echoes import echo
from tests.dialog.talk import DM, Talk


@pytest.mark.parametrize(
    ("text", "before", "again"),
    [
        ("One moment.", "One moment.", "One moment."),
        ("I see. It needs all of five digits.", "It needs all of five digits.", "It needs all of five digits."),
        ("Which order is it? Thanks.", "Which order is it? Hello.", ""),
        ("- a new one, and the postage is ours", "Choose:\n- a new one, and the postage is ours", ""),
        ("It needs all of five digits now.", "It needs all of five digits.", ""),
    ],
)  # fmt: skip
def test_a_whole_sentence_of_six_words_or_more_is_an_echo_and_an_item_of_a_list_is_none(
    text: str, before: str, again: str
) -> None:
    assert echo(text, before) == again


def test_what_was_said_hours_ago_may_be_said_again(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.says("what payment methods do you take?", DM)
    talk.says("what payment methods do you take?", DM)
    owned_up = talk.said[0][1]
    talk.says("what payment methods do you take?", DM, after=timedelta(hours=4).total_seconds())
    assert owned_up.startswith(shipped.texts["said_again"].variants)
    assert not talk.said[0][1].startswith(shipped.texts["said_again"].variants)
