"""`frontdesk setup` and `frontdesk panel`: what they print, and what they refuse."""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.channels.discord.invite import PERMISSIONS, permissions
from bot.channels.slack.manifest import SCOPES
from bot.cli import cli
from bot.errors import FrontdeskError
from tests.content import shop
from tests.operating import surroundings
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.server import SlackServer


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FRONTDESK_CONTENT", str(shop.write(tmp_path / "shop", shop.files())))


def said(*args: str, **environment: str) -> str:
    shown = CliRunner().invoke(cli, list(args), env=environment)
    assert shown.exception is None, shown.exception
    return shown.output


def refused(*args: str, **environment: str) -> str:
    shown = CliRunner().invoke(cli, list(args), env=environment)
    assert isinstance(shown.exception, FrontdeskError), shown.output
    return str(shown.exception)


async def beside(*args: str, **environment: str) -> Any:
    """Run a command in a thread beside the emulators: it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, cli, list(args), env=environment)


def test_the_slack_manifest_is_printed_with_a_reason_for_every_right() -> None:
    shown = said("setup", "slack")
    made = json.loads(shown.partition("\nWhat each right is for:")[0])
    assert made["oauth_config"]["scopes"]["bot"] == [scope.name for scope in SCOPES]
    assert made["settings"]["socket_mode_enabled"] is True
    for scope in SCOPES:
        assert re.search(rf"{scope.name} +{re.escape(scope.why)}", shown)
    assert "xapp" not in shown
    assert "FRONTDESK_SLACK_APP_TOKEN" in shown
    assert "https://api.slack.com/apps" in shown


def test_the_mode_comes_from_the_settings_and_http_needs_an_address(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("slack: {mode: http}\n", encoding="utf-8")
    assert refused("setup", "slack").endswith("name its address with --url https://…")
    assert refused("setup", "slack", "--url", "http://bot.example.com").endswith("--url https://…")
    shown = said("setup", "slack", "--url", "https://bot.example.com/")
    assert '"request_url": "https://bot.example.com/slack/events"' in shown
    assert "FRONTDESK_SLACK_SIGNING_SECRET" in shown
    assert '"socket_mode_enabled": true' in said("setup", "slack", "--mode", "socket")


def test_the_manifest_is_written_into_a_file(tmp_path: Path) -> None:
    shown = said("setup", "slack", "--write", "slack.json")
    assert shown.startswith("wrote slack.json\n")
    assert "paste all of slack.json" in shown
    assert json.loads((tmp_path / "slack.json").read_text(encoding="utf-8"))["display_information"]["name"] == "Pip"
    assert refused("setup", "slack", "--write", "gone/slack.json") == (
        "gone/slack.json cannot be written: No such file or directory."
    )


def test_the_discord_link_is_printed_with_a_reason_for_every_permission() -> None:
    shown = said("setup", "discord", "--application-id", "1234567890123456789")
    first = shown.splitlines()[0]
    assert first.startswith("https://discord.com/oauth2/authorize?client_id=1234567890123456789&")
    assert f"permissions={permissions().value}" in first
    for name, why in PERMISSIONS.items():
        assert re.search(rf"{name.replace('_', ' ')} +{re.escape(why)}", shown)
    assert "switch on Message Content Intent and Server Members Intent" in shown
    assert "applications/1234567890123456789/bot" in shown


def test_without_a_token_the_application_must_be_named() -> None:
    assert "name the application with --application-id" in refused("setup", "discord")
    assert refused("setup", "discord", "--application-id", "Pip").startswith(
        "--application-id is 'Pip'; expected digits"
    )


async def test_with_a_token_the_application_is_found() -> None:
    async with DiscordServer() as discord:
        around = {name: value for name, value in surroundings(discord).items() if name.startswith("FRONTDESK_")}
        shown = await beside("setup", "discord", **around)
        assert f"client_id={discord.application_id}&" in shown.output
        shown = await beside("setup", "discord", **{**around, "FRONTDESK_DISCORD_TOKEN": "a-wrong-token"})
        assert "Discord does not accept the token" in str(shown.exception)
    shown = await beside("setup", "discord", **around)
    assert "Discord cannot be reached at " in str(shown.exception)


def test_a_panel_needs_a_channel_and_a_token() -> None:
    assert refused("panel", "#help") == "'#help' is no channel; write slack:C0123ABCD or discord:1234567890."
    for place, told in (
        ("slack:C1", "there is no token for Slack: set FRONTDESK_SLACK_BOT_TOKEN."),
        ("discord:1", "there is no token for Discord: set FRONTDESK_DISCORD_TOKEN."),
    ):
        assert refused("panel", place) == told


async def test_a_panel_is_posted_once_or_it_is_told_why_not() -> None:
    async with SlackServer() as slack, DiscordServer() as discord:
        room, channel = slack.add_channel("help"), discord.add_channel("help")
        around = {name: value for name, value in surroundings(slack, discord).items() if name.startswith("FRONTDESK_")}
        for place in (f"slack:{room.id}", f"discord:{channel.id}"):
            shown = await beside("panel", place, **around)
            assert shown.output == f"✓ The panel stands in {place}.\n", shown.exception
        assert len(slack.messages(room)) == len(discord.messages(channel)) == 1
        shown = await beside("panel", "slack:C0NOWHERE", **around)
        assert "channel_not_found" in str(shown.exception)
        shown = await beside("panel", "discord:1234", **around)
        assert "Unknown Channel" in str(shown.exception)
    shown = await beside("panel", f"slack:{room.id}", **around)
    assert re.search("cannot be (reached|posted now)", str(shown.exception))
    shown = await beside("panel", f"discord:{channel.id}", **around)
    assert re.search("cannot be (reached|posted now)", str(shown.exception))
