"""Public threads, private places, and who else speaks: what the engine makes of where something was said."""

from datetime import timedelta

from bot.dialog.effects import ClosePlace, OpenCase, OpenPrivate, Say, TellStaff, UpdateCase
from bot.dialog.events import (
    AgentSpoke,
    CaseClaimed,
    ChoicePressed,
    CustomerLeft,
    DeliveryFailed,
    FormSubmitted,
    PlaceClosed,
    PlaceOpened,
)
from bot.dialog.files import File
from tests.dialog.talk import CHANNEL, DM, THREAD, Talk

PHOTO = File(at="slack:T1/F1", name="lamp.jpg", kind="image/jpeg", size=1_000)
POST = "discord:5/77"


def opens(talk: Talk, place: str = DM) -> None:
    """The platform finds a private place."""
    (wanted,) = [
        f"{talk.turn.id}.{at}" for at, effect in enumerate(talk.turn.effects) if isinstance(effect, OpenPrivate)
    ]
    talk.happens(PlaceOpened(effect=wanted, place=place, **talk.common()))


def fails(talk: Talk) -> None:
    (wanted,) = [
        f"{talk.turn.id}.{at}" for at, effect in enumerate(talk.turn.effects) if isinstance(effect, OpenPrivate)
    ]
    talk.happens(DeliveryFailed(effect=wanted, detail="DMs are closed", place=THREAD, **talk.common()))


def press(talk: Talk, place: str, value: str) -> None:
    choice = next(choice for choice in talk.conversation(place).choices if choice.id.endswith(f"/{value}"))
    talk.happens(ChoicePressed(place=place, name="Ana", choice=choice.id, label=choice.label, **talk.common()))


# --- moving to a private place ----------------------------------------------------------------------------------------


def test_an_answer_is_given_where_it_was_asked(talk: Talk) -> None:
    talk.says("how long does delivery take?")
    assert [place for place, _ in talk.said] == [THREAD]
    assert talk.effects(OpenPrivate) == []


def test_before_details_are_asked_for_the_talk_moves_to_a_private_place_and_says_so(talk: Talk) -> None:
    talk.says("I'd like a refund")
    (wanted,) = talk.effects(OpenPrivate)
    assert wanted.place == THREAD
    assert talk.said == []
    opens(talk)
    (here, moved), *there = talk.said
    assert (here, {place for place, _ in there}) == (THREAD, {DM})
    assert "priva" in moved
    assert "order" in there[-1][1]
    assert talk.conversation(DM).scope == "private"


def test_in_private_it_just_goes_on(talk: Talk) -> None:
    talk.says("I'd like a refund", DM)
    assert talk.effects(OpenPrivate) == []
    assert {place for place, _ in talk.said} == {DM}


def test_an_order_number_that_was_posted_publicly_is_used_in_private_only(talk: Talk) -> None:
    talk.says("I'd like a refund for order 12345")
    opens(talk)
    assert all("12345" not in text for place, text in talk.said if place == THREAD)
    assert talk.conversation(DM).frames[-1].slots["number"] == "12345"


def test_what_is_written_in_the_thread_afterwards_is_pointed_to_the_private_place(talk: Talk) -> None:
    talk.says("I'd like a refund")
    opens(talk)
    talk.says("it's 12345")
    assert [place for place, _ in talk.said] == [THREAD]
    assert talk.conversation(DM).frames[-1].step == "ask_number"
    talk.says("how long does delivery take?")
    assert talk.turn.trace.decision == "answer"


def test_a_flow_in_progress_in_private_lies_below_the_one_that_moves_there(talk: Talk) -> None:
    talk.says("I'd like a refund", DM)
    talk.says("Where is my order?")
    opens(talk)
    assert [frame.flow for frame in talk.conversation(DM).frames] == ["refund", "order_status"]
    assert len([each for each in talk.dossier.conversations if each.place == DM]) == 1


def test_people_who_have_the_private_talk_get_what_was_said_in_the_thread(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.says("I'd like a refund")
    assert talk.effects(OpenPrivate) == []
    assert talk.told == ["I'd like a refund"]
    assert [place for place, _ in talk.said] == [THREAD]
    assert talk.conversation(THREAD).frames == ()


def test_a_customer_with_a_case_gets_no_second_one_in_another_place(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.says("talk to a person")
    assert talk.effects(OpenCase) == []
    assert talk.told[-1] == "talk to a person"
    assert "case 1" in talk.said[0][1]


def test_what_is_written_where_a_case_was_moved_from_belongs_to_that_case(talk: Talk) -> None:
    talk.says("talk to a person")
    opens(talk)
    talk.says("my lamp is broken")
    assert "my lamp is broken" in talk.told
    assert {place for place, _ in talk.said} <= {DM}
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="I'm on it", **talk.common()))
    assert talk.effects(UpdateCase)[0].case.assignee == "dana"


