"""What helps for now: it is sent in so many words, and stands on the card as long as it holds."""

import pytest

from bot.channels.casework import notes, staff_event
from bot.dialog.catalog import Catalog
from tests.dialog.talk import DM, Talk


@pytest.fixture
def told(shipped: Catalog) -> Talk:
    """Dana has told what helps for now."""
    talk = Talk(shipped)
    talk.says("talk to a person", DM)
    does(talk, "workaround", "a *plate* on top")
    return talk


def does(talk: Talk, do: str, text: str = "") -> None:
    talk.happens(staff_event(do, text, agent="dana", case=1, **talk.common()))


def card(talk: Talk) -> list[str]:
    return [line for line in notes(talk.dossier.cases[0], talk.catalog) if "for now" in line]


def test_a_workaround_is_sent_word_by_word_and_stands_on_the_card(told: Talk) -> None:
    assert [text for _, text in told.said] == ["Until it's put right, this may help: a *plate* on top"]
    assert [line.endswith("a \\*plate\\* on top") for line in card(told)] == [True]
    assert (told.dossier.cases[0].assignee, told.dossier.cases[0].spoke) == ("dana", "dana")


def test_the_card_keeps_what_the_customer_reads_now(told: Talk) -> None:
    does(told, "edit", "a saucer on top")
    assert [line.endswith("a saucer on top") for line in card(told)] == [True]
    does(told, "undo")
    assert card(told) == []


def test_other_replies_leave_it_there(told: Talk) -> None:
    does(told, "reply", "The lid is on its way.")
    does(told, "undo")
    assert len(card(told)) == 1


def test_it_is_gone_when_the_case_ends_and_stays_gone(told: Talk) -> None:
    does(told, "resolve", "solved")
    assert card(told) == []
    told.says("it is not fixed, talk to a person", DM)
    assert (told.dossier.cases[0].open, card(told)) == (True, [])
