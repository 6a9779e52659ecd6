"""The semantic extra: with a real model, and without any."""

import asyncio
import logging
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from bot.content.meanings import meanings
from bot.content.sentences import read_ahead, sentence_model
from bot.knowledge import Index
from bot.knowledge.space import Floats
from tests.knowledge.minilm import MISSING, folder
from tests.knowledge.test_index import shop


class Letters:
    """A sentence model of our own: counts letters, and notes who asks for what."""

    def __init__(self) -> None:
        self.digest = "letters"
        self.asked: list[list[str]] = []
        self.threads: set[int] = set()

    def embed(self, texts: Sequence[str]) -> Floats:
        self.asked.append(list(texts))
        self.threads.add(threading.get_ident())
        counts = np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz "] for text in texts])
        unit: Floats = (counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return unit


TEXTS = ["where is the refund of mine", "opning houres please", "cancel my order"]


def test_what_was_read_ahead_is_read_in_one_go_off_the_loop_and_changes_no_answer() -> None:
    model, plain = Letters(), Letters()
    index = Index(shop(), "en", meanings("en"), embedder=model)
    model.threads.clear()
    asyncio.run(read_ahead(index, TEXTS))
    assert len(model.asked) == 2  # the phrasings, and all that was waiting
    assert "cancel my order" not in model.asked[-1]  # exact: no model is needed
    assert threading.get_ident() not in model.threads
    fresh = Index(shop(), "en", meanings("en"), embedder=plain)
    assert [index.rank(text) for text in TEXTS] == [fresh.rank(text) for text in TEXTS]
    assert len(model.asked) == 2


def test_a_repaired_text_is_shown_to_the_model_both_ways() -> None:
    index = Index(shop(), "en", meanings("en"), embedder=Letters())
    assert index.unread(["opning houres"]) == ["opning houres", "opening houres"]


def test_a_snapshot_is_of_one_model() -> None:
    raw = Index(shop(), embedder=Letters()).snapshot()
    again = Index.thaw(raw, shop(), embedder=Letters())
    assert again is not None
    assert again.rank(TEXTS[0]) == Index(shop(), embedder=Letters()).rank(TEXTS[0])
    assert Index.thaw(raw, shop()) is None


def test_a_model_that_cannot_be_had_is_done_without(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert sentence_model("/nowhere/at/all") is None
    assert "Answers do without it." in caplog.text


@pytest.mark.skipif(not folder(), reason=MISSING)
def test_a_real_model_finds_what_no_word_tells() -> None:
    index = Index(shop(), "en", meanings("en"), embedder=sentence_model(folder()))
    assert index.rank("reimburse me").matches[0].id == "refund"
    assert index.rank("has it left the warehouse").matches[0].id == "track_order"