def test_words_that_come_while_a_private_place_is_looked_for_are_heard_there(talk: Talk) -> None:
    talk.says("I'd like a refund")
    before = talk.turn
    talk.says("it's for order 12345")
    assert talk.turn.effects == ()
    talk.turn = before
    opens(talk)
    assert talk.conversation(DM).frames[-1].slots["number"] == "12345"


def test_a_second_matter_in_the_thread_of_the_first_goes_to_the_private_place_too(talk: Talk) -> None:
    talk.says("I'd like a refund")
    opens(talk)
    talk.says("where is my order?")
    opens(talk)
    assert [frame.flow for frame in talk.conversation(DM).frames] == ["refund", "order_status"]
    assert talk.turn.trace.rule == "moved"
    assert len([place for place, _ in talk.said if place == DM]) > 1


def test_without_a_private_place_a_form_and_another_try_are_offered(talk: Talk) -> None:
    talk.says("I'd like a refund")
    fails(talk)
    (say,) = talk.effects(Say)
    assert say.place == THREAD
    assert say.form.fields[0].id == "number"
    assert [choice.id.rpartition("/")[2] for choice in say.choices] == ["again", "person"]
    press(talk, THREAD, "again")
    opens(talk)
    assert talk.said[-1][0] == DM


def test_a_form_gives_the_details_to_the_team_alone(talk: Talk) -> None:
    talk.says("I'd like a refund")
    fails(talk)
    (say,) = talk.effects(Say)
    talk.happens(FormSubmitted(place=THREAD, name="Ana", form=say.form.id, values={"number": "12345"}, **talk.common()))
    (case,) = talk.effects(OpenCase)
    assert case.case.facts["number"] == "12345"
    assert all("12345" not in text for _, text in talk.said)


def test_a_place_that_opens_after_the_talk_was_left_changes_nothing(talk: Talk) -> None:
    talk.happens(PlaceOpened(effect="c1.1.0", place=DM, **talk.common()))
    assert talk.turn.trace.rule == "late_place"
    assert talk.turn.effects == ()


def test_a_handoff_in_public_is_acknowledged_there_and_goes_on_in_private(talk: Talk) -> None:
    talk.says("talk to a person")
    assert talk.said[0][0] == THREAD
    (case,) = talk.effects(OpenCase)
    assert case.case.public
    opens(talk)
    (card,) = talk.effects(UpdateCase)
    assert (card.case.place, card.case.public) == (DM, False)
    assert talk.told == ["Case 1 goes on in private."]
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    assert talk.said[0][0] == DM


# --- threads ----------------------------------------------------------------------------------------------------------


def test_an_answer_to_our_question_may_stand_in_the_channel_and_belongs_to_the_thread(talk: Talk) -> None:
    talk.says("the blue one", near=CHANNEL)
    assert talk.turn.trace.decision == "clarify"
    talk.says("the kettle", "slack:T1/C1/2.0", near=CHANNEL)
    assert {place for place, _ in talk.said} == {THREAD}
    talk.says("how can I pay?", "slack:T1/C1/3.0", near=CHANNEL, after=600)
    assert [place for place, _ in talk.said] == ["slack:T1/C1/3.0"]


def test_a_new_question_after_an_answer_has_a_thread_of_its_own(talk: Talk) -> None:
    talk.says("how long does delivery take?", near=CHANNEL)
    talk.says("how can I pay?", "slack:T1/C1/2.0", near=CHANNEL, after=5)
    assert [place for place, _ in talk.said] == ["slack:T1/C1/2.0"]


def test_a_question_after_an_agent_has_answered_another_is_not_lost(talk: Talk) -> None:
    talk.says("the blue one", near=CHANNEL)
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="The kettle?", **talk.common()))
    talk.says("how can I pay?", "slack:T1/C1/2.0", near=CHANNEL, after=5)
    assert [place for place, _ in talk.said] == ["slack:T1/C1/2.0"]


def test_when_an_agent_speaks_in_the_thread_the_bot_is_quiet_until_it_is_named(talk: Talk) -> None:
    talk.says("how long does delivery take?")
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="Hi Ana!", **talk.common()))
    talk.says("what does it cost?")
    assert talk.turn.effects == ()
    talk.says("what does it cost?", mentioned=True)
    assert [place for place, _ in talk.said] == [THREAD]


def test_an_agent_who_answers_in_the_thread_has_taken_the_case(talk: Talk) -> None:
    talk.says("talk to a person")
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="Hi Ana!", **talk.common()))
    (card,) = talk.effects(UpdateCase)
    assert (card.case.status, card.case.assignee, card.case.promise) == ("owned", "dana", None)
    talk.says("thank you, one more thing")
    assert talk.told == ["thank you, one more thing"]
    assert talk.said == []


