"""Other teams and colleagues on Discord: a task stands in its team's channel, and a colleague is called, alone."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import Channel


@asynccontextmanager
async def with_billing(tmp_path: Path) -> AsyncIterator[tuple[Desk, Channel, Channel]]:
    """Serve with a channel of the billing team's own; return it and the thread of a case that Dana has."""
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        billing = server.add_channel("billing", kind="text")
        first = next(iter(desk.catalog.queues.values()))
        queues = {**desk.catalog.queues, "billing": replace(first, id="billing", name="Billing")}
        desk.catalog = dataclasses.replace(desk.catalog, queues=queues)
        desk.access = dataclasses.replace(desk.access, rooms=(*desk.access.rooms, str(billing.id)))
        desk.queues = {"billing": f"discord:{billing.id}"}
        async with desk.open():
            card, thread = await desk.case(desk.ana)
            await server.press(desk.dana, card, "Claim")
            await server.until(lambda: "Release" in card.buttons)
            yield desk, billing, thread


async def test_a_task_is_answered_in_its_teams_channel_by_form_and_lands_among_the_notes(tmp_path: Path) -> None:
    async with with_billing(tmp_path) as (desk, billing, thread):
        await desk.server.say(desk.dana, thread, "!task billing is it paid? @everyone")
        asked = await desk.said(billing, "is it paid?")
        told = await desk.server.press(desk.ben, asked, "Answer")
        assert told is not None
        assert told.ephemeral_to is desk.ben
        await desk.server.press(desk.sam, asked, "Answer")
        await desk.server.submit(desk.sam, await desk.server.modal(desk.sam), {"text": "CANARY yes"})
        await desk.said(thread, "CANARY yes")
        await desk.server.until(lambda: "CANARY yes" in asked.shown and asked.buttons == [])
        notes = [line.text for line in await desk.shop.store.transcript(case=1) if line.kind == "note"]
        assert len(notes) == 1
        assert notes[0].endswith("CANARY yes")
        await desk.server.say(desk.sam, billing, "!done me too", reply_to=asked)
        await desk.said(billing, "no open task 1")
        assert not any("CANARY" in line for line in desk.bot_lines(desk.server.dm(desk.ana)))
        assert desk.server.pings == []


async def test_a_task_is_answered_by_a_reply_and_other_lines_are_talk(tmp_path: Path) -> None:
    async with with_billing(tmp_path) as (desk, billing, thread):
        await desk.server.say(desk.dana, thread, "!task billing is it paid?")
        asked = await desk.said(billing, "is it paid?")
        await desk.server.say(desk.sam, billing, "let me look", reply_to=asked)
        await desk.server.say(desk.sam, billing, "!done", reply_to=asked)
        await desk.server.say(desk.sam, billing, "!done yes")
        await desk.shop.idle()
        assert asked.buttons == ["Answer"]
        await desk.server.say(desk.sam, billing, "!done yes, on Monday", reply_to=asked)
        await desk.said(thread, "yes, on Monday")


async def test_a_colleague_who_is_asked_is_called_and_nobody_else(tmp_path: Path) -> None:
    async with with_billing(tmp_path) as (desk, _, thread):
        await desk.server.say(desk.dana, thread, f"!share sam ask <@{desk.ben.id}> too? @everyone")
        await desk.said(thread, "has asked Sam")
        await desk.shop.idle()
        assert [(ping.kind, ping.target) for ping in desk.server.pings] == [("user", desk.sam.id)]
