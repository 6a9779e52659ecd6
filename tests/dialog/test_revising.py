"""Edits and deletes: whoever has read the words elsewhere sees what became of them."""

from bot.dialog.effects import OpenCase, Say, TakeBack, TellStaff
from bot.dialog.events import AgentReplied, MessageDeleted, MessageEdited, NoteAdded, ReplyDeleted, ReplyEdited
from tests.dialog.talk import DM, Talk


def with_people(talk: Talk) -> str:
    """Have a message relayed to staff; return the effect that did it."""
    talk.says("talk to a person", DM)
    talk.says("my lamp is brokn", DM, messages=("T1/D1/5",))
    (at,) = [at for at, effect in enumerate(talk.turn.effects) if isinstance(effect, TellStaff)]
    return f"{talk.turn.id}.{at}"


def test_an_edit_of_what_staff_have_read_is_shown_in_its_place_with_a_mark(talk: Talk) -> None:
    effect = with_people(talk)
    talk.happens(MessageEdited(place=DM, message="T1/D1/5", text="my lamp is broken", **talk.common()))
    (line,) = talk.effects(TellStaff)
    assert line.edits == effect
    assert talk.told == ["my lamp is broken (edited)"]


def test_what_the_customer_deleted_is_marked_for_staff_not_lost(talk: Talk) -> None:
    effect = with_people(talk)
    talk.happens(MessageDeleted(place=DM, message="T1/D1/5", **talk.common()))
    (line,) = talk.effects(TellStaff)
    assert line.edits == effect
    assert talk.told == ["my lamp is brokn (deleted by the customer)"]


def test_an_agents_edit_and_delete_reach_the_customer(talk: Talk) -> None:
    with_people(talk)
    talk.happens(AgentReplied(agent="dana", case=1, text="Try te switch", message="T1/C9/1", **talk.common()))
    (sent,) = [f"{talk.turn.id}.{at}" for at, effect in enumerate(talk.turn.effects) if isinstance(effect, Say)]
    talk.happens(ReplyEdited(agent="dana", case=1, text="Try the switch", message="T1/C9/1", **talk.common()))
    (say,) = talk.effects(Say)
    assert (say.edits, say.author) == (sent, "Dana")
    assert talk.said == [(DM, "Try the switch (edited)")]
    talk.happens(ReplyEdited(agent="dana", case=1, text="Try the big switch", message="T1/C9/1", **talk.common()))
    (again,) = talk.effects(Say)
    sent = f"{talk.turn.id}.0"
    assert again.edits == f"{talk.turn.id.rpartition('.')[0]}.{int(talk.turn.id.rpartition('.')[2]) - 1}.0"
    talk.happens(ReplyDeleted(agent="dana", case=1, message="T1/C9/1", **talk.common()))
    assert talk.effects(TakeBack) == [TakeBack(place=DM, effect=sent)]


def test_an_edit_of_a_note_reaches_nobody(talk: Talk) -> None:
    with_people(talk)
    talk.happens(NoteAdded(agent="dana", case=1, text="difficult one", message="T1/C9/2", **talk.common()))
    talk.happens(ReplyEdited(agent="dana", case=1, text="a difficult one", message="T1/C9/2", **talk.common()))
    assert talk.turn.effects == ()


def test_words_that_were_not_understood_are_taken_anew_when_they_are_edited(talk: Talk) -> None:
    talk.says("xqzt blorp", DM, messages=("m1",))
    assert talk.turn.trace.decision == "unknown"
    talk.happens(MessageEdited(place=DM, message="m1", text="how long does delivery take?", **talk.common()))
    assert len(talk.said) == 1
    talk.happens(MessageEdited(place=DM, message="m1", text="how long does a delivery take?", **talk.common()))
    assert talk.said == []  # it has been answered


def test_danger_that_is_written_into_a_message_afterwards_calls_people(talk: Talk) -> None:
    talk.says("how long does delivery take?", DM, messages=("m1",))
    talk.happens(MessageEdited(place=DM, message="m1", text="it exploded and my hand is bleeding", **talk.common()))
    assert talk.effects(OpenCase)
    talk.says("how long does delivery take?", DM, messages=("m2",))
    talk.happens(MessageEdited(place=DM, message="m2", text="oh no, my kettle caught fire", **talk.common()))
    assert not talk.effects(OpenCase)
    assert talk.told == ["oh no, my kettle caught fire (edited)"]


def test_an_edit_of_what_was_never_seen_changes_nothing(talk: Talk) -> None:
    talk.happens(MessageEdited(place=DM, message="m9", text="hello", **talk.common()))
    assert talk.turn.effects == ()
    assert talk.turn.trace.rule == "edit_of_nothing"
