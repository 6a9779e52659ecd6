"""The switch that sends all that a case's owner writes: a button of the card, on each platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dialog.events import NoteAdded
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving

SECRET = "canary-7f3a"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


async def test_on_slack_a_case_is_live_between_two_presses(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        assert not {"Live on", "Live off"} & set(card.buttons)  # nobody owns it
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "Live on" in card.buttons)
        await there.slack.say(there.dana, there.staff, f"{SECRET} before", thread=card.ts)
        await there.slack.press(there.dana, card, "Live on")
        await there.slack.wait_for(there.staff, "staff_live_on", thread=card.ts)
        await there.slack.until(lambda: "Live off" in card.buttons and "Live on" not in card.buttons)
        await there.slack.say(there.dana, there.staff, "It comes on Monday.", thread=card.ts)
        await there.slack.wait_for(dm, "It comes on Monday.")
        await there.slack.press(there.dana, card, "Live off")
        await there.slack.wait_for(there.staff, "staff_live_off", thread=card.ts)
        await there.slack.say(there.dana, there.staff, f"{SECRET} after", thread=card.ts)
        await there.slack.settled()
        assert [each.shown for each in there.slack.messages(dm) if SECRET in each.shown] == []


async def test_on_discord_a_case_is_live_between_two_presses(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    card, thread = await desk.case(desk.ana)
    assert not {"Live on", "Live off"} & set(card.buttons)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Live on" in card.buttons)
    await desk.server.say(desk.dana, thread, f"{SECRET} before")
    await desk.server.press(desk.dana, card, "Live on")
    await desk.said(thread, "LIVE")
    await desk.server.until(lambda: "Live off" in card.buttons and "Live on" not in card.buttons)
    await desk.server.say(desk.dana, thread, "It comes on Monday.")
    await desk.said(dm, "It comes on Monday.")
    await desk.server.press(desk.dana, card, "Live off")
    await desk.said(thread, "stays among staff again")
    await desk.server.say(desk.dana, thread, f"{SECRET} after")
    await desk.event(NoteAdded, 2)
    await desk.shop.idle()
    assert [each.shown for each in desk.server.messages(dm) if SECRET in each.shown] == []
