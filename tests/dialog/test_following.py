"""A customer with linked accounts is answered where they write now, by the name that they have there."""

import pytest
from msgspec.structs import replace

from bot.channels.casework import staff_event
from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.effects import StartTimer
from bot.dialog.events import DeadlineReached
from tests.dialog.talk import CHANNEL, DM, Talk

SLACK, DISCORD = "slack:T1/U1", "discord:1"
ROOM = "discord:dm/1"  # their direct messages there


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    begun = Talk(shipped, SLACK)
    begun.dossier = replace(begun.dossier, accounts=(SLACK, DISCORD))
    begun.says("talk to a person", DM)
    return begun


def writes_there(talk: Talk, text: str, place: str = ROOM, scope: str = "private") -> None:
    near = "" if scope == "private" else CHANNEL
    talk.says(text, place, scope=scope, account=DISCORD, name="Annie", near=near)


def does(talk: Talk, do: str, text: str = "") -> None:
    talk.happens(staff_event(do, text, agent="dana", case=1, **talk.common()))


def case(talk: Talk) -> Case:
    return talk.dossier.cases[0]


def test_who_asks_for_a_person_again_is_answered_there(talk: Talk) -> None:
    does(talk, "claim")
    writes_there(talk, "talk to a person")
    assert [place for place, _ in talk.said] == [ROOM]
    assert "case 1" in talk.said[-1][1]
    assert any("now writes on Discord, as Annie" in line for line in talk.told)
    does(talk, "reply", "Hello!")
    assert (ROOM, "Hello!") in talk.said
    assert (case(talk).place, case(talk).public, case(talk).name) == (ROOM, False, "Annie")


def test_words_for_people_reach_them_from_the_other_account(talk: Talk) -> None:
    does(talk, "claim")
    writes_there(talk, "zqx the blorple is on the fritz")
    assert "zqx the blorple is on the fritz" in talk.told
    assert talk.turn.trace.rule == "people_have_it"


def test_each_account_has_its_own_name(talk: Talk) -> None:
    writes_there(talk, "how long does delivery take?")
    does(talk, "resolve")
    assert any("Ana" in text and "Annie" not in text for place, text in talk.said if place == DM)
    assert case(talk).name == "Ana"


def test_the_case_goes_back_with_its_customer(talk: Talk) -> None:
    writes_there(talk, "talk to a person")
    talk.says("I'm here again", DM)
    does(talk, "reply", "So am I")
    assert (DM, "So am I") in talk.said


def test_what_was_due_is_said_where_they_are_now(talk: Talk) -> None:
    promise = next(each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "promise")
    writes_there(talk, "talk to a person")
    talk.at = promise.due
    talk.happens(DeadlineReached(**talk.common(), deadline=promise))
    assert [place for place, _ in talk.said] == [ROOM]


def test_a_reply_from_before_can_still_be_changed(talk: Talk) -> None:
    does(talk, "reply", "Tuesday")
    writes_there(talk, "talk to a person")
    does(talk, "edit", "Wednesday")
    assert [(place, "Wednesday" in text) for place, text in talk.said] == [(DM, True)]


def test_in_public_they_are_told_on_which_platform_the_answer_comes(talk: Talk) -> None:
    writes_there(talk, "talk to a person", place="discord:2/3", scope="public")
    assert [place for place, _ in talk.said] == ["discord:2/3"]
    assert "in our private chat on Slack" in talk.said[-1][1]
    assert case(talk).place == DM


def test_after_the_end_either_account_opens_it_again(talk: Talk) -> None:
    does(talk, "resolve")
    writes_there(talk, "zqx the blorple is on the fritz again")
    assert case(talk).open
    does(talk, "reply", "Hello again")
    assert (ROOM, "Hello again") in talk.said
