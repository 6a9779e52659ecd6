"""Times as people read them."""

from datetime import UTC, datetime

import pytest

from bot.dialog.catalog import Catalog
from bot.dialog.speech import spoken_time

NOW = datetime(2026, 12, 29, 10, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 12, 29, 15, 0, tzinfo=UTC), "15:00 today"),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "15:00 on Thursday 31 December"),
        (datetime(2027, 1, 2, 15, 0, tzinfo=UTC), "15:00 on Saturday 2 January"),  # nobody takes it for another one
        (datetime(2027, 3, 2, 15, 0, tzinfo=UTC), "15:00 on Tuesday 2 March 2027"),
        (datetime(2025, 12, 28, 15, 0, tzinfo=UTC), "15:00 on Sunday 28 December 2025"),
    ],
)
def test_a_far_day_has_its_year_when_it_is_not_this_one(shipped: Catalog, when: datetime, said: str) -> None:
    assert str(spoken_time(shipped, NOW, when)).replace(",", "") == said
