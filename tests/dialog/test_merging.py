"""Two cases about one matter: merged, told where they are, and taken apart again as they were."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.desk.broadcast import Audience
from bot.desk.case import Bought, Task
from bot.dialog.audience import meant
from bot.dialog.effects import Say, StartTimer, TellStaff
from bot.dialog.events import AgentReplied, CaseClaimed, CaseResolved, CasesMerged, CaseUnmerged
from bot.dialog.state import Dossier
from tests.dialog.talk import DM, Talk

OTHER = "slack:T1/D2"


@pytest.fixture
def two(talk: Talk) -> Talk:
    """A customer with two open cases in two places, 1 with Dana and 2 with Lee."""
    talk.says("talk to a person about the lamp", DM)
    talk.happens(CaseClaimed(**by(talk, "dana", 1)))
    first = talk.dossier
    talk.dossier = replace(first, cases=(), conversations=())
    talk.says("talk to a person about the lamp", OTHER, scope="private")
    number = talk.dossier.cases[0].number
    second = replace(talk.dossier.cases[0], number=2, priority=1, facts={"order": "10031"})
    assert number != 1
    talks = tuple(replace(each, case=2) for each in talk.dossier.conversations)
    talk.dossier = Dossier(
        customer=first.customer,
        met=True,
        conversations=(*first.conversations, *talks),
        cases=(*first.cases, second),
    )
    talk.happens(CaseClaimed(**by(talk, "lee", 2)))
    return talk


def by(talk: Talk, agent: str, case: int) -> dict[str, Any]:
    return {**talk.common(), "agent": agent, "case": case}


def case(talk: Talk, number: int) -> Any:
    return next(each for each in talk.dossier.cases if each.number == number)


def test_a_case_goes_on_under_the_other_with_all_that_it_had(two: Talk) -> None:
    task = Task(number=1, queue="billing", text="paid?", by="lee")
    two.dossier = replace(two.dossier, cases=(case(two, 1), replace(case(two, 2), tasks=(task,))))
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    assert (case(two, 2).open, case(two, 2).outcome, case(two, 2).merged.into) == (False, "merged", 1)
    assert case(two, 1).facts["order"] == "10031"
    assert [(each.text, each.of) for each in case(two, 1).tasks] == [("paid?", 2)]
    assert (case(two, 1).priority, case(two, 1).holds) == (1, (2,))
    assert [effect.case for effect in two.effects(TellStaff)] == [2, 1]
    ((place, text),) = two.said
    assert place == OTHER
    assert "goes on together with your case 1" in text


def test_the_order_that_was_looked_up_comes_along_and_goes_again(two: Talk) -> None:
    kettle = Bought(seen=two.at, number="10031", status="delivered", items="Kettle", total="49.00", currency="GBP")
    two.dossier = replace(two.dossier, cases=(case(two, 1), replace(case(two, 2), bought=kettle, worth="49.00")))
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    assert (case(two, 1).bought, case(two, 1).worth) == (kettle, "49.00")
    two.happens(CaseUnmerged(**by(two, "lee", 1), number=2))
    assert (case(two, 1).bought, case(two, 1).worth, case(two, 2).bought) == (None, "", kettle)


def test_of_two_orders_that_were_looked_up_each_case_keeps_its_own(two: Talk) -> None:
    kettle = Bought(seen=two.at, number="10031", status="delivered", items="Kettle", total="49.00", currency="GBP")
    lamp = replace(kettle, number="12345", items="Lamp")
    two.dossier = replace(two.dossier, cases=(replace(case(two, 1), bought=lamp), replace(case(two, 2), bought=kettle)))
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    assert case(two, 1).bought == lamp
    two.happens(CaseUnmerged(**by(two, "lee", 1), number=2))
    assert (case(two, 1).bought, case(two, 2).bought) == (lamp, kettle)


def test_the_sooner_promise_counts(two: Talk) -> None:
    soon, late = two.at + timedelta(minutes=30), two.at + timedelta(hours=5)
    cases = (replace(case(two, 1), promise=late), replace(case(two, 2), promise=soon))
    two.dossier = replace(two.dossier, cases=cases)
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    assert case(two, 1).promise == soon
    started = {effect.deadline.key: effect.deadline.due for effect in two.effects(StartTimer)}
    assert started["promise:1"] == soon
    two.happens(CaseUnmerged(**by(two, "lee", 1), number=2))
    assert (case(two, 1).promise, case(two, 2).promise) == (late, soon)


def test_what_the_customer_writes_in_the_others_place_reaches_the_case_and_replies_go_there(two: Talk) -> None:
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    two.says("any news?", OTHER, scope="private")
    assert [effect.case for effect in two.effects(TellStaff)] == [1]
    two.happens(AgentReplied(**by(two, "dana", 1), text="Yes!"))
    assert [effect.place for effect in two.effects(Say)] == [OTHER]
    two.says("great", DM)
    two.happens(AgentReplied(**by(two, "dana", 1), text="Is it?"))
    assert [effect.place for effect in two.effects(Say)] == [DM]


@pytest.mark.parametrize("at", [1, 2])
def test_taken_out_again_a_case_is_as_it_was(two: Talk, at: int) -> None:
    before = {number: case(two, number) for number in (1, 2)}
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    two.happens(CaseUnmerged(**by(two, "lee" if at == 2 else "dana", at), number=2))
    after = {number: case(two, number) for number in (1, 2)}
    assert replace(after[2], watches=before[2].watches) == before[2]
    assert replace(after[1], watches=before[1].watches) == replace(before[1], waits=after[1].waits)
    two.says("hello?", OTHER, scope="private")
    assert [effect.case for effect in two.effects(TellStaff)] == [2]


def test_a_promise_that_is_over_is_given_anew(two: Talk) -> None:
    two.dossier = replace(two.dossier, cases=(case(two, 1), replace(case(two, 2), promise=two.at)))
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    two.at += timedelta(hours=2)
    two.happens(CaseUnmerged(**by(two, "lee", 2)))
    assert case(two, 2).promise > two.at


def test_the_end_of_one_is_the_end_of_both(two: Talk) -> None:
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    two.happens(CaseResolved(**by(two, "dana", 1), text=""))
    assert [talk.case for talk in two.dossier.conversations] == [0, 0]
    two.at += timedelta(hours=1)
    two.says("the lamp is dark again and the fuse smells funny to me", OTHER, scope="private")
    assert [(each.number, each.open) for each in two.dossier.cases] == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("agent", "into", "told"),
    [
        ("lee", 2, "into itself"),
        ("lee", 77, "no open case 77"),
        ("dana", 1, "only who works on case 2"),
    ],
)
def test_what_cannot_be_merged_is_told(two: Talk, agent: str, into: int, told: str) -> None:
    two.happens(CasesMerged(**by(two, agent, 2), into=into))
    assert told in two.told[0]
    assert all(each.open for each in two.dossier.cases)
    assert two.said == []


def test_no_chain_and_no_circle(two: Talk) -> None:
    two.dossier = replace(two.dossier, cases=(*two.dossier.cases, replace(case(two, 2), number=3)))
    two.happens(CasesMerged(**by(two, "sam", 2), into=1))
    two.happens(CasesMerged(**by(two, "sam", 3), into=2))
    assert "goes on under case 1" in two.told[0]
    two.happens(CasesMerged(**by(two, "sam", 1), into=3))
    assert "case 1 holds 2" in two.told[0]
    two.happens(CasesMerged(**by(two, "sam", 2), into=3))
    assert "closed" in two.told[0]


def test_what_is_not_merged_cannot_be_taken_out(two: Talk) -> None:
    two.happens(CaseUnmerged(**by(two, "lee", 2), number=1))
    assert "not merged" in two.told[0]
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    two.dossier = replace(two.dossier, cases=tuple(replace(each, colleagues=()) for each in two.dossier.cases))
    two.happens(CaseUnmerged(**by(two, "lee", 2), number=1))
    assert "not merged" in two.told[0]


def test_a_notice_to_those_of_a_category_reaches_the_customer_of_a_case_that_was_merged(two: Talk) -> None:
    two.dossier = replace(two.dossier, cases=(case(two, 1), replace(case(two, 2), besides=("outage",))))
    two.happens(CasesMerged(**by(two, "lee", 2), into=1))
    assert meant(two.dossier, Audience(cases="Outage"), two.at)
    assert meant(two.dossier, Audience(cases="snow"), two.at) is None
    two.happens(CaseResolved(**by(two, "dana", 1), text=""))
    assert meant(two.dossier, Audience(cases="outage"), two.at) is None
