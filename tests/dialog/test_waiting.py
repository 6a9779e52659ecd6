"""Who waits for whom: leases of cases that are open again, thanks that wait for nothing, files without words."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.dialog.catalog import Catalog
from bot.dialog.effects import CancelTimer, Say, StartTimer, TellStaff
from bot.dialog.events import AgentReplied, CaseClaimed, CaseResolved
from bot.dialog.files import File
from tests.dialog.talk import DM, Talk

FILE = File(name="lamp.png", kind="image/png", size=4, at="slack:T1/F1")


@pytest.fixture
def owned(talk: Talk) -> Talk:
    talk.says("talk to a person", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    talk.happens(AgentReplied(agent="dana", case=1, text="It is on its way.", **talk.common()))
    return talk


def timers(talk: Talk) -> list[str]:
    return [timer.deadline.key for timer in talk.effects(StartTimer)]


def closed(talk: Talk) -> None:
    talk.happens(CaseResolved(agent="dana", case=1, text="", **talk.common()))
    talk.at += timedelta(hours=1)


def test_a_case_that_is_open_again_with_its_owner_is_on_a_lease(owned: Talk) -> None:
    closed(owned)
    owned.says("zxqv blorp wug", DM)
    assert owned.dossier.cases[0].status == "owned"
    assert "lease:1" in timers(owned)


@pytest.mark.parametrize(
    "text", ["thank you", "Thanks a lot!", "many thanks for your help", "👍", "🙏🏽 ❤️", ":+1::skin-tone-3:"]
)
def test_who_only_says_thanks_waits_for_nothing(owned: Talk, text: str) -> None:
    owned.says(text, DM)
    assert owned.told == [text]
    assert (timers(owned), owned.effects(CancelTimer)) == ([], [])
    assert owned.dossier.cases[0].waits is None


@pytest.mark.parametrize(
    "text",
    [
        "thanks, and when does it come?",
        "it is still broken",
        "thanks but the lamp is broken now",
        "😡",
        "👍 and when?",
        "???",
    ],
)
def test_who_says_more_than_thanks_waits(owned: Talk, text: str) -> None:
    owned.says(text, DM)
    assert "lease:1" in timers(owned)
    assert owned.dossier.cases[0].waits is not None


def test_files_that_come_with_the_words_that_open_a_case_again_are_told_with_them(owned: Talk) -> None:
    closed(owned)
    owned.says("zxqv blorp wug", DM, files=(FILE,))
    lines = [line for line in owned.effects(TellStaff) if line.kind == "customer"]
    assert [(line.text, line.files) for line in lines] == [("zxqv blorp wug", (FILE,))]


def test_files_without_words_are_told_without_a_quote(owned: Talk) -> None:
    owned.says("", DM, files=(FILE,), quote="It is on its way.")
    (line,) = owned.effects(TellStaff)
    assert (line.text, line.files) == ("", (FILE,))


def test_nothing_at_all_is_not_told(owned: Talk) -> None:
    owned.says("", DM, quote="It is on its way.")
    assert owned.told == []


# --- after the end ----------------------------------------------------------------------------------------------------

SAID = yaml.safe_load((Path(__file__).parent / "after_the_end.yaml").read_text())


def ended(talk: Talk) -> Talk:
    closed(talk)
    return talk


@pytest.mark.parametrize("text", SAID["unsolved"]["known"])
def test_who_says_that_it_is_not_solved_has_it_open_again(owned: Talk, text: str) -> None:
    ended(owned).says(text, DM)
    assert owned.dossier.cases[0].status == "owned"
    assert text in owned.told


@pytest.mark.parametrize("text", SAID["thanks"]["known"])
def test_who_thanks_after_the_end_gets_a_word_and_opens_nothing(owned: Talk, text: str) -> None:
    ended(owned).says(text, DM)
    assert owned.dossier.cases[0].status == "resolved"
    assert owned.said != []


def test_words_that_were_kept_apart_are_read_as_well(shipped: Catalog) -> None:
    right = 0
    said = [(kind, text) for kind in SAID for text in SAID[kind]["measured"]]
    for kind, text in said:
        talk = Talk(shipped)
        talk.says("talk to a person", DM)
        talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
        ended(talk).says(text, DM)
        right += (kind == "unsolved") == talk.dossier.cases[0].open
    assert right >= 37


def test_thanks_while_people_have_it_wait_for_nothing_however_long(owned: Talk) -> None:
    owned.says("thank you so much, you were really very kind to me today", DM)
    assert (timers(owned), owned.dossier.cases[0].waits) == ([], None)


@pytest.mark.parametrize("text", ["perfect, yes please", "thanks, send it to 12 Hill Street", "thanks so much, really"])
def test_words_after_a_question_of_ours_are_an_answer_that_somebody_reads(owned: Talk, text: str) -> None:
    owned.happens(AgentReplied(agent="dana", case=1, text="Shall I send a new one?", **owned.common()))
    owned.says(text, DM)
    assert owned.dossier.cases[0].waits is not None


@pytest.mark.parametrize(
    "text", ["what are your opening hours?", "I want to return a lamp, thank you", "I want to return a broken lamp"]
)
def test_another_matter_after_the_end_is_another_matter(owned: Talk, text: str) -> None:
    ended(owned).says(text, DM)
    assert owned.dossier.cases[0].status == "resolved"


def test_yes_all_is_well_is_no_other_matter(owned: Talk) -> None:
    ended(owned).says("yes", DM)
    assert owned.dossier.cases[0].status == "resolved"
    assert owned.said != []
    assert "?" not in owned.said[0][1]


def test_no_thanks_after_the_end_is_no_complaint(owned: Talk) -> None:
    ended(owned).says("no thanks", DM)
    assert owned.dossier.cases[0].status == "resolved"


def test_a_story_of_forty_thousand_words_is_not_only_thanks(owned: Talk) -> None:
    owned.says("thanks " * 40_000, DM)
    assert owned.dossier.cases[0].waits is not None


def test_an_unhappy_line_is_acknowledged_and_followed_by_where_the_case_stands(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.says("it stands in the hall", DM)
    talk.says("this is so frustrating, the lamp is useless", DM)
    acknowledged, stands = (effect.source.id for effect in talk.effects(Say))
    assert (acknowledged, stands) == ("ack_frustrated", "already_waiting")
    assert "the time we promised you is" in talk.said[-1][1] or "promised by" in talk.said[-1][1]
