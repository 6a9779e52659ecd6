"""Orders that a customer lets us watch: looked at once at a time, told once, and not where that is out of place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from bot.desk.case import Deadline
from bot.desk.notices import Seen, Watched
from bot.desk.standing import Block
from bot.dialog.accounts import joined, parted
from bot.dialog.catalog import Catalog, Identity
from bot.dialog.effects import Call, CancelTimer, Say, StartTimer
from bot.dialog.events import CallReturned, ChoicePressed, CustomerLeft, DeadlineReached, DeliveryFailed, SuggestionSent
from bot.dialog.flow import Wording
from bot.dialog.markup import plain
from bot.dialog.state import Dossier, Turn, was_offered
from tests.dialog.talk import DM, THREAD, Talk

PACKED: dict[str, Any] = {
    "number": "67890", "status": "packed", "email": "jo@example.com", "ordered_on": "2026-01-01",
    "items": [{"code": "mug", "name": "Sage mug", "quantity": 1, "price": "5.00"}],
    "total": "5.00", "currency": "GBP", "carrier": "Greenlane", "tracking": "", "shipped_on": None, "eta": None,
    "delivered_on": None, "refund": "none", "refund_on": None, "action_needed": "", "address": "", "account": "",
}  # fmt: skip
SHIPPED = {**PACKED, "status": "shipped", "tracking": "GL1"}


def returns(talk: Talk, result: str, value: Any = None, *, again: str = "") -> Turn:
    """Let the call of the last turn come back, or that of an earlier one."""
    found = [n for n, effect in enumerate(talk.turn.effects) if isinstance(effect, Call)]
    call = again or f"{talk.turn.id}.{found[0]}"
    return talk.happens(CallReturned(**{**talk.common(), "call": call, "result": result, "value": value}))


def test_where_a_person_sends_the_answers_an_order_is_watched_once_that_is_sent(talk: Talk) -> None:
    def send() -> Turn:
        (waits,) = talk.dossier.suggestions
        return talk.happens(SuggestionSent(agent="dana", suggestion=waits.id, **talk.common()))

    talk.says("where is order 67890?", DM, mode="suggest")
    returns(talk, "found", PACKED, again=_call(send()))
    send()
    talk.says("yes please", DM, mode="suggest")
    watched = [list(talk.dossier.watches), [each.number for each in send().dossier.watches]]
    assert watched == [[], ["67890"]]
    assert planned(talk)


def _call(turn: Turn) -> str:
    return next(f"{turn.id}.{at}" for at, effect in enumerate(turn.effects) if isinstance(effect, Call))


def rings(talk: Talk, deadline: Deadline) -> Turn:
    """Let a deadline come."""
    talk.at = max(talk.at, deadline.due)
    return talk.happens(DeadlineReached(**{**talk.common(), "at": deadline.due, "deadline": deadline}))


def planned(talk: Talk) -> Deadline:
    """Return when the order is looked at next, as the last turn has planned it."""
    deadline: Deadline = next(each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "watch")
    return deadline


def texts(talk: Talk) -> str:
    return "\n".join(text for _, text in talk.said)


@pytest.fixture
def watching(talk: Talk) -> Talk:
    """Somebody who wants to be told about a packed order."""
    talk.says("where is order 67890?", DM)
    returns(talk, "found", PACKED)
    talk.says("yes please", DM)
    return talk


def look(talk: Talk, result: str = "found", value: Any = None) -> Deadline:
    """Let the next look happen, and come to this; return the one after it."""
    rings(talk, planned(talk))
    after = planned(talk)
    returns(talk, result, value)
    return after


def test_an_order_is_looked_at_on_and_on_and_a_change_is_told_in_the_same_place(watching: Talk) -> None:
    first = planned(watching)
    assert timedelta(hours=4) == first.due - watching.at
    again = look(watching, "found", PACKED)
    assert watching.said == []
    rings(watching, again)
    returns(watching, "found", SHIPPED)

    ((place, text),) = watching.said
    assert place == DM
    assert "GL1" in text
    assert "Order: #67890, Sage mug" in text


def test_the_same_result_again_tells_nothing(watching: Talk) -> None:
    rings(watching, planned(watching))
    call = f"{watching.turn.id}.0"
    returns(watching, "found", SHIPPED)
    assert "GL1" in texts(watching)
    returns(watching, "found", SHIPPED, again=call)
    assert watching.said == []


def test_a_second_deadline_for_the_same_look_does_nothing(watching: Talk) -> None:
    due = planned(watching)
    rings(watching, due)
    assert len(watching.effects(Call)) == 1
    rings(watching, due)
    assert watching.effects(Call) == []


def test_the_result_of_an_earlier_look_comes_too_late(watching: Talk) -> None:
    rings(watching, planned(watching))
    early, second = f"{watching.turn.id}.0", planned(watching)
    rings(watching, second)
    returns(watching, "found", SHIPPED, again=early)
    assert watching.said == []
    assert watching.turn.trace.rule == "late_result"


def test_a_look_that_fails_tells_nothing_and_is_made_again(watching: Talk) -> None:
    again = look(watching, "failed")
    assert [*watching.said, *watching.told] == []
    rings(watching, again)
    returns(watching, "found", SHIPPED)
    assert "GL1" in texts(watching)


def test_what_was_not_seen_yet_is_only_noted_at_the_first_look(watching: Talk) -> None:
    (watched,) = watching.dossier.watches
    watching.dossier = msgspec.structs.replace(watching.dossier, watches=(msgspec.structs.replace(watched, seen=None),))
    look(watching, "found", SHIPPED)
    assert watching.said == []
    assert watching.dossier.watches[0].seen.status == "shipped"  # type: ignore[union-attr]


def test_an_order_that_was_never_there_is_watched_no_longer(watching: Talk) -> None:
    (watched,) = watching.dossier.watches
    unseen = msgspec.structs.replace(watched, seen=None)
    watching.dossier = msgspec.structs.replace(watching.dossier, watches=(unseen,))
    look(watching, "not_found")
    assert [each.over for each in watching.dossier.watches] == [True]


def test_an_order_that_was_there_may_be_there_again(watching: Talk) -> None:
    look(watching, "not_found")
    assert [each.over for each in watching.dossier.watches] == [False]


def test_after_the_last_step_nothing_is_looked_at(watching: Talk) -> None:
    again = look(watching, "found", {**SHIPPED, "status": "delivered", "delivered_on": "2026-01-05"})
    assert "67890" in texts(watching)
    assert [each.deadline for each in watching.effects(CancelTimer)] == ["watch:67890"]
    rings(watching, again)
    assert watching.turn.effects == ()


def test_after_a_month_nothing_is_looked_at_and_nobody_is_told(watching: Talk) -> None:
    due = planned(watching)
    late = msgspec.structs.replace(due, due=due.due + timedelta(days=31))
    rings(watching, late)
    assert [*watching.effects(Call), *watching.said] == []
    assert [each.over for each in watching.dossier.watches] == [True]


@pytest.mark.parametrize("state", ["blocked", "silent", "suggest", "quiet"])
def test_where_the_bot_may_not_speak_it_does_not_look_and_does_later(watching: Talk, state: str) -> None:
    (talk,) = watching.dossier.conversations
    due = planned(watching)
    if state == "blocked":
        block = Block(by="dana", at=due.due, until=due.due + timedelta(minutes=30), reason="rude")
        standing = msgspec.structs.replace(watching.dossier.standing, block=block)
        watching.dossier = msgspec.structs.replace(watching.dossier, standing=standing)
    else:
        changed: dict[str, Any] = {"quiet": True} if state == "quiet" else {"mode": state}
        held = msgspec.structs.replace(talk, **changed)
        watching.dossier = msgspec.structs.replace(watching.dossier, conversations=(held,))
    rings(watching, due)
    assert watching.effects(Call) == []
    assert timedelta(hours=1) == planned(watching).due - due.due


def test_what_a_person_has_still_to_send_stays_as_it_is_while_nothing_may_be_told(watching: Talk) -> None:
    due = planned(watching)
    watching.says("how long does delivery take?", DM, mode="suggest")
    (suggested,) = watching.dossier.suggestions
    rings(watching, due)
    assert watching.turn.trace.rule == "news_waits"
    assert (suggested,) == watching.dossier.suggestions


def test_news_that_comes_while_the_customer_is_busy_is_told_after_the_next_look(watching: Talk) -> None:
    rings(watching, planned(watching))
    call = f"{watching.turn.id}.0"
    watching.says("I want a refund for another order", DM)
    returns(watching, "found", SHIPPED, again=call)
    assert watching.said == []
    assert watching.turn.trace.rule == "news_waits"
    due = planned(watching)
    rings(watching, msgspec.structs.replace(due, due=due.due + timedelta(hours=1)))
    returns(watching, "found", SHIPPED)
    assert "GL1" in texts(watching)
    assert "number" in texts(watching).rpartition("GL1")[2].casefold()  # the question, once more


def test_what_cannot_be_shown_is_looked_at_no_more(watching: Talk) -> None:
    look(watching, "found", SHIPPED)
    told = next(n for n, effect in enumerate(watching.turn.effects) if isinstance(effect, Say))
    failed = DeliveryFailed(
        **{**watching.common(), "effect": f"{watching.turn.id}.{told}", "detail": "no", "place": DM}
    )
    watching.happens(failed)
    assert [each.over for each in watching.dossier.watches] == [True]


def test_who_left_is_told_nothing(watching: Talk) -> None:
    watching.happens(CustomerLeft(**watching.common()))
    assert [each.over for each in watching.dossier.watches] == [True]


def test_buttons_of_news_count_for_as_long_as_the_order_is_remembered(watching: Talk) -> None:
    look(watching, "found", SHIPPED)
    ((choice,),) = [each.choices for each in watching.effects(Say)]
    assert was_offered(watching.dossier, choice.id)
    assert not was_offered(watching.dossier, "notice/stop:99999")
    watching.at += timedelta(days=3)
    watching.says("hello", DM)
    watching.happens(ChoicePressed(**{**watching.common(), "place": DM, "name": "Ana", "choice": choice.id}))
    assert watching.turn.trace.rule == "watch_stopped"
    assert [each.over for each in watching.dossier.watches] == [True]


def test_an_order_is_told_of_in_private_only(talk: Talk) -> None:
    talk.says("where is order 67890?", THREAD, near="slack:T1/C1")
    assert talk.effects(Call) == []


def test_who_watches_has_shown_that_the_order_is_theirs_and_shows_it_again_when_that_is_long_ago(
    shipped: Catalog,
) -> None:
    talk = Talk(replace(shipped, identity=Identity(by="email")))
    talk.says("where is order 67890?", DM)
    talk.says("jo@example.com", DM)
    returns(talk, "same")
    returns(talk, "found", PACKED)
    talk.says("yes please", DM, after=8 * 86_400)
    assert not talk.dossier.watches
    assert "e-mail" in texts(talk)
    talk.says("jo@example.com", DM)
    returns(talk, "same")
    assert [each.number for each in talk.dossier.watches] == ["67890"]


def test_a_watched_order_goes_with_its_account() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    order = partial(Watched, place=DM, conversation="c1", until=at, next=at, seen=Seen(status="packed"))
    mine = Dossier(customer="slack:T1/U1", watches=(order(number="1", account="slack:T1/U1"),))
    theirs = Dossier(customer="discord:7", watches=(order(number="2", account="discord:7"),))
    both = joined(mine, theirs)
    assert [each.number for each in both.watches] == ["1", "2"]
    one, rest = parted(both, "discord:7")
    assert ([each.number for each in one.watches], [each.number for each in rest.watches]) == (["2"], ["1"])


def test_a_name_that_is_not_known_is_left_out_and_a_customers_words_are_no_markup(watching: Talk) -> None:
    watching.dossier = msgspec.structs.replace(watching.dossier, name="*Ana*")
    (talk,) = watching.dossier.conversations
    named = msgspec.structs.replace(talk, name="*Ana*")
    watching.dossier = msgspec.structs.replace(watching.dossier, conversations=(named,))
    look(watching, "found", SHIPPED)
    assert "*Ana*" in texts(watching)
    assert all("*Ana*" in plain(each.text) for each in watching.effects(Say))


FULL = {**SHIPPED, "eta": "2026-01-12", "delivered_on": "2026-01-09", "action_needed": "Please sign"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("shipped", "shipped"),
        ("out_for_delivery", "en_route"),
        ("delayed", "delayed"),
        ("delivered", "delivered"),
        ("lost", "lost"),
        ("cancelled", "cancelled"),
        ("returned", "returned"),
        ("refunded", "refunded"),
    ],
)
def test_all_news_names_the_order_and_its_tracking_and_until_it_is_over_what_the_customer_has_to_do(
    watching: Talk, status: str, kind: str
) -> None:
    look(watching, "found", {**FULL, "status": status})
    assert f"notice_{kind}" == watching.turn.trace.rule
    assert all(word in texts(watching) for word in ("#67890", "Sage mug", "GL1", "Marlow & Pine"))
    coming = kind in ("shipped", "en_route", "delayed")
    assert [coming, coming] == [word in texts(watching) for word in ("estimated for Monday 12 January", "Please sign")]


def test_staff_are_told_once_which_value_is_missing_for_which_text(watching: Talk) -> None:
    again = look(watching, "found", {**SHIPPED, "tracking": ""})
    assert watching.said == []
    (told,) = watching.told
    assert all(word in told for word in ("#67890", "notice_shipped", "what it lacks is tracking"))
    rings(watching, again)
    after = planned(watching)
    returns(watching, "found", {**SHIPPED, "tracking": ""})
    assert [*watching.said, *watching.told] == []
    rings(watching, after)
    returns(watching, "found", SHIPPED)
    assert "GL1" in texts(watching)


def test_a_text_that_cannot_be_said_is_told_to_staff_and_calls_nobody(watching: Talk, shipped: Catalog) -> None:
    wrong = Wording(variants=("It is {{ number.no.such.thing }}",))
    watching.catalog = replace(shipped, texts={**shipped.texts, "notice_shipped": wrong})
    look(watching, "found", SHIPPED)
    assert watching.said == []
    (told,) = watching.told
    assert "notice_shipped" in told


def test_in_a_legal_matter_nothing_is_told(watching: Talk) -> None:
    due = planned(watching)
    watching.says("I'm going to sue you, my lawyer will write to you", DM)
    assert [case.careful for case in watching.dossier.cases] == [True]
    rings(watching, due)
    assert watching.effects(Call) == []


# --- by text message --------------------------------------------------------------------------------------------------


@pytest.fixture
def texted(watching: Talk) -> Talk:
    """Somebody who wants text messages too."""
    (watched,) = watching.dossier.watches
    phone = msgspec.structs.replace(watched, phone="+44 7700 900123")
    watching.dossier = msgspec.structs.replace(watching.dossier, watches=(phone,))
    return watching


def message(talk: Talk) -> list[dict[str, Any]]:
    return [each.args for each in talk.effects(Call) if each.action == "send_text"]


def test_news_goes_out_as_a_short_text_message_too(texted: Talk) -> None:
    look(texted, "found", {**SHIPPED, "eta": "2026-01-09"})
    (sent,) = message(texted)
    assert (sent["number"], sent["phone"]) == ("67890", "+44 7700 900123")
    assert sent["text"] == "Marlow & Pine: Ana, order 67890 is on its way, GL1, due Friday 9 January."
    returns(texted, "failed")
    assert texted.turn.trace.rule == "text_failed"


def test_a_text_message_that_is_too_long_spares_the_name(texted: Talk) -> None:
    look(texted, "found", {**SHIPPED, "tracking": "G" * 114})
    (sent,) = message(texted)
    assert sent["text"] == f"Marlow & Pine: order 67890 is on its way, {'G' * 114}."


@pytest.mark.parametrize(("changed", "lacks"), [({"tracking": "G" * 200}, "letters fewer"), ({}, "tracking")])
def test_a_text_message_that_lacks_something_is_not_sent_and_staff_read_why(
    texted: Talk, changed: dict[str, Any], lacks: str
) -> None:
    short = Wording(variants=("{{ company }}: {{ customer }}, {{ tracking }}",), at="x:1")
    texted.catalog = replace(texted.catalog, texts={**texted.catalog.texts, "notice_short": short})
    look(texted, "found", {**PACKED, "status": "out_for_delivery", **changed})
    assert message(texted) == []
    assert "67890" in texts(texted)
    assert lacks in texted.told[0]
