"""Who waits for whom: leases of cases that are open again, thanks that wait for nothing, files without words."""

from datetime import timedelta

import pytest

from bot.dialog.effects import CancelTimer, StartTimer, TellStaff
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
