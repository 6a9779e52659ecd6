"""Closed cases and what opens them again, where a script cannot show it: owners who are gone, merged cases, edits."""

from dataclasses import replace

import pytest
from msgspec import structs

from bot.dialog.catalog import Catalog
from bot.dialog.events import AgentReplied, CaseClaimed, CaseResolved, CasesMerged, MessageEdited
from tests.dialog.talk import DM, Talk


@pytest.fixture
def closed(talk: Talk) -> Talk:
    """A customer whose case Dana has closed."""
    talk.says("talk to a person, my lamp from order 12345 is broken", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    talk.happens(AgentReplied(agent="dana", case=1, text="A new one is on its way.", **talk.common()))
    talk.happens(CaseResolved(agent="dana", case=1, text="", **talk.common()))
    return talk


def test_an_owner_who_is_no_longer_in_the_team_gets_no_case_back(closed: Talk, shipped: Catalog) -> None:
    people = {name: agent for name, agent in shipped.agents.items() if name != "dana"}
    closed.catalog = replace(shipped, agents=people)
    closed.says("it still doesn't work", DM)
    (case,) = closed.dossier.cases
    assert (case.status, case.assignee) == ("waiting", "")


def test_thanks_that_say_more_after_an_edit_open_the_case_again(closed: Talk) -> None:
    closed.says("thanks!", DM, messages=("m1",))
    closed.happens(MessageEdited(**closed.common(), place=DM, message="m1", text="thanks, but it is broken again"))
    assert closed.dossier.cases[0].open
    assert "thanks, but it is broken again" in closed.told


def test_thanks_that_are_only_spelt_better_open_nothing(closed: Talk) -> None:
    closed.says("thanks!", DM, messages=("m1",))
    closed.happens(MessageEdited(**closed.common(), place=DM, message="m1", text="thank you!"))
    assert not closed.dossier.cases[0].open
    assert closed.said == []


def test_a_reply_opens_the_case_that_a_merged_one_went_to(closed: Talk) -> None:
    closed.says("what are your opening hours?", DM)
    closed.says("talk to a person about the VAT on my invoice", DM)
    second = max(case.number for case in closed.dossier.cases)
    first = next(case for case in closed.dossier.cases if case.number == 1)
    reopened = structs.replace(first, status="owned", resolved_at=None)
    others = tuple(case for case in closed.dossier.cases if case.number != 1)
    closed.dossier = structs.replace(closed.dossier, cases=(reopened, *others))
    closed.happens(CaseClaimed(agent="lee", case=second, **closed.common()))
    closed.happens(CasesMerged(agent="lee", case=second, into=1, **closed.common()))
    closed.happens(CaseResolved(agent="dana", case=1, text="", **closed.common()))
    closed.says("it still doesn't work", DM)
    assert {case.number for case in closed.dossier.cases if case.open} == {1}


def test_the_title_stays_where_the_customer_only_answers_what_they_were_asked(talk: Talk) -> None:
    talk.says("talk to a person, my lamp from order 12345 is broken", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    talk.happens(CaseResolved(agent="dana", case=1, text="Which one was it?", **talk.common()))
    talk.says("the blue one over there", DM)
    (case,) = talk.dossier.cases
    assert (case.open, case.subject) == (True, "my lamp from order 12345 is broken")
