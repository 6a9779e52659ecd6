"""What the shop's policies say of the facts: windows by the shop's own days, exclusions, fees, and why."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.dialog.policies import (
    Alternative,
    Fee,
    Limit,
    Policy,
    Window,
    as_slot,
    in_short,
    judge,
    judge_all,
    judge_each,
    versioned,
)
from bot.dialog.template import RenderError

WINDOW = Window(
    days=30, since="order.delivered_on", because="It came on {{ since|day }}, {{ days }} days ago.", at="f.yaml:5"
)
POLICY = versioned(
    Policy(
        id="refunds",
        rule="Within 30 days.",
        why="It is used by then.",
        alternatives=(Alternative(value="credit", label="Credit", say="Store credit"),),
        window=WINDOW,
        at="f.yaml:2",
    )
)
TODAY = date(2026, 3, 31)


def facts(delivered: object = date(2026, 3, 1), **more: object) -> dict[str, Any]:
    return {"zone": "Europe/London", "locale": "en_GB", "order": {"delivered_on": delivered}, **more}


@pytest.mark.parametrize(
    ("delivered", "ruling", "days", "left"),
    [
        ("2026-03-31", "allowed", 0, 30),
        (date(2026, 3, 1), "allowed", 30, 0),
        ("2026-02-28", "exception", 31, -1),
        ("2026-04-02", "allowed", -2, 32),
        (None, "allowed", None, None),
        ("", "allowed", None, None),
    ],
)
def test_a_window_is_open_to_its_last_day(delivered: object, ruling: str, days: int | None, left: int | None) -> None:
    said = judge(POLICY, facts(delivered), TODAY)
    assert (ruling, days, left) == (said.ruling, said.days, said.left)


def test_what_is_refused_is_explained_with_its_place_and_alternatives() -> None:
    said = judge(POLICY, facts("2026-02-18"), TODAY)
    assert said.because == "It came on Wednesday 18 February, 41 days ago."
    assert (said.rule, said.why, said.at) == ("Within 30 days.", "It is used by then.", "f.yaml:5")
    assert as_slot(said)["alternatives"] == [
        {"value": "credit", "label": "Credit", "say": "Store credit", "phrasings": [], "when": ""}
    ]
    assert in_short(said) == f"policy refunds ({POLICY.version}): exception, day 41 of 30 at f.yaml:5"


@pytest.mark.parametrize(
    ("zone", "moment", "days"),
    [
        # Half an hour after midnight in London's summer is still the day before in UTC.
        ("Europe/London", datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 29),
        ("UTC", datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 30),
        # The night in which clocks go forward, and the one in which they go back, are days like others.
        ("Europe/London", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), 94),
        ("Europe/London", datetime(2026, 3, 29, 1, 1, tzinfo=UTC), 94),
        ("Europe/London", datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 248),
        ("Europe/London", datetime(2025, 10, 25, 23, 30, tzinfo=UTC), 248),
        ("America/New_York", datetime(2026, 6, 2, 3, 59, tzinfo=UTC), 30),
    ],
)
def test_a_moment_counts_as_the_day_that_it_is_in_the_shop(zone: str, moment: datetime, days: int) -> None:
    assert judge(POLICY, facts(moment, zone=zone), date(2026, 7, 1)).days == days


@pytest.mark.parametrize(
    ("now", "ruling"),
    [
        (datetime(2026, 3, 30, 22, 59, tzinfo=UTC), "allowed"),  # 23:59 in London, whose summer began on the 29th
        (datetime(2026, 3, 30, 23, 0, tzinfo=UTC), "exception"),  # midnight there
    ],
)
def test_the_last_day_ends_at_the_shops_midnight(now: datetime, ruling: str) -> None:
    today = now.astimezone(ZoneInfo("Europe/London")).date()
    assert judge(POLICY, facts("2026-02-28"), today).ruling == ruling


def test_an_exclusion_has_its_own_why_and_comes_before_the_window() -> None:
    plant = Limit(when="item == 'plant'", because="It is a {{ item }}.", why="It wilts.", at="f.yaml:9")
    said = judge(replace(POLICY, exclusions=(plant,)), facts("2025-01-01", item="plant"), TODAY)
    assert (said.ruling, said.because, said.why, said.at) == ("exception", "It is a plant.", "It wilts.", "f.yaml:9")
    assert judge(replace(POLICY, exclusions=(plant,)), facts(item="pan"), TODAY).ruling == "allowed"


def test_what_nobody_may_allow_counts_before_what_a_supervisor_may() -> None:
    never = Limit(when="item == 'card'", because="A card.", exception=False)
    cards = replace(POLICY, id="cards", window=None, exclusions=(never,))
    said = judge_all([POLICY, cards], facts("2025-01-01", item="card"), TODAY)
    assert (said.policy, said.ruling, said.because) == ("cards", "refused", "A card.")
    said = judge_all([POLICY, cards], facts("2025-01-01", item="pan"), TODAY)
    assert (said.policy, said.ruling) == ("refunds", "exception")


def test_a_fee_is_exact_and_due_when_its_condition_holds() -> None:
    far = Fee(amount="6.95", words="from afar", when="mine and far is defined")
    fee = Fee(amount="2.95", words="for the post", when="mine")
    both = [POLICY, replace(POLICY, id="post", window=None, fees=(far, fee))]
    said = judge_all(both, facts(mine=True), TODAY)
    assert (said.policy, said.fee, said.fee_for) == ("refunds", "2.95", "for the post")
    assert judge_all(both, facts(mine=True, far=True), TODAY).fee == "6.95"
    assert judge_all(both, facts(mine=False), TODAY).fee == ""


def test_what_a_customer_typed_stays_a_value() -> None:
    words = Limit(when="true", because="You said {{ said }}.")
    said = judge(replace(POLICY, exclusions=(words,)), facts(said="{{ 7 * 7 }} *b*"), TODAY)
    assert said.because == "You said {{ 7 * 7 }} *b*."


def test_a_fact_that_is_not_there_is_named() -> None:
    with pytest.raises(RenderError, match="'order' is undefined"):
        judge(POLICY, {"zone": "UTC"}, TODAY)


def test_the_version_is_of_what_a_policy_says_wherever_it_is_written() -> None:
    moved = replace(POLICY, at="g.yaml:9", window=replace(WINDOW, at="g.yaml:12"))
    assert versioned(moved).version == POLICY.version
    assert versioned(replace(POLICY, window=replace(WINDOW, days=60))).version != POLICY.version


# --- things, each judged by itself ------------------------------------------------------------------------------------

SPECIAL = Limit(
    when="picked|selectattr('special')|list",
    because="this is special: {{ picked|map(attribute='name')|join(', ') }}.",
    at="f.yaml:9",
)
BANNED = Limit(when="picked|selectattr('banned')|list", because="that never goes back.", exception=False, at="f.yaml:8")
RULES = [replace(POLICY, window=None, exclusions=(BANNED, SPECIAL), fees=(Fee(amount="2.95", words="postage"),))]
PLAIN, FERN, PALM, CARD = (
    {"name": name, "special": name in ("fern", "palm"), "banned": name == "card"}
    for name in ("kettle", "fern", "palm", "card")
)


def each(*things: object) -> Any:
    return judge_each(RULES, "picked", facts(picked=list(things)), TODAY)


def test_of_several_things_those_that_can_and_those_that_cannot_are_told_apart() -> None:
    said = each(PLAIN, FERN, PALM)
    assert (said.way, said.can, said.cannot) == ("some", (PLAIN,), (FERN, PALM))
    assert said.because == "this is special: fern, palm."
    assert as_slot(said)["cannot"] == [FERN, PALM]


def test_what_stands_against_each_thing_is_told_and_the_worst_counts() -> None:
    said = each(FERN, CARD)
    assert (said.way, said.can) == ("refused", ())
    assert said.because == "this is special: fern. That never goes back."


def test_things_that_can_all_be_allowed_are() -> None:
    said = each(PLAIN, PLAIN)
    assert (said.way, said.because, said.fee, said.cannot) == ("allowed", "", "2.95", ())


def test_of_no_things_the_rules_say_what_they_say_at_all() -> None:
    assert each().way == "allowed"
