"""A customer's own cases, where others read along and from other places than the case's."""

from bot.dialog.effects import OpenPrivate, Say, TellStaff
from bot.dialog.events import ChoicePressed, DeliveryFailed, FormSubmitted, MessageEdited, PlaceOpened
from tests.dialog.talk import DM, THREAD, Talk


def _opened(talk: Talk) -> None:
    (effect,) = talk.effects(OpenPrivate)
    at = talk.turn.effects.index(effect)
    talk.happens(PlaceOpened(**talk.common(), effect=f"{talk.turn.id}.{at}", place=DM))


def test_in_public_nothing_is_shown_until_a_private_place_is_found(talk: Talk) -> None:
    talk.says("my cases")
    assert [effect for effect in talk.turn.effects if isinstance(effect, Say)] == []
    _opened(talk)
    assert {place for place, text in talk.said if "no open case" in text} == {DM}


def test_in_public_they_are_shown_in_the_private_talk_that_there_is(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    talk.says("my cases")
    assert [(place, "Case 1" in text) for place, text in talk.said] == [(THREAD, False), (DM, True)]
    assert talk.told == []
    talk.happens(ChoicePressed(**talk.common(), place=DM, name="Ana", choice="mycases/close:1"))
    assert "Shall I close case 1" in talk.said[0][1]


def test_where_there_is_no_private_place_the_way_is_told(talk: Talk) -> None:
    talk.says("my cases")
    (effect,) = talk.effects(OpenPrivate)
    id = f"{talk.turn.id}.{talk.turn.effects.index(effect)}"
    talk.happens(DeliveryFailed(**talk.common(), effect=id, detail="closed", place=THREAD))
    ((place, text),) = talk.said
    assert place == THREAD
    assert "direct message" in text


def test_what_is_added_from_another_place_reaches_the_case_and_so_does_its_edit(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    other = "slack:T1/D2"
    talk.happens(ChoicePressed(**talk.common(), place=other, name="Ana", choice="mycases/add:1"))
    talk.says("the blue one", other, scope="private", messages=("m1",))
    assert [effect.case for effect in talk.effects(TellStaff)] == [1]
    assert {place for place, _ in talk.said} == {other}
    talk.happens(MessageEdited(**talk.common(), place=other, message="m1", text="the red one"))
    assert talk.told == ["the red one (edited)"]


def test_a_form_adds_to_the_case(talk: Talk) -> None:
    talk.says("talk to a person", DM)
    sent = FormSubmitted(
        **talk.common(), place=DM, name="Ana", form="mycases/add:1", values={"words": "the blue *one*"}
    )
    talk.happens(sent)
    assert talk.told == ["the blue *one*"]


def test_another_customers_case_cannot_be_touched(talk: Talk) -> None:
    talk.says("hello", DM)
    talk.happens(ChoicePressed(**talk.common(), place=DM, name="Ana", choice="mycases/really:7"))
    assert talk.turn.dossier.cases == ()
    assert "closed already" in talk.said[0][1]


def test_a_customer_with_many_cases_sees_a_handful(talk: Talk) -> None:
    from msgspec.structs import replace

    talk.says("talk to a person", DM)
    (case,) = talk.dossier.cases
    talk.dossier = replace(talk.dossier, cases=tuple(replace(case, number=at) for at in range(1, 40)))
    talk.says("my cases", DM)
    ((_, text),) = talk.said
    assert ("Case 5" in text, "Case 6" in text, "34 more" in text) == (True, False, True)
    assert len(talk.conversation(DM).choices) == 10
