"""Queues that give their cases out in turn."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.effects import StartTimer
from bot.dialog.events import AgentReplied, AgentWentAway, CaseReleased, CaseTransferred, DeadlineReached
from tests.dialog.talk import DM, Talk

AGENTS = ("dana", "lee")


@pytest.fixture
def catalog(shipped: Catalog) -> Catalog:
    care = replace(shipped.queues["care"], assign="round_robin", agents=AGENTS)
    return dataclasses.replace(shipped, queues={**shipped.queues, "care": care})


def asks(catalog: Catalog, nth: int, floor: Floor, at: datetime | None = None) -> tuple[Talk, Case]:
    """A customer asks for a person; the case's number is the customer's."""
    talk = Talk(catalog, f"slack:T1/U{nth}", count=nth - 1)
    talk.floor, talk.at = floor, at or talk.at
    talk.says("talk to a person", DM)
    return talk, talk.dossier.cases[0]


def does(talk: Talk, kind: Any, agent: str, **more: Any) -> Case:
    case = talk.dossier.cases[0]
    talk.happens(kind(agent=agent, case=case.number, **talk.common(), **more))
    return talk.dossier.cases[0]


def reached(talk: Talk, kind: str, after: timedelta | None = None) -> Case:
    """The deadline of a kind that was last started is reached, at its time or later."""
    found = [each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == kind]
    deadline = found[-1]
    talk.at = deadline.due
    talk.happens(DeadlineReached(deadline=deadline, **talk.common()))
    return talk.dossier.cases[0]


def test_cases_go_to_the_agents_in_turn_and_customers_learn_to_whom(catalog: Catalog) -> None:
    floor, owners = Floor(), []
    for nth in range(1, 4):
        talk, case = asks(catalog, nth, floor)
        floor = talk.floor
        owners.append((case.assignee, case.status))
        assert talk.told[-1].startswith(f"{case.assignee.capitalize()}, it is your turn: case {nth}")
        assert case.assignee.capitalize() in talk.said[0][1]
        assert case.promise is not None
    assert owners == [("dana", "owned"), ("lee", "owned"), ("dana", "owned")]


def test_who_is_away_is_passed_by(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    does(talk, AgentWentAway, "lee")
    _, case = asks(catalog, 2, talk.floor)
    assert case.assignee == "dana"


def test_a_case_waits_where_nobody_is_there_and_is_given_out_when_somebody_is(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    for agent, hours in (("dana", 3), ("lee", 2)):
        does(talk, AgentWentAway, agent, until=talk.at + timedelta(hours=hours))
    waiting, case = asks(catalog, 2, talk.floor)
    assert (case.status, case.assignee) == ("waiting", "")
    assert "nobody is" in waiting.said[0][1].casefold()
    given = reached(waiting, "turn")
    assert (given.status, given.assignee, waiting.at) == ("owned", "lee", talk.at + timedelta(hours=2))
    ((_, said),) = waiting.said
    assert "Lee" in said
    assert "case 2" in said


def test_a_case_of_the_night_is_given_out_at_the_opening(catalog: Catalog) -> None:
    talk, case = asks(catalog, 1, Floor(), Talk(catalog).at + timedelta(hours=12))
    assert case.status == "waiting"
    given = reached(talk, "turn")
    assert (given.assignee, talk.at.hour) == ("dana", 9)
    assert ["Dana" in said for _, said in talk.said] == [True]


def test_what_somebody_took_meanwhile_is_not_given_out(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor(), Talk(catalog).at + timedelta(hours=12))
    timer = next(each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "turn")
    does(talk, AgentReplied, "sam", text="I am here early.")
    talk.happens(DeadlineReached(deadline=timer, **talk.common()))
    assert talk.dossier.cases[0].assignee == "sam"


def test_a_case_that_was_let_lie_or_released_goes_to_the_next(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    reached(talk, "lease")
    case = reached(talk, "lease")
    assert (case.status, case.assignee) == ("owned", "lee")
    assert "Dana" in talk.said[0][1]
    assert "Lee" in talk.said[0][1]
    case = does(talk, CaseReleased, "lee")
    assert (case.status, case.assignee) == ("owned", "dana")
    assert "Dana" in talk.said[0][1]


def test_who_released_a_case_may_get_it_back_later_and_the_customer_learns_that(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    does(talk, AgentWentAway, "lee", until=talk.at + timedelta(hours=1))
    assert does(talk, CaseReleased, "dana").status == "waiting"
    assert "our care team" in talk.said[0][1].casefold()
    reached(talk, "turn")
    assert ["Lee" in said or "Dana" in said for _, said in talk.said] == [True]


def test_the_only_one_there_does_not_get_back_what_they_released(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    does(talk, AgentWentAway, "lee")
    case = does(talk, CaseReleased, "dana")
    assert (case.status, case.assignee) == ("waiting", "")


def test_a_case_passed_on_to_such_a_queue_is_given_out_there(catalog: Catalog) -> None:
    billing = dataclasses.replace(
        catalog,
        queues={
            **catalog.queues,
            "care": replace(catalog.queues["care"], assign="free"),
            "billing": replace(catalog.queues["billing"], assign="round_robin"),
        },
    )
    talk, case = asks(billing, 1, Floor())
    assert case.status == "waiting"
    case = does(talk, CaseTransferred, "sam", queue="billing", text="an invoice")
    assert (case.queue, case.assignee) == ("billing", "dana")


def test_a_case_that_both_let_lie_is_apologised_for_as_often_as_the_shop_says(catalog: Catalog) -> None:
    talk, _ = asks(catalog, 1, Floor())
    sorry = 0
    for _ in range(4):
        reached(talk, "lease")
        reached(talk, "lease")
        sorry += sum("can't answer just now" in text for _, text in talk.said)
        turn = talk.told.index(next(line for line in talk.told if "it is your turn" in line))
        assert "waits for somebody again" in talk.told[turn - 1]
    assert sorry == catalog.limits.apologies
    assert "The customer has been told" in talk.told[turn]
