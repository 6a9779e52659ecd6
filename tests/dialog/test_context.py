"""What points to something that was spoken of before, and says nothing by itself."""

import pytest

from bot.dialog.catalog import Catalog
from bot.dialog.understand import understand


@pytest.mark.parametrize("last", ["cancel_order"])
def test_what_points_to_the_last_matter_is_asked_back_where_nothing_says_what_answers_it(
    shipped: Catalog, last: str
) -> None:
    text = "how long does that take?"
    assert understand(text, shipped).id == "delivery_period"  # read alone, it would have been surely that
    meant = understand(text, shipped, last=last)
    assert meant.decision == "clarify"
    assert "delivery_period" in meant.options


def test_what_says_enough_is_read_alone_although_it_points(shipped: Catalog) -> None:
    assert understand("can I pay for it by PayPal?", shipped, last="delivery_period").id == "payment_methods"


def test_what_is_rejected_is_no_follow_up_either(shipped: Catalog) -> None:
    text = "how long does that take?"
    assert understand(text, shipped, last="refund").id == "track_refund"
    assert understand(text, shipped, last="refund", rejected=["track_refund"]).id != "track_refund"
