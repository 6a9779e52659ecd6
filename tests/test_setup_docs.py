"""docs/slack.md and docs/discord.md, followed step by step as an admin would, up to a customer who is answered.

Each page is read from top to bottom: its commands are typed, its files written. The ids and tokens that stand for the
reader's own are put in their place, and what the page has people click is done to the emulators.
"""

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.operating import ROOT, Running, frontdesk, surroundings
from tests.wire.discord import permissions
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.http_events import HttpRoad
from tests.wire.slack.server import SlackServer

ASKED, ANSWERED = "how long does delivery take?", "working days"
PATIENCE = 15.0


def steps(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield (heading, kind, text) of every fenced block of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    heading = ""
    for found in re.finditer(r"^## ([^\n]*)$|^```(\w+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        if found[1]:
            heading = found[1]
        else:
            yield heading, found[2], found[3]


class Admin:
    """Somebody who follows a page in a terminal. `own` puts their own ids in place of the page's."""

    def __init__(self, folder: Path, surroundings: dict[str, str], own: dict[str, str]) -> None:
        self.folder = folder
        self.surroundings = surroundings
        self.own = own
        self.typed: list[str] = []
        for name in ("faqs", "flows", "handoff"):
            shutil.copytree(ROOT / name, folder / name)

    async def follow(self, page: str, *, of: Callable[[str], bool]) -> dict[str, str]:
        """Do what stands under the headings that are meant; return what each command printed."""
        printed: dict[str, str] = {}
        for heading, kind, text in steps(page):
            if not of(heading):
                continue
            if kind == "yaml" and (named := re.match(r"# (\S+\.yaml)\n", text)):
                (self.folder / named[1]).write_text(self._mine(text), encoding="utf-8")
            elif kind == "console":
                for line, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, flags=re.MULTILINE):
                    printed[line] = await self._type(self._mine(line))
                    compare(shown, printed[line])
        return printed

    async def _type(self, line: str) -> str:
        self.typed.append(line)
        match shlex.split(line):
            case ["export", setting]:
                variable, _, _ = setting.partition("=")
                assert variable in self.surroundings, f"{variable} is nothing that the bot reads"
            case ["cd", folder]:
                self.folder = self.folder / folder
            case ["frontdesk", *args]:
                code, said = await frontdesk(*args, at=self.folder, surroundings=self.surroundings)
                assert code == 0, f"$ {line}\n{said}"
                return said
            case command:
                running = await asyncio.create_subprocess_exec(*command, cwd=self.folder)
                assert await running.wait() == 0, line
        return ""

    def _mine(self, text: str) -> str:
        for theirs, mine in self.own.items():
            text = text.replace(theirs, mine)
        return text


def compare(shown: str, printed: str) -> None:
    """Hold what the page shows of a command to what it printed; … stands for anything."""
    pattern = "[^\n]*".join(re.escape(part) for part in shown.strip().split("…"))
    assert re.search(pattern, printed), f"the page shows\n{shown}\nand it printed\n{printed}"


def test_the_pages_have_the_steps_that_are_followed() -> None:
    for page in ("slack.md", "discord.md"):
        headings = [heading[:2] for heading, kind, _ in steps(page) if kind in ("console", "yaml")]
        assert list(dict.fromkeys(headings))[:8] == ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "8."]
        commands = [line for _, kind, text in steps(page) if kind == "console" for line in text.splitlines()]
        assert "$ frontdesk doctor" in commands
        assert "$ frontdesk run" in commands


