"""Silent, suggest, live: what is said in each, by whom, and that nothing moves on before it is said."""

import dataclasses
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from bot.desk.team import Agent
from bot.dialog.effects import (
    Call,
    MarkReply,
    NoteFact,
    OpenCase,
    Post,
    Say,
    StartTimer,
    TakeBack,
    TellStaff,
    UpdateCase,
)
from bot.dialog.events import (
    AgentSpoke,
    CallReturned,
    ChoicePressed,
    CustomerJoined,
    MessageDeleted,
    MessageDelivered,
    MessageEdited,
    ReplyUndone,
    SuggestionDismissed,
    SuggestionSent,
    TeamSeen,
)
from bot.dialog.markup import plain
from bot.dialog.state import Dossier
from tests.dialog.talk import DM, THREAD, Talk

QUESTION = "how do I reset my password"


def posts(talk: Talk) -> list[str]:
    return [plain(post.text) for post in talk.effects(Post)]


def send(talk: Talk, agent: str = "dana", suggestion: str = "", text: str = "") -> None:
    id = suggestion or talk.dossier.suggestions[-1].id
    talk.happens(SuggestionSent(agent=agent, suggestion=id, text=text, **talk.common()))


@pytest.fixture
def asked(talk: Talk) -> Talk:
    talk.says("what do you do with my data", mode="suggest")
    return talk


def test_in_silent_mode_staff_read_what_would_have_been_said_and_nothing_else_happens(talk: Talk) -> None:
    before = talk.dossier
    turn = talk.says("what do you do with my data", mode="silent")
    (told,) = posts(talk)
    assert [type(effect) for effect in turn.effects] == [Post]
    assert "Ana: what do you do with my data" in told
    assert "would have said" in told
    assert "faqs/" in told
    assert talk.effects(Post)[0].of == THREAD
    assert talk.effects(Post)[0].acts == ()
    assert talk.dossier == before


def test_in_silent_mode_a_wish_for_a_person_opens_no_case_but_says_that_it_would(talk: Talk) -> None:
    talk.says("talk to a person", DM, mode="silent")
    assert talk.effects(OpenCase) + talk.effects(Say) + talk.effects(StartTimer) == []
    assert "would have opened a case" in posts(talk)[0]
    assert talk.dossier.cases == ()


