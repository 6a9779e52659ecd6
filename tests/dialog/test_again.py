"""What was replaced and fails again: noticed by what the dossier remembers, more urgent, with one owner."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.channels.casework import notes, staff_event
from bot.desk.case import Case
from bot.dialog.accounts import joined, parted
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, Say, TellStaff
from bot.dialog.events import CallReturned, ChoicePressed
from bot.dialog.files import File
from bot.dialog.state import Dossier
from tests.dialog.talk import DM, Talk

LAMP = {"code": "lamp", "name": "Brass lamp", "quantity": 1, "price": "78.00", "final_sale": False, "in_stock": True}


def order(number: str = "12345", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "status": "delivered", "refund": "none", "refund_on": None, "delivered_on": "2026-01-02",
        "eta": None, "total": "78.00", "currency": "GBP", "address": "1 Row", "items": [LAMP],
        "replaced_on": None, **more,
    }  # fmt: skip


def returns(talk: Talk, result: str, value: Any = None) -> None:
    turn = talk.turn
    at = next(nth for nth, effect in enumerate(turn.effects) if isinstance(effect, Call))
    talk.happens(CallReturned(call=f"{turn.id}.{at}", result=result, value=value, **talk.common()))


def presses(talk: Talk, label: str) -> None:
    choice = next(each for effect in talk.effects(Say) for each in effect.choices if each.label == label)
    talk.happens(ChoicePressed(place=DM, choice=choice.id, name="Ana", **talk.common()))


def reports(talk: Talk, **more: Any) -> None:
    talk.says("report a damaged item from order 12345", DM)
    returns(talk, "found", order(**more))
    talk.says("no photo", DM)
    talk.says("yes", DM)


def replaced(talk: Talk) -> None:
    """Something of the order is sent anew."""
    reports(talk)
    presses(talk, "A new one")
    talk.says("yes", DM)
    returns(talk, "accepted", {"reference": "RS-1", "amount": None, "done_by": None, "send_by": None})
    talk.says("no thanks", DM)


def later(talk: Talk, **span: float) -> None:
    talk.at += timedelta(**span)
    talk.dossier = msgspec.json.decode(msgspec.json.encode(talk.dossier), type=Dossier)


def case(talk: Talk) -> Case:
    return talk.dossier.cases[-1]


def does(talk: Talk, agent: str, do: str, text: str = "") -> None:
    talk.happens(staff_event(do, text, agent=agent, case=case(talk).number, **talk.common()))


def test_a_second_failure_is_more_urgent_and_suggests_goodwill_until_some_is_given(talk: Talk) -> None:
    replaced(talk)
    later(talk, days=4)
    reports(talk)
    again = case(talk)
    assert (again.priority, again.category, again.goodwill, again.status) == (2, "second_failure", "10", "waiting")
    card = notes(again, talk.catalog)
    assert ["!grant 10 GBP" in line for line in card if "£10.00" in line] == [True]
    assert [line for line in card if "second failure" in line] != []
    does(talk, "dana", "grant", "5 GBP for the trouble")
    assert [line for line in notes(case(talk), talk.catalog) if "£10.00" in line] == []


def test_what_fails_on_the_day_on_which_it_was_replaced_is_no_second_failure(talk: Talk) -> None:
    replaced(talk)
    later(talk, hours=2)
    reports(talk)
    presses(talk, "A person, please")
    assert (case(talk).priority, case(talk).category, case(talk).goodwill) == (3, "returns", "")


def test_another_order_has_not_failed_before(talk: Talk) -> None:
    replaced(talk)
    later(talk, days=4)
    talk.says("report a damaged item from order 67890", DM)
    returns(talk, "found", order("67890"))
    talk.says("no photo", DM)
    talk.says("yes", DM)
    presses(talk, "A person, please")
    assert (case(talk).category, case(talk).goodwill) == ("returns", "")


def test_the_order_system_may_know_what_the_bot_does_not(talk: Talk) -> None:
    reports(talk, replaced_on="2026-01-03")
    assert sum("replaced on Saturday 3 January" in text for _, text in talk.said) == 1


@pytest.fixture
def had(talk: Talk) -> Talk:
    """Dana has replaced something of an order."""
    reports(talk)
    presses(talk, "A person, please")
    does(talk, "dana", "claim")
    does(talk, "dana", "resolve", "replaced It's on its way.")
    later(talk, days=8)
    return talk


def test_a_second_failure_goes_to_whoever_replaced_it_and_calls_them(had: Talk) -> None:
    reports(had)
    assert (case(had).status, case(had).assignee, case(had).priority) == ("owned", "dana", 2)
    assert [effect.mentions for effect in had.effects(TellStaff) if effect.mentions] == [("dana",)]
    assert [text for _, text in had.said if "Dana" in text] != []


def test_a_second_failure_waits_for_anybody_while_who_had_it_is_away(had: Talk) -> None:
    does(had, "dana", "away", "2h")
    reports(had)
    assert (case(had).status, case(had).assignee, case(had).priority) == ("waiting", "", 2)


def test_a_case_that_ended_otherwise_is_no_first_failure_but_the_same_matter_again(talk: Talk) -> None:
    reports(talk)
    presses(talk, "A person, please")
    does(talk, "dana", "resolve", "explained It's meant to be so.")
    later(talk, days=8)
    reports(talk)
    presses(talk, "A person, please")
    assert (case(talk).category, case(talk).assignee, case(talk).goodwill) == ("repeat", "dana", "")


def test_a_case_taken_up_again_is_as_urgent_as_the_second_failure_that_it_is(had: Talk) -> None:
    had.at -= timedelta(days=5)
    reports(had)
    assert [1 for _ in had.dossier.cases] == [1]
    assert (case(had).status, case(had).assignee, case(had).priority) == ("owned", "dana", 2)
    assert case(had).category == "second_failure"


def test_what_was_replaced_stays_with_the_account_that_it_was_replaced_for(shipped: Catalog) -> None:
    one, other = Talk(shipped, "slack:T1/U1"), Talk(shipped, "discord:U2", count=50)
    replaced(one)
    both = joined(one.dossier, other.dossier)
    assert [each.number for each in both.standing.replaced] == ["12345"]
    theirs, rest = parted(both, "discord:U2")
    assert ([*theirs.standing.replaced], [each.number for each in rest.standing.replaced]) == ([], ["12345"])


PHOTO = File(at="slack:T1/F1", name="lamp.jpg", kind="image/jpeg")
VOICE = File(at="slack:T1/F2", name="voice.m4a", kind="audio/mp4")


@pytest.mark.parametrize(
    ("file", "told"),
    [(PHOTO, "Photo: yes"), (VOICE, "a photo"), (File(at="x", name="a.pdf", kind="application/pdf"), "a photo")],
)
def test_a_photo_of_the_damage_is_read_back_and_nothing_else_is_one(talk: Talk, file: File, told: str) -> None:
    talk.says("report a damaged item from order 12345", DM)
    returns(talk, "found", order())
    talk.says("", DM, files=(file,))
    assert [told in text for _, text in talk.said] == [True]


@pytest.mark.parametrize(("file", "told"), [(PHOTO, "colleagues"), (VOICE, "can't listen")])
def test_a_photo_or_a_voice_note_is_no_answer_to_what_is_wrong(talk: Talk, file: File, told: str) -> None:
    talk.says("something in my order 12345 isn't right", DM)
    returns(talk, "found", order())
    talk.says("", DM, files=(file,))
    assert [told in text for _, text in talk.said] == [True]


def test_the_photo_goes_to_people_with_the_case(talk: Talk) -> None:
    talk.says("report a damaged item from order 12345", DM)
    returns(talk, "found", order())
    talk.says("", DM, files=(PHOTO,))
    talk.says("yes", DM)
    presses(talk, "A person, please")
    assert [effect.files for effect in talk.effects(TellStaff) if effect.files] == [(PHOTO,)]


def test_an_order_that_was_changed_in_between_is_put_right_by_people(talk: Talk) -> None:
    reports(talk)
    presses(talk, "A new one")
    talk.says("yes", DM)
    returns(talk, "refused", "already_refunded")
    assert ["already_refunded" in case(talk).reason] == [True]
    assert sum("done about this already" in text for _, text in talk.said) == 1
