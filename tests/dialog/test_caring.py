"""What agents write in a legal matter: which words admit or offer something, and that these reach nobody."""

import pytest

from bot.dialog.caring import risky
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Say
from bot.dialog.events import AgentReplied, CaseAssigned, LiveSwitched, NoteAdded, ReplyEdited, SnippetWanted
from tests.dialog.talk import DM, Talk


@pytest.mark.parametrize(
    "text",
    [
        "It was our fault.",
        "Hello Ana, that's our mistake, sorry",
        "We're liable for this",
        "I can see that we failed to warn you",
        "we should not have sold it",
        "You'll have £100 by Friday",
        "we can give you 20 pounds",
        "We'd like to offer you a new one",
        "there will be compensation",
        "Here is a voucher for your trouble",
        "We guarantee that it won't happen again",
        "I can't say more, but we will refund you",
        "we can't deny it was our fault",
        "I won't pretend it wasn't our mistake",
        "no doubt it was our fault",
        "we never denied that it was our mistake",
        "we don't deny responsibility",
        "we do accept that we were to blame",
        "our own big mistake entirely",
        "the blame lies with us",
        "the mistake was made by us",
        "we bear full responsibility",
        "this was on us",
    ],
)
def test_words_that_admit_or_offer(shipped: Catalog, text: str) -> None:
    assert risky(shipped, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I have passed your letter on.",
        "You'll have an answer by 3pm on Friday",
        "We can't offer compensation",
        "You paid £40 on 3 May",
        "You said it was our fault; our lawyers are reading that",
        "we can neither confirm nor deny that it was our fault",
        "we can't confirm or deny that it was our fault",
        "we deny that it was our fault",
        "we don't accept the blame",
        "Could you describe the fault so that we can look?",
        "I can't answer the question of liability",
        "Thank you, your letter of 12 May is here, and a supervisor reads it",
        "Could you send me the order number? It has five digits, such as 12345",
    ],
)
def test_words_that_do_not(shipped: Catalog, text: str) -> None:
    assert risky(shipped, text) == ""


@pytest.fixture
def legal(talk: Talk) -> Talk:
    talk.says("my lawyer will sue you", DM)
    talk.happens(CaseAssigned(agent="sam", case=1, to="dana", text="", **talk.common()))
    return talk


def withheld(talk: Talk) -> bool:
    return talk.effects(Say) == [] and any("has not got this" in line for line in talk.told)


def test_a_line_in_a_live_case_is_a_note_then(legal: Talk) -> None:
    legal.happens(LiveSwitched(agent="dana", case=1, on=True, **legal.common()))
    legal.happens(NoteAdded(agent="dana", case=1, text="we are liable", bare=True, message="m", **legal.common()))
    assert withheld(legal)
    assert "we are liable" in legal.told
    legal.happens(NoteAdded(agent="dana", case=1, text="good morning", bare=True, message="n", **legal.common()))
    assert legal.said == [(DM, "good morning")]


def test_an_edit_leaves_the_customers_copy_as_it_was(legal: Talk) -> None:
    legal.happens(AgentReplied(agent="dana", case=1, text="I have read it", message="m", **legal.common()))
    legal.happens(ReplyEdited(agent="dana", case=1, text="it is our fault", message="m", **legal.common()))
    assert withheld(legal)
    legal.happens(ReplyEdited(agent="dana", case=1, text="I've read it", message="m", **legal.common()))
    assert legal.said == [(DM, "I've read it (edited)")]


def test_a_snippet_that_offers_something_is_not_sent(shipped: Catalog, legal: Talk) -> None:
    codes = [each.id for each in shipped.snippets.values() if risky(shipped, each.text)]
    for code in codes:
        legal.happens(SnippetWanted(agent="dana", case=1, query=code, send=True, **legal.common()))
        assert legal.effects(Say) == []


def test_who_may_not_speak_at_all_reads_that_first(legal: Talk) -> None:
    legal.happens(AgentReplied(agent="lee", case=1, text="it is our fault", **legal.common()))
    assert (legal.said, withheld(legal)) == ([], False)
