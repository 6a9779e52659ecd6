"""A time that was no promise is taken back with a button, on each platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


async def test_a_time_that_was_no_promise_is_taken_back_on_slack(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.dana, there.staff, "!r I'll see the film within 1 hour.", thread=card.ts)
        await there.slack.until(lambda: "No promise" in card.buttons)
        assert "card_vow" in card.shown
        await there.slack.press(there.dana, card, "No promise")
        await there.slack.wait_for(there.staff, "staff_promise_withdrawn", thread=card.ts)
        await there.slack.until(lambda: "No promise" not in card.buttons)


async def test_a_time_that_was_no_promise_is_taken_back_on_discord(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.say(desk.dana, thread, "!r I'll see the film within 1 hour.")
    await desk.server.until(lambda: "No promise" in card.buttons)
    assert "“within 1 hour”" in card.shown
    await desk.server.press(desk.dana, card, "No promise")
    await desk.said(thread, "was no promise in case 1")
    await desk.server.until(lambda: "No promise" not in card.buttons)