async def test_slack_step_by_step(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        ana, dana = slack.add_user("ana"), slack.add_user("dana")
        support = slack.add_channel("support", members=[ana])
        desk = slack.add_channel("support-desk", members=[dana], private=True)
        own = {"C0123ABCD": support.id, "C0456EFGH": desk.id, "U0123ABCD": dana.id}
        admin = Admin(tmp_path, surroundings(slack), own)
        await admin.follow("slack.md", of=lambda heading: heading[:2] in {"1.", "2."})
        paste(slack, (admin.folder / "slack-manifest.json").read_text(encoding="utf-8"))
        said = await admin.follow("slack.md", of=lambda heading: heading[:2] in {"3.", "4.", "5.", "6."})
        assert "✗" not in said["frontdesk doctor"]
        async with Running(admin.folder, admin.surroundings) as bot:
            await bot.ready("Slack")
            asked = await slack.say(ana, support, ASKED)
            await slack.wait_for(support, ANSWERED, thread=asked, timeout=PATIENCE)
            wished = await slack.say(ana, support, "talk to a person")
            card = await slack.wait_for(desk, "Case 1", timeout=PATIENCE)
            await slack.press(dana, card, "Claim")
            await slack.say(dana, desk, "!r Hello Ana, Dana here.", thread=card.ts)
            await slack.until(
                lambda: any(
                    "Hello Ana, Dana here." in message.shown
                    for room in (support, slack.dm(ana))
                    for message in slack.everything(room)
                ),
                PATIENCE,
            )
            assert wished
            await admin.follow("slack.md", of=lambda heading: heading.startswith("8."))
            panel = await slack.wait_for(support, "Need help?", timeout=PATIENCE)
            await slack.press(ana, panel, "Ask for help")
            await slack.modal(ana, PATIENCE)
            assert await bot.stop() == 0
        assert slack.violations == []


def paste(slack: SlackServer, manifest: str) -> None:
    """Create the app as the manifest describes it: no other scope, no other event."""
    made = json.loads(manifest)
    slack.world.teams[slack.team].scopes = set(made["oauth_config"]["scopes"]["bot"])
    slack.subscriptions = {
        "message" if name.startswith("message.") else name
        for name in made["settings"]["event_subscriptions"]["bot_events"]
    }


async def test_slack_over_http_step_by_step(tmp_path: Path) -> None:
    async with SlackServer() as slack, aiohttp.ClientSession() as calling:
        ana = slack.add_user("ana")
        support = slack.add_channel("support", members=[ana])
        desk = slack.add_channel("support-desk", private=True)
        around = surroundings(
            slack,
            FRONTDESK_SLACK_SIGNING_SECRET=slack.signing_secret,
            FRONTDESK_SLACK_SUPPORT_CHANNELS=support.id,
            FRONTDESK_STAFF_CHANNEL=f"slack:{desk.id}",
            FRONTDESK_SERVER_PORT="0",
        )
        del around["FRONTDESK_SLACK_APP_TOKEN"]
        admin = Admin(tmp_path, around, {})
        await admin.follow("slack.md", of=lambda heading: heading.startswith("Without Socket Mode"))
        manifest = json.loads((tmp_path / "slack-manifest.json").read_text(encoding="utf-8"))
        paste(slack, json.dumps(manifest))
        address = urlsplit(manifest["settings"]["event_subscriptions"]["request_url"])
        assert address.geturl().startswith("https://bot.example.com/")
        assert manifest["settings"]["socket_mode_enabled"] is False
        (setting,) = [
            text for heading, kind, text in steps("slack.md") if heading.startswith("Without") and kind == "yaml"
        ]
        (tmp_path / "config.yaml").write_text(setting, encoding="utf-8")
        async with Running(tmp_path, around) as bot:
            await bot.ready("Slack")
            at = (await bot.prints(r"How it is: (\S+)/readyz"))[1]
            road = HttpRoad(slack, f"{at}{address.path}", calling)
            assert await road.verify()
            slack.road = road
            asked = await slack.say(ana, support, ASKED)
            await slack.wait_for(support, ANSWERED, thread=asked, timeout=PATIENCE)
            await slack.settled()  # Slack tells the bot of its own words, too
            assert await bot.stop() == 0
        assert slack.violations == []


async def test_discord_step_by_step(tmp_path: Path) -> None:
    async with DiscordServer() as discord:
        member = discord.add_role(discord.guild, "Member", grants=permissions.EVERYBODY)
        ana, dana = discord.add_user("ana", roles=[member]), discord.add_user("dana", roles=[member])
        support = discord.add_channel("support")
        (role,) = [role for role in discord.guild.roles.values() if role.managed]
        desk = discord.add_channel("support-desk", visible_to=[dana])
        own = {
            "1111111111111111111": str(support.id),
            "2222222222222222222": str(desk.id),
            "3333333333333333333": str(dana.id),
        }
        admin = Admin(tmp_path, surroundings(discord), own)
        said = await admin.follow("discord.md", of=lambda heading: heading[:2] in {"1.", "2.", "3."})
        (link,) = re.findall(r"https://discord\.com/\S*oauth2/authorize\S*", said["frontdesk setup discord"])
        asked_for = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        assert asked_for["client_id"] == str(discord.application_id)
        assert set(asked_for["scope"].split()) == {"bot", "applications.commands"}
        role.permissions = int(asked_for["permissions"])
        discord.guild.roles[discord.guild.id].permissions = 0  # the bot may do no more than the link asks for
        said = await admin.follow("discord.md", of=lambda heading: heading[:2] in {"4.", "5.", "6."})
        assert "✗" not in said["frontdesk doctor"]
        async with Running(admin.folder, admin.surroundings) as bot:
            await bot.ready("Discord")
            asked = await discord.say(ana, support, ASKED)
            await discord.until(lambda: asked.id in discord.world.channels, PATIENCE)
            thread = discord.world.channels[asked.id]
            await discord.wait_for(thread, ANSWERED, timeout=PATIENCE)
            await discord.say(ana, thread, "talk to a person")
            card = await discord.wait_for(desk, "Case 1", timeout=PATIENCE)
            await discord.press(dana, card, "Claim")
            await admin.follow("discord.md", of=lambda heading: heading.startswith("8."))
            panel = await discord.wait_for(support, "Need help?", timeout=PATIENCE)
            await discord.press(ana, panel, "Ask for help")
            assert await bot.stop() == 0
        assert discord.violations == []


@pytest.mark.parametrize("page", ["slack.md", "discord.md"])
def test_a_page_never_asks_for_a_token_in_a_file_that_is_shared(page: str) -> None:
    for _, kind, text in steps(page):
        if kind == "yaml":
            assert "token:" not in text
            assert "xox" not in text
