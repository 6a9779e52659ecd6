"""Contacts are counted where they began, on the platform and in the channel."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.contacts import Heard, tallies

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
CASE = Case(
    number=1, kind="handoff", queue="care", customer="slack:T/U", name="", place="", conversation="c2", opened_at=AT,
    subject="", reason="", status="resolved", waited=10, resolved_at=AT + timedelta(hours=3),
)  # fmt: skip


def heard(id: str, place: str, near: str = "", scope: str = "private", rated: int = 0) -> Heard:
    return Heard(conversation=id, at=AT, place=place, near=near, scope=scope, rated=rated)


def test_each_platform_as_a_whole_then_its_channels_the_busiest_first() -> None:
    found = tallies(
        [
            heard("c1", "slack:T/D9"),
            heard("c2", "slack:T/C1/17.1", near="slack:T/C1", scope="public"),
            heard("c2", "slack:T/D9", rated=2),  # it moved to where nobody reads along
            heard("c2", "slack:T/D9", rated=4),
            heard("c3", "slack:T/C1/18.1", scope="public"),
            heard("c4", "discord:7/8", scope="post", rated=1),
        ],
        [CASE, replace(CASE, number=2, waited=30, resolved_at=None), replace(CASE, number=3, kind="approval")],
    )
    assert [(each.platform, each.channel, each.contacts, each.cases) for each in found] == [
        ("discord", "", 1, 0),
        ("discord", "discord:7", 1, 0),
        ("slack", "", 3, 2),
        ("slack", "slack:T/C1", 2, 2),
        ("slack", "direct", 1, 0),
    ]
    assert [(each.ratings, each.csat) for each in found] == [(1, 0.0), (1, 0.0), (1, 1.0), (1, 1.0), (0, None)]
    assert (found[2].first_response, found[2].resolution) == (20.0, 3.0)
    assert (found[0].first_response, found[0].resolution) == (None, None)


def test_nothing_is_counted_of_nothing() -> None:
    assert tallies([], [CASE]) == []
