"""Notices to many: whom one is for, what staff may do with it, and what becomes of it in each customer's own turn."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from msgspec.json import encode
from msgspec.structs import replace

from bot.channels.casework import post_event, staff_event
from bot.desk.broadcast import NOTICES, Audience, Broadcast, Counts, Reply
from bot.desk.notices import Seen, Thing, Watched
from bot.desk.noticewords import Unclear, Wish, read, shown
from bot.desk.standing import Block, Ending
from bot.dialog.audience import meant, told_nothing, unclear
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, NoteFact, OpenCase, OpenPrivate, Post, Say, StartTimer
from bot.dialog.events import (
    CallReturned,
    ChoicePressed,
    DeliveryFailed,
    Event,
    NoticeGiven,
    NoticeProgressed,
    NoticeWanted,
    PlaceOpened,
)
from bot.dialog.state import Dossier, Turn
from tests.dialog.talk import DM, THREAD, Talk

FOUND: dict[str, Any] = {"people": 2, "left_out": 0, "unknown": 0, "told": 0, "told_at": None, "examples": []}


def going(talk: Talk, **changed: Any) -> Broadcast:
    """Let a notice go out."""
    kind = talk.catalog.notices.kinds["recall"]
    slots = {"what": "Kettle", "risk": "it breaks"}
    notice = Broadcast(number=1, kind=kind, slots=slots, audience=Audience(watching=True), by="sam", at=talk.at)
    notice = replace(notice, **{"state": "going", **changed})
    talk.floor = replace(talk.floor, facts={"notice:1": encode(notice).decode()})
    return notice


def told(talk: Talk, *orders: str, **more: Any) -> Turn:
    event: dict[str, Any] = {**talk.common(), "number": 1, "orders": orders, **more}
    return talk.happens(NoticeGiven(**event))


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    return Talk(shipped)


# --- the customer -----------------------------------------------------------------------------------------------------


def test_who_only_wrote_in_public_is_told_in_private(talk: Talk) -> None:
    talk.says("what do you do with my data")
    going(talk)
    turn = told(talk, "#12345")
    (hello,) = talk.effects(OpenPrivate)
    assert "12345" not in hello.text
    assert talk.said == []
    talk.happens(PlaceOpened(**talk.common(), effect=f"{turn.id}.0", place=DM))
    ((place, text),) = talk.said
    assert place == DM
    assert "Please stop using it: Kettle (your order #12345)" in text
    talk.says("which one?", DM)
    assert "#12345" in talk.said[0][1]


def test_who_has_no_private_place_is_not_asked_for_an_answer(talk: Talk) -> None:
    talk.says("what do you do with my data")
    going(talk)
    turn = told(talk)
    failed = {**talk.common(), "effect": f"{turn.id}.0", "detail": "closed", "place": THREAD}
    talk.happens(DeliveryFailed(**failed))
    assert talk.dossier.told == ()


def test_a_notice_that_is_stopped_while_a_private_place_is_looked_for_is_not_told(talk: Talk) -> None:
    talk.says("what do you do with my data")
    going(talk)
    turn = told(talk)
    talk.floor = replace(talk.floor, facts={})
    talk.happens(PlaceOpened(**talk.common(), effect=f"{turn.id}.0", place=DM))
    assert talk.said == []
    assert talk.dossier.told == ()


def test_what_is_stopped_when_it_is_their_turn_is_not_told(talk: Talk) -> None:
    talk.says("hello", DM)
    assert told(talk).effects == ()
    assert talk.turn.trace.rule == "notice_stopped"


@pytest.mark.parametrize("why", ["blocked", "parted", "no notices", "careful"])
def test_who_may_be_told_nothing_is_told_nothing(talk: Talk, why: str) -> None:
    talk.says("talk to a person" if why == "careful" else "hello", DM)
    standing, at = talk.dossier.standing, talk.at
    match why:
        case "blocked":
            block = Block(by="sam", at=at, until=at + timedelta(days=1), reason="rude")
            talk.dossier = replace(talk.dossier, standing=replace(standing, block=block))
        case "parted":
            ending = Ending(reason="", by="sam", at=at, case=1, ended_at=at)
            talk.dossier = replace(talk.dossier, standing=replace(standing, ending=ending))
        case "no notices":
            talk.dossier = replace(talk.dossier, no_notices=at)
        case _:
            (case,) = talk.dossier.cases
            talk.dossier = replace(talk.dossier, cases=(replace(case, careful=True),))
    going(talk)
    assert told_nothing(talk.dossier, talk.at)
    assert told(talk).effects == ()
    assert talk.dossier.told == ()


def test_who_has_linked_a_second_account_meanwhile_is_told_once(talk: Talk) -> None:
    talk.says("hello", DM)
    going(talk)
    told(talk)
    assert told(talk, account="discord:1").effects == ()
    assert talk.turn.trace.rule == "notice_known"


def test_words_that_answer_a_question_stay_its_answer(talk: Talk) -> None:
    talk.says("I want to send something back", DM)
    going(talk)
    told(talk)
    assert "order" in talk.said[-1][1]
    talk.says("ok", DM)
    assert talk.dossier.told[0].answer == ""


def test_thanks_much_later_or_after_something_else_are_not_about_the_notice(talk: Talk) -> None:
    talk.says("hello", DM)
    going(talk)
    told(talk)
    talk.says("how long does delivery take", DM)
    talk.says("thanks", DM)
    assert talk.dossier.told[0].answer == ""


def test_an_answer_counts_by_words_and_by_button_and_stop_is_remembered(talk: Talk) -> None:
    recall = talk.catalog.notices.kinds["recall"]
    talk.says("hello", DM)
    going(talk, kind=replace(recall, replies=(Reply(do="ok", label="OK"), Reply(do="person", label="A person"))))
    told(talk)
    talk.says("ok thanks", DM)
    assert talk.dossier.told[0].answer == "ok"
    press = {**talk.common(), "place": DM, "name": "Ana", "choice": "told/person:1"}
    talk.happens(ChoicePressed(**press))
    (opened,) = talk.effects(OpenCase)
    assert opened.case.priority == 2
    talk.happens(ChoicePressed(**{**press, "key": "again", "choice": "told/stop:1"}))
    assert talk.dossier.no_notices == talk.at
    talk.happens(ChoicePressed(**{**press, "key": "none", "choice": "told/ok:7"}))
    assert "stale" in talk.turn.trace.rule


def test_a_flow_that_is_gone_has_no_button(talk: Talk) -> None:
    kind = talk.catalog.notices.kinds["weather"]
    talk.says("hello", DM)
    going(talk, kind=replace(kind, slots=(), text="Snow.", replies=(Reply(do="flow", label="Go", flow="gone"),)))
    told(talk)
    (said,) = talk.effects(Say)
    assert [choice.id for choice in said.choices] == ["told/stop:1"]


def test_a_text_that_cannot_be_filled_in_is_not_told(talk: Talk) -> None:
    talk.says("hello", DM)
    going(talk, slots={})
    told(talk)
    assert talk.said == []
    assert talk.turn.trace.rule == "notice_broken"


# --- the audience -----------------------------------------------------------------------------------------------------


def dossier(**seen: Any) -> Dossier:
    talk = Talk(None)  # type: ignore[arg-type]
    order = Seen(**{"status": "shipped", "items": (Thing(code="kettle_blue", name="Blue kettle"),), **seen})
    later = talk.at + timedelta(days=9)
    base: dict[str, Any] = {"account": "a", "place": DM, "conversation": "c1", "until": later, "next": later}
    watched = Watched(number="12345", seen=order, **base)
    return Dossier(customer="a", watches=(watched,))


@pytest.mark.parametrize(
    ("audience", "seen", "is_meant"),
    [
        (Audience(watching=True), {}, True),
        (Audience(status=("delayed", "shipped")), {}, True),
        (Audience(status=("delayed",)), {}, False),
        (Audience(carrier="greenlane"), {"carrier": "Greenlane"}, True),
        (Audience(carrier="Other"), {"carrier": "Greenlane"}, False),
        (Audience(region="leeds"), {"region": "Leeds LS1 4AB"}, True),
        (Audience(region="York"), {"region": "Leeds LS1 4AB"}, False),
        (Audience(product="KETTLE_BLUE"), {}, True),
        (Audience(product="kettle"), {}, True),
        (Audience(product="lamp"), {}, False),
        (Audience(product="kettle", status=("packed",)), {}, False),
        (Audience(cases="billing"), {}, False),
        (Audience(wrote=3), {}, False),
    ],
)
def test_all_that_is_asked_of_an_order_must_be_so(audience: Audience, seen: dict[str, Any], is_meant: bool) -> None:
    found = meant(dossier(**seen), audience, Talk(None).at)  # type: ignore[arg-type]
    assert is_meant == (found is not None)
    assert found is None or found.orders == ("#12345",)


def test_what_was_delivered_can_be_recalled_but_is_not_late() -> None:
    over = dossier(status="delivered")
    over = replace(over, watches=(replace(over.watches[0], over=True),))
    now = Talk(None).at  # type: ignore[arg-type]
    assert meant(over, Audience(product="kettle"), now)
    assert meant(over, Audience(status=("delivered",)), now)
    assert meant(over, Audience(watching=True), now) is None


def test_an_order_that_was_stored_without_its_items_counts_as_not_known() -> None:
    known = dossier(items=())
    assert unclear(known, Audience(product="kettle"))
    assert not unclear(known, Audience(watching=True))
    assert not unclear(dossier(), Audience(product="kettle"))


def test_words_are_read_with_any_quotes_and_what_is_meant_is_said_back(shipped: Catalog) -> None:
    kinds = shipped.notices.kinds
    wish = read("Weather: region = “West Riding” wrote=7d what='snow' expected=\"Friday\n noon\"", kinds)
    assert isinstance(wish, Wish)
    assert wish.slots == {"what": "'snow'", "expected": "Friday noon"}
    assert shown(wish.audience) == 'region="West Riding" wrote=7d'
    assert isinstance(read("", kinds), Unclear)
    assert isinstance(read("weather wrote=99999999d what=a expected=b", kinds), Unclear)


# --- staff ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(shipped: Catalog) -> Talk:
    return Talk(shipped, NOTICES)


def asks(desk: Talk, words: str, agent: str = "sam") -> Turn:
    event = staff_event("notice", words, **{**desk.common(), "agent": agent, "case": 7})
    assert isinstance(event, NoticeWanted)
    assert (event.customer, event.case) == (NOTICES, 0)  # whatever case it was typed in
    return desk.happens(event)


def comes_back(desk: Talk, result: str, value: Any = None) -> Turn:
    (at,) = [at for at, effect in enumerate(desk.turn.effects) if isinstance(effect, Call)]
    return desk.happens(CallReturned(**desk.common(), call=f"{desk.turn.id}.{at}", result=result, value=value))


def presses(desk: Talk, do: str, agent: str = "sam", number: int = 1) -> Turn:
    common: dict[str, Any] = {key: value for key, value in desk.common().items() if key != "customer"}
    event: Event | None = post_event(f"notice/{number}", do, "", **{**common, "agent": agent})
    assert event
    return desk.happens(event)


SNOW = "weather wrote=1d what=snow expected=Friday"


def posts(desk: Talk) -> str:
    return "\n".join(effect.text for effect in desk.effects(Post))


def test_who_it_is_for_cannot_be_looked_up_and_nobody_is_told(desk: Talk) -> None:
    asks(desk, SNOW)
    comes_back(desk, "failed")
    assert "couldn't look up" in posts(desk)
    presses(desk, "send")
    assert "nothing to do any more with notice 1" in desk.told[0]
    assert desk.floor.facts == {}


def test_a_message_that_is_too_long_for_a_platform_is_not_begun(desk: Talk) -> None:
    kinds = {name: replace(kind, text=kind.text * 8) for name, kind in desk.catalog.notices.kinds.items()}
    desk.catalog = _with_kinds(desk.catalog, kinds)
    asks(desk, SNOW)
    assert "no platform shows more than 1800" in desk.told[0]
    assert desk.effects(Call) == []


def test_what_goes_out_keeps_its_words_when_the_content_changes(desk: Talk) -> None:
    asks(desk, SNOW)
    comes_back(desk, "found", FOUND)
    desk.catalog = _with_kinds(desk.catalog, {})
    presses(desk, "send")
    (fact,) = desk.effects(NoteFact)
    assert "because of {{ what }}" in fact.value
    desk.happens(NoticeProgressed(**desk.common(), number=1, counts=Counts(sent=2), over=True))
    assert "Done: 2 of 2 told" in posts(desk)
    assert desk.floor.facts == {}


def test_nobody_but_staff_and_no_number_that_never_was(desk: Talk) -> None:
    asks(desk, SNOW, agent="nobody")
    assert desk.turn.effects == ()
    presses(desk, "stop", number=9)
    assert "nothing to do any more with notice 9" in desk.told[0]


def test_a_recall_is_let_out_by_anybody_else_and_looked_at_again_when_it_is_over(desk: Talk) -> None:
    asks(desk, "recall wrote=1d what=Kettle risk=heat")
    comes_back(desk, "found", FOUND)
    presses(desk, "send")
    assert "somebody else has to say yes" in desk.told[0]
    presses(desk, "send", agent="dana")
    assert desk.floor.facts
    presses(desk, "stop", agent="lee")
    assert desk.floor.facts == {}
    (timer,) = desk.effects(StartTimer)
    assert desk.at + timedelta(days=3) == timer.deadline.due


def _with_kinds(catalog: Catalog, kinds: Any) -> Catalog:
    return dataclasses.replace(catalog, notices=replace(catalog.notices, kinds=kinds))
