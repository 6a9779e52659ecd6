"""Honest estimates of a wait."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.estimates import estimate


def minutes(*waits: int) -> list[timedelta]:
    return [timedelta(minutes=wait) for wait in waits]


@pytest.mark.parametrize("waits", [(), (5,), (5, 5, 5, 5)])
def test_fewer_than_five_waits_are_no_ground_for_an_estimate(waits: tuple[int, ...]) -> None:
    assert estimate(minutes(*waits)) is None


@pytest.mark.parametrize(
    ("waits", "usual", "slow"),
    [((50, 10, 30, 20, 40), 30, 40), ((1, 2, 3, 4, 5, 6, 7, 8, 9, 600), 6, 8), ((7,) * 5, 7, 7)],
)
def test_it_is_the_median_and_the_80th_percentile(waits: tuple[int, ...], usual: int, slow: int) -> None:
    found = estimate(minutes(*waits))
    assert found
    assert [found.usual, found.slow] == minutes(usual, slow)


@given(st.lists(st.timedeltas(min_value=timedelta()), min_size=5))
def test_half_and_four_of_five_were_answered_within_it(waits: list[timedelta]) -> None:
    found = estimate(iter(waits))
    assert found
    assert found.usual <= found.slow
    assert sum(wait <= found.usual for wait in waits) * 2 >= len(waits)
    assert sum(wait <= found.slow for wait in waits) * 5 >= len(waits) * 4
