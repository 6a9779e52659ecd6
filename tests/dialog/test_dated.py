"""Entries that count for a time only: neither answered nor offered at others, to the moment."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.dialog import topics
from bot.dialog.catalog import Catalog, current
from bot.dialog.understand import understand
from tests.dialog.talk import DM, Talk

ASKED = "how long does delivery take"


def dated(shop: Catalog, id: str, begins: date | None, ends: date | None, zone: str = "Europe/London") -> Catalog:
    entry = replace(shop.entries[id], begins=begins, ends=ends)
    voice = replace(shop.voice, zone=zone)
    return dataclasses.replace(shop, voice=voice, entries={**shop.entries, id: entry}, dated=(entry,))


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/London", "2026-03-29T00:00:00+00:00", "2026-03-30T22:59:59.999999+00:00"),  # the clocks go forward
        ("Asia/Tokyo", "2026-03-28T15:00:00+00:00", "2026-03-30T14:59:59.999999+00:00"),
        ("America/Los_Angeles", "2026-03-29T07:00:00+00:00", "2026-03-31T06:59:59.999999+00:00"),
    ],
)
def test_it_counts_from_midnight_to_midnight_where_the_shop_is(
    shipped: Catalog, zone: str, first: str, last: str
) -> None:
    shop = dated(shipped, "delivery_period", date(2026, 3, 29), date(2026, 3, 30), zone)
    begins, ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
    moments = [begins - timedelta.resolution, begins, ends, ends + timedelta.resolution]
    assert ["delivery_period" in current(shop, at).entries for at in moments] == [False, True, True, False]


def test_outside_its_dates_no_words_bring_it_and_it_is_not_offered(shipped: Catalog) -> None:
    shop = current(dated(shipped, "delivery_period", date(2026, 1, 6), None), datetime(2026, 1, 5, 12, tzinfo=UTC))
    for text in (ASKED, "delivery time", "will it be here before Friday", f"hello. {ASKED}"):
        meant = understand(text, shop)
        assert "delivery_period" not in {meant.id, *meant.options, *(match.id for match in meant.matches)}
    shown = [entry.id for shelf in topics.categories(shop) for entry in shelf.entries]
    assert "delivery_period" not in [*shown, *(entry.id for entry in topics.search(shop, ASKED, 1_000))]
    assert topics.answer(shop, "delivery_period", datetime(2026, 1, 5, 12, tzinfo=UTC)) == ""


def test_what_follows_on_an_answer_is_not_led_to_one_that_is_over(shipped: Catalog) -> None:
    led = {"return_policy": {"how long does that take": "delivery_period"}}
    shop = dated(shipped, "delivery_period", None, date(2026, 1, 4))
    over = dataclasses.replace(shop, follow_ups=led)
    asked = "how long does that take"
    assert understand(asked, over, last="return_policy").id == "delivery_period"
    now = current(over, datetime(2026, 1, 5, 12, tzinfo=UTC))
    assert understand(asked, now, last="return_policy").id != "delivery_period"


def test_all_else_is_understood_as_before(shipped: Catalog) -> None:
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    shop = current(dated(shipped, "delivery_period", None, date(2026, 1, 4)), at)
    for entry in ("refund_policy", "payment_methods", "gift_cards"):
        text = f"please tell me, {shipped.entries[entry].title}"
        assert understand(text, shop).id == understand(text, shipped).id
    whole = current(shipped, datetime(2026, 12, 1, tzinfo=UTC))
    assert whole is shipped


def test_a_turn_goes_by_the_time_of_its_event(shipped: Catalog) -> None:
    talk = Talk(dated(shipped, "delivery_period", None, date(2026, 1, 5)))
    talk.at = datetime(2026, 1, 5, 23, 58, tzinfo=UTC)
    assert talk.says(ASKED, DM).trace.id == "delivery_period"
    assert talk.says(ASKED, DM, after=120).trace.id != "delivery_period"


def test_what_is_out_of_its_dates_wants_no_check(shipped: Catalog) -> None:
    entry = replace(shipped.entries["delivery_period"], verified=None, review_every=timedelta(days=1))
    shop = dataclasses.replace(shipped, entries={**shipped.entries, entry.id: entry}, review_from=date.min)
    told = []
    for ends in (None, date(2026, 1, 4)):
        talk = Talk(dated(shop, entry.id, None, ends))
        talk.says("hello", DM)
        told.append(any(entry.title in line for line in talk.told))
    assert told == [True, False]
