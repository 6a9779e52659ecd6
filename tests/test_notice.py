"""`frontdesk notice`: what is handed in beside a bot is what staff would have said."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.dialog.events import Event, NoticeDecided, NoticeWanted
from bot.store.sqlite import SqliteStore

SNOW = ("weather", "wrote=7d", "what=heavy snow", "expected=Friday")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    async def make() -> None:
        await (await SqliteStore.open(str(tmp_path / "desk.db"))).close()

    asyncio.run(make())
    return tmp_path / "desk.db"


def frontdesk(database: Path, *words: str) -> str:
    """Run it; return what it printed, or why it did not."""
    done = CliRunner().invoke(cli, ["notice", *words, "--database", str(database)])
    return done.output + str(done.exception or "")


def handed_in(database: Path) -> list[Event]:
    async def read() -> list[Event]:
        store = await SqliteStore.open(str(database))
        try:
            return [each.event for each in await store.waiting()]
        finally:
            await store.close()

    return asyncio.run(read())


def test_what_is_asked_for_in_the_shell_waits_for_the_bot_with_its_quotes(database: Path) -> None:
    assert "Handed in for sam" in frontdesk(database, *SNOW, "--as", "sam")
    (event,) = handed_in(database)
    assert isinstance(event, NoticeWanted)
    assert (event.words, event.agent) == ('weather wrote=7d what="heavy snow" expected=Friday', "sam")


def test_a_notice_is_let_out_and_stopped_by_its_number(database: Path) -> None:
    frontdesk(database, "send", "3", "--as", "sam")
    frontdesk(database, "stop", "3", "--as", "dana")
    found = [(each.agent, each.number, each.goes) for each in handed_in(database) if isinstance(each, NoticeDecided)]
    assert found == [("sam", 3, True), ("dana", 3, False)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*SNOW, "--as", "nobody"), "expected one of dana, lee, sam"),
        (("send", "--as", "sam"), "names no notice"),
        (("send", "three", "--as", "sam"), "names no notice"),
        (SNOW, "--as"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_handed_in(database: Path, words: tuple[str, ...], said: str) -> None:
    assert said in frontdesk(database, *words)
    assert handed_in(database) == []
