"""Queues in which too many wait."""

import dataclasses

import pytest
from msgspec.structs import replace

from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.events import AgentWentAway, CaseClaimed
from tests.dialog.talk import DM, Talk

CALLED = "are waiting"


@pytest.fixture
def catalog(shipped: Catalog) -> Catalog:
    care = replace(shipped.queues["care"], alert_above=2)
    return dataclasses.replace(shipped, queues={**shipped.queues, "care": care})


def waits(catalog: Catalog, nth: int, floor: Floor) -> tuple[Talk, bool]:
    """A customer asks for a person; tell whether supervisors were called."""
    talk = Talk(catalog, f"slack:T1/U{nth}", count=nth - 1)
    talk.floor = floor
    talk.says("talk to a person", DM)
    return talk, any(CALLED in line for line in talk.told)


def test_supervisors_are_called_once_until_it_has_been_better(catalog: Catalog) -> None:
    floor = Floor()
    called: list[bool] = []
    for nth in range(1, 5):
        talk, now = waits(catalog, nth, floor)
        floor, called = talk.floor, [*called, now]
    assert called == [False, False, True, False]
    talk.happens(CaseClaimed(agent="dana", case=4, **talk.common()))
    talk, now = waits(catalog, 5, talk.floor)
    assert not now  # four wait again, and they were never few
    for _ in range(2):
        talk.floor = replace(talk.floor, waiting=talk.floor.waiting[1:])
    talk.happens(CaseClaimed(agent="dana", case=5, **talk.common()))
    assert "crowded:care" not in talk.floor.facts
    talk, _ = waits(catalog, 6, talk.floor)
    _, now = waits(catalog, 7, talk.floor)
    assert now


def test_they_are_called_by_name_if_they_are_there(catalog: Catalog) -> None:
    floor = Floor()
    for nth in range(1, 4):
        talk, _ = waits(catalog, nth, floor)
        floor = talk.floor
    assert any("Sam" in line and CALLED in line for line in talk.told)
    gone = Talk(catalog)
    gone.happens(AgentWentAway(agent="sam", case=0, **gone.common()))
    floor = gone.floor
    for nth in range(1, 4):
        talk, _ = waits(catalog, nth, floor)
        floor = talk.floor
    assert all("Sam" not in line for line in talk.told)


def test_other_queues_are_not_looked_at(shipped: Catalog) -> None:
    floor = Floor()
    for nth in range(1, 9):
        talk, now = waits(shipped, nth, floor)
        floor = talk.floor
        assert not now
