"""Agents on Discord: cards, their buttons and forms, replies and notes in a case's thread, files both ways."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dialog.events import AgentReplied, NoteAdded, ReplyDeleted, ReplyEdited
from tests.channels.discorddesk import Desk, platform

PNG = ("lamp.png", "image/png", b"\x89PNG lamp")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


async def test_a_case_is_a_card_with_a_thread_and_claiming_edits_it_in_place(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    assert "Case 1 · Ana" in thread.name
    assert "Ana" in card.shown
    assert "Asked for a person" in card.shown
    assert "<t:" in card.embeds[0]["description"]
    assert card.buttons == ["Claim", "Reply", "Note", "Resolve"]
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Release" in card.buttons)
    assert "Dana" in card.shown
    assert len([one for one in desk.server.messages(desk.staff) if one.bot]) == 1


async def test_a_reply_by_button_opens_a_form_at_once_and_reaches_the_customer(desk: Desk) -> None:
    card, _ = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    await desk.server.press(desk.dana, card, "Reply")
    form = await desk.server.modal(desk.dana)
    await desk.server.submit(desk.dana, form, {"text": "Hello @everyone, **look**: https://x.example/a_b"})
    said = await desk.said(customer, "Dana: Hello")
    assert "\\*\\*look\\*\\*" in said.content
    assert desk.server.pings == []
    assert desk.server.unfurls == []


async def test_a_reply_by_prefix_reaches_the_customer_once_and_a_note_never(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    await desk.server.say(desk.dana, thread, "she sounds angry")
    await desk.server.say(desk.dana, thread, "!r I am on it.")
    await desk.said(customer, "Dana: I am on it.")
    assert (await desk.event(NoteAdded)).text == "she sounds angry"
    reply = await desk.event(AgentReplied)
    assert (reply.text, reply.agent, reply.case) == ("I am on it.", "dana", 1)
    await desk.shop.idle()
    assert not any("angry" in line for line in desk.bot_lines(customer))
    assert not any("I am on it." in line for line in desk.bot_lines(thread))


async def test_edits_and_deletes_of_a_reply_are_mirrored(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    typed = await desk.server.say(desk.dana, thread, "!r It comes on Monday.")
    said = await desk.said(customer, "It comes on Monday.")
    await desk.server.edit(desk.dana, typed, "!r It comes on @everyone Tuesday.")
    await desk.event(ReplyEdited)
    await desk.server.until(lambda: "Tuesday" in said.shown)
    await desk.server.delete(desk.dana, typed)
    assert (await desk.event(ReplyDeleted)).agent == "dana"
    await desk.server.until(lambda: said.deleted or "withdrawn" in said.shown)
    assert desk.server.pings == []


async def test_a_customers_edit_shows_in_the_cases_thread(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    wrote = await desk.server.say(desk.ana, customer, "it is the red one")
    line = await desk.said(thread, "it is the red one")
    await desk.server.edit(desk.ana, wrote, "it is the blue one")
    await desk.server.until(lambda: "blue" in line.shown)
    await desk.server.delete(desk.ana, wrote)
    await desk.server.until(lambda: "deleted" in line.shown)


async def test_files_pass_both_ways_and_those_too_big_are_named(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    big = ("big.png", "image/png", b"\x89" * 5_000_001)
    await desk.server.say(desk.ana, customer, "this lamp", files=[PNG, ("x.exe", "application/x-exe", b"MZ"), big])
    line = await desk.said(thread, "this lamp")
    assert [(file.name, file.data) for file in line.attachments] == [("lamp.png", PNG[2])]
    assert "x.exe" in line.shown
    assert "big.png" in line.shown
    await desk.server.say(desk.dana, thread, "!r here", files=[("label.pdf", "application/pdf", b"%PDF")])
    said = await desk.said(customer, "Dana: here")
    assert [(file.name, file.data) for file in said.attachments] == [("label.pdf", b"%PDF")]


async def test_who_is_no_agent_is_told_so_and_does_nothing(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    for button in ("Claim", "Reply"):
        told = await desk.server.press(desk.ben, card, button)
        assert told is not None
        assert told.ephemeral_to is desk.ben
        assert "for the support team" in told.shown
    await desk.server.say(desk.ben, thread, "!r I am nobody")
    await desk.shop.idle()
    assert desk.watched.of(AgentReplied) == []
    assert "Claim" in card.buttons


async def test_an_approval_is_decided_by_form(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, button="Fill in the form")
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.server.submit(desk.ana, await desk.server.modal(desk.ana), {"What?": "a lamp"})
    offer = await desk.said(thread, button="Ask a supervisor")
    await desk.server.press(desk.ana, offer, "Ask a supervisor")
    card = await desk.said(desk.staff, button="Approve")
    await desk.server.press(desk.sam, card, "Approve")
    form = await desk.server.modal(desk.sam)
    await desk.server.submit(desk.sam, form, {"text": "of course"})
    await desk.said(thread, "Granted. of course")
    await desk.server.until(lambda: card.buttons == ["Note"])


async def test_cards_and_threads_are_known_after_a_restart(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            card, thread = await desk.case(desk.ana)
            await server.say(desk.dana, thread, "!r It comes on Monday.")
            customer = server.dm(desk.ana)
            said = await desk.said(customer, "It comes on Monday.")
        async with desk.open():
            typed = next(one for one in server.messages(thread) if one.content.startswith("!r"))
            await server.edit(desk.dana, typed, "!r It comes on Tuesday.")
            await server.until(lambda: "Tuesday" in said.shown)
            await server.press(desk.dana, card, "Resolve")
            await server.submit(desk.dana, await server.modal(desk.dana), {})
            await server.until(lambda: card.buttons == ["Note"])
            await server.delete(desk.dana, typed)
            assert (await desk.event(ReplyDeleted)).agent == "dana"


async def test_talk_in_the_staff_channel_itself_is_nothing_to_the_bot(desk: Desk) -> None:
    await desk.server.say(desk.dana, desk.staff, f"<@{desk.server.bot_user.id}> where can I park?")
    await desk.case(desk.ana)
    assert [event.customer for event in desk.watched.events] == [f"discord:{desk.ana.id}"]
