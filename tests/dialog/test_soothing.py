"""Moods in the engine: what a public complaint leads to, what cases know of feelings, and what never happens."""

from datetime import datetime, timedelta

from bot.channels.casework import notes
from bot.dialog.effects import OpenCase, OpenPrivate, Say, StartTimer, TellStaff
from bot.dialog.events import AgentReplied, AgentSpoke, CaseClaimed, DeliveryFailed, PlaceOpened
from tests.dialog.talk import DM, THREAD, Talk

ANGRY = "I am furious, this is a disgrace!!!"


def _moving(talk: Talk) -> str:
    (talk_here,) = [each for each in talk.dossier.conversations if each.moving]
    return talk_here.moving


def test_a_public_complaint_is_acknowledged_in_public_and_goes_on_in_private(talk: Talk) -> None:
    talk.says("I'm fed up with order 67890. I want a refund")
    assert len(talk.effects(OpenPrivate)) == 1
    ((place, public),) = talk.said
    assert place == THREAD
    assert "67890" not in public
    talk.happens(PlaceOpened(**talk.common(), effect=_moving(talk), place=DM))
    assert {place for place, _ in talk.said[1:]} == {DM}
    assert len(talk.said) >= 2


def test_a_public_complaint_is_answered_where_it_stands_when_there_is_no_private_place(talk: Talk) -> None:
    talk.says("this is so frustrating. how long does delivery take?")
    talk.happens(DeliveryFailed(**talk.common(), effect=_moving(talk), detail="blocked"))
    assert [place for place, _ in talk.said] == [THREAD]
    assert not _any_moving(talk)


def _any_moving(talk: Talk) -> bool:
    return any(each.moving for each in talk.dossier.conversations)


def test_calm_words_in_public_stay_there(talk: Talk) -> None:
    talk.says("how long does delivery take?")
    assert talk.effects(OpenPrivate) == []


def test_a_card_says_how_the_customer_sounds_and_that_the_case_moved_up(talk: Talk) -> None:
    talk.says(f"{ANGRY} get me a human, it's urgent", DM)
    (opened,) = talk.effects(OpenCase)
    assert (opened.case.mood, opened.case.priority, opened.case.raised) == ("angry", 2, True)
    assert "Sounds: 😠 angry, in a hurry; moved up for that" in notes(opened.case, talk.catalog)


def test_a_calm_card_says_nothing_of_moods(talk: Talk) -> None:
    talk.says("get me a human", DM)
    (opened,) = talk.effects(OpenCase)
    assert (opened.case.mood, opened.case.priority) == ("calm", 3)
    assert notes(opened.case, talk.catalog) == ["Known since Monday 5 January"]


