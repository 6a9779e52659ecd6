"""The desk on Discord: /desk with its options, and transcripts as files; only staff get them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.discorddesk import Desk, platform


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server:
        there = Desk(server, str(tmp_path / "desk.sqlite"))
        async with there.open():
            yield there


async def test_staff_see_the_desk_and_nobody_else_does(desk: Desk) -> None:
    await desk.case(desk.ana)
    told = await desk.server.command(desk.dana, desk.staff, "desk")
    assert told is not None
    assert "Nobody's yet** (1)" in told.content
    assert "Ana" in told.content
    told = await desk.server.command(desk.ben, desk.help, "desk")
    assert told is not None
    assert told.content.startswith("That is for the support team.")


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"view": "Mine"}, "desk**"),
        ({"view": "Hand-over"}, "Hand-over"),
        ({"search": "person"}, "found for “person”"),
        ({"category": "nonsense"}, "No open case is about “nonsense”."),
    ],
)
async def test_options_choose_the_view(desk: Desk, options: dict[str, Any], shown: str) -> None:
    await desk.case(desk.ana)
    told = await desk.server.command(desk.dana, desk.staff, "desk", wait=15.0, **options)
    assert told is not None
    assert shown in told.content


async def test_several_cases_are_given_away_by_an_option(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    told = await desk.server.command(desk.dana, desk.staff, "desk", reassign="nobody me")
    assert told is not None
    assert told.content.startswith("From the queue to ")
    await desk.server.wait_for(thread, "has given case 1 to")


async def test_categories_are_offered_to_staff_only(desk: Desk) -> None:
    await desk.case(desk.ana)
    assert await desk.server.autocomplete(desk.dana, desk.staff, "desk", "category", "") == []
    assert await desk.server.autocomplete(desk.ben, desk.staff, "desk", "category", "") == []


async def test_a_transcript_is_a_file_that_only_its_reader_sees(desk: Desk) -> None:
    await desk.server.say(desk.ana, desk.server.dm(desk.ana), "when are you open")
    card, thread = await desk.case(desk.ana)
    await desk.server.say(desk.dana, thread, "@everyone she *sounds* nice")
    await desk.server.until(lambda: desk.watched.events[-1].__class__.__name__ == "NoteAdded")
    told = await desk.server.press(desk.dana, card, "Transcript")
    assert told is not None
    assert told.ephemeral_to is desk.dana
    (file,) = told.attachments
    text = file.data.decode()
    assert "when are you open" in text
    assert "Dana (note, staff only)" in text
    assert "@everyone she sounds nice" in text  # text, in which nothing calls anybody


async def test_who_is_not_of_the_staff_reads_no_transcript(desk: Desk) -> None:
    card, _ = await desk.case(desk.ana)
    told = await desk.server.press(desk.ben, card, "Transcript")
    assert told is not None
    assert told.attachments == []
    assert told.content.startswith("That is for the support team.")


async def test_a_desk_that_is_full_still_fits_a_message_and_all_of_it_is_in_a_file(desk: Desk) -> None:
    for number in range(40):
        user = desk.server.add_user(f"محمد \u202e🎉 {number} " * 3)
        await desk.server.say(
            user, desk.server.dm(user), f"{number} talk to a person " + "& **very** long @everyone " * 20
        )
    await desk.server.until(lambda: any("Case 40 " in each.shown for each in desk.server.messages(desk.staff)), 60)
    told = await desk.server.command(desk.dana, desk.staff, "desk", wait=15.0)
    assert told is not None
    assert "Nobody's yet** (40)" in told.content
    assert "\u202e" not in told.content
    assert "\u2068" in told.content
    told = await desk.server.command(desk.dana, desk.staff, "desk", wait=15.0, view="Hand-over")
    assert told is not None
    (file,) = told.attachments
    assert all(f"- {number} " in file.data.decode() for number in range(1, 41))
    assert desk.server.pings == []
