"""Who joins a community is welcomed in a direct message, where an operator wants that."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.doorstep import MOST, WITHIN, Doorstep
from bot.content import load, shipped_folder
from bot.dialog.events import CustomerJoined
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def welcoming(there: Scene) -> Scene:
    there.catalog = dataclasses.replace(load(shipped_folder()), agents=there.catalog.agents)
    there.access = dataclasses.replace(there.access, welcome=True)
    return there


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        desk.catalog = dataclasses.replace(load(shipped_folder()), agents=desk.catalog.agents)
        desk.access = dataclasses.replace(desk.access, welcome=True)
        async with desk.open() as desk:
            yield desk


async def test_who_joins_on_slack_is_welcomed_once_in_a_direct_message(there: Scene) -> None:
    welcoming(there)
    async with serving(there):
        zoe = await there.slack.sign_up("zoe")
        dm = there.slack.dm(zoe)
        shown = await there.slack.wait_for(dm, "1 of 3")
        assert any("Pip" in each.shown for each in there.slack.messages(dm))
        await there.slack.press(zoe, await there.slack.wait_for(dm, "Shall I go on?"), "Next")
        await there.slack.wait_for(dm, "2 of 3", after=shown.ts)
        await there.slack.say(zoe, dm, "do you deliver to Canada?")
        await there.slack.wait_for(dm, "Canada", after=shown.ts)
        await there.slack.settled()
    assert sum("1 of 3" in each.shown for each in there.slack.messages(dm)) == 1
    assert "One more?" not in there.slack.messages(dm)[-1].shown  # whoever turns to something else is not called back


async def test_nobody_is_written_to_on_slack_unless_the_operator_wants_it(there: Scene) -> None:
    async with serving(there):
        zoe = await there.slack.sign_up("zoe")
        await there.slack.settled()
        assert there.slack.messages(there.slack.dm(zoe)) == []


async def test_robots_and_staff_who_join_slack_are_not_welcomed(there: Scene) -> None:
    welcoming(there)
    async with serving(there) as desk:
        await there.slack.sign_up("helper", is_bot=True)
        await there.slack.settled()
        assert await desk.shop.store.transcript() == []


async def test_who_joins_on_discord_is_welcomed_in_a_direct_message(desk: Desk) -> None:
    zoe = desk.server.add_user("zoe", display="Zoe")
    dm = desk.server.dm(zoe)
    await desk.said(dm, "1 of 3")
    await desk.server.say(zoe, dm, "that's enough")
    await desk.said(dm, "whenever something comes up")


async def test_who_has_talked_with_the_bot_before_needs_no_welcome(desk: Desk) -> None:
    await desk.asked(desk.ana, "how long does delivery take?")
    await desk.server.leave(desk.ana)
    await desk.server.join(desk.ana)
    await desk.event(CustomerJoined)
    await desk.shop.idle()
    dm = desk.server.dm(desk.ana)
    assert [dm.book[id].content for id in dm.order] == []


def test_a_crowd_is_not_written_to() -> None:
    doorstep = Doorstep(welcome=True)
    assert [doorstep.welcomes(NOON) for _ in range(MOST + 1)] == [True] * MOST + [False]
    assert doorstep.welcomes(NOON + WITHIN + timedelta(seconds=1))
    assert not Doorstep(welcome=False).welcomes(NOON)
