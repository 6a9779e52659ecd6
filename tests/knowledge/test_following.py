"""A follow-up is read in the light of what was answered last."""

import pytest

from bot.content.meanings import meanings
from bot.knowledge import Index, Phrasing, Subject, follow_up

ENTRIES = {
    "shipping_cost": ("What delivery costs", "how much is delivery", "what does shipping cost", "postage fees"),
    "abroad": ("Delivery to other countries", "do you deliver to Germany", "can you ship abroad", "delivery to France"),
    "delivery_time": ("How long delivery takes", "how long does delivery take", "when will my parcel come"),
    "refund_time": ("How long refunds take", "how long until I get my refund", "when is the refund in my account"),
    "refund": ("Get a refund", "I want my money back", "how do I get a refund"),
    "hours": ("Opening hours", "when are you open", "opening hours on Sunday"),
}


def subjects() -> list[Subject]:
    found = []
    for id, (title, *phrasings) in ENTRIES.items():
        held = tuple(Phrasing(text=text, at=f"{id}:{line}") for line, text in enumerate(phrasings, 1))
        found.append(Subject(id=id, kind="answer", title=title, phrasings=held))
    thanks = (Phrasing(text="thank you", at="thanks:1"), Phrasing(text="thanks a lot", at="thanks:2"))
    return [*found, Subject(id="thanks", kind="smalltalk", phrasings=thanks)]


INDEX = Index(subjects(), "en", meanings("en"))


@pytest.mark.parametrize(
    ("last", "text", "expected"),
    [
        ("shipping_cost", "and to Canada?", "abroad"),
        ("refund", "how long does that take?", "refund_time"),
        ("shipping_cost", "how long does that take?", "delivery_time"),
    ],
)
def test_a_follow_up_leads_to_the_neighbour_that_it_speaks_of(last: str, text: str, expected: str) -> None:
    assert expected in [match.id for match in follow_up(INDEX, text, last).matches]


@pytest.mark.parametrize("text", ["when are you open", "thanks a lot", "qwer asdf zxcv", "", "12345678"])
@pytest.mark.parametrize("last", ["shipping_cost", "unknown"])
def test_what_speaks_for_itself_or_says_nothing_is_read_alone(text: str, last: str) -> None:
    assert follow_up(INDEX, text, last) == INDEX.rank(text)


def test_without_an_entry_before_it_a_text_is_read_alone() -> None:
    assert follow_up(INDEX, "and to Canada?", "gone") == INDEX.rank("and to Canada?")


def test_a_follow_up_is_never_surer_than_asking_unless_both_readings_agree() -> None:
    found = follow_up(INDEX, "and on weekends?", "shipping_cost")
    assert found.confidence < INDEX.thresholds.answer or found == INDEX.rank("and on weekends?")
