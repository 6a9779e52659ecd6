"""Discord set up: the invite link, the doctor's look, the panel, the commands that are registered once."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from bot.channels.discord.diagnose import diagnose
from bot.channels.discord.invite import HEARS, PERMISSIONS, hearing, invite_link
from bot.channels.discord.panel import post_panel
from bot.dialog.events import MessageReceived
from bot.errors import BadInput
from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import permissions as rights


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server:
        yield Desk(server, str(tmp_path / "f.sqlite"))


def test_the_invitation_asks_for_exactly_what_is_in_the_table() -> None:
    asked = parse_qs(urlsplit(invite_link(123)).query)
    bits = rights.mask(name.upper() for name in PERMISSIONS)
    assert asked == {"client_id": ["123"], "scope": ["bot applications.commands"], "permissions": [str(bits)]}
    assert {name for name, on in hearing() if on} == set(HEARS)
    assert all(PERMISSIONS.values())
    assert all(HEARS.values())


async def test_the_bot_needs_no_more_than_it_asks_for(desk: Desk) -> None:
    granted = [name.upper() for name in PERMISSIONS]
    role = next(role for role in desk.server.guild.roles.values() if role.managed)
    role.permissions = rights.mask(granted)
    for channel in (desk.help, desk.forum, desk.staff, desk.lounge):
        await desk.server.permit(channel, granted)
    desk.server.close_dms(desk.ana)
    async with desk.open():
        post = await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?")
        await desk.said(post, "Behind the house.")
        thread = await desk.asked(desk.ben, "where can I park?")
        await desk.said(thread, "Behind the house.")
        await desk.case(desk.ben)


async def test_when_all_is_well_the_doctor_finds_nothing(desk: Desk) -> None:
    found = await diagnose(desk.access)
    assert [finding.what for finding in found if not finding.ok] == []
    assert len(found) >= 7


async def test_the_doctor_names_each_fault_with_its_fix(desk: Desk) -> None:
    desk.server.world.privileged.discard("content")
    await desk.server.permit(desk.help, {"VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY"})
    await desk.server.permit(desk.staff, ())
    faults = [finding for finding in await diagnose(desk.access) if not finding.ok]
    assert all(finding.fix for finding in faults)
    text = "\n".join(finding.what for finding in faults)
    assert "Message Content Intent is off" in text
    assert "#help: the bot may not answer each question in a thread of its own (create public threads)" in text
    assert f"staff channel {desk.staff.id} cannot be seen" in text
    assert len(faults) == 3


async def test_the_doctor_sees_a_wrong_token_and_a_platform_that_is_away(desk: Desk) -> None:
    desk.server.world.token = "another"
    (finding,) = await diagnose(desk.access)
    assert (finding.ok, finding.what) == (False, "Discord does not accept the token")


async def test_the_doctor_knocks_at_the_gateway(desk: Desk) -> None:
    astray = dataclasses.replace(desk.access, gateway_url="ws://127.0.0.1:9/")
    (fault,) = [finding for finding in await diagnose(astray) if not finding.ok]
    assert fault.what.startswith("Discord's gateway cannot be reached at ws://127.0.0.1:9/")
    desk.server.faults.refuse_handshakes(1)
    (fault,) = [finding for finding in await diagnose(desk.access) if not finding.ok]
    assert "WSServerHandshakeError" in fault.what
    for code, needle in ((4014, "Message Content Intent"), (4004, "Reset Token"), (4000, "discordstatus")):
        desk.server.faults.close_code(code, again=1)
        (fault,) = [finding for finding in await diagnose(desk.access) if not finding.ok]
        assert needle in fault.fix


async def test_the_doctor_never_stumbles(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = desk.server.add_channel("talk", kind="voice")
    access = dataclasses.replace(desk.access, support_channels=(str(voice.id),))
    (fault,) = [finding for finding in await diagnose(access) if not finding.ok]
    assert fault.what == f"support channel {voice.id} is no text channel or forum"
    monkeypatch.setattr("tests.wire.discord.payloads.channel", lambda world, one: {"id": "secret", "type": 0})
    faults = [finding for finding in await diagnose(desk.access) if not finding.ok]
    assert ["answered in a way that the bot does not understand" in each.what for each in faults] == [True]
    assert "secret" not in faults[0].what


async def test_the_panel_opens_a_form_whose_words_only_the_team_reads(desk: Desk) -> None:
    place = f"discord:{desk.lounge.id}"
    await post_panel(desk.access, place, desk.catalog)
    (panel,) = desk.server.messages(desk.lounge)
    async with desk.open():
        await desk.server.press(desk.ana, panel, "Ask for help")
        told = await desk.server.submit(
            desk.ana, await desk.server.modal(desk.ana), {"What can we help you with?": "where can I park?"}
        )
        assert told is not None
        assert told.ephemeral_to is desk.ana
        (thread,) = desk.server.threads(desk.lounge)
        assert f"<#{thread.id}>" in told.content
        assert thread.private
        assert desk.ana in thread.members
        await desk.said(thread, "Behind the house.")
        assert (await desk.event(MessageReceived)).scope == "private"


async def test_a_panel_that_cannot_be_posted_is_said_to_the_operator(desk: Desk) -> None:
    with pytest.raises(BadInput, match=r"50001|10003"):
        await post_panel(desk.access, "discord:1", desk.catalog)


async def test_commands_are_registered_once_and_again_when_they_have_changed(desk: Desk) -> None:
    def registered() -> int:
        return sum(call.method == "PUT" and call.path.endswith("/commands") for call in desk.server.call_log)

    for _ in range(2):
        async with desk.open():
            assert registered() == 1
    wording = desk.catalog.texts["ui_shortcut"]
    changed = {**desk.catalog.texts, "ui_shortcut": replace(wording, variants=desk.catalog.texts["ui_send"].variants)}
    object.__setattr__(desk.catalog, "texts", changed)
    async with desk.open():
        assert registered() == 2
