"""Staff channels and customers' places that go away on Discord, and what agents press too late or may not press."""

import asyncio
import copy
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import Channel, Message


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


async def the_card(desk: Desk, room: Channel, case: int) -> Message:
    """Wait for a case's card with its buttons."""
    customer = {1: "Ana", 2: "Ben"}[case]

    def cards() -> list[Message]:
        return [each for each in desk.server.messages(room) if each.buttons and customer in each.shown]

    await desk.server.until(lambda: bool(cards()), 15)
    return cards()[0]


@pytest.mark.parametrize("how", ["deleted", "unseen"])
@pytest.mark.parametrize("running", [True, False])
async def test_when_a_staff_channel_is_gone_cases_wait_and_come_in_order_once_into_the_one_set_then(
    tmp_path: Path, how: str, running: bool
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        former, customer = desk.staff, server.dm(desk.ana)

        async def goes() -> None:
            await (server.delete_channel(former) if how == "deleted" else server.permit(former, ()))

        async with desk.open():
            await desk.case(desk.ana)
            await desk.shop.idle()
            if running:
                await goes()
        if not running:
            await goes()
        async with desk.open(ready=False):
            await server.until(lambda: f"the staff channel {former.id}" in desk.channel.trouble)
            await server.say(desk.ana, customer, "it is blue")
            await server.say(desk.ben, server.dm(desk.ben), "talk to a person")
            await server.until(lambda: len(desk.watched.events) >= 2)
            await desk.shop.idle()
        desk.staff = server.add_channel("cases-2", kind="text")
        desk.access = dataclasses.replace(desk.access, rooms=(str(desk.staff.id),))
        async with desk.open():
            second, again = await the_card(desk, desk.staff, 2), await the_card(desk, desk.staff, 1)
            thread = await desk.thread(again)
            await desk.thread(second)
            await desk.shop.idle()
            rooms = (desk.staff, *server.threads(desk.staff))
            lines = [line for room in rooms for line in desk.bot_lines(room) if "it is blue" in line]
            assert len(lines) == 2, lines  # once as what was said, and as the title of the card
            assert len([each for each in server.messages(desk.staff) if each.buttons]) == 2
            await server.say(desk.dana, thread, "!r I see.")
            await desk.said(customer, "I see.")
        async with desk.open():
            await server.say(desk.dana, thread, "!r Again.")
            await desk.said(customer, "Again.")


async def test_a_card_that_was_deleted_is_posted_anew_when_the_case_goes_on(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.delete(desk.server.guild.owner, card)
    await desk.server.say(desk.dana, thread, "!claim")
    again = await the_card(desk, desk.staff, 1)
    assert again.id != card.id
    await desk.server.say(desk.dana, await desk.thread(again), "!r Hello there")
    await desk.said(desk.server.dm(desk.ana), "Hello there")


async def test_a_stale_form_for_a_closed_case_does_nothing_and_says_so(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Reply")
    form = await desk.server.modal(desk.dana)
    await desk.server.say(desk.dana, thread, "!resolve")
    await desk.server.until(lambda: card.buttons == ["Note", "Transcript"])
    await desk.server.submit(desk.dana, form, {"text": "CANARY too late"})
    await desk.said(thread, "is closed, so nothing was done")
    await desk.shop.idle()
    assert not any("CANARY" in line for line in desk.bot_lines(desk.server.dm(desk.ana)))


async def test_a_stale_button_of_a_closed_case_does_nothing_and_says_so(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    as_it_was = copy.copy(card)
    await desk.server.say(desk.dana, thread, "!resolve")
    await desk.server.until(lambda: card.buttons == ["Note", "Transcript"])
    assert "Claim" in as_it_was.buttons
    await desk.server.press(desk.dana, as_it_was, "Claim")
    await desk.said(thread, "is closed, so nothing was done")
    assert card.buttons == ["Note", "Transcript"]


async def test_an_agent_without_the_role_decides_nothing_and_is_told(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, button="Fill in the form")
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.server.submit(desk.ana, await desk.server.modal(desk.ana), {"What?": "a lamp"})
    offer = await desk.said(thread, button="Ask a supervisor")
    await desk.server.press(desk.ana, offer, "Ask a supervisor")
    card = await desk.said(desk.staff, button="Approve")
    await desk.server.press(desk.dana, card, "Approve")
    await desk.server.submit(desk.dana, await desk.server.modal(desk.dana), {"text": "sure"})
    await desk.said(await desk.thread(card), "that is for somebody with the role supervisor")
    await desk.shop.idle()
    assert "Approve" in card.buttons
    assert not any("Granted" in line for line in desk.bot_lines(thread))


async def test_what_a_customer_writes_in_the_middle_of_a_transfer_reaches_the_team_that_has_the_case(
    tmp_path: Path,
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        billing = server.add_channel("billing", kind="text")
        queue = next(iter(desk.catalog.queues.values()))
        queues = {**desk.catalog.queues, "billing": replace(queue, id="billing", name="Billing")}
        desk.catalog = dataclasses.replace(desk.catalog, queues=queues)
        desk.access = dataclasses.replace(desk.access, rooms=(*desk.access.rooms, str(billing.id)))
        desk.queues = {"billing": f"discord:{billing.id}"}
        async with desk.open():
            card, thread = await desk.case(desk.ana)
            await server.press(desk.dana, card, "Claim")
            await server.until(lambda: "Release" in card.buttons)
            await asyncio.gather(
                server.say(desk.dana, thread, "!transfer billing: an invoice"),
                server.say(desk.ana, server.dm(desk.ana), "it is blue"),
            )
            moved = await desk.thread(await the_card(desk, billing, 1))

            def read() -> str:
                return " ".join(line for room in (billing, moved) for line in desk.bot_lines(room))

            await server.until(lambda: "it is blue" in read())
            await desk.shop.idle()
            told = [line for room in (thread, moved) for line in desk.bot_lines(room)]
            assert sum(line.endswith("it is blue") for line in told) == 1
        async with desk.open():
            await server.say(desk.dana, moved, "!r I see.")
            await desk.said(server.dm(desk.ana), "I see.")


async def test_a_cases_thread_that_discord_put_away_is_unfolded(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    await desk.server.archive(thread)
    await desk.server.say(desk.ana, desk.server.dm(desk.ana), "it is blue")
    await desk.said(thread, "it is blue")


@pytest.mark.parametrize("how", ["put away", "locked", "thread", "channel"])
async def test_a_reply_into_a_customers_place_that_is_gone_is_told_and_one_that_was_put_away_arrives(
    desk: Desk, how: str
) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, button="Fill in the form")
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.server.submit(desk.ana, await desk.server.modal(desk.ana), {"What?": "a lamp"})
    offer = await desk.said(thread, button="Ask a supervisor")
    await desk.server.press(desk.ana, offer, "Ask a supervisor")
    card = await desk.said(desk.staff, button="Approve")
    inside = await desk.thread(card)
    match how:
        case "put away":
            await desk.server.archive(thread)
        case "locked":
            await desk.server.archive(thread, locked=True)
        case "thread":
            await desk.server.delete_thread(thread)
        case _:
            await desk.server.delete_channel(desk.help)
    await desk.server.say(desk.dana, inside, "!r About your lamp")

    def arrived() -> bool:
        places = (thread, *desk.server.threads(desk.help))
        return how != "channel" and any("About your lamp" in line for each in places for line in desk.bot_lines(each))

    def told() -> bool:
        return any("could not be" in line or "not reach" in line for line in desk.bot_lines(inside))

    await desk.server.until(lambda: arrived() or told())
    await desk.shop.idle()
    assert arrived() == (not told())
    assert arrived() if how == "put away" else True
    assert "Approve" in card.buttons
