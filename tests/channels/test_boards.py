"""The pinned boards of Slack and Discord: posted once, edited in place, found again, and never in the way."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.content import load
from bot.errors import StoreError
from bot.store.sqlite import SqliteStore
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving
from tests.content import shop
from tests.wire.slack import Message

SOON = {"board": 0.1}


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A store that notes no board that was posted, as when the bot is killed right then; until it is called."""
    keeps = SqliteStore.set

    async def forgets(store: SqliteStore, name: str, value: str) -> None:
        if name.startswith("board:") and '"shown"' in value:
            raise StoreError("killed")
        await keeps(store, name, value)

    monkeypatch.setattr(SqliteStore, "set", forgets)
    return lambda: monkeypatch.setattr(SqliteStore, "set", keeps)


@pytest.fixture
def spoken(there: Scene, tmp_path: Path) -> Scene:
    """The scene on Slack, with the desk in the demo shop's own words."""
    words = (Path(__file__).parents[2] / "handoff" / "texts.yaml").read_bytes()
    folder = shop.write(tmp_path / "spoken", {**shop.files(), "handoff/texts.yaml": words})
    there.catalog = dataclasses.replace(there.catalog, texts=load(folder).texts)
    return there


async def hung(there: Scene) -> Message:
    """Wait for the board, pinned."""
    board = await there.slack.wait_for(there.staff, "The desk", timeout=10)
    await there.slack.until(lambda: board.ts in there.staff.pins)
    return board


async def test_slack_has_one_board_that_is_edited_in_place_and_pinned(spoken: Scene) -> None:
    async with serving(spoken, access=SOON):
        card = await spoken.case(spoken.ana)
        board = await hung(spoken)
        assert "Nobody's yet (1)" in board.shown
        await spoken.slack.press(spoken.dana, card, "Claim")
        await spoken.slack.until(lambda: "Promised (1)" in board.shown, 10)
        assert [each for each in spoken.slack.messages(spoken.staff) if "The desk" in each.shown] == [board]


async def test_slack_posts_no_board_while_there_was_never_a_case(spoken: Scene) -> None:
    async with serving(spoken, access=SOON):
        await spoken.thread(spoken.ana, "when are you open", "9 to 5")
        await spoken.slack.settled(0.4)
    assert [each.shown for each in spoken.slack.messages(spoken.staff)] == []


async def test_slack_leaves_a_board_alone_whose_words_are_the_same(spoken: Scene) -> None:
    async with serving(spoken, access=SOON):
        await spoken.case(spoken.ana)
        await hung(spoken)
        await spoken.slack.settled(0.5)
        writes = spoken.slack.calls["chat.update"]
        await asyncio.sleep(0.5)
        assert spoken.slack.calls["chat.update"] == writes


async def test_slack_finds_its_board_after_a_restart_and_pins_it_again(spoken: Scene, tmp_path: Path) -> None:
    file = str(tmp_path / "f.sqlite")
    async with serving(spoken, access=SOON, database=file):
        await spoken.case(spoken.ana)
        board = await hung(spoken)
    spoken.staff.pins.clear()
    async with serving(spoken, access=SOON, database=file):
        await spoken.slack.until(lambda: board.ts in spoken.staff.pins, 10)
    assert len([each for each in spoken.slack.messages(spoken.staff) if "The desk" in each.shown]) == 1


async def test_slack_finds_a_board_that_it_had_posted_when_it_was_killed(
    spoken: Scene, tmp_path: Path, forgetful: Callable[[], None]
) -> None:
    file = str(tmp_path / "f.sqlite")
    async with serving(spoken, access=SOON, database=file):
        await spoken.case(spoken.ana)
        board = await spoken.slack.wait_for(spoken.staff, "The desk", timeout=10)
    forgetful()
    async with serving(spoken, access=SOON, database=file):
        await spoken.slack.until(lambda: board.ts in spoken.staff.pins, 10)
    assert [each for each in spoken.slack.messages(spoken.staff) if "The desk" in each.shown] == [board]


async def test_slack_posts_a_board_anew_that_was_deleted(spoken: Scene) -> None:
    async with serving(spoken, access=SOON):
        card = await spoken.case(spoken.ana)
        board = await hung(spoken)
        spoken.slack.erase(board)
        await spoken.slack.press(spoken.dana, card, "Claim")
        await spoken.slack.until(
            lambda: any(
                "The desk" in each.shown and "Promised (1)" in each.shown
                for each in spoken.slack.messages(spoken.staff)
            ),
            10,
        )


async def test_slack_shows_a_board_that_it_may_not_pin(spoken: Scene, caplog: pytest.LogCaptureFixture) -> None:
    spoken.slack.team_of(None).scopes -= {"pins:write"}
    with caplog.at_level(logging.WARNING, "frontdesk.board"):
        async with serving(spoken, access=SOON):
            await spoken.case(spoken.ana)
            await spoken.slack.wait_for(spoken.staff, "The desk", timeout=10)
            await spoken.slack.until(lambda: "cannot be pinned (missing_scope)" in caplog.text)
    assert spoken.staff.pins == []


async def test_slack_boards_show_only_the_cases_that_are_worked_there(spoken: Scene) -> None:
    elsewhere = {"care": "discord:123"}
    async with serving(spoken, access={**SOON, "queues": elsewhere}):
        await spoken.case(spoken.ana)
        await asyncio.sleep(0.5)
        assert not any("The desk" in each.shown for each in spoken.slack.messages(spoken.staff))


# --- Discord ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server:
        there = Desk(server, str(tmp_path / "desk.sqlite"))
        there.access = dataclasses.replace(there.access, board=0.1)
        yield there


async def test_discord_has_one_board_that_is_edited_in_place_pinned_and_found_again(desk: Desk) -> None:
    async with desk.open():
        card, _ = await desk.case(desk.ana)
        board = await desk.said(desk.staff, "The desk", timeout=10)
        await desk.server.until(lambda: board.id in desk.staff.pins)
        await desk.server.press(desk.dana, card, "Claim")
        await desk.server.until(lambda: "Promised** (1)" in board.content, 10)
    desk.staff.pins.clear()
    board.pinned = False
    async with desk.open():
        await desk.server.until(lambda: board.id in desk.staff.pins, 10)
        assert len([one for one in desk.server.messages(desk.staff) if "The desk" in one.content]) == 1


async def test_discord_finds_a_board_that_it_had_posted_when_it_was_killed(
    desk: Desk, forgetful: Callable[[], None]
) -> None:
    async with desk.open():
        await desk.case(desk.ana)
        board = await desk.said(desk.staff, "The desk", timeout=10)
    forgetful()
    async with desk.open():
        await desk.server.until(lambda: board.id in desk.staff.pins, 10)
    assert [each for each in desk.server.messages(desk.staff) if "The desk" in each.content] == [board]


async def test_discord_shows_a_board_that_it_may_not_pin(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    names = ("VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS")
    await desk.server.permit(desk.staff, (*names, "READ_MESSAGE_HISTORY", "ATTACH_FILES", "MANAGE_THREADS"))
    with caplog.at_level(logging.WARNING, "frontdesk.board"):
        async with desk.open():
            await desk.case(desk.ana)
            await desk.said(desk.staff, "The desk", timeout=10)
            await desk.server.until(lambda: "cannot be pinned (50013)" in caplog.text, 10)
    assert desk.staff.pins == []
