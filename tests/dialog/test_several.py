"""Several questions in one message: where one ends and the next begins."""

import json
import time
from functools import cache
from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.content.yamlfile import read
from bot.dialog.catalog import Catalog
from bot.dialog.several import concerns
from tests.bench.answers import HOSTILE

EVAL = Path(__file__).parents[1] / "eval" / "messages.jsonl"


@cache
def catalog() -> Catalog:
    return load(shipped_folder())


def refs(text: str) -> list[str]:
    return [concern.ref for concern in concerns(text, catalog())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how long does delivery take and can I pay by PayPal?", ["delivery_period", "payment_methods"]),
        ("How long does delivery take? Can I pay by PayPal?", ["delivery_period", "payment_methods"]),
        ("can I pay by PayPal\nhow long does delivery take", ["payment_methods", "delivery_period"]),
        ("I want a refund and I want to return a lamp", ["refund", "return"]),
        ("I'd like to return a lamp, and what does delivery to Germany cost?", ["return", "international_shipping"]),
        ("how much is delivery and how long does it take?", ["shipping_cost", "delivery_period"]),
        ("how long does delivery take, can I pay by PayPal, do you gift wrap?",
         ["delivery_period", "payment_methods", "gift_wrap"]),
        ("My card was declined. How do I reset my password?", ["payment_issue", "recover_password"]),
    ],
)  # fmt: skip
def test_several_questions_are_told_apart(text: str, expected: list[str]) -> None:
    assert expected == refs(text)


@pytest.mark.parametrize(
    "text",
    [
        "how long does delivery take",
        "do you ship to Norway and Sweden?",
        "how do I log in and change my password?",
        "can I return a sale item and get my money back?",
        "can I pay by card or do I need PayPal?",
        "my pan arrived broken and I want a refund",
        "My pan arrived broken. I want a refund.",
        "what do you do with my data and where can I read it",
        "hi! how are you? how long does delivery take?",
        "If I return it, do I get my money back?",
        "How could I hide my photos, I'd like to remove some of them.",
        "I'd like to change my password, I want to be safe.",
        "How do I delete my account? I want to be gone.",
        "and and and and", "? ? ?", "how how how", "",
    ],
)  # fmt: skip
def test_one_question_stays_one(text: str) -> None:
    assert refs(text) == []


def test_what_is_not_understood_is_kept_in_the_customers_words() -> None:
    found = concerns("how long does delivery take and what is the meaning of life?", catalog())
    assert [(each.ref, each.text) for each in found] == [
        ("delivery_period", "how long does delivery take"),
        ("", "what is the meaning of life?"),
    ]


def test_a_wish_that_asks_something_itself_or_is_joined_is_a_matter_of_its_own() -> None:
    assert len(refs("Do you ship to France? I'd like to know if you have candles in blue.")) == 2
    assert len(refs("Can I return the mug and I want to paint my walls in your green.")) == 2


def test_phrasings_and_messages_that_ask_one_thing_are_seldom_taken_apart() -> None:
    phrasings = [
        phrasing for file in sorted((shipped_folder() / "faqs").glob("*.yaml"))
        for entry in read(file, file.name).value["entries"].values() for phrasing in entry["phrasings"]
    ]  # fmt: skip
    assert [text for text in phrasings if refs(text)] == []
    messages = [json.loads(line)["text"] for line in EVAL.read_text(encoding="utf-8").splitlines()]
    assert sum(bool(refs(text)) for text in messages) / len(messages) <= 0.02


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_message_is_read_in_bounded_time(name: str) -> None:
    shop = catalog()
    started = time.thread_time()
    found = concerns(HOSTILE[name], shop)
    assert time.thread_time() - started < 1
    assert len(found) <= 5
