"""What agents type about a customer, and the events that it makes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.channels.casework import staff_event
from bot.channels.decisions import sent
from bot.channels.typed import parts, staff_events
from bot.desk.money import Amount
from bot.dialog.events import (
    ActMistyped,
    CareSwitched,
    CaseDecided,
    CustomerBlocked,
    CustomerMarked,
    DayNeeded,
    EndingMoved,
    Event,
    GoodwillGiven,
    GrantRevoked,
    TierGiven,
)  # fmt: skip

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def event(do: str, text: str = "") -> Event:
    return staff_event(do, text, key="k", customer="c", at=AT, agent="dana", case=1)


def test_another_offer_is_an_amount_a_thing_and_after_a_comma_the_reason() -> None:
    made = event("counter", "10 GBP store credit, because you waited, and waited")
    assert isinstance(made, CaseDecided)
    assert made.counter
    assert (made.counter.amount, made.counter.what) == (Amount(number="10", unit="GBP"), "store credit")
    assert (made.approved, made.text) == (False, "because you waited, and waited")


def test_a_form_means_what_was_filled_in_with_all_its_commas() -> None:
    made = event("counter", sent({"amount": " £10 ", "what": "credit, in\ntwo parts", "reason": "We are late, sorry"}))
    assert isinstance(made, CaseDecided)
    assert made.counter
    assert (made.counter.what, made.text) == ("credit, in two parts", "We are late, sorry")


def test_each_decision_is_read() -> None:
    assert parts("!grant 5 for the delay", "!r") == [("grant", "5 for the delay")]
    goodwill, revoked, block = event("grant", "£5 for it"), event("revoke", "#3 twice"), event("block", "2h insults")
    assert isinstance(goodwill, GoodwillGiven)
    assert (goodwill.amount.number, goodwill.text) == ("5", "for it")
    assert isinstance(revoked, GrantRevoked)
    assert (revoked.grant, revoked.text) == (3, "twice")
    assert isinstance(block, CustomerBlocked)
    assert (block.until, block.text) == (AT + timedelta(hours=2), "insults")
    ending = event("ending", "done Talk: on Friday")
    assert isinstance(ending, EndingMoved)
    assert (ending.do, ending.step, ending.text) == ("done", "Talk", "on Friday")
    needed, tier, care = event("needed", "2026-12-24"), event("tier", "None"), event("careful", "off done")
    assert isinstance(needed, DayNeeded)
    assert needed.day == date(2026, 12, 24)
    assert isinstance(tier, TierGiven)
    assert tier.tier == ""
    assert isinstance(care, CareSwitched)
    assert (care.on, care.text) == (False, "done")
    seen, taken_back = event("mark", "Late_Payment: in March"), event("mark", "off late_payment")
    assert isinstance(seen, CustomerMarked)
    assert (seen.mark, seen.text, seen.off) == ("late_payment", "in March", False)
    assert isinstance(taken_back, CustomerMarked)
    assert (taken_back.mark, taken_back.off) == ("late_payment", True)


@pytest.mark.parametrize(
    ("do", "text"),
    [
        ("counter", "store credit"),
        ("counter", ""),
        ("grant", "for the delay"),
        ("grant", "1,000 for the delay"),
        ("used", "the third"),
        ("used", "0"),
        ("revoke", "9" * 5_000),
        ("argue", " "),
        ("careful", "maybe"),
        ("block", "2h"),
        ("block", "soon insults"),
        ("block", "367d insults"),
        ("ending", ""),
        ("ending", "start"),
        ("ending", "done"),
        ("ending", "everything"),
        ("needed", "tomorrow"),
        ("needed", "2026-02-30"),
        ("tier", ""),
        ("mark", ""),
        ("mark", "off"),
    ],
)
def test_what_is_left_out_or_makes_no_sense_does_nothing(do: str, text: str) -> None:
    made: Any = event(do, text)
    assert isinstance(made, ActMistyped)
    assert made.do == do


@pytest.mark.parametrize("post", ["!r Good morning.\n!assign", "!assign\n!r Good morning.", "!approve ok\n!block 2h"])
def test_of_a_post_in_which_a_command_lacks_something_nothing_is_done(post: str) -> None:
    (held,) = staff_events(parts(post, "!r"), key="k", customer="c", at=AT, agent="dana", case=1)
    assert isinstance(held, ActMistyped)
    assert (held.key, held.alone) == ("k", False)


def test_a_command_by_itself_that_lacks_something_holds_nothing_else() -> None:
    (held,) = staff_events(parts("!assign", "!r"), key="k", customer="c", at=AT, agent="dana", case=1)
    assert isinstance(held, ActMistyped)
    assert held.alone
