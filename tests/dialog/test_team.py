"""Who works here: the list, and what platforms tell of groups and roles."""

import dataclasses
from typing import Any

from msgspec.structs import replace

from bot.desk.floor import Floor
from bot.desk.team import Agent
from bot.dialog.catalog import Catalog, staffed
from bot.dialog.effects import TellStaff
from bot.dialog.events import CaseAssigned, CaseClaimed, CaseTransferred, TeamSeen
from tests.dialog.talk import DM, Talk

FOX = Agent(id="slack:U9", name="Lea Fox", role="agent", accounts=("slack:U9",))


def seen(talk: Talk, *members: Agent, team: str = "slack:T1") -> None:
    talk.happens(TeamSeen(team=team, members=members, **talk.common()))


def test_who_is_in_a_group_works_here_until_they_are_in_it_no_more(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    seen(talk, FOX)
    talk.happens(CaseClaimed(agent=FOX.id, case=1, **talk.common()))
    assert talk.dossier.cases[0].assignee == FOX.id
    assert "Lea Fox" in talk.said[0][1]
    seen(talk)
    assert talk.floor.facts == {}


def test_who_is_listed_keeps_id_and_name_and_has_the_higher_role(shipped: Catalog) -> None:
    dana = replace(shipped.agents["dana"], accounts=("slack:U9",))
    sam = replace(shipped.agents["sam"], accounts=("slack:U8",))
    talk = Talk(shipped)
    seen(talk, replace(FOX, role="admin"), Agent(id="slack:U8", name="S", role="agent", accounts=("slack:U8",)))
    people = staffed(catalog_with(shipped, dana, sam), talk.floor).agents
    assert people == {"dana": replace(dana, role="admin"), "sam": sam}


def catalog_with(shipped: Catalog, *agents: Agent) -> Catalog:
    return dataclasses.replace(shipped, agents={agent.id: agent for agent in agents})


def test_two_platforms_tell_of_their_own(shipped: Catalog) -> None:
    talk = Talk(shipped)
    seen(talk, FOX)
    seen(talk, Agent(id="discord:12345", name="Bo", role="agent", accounts=("discord:12345",)), team="discord")
    seen(talk, team="slack:T1")
    assert staffed(shipped, talk.floor).agents.keys() == {*shipped.agents, "discord:12345"}
    assert staffed(shipped, Floor()) is shipped


def test_a_first_name_that_only_one_has_will_do(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    seen(talk, FOX)
    talk.happens(CaseAssigned(agent="dana", case=1, to="@lea", **talk.common()))
    assert talk.dossier.cases[0].assignee == FOX.id
    seen(talk, FOX, replace(FOX, id="slack:U8", name="Lea Wolf", accounts=("slack:U8",)))
    talk.happens(CaseAssigned(agent="sam", case=1, to="lea", **talk.common()))
    assert "nobody called lea" in talk.told[0]


def test_a_case_that_is_passed_on_again_calls_the_supervisors_who_are_there(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    who: dict[str, Any] = {"case": 1, "text": "not ours"}
    talk.happens(CaseTransferred(agent="sam", queue="billing", **who, **talk.common()))
    assert [each.mentions for each in talk.effects(TellStaff)] == [()]
    talk.happens(CaseTransferred(agent="sam", queue="returns", **who, **talk.common()))
    assert [each.mentions for each in talk.effects(TellStaff)] == [(), ("sam",)]
