"""Danger: after how long people are called again is the shop's choice."""

import dataclasses

import pytest
from msgspec.structs import replace

from tests.dialog.talk import DM, Talk


@pytest.mark.parametrize(("minutes", "calls"), [(3, 1), (10, 0)])
def test_danger_that_is_spoken_of_again_calls_people_when_the_shop_says_so(
    talk: Talk, minutes: int, calls: int
) -> None:
    talk.catalog = dataclasses.replace(talk.catalog, limits=replace(talk.catalog.limits, danger_again=minutes))
    talk.says("the kettle burned my hand", DM)
    talk.says("the kettle burned my hand again", DM, after=4 * 60)
    assert sum("speaks of danger again" in line for line in talk.told) == calls
