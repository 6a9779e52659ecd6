"""Content that is edited while Slack and Discord are served: what staff read there, and what customers can choose."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import Edited
from bot.content import load
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving
from tests.content import shop
from tests.content.shop import FAQS

EACH = 0.05
NEW = FAQS.replace("Behind the house.", "In front of <!channel> it.").replace("  parking:", "  car_park:")
NEWS = "- faqs/shop.yaml · new: car_park · gone: parking"
BROKEN = FAQS.replace("title: Parking", "title: Parking: *here*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = {name: text for name, text in shop.files().items() if name != "handoff/texts.yaml"}
    return shop.write(tmp_path / "edited", own)


@pytest.fixture
async def there_on_discord(folder: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "d.sqlite"))
        desk.catalog = replace(load(folder), agents=desk.catalog.agents)
        desk.edited = Edited(folder=folder, each=EACH)
        desk.access = replace(desk.access, board=0.1)
        yield desk


async def test_slack_staff_read_what_changed_and_what_is_wrong(there: Scene, folder: Path) -> None:
    there.catalog = replace(load(folder), agents=there.catalog.agents)
    async with serving(there, edited=Edited(folder=folder, each=EACH)):
        shop.write(folder, {"faqs/shop.yaml": NEW})
        told = await there.slack.wait_for(there.staff, "content was changed", timeout=20)
        assert told.shown.splitlines()[-1].replace("•", "-") == NEWS
        await there.thread(there.ana, "where can I park", "In front of <!channel> it.")
        shop.write(folder, {"faqs/shop.yaml": BROKEN})
        told = await there.slack.wait_for(there.staff, "a mistake", timeout=20)
        assert "faqs/shop.yaml:8: is not valid YAML" in told.shown
        await there.slack.settled(0.5)
        assert sum("a mistake" in each.shown for each in there.slack.messages(there.staff)) == 1


async def test_discord_staff_read_what_changed_and_what_is_wrong(there_on_discord: Desk, folder: Path) -> None:
    async with there_on_discord.open() as desk:
        shop.write(folder, {"faqs/shop.yaml": NEW})
        told = await desk.said(desk.staff, "content was changed", timeout=20)
        assert told.shown.splitlines()[-1].replace("•", "-") == NEWS
        shop.write(folder, {"faqs/shop.yaml": BROKEN})
        told = await desk.said(desk.staff, "a mistake", timeout=20)
        assert "faqs/shop.yaml:8: is not valid YAML" in told.shown


async def test_discord_is_told_when_a_command_is_called_something_else(there_on_discord: Desk, folder: Path) -> None:
    async with there_on_discord.open() as desk:
        shop.write(folder, {"handoff/texts.yaml": "texts:\n  ui_help_command: Look around in our answers\n"})
        commands = desk.server.world.commands
        await desk.server.until(
            lambda: any(each.get("description") == "Look around in our answers" for each in commands[None]), 20
        )
