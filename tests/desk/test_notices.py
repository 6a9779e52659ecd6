"""What of an order is worth telling, and when it may be looked at."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.desk.notices import Notices, Seen, news, next_look, seen

FIRST, LATER = date(2026, 1, 7), date(2026, 1, 9)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (Seen(status="packed"), Seen(status="packed"), ""),
        (Seen(status="placed"), Seen(status="packed"), ""),
        (Seen(status="packed"), Seen(status="shipped", tracking="GL1"), "shipped"),
        (Seen(status="packed", eta=FIRST), Seen(status="shipped", eta=LATER), "shipped"),
        (Seen(status="shipped"), Seen(status="shipped", tracking="GL1"), "shipped"),
        (Seen(status="packed"), Seen(status="packed", tracking="GL1"), ""),
        (Seen(status="shipped"), Seen(status="out_for_delivery"), "en_route"),
        (Seen(status="out_for_delivery"), Seen(status="delivered"), "delivered"),
        (Seen(status="shipped", eta=FIRST), Seen(status="delayed", eta=LATER), "delayed"),
        (Seen(status="delayed", eta=LATER), Seen(status="shipped", eta=FIRST), "early"),
        (Seen(status="delayed", eta=FIRST), Seen(status="shipped", eta=LATER), "new_date"),
        (Seen(status="delayed", eta=FIRST), Seen(status="shipped", eta=FIRST), "shipped"),
        (Seen(status="shipped", eta=FIRST), Seen(status="shipped", eta=LATER), "new_date"),
        (Seen(status="shipped"), Seen(status="shipped", eta=LATER), "new_date"),
        (Seen(status="shipped", eta=LATER), Seen(status="shipped", eta=FIRST), "early"),
        (Seen(status="shipped", eta=LATER), Seen(status="shipped"), ""),
        (Seen(status="delivered", eta=FIRST), Seen(status="delivered", eta=LATER), ""),
        (Seen(status="placed"), Seen(status="placed", action_needed="Sign"), "action"),
        (Seen(status="placed", action_needed="Sign"), Seen(status="placed", action_needed="Sign"), ""),
        (Seen(status="placed", action_needed="Sign"), Seen(status="placed"), ""),
        (Seen(status="shipped"), Seen(status="lost"), "lost"),
        (Seen(status="placed"), Seen(status="cancelled"), "cancelled"),
        (Seen(status="delivered"), Seen(status="returned"), "returned"),
        (Seen(status="returned"), Seen(status="refunded"), "refunded"),
        (Seen(status="lost"), Seen(status="shipped", tracking="GL2"), "shipped"),
    ],
)
def test_what_is_told_of_a_change(before: Seen, now: Seen, told: str) -> None:
    assert told == news(before, now)


def test_what_is_seen_of_an_order_with_its_dates_written_or_not() -> None:
    order = {"status": "shipped", "tracking": None, "eta": "2026-01-07", "action_needed": ""}
    assert Seen(status="shipped", eta=FIRST) == seen(order) == seen({**order, "eta": FIRST})


DAY, ZONE = Notices(day=(time(8), time(20))), "Europe/London"


@pytest.mark.parametrize(
    ("after", "earliest"),
    [
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),  # eight, in summer
        (datetime(2026, 7, 1, 19, 30, tzinfo=UTC), datetime(2026, 7, 2, 7, 0, tzinfo=UTC)),
    ],
)
def test_what_is_due_at_night_is_looked_at_in_the_first_hour_of_the_day_and_not_all_at_once(
    after: datetime, earliest: datetime
) -> None:
    looks = [next_look(DAY, ZONE, after, str(number)) for number in range(10_000, 11_000)]
    assert earliest <= min(looks)
    assert max(looks) < earliest + timedelta(hours=1)
    by_minute = Counter(look.minute for look in looks)
    assert len(by_minute) == 60
    assert max(by_minute.values()) < 50


def test_what_is_due_by_day_is_looked_at_then() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert noon == next_look(DAY, ZONE, noon, "67890")
