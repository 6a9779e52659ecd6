"""What people decide about a customer: it is kept on the dossier, survives a restart, and holds wherever they write."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.channels.casework import notes, staff_event
from bot.channels.decisions import checklist
from bot.desk.case import Case, Deadline
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, Say, StartTimer, TellStaff
from bot.dialog.events import CallReturned, ChoicePressed, DeadlineReached, FormSubmitted, MessageEdited
from bot.dialog.state import Dossier
from tests.dialog.talk import CHANNEL, DM, THREAD, Talk


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    begun = Talk(shipped)
    begun.says("talk to a person", DM)
    return begun


def does(talk: Talk, agent: str, do: str, text: str = "", case: int = 1) -> None:
    talk.happens(staff_event(do, text, agent=agent, case=case, **talk.common()))


def alerts(talk: Talk) -> str:
    return "\n".join(each.text for each in talk.effects(TellStaff))


def case(talk: Talk, number: int = 1) -> Case:
    return next(each for each in talk.dossier.cases if each.number == number)


def restarted(talk: Talk) -> None:
    """Let the dossier be stored and read again."""
    talk.dossier = msgspec.json.decode(msgspec.json.encode(talk.dossier), type=Dossier)


def deadline(talk: Talk, kind: str) -> Deadline:
    timers: list[StartTimer] = talk.effects(StartTimer)
    return next(each.deadline for each in timers if each.deadline.kind == kind)


def fires(talk: Talk, due: Deadline) -> None:
    talk.at = due.due
    talk.happens(DeadlineReached(deadline=due, **talk.common()))


def test_a_block_holds_in_every_place_and_over_a_restart(talk: Talk) -> None:
    does(talk, "dana", "block", "1h insults")
    over = deadline(talk, "block")
    restarted(talk)
    talk.says("how long does delivery take?", THREAD, near=CHANNEL)
    assert talk.said == []
    assert talk.told == ["how long does delivery take?"]
    fires(talk, over)
    assert talk.said == []
    talk.says("how long does delivery take?", THREAD, near=CHANNEL)
    assert talk.said != []


def test_danger_heard_through_a_block_makes_the_case_as_urgent_as_without_one(talk: Talk) -> None:
    does(talk, "dana", "block", "1h insults")
    talk.says("my kettle exploded and my hand is burnt", DM)
    assert (case(talk).priority, case(talk).category, case(talk).flags) == (1, "safety", ("safety",))
    assert sum("112" in said for _, said in talk.said) == 1


def test_a_block_whose_deadline_is_late_is_over_all_the_same(talk: Talk) -> None:
    does(talk, "dana", "block", "1h insults")
    talk.says("how long does delivery take?", DM, after=3_601)
    assert talk.said != []


def test_a_second_block_takes_the_place_of_the_first_without_another_word(talk: Talk) -> None:
    does(talk, "sam", "block", "1h insults")
    first = deadline(talk, "block")
    does(talk, "sam", "block", "5h more insults")
    assert talk.said == []
    fires(talk, first)
    assert talk.told == []
    talk.says("hello", DM)
    assert talk.said == []


def test_presses_forms_and_edits_of_a_blocked_customer_are_not_answered(talk: Talk) -> None:
    (choice, *_) = talk.conversation(DM).choices
    does(talk, "dana", "block", "1h insults")
    talk.happens(ChoicePressed(place=DM, name="Ana", choice=choice.id, label="Back to the bot", **talk.common()))
    assert (talk.said, talk.told) == ([], ["Back to the bot"])
    assert case(talk).open
    talk.happens(FormSubmitted(place=DM, name="Ana", form="c1.1/form", values={"a": "my words"}, **talk.common()))
    assert (talk.said, talk.told) == ([], ["my words"])
    talk.says("gibberish", DM, messages=("m1",))
    talk.happens(MessageEdited(place=DM, message="m1", text="where is my order", **talk.common()))
    assert talk.said == []


def test_words_during_a_block_wait_for_an_answer_as_others_do(talk: Talk) -> None:
    does(talk, "dana", "reply", "Hello")
    does(talk, "dana", "block", "1h insults")
    talk.says("sorry about that", DM)
    assert case(talk).waits == talk.at


def test_after_the_end_nothing_that_was_planned_is_said(talk: Talk) -> None:
    does(talk, "dana", "claim")
    does(talk, "dana", "resolve")
    check_in = deadline(talk, "check_in")
    talk.says("talk to a person", DM)
    does(talk, "sam", "ending", "start never pays")
    while (ending := talk.dossier.standing.ending) and ending.next:
        does(talk, "dana", "ending", f"done {ending.next.id}")
    does(talk, "sam", "ending", "now")
    assert talk.dossier.standing.ended
    does(talk, "dana", "resolve")
    restarted(talk)
    fires(talk, check_in)
    assert talk.effects(Say) == []
    assert talk.dossier.conversations[0].frames == ()


def test_somebody_in_danger_after_the_end_is_urgent_and_told_what_to_do(talk: Talk) -> None:
    does(talk, "sam", "ending", "start never pays")
    while (ending := talk.dossier.standing.ending) and ending.next:
        does(talk, "dana", "ending", f"done {ending.next.id}")
    does(talk, "sam", "ending", "now")
    does(talk, "dana", "resolve")
    talk.says("I got an electric shock from my lamp", DM)
    assert [("999" in text) for _, text in talk.said] == [True, False]
    assert max(talk.dossier.cases, key=lambda each: each.number).priority == 1
    assert "speaks of danger. Sam" in alerts(talk)


def test_danger_in_later_words_after_the_end_is_as_urgent_and_told_what_to_do_once(talk: Talk) -> None:
    does(talk, "sam", "ending", "start never pays")
    while (ending := talk.dossier.standing.ending) and ending.next:
        does(talk, "dana", "ending", f"done {ending.next.id}")
    does(talk, "sam", "ending", "now")
    does(talk, "dana", "resolve")
    talk.says("how long does delivery take?", DM)
    talk.says("my kettle exploded and my hand is burnt", DM)
    assert [("999" in text) for _, text in talk.said] == [True]
    assert max(talk.dossier.cases, key=lambda each: each.number).priority == 1
    talk.says("it exploded again", DM)
    assert talk.said == []


def test_a_case_that_becomes_more_urgent_is_held_to_the_targets_of_its_new_priority(talk: Talk) -> None:
    before = {watch.kind: watch.target for watch in case(talk).watches}
    does(talk, "dana", "needed", talk.at.date().isoformat())
    after = {watch.kind: watch.target for watch in case(talk).watches}
    assert case(talk).priority == 1
    assert before["first_response"] == timedelta(hours=2)
    assert after["first_response"] == timedelta(minutes=15)
    assert deadline(talk, "level").due < talk.at + timedelta(hours=1)


def test_who_writes_a_day_or_a_span_that_is_none_reads_what_was_not_understood_and_an_example(talk: Talk) -> None:
    does(talk, "dana", "needed", "31/02")
    assert "“31/02” is no day that I can read: say by which day, such as: !needed 2026-12-24" in alerts(talk)
    does(talk, "sam", "block", "25:00 insults")
    assert "“25:00 insults” isn't how long, and then why: say for how long and why" in alerts(talk)


def test_the_card_tells_what_was_given_before_and_what_speaks_for_the_customer(talk: Talk) -> None:
    does(talk, "dana", "grant", "5 GBP for the delay")
    does(talk, "dana", "grant", "5 GBP for the *stamps*")
    does(talk, "dana", "used", "1")
    does(talk, "dana", "argue", "six years with us")
    does(talk, "dana", "grant", "40 GBP for the lamp")
    asked = max(talk.dossier.cases, key=lambda each: each.number)
    told = "\n".join(notes(asked, talk.catalog))
    assert "Known since Monday, January 5" in told or "Known since Monday" in told
    assert "£5.00 for the delay (Monday, 5 January, by Dana, used)".replace(",", "") in told.replace(",", "")
    assert "not used" in told
    assert "six years with us" in told
    assert asked.subject == "£40.00 for the lamp"


def test_the_worth_of_the_order_stands_on_an_approval(shipped: Catalog) -> None:
    talk = Talk(shipped)
    for words in ("could you make an exception?", "my money back", "10031"):
        talk.says(words, DM)
    (call,) = talk.effects(Call)
    order = {"number": "10031", "total": "64.00", "items": []}
    name = f"{talk.turn.id}.{talk.turn.effects.index(call)}"
    talk.happens(CallReturned(call=name, result="found", value=order, **talk.common()))
    form = talk.conversation(DM).form
    assert form
    wish: dict[str, Any] = {"wish": "money", "why": "ill"}
    talk.happens(FormSubmitted(place=DM, name="Ana", form=form.id, values=wish, **talk.common()))
    talk.says("none of these", DM)
    (approval,) = talk.dossier.cases
    assert approval.worth == "64.00"
    assert "#10031 · £64.00 (looked up" in "\n".join(notes(approval, shipped))


def test_the_checklist_of_an_ending_stands_on_the_card_until_it_is_stopped(talk: Talk) -> None:
    assert checklist(case(talk), talk.catalog) == []
    does(talk, "sam", "ending", "start never pays")
    does(talk, "dana", "ending", "done value little to lose")
    lines = checklist(case(talk), talk.catalog)
    assert [line[0] for line in lines[1:4]] == ["☑", "☐", "☐"]
    assert "Dana" in lines[1]
    does(talk, "sam", "ending", "stop")
    assert checklist(case(talk), talk.catalog) == []


def test_a_dossier_from_before_all_this_is_known_since_its_first_case(talk: Talk) -> None:
    stored = msgspec.to_builtins(talk.dossier)
    del stored["standing"]
    talk.dossier = msgspec.convert(stored, type=Dossier)
    began = talk.at
    talk.says("hello", DM, after=86_400)
    assert talk.dossier.standing.since == began
