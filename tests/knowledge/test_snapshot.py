"""What is kept of an index, and what is taken over from an earlier one: neither changes an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.meanings import index, meanings
from bot.knowledge import Index, Phrasing, Subject, making
from bot.knowledge.snapshot import _FORMAT
from tests.knowledge.test_index import shop, subject

QUESTIONS = ("where's my refund", "opning houres", "cancel my order", "I was charged twice", "logn", "", "12345678")
TEXTS = st.text("abc ü返é1", max_size=12)
CONTENT = st.lists(st.lists(TEXTS, max_size=4), max_size=6)


def content(phrasings: list[list[str]]) -> list[Subject]:
    return [subject(str(at), *texts) for at, texts in enumerate(phrasings)]


def test_a_snapshot_answers_as_what_it_was_made_of() -> None:
    built = Index(shop(), "en", meanings("en"))
    thawed = Index.thaw(built.snapshot(), shop(), "en", meanings("en"))
    assert thawed is not None
    assert thawed.thresholds == built.thresholds
    assert [thawed.rank(text) for text in QUESTIONS] == [built.rank(text) for text in QUESTIONS]
    assert thawed.rank("cancel my order").exact


@settings(max_examples=40, deadline=None)
@given(CONTENT, TEXTS)
def test_any_content_survives_its_snapshot(phrasings: list[list[str]], text: str) -> None:
    built = Index(content(phrasings))
    thawed = Index.thaw(built.snapshot(), content(phrasings))
    assert thawed is None or thawed.rank(text) == built.rank(text)


@pytest.mark.parametrize("change", ["text", "place", "kind", "language", "meanings"])
def test_a_snapshot_serves_only_what_it_was_made_of(change: str) -> None:
    raw = Index(shop(), "en", meanings("en")).snapshot()
    other = shop()
    if change == "text":
        other[0] = subject("track_order", "where is my order", "track my parcel", "has it been shipped")
    if change == "place":
        first = other[0].phrasings
        moved = (Phrasing(text=first[0].text, at="faqs/moved.yaml:1"), *first[1:])
        other[0] = Subject(id=other[0].id, kind="answer", phrasings=moved)
    if change == "kind":
        other[0] = Subject(id=other[0].id, kind="flow", phrasings=other[0].phrasings)
    language = "de" if change == "language" else "en"
    assert Index.thaw(raw, other, language, None if change == "meanings" else meanings("en")) is None


def test_a_damaged_snapshot_is_none() -> None:
    raw = Index(shop()).snapshot()
    for damaged in (b"", raw[:-1], raw[:100], raw[:200] + b"x" + raw[201:], b"x" + raw, _FORMAT):
        assert Index.thaw(damaged, shop()) is None


def test_a_folder_is_learned_once(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path_factory.mktemp("kept") / "shop.index"
    built = index(shop(), "en", file)
    monkeypatch.setattr(making, "learned", None)
    assert index(shop(), "en", file).rank("where's my refund") == built.rank("where's my refund")


def test_a_snapshot_that_cannot_be_written_is_done_without(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("kept") / "missing" / "shop.index"
    assert index(shop(), "en", nowhere).rank("reset my password").matches[0].id == "password"


@settings(max_examples=40, deadline=None)
@given(CONTENT, CONTENT, TEXTS)
def test_an_index_made_after_another_is_the_same_as_a_fresh_one(
    earlier: list[list[str]], later: list[list[str]], text: str
) -> None:
    fresh = Index(content(later))
    after = Index(content(later), before=Index(content(earlier)))
    assert after.rank(text) == fresh.rank(text)
    assert after.thresholds == fresh.thresholds
    assert after.snapshot() == fresh.snapshot()
