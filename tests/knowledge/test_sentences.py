"""The semantic extra: with a real model, with models of our own, and without any."""

import logging
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bot.app import OpenShop, open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey
from bot.content import load, shipped_folder
from bot.content.meanings import index, meanings
from bot.content.sentences import read_ahead, sentence_model
from bot.knowledge import Index
from bot.knowledge.space import Floats
from tests.knowledge.letters import LETTERS, Failing, Letters
from tests.knowledge.minilm import MISSING, folder
from tests.knowledge.test_index import shop, subject

TEXTS = ["where is the refund of mine", "opning houres please", "cancel my order"]


async def test_what_was_read_ahead_is_read_in_one_go_off_the_loop_and_changes_no_answer() -> None:
    model = Letters()
    index = Index(shop(), "en", meanings("en"), embedder=model)
    await read_ahead(index, lambda noting: [noting.rank(text) for text in TEXTS])
    assert len(model.asked) == 2  # the phrasings, and all that was waiting
    assert model.asked[-1] == ["where is the refund of mine", "opning houres please", "opening houres please"]
    assert model.threads[-1] != threading.get_ident()
    fresh = Index(shop(), "en", meanings("en"), embedder=Letters())
    assert [index.rank(text) for text in TEXTS] == [fresh.rank(text) for text in TEXTS]
    assert len(model.asked) == 2


MESSAGES = (
    "wheres the parcel of mine gone",
    "Hi there! Which payment cards could I use with you?",
    "how long will a delivery take you and how would I change the address on it?",
    "how would I pay? and can it go abroad? what does that cost?",
    "and to Canada?",
    "how long does that take?",
    "I would like £500 back for my broken pot",
    "please somebody real. the pot leaks, and I'm fed up",
    "what about for my other one",
    "opning houres of the shop",
    "blorp glim",
)


@asynccontextmanager
async def shop_with(model: Letters, heard: list[dict[str, Any]]) -> AsyncIterator[OpenShop]:
    catalog = load(shipped_folder(), embedder=model)
    console = Console(heard.append)
    monday = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    channels = {"local": console, "staff": console}
    async with open_shop(folder=shipped_folder(), catalog=catalog, at=monday, channels=channels) as shop:
        yield shop


async def test_whatever_is_said_the_loop_never_waits_for_the_model() -> None:
    model = Letters()
    async with shop_with(model, []) as shop:
        asked = len(model.asked)
        model.threads.clear()
        for message in MESSAGES:
            await obey(shop, await Reader(shop).read({"customer": "ana", "say": message}))
            await shop.idle()
    assert len(model.asked) > asked
    assert threading.get_ident() not in model.threads


async def test_a_model_that_fails_while_the_bot_runs_keeps_nobody_from_an_answer() -> None:
    model, heard = Failing(), list[dict[str, Any]]()
    async with shop_with(model, heard) as shop:
        model.fails = True
        await obey(shop, await Reader(shop).read({"customer": "ana", "say": "which payment methods do you take"}))
        await shop.idle()
    assert any("card" in line.get("text", "").casefold() for line in heard)


def test_a_model_that_fails_at_the_start_is_done_without_until_it_works() -> None:
    model = Failing(fails=True)
    found = Index(shop(), "en", meanings("en"), embedder=model)
    plain = Index(shop(), "en", meanings("en"))
    assert [found.rank(text) for text in TEXTS] == [plain.rank(text) for text in TEXTS]
    assert found.snapshot() == plain.snapshot()
    model.fails = False
    again = Index(shop(), "en", meanings("en"), found, found.embedder)
    assert again.rank(TEXTS[0]) == Index(shop(), "en", meanings("en"), embedder=Letters()).rank(TEXTS[0])


def test_a_model_that_fails_at_a_question_is_done_without_for_that_question() -> None:
    model = Failing()
    index = Index(shop(), "en", meanings("en"), embedder=model)
    model.fails = True
    assert index.rank("please reset the password").matches[0].id == "password"
    reasons = index.explain("please reset the password")
    assert reasons is not None
    assert reasons.near.by_sentence is None
    model.fails = False
    with_it = index.explain("please reset the password")
    assert with_it is not None
    assert with_it.near.by_sentence is not None
    assert [each.weight for each in with_it.clues] != [each.weight for each in reasons.clues]


