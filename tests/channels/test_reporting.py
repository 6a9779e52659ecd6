"""`report exceptions` on what customers and supervisors did, and `flow` on the shipped flows."""

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


def reported(*options: str) -> str:
    said = CliRunner().invoke(cli, ["report", "exceptions", *options])
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


def test_a_report_without_a_database_or_with_a_span_that_is_none_is_told(tmp_path: Path) -> None:
    runner = CliRunner()
    missing = runner.invoke(cli, ["report", "exceptions", "--database", str(tmp_path / "none.sqlite")])
    assert "does not exist" in str(missing.exception)


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
