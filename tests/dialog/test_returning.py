"""Back to the bot: asked for in words of their own, in any state in which people have the conversation."""

from pathlib import Path

import pytest
import yaml

from bot.dialog import returning
from bot.dialog.events import AgentReplied, AgentSpoke, CareSwitched, CaseClaimed, CaseResolved, CaseSnoozed
from tests.dialog.talk import DM, Talk

_SAID = yaml.safe_load(Path(__file__).with_name("back_to_bot.yaml").read_text("utf-8"))
_FLOOR = {"back": 9, "other": 9}  # of the ten that are kept apart


@pytest.mark.parametrize("kind", ["back", "other"])
def test_the_words_that_are_known_are_heard_and_most_of_those_kept_apart(talk: Talk, kind: str) -> None:
    heard = {text: returning.wants(text, talk.catalog) for text in (*_SAID[kind]["known"], *_SAID[kind]["measured"])}
    wanted = kind == "back"
    assert [text for text in _SAID[kind]["known"] if heard[text] is not wanted] == []
    assert sum(heard[text] is wanted for text in _SAID[kind]["measured"]) >= _FLOOR[kind]


def _acts(talk: Talk, event: type, **more: object) -> None:
    talk.happens(event(agent="dana", case=1, **talk.common(), **more))


@pytest.mark.parametrize("state", ["waiting", "claimed", "answered", "snoozed", "reopened", "spoken"])
def test_the_bot_comes_back_in_any_state(talk: Talk, state: str) -> None:
    talk.says("talk to a person", DM)
    if state != "waiting":
        _acts(talk, CaseClaimed)
    if state in ("answered", "snoozed"):
        _acts(talk, AgentReplied, text="I look into it.")
    if state == "snoozed":
        _acts(talk, CaseSnoozed, text="2h")
    if state == "reopened":
        _acts(talk, CaseResolved, text="solved")
        talk.says("that's not solved", DM)
    if state == "spoken":
        talk.happens(AgentSpoke(place=DM, agent="dana", text="hello", **talk.common()))
    talk.says("I want to talk to the bot again", DM)
    assert [choice.label for choice in talk.conversation(DM).choices] == ["Back to the bot", "Stay with the team"]
    assert talk.told == ["I want to talk to the bot again"]
    talk.says("yes", DM)
    assert talk.dossier.cases[0].outcome == "withdrawn"
    assert "case 1" in talk.said[-1][1]
    talk.says("how long does delivery take", DM)
    assert talk.told == []


def test_a_case_that_needs_care_stays_with_people_and_its_customer_is_told(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    _acts(talk, CareSwitched, on=True, text="")
    for text in ("back to the bot", "put me back to the bot"):
        talk.says(text, DM)
        assert talk.told == [text]
        assert "stays with" in talk.said[-1][1]
    assert talk.dossier.cases[0].open


def test_who_asks_for_the_bot_in_a_flow_is_asked_its_question_again(talk: Talk) -> None:
    talk.says("I want a refund", DM)
    talk.says("I want to talk to the bot again", DM)
    assert (talk.dossier.cases, len(talk.conversation(DM).frames)) == ((), 1)
    assert "order" in talk.said[-1][1]


def test_who_asks_for_the_bot_while_it_is_there_gets_no_person(talk: Talk) -> None:
    talk.says("I want to talk to the bot again", DM)
    assert (talk.dossier.cases, len(talk.said)) == ((), 1)
