"""The live switch: what an owner writes is sent, and nothing else ever is."""

import pytest

from bot.dialog.events import CaseAssigned, CaseClaimed, LiveSwitched, NoteAdded
from tests.dialog.talk import DM, Talk


@pytest.fixture
def live(talk: Talk) -> Talk:
    talk.says("talk to a person", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    talk.happens(LiveSwitched(agent="dana", case=1, on=True, **talk.common()))
    return talk


def writes(talk: Talk, agent: str, text: str, *, bare: bool = True) -> list[tuple[str, str]]:
    talk.happens(NoteAdded(agent=agent, case=1, text=text, bare=bare, message="m", **talk.common()))
    return talk.said


def test_what_the_owner_writes_is_sent(live: Talk) -> None:
    assert writes(live, "dana", "Hello there") == [(DM, "Hello there")]


def test_a_note_a_colleagues_line_and_a_mistyped_command_are_not(live: Talk) -> None:
    assert writes(live, "dana", "she is upset", bare=False) == []
    assert writes(live, "lee", "I know her") == []
    assert writes(live, "dana", "!asign lee") == []


def test_a_colleague_cannot_switch_it_and_the_end_of_the_case_ends_it(live: Talk) -> None:
    live.happens(LiveSwitched(agent="lee", case=1, on=False, **live.common()))
    assert writes(live, "dana", "still here") == [(DM, "still here")]
    live.happens(LiveSwitched(agent="dana", case=1, on=False, **live.common()))
    assert writes(live, "dana", "she is upset") == []


def test_it_ends_when_the_case_changes_hands(live: Talk) -> None:
    """Who takes over does not know that it is on, and writes notes."""
    live.happens(CaseAssigned(agent="dana", case=1, to="lee", text="", **live.common()))
    assert any("stays among staff again" in line for line in live.told)
    assert writes(live, "lee", "she is upset") == []
    live.happens(LiveSwitched(agent="lee", case=1, on=True, **live.common()))
    assert writes(live, "lee", "Hello there") == [(DM, "Hello there")]


def test_a_case_without_an_owner_cannot_be_live(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.happens(LiveSwitched(agent="sam", case=1, on=True, **talk.common()))
    assert "has no owner yet" in talk.told[0]
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    assert writes(talk, "dana", "she is upset") == []
