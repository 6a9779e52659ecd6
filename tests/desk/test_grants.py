"""What customers were given, and whose role may give how much more."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from bot.desk.grants import Cap, Goodwill, Grant, may_give, role_for

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOODWILL = Goodwill(
    caps={
        "agent": Cap(per_case=Decimal(10), per_customer=Decimal(20)),
        "supervisor": Cap(per_case=Decimal(50), per_customer=Decimal(100)),
    },
    period=90 * DAY,
    expires=30 * DAY,
)


def given(amount: str, case: int = 1, ago: timedelta = DAY) -> Grant:
    at = NOW - ago
    return Grant(number=1, what="x", by="dana", role="agent", case=case, at=at, expires=at + 30 * DAY, amount=amount)


@pytest.mark.parametrize(
    ("amount", "before", "may"),
    [
        ("10.00", [], True),
        ("10.01", [], False),
        ("5.00", [given("5.00")], True),
        ("5.01", [given("5.00")], False),
        ("10.00", [given("10.00", case=2)], True),
        ("10.00", [given("10.01", case=2)], False),
        ("10.00", [given("10.00", case=2), given("0.01", case=3)], False),
        ("10.00", [given("19.00", case=2, ago=91 * DAY)], True),
        ("10.00", [given("9.00", case=1, ago=91 * DAY)], False),
        ("10.00", [given("")], True),
        ("10.00", [replace(given("10.00"), revoked_at=NOW)], True),
    ],
)
def test_an_agent_gives_within_the_caps_for_case_and_customer(amount: str, before: list[Grant], may: bool) -> None:
    assert may_give(GOODWILL, "agent", Decimal(amount), 1, before, NOW) == may


def test_the_lowest_role_that_may_is_asked() -> None:
    asked = [role_for(GOODWILL, Decimal(amount), 1, [], NOW) for amount in (10, 11, 50, 51)]
    assert asked == ["agent", "supervisor", "supervisor", ""]


def test_a_role_without_a_cap_has_that_of_the_next_lower_one() -> None:
    assert may_give(GOODWILL, "admin", Decimal(50), 1, [], NOW)
    assert not may_give(GOODWILL, "admin", Decimal(51), 1, [], NOW)
    assert not may_give(replace(GOODWILL, caps={}), "admin", Decimal(1), 1, [], NOW)


def test_a_grant_is_used_once_or_expires() -> None:
    fresh = given("5.00")
    assert fresh.status(NOW) == "unused"
    assert fresh.status(fresh.expires) == "expired"
    assert replace(fresh, used_at=NOW).status(fresh.expires) == "used"
    assert replace(fresh, used_at=NOW, revoked_at=NOW).status(NOW) == "revoked"
