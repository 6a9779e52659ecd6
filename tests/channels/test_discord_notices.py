"""A notice to many on Discord: named with /desk and filled in by form, with the same preview and yes as when typed."""

import dataclasses
from pathlib import Path

from msgspec.structs import replace

from tests.channels.discorddesk import Desk, platform
from tests.channels.test_slack_notices import WEATHER


async def test_a_notice_is_filled_in_by_form_with_the_same_preview_and_yes(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "desk.sqlite"))
        kinds = replace(desk.catalog.notices, kinds={"weather": WEATHER})
        desk.catalog = dataclasses.replace(desk.catalog, notices=kinds)
        async with desk.open():
            dm = server.dm(desk.ana)
            await server.say(desk.ana, dm, "when are you open")
            await desk.said(dm, "open")
            assert await server.autocomplete(desk.ben, desk.staff, "desk", "notice", "") == []
            assert await server.autocomplete(desk.sam, desk.staff, "desk", "notice", "we") == ["Weather"]
            assert await server.command(desk.sam, desk.staff, "desk", notice="Weather") is None
            values = {"what": 'heavy "snow"', "to": "the north"}
            refused = await server.submit(desk.sam, await server.modal(desk.sam), values)
            assert refused is not None
            assert refused.ephemeral_to is desk.sam
            assert "the north" in refused.content
            typed = r'/desk notice: weather what="heavy \\"snow\\"" the north'
            assert typed in refused.content  # Discord shows two backslashes as the one that is typed
            await server.command(desk.sam, desk.staff, "desk", notice="weather")
            await server.submit(desk.sam, await server.modal(desk.sam), {"what": "heavy snow", "to": "wrote=1d"})
            preview = await server.wait_for(desk.staff, "They will read")
            await server.press(desk.sam, preview, "Send")
            await desk.said(dm, "Because of heavy snow.")
