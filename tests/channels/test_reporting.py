"""`report` on what customers and staff did, and `flow` on the shipped flows."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.content import load, shipped_folder
from tests.channels.shop import Bot, agent, say

EXCEPTION = ("could you make an exception?", "something else", "free delivery to the moon", "none of these")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The demo shop, in its own words."""
    return Bot(shipped_folder(), load(shipped_folder()), monkeypatch)


def asks(who: str) -> list[dict[str, Any]]:
    return [say(words, who=who) for words in EXCEPTION]


def reported(*options: str, of: str = "exceptions") -> str:
    said = CliRunner().invoke(cli, ["report", of, *options])
    assert said.exit_code == 0, said.output
    return said.output


def test_exceptions_are_counted_by_policy_with_what_customers_say_of_a_final_no(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    late = [say(words, who="dev") for words in ("refund for 10031", "I don't want it", "none of these", "please")]
    desk.talk(
        *asks("ana"),
        agent("sam", "decline", 1, "No rocket"),
        say("leave it", who="ana"),
        say("buy a bigger rocket", who="ana"),
        *asks("ben"),
        agent("sam", "approve", 2),
        *asks("chloe"),
        agent("sam", "counter", 4, "5 GBP store credit"),
        *late,
        database=file,
    )
    goodwill, window = (json.loads(line) for line in reported("--database", file, "--json").splitlines())
    catalog = load(shipped_folder())
    assert goodwill == {
        "policy": "goodwill",
        "asked": 3,
        "granted": 1,
        "declined": 1,
        "countered": 1,
        "withdrawn": 0,
        "open": 0,
        "versions": [catalog.policies["goodwill"].version],
        "feedback": ["buy a bigger rocket"],
    }
    assert (window["policy"], window["asked"], window["open"]) == ("refund_window", 1, 1)
    assert window["versions"] == [catalog.policies["refund_window"].version]
    shown = reported("--database", file)
    assert "goodwill: “buy a bigger rocket”" in shown
    assert shown.splitlines()[0].split() == [
        "policy", "asked", "granted", "declined", "countered", "withdrawn", "open"
    ]  # fmt: skip
    assert "No exceptions" in reported("--database", file, "--since", "1h")  # all of it happened in January


def test_refusals_are_counted_by_policy_with_what_was_taken_instead(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    late = ("refund for 10031", "I don't want it")
    desk.talk(
        *asks("ana"),
        agent("sam", "decline", 1, "No rocket"),
        say("store credit", who="ana"),
        *(say(words, who="ben") for words in (*late, "purple", "how long does delivery take?", "store credit")),
        *(say(words, who="chloe") for words in (*late, "none of these")),
        *(say(words, who="dev") for words in late),  # and goes
        database=file,
    )
    window, goodwill = (json.loads(line) for line in reported("--database", file, "--json", of="refusals").splitlines())
    told = {"policy": "refund_window", "told": 3, "chosen": {"credit": 1, "exception": 1}, "left": 1}
    assert told == window
    told = {"policy": "goodwill", "told": 2, "chosen": {"none_of_these": 1, "credit": 1}, "left": 0}
    assert told == goodwill
    shown = reported("--database", file, of="refusals")
    assert shown.splitlines()[1].split() == ["refund_window", "3", "1", "credit", "1,", "exception", "1"]
    assert "Nobody" in reported("--database", file, "--since", "1h", of="refusals")


def test_a_report_without_a_database_or_with_a_span_that_is_none_is_told(tmp_path: Path) -> None:
    runner = CliRunner()
    missing = runner.invoke(cli, ["report", "exceptions", "--database", str(tmp_path / "none.sqlite")])
    assert "does not exist" in str(missing.exception)


def post(agent: str, do: str, about: int, text: str = "") -> dict[str, Any]:
    return {"agent": agent, "do": do, "about": f"suggestion/local:ana/{about}", **({"text": text} if text else {})}


def test_suggestions_are_counted_by_entry_and_flow_each_once_and_audited(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    data = "what do you do with my data"
    desk.talk(
        say(data),
        post("dana", "send", 1),
        post("lee", "send", 1),  # too late: it counts for nothing
        say("where is my order"),
        post("lee", "edit", 4, "Which order is it? CANARY"),
        say("florp grumble wozzle", who="ben"),
        {**post("dana", "dismiss", 7), "about": "suggestion/local:ben/7"},
        {**post("dana", "edit", 7, "Please say that again."), "about": "suggestion/local:ben/7"},
        say("florp wozzle grumble", who="cora"),
        {**post("dana", "leave", 11), "about": "suggestion/local:cora/11"},
        database=file,
        mode="suggest",
    )
    lines = [json.loads(line) for line in reported("--database", file, "--json", of="suggestions").splitlines()]
    assert lines == [
        {"of": "unknown", "sent": 0, "edited": 0, "dismissed": 1, "left": 1, "as_is": 0.0},
        {"of": "order_status", "sent": 0, "edited": 1, "dismissed": 0, "left": 0, "as_is": 0.0},
        {"of": "privacy_data", "sent": 1, "edited": 0, "dismissed": 0, "left": 0, "as_is": 1.0},
    ]
    shown = reported("--database", file, of="suggestions").splitlines()
    assert shown[0].split() == ["entry", "or", "flow", "sent", "edited", "dismissed", "left", "sent", "as", "is"]
    assert shown[-1].split() == ["all", "together", "1", "1", "1", "1", "25%"]
    assert "Nothing" in reported("--database", file, "--since", "1h", of="suggestions")
    audited = CliRunner().invoke(cli, ["audit", "--database", file, "--json"]).output
    acts = [json.loads(line) for line in audited.splitlines()]
    assert [(act["who"], act["role"], act["act"], act["rule"]) for act in acts[:2]] == [
        ("dana", "agent", "SuggestionSent", "answer"),
        ("lee", "agent", "SuggestionSent", "suggestion_gone"),
    ]
    assert [act["detail"] for act in acts[:3]] == [
        {"of": "privacy_data", "edited": False},
        {},
        {"of": "order_status", "edited": True},
    ]
    assert [act["rule"] for act in acts[3:]] == ["suggestion_dismissed", "dismissed_answered", "suggestion_left"]
    assert "CANARY" not in audited


def test_paths_are_listed_for_people_and_programs() -> None:
    said = CliRunner().invoke(cli, ["flow", "paths", "unhappy", "--content", str(shipped_folder())]).output
    assert "✓ ask_hoped (…) → explain → options (leave) → leave: ends as left" in said.splitlines()
    lines = CliRunner().invoke(cli, ["flow", "paths", "refund", "--json", "--content", str(shipped_folder())]).output
    found = [json.loads(line) for line in lines.splitlines()]
    assert {"refunded", "kept", "declined"} <= {each["ending"].removeprefix("ends as ") for each in found}
    assert any(each["loop"] for each in found)


def test_a_flow_that_is_not_there_is_told_with_the_nearest() -> None:
    said = CliRunner().invoke(cli, ["flow", "show", "refnd", "--content", str(shipped_folder())])
    assert str(said.exception) == "there is no flow 'refnd'; did you mean 'refund'?"


def test_contacts_are_counted_by_platform_with_times_and_satisfaction(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    desk.talk(
        *(say("talk to a person", who=who) for who in ("ana", "ben")),
        say("what do you do with my data", who="chloe"),
        {"advance": "30m"},
        agent("dana", "reply", 1, "Good morning."),
        agent("dana", "resolve", 1),
        agent("dana", "reply", 2, "Good morning."),
        agent("dana", "resolve", 2),
        {"advance": "26h"},
        *(say(words, who="ana") for words in ("yes", "5")),
        *(say(words, who="ben") for words in ("yes", "2")),
        database=file,
    )
    everything, direct = (
        json.loads(line) for line in reported("--database", file, "--json", of="contacts").splitlines()
    )
    counted = {"contacts": 3, "cases": 2, "first_response": 30.0, "resolution": 0.5, "ratings": 2, "csat": 0.5}
    assert everything == {"platform": "local", "channel": "", **counted}
    assert direct == {"platform": "local", "channel": "direct", **counted}
    shown = reported("--database", file, of="contacts").splitlines()
    assert shown[1].split() == ["local", "all", "3", "2", "30", "min", "0.5", "h", "2", "50%"]
    assert "Nobody" in reported("--database", file, "--since", "1h", of="contacts")


def test_what_was_noticed_is_counted_with_those_of_whom_it_is_a_pattern(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    desk.talk(
        say("talk to a person", who="ana"),
        say("talk to a person", who="ben"),
        *(agent("dana", "mark", 1, "late_payment") for _ in range(3)),
        agent("lee", "mark", 2, "late_payment in May"),
        agent("lee", "mark", 2, "undecided"),
        database=file,
    )
    late, undecided = (json.loads(line) for line in reported("--database", file, "--json", of="marks").splitlines())
    assert late == {"mark": "late_payment", "seen": 4, "customers": 2, "patterns": [["local:ana", 3]]}
    assert undecided == {"mark": "undecided", "seen": 1, "customers": 1, "patterns": []}
    shown = reported("--database", file, of="marks").splitlines()
    assert shown[1].split() == ["Pays", "late", "4", "2", "local:ana", "(3)"]
    assert "Nothing" in reported("--database", file, "--since", "1h", of="marks")
    audited = CliRunner().invoke(cli, ["audit", "--database", file, "--json"]).output
    acts = [json.loads(line)["detail"] for line in audited.splitlines() if "CustomerMarked" in line]
    assert acts[0] == {"mark": "late_payment"}