def test_no_phrasings_need_no_model_and_forget_none() -> None:
    model = Letters()
    empty = Index([], "en", meanings("en"), embedder=model)
    assert (empty.rank("hello").matches, model.asked, empty.embedder) == ((), [], model)


def test_a_snapshot_is_of_one_model() -> None:
    raw = Index(shop(), embedder=Letters()).snapshot()
    again = Index.thaw(raw, shop(), embedder=Letters())
    assert again is not None
    assert again.rank(TEXTS[0]) == Index(shop(), embedder=Letters()).rank(TEXTS[0])
    assert Index.thaw(raw, shop()) is None
    assert Index.thaw(raw, shop(), embedder=Letters(LETTERS[::2])) is None


@pytest.mark.parametrize("through", ["a reload", "a reload after a warm start", "a snapshot of other content"])
def test_only_new_phrasings_are_shown_to_the_model_again(through: str, tmp_path: Path) -> None:
    file, model = tmp_path / "shop.index", Letters()
    before = index(shop(), "en", file, embedder=model)
    if through == "a reload after a warm start":
        before = index(shop(), "en", file, embedder=model)
    later = [*shop(), subject("gift", "wrap it as a gift")]
    model.asked.clear()
    found = index(later, "en", file, None, model, None if through == "a snapshot of other content" else before)
    assert model.asked == [["wrap it as a gift"]]
    assert found.rank(TEXTS[0]) == Index(later, "en", meanings("en"), embedder=Letters()).rank(TEXTS[0])


def test_another_model_is_shown_all_phrasings_anew(tmp_path: Path) -> None:
    index(shop(), "en", tmp_path / "shop.index", embedder=Letters())
    other = Letters(LETTERS[::2])
    found = index(shop(), "en", tmp_path / "shop.index", embedder=other)
    assert len(other.asked[0]) == sum(len(each.phrasings) for each in shop())
    assert found.rank(TEXTS[0]).matches


def test_a_model_that_cannot_be_had_is_done_without(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert sentence_model("/nowhere/at/all") is None
    assert "Answers do without it." in caplog.text


class Library(ModuleType):
    """Stands where sentence-transformers would: a model that has `size` numbers, and may break."""

    def __init__(self, size: int) -> None:
        super().__init__("sentence_transformers")
        self.size = size
        self.broken = False

    def SentenceTransformer(self, name: str, device: str) -> "Library":
        return self

    def encode(self, texts: Sequence[str], **_: Any) -> Floats:
        if self.broken:
            raise RuntimeError("out of memory")
        return np.array([[len(text) / at for at in range(1, self.size + 1)] for text in texts], np.float32)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library(4)
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", made)
    return made


def test_a_model_is_told_by_what_it_says_not_by_where_it_lies(library: Library) -> None:
    first, again = sentence_model("models/ours"), sentence_model("models/ours")
    library.size = 8
    other = sentence_model("models/ours")
    assert first
    assert again
    assert other
    assert first.digest == again.digest != other.digest


def test_a_model_that_breaks_is_warned_of_once(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    model = sentence_model("models/ours")
    library.broken = True
    with caplog.at_level(logging.WARNING):
        found = Index(shop(), "en", meanings("en"), embedder=model)
        assert [found.rank(text).matches[0].id for text in TEXTS] == ["refund", "opening_hours", "cancel_order"]
    said = "matching.semantic: models/ours failed (out of memory). Answers do without it."
    assert [record.message for record in caplog.records] == [said]


@pytest.mark.skipif(not folder(), reason=MISSING)
def test_a_real_model_finds_what_no_word_tells() -> None:
    index = Index(shop(), "en", meanings("en"), embedder=sentence_model(folder()))
    assert index.rank("reimburse me").matches[0].id == "refund"
    assert index.rank("has it left the warehouse").matches[0].id == "track_order"
