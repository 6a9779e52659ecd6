"""Whatever a customer types, in whatever state: there is an answer, in bounded time, and never a fault."""

import time

import pytest

from bot.dialog.catalog import Catalog
from tests.bench.answers import HOSTILE
from tests.dialog.talk import DM, Talk

STATES = {
    "at first": (),
    "after an answer": ("how long does delivery take?",),
    "after a question back": ("card",),
    "after a miss": ("the moon is made of gorgonzola",),
    "in a flow": ("I want a refund",),
    "between two questions": ("how long does delivery take and can I pay by PayPal?",),
    "while an answer is disputed": ("how long does delivery take?", "that's not true"),
    "with people": ("talk to a person",),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", HOSTILE)
def test_bad_words_are_answered_or_declined(shipped: Catalog, state: str, name: str) -> None:
    talk = Talk(shipped)
    for text in STATES[state]:
        talk.says(text, DM)
    started = time.thread_time()
    turn = talk.says(HOSTILE[name], DM)
    assert time.thread_time() - started < 2
    assert turn.trace.rule != "broken"
    assert talk.said or talk.told
