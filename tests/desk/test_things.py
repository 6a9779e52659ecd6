"""What agents promise to do: which things their words name, which two are one, and which a reply says are done."""

from datetime import UTC, datetime

import pytest

from bot.content import load, shipped_folder
from bot.desk.promises import every_promise, keeps
from bot.desk.things import alike, done
from bot.desk.wordings import Patterns
from bot.dialog.catalog import Catalog

_NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(shipped_folder())


@pytest.fixture(scope="module")
def words(catalog: Catalog) -> Patterns:
    return catalog.promises


def _things(catalog: Catalog, text: str) -> list[str]:
    hours = catalog.queues[catalog.default_queue].hours
    return [each.thing for each in every_promise(text, catalog.promises, hours, _NOW)]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("I'll send you the label by 3pm", ["send label"]),
        ("I'll call you tomorrow", ["call"]),
        ("We'll refund you by Friday", ["refund"]),
        ("You'll have the refund by Friday", ["refund"]),
        ("I'll email you the invoice tomorrow", ["email invoice"]),
        ("I'll call you about the label tomorrow", ["call"]),
        ("I'll get back to you by Friday", [""]),
        ("I'll check with the courier by 3pm", [""]),
        ("I'll book the courier by 5pm and call you tomorrow", ["book courier", "call"]),
        ("I'll have it done by Friday", ["…"]),
    ],
)
def test_things_are_read_from_verb_and_object(catalog: Catalog, text: str, things: list[str]) -> None:
    assert _things(catalog, text) == things


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("send label", "label", True),
        ("send", "send label", True),
        ("refund", "send refund", True),
        ("send label", "call", False),
        ("send label", "send photos", False),
        ("send label", "", False),
        ("…", "call", True),
    ],
)
def test_two_things_are_one_or_not(one: str, other: str, *, same: bool) -> None:
    assert (alike(one, other), alike(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I've sent the label", ["send label"]),
        ("I've just called you", ["call"]),
        ("Here it is, the label", ["send label"]),
        ("I've looked at the label", []),
        ("I'll send the label later", []),
        ("I haven't called yet", []),
    ],
)
def test_a_reply_says_what_is_done(words: Patterns, text: str, kept: list[str]) -> None:
    assert list(done(text, ["send label", "call"], words)) == kept


def test_a_word_with_a_time_takes_no_things_place(catalog: Catalog, words: Patterns) -> None:
    hours = catalog.queues[catalog.default_queue].hours
    given = every_promise("I'll get back to you tomorrow", words, hours, _NOW)
    assert not keeps("I'll get back to you tomorrow", "send label", given, words)
