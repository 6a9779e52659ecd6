"""Whose order is it: what is remembered, what staff read, and what never stands where it does not belong."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bot.channels.decisions import told
from bot.desk.standing import Standing, Verified
from bot.dialog.accounts import joined, parted
from bot.dialog.catalog import Catalog, Identity
from bot.dialog.effects import Call, OpenCase
from bot.dialog.events import CallReturned, SuggestionSent
from bot.dialog.state import Dossier, Turn
from tests.dialog.talk import DM, Talk

ORDER: dict[str, Any] = {
    "number": "67890", "status": "packed", "email": "jo@example.com", "ordered_on": "2026-01-01", "items": [],
    "total": "5.00", "currency": "GBP", "carrier": "", "tracking": "", "shipped_on": None, "eta": None,
    "delivered_on": None, "refund": "none", "refund_on": None, "action_needed": "", "address": "", "account": "",
}  # fmt: skip


def talk_by(shipped: Catalog, by: Any) -> Talk:
    return Talk(replace(shipped, identity=Identity(by=by)))


def returns(talk: Talk, result: str, value: Any = None) -> Turn:
    """Let the call of the last turn come back."""
    at = next(n for n, effect in enumerate(talk.turn.effects) if isinstance(effect, Call))
    call = f"{talk.turn.id}.{at}"
    return talk.happens(
        CallReturned(
            key=f"call:{call}", customer=talk.dossier.customer, at=talk.at, call=call, result=result, value=value
        )
    )


def calls(talk: Talk) -> list[tuple[str, dict[str, Any]]]:
    return [(call.action, call.args) for call in talk.effects(Call)]


def test_nothing_is_asked_of_the_order_system_before_we_know_whose_order_it_is(shipped: Catalog) -> None:
    talk = talk_by(shipped, "email")
    talk.says("where is order 67890?", DM)
    assert calls(talk) == []
    talk.says("jo@example.com", DM)
    assert calls(talk) == [("check_email", {"number": "67890", "email": "jo@example.com"})]

    returns(talk, "same")

    assert calls(talk) == [("find_order", {"number": "67890"})]
    (verified,) = talk.dossier.standing.verified
    assert (verified.number, verified.how, verified.account) == ("67890", "email", "slack:T1/U1")


@pytest.mark.parametrize(("result", "found"), [("same", (1, 0)), ("other", (0, 1))])
def test_where_a_person_sends_the_answers_it_is_remembered_once_that_is_sent(
    shipped: Catalog, result: str, found: tuple[int, int]
) -> None:
    def send() -> None:
        (waits,) = talk.dossier.suggestions
        talk.happens(SuggestionSent(agent="dana", suggestion=waits.id, **talk.common()))

    def known() -> tuple[int, int]:
        return len(talk.dossier.standing.verified), len(talk.dossier.guesses)

    talk = talk_by(shipped, "email")
    talk.says("where is order 67890?", DM, mode="suggest")
    send()
    talk.says("jo@example.com", DM, mode="suggest")
    send()
    returns(talk, result)
    assert known() == (0, 0)
    send()
    assert known() == found


def test_where_a_number_is_enough_nothing_is_asked(shipped: Catalog) -> None:
    talk = talk_by(shipped, "none")
    talk.says("where is order 67890?", DM)

    assert calls(talk) == [("find_order", {"number": "67890"})]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("BCDF-2345", True),
        ("BCDF2345", True),
        ("bcdf 2345", True),
        ("it's bcdf-2345, thanks", True),
        ("BCDF2346", False),
    ],
)
def test_a_code_is_compared_here_and_counts_for_ten_minutes(shipped: Catalog, typed: str, right: bool) -> None:
    for late in (60, 660):
        talk = talk_by(shipped, "code")
        talk.code = "BCDF2345"
        talk.says("where is order 67890?", DM)
        assert calls(talk) == [("send_code", {"number": "67890", "code": "BCDF-2345"})]
        returns(talk, "sent", {"shown": ""})
        assert "BCDF" not in str(talk.dossier)
        talk.says(typed, DM, after=late)
        assert calls(talk) == ([("find_order", {"number": "67890"})] if right and late == 60 else [])


def test_an_account_is_compared_with_all_of_the_customers(shipped: Catalog) -> None:
    talk = talk_by(shipped, "account")
    talk.dossier = msgspec.structs.replace(talk.dossier, accounts=("slack:T1/U1", "discord:5"))
    talk.says("where is order 67890?", DM)

    assert calls(talk) == [("check_account", {"number": "67890", "accounts": ["slack:T1/U1", "discord:5"]})]


def test_the_card_says_whether_an_order_was_shown_to_be_theirs_and_no_code(shipped: Catalog) -> None:
    talk = talk_by(shipped, "code")
    talk.says("where is order 67890?", DM)
    returns(talk, "sent", {"shown": ""})
    talk.says("I want to talk to a person", DM)
    (opened,) = talk.effects(OpenCase)

    assert "Has not shown which orders are theirs." in told(opened.case, talk.catalog)
    assert set(opened.case.facts) <= {"number"}

    seen = Verified(number="67890", how="code", at=talk.at, until=talk.at)
    shown = msgspec.structs.replace(opened.case, standing=Standing(verified=(seen,)))
    assert r"Theirs, as they have shown: #67890 \(code\)" in told(shown, talk.catalog)
    assert not [line for line in told(shown, shipped) if "shown" in line]


def test_guesses_are_forgotten_after_the_pause(shipped: Catalog) -> None:
    talk = talk_by(shipped, "email")
    talk.says("where is order 67890?", DM)
    for _ in range(4):
        talk.says("a@example.com", DM)
        returns(talk, "other")
        talk.says("another address", DM)
    talk.says("a@example.com", DM, after=3600)
    returns(talk, "other")
    talk.says("another address", DM)
    talk.says("jo@example.com", DM)

    assert [action for action, _ in calls(talk)] == ["check_email"]


def test_what_one_account_has_shown_stays_with_it_when_accounts_part(shipped: Catalog) -> None:
    talk = talk_by(shipped, "email")
    seen = Verified(number="67890", how="email", at=talk.at, until=talk.at, account="slack:T1/U1")
    one = Dossier(customer="slack:T1/U1", standing=Standing(verified=(seen,)), guesses=(talk.at,))
    both = joined(one, Dossier(customer="discord:5"))
    assert (both.standing.verified, both.guesses) == ((seen,), (talk.at,))

    theirs, rest = parted(both, "discord:5")

    assert (theirs.standing.verified, rest.standing.verified) == ((), (seen,))
