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
        ("send new kettle", "collect old kettle", False),
        ("send new kettle", "refund kettle", False),
        ("send new kettle", "send old kettle", False),
        ("send new kettle", "new kettle", True),
        ("call", "call courier", False),
        ("phone", "ring", True),
        ("refund kettle", "send refund", True),
        ("refund", "reimburse", True),
        ("post label", "label", True),
    ],
)
def test_two_things_are_one_or_not(words: Patterns, one: str, other: str, *, same: bool) -> None:
    assert (alike(one, other, words), alike(other, one, words)) == (same, same)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I've sent the label", ["send label"]),
        ("I've just called you", ["call"]),
        ("Here it is, the label", ["send label"]),
        ("I've looked at the label", []),
        ("I'll send the label later", []),
        ("I haven't called yet", []),
        ("Once I've sent the label, I'll let you know", []),
        ("When I've sent the label you can print it", []),
        ("If I've sent the label to the wrong person, tell me", []),
        ("As soon as I've called and I've sent the label, you'll know", []),
        ("I've called the courier, no answer", []),
        ("I've asked billing, here are the terms", []),
        ("The label has just been sent", ["send label"]),
        ("Your label is on its way", ["send label"]),
        ("Your label was never sent", []),
        ("I've emailed you the label and the invoice", ["send label"]),
        ("I've asked for the label", []),
        ("As promised, I've called you", ["call"]),
        ("I rang, and I've phoned you", ["call"]),
        ("Done!", ["send label"]),
        ("That's done on our side", ["send label"]),
        ("It isn't done yet", []),
    ],
)
def test_a_reply_says_what_is_done(words: Patterns, text: str, kept: list[str]) -> None:
    assert list(done(text, ["send label", "call"], words)) == kept


@pytest.mark.parametrize(
    ("promise", "text", "kept"),
    [
        ("send return label", "I've sent the label", True),
        ("refund", "Your refund went out just now", True),
        ("refund", "You've been refunded £49.", True),
        ("refund", "I've processed the refund", True),
        ("refund", "Your money has just been sent", True),
        ("refund", "The refund was declined", False),
        ("refund", "I've asked for the refund", False),
        ("refund kettle", "I've sent the kettle", False),
        ("refund kettle", "I've refunded the toaster", False),
        ("book courier", "I've booked the courier", True),
        ("call courier", "I've called you", False),
    ],
)
def test_one_thing_is_done_or_not(words: Patterns, promise: str, text: str, *, kept: bool) -> None:
    assert bool(done(text, [promise], words)) == kept


def test_a_word_with_a_time_takes_no_things_place(catalog: Catalog, words: Patterns) -> None:
    hours = catalog.queues[catalog.default_queue].hours
    given = every_promise("I'll get back to you tomorrow", words, hours, _NOW)
    assert not keeps("I'll get back to you tomorrow", "send label", given, words)