def test_the_bot_says_nothing_of_feelings_while_a_person_talks(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.happens(CaseClaimed(**talk.common(), agent="dana", case=1))
    for words in (ANGRY, "you idiots", "fuck you", "go to hell", ANGRY, "drop dead"):
        talk.says(words, DM)
        assert talk.effects(Say) == []
    assert talk.dossier.cases[0].mood == "abusive"


def test_a_person_who_has_the_case_is_told_of_abuse(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.happens(CaseClaimed(**talk.common(), agent="dana", case=1))
    talk.says("fuck you", DM)
    talk.says("fuck you", DM)
    assert not any("abusive 3 times" in line for line in talk.told)
    talk.says("fuck you", DM)
    assert any("abusive 3 times" in line for line in talk.told)


def test_happy_words_end_what_was_lasting(talk: Talk) -> None:
    talk.says("I'm annoyed blorp", DM)
    talk.says("I'm fed up blorp", DM)
    talk.says("thank you so much, that's perfect", DM)
    talk.says("I'm annoyed blorp", DM)
    assert not any("supervisor" in words for _, words in talk.said)


def test_words_of_the_customer_are_said_back_as_they_are(talk: Talk) -> None:
    talk.says("I am furious about blorp", DM)
    talk.says("{{ 7 * 7 }} *quux* blorp", DM)
    assert any("{{ 7 * 7 }} *quux* blorp" in words for _, words in talk.said)


def test_danger_in_an_open_case_counts_as_danger_from_the_first_word_on(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.says("my kettle exploded and my hand is burnt", DM)
    (case,) = talk.dossier.cases
    assert (case.priority, case.category) == (1, "safety")
    assert case.why
    assert [watch.target for watch in case.watches] == [timedelta(minutes=15), timedelta(hours=4)]
    assert any("112" in said for _, said in talk.said[-3:])


def test_danger_while_a_person_has_the_case_calls_them_and_the_supervisors_and_says_what_to_do(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.happens(CaseClaimed(**talk.common(), agent="dana", case=1))
    talk.says("my kettle exploded and my hand is burnt", DM)
    (case,) = talk.dossier.cases
    assert (case.priority, case.category) == (1, "safety")
    assert case.watches[0].target == timedelta(minutes=15)
    assert _rung(talk) == [("dana", "sam")]
    assert ["112" in said for _, said in talk.said] == [True, False]
    assert case.promise == talk.at + timedelta(minutes=30)
    assert _due(talk, "lease") == talk.at + timedelta(minutes=30)


def test_danger_in_silent_mode_calls_people_and_says_nothing(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.happens(AgentReplied(**talk.common(), agent="dana", case=1, text="What is it about?"))
    talk.says("my kettle exploded and my hand is burnt", DM, mode="silent")
    (case,) = talk.dossier.cases
    assert (case.priority, case.promise, talk.said) == (1, None, [])
    assert _rung(talk) == [("dana", "sam")]


def test_danger_in_silent_mode_brings_a_promised_time_nearer_and_the_customer_knows_the_one_before(talk: Talk) -> None:
    talk.says("get me a human", DM)
    (before,) = talk.dossier.cases
    talk.says("my kettle exploded and my hand is burnt", DM, mode="silent")
    (case,) = talk.dossier.cases
    assert (case.promise, case.untold, case.believed) == (talk.at + timedelta(minutes=15), True, before.promise)


def test_danger_where_an_agent_speaks_in_the_thread_opens_a_case_all_the_same(talk: Talk) -> None:
    talk.says("how long does delivery take?")
    talk.happens(AgentSpoke(**talk.common(), place=THREAD, agent="dana", text="I'll take this one."))
    talk.says("it does not arrive")
    assert talk.said == []
    talk.says("my kettle exploded and my hand is burnt")
    assert any("112" in said for _, said in talk.said)
    assert [case.flags for case in talk.dossier.cases] == [("safety",)]


def test_danger_told_in_another_place_reaches_who_has_the_case(talk: Talk) -> None:
    talk.says("get me a human", DM)
    talk.happens(CaseClaimed(**talk.common(), agent="dana", case=1))
    talk.says("my kettle exploded and my hand is burnt", THREAD)
    (case,) = talk.dossier.cases
    assert (case.priority, case.flags) == (1, ("safety",))
    assert _rung(talk) == [("dana", "sam")]


def _rung(talk: Talk) -> list[tuple[str, ...]]:
    return [told.mentions for told in talk.effects(TellStaff) if told.mentions]


def _due(talk: Talk, kind: str) -> datetime | None:
    return next((timer.deadline.due for timer in talk.effects(StartTimer) if timer.deadline.kind == kind), None)


def test_a_complaint_that_began_in_public_is_one_for_staff_too_wherever_it_goes_on(talk: Talk) -> None:
    talk.says("this is so frustrating. how long does delivery take?")
    talk.happens(PlaceOpened(**talk.common(), effect=_moving(talk), place=DM))
    talk.says("I am furious, get me a person", DM)
    (case,) = talk.dossier.cases
    assert (case.category, case.priority) == ("public_complaint", 2)


def test_a_complaint_in_private_is_no_public_one(talk: Talk) -> None:
    talk.says("this is so frustrating, get me a person", DM)
    (case,) = talk.dossier.cases
    assert case.category != "public_complaint"
