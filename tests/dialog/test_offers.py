"""An offer that was made in one place of a customer's is heard in the others: on both sides of linked accounts."""

import pytest
from msgspec.structs import replace

from bot.channels.casework import staff_event
from bot.dialog.catalog import Catalog
from tests.dialog.talk import DM, THREAD, Talk

SLACK, DISCORD = "slack:T1/U1", "discord:1"
ROOM, THERE = "discord:dm/1", "discord:2/3"  # their direct messages there, and a thread


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    """A customer with two accounts, who was offered £10 in the first one's direct messages."""
    begun = Talk(shipped, SLACK)
    begun.dossier = replace(begun.dossier, accounts=(SLACK, DISCORD))
    for text in ("could you make an exception?", "something else", "free delivery to the moon", "none of these"):
        begun.says(text, DM)
    case = begun.dossier.cases[-1].number
    begun.happens(staff_event("counter", "£10 store credit", agent="sam", case=case, **begun.common()))
    assert any("£10.00 store credit" in text for _, text in begun.said)
    return begun


def writes_there(talk: Talk, text: str, place: str = ROOM) -> None:
    talk.says(text, place, scope="private" if place == ROOM else "public", account=DISCORD, name="Annie")


def granted(talk: Talk) -> bool:
    return any(grant.what == "store credit" for grant in talk.dossier.standing.grants)


def test_it_is_taken_by_name_in_the_other_place(talk: Talk) -> None:
    writes_there(talk, "yes I take the 10 pounds")
    assert granted(talk)
    assert {place for place, _ in talk.said} == {ROOM}


def test_it_is_left_by_name_in_the_other_place(talk: Talk) -> None:
    writes_there(talk, "keep your ten pounds")
    assert any("Did not want" in line for line in talk.told)
    talk.says("yes", DM)
    assert not granted(talk)


def test_who_asks_there_reads_what_it_is_and_may_say_yes(talk: Talk) -> None:
    writes_there(talk, "what did you offer me?")
    assert any(place == ROOM and "£10.00 store credit" in text for place, text in talk.said)
    writes_there(talk, "yes please")
    assert granted(talk)


def test_who_asks_there_may_still_say_yes_here(talk: Talk) -> None:
    writes_there(talk, "what did you offer me?")
    talk.says("yes", DM)
    assert granted(talk)


def test_what_else_is_said_there_is_no_answer(talk: Talk) -> None:
    for text in ("yes", "how much is delivery?", "I paid £50"):
        writes_there(talk, text)
        assert not granted(talk)


def test_nothing_of_it_is_said_where_others_read_along(talk: Talk) -> None:
    writes_there(talk, "what did you offer me?", THERE)
    assert not any("£10" in text for _, text in talk.said)


@pytest.mark.parametrize("words", ["I accept the voucher", "I'll take the store credit", "yes, I accept your offer"])
def test_it_is_taken_where_others_read_along_and_the_rest_is_said_where_it_was_made(talk: Talk, words: str) -> None:
    talk.says(words, THREAD)
    assert granted(talk)
    here, *there = talk.said
    assert here[0] == THREAD
    assert "private chat" in here[1]
    assert {place for place, _ in there} == {DM}
    assert not any(word in here[1] for word in ("credit", "10", "case"))


def test_it_is_left_where_others_read_along(talk: Talk) -> None:
    writes_there(talk, "no thanks, keep your store credit", THERE)
    assert any("Did not want" in line for line in talk.told)
    (place, said), *_ = talk.said
    assert place == THERE
    assert "in our private chat on Slack" in said
    assert not granted(talk)


@pytest.mark.parametrize("words", ["yes", "I'd like store credit for my return", "do you have a voucher?", "the lamp"])
def test_other_words_where_others_read_along_take_nothing(talk: Talk, words: str) -> None:
    talk.says(words, THREAD)
    assert not granted(talk)
    assert not any("offer" in text or "noted that" in text for place, text in talk.said if place != DM)


def test_who_asks_there_for_the_decision_reads_what_was_offered(talk: Talk) -> None:
    writes_there(talk, "has it been decided?")
    assert any(place == ROOM and "£10.00 store credit" in text for place, text in talk.said)
    writes_there(talk, "yes please")
    assert granted(talk)


def test_an_offer_that_was_left_here_is_wanted_after_all_there(talk: Talk) -> None:
    talk.says("no thanks, keep your £10", DM)
    writes_there(talk, "I'd still like your offer")
    assert talk.turn.trace.rule == "offer_wanted_after_all"
    assert "I'd still like your offer" in talk.told


# --- a decision -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(shipped: Catalog) -> Talk:
    """A customer with two accounts, who waits for a decision in the first one's direct messages."""
    begun = Talk(shipped, SLACK)
    begun.dossier = replace(begun.dossier, accounts=(SLACK, DISCORD))
    for text in ("could you make an exception?", "something else", "free delivery to the moon", "none of these"):
        begun.says(text, DM)
    return begun


def said_there(talk: Talk, text: str) -> str:
    writes_there(talk, text)
    assert {place for place, _ in talk.said} == {ROOM}
    return " ".join(said for _, said in talk.said)


def test_who_asks_there_for_a_decision_hears_how_it_stands_and_where_it_comes(waiting: Talk) -> None:
    said = said_there(waiting, "has it been decided?")
    assert "in our private chat on Slack" in said
    assert "has it been decided?" in waiting.told


@pytest.mark.parametrize("ruling", ["approve", "decline"])
def test_once_it_is_decided_they_hear_where_the_answer_is(waiting: Talk, ruling: str) -> None:
    case = waiting.dossier.cases[-1].number
    waiting.happens(staff_event(ruling, "Get well soon", agent="sam", case=case, **waiting.common()))
    assert {place for place, _ in waiting.said} == {DM}
    assert "in our private chat on Slack" in said_there(waiting, "was it approved or rejected")
    assert "decided at" in said_there(waiting, "any news on my case?")


def test_what_is_surely_about_something_else_asks_for_no_decision(waiting: Talk) -> None:
    assert "private chat on Slack" not in said_there(waiting, "my payment was declined")


def test_where_others_read_along_nothing_is_said_of_it(waiting: Talk) -> None:
    writes_there(waiting, "has it been decided?", THERE)
    assert not any("decided" in text or "decision" in text for _, text in waiting.said)
