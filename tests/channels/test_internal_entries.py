"""Entries for staff only, on Slack and Discord: agents find them, and customers meet them nowhere."""

import dataclasses
from pathlib import Path

import pytest

from bot.content import load
from tests.channels.discorddesk import Desk, files, platform
from tests.channels.slackdesk import Scene, serving
from tests.content import shop

INTERNAL = """\
entries:
  alarm_code:
    visibility: staff
    title: The zqcanary of the house
    phrasings: [what is the code of the alarm, alarm code]
    answer: Type zqcanary 1234 at the door.
"""
ASKED = ("alarm code", "what is the code of the alarm", "The zqcanary of the house", "alarm_code")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shop.write(tmp_path / "shop", {**files(), "faqs/internal.yaml": INTERNAL})


async def test_on_slack_agents_find_it_and_customers_nowhere(there: Scene, folder: Path) -> None:
    there.catalog = dataclasses.replace(load(folder), agents=there.catalog.agents)
    slack, dm = there.slack, there.slack.dm(there.ana)
    async with serving(there):
        for words in ("", *ASKED):
            await slack.command(there.ana, there.general, "/help", words)
        assert "That is for" in str(await slack.command(there.ben, there.general, "/desk", "find alarm code"))
        for asked in ASKED:
            await slack.say(there.ana, dm, asked)
        card = await there.case(there.ana)
        found = await slack.command(there.dana, there.general, "/desk", "find alarm code")
        assert "zqcanary 1234" in str(found)
        assert "(for staff only)" in str(found)
        await slack.say(there.dana, there.staff, "!find alarm code", thread=card.ts)
        await slack.wait_for(there.staff, "zqcanary 1234", thread=card.ts)
        await slack.settled()
        shown = [*slack.everything(dm), *slack.everything(there.help), *slack.messages(there.general, viewer=there.ana)]
    assert [each.shown for each in shown if each.bot and "zqcanary" in str(each.as_json())] == []


async def test_on_discord_agents_find_it_and_customers_nowhere(tmp_path: Path, folder: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        known = load(folder)
        desk.catalog = dataclasses.replace(desk.catalog, kept=known.kept, know_how=known.know_how)
        async with desk.open():
            shown = [await server.command(desk.ana, desk.lounge, "help")]
            for words in (*ASKED, "=alarm_code"):
                assert "zqcanary" not in str(await server.autocomplete(desk.ana, desk.lounge, "help", "topic", words))
                shown.append(await server.command(desk.ana, desk.lounge, "help", topic=words))
            shown.append(await server.command(desk.ben, desk.help, "desk", find="alarm code"))
            dm = server.dm(desk.ana)
            for asked in ASKED:
                await server.say(desk.ana, dm, asked)
            _, thread = await desk.case(desk.ana)
            found = await server.command(desk.dana, desk.staff, "desk", find="alarm code")
            assert found is not None
            assert "zqcanary 1234" in found.shown
            await server.say(desk.dana, thread, "!find alarm code")
            await desk.said(thread, "zqcanary 1234")
            await desk.shop.idle()
            heard = [*desk.bot_lines(dm), *(each.shown for each in shown if each)]
    assert None not in shown
    assert [each for each in heard if "zqcanary" in each] == []
