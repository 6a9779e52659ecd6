"""Which words ask to close a case of one's own; who says them is asked whether they mean it."""

from pathlib import Path

import pytest

from bot.content import load
from bot.dialog.mycases import wants_closed

CATALOG = load(Path(__file__).parents[2])


@pytest.mark.parametrize(
    "said",
    [
        "close case 1",
        "please close the case now",
        "you can close it, it's solved",
        "please close my case",
        "you can close this case",
        "I'd like to close the case",
        "close it please, it works now",
        "the case can be closed",
        "you may close case 1",
        "please close this, it's sorted",
        "can you close the case please",
        "my case can be closed, thanks",
        "it's solved, you can close the case",
        "no need for case 1 any more, close it",
        "I want to close my case",
        "just close the case",
        "case 1 can be closed",
        "please cancel my case",
        "Feel free to close my case now.",
        "ok, then close it",
    ],
)
def test_these_words_ask_to_close_a_case(said: str) -> None:
    assert wants_closed(said, CATALOG)


@pytest.mark.parametrize(
    "said",
    [
        "don't close my case",
        "please don't close it",
        "why did you close my case",
        "is my case closed?",
        "did you close it",
        "when will you close my case",
        "you closed my case too early",
        "do not close case 1 yet",
        "keep the case open",
        "how do I close my account",
        "the lid doesn't close",
        "the drawer won't close any more",
        "I can't close the kettle lid",
        "what happens if I close the case",
        "can I close the case later and open it again?",
        "the shop is closed, isn't it",
        "close the case when my refund is there",
        "you can close it once the lamp is here",
        "I never said you could close it",
        "you can close it, as soon as the money is here",
    ],
)
def test_these_words_do_not(said: str) -> None:
    assert not wants_closed(said, CATALOG)
