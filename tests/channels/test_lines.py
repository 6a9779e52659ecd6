"""What the faces of the bot share: markup as a tree, a case in one line, and what agents can do with it."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from msgspec.structs import replace

from bot.channels.casework import card_text, case_acts
from bot.channels.lines import shown_name, tree
from bot.desk.case import Case

CASE = Case(
    number=7,
    kind="handoff",
    queue="care",
    customer="local:ana",
    name="Ana",
    place="local:ana",
    conversation="c1",
    opened_at=datetime(2026, 1, 5, tzinfo=UTC),
    subject="A lamp",
    reason="Asked for a person",
)


def test_markup_becomes_a_tree_of_plain_values() -> None:
    assert tree("a *b _c_*\n- `d`\n- [e](https://a.example)") == [
        "a ",
        {"b": ["b ", {"i": ["c"]}]},
        {"br": True},
        {"li": [{"code": "d"}]},
        {"li": [{"a": {"href": "https://a.example", "nodes": ["e"]}}]},
    ]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "&lt;b&gt;", "<!channel>"])
def test_what_is_no_markup_of_ours_is_text_in_the_tree(text: str) -> None:
    assert tree(text) == [text]


def test_a_card_is_told_in_one_line() -> None:
    assert card_text(CASE) == "Case 7 · waiting · Ana · A lamp · Asked for a person"
    owned = replace(CASE, status="owned", assignee="dana", reason="")
    assert card_text(owned) == "Case 7 · owned · dana · Ana · A lamp"


@pytest.mark.parametrize(
    ("kind", "status", "actions"),
    [
        ("handoff", "waiting", ["claim", "reply", "note", "resolve"]),
        ("handoff", "owned", ["reply", "note", "snooze", "release", "resolve", "live"]),
        ("handoff", "resolved", ["note"]),
        ("approval", "waiting", ["approve", "decline", "reply", "note"]),
        ("approval", "resolved", ["note"]),
    ],
)
def test_a_card_offers_what_can_be_done_now(
    kind: Literal["handoff", "approval"], status: Literal["waiting", "owned", "resolved"], actions: list[str]
) -> None:
    assert [each["id"] for each in case_acts(replace(CASE, kind=kind, status=status))] == [*actions, "transcript"]


def test_the_button_for_live_switches_to_what_is_not() -> None:
    owned = replace(CASE, status="owned", assignee="dana")
    assert {"id": "live", "text": "on"} in case_acts(owned)
    assert {"id": "live", "text": "off"} in case_acts(replace(owned, live=True))
    assert "live" not in [each["id"] for each in case_acts(replace(owned, live=True, status="resolved"))]


def test_a_time_that_a_person_gave_can_be_taken_back_with_a_button() -> None:
    given = replace(CASE, promise=CASE.opened_at, vow="within the hour")
    assert {"id": "unpromise"} in case_acts(given)
    for gone in (replace(given, vow=""), replace(given, moved=True)):  # the bot has told another time since
        assert "unpromise" not in [each["id"] for each in case_acts(gone)]


@pytest.mark.parametrize(
    ("who", "name"), [("ana", "Ana"), ("ana-maria", "Ana-maria"), ("ß", "SS"), ("7", "7"), ("", "")]
)
def test_a_local_customer_is_shown_by_a_name(who: str, name: str) -> None:
    assert shown_name(who) == name
