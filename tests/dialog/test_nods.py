"""What waits for nothing, and what wants an answer, of all that customers say to an agent's words."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.effects import StartTimer
from bot.dialog.events import AgentReplied
from tests.dialog.talk import DM, Talk

_SAID = yaml.safe_load(Path(__file__).with_name("nods.yaml").read_text("utf-8"))
_PROMISE, _NEWS = "I'll write on Wednesday by 3pm.", "Your new lamp left today, it needs a few days."


def _told(catalog: Catalog, agent: str) -> Talk:
    talk = Talk(catalog)
    talk.says("talk to a person", DM)
    talk.at += timedelta(minutes=5)
    talk.happens(AgentReplied(**talk.common(), agent="dana", case=_case(talk).number, text=agent))
    return talk


def _case(talk: Talk) -> Case:
    return talk.dossier.cases[-1]


def _waits(catalog: Catalog, agent: str, customer: str) -> bool:
    talk = _told(catalog, agent)
    talk.says(customer, DM)
    assert any(customer in told for told in talk.told), "staff do not read it"
    return _case(talk).waits is not None


@pytest.mark.parametrize("said", _SAID["notes"])
@pytest.mark.parametrize("agent", [_PROMISE, _NEWS])
def test_who_takes_note_waits_for_nothing(agent: str, said: str, shipped: Catalog) -> None:
    assert not _waits(shipped, agent, said)


@pytest.mark.parametrize("said", _SAID["notes_the_time"])
def test_who_says_the_promised_time_again_takes_note(said: str, shipped: Catalog) -> None:
    assert not _waits(shipped, _PROMISE, said)
    assert _waits(shipped, _NEWS, said)


@pytest.mark.parametrize("said", _SAID["wants"])
@pytest.mark.parametrize("agent", [_PROMISE, _NEWS])
def test_who_says_more_than_that_waits_for_us(agent: str, said: str, shipped: Catalog) -> None:
    assert _waits(shipped, agent, said)


@pytest.mark.parametrize("said", _SAID["comes_back"])
@pytest.mark.parametrize("agent", ["Which lamp is it?", _NEWS])
def test_who_will_see_to_something_first_waits_for_nothing_and_has_their_time(
    agent: str, said: str, shipped: Catalog
) -> None:
    talk = _told(shipped, agent)
    talk.says(said, DM)
    assert _case(talk).waits is None
    quiet = [each.deadline.due - talk.at for each in talk.effects(StartTimer) if each.deadline.kind == "quiet"]
    assert [timedelta(minutes=shipped.limits.quiet)] == quiet
    assert "urgent" not in _case(talk).flags


@pytest.mark.parametrize(("agent", "said"), [(agent, said) for agent in _SAID["asking"] for said in _SAID["answers"]])
def test_the_answer_to_a_question_wants_to_be_read(agent: str, said: str, shipped: Catalog) -> None:
    assert _waits(shipped, agent, said)


@pytest.mark.parametrize("said", ["ok", "no thanks", "no, that's all", "no", "nope", "thanks, bye"])
@pytest.mark.parametrize("agent", _SAID["courteous"])
def test_courtesy_asks_nothing(agent: str, said: str, shipped: Catalog) -> None:
    assert not _waits(shipped, agent, said)


def test_a_question_stands_until_it_is_answered(shipped: Catalog) -> None:
    talk = _told(shipped, "Shall I send a new lamp?")
    talk.says("let me think about it", DM)
    assert _case(talk).waits is None
    talk.says("ok", DM)
    assert _case(talk).waits == talk.at


def test_a_question_stands_though_the_agent_says_more(shipped: Catalog) -> None:
    talk = _told(shipped, "Shall I send a new lamp?")
    talk.happens(AgentReplied(**talk.common(), agent="dana", case=_case(talk).number, text="We have it in white."))
    talk.says("ok", DM)
    assert _case(talk).waits == talk.at
