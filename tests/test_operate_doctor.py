"""`frontdesk doctor`: each thing that may be wrong is told with its fix, in words that the pages explain."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.channels.slack.channel import SlackChannel as SlackFront
from bot.cli import cli
from tests.content import shop
from tests.operating import ROOT, surroundings
from tests.wire.discord.records import Channel as DiscordChannel
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.server import SlackServer
from tests.wire.slack.world import Channel as SlackChannel


@dataclass(slots=True, kw_only=True)
class Ward:
    """A set-up in which nothing is wrong, to be spoilt at one place."""

    folder: Path
    around: dict[str, str]
    slack: SlackServer
    support: SlackChannel
    discord: DiscordServer
    help: DiscordChannel

    async def doctor(self) -> tuple[int, str]:
        """Run it in a thread, beside the emulators: it has a loop of its own."""
        shown = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor"], env={**_NOTHING, **self.around})
        assert isinstance(shown.exception, SystemExit | None), shown.exception
        return shown.exit_code, shown.output


_NOTHING = dict.fromkeys(name for name in os.environ if name.startswith("FRONTDESK_"))  # is taken away


@pytest.fixture
async def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    monkeypatch.chdir(tmp_path)
    async with SlackServer() as slack, DiscordServer(privileged=("members", "content")) as discord:
        support = slack.add_channel("support")
        desk = slack.add_channel("desk", private=True)
        help_channel = discord.add_channel("help")
        team = shop.HANDOFF.replace("dana: {name: Dana}", "dana: {name: Dana, accounts: ['slack:U0000000001']}")
        files = {**shop.files(), "handoff/team.yaml": team}
        shop.write(tmp_path / "shop", files)
        around = surroundings(
            slack,
            discord,
            FRONTDESK_CONTENT=str(tmp_path / "shop"),
            FRONTDESK_SLACK_SUPPORT_CHANNELS=support.id,
            FRONTDESK_DISCORD_SUPPORT_CHANNELS=str(help_channel.id),
            FRONTDESK_STAFF_CHANNEL=f"slack:{desk.id}",
        )
        yield Ward(folder=tmp_path, around=around, slack=slack, support=support, discord=discord, help=help_channel)


async def test_where_nothing_is_wrong_every_line_is_ticked(ward: Ward) -> None:
    code, said = await ward.doctor()
    assert code == 0, said
    assert "✗" not in said
    assert said.endswith("\nNothing is wrong.\n")
    for words in (
        "database frontdesk.sqlite: will be made at the first start",
        "3 entries, 2 flows, 2 agents",
        "people with an account on Slack: Dana",
        "Slack's bot token 1: frontdesk in",
        "rights of Slack's bot token 1: all ",
        " s from Slack's",
        "Slack's app token 1: opens a socket",
        "support channel #support: the bot is in it",
        "staff channel #desk: the bot is in it",
        "Message Content Intent is on",
        "support channel #help: all permissions are there",
    ):
        assert words in said, words
    assert not (ward.folder / "frontdesk.sqlite").exists()


async def no_token(ward: Ward) -> None:
    for name in [name for name in ward.around if name.endswith("_TOKEN")]:
        del ward.around[name]


async def wrong_slack_token(ward: Ward) -> None:
    ward.around["FRONTDESK_SLACK_BOT_TOKEN"] = "xoxb-111-222-wrongwrong"


async def scope_missing(ward: Ward) -> None:
    ward.slack.world.teams[ward.slack.team].scopes.discard("im:write")


async def bot_not_in_channel(ward: Ward) -> None:
    ward.support.members.clear()


async def slack_channel_gone(ward: Ward) -> None:
    ward.around["FRONTDESK_SLACK_SUPPORT_CHANNELS"] = "C0NOWHERE"


async def nobody(ward: Ward) -> None:
    shop.write(ward.folder / "shop", shop.files())


async def locked(ward: Ward) -> None:
    with closing(sqlite3.connect(ward.folder / "frontdesk.sqlite")) as link:
        link.execute("CREATE TABLE x (y)")
    holder = sqlite3.connect(ward.folder / "frontdesk.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    _HOLDERS.append(holder)


async def not_a_database(ward: Ward) -> None:
    (ward.folder / "frontdesk.sqlite").write_bytes(b"hello, I am a letter\n" * 100)


async def no_folder(ward: Ward) -> None:
    ward.around["FRONTDESK_DATABASE"] = "nowhere/frontdesk.sqlite"


async def wrong_content(ward: Ward) -> None:
    shop.write(ward.folder / "shop", {"faqs/more.yaml": "entries:\n  a: {title: A}\n"})


async def wrong_discord_token(ward: Ward) -> None:
    ward.around["FRONTDESK_DISCORD_TOKEN"] = "a-wrong-token-of-discord"


async def hearing_off(ward: Ward) -> None:
    ward.discord.world.privileged.discard("content")


async def permission_missing(ward: Ward) -> None:
    await ward.discord.permit(ward.help, ["VIEW_CHANNEL", "SEND_MESSAGES"])


async def discord_channel_gone(ward: Ward) -> None:
    ward.around["FRONTDESK_DISCORD_SUPPORT_CHANNELS"] = "1234"


async def staff_not_set(ward: Ward) -> None:
    del ward.around["FRONTDESK_STAFF_CHANNEL"]


async def token_for_all_to_read(ward: Ward) -> None:
    file = ward.folder / "discord-token"
    file.write_text(ward.around.pop("FRONTDESK_DISCORD_TOKEN"), encoding="utf-8")
    os.chmod(file, 0o644)
    ward.around["FRONTDESK_DISCORD_TOKEN_FILE"] = "discord-token"


_HOLDERS: list[sqlite3.Connection] = []


@pytest.fixture(autouse=True)
def released() -> object:
    yield
    while _HOLDERS:
        _HOLDERS.pop().close()


FAULTS: list[tuple[Callable[[Ward], Awaitable[None]], str, str]] = [
    (no_token, "there is no token", ""),
    (wrong_slack_token, "Slack's bot token 1: invalid_auth", "Copy the Bot User OAuth Token"),
    (scope_missing, "rights that Slack's bot token 1 lacks: im:write", "`frontdesk setup slack`"),
    (bot_not_in_channel, "support channel #support: the bot is not in it", "/invite"),
    (slack_channel_gone, "support channel C0NOWHERE: not found", "Check the id."),
    (nobody, "people with an account on Slack: nobody", "handoff/team.yaml"),
    (locked, "is locked by another program", ""),
    (not_a_database, "is not a Frontdesk database", ""),
    (no_folder, "its folder is missing or cannot be written", "Make the folder."),
    (wrong_content, "faqs/more.yaml:2: ", ""),
    (wrong_discord_token, "Discord does not accept the token", "Reset Token"),
    (hearing_off, "Message Content Intent is off", "Switch it on"),
    (permission_missing, "support channel #help: the bot may not", "invite it anew"),
    (discord_channel_gone, "support channel 1234 cannot be seen", "Invite the bot"),
    (staff_not_set, "staff.channel is not set", ""),
    (token_for_all_to_read, "token file discord-token: others may read it", "chmod 600 discord-token"),
]


@pytest.mark.parametrize(("spoil", "told", "fix"), FAULTS, ids=[fault.__name__ for fault, _, _ in FAULTS])
async def test_what_is_wrong_is_told_with_its_fix(
    ward: Ward, spoil: Callable[[Ward], Awaitable[None]], told: str, fix: str
) -> None:
    await spoil(ward)
    code, said = await ward.doctor()
    assert code == 1, said
    crosses = re.findall(r"^✗ .*(?:\n  → .*)?", said, flags=re.MULTILINE)
    assert any(told in cross and fix in cross for cross in crosses), said
    assert re.search(r"^\d+ to mend\.$", said, flags=re.MULTILINE)
    assert "Traceback" not in said
    if "other" not in told and spoil not in (no_token, staff_not_set, nobody, locked, not_a_database):
        assert len(crosses) < 4, said  # one fault does not look like ten


async def test_a_platform_that_is_away_is_told_and_the_other_is_looked_at(ward: Ward) -> None:
    ward.around["FRONTDESK_SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    code, said = await ward.doctor()
    assert code == 1
    assert "✗ Slack cannot be reached" in said
    assert "✓ Message Content Intent is on" in said


async def test_a_fault_of_ours_is_one_line_and_the_other_platform_is_looked_at(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(front: SlackFront) -> None:
        raise KeyError("what a customer wrote")

    monkeypatch.setattr(SlackFront, "diagnose", broken)
    code, said = await ward.doctor()
    assert code == 1
    crosses = [line for line in said.splitlines() if line.startswith("✗")]
    assert len(crosses) == 1
    assert re.fullmatch(r"✗ could not be looked at: KeyError at \S+test_operate_doctor\.py:\d+ broken", crosses[0])
    assert "Traceback" not in said
    assert "customer" not in said
    assert "✓ Message Content Intent is on" in said


@pytest.mark.parametrize("page", ["slack.md", "discord.md"])
def test_the_pages_explain_what_the_doctor_says(page: str) -> None:
    """Each row of "If something is wrong" quotes words that the doctor is shown to say."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    table = text.partition("## If something is wrong\n")[2].partition("\n## ")[0]
    quoted = re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)
    assert len(quoted) >= 6
    said = [told for _, told, _ in FAULTS] + ["clock: … s behind Slack's"]
    for words in quoted:
        pattern = ".*".join(re.escape(part) for part in words.split("…"))
        assert any(re.search(pattern, each) for each in said), words