# --- forum posts ------------------------------------------------------------------------------------------------------


def test_a_post_that_helped_is_closed(talk: Talk) -> None:
    talk.says("how long does delivery take?", POST, scope="post", tags=("Delivery",))
    press(talk, POST, "helped")
    assert talk.effects(ClosePlace) == [ClosePlace(place=POST)]


def test_a_posts_tags_help_to_understand_it(talk: Talk) -> None:
    talk.says("the blue one", POST, scope="post")
    without = talk.turn.trace.decision
    other = Talk(talk.catalog)
    other.says("the blue one", POST, scope="post", tags=("Refund request",))
    assert (without, other.turn.trace.id) == ("clarify", "refund")


def test_what_was_in_progress_ends_when_the_place_is_closed(talk: Talk) -> None:
    talk.says("I'd like a refund", POST, scope="post")
    opens(talk, "discord:5/88")
    talk.happens(PlaceClosed(place="discord:5/88", **talk.common()))
    assert talk.conversation("discord:5/88").frames == ()


def test_staff_are_told_when_the_place_of_a_case_is_closed_or_its_customer_leaves(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.happens(PlaceClosed(place=DM, **talk.common()))
    assert "closed" in talk.told[0]
    talk.happens(CustomerLeft(**talk.common()))
    assert "left" in talk.told[0]


# --- files, delays, deliveries ----------------------------------------------------------------------------------------


def test_files_without_words_are_kept_for_the_people_who_come(talk: Talk) -> None:
    talk.says("", DM, files=(PHOTO,))
    assert talk.turn.trace.rule == "files"
    talk.says("talk to a person", DM)
    assert [effect.files for effect in talk.effects(TellStaff)] == [(PHOTO,)]
    talk.says("thanks", DM, files=(PHOTO,))
    assert [effect.files for effect in talk.effects(TellStaff)] == [(PHOTO,)]


def test_a_file_in_a_flow_asks_its_question_again_without_counting(talk: Talk) -> None:
    talk.says("I'd like a refund", DM)
    for _ in range(4):
        talk.says("", DM, files=(PHOTO,))
    assert talk.conversation(DM).frames[-1].step == "ask_number"
    assert talk.conversation(DM).frames[-1].failures == 0


def test_an_answer_that_comes_late_begins_with_an_apology(talk: Talk) -> None:
    talk.says("how long does delivery take?", waited=599)
    assert len(talk.said) == 1
    talk.says("how long does delivery take?", waited=601)
    assert "sorry" in talk.said[0][1].casefold()
    assert len(talk.said) == 2


def test_what_could_not_be_shown_to_staff_is_not_told_to_staff(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.happens(DeliveryFailed(effect="c1.1.0", detail="gone", place="staff:care", **talk.common()))
    assert talk.turn.effects == ()
    talk.happens(DeliveryFailed(effect="c1.1.1", detail="blocked", place=DM, **talk.common()))
    assert "blocked" in talk.told[0]


# --- browsing ---------------------------------------------------------------------------------------------------------


def test_topics_can_be_browsed_down_to_an_answer(talk: Talk) -> None:
    talk.says("/help", DM)
    press(talk, DM, "topic:delivery")
    talk.at += timedelta(seconds=1)
    entry = next(choice for choice in talk.conversation(DM).choices if "pick:" in choice.id)
    press(talk, DM, entry.id.rpartition("/")[2])
    assert talk.conversation(DM).expecting == "feedback"


def test_a_time_that_an_agent_gives_in_the_thread_is_kept_in_its_case(talk: Talk) -> None:
    talk.says("talk to a person")
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="I'll look into it within the hour.", **talk.common()))
    (case,) = talk.dossier.cases
    assert (case.assignee, case.promise, case.vow) == ("dana", talk.at + timedelta(hours=1), "within the hour")


def test_a_time_that_an_agent_gives_in_a_thread_without_a_case_opens_one_of_theirs(talk: Talk) -> None:
    talk.says("how long does delivery take?")
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="I'll look into it within the hour.", **talk.common()))
    (case,) = talk.dossier.cases
    assert (case.assignee, case.promise) == ("dana", talk.at + timedelta(hours=1))


def test_who_was_answered_in_the_thread_waits_no_longer_and_the_agent_is_not_reminded(talk: Talk) -> None:
    talk.says("talk to a person")
    assert talk.dossier.cases[0].waits == talk.at
    talk.happens(AgentSpoke(place=THREAD, agent="dana", text="It's the fuse, I think.", **talk.common()))
    (case,) = talk.dossier.cases
    assert (case.waits, case.spoke, [watch.kind for watch in case.watches if watch.due]) == (None, "dana", [])