def test_in_silent_mode_what_belongs_to_an_open_case_still_reaches_its_people(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.says("it is the blue lamp", DM, mode="silent")
    assert (talk.said, talk.told) == ([], ["it is the blue lamp"])
    for text in ("this is ridiculous, I am furious", "you are useless, I want a supervisor now!!!"):
        talk.says(text, DM, mode="silent")
        assert (talk.said, text in talk.told) == ([], True)


def test_a_suggestion_says_nothing_and_leaves_the_conversation_as_it_was(asked: Talk) -> None:
    assert [type(effect) for effect in asked.turn.effects] == [Post, StartTimer]
    assert asked.effects(Post)[0].acts == ("send", "edit", "dismiss")
    assert asked.dossier.conversations == ()


def test_sending_says_it_as_the_bots_and_the_talk_goes_on_from_there(asked: Talk) -> None:
    send(asked)
    (place, _), (say,) = asked.said[0], asked.effects(Say)
    assert (place, say.author, say.source.kind) == (THREAD, "", "entry")
    assert "Sent by Dana" in posts(asked)[0]
    assert asked.effects(Post)[0].acts == ()
    assert asked.conversation(THREAD).expecting == "feedback"
    press = ChoicePressed(place=THREAD, name="Ana", choice=say.choices[0].id, mode="suggest", **asked.common())
    asked.happens(press)
    assert asked.said == []
    assert len(asked.dossier.suggestions) == 1


def test_it_is_sent_once_and_the_second_agent_is_told_who_was_first(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    send(asked, "dana", id)
    (shown,) = [f"{asked.turn.id}.{at}" for at, each in enumerate(asked.turn.effects) if isinstance(each, Post)]
    send(asked, "lee", id)
    assert asked.said == []
    (late,) = asked.effects(Post)
    assert "Dana" in late.text
    assert late.under == shown
    send(asked, "dana", id)
    assert posts(asked) == ["Dana, you have answered this already."]


def test_other_words_go_out_in_the_name_of_whoever_sends_them(asked: Talk) -> None:
    send(asked, text="We keep *nothing*.")
    (say,) = asked.effects(Say)
    assert (plain(say.text), say.source.kind, say.source.id) == ("We keep *nothing*.", "agent", "dana")
    assert say.author.startswith("Dana")
    assert asked.conversation(THREAD).recent[-1].text == "We keep *nothing*."


def test_the_customer_was_told_when_it_was_sent_not_when_it_was_suggested(asked: Talk) -> None:
    asked.at += timedelta(hours=1)
    send(asked)
    assert asked.conversation(THREAD).told == asked.at


def test_somebody_who_works_here_by_a_role_sends_it_too(asked: Talk) -> None:
    mia = Agent(id="U7", name="Mia", role="agent", accounts=("slack:T1/U7",))
    asked.happens(TeamSeen(team="slack:T1", members=(mia,), **asked.common()))
    send(asked, "U7")
    assert len(asked.said) == 1
    assert "Sent by Mia" in posts(asked)[0]


def test_their_words_are_marked_as_delivered_and_the_next_suggestion_can_still_be_sent(asked: Talk) -> None:
    shown = asked.dossier.suggestions[0].post
    send(asked, text="We keep nothing.")
    (say,) = asked.effects(Say)
    sent = f"{asked.turn.id}.{asked.turn.effects.index(say)}"
    asked.says("what do you do with my data", mode="suggest")
    asked.happens(MessageDelivered(effect=sent, **asked.common()))
    assert asked.turn.effects == (MarkReply(place="staff:care", case=0, line=shown, sign="delivered"),)
    assert say.receipt
    send(asked)
    assert len(asked.said) == 1
    assert [reply.status for reply in asked.conversation(THREAD).replies] == ["delivered"]


def test_their_words_can_be_taken_back_by_themselves_and_only_for_a_while(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    shown = asked.dossier.suggestions[0].post
    send(asked, text="We keep nothing.")
    assert asked.effects(Post)[0].acts == ("undo",)
    asked.happens(ReplyUndone(agent="lee", case=0, reply=id, **asked.common()))
    assert asked.effects(TakeBack) == []
    asked.happens(ReplyUndone(agent="dana", case=0, reply=id, **asked.common()))
    assert [each.place for each in asked.effects(TakeBack)] == [THREAD]
    assert [each.sign for each in asked.effects(MarkReply)] == ["taken_back"]
    assert "Dana has taken that back" in posts(asked)[0]
    assert asked.effects(Post)[0].under == shown
    asked.happens(ReplyUndone(agent="dana", case=0, reply=id, **asked.common()))
    assert asked.effects(TakeBack) == []


def test_their_words_stay_after_half_a_minute_and_the_bots_own_have_nothing_to_undo(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    send(asked, text="We keep nothing.")
    asked.at += timedelta(minutes=1)
    asked.happens(ReplyUndone(agent="dana", case=0, reply=id, **asked.common()))
    assert asked.effects(TakeBack) == []
    assert "can't be taken back any more" in posts(asked)[0]
    asked.says("what do you do with my data", mode="suggest")
    send(asked)
    assert asked.effects(Post)[0].acts == ()


def test_the_customer_reads_the_name_that_the_shop_gives_its_agents(talk: Talk) -> None:
    talk.catalog = dataclasses.replace(talk.catalog, voice=replace(talk.catalog.voice, names="team"))
    talk.says("what do you do with my data", mode="suggest")
    send(talk, text="We keep nothing.")
    (say,) = talk.effects(Say)
    assert say.author == "Our care team"
    assert talk.conversation(THREAD).recent[-1].who == "Dana"
    assert "Sent by Dana" in posts(talk)[0]


def test_dismissed_it_is_gone_and_nothing_was_said(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    asked.happens(SuggestionDismissed(agent="dana", suggestion=id, **asked.common()))
    assert asked.said == []
    assert "Dismissed by Dana" in posts(asked)[0]
    assert asked.effects(Post)[0].acts == ("edit", "leave")
    assert asked.dossier.conversations == ()
    asked.happens(SuggestionDismissed(agent="lee", suggestion=id, leave=True, **asked.common()))
    assert asked.said == []
    assert asked.effects(Post)[0].acts == ()
    assert (asked.dossier.suggestions, asked.dossier.conversations) == ((), ())


def test_that_no_answer_is_needed_can_be_said_at_once(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    asked.happens(SuggestionDismissed(agent="dana", suggestion=id, leave=True, **asked.common()))
    assert (asked.said, asked.dossier.suggestions) == ([], ())
    assert "no answer is needed" in posts(asked)[0]


def test_two_who_dismiss_at_once_do_not_leave_the_customer_without_an_answer(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    for agent in ("dana", "lee"):
        asked.happens(SuggestionDismissed(agent=agent, suggestion=id, **asked.common()))
    assert "Dana was first" in posts(asked)[0]
    assert [each.dismissed for each in asked.dossier.suggestions] == ["dana"]


def test_what_was_dismissed_happens_no_more_when_other_words_are_sent(talk: Talk) -> None:
    talk.says("where is my order 67890", DM, mode="suggest")
    id = talk.dossier.suggestions[0].id
    talk.happens(SuggestionDismissed(agent="dana", suggestion=id, **talk.common()))
    send(talk, "lee", id, "I look it up myself.")
    assert (talk.effects(Call), talk.said) == ([], [(DM, "I look it up myself.")])
    assert talk.conversation(DM).frames == ()
    assert talk.effects(Post)[0].acts == ("undo",)


def test_where_nobody_is_ever_called_a_suggestion_that_is_dismissed_is_gone(talk: Talk) -> None:
    talk.catalog = dataclasses.replace(talk.catalog, limits=replace(talk.catalog.limits, unsent=0))
    talk.says("what do you do with my data", mode="suggest")
    id = talk.dossier.suggestions[0].id
    talk.happens(SuggestionDismissed(agent="dana", suggestion=id, **talk.common()))
    assert talk.dossier.suggestions == ()


def test_other_words_come_without_the_bots_buttons_and_what_a_flow_asks_is_still_answered(talk: Talk) -> None:
    talk.says("what do you do with my data", mode="suggest")
    send(talk, text="We keep nothing.")
    (say,) = talk.effects(Say)
    assert (say.choices, talk.conversation(THREAD).choices, talk.conversation(THREAD).expecting) == ((), (), "")
    talk.says("where is my order", DM, mode="suggest")
    send(talk, text="Which order is it?")
    assert talk.effects(Say)[0].choices == ()
    talk.says("67890", DM, mode="suggest")
    send(talk)
    assert [call.action for call in talk.effects(Call)] == ["find_order"]


def test_other_words_are_said_where_the_bot_would_only_have_looked_something_up(talk: Talk) -> None:
    talk.says("where is my order", DM, mode="suggest")
    send(talk)
    talk.says("67890", DM, mode="suggest")
    (kept,) = talk.dossier.suggestions
    bare = replace(kept, effects=tuple(each for each in kept.effects if not isinstance(each, Say)))
    talk.dossier = replace(talk.dossier, suggestions=(bare,))
    send(talk, text="One moment.")
    assert talk.said == [(DM, "One moment.")]
    assert len(talk.effects(Call)) == 1


def test_while_a_case_needs_care_only_a_supervisor_sends_what_the_bot_suggests(asked: Talk) -> None:
    id = asked.dossier.suggestions[0].id
    asked.says("my lawyer will sue you", DM)
    send(asked, "dana", id)
    assert asked.said == []
    assert "needs care" in posts(asked)[0]
    send(asked, "sam", id)
    assert len(asked.said) == 1


def test_while_a_case_needs_care_own_words_are_sent_but_start_nothing(talk: Talk) -> None:
    talk.says("what do you do with my data", mode="suggest")
    talk.says("where is my order 67890", "slack:T1/D2", scope="private", mode="suggest")
    answer, looks = (each.id for each in talk.dossier.suggestions)
    talk.says("my lawyer will sue you", DM)
    send(talk, "dana", looks, "I look it up.")
    assert (talk.said, talk.effects(Call)) == ([], [])
    send(talk, "dana", answer, "We keep nothing.")
    assert talk.said == [(THREAD, "We keep nothing.")]


def test_while_a_case_needs_care_own_words_that_admit_something_are_not_sent(talk: Talk) -> None:
    talk.says("what do you do with my data", mode="suggest")
    (answer,) = (each.id for each in talk.dossier.suggestions)
    talk.says("my lawyer will sue you", DM)
    send(talk, "dana", answer, "It was our mistake.")
    assert (talk.said, "admit or offer" in posts(talk)[0]) == ([], True)
    send(talk, "sam", answer, "It was our mistake.")
    assert talk.said == [(THREAD, "It was our mistake.")]


def test_what_all_of_staff_read_beside_an_answer_does_not_send_it(talk: Talk) -> None:
    day = talk.at.date()
    talk.catalog = dataclasses.replace(talk.catalog, review_from=day)
    talk.says("what do you do with my data", mode="suggest")
    assert talk.said == []
    assert [type(each) for each in talk.turn.effects if isinstance(each, TellStaff | NoteFact)] == [TellStaff, NoteFact]
    assert len(talk.dossier.suggestions) == 1
    send(talk)
    assert [each for each in talk.turn.effects if isinstance(each, TellStaff | NoteFact)] == []
    assert len(talk.said) == 1


def test_a_welcome_that_nobody_sends_opens_no_case(talk: Talk) -> None:
    talk.dossier = replace(talk.dossier, met=False)
    talk.happens(CustomerJoined(place=DM, name="Ana", mode="suggest", **talk.common()))
    assert len(talk.dossier.suggestions) == 1
    assert talk.effects(StartTimer) == []


def test_what_was_not_said_beside_a_case_is_not_shown_to_its_people_as_said(talk: Talk) -> None:
    talk.says("talk to a person", DM, mode="suggest")
    talk.says("what do you do with my data", DM, mode="suggest")
    (case,) = talk.dossier.cases
    assert not any("Your data is yours" in line.text for line in (*case.recent, *talk.conversation(DM).recent))
    assert all(effect.case in talk.dossier.cases for effect in talk.effects(UpdateCase))


def test_who_is_no_agent_sends_nothing(asked: Talk) -> None:
    send(asked, "nobody")
    assert asked.turn.effects == ()
    assert len(asked.dossier.suggestions) == 1


def test_what_the_customer_adds_takes_the_place_of_what_was_suggested_and_covers_both(asked: Talk) -> None:
    old = asked.dossier.suggestions[0]
    asked.says("and where can I read it", mode="suggest")
    (post,), (new,) = asked.effects(Post), asked.dossier.suggestions
    assert post.edits == old.post
    assert "what do you do with my data\nand where can I read it" in plain(post.text)
    send(asked, suggestion=old.id)
    assert asked.said == []
    assert "moved on" in posts(asked)[0]
    send(asked, suggestion=new.id)
    assert len(asked.said) == 1


def test_a_wish_for_a_person_is_met_at_once_and_ends_what_was_suggested(asked: Talk) -> None:
    asked.says("talk to a person", mode="suggest")
    (case,) = asked.effects(OpenCase)
    assert "what do you do with my data" in [line.text for line in case.case.recent]
    assert "moved on" in posts(asked)[-1]
    assert asked.dossier.suggestions == ()
    asked.says("it is blue", mode="suggest")
    assert "it is blue" in asked.told


def test_an_agent_who_answers_in_the_thread_ends_what_was_suggested(asked: Talk) -> None:
    old = asked.dossier.suggestions[0].id
    asked.happens(AgentSpoke(place=THREAD, agent="dana", text="We keep nothing", **asked.common()))
    assert "moved on" in posts(asked)[0]
    send(asked, suggestion=old)
    assert asked.said == []


def test_edited_words_are_answered_anew_and_deleted_ones_not_at_all(talk: Talk) -> None:
    talk.says("what do you do with my dog", mode="suggest", messages=("m1",))
    old = talk.dossier.suggestions[0]
    talk.happens(MessageEdited(place=THREAD, message="m1", text="what do you do with my data", **talk.common()))
    assert "my data" in posts(talk)[0]
    assert talk.effects(Post)[0].edits == old.post
    talk.happens(MessageDeleted(place=THREAD, message="m1", **talk.common()))
    assert talk.dossier.suggestions == ()
    assert "moved on" in posts(talk)[0]


def test_switched_to_live_the_bot_answers_and_what_was_suggested_can_no_longer_be_sent(asked: Talk) -> None:
    old = asked.dossier.suggestions[0].id
    asked.says("what do you do with my data")
    assert len(asked.said) >= 1
    send(asked, suggestion=old)
    assert asked.said == []


def test_a_flow_in_private_goes_step_by_step_each_one_sent(talk: Talk) -> None:
    talk.says("where is my order", DM, mode="suggest")
    send(talk)
    question = talk.said
    talk.says("67890", DM, mode="suggest")
    assert talk.said == []
    assert question
    assert talk.effects(Call) == []
    send(talk)
    call = f"{talk.turn.id}.{[type(each) for each in talk.turn.effects].index(Call)}"
    talk.happens(CallReturned(call=call, result="not_found", **talk.common()))
    assert talk.said == []
    talk.says("hello?", DM, mode="suggest")
    assert talk.said == []
    send(talk)
    assert len(talk.said) >= 2


def test_a_dossier_with_a_suggestion_is_stored_and_read_again(asked: Talk) -> None:
    stored = msgspec.json.encode(asked.dossier)
    assert msgspec.json.decode(stored, type=Dossier) == asked.dossier
