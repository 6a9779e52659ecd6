"""Agents on Discord: cards, their buttons and forms, replies and notes in a case's thread, files both ways."""

import dataclasses
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk.team import Role
from bot.dialog.events import AgentCameBack, AgentReplied, AgentWentAway, NoteAdded, ReplyDeleted, ReplyEdited
from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import Channel, Message
from tests.wire.discord.routes_guilds import set_roles

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
    assert card.buttons == ["Claim", "Reply", "Note", "Resolve", "Transcript"]
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


async def test_a_time_that_cannot_be_read_is_told_to_whoever_filled_in_the_form_alone(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Snooze" in card.buttons)
    before = len(desk.server.messages(thread))
    for words, told in (("some day", "say for how long"), ("until they write", "waits for your answer")):
        await desk.server.press(desk.dana, card, "Snooze")
        form = await desk.server.modal(desk.dana)
        answer = await desk.server.submit(desk.dana, form, {"text": words})
        assert answer is not None
        assert answer.ephemeral_to is desk.dana
        assert told in answer.content
    assert len(desk.server.messages(thread)) == before


async def test_a_case_is_put_aside_by_button_and_form(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Snooze" in card.buttons)
    await desk.server.press(desk.dana, card, "Snooze")
    form = await desk.server.modal(desk.dana)
    await desk.server.submit(desk.dana, form, {"text": "until friday"})
    await desk.said(thread, "aside until")
    await desk.server.until(lambda: "put aside" in card.shown)


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


async def test_each_command_of_a_post_is_done_and_no_note_is_sent(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    typed = await desk.server.say(desk.dana, thread, "!r One moment.\n!note CANARY she is a pain")
    said = await desk.said(customer, "Dana: One moment.")
    assert (await desk.event(NoteAdded)).text == "CANARY she is a pain"
    await desk.server.edit(desk.dana, typed, "!r Two moments.\n!note CANARY she is a pain")
    await desk.server.until(lambda: "Two moments." in said.shown)
    await desk.server.edit(desk.dana, typed, "!r Three moments.\n!nte CANARY she is a pain")
    await desk.said(thread, "!nte")
    await desk.shop.idle()
    assert "Two moments." in said.shown
    assert not any("CANARY" in line for line in desk.bot_lines(customer))


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


async def test_a_reply_that_is_edited_into_a_line_is_taken_back_and_the_new_words_stay_inside(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    customer = desk.server.dm(desk.ana)
    typed = await desk.server.say(desk.dana, thread, "!r Hello")
    said = await desk.said(customer, "Dana: Hello")
    await desk.server.edit(desk.dana, typed, "CANARY she is a fraud")
    await desk.server.until(lambda: said.deleted)
    note = await desk.event(NoteAdded)
    assert (note.text, note.message) == ("CANARY she is a fraud", f"{thread.id}/{typed.id}")
    await desk.shop.idle()
    assert not any("CANARY" in line for line in desk.bot_lines(customer))
    await desk.server.edit(desk.dana, typed, "!r Hello again")
    await desk.said(customer, "Dana: Hello again")


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_note_that_is_edited_into_a_reply_is_sent_once(tmp_path: Path, restarted: bool) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            _, thread = await desk.case(desk.ana)
            typed = await server.say(desk.dana, thread, "forgot the prefix")
            await desk.event(NoteAdded)
            if not restarted:
                await _sent_once(desk, typed)
        if restarted:
            async with desk.open():
                await _sent_once(desk, typed)


async def _sent_once(desk: Desk, typed: Message) -> None:
    customer = desk.server.dm(desk.ana)
    await desk.server.edit(desk.dana, typed, "!r forgot the prefix")
    said = await desk.said(customer, "Dana: forgot the prefix")
    assert "/edit/" in (await desk.event(AgentReplied)).key
    await desk.server.edit(desk.dana, typed, "!r here it is")
    await desk.server.until(lambda: "here it is" in said.shown)
    assert sum("Dana" in line for line in desk.bot_lines(customer)) == 1


@pytest.mark.parametrize("begun", ["!r Hello", "!claim", "careful"])
async def test_an_edit_into_another_command_does_not_do_it(desk: Desk, begun: str) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    typed = await desk.server.say(desk.dana, thread, begun)
    await desk.server.until(lambda: len(desk.watched.events) == 3)
    await desk.server.edit(desk.dana, typed, "!resolve bye")
    await desk.server.say(desk.dana, thread, "and then")
    await desk.server.until(lambda: any(note.text == "and then" for note in desk.watched.of(NoteAdded)))
    await desk.shop.idle()
    assert "Release" in card.buttons
    lines = desk.bot_lines(desk.server.dm(desk.ana))
    assert not any("Hello" in line.replace("Hello Ana", "") or "bye" in line for line in lines)


async def test_a_reply_that_is_deleted_after_a_restart_is_taken_back_though_nobody_owns_the_case(
    tmp_path: Path,
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            card, thread = await desk.case(desk.ana)
            typed = await server.say(desk.dana, thread, "!r It comes on Monday.")
            said = await desk.said(server.dm(desk.ana), "It comes on Monday.")
            await server.press(desk.dana, card, "Release")
            await server.until(lambda: "Claim" in card.buttons)
        async with desk.open():
            await server.delete(desk.dana, typed)
            await server.until(lambda: said.deleted)


# --- a room that is shut ----------------------------------------------------------------------------------------------


_ALL = {"VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "READ_MESSAGE_HISTORY", "EMBED_LINKS"}
_ALL |= {"ATTACH_FILES", "ADD_REACTIONS", "CREATE_PUBLIC_THREADS", "CREATE_PRIVATE_THREADS", "MANAGE_THREADS"}


@pytest.mark.parametrize("lost", [_ALL, {"SEND_MESSAGES"}, {"CREATE_PUBLIC_THREADS"}, {"SEND_MESSAGES_IN_THREADS"}])
async def test_what_a_staff_channel_does_not_take_waits_for_it(
    desk: Desk, caplog: pytest.LogCaptureFixture, lost: set[str]
) -> None:
    customer = desk.server.dm(desk.ana)
    await desk.server.permit(desk.staff, _ALL - lost)
    await desk.server.say(desk.ana, customer, "talk to a person")
    await desk.server.say(desk.ana, customer, "it is the red one")
    await desk.server.until(lambda: desk.channel.trouble.startswith(f"the staff channel {desk.staff.id}"))
    assert not desk.channel.ready
    await desk.server.until(lambda: "attempt 2" in caplog.text)
    assert len([each for each in caplog.records if "what goes there waits" in each.message]) == 1
    assert "what goes there waits" in next(each.message for each in caplog.records if each.levelno == logging.ERROR)
    await desk.server.permit(desk.staff, _ALL)
    card = await desk.said(desk.staff, button="Claim", timeout=15)
    thread = await desk.thread(card)
    await desk.said(thread, "it is the red one")
    await desk.server.until(lambda: desk.channel.ready and not desk.channel.trouble)
    await desk.server.say(desk.dana, thread, "!r I see.")
    await desk.said(customer, "I see.")


async def test_a_staff_channel_that_was_taken_away_while_a_case_is_open_loses_nothing(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    desk.staff.overwrites[desk.server.bot_user.id] = (1, 0, 1 << 10)  # nobody tells the bot
    await desk.server.say(desk.ana, desk.server.dm(desk.ana), "it is the red one")
    await desk.server.until(lambda: "cannot be seen" in desk.channel.trouble)
    desk.staff.overwrites.clear()
    await desk.said(thread, "it is the red one", timeout=15)
    await desk.server.until(lambda: desk.channel.ready)


async def test_a_staff_channel_that_is_not_there_is_told_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        await server.delete_channel(desk.staff)
        async with desk.open(ready=False):
            await server.until(lambda: f"{desk.staff.id} is not there" in desk.channel.trouble)
        assert f"the staff channel {desk.staff.id} is not there: check its id" in caplog.text


@pytest.mark.parametrize("gone", ["card", "thread", "both"])
async def test_what_is_told_of_a_case_whose_card_is_gone_is_told_all_the_same(desk: Desk, gone: str) -> None:
    card, thread = await desk.case(desk.ana)
    if gone != "card":
        await desk.server.delete_thread(thread)
    if gone != "thread":
        await desk.server.delete(desk.server.guild.owner, card)
    await desk.server.say(desk.ana, desk.server.dm(desk.ana), "it is the red one")

    def lines() -> str:
        rooms = (desk.staff, *desk.server.threads(desk.staff))
        return " ".join(line for each in rooms for line in desk.bot_lines(each))

    await desk.server.until(lambda: "it is the red one" in lines())
    if gone == "both":
        line = await desk.said(desk.staff, "it is the red one")
        assert "Case 1" in line.shown


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
    wrote = next(one for one in desk.server.messages(customer) if one.content == "this lamp")
    await desk.server.edit(desk.ana, wrote, "that lamp")
    await desk.server.until(lambda: "that lamp" in line.shown)
    assert line.shown.endswith("📎 x.exe\n📎 big.png")
    assert [file.name for file in line.attachments] == ["lamp.png"]
    await desk.server.say(desk.dana, thread, "!r here", files=[("label.pdf", "application/pdf", b"%PDF")])
    said = await desk.said(customer, "Dana: here")
    assert [(file.name, file.data) for file in said.attachments] == [("label.pdf", b"%PDF")]


async def test_of_a_file_that_discord_finds_too_large_the_name_is_shown(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    desk.server.faults.fail(f"POST /channels/{thread.id}/messages", status=413, code=40005)
    await desk.server.say(desk.ana, desk.server.dm(desk.ana), "this lamp", files=[PNG])
    line = await desk.said(thread, "this lamp")
    assert line.attachments == []
    assert line.shown.endswith("📎 lamp.png")


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
    await desk.server.until(lambda: card.buttons == ["Note", "Transcript"])


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
            await server.until(lambda: card.buttons == ["Note", "Transcript"])
            await server.delete(desk.dana, typed)
            assert (await desk.event(ReplyDeleted)).agent == "dana"


async def test_a_reply_that_has_arrived_is_marked_where_it_was_written(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    typed = await desk.server.say(desk.dana, thread, "!r It comes on Monday.")
    await desk.server.until(lambda: list(typed.reactions) == ["✅"])
    await desk.server.press(desk.dana, card, "Reply")
    await desk.server.submit(desk.dana, await desk.server.modal(desk.dana), {"text": "By form."})
    line = await desk.said(thread, "By form.")
    await desk.server.until(lambda: list(line.reactions) == ["✅"])


async def test_a_reply_that_could_not_be_shown_is_marked_with_the_reason_beside_it(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    desk.server.close_dms(desk.ana)
    typed = await desk.server.say(desk.dana, thread, "!r It comes on Monday.")
    await desk.said(thread, "takes no direct messages")
    await desk.server.until(lambda: list(typed.reactions) == ["⚠️"])


async def test_a_reply_by_form_has_a_button_that_takes_it_back(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Reply")
    await desk.server.submit(desk.dana, await desk.server.modal(desk.dana), {"text": "Too soon."})
    said = await desk.said(desk.server.dm(desk.ana), "Too soon.")
    line = await desk.said(thread, "Too soon.")
    await desk.server.press(desk.dana, line, "Undo")
    await desk.server.until(lambda: said.deleted)
    await desk.said(thread, "taken a reply back")
    await desk.server.until(lambda: "↩️" in line.reactions)


async def test_where_the_bot_may_not_mark_replies_arrive_all_the_same(desk: Desk) -> None:
    _, thread = await desk.case(desk.ana)
    await desk.server.permit(desk.staff, _ALL - {"ADD_REACTIONS"})
    await desk.server.say(desk.dana, thread, "!r It comes on Monday.")
    await desk.said(desk.server.dm(desk.ana), "It comes on Monday.")
    await desk.server.say(desk.dana, thread, "!claim")
    await desk.said(thread, "is with Dana already")


async def test_a_snippet_chosen_on_the_card_opens_the_reply_filled_in_to_be_changed(desk: Desk) -> None:
    card, _ = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Release" in card.buttons)
    assert card.embeds[0]["description"].count("Next best: Greeting") == 1
    await desk.server.choose(desk.dana, card, "n:1", "greeting")
    form = await desk.server.modal(desk.dana)
    text = form.inputs[0]["value"]
    assert text.startswith("Hello Ana, Dana here, a person this time.")
    await desk.server.submit(desk.dana, form, {"text": text + " Bye!"})
    await desk.said(desk.server.dm(desk.ana), "Bye!")


async def test_a_snippet_is_found_by_typing_in_the_cases_thread(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Release" in card.buttons)
    offered = await desk.server.autocomplete(desk.dana, thread, "snippet", "text", "")
    assert (offered[0], len(offered)) == ("Greeting", 25)
    assert await desk.server.autocomplete(desk.dana, thread, "snippet", "text", "late") == ["Late parcel"]
    assert await desk.server.autocomplete(desk.ben, thread, "snippet", "text", "late") == []
    await desk.server.command(desk.dana, thread, "snippet", text="late_parcel", wait=None)
    form = await desk.server.modal(desk.dana)
    assert form.inputs[0]["value"].startswith("I'm sorry that your parcel is late.")
    refused = await desk.server.command(desk.ben, thread, "snippet", text="late_parcel")
    assert refused is not None
    assert "for the support team" in refused.shown
    elsewhere = await desk.server.command(desk.dana, desk.lounge, "snippet", text="late_parcel")
    assert elsewhere is not None
    assert "in the thread of a case" in elsewhere.shown


async def test_how_a_case_ended_is_chosen_in_the_form_and_stands_on_the_card(desk: Desk) -> None:
    card, _ = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Resolve")
    await desk.server.submit(desk.dana, await desk.server.modal(desk.dana), {"outcome": ["spam"], "text": "Bye!"})
    await desk.server.until(lambda: "It was spam" in card.embeds[0]["description"])
    await desk.said(desk.server.dm(desk.ana), "Bye!")


async def test_who_is_writing_is_shown_on_the_other_side_while_a_person_owns_the_case(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    dm, typing = desk.server.dm(desk.ana), desk.server.world.typing

    def shown() -> list[Channel]:
        return [channel for channel, who in typing if who is desk.server.bot_user]

    await desk.server.typing(desk.ana, dm)
    await desk.server.typing(desk.dana, thread)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Release" in card.buttons)
    assert shown() == []
    await desk.server.typing(desk.ben, thread)
    await desk.server.typing(desk.dana, thread)
    await desk.server.until(lambda: shown() == [dm])
    await desk.server.typing(desk.dana, thread)
    await desk.server.typing(desk.ana, dm)
    await desk.server.until(lambda: shown() == [dm, thread])
    assert [type(event).__name__ for event in desk.watched.events] == ["MessageReceived", "CaseClaimed"]


async def test_talk_in_the_staff_channel_itself_is_nothing_to_the_bot(desk: Desk) -> None:
    await desk.server.say(desk.dana, desk.staff, f"<@{desk.server.bot_user.id}> where can I park?")
    await desk.case(desk.ana)
    assert [event.customer for event in desk.watched.events] == [f"discord:{desk.ana.id}"]


# --- /desk ------------------------------------------------------------------------------------------------------------


async def test_an_agent_says_by_a_command_that_they_are_away_and_back(desk: Desk) -> None:
    gone = await desk.server.command(desk.dana, desk.lounge, "desk", away="2h lunch & *rest*")
    assert gone is not None
    assert gone.ephemeral_to is desk.dana
    assert "Dana is away until" in gone.shown
    await desk.event(AgentWentAway)
    assert '"why":"lunch & *rest*"' in desk.shop.floor.facts["away:dana"]
    back = await desk.server.command(desk.dana, desk.lounge, "desk", view="back")
    assert back is not None
    assert back.shown == "Dana is back."
    await desk.event(AgentCameBack)
    assert desk.shop.floor.facts == {}


async def test_the_command_is_for_the_team_only(desk: Desk) -> None:
    refused = await desk.server.command(desk.ana, desk.lounge, "desk", away="2h")
    assert refused is not None
    assert "support team" in refused.shown
    assert desk.watched.events == []


# --- roles ------------------------------------------------------------------------------------------------------------


async def test_members_with_a_role_are_staff_for_as_long_as_they_have_it(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        guild = next(iter(server.world.guilds.values()))
        agents, leads = server.add_role(guild, "Agents"), server.add_role(guild, "Leads")
        fox = server.add_user("fox", display="Fox", roles=[agents, leads])
        desk.access = dataclasses.replace(
            desk.access, roles={"agent": (str(agents.id),), "supervisor": (str(leads.id),)}
        )
        async with desk.open():
            account = f"discord:{fox.id}"
            await server.until(lambda: account in desk.shop.catalog.agents)
            assert desk.shop.catalog.agents[account].role == "supervisor"
            card, _ = await desk.case(desk.ana)
            await server.press(fox, card, "Claim")
            await server.until(lambda: "Fox" in card.shown)
            set_roles(server.world, guild.members[fox.id], [])
            await server.say(fox, desk.lounge, "bye")
            await server.until(lambda: account not in desk.shop.catalog.agents)


async def test_another_role_that_is_given_while_the_bot_runs_counts_from_the_next_act_on(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        guild = next(iter(server.world.guilds.values()))
        agents, leads = server.add_role(guild, "Agents"), server.add_role(guild, "Leads")
        fox = server.add_user("fox", display="Fox", roles=[leads])
        roles: dict[Role, tuple[str, ...]] = {"agent": (str(agents.id),), "supervisor": (str(leads.id),)}
        desk.access = dataclasses.replace(desk.access, roles=roles)
        async with desk.open():
            account = f"discord:{fox.id}"
            await server.until(lambda: account in desk.shop.catalog.agents)
            set_roles(server.world, guild.members[fox.id], [agents.id])
            await server.say(fox, desk.lounge, "I am an agent now")
            await server.until(lambda: desk.shop.catalog.agents[account].role == "agent", 10)


async def test_an_agent_who_is_also_a_customer_keeps_the_two_apart(desk: Desk) -> None:
    server, own, theirs = desk.server, desk.server.dm(desk.dana), desk.server.dm(desk.ana)
    card, _ = await desk.case(desk.ana)
    await server.press(desk.dana, card, "Claim")
    await server.until(lambda: "Release" in card.buttons)
    await server.say(desk.dana, own, "talk to a person")
    await desk.said(own, "case 2")
    await server.say(desk.dana, own, "!r my invoice is wrong")
    await desk.shop.idle()

    def second() -> list[Message]:
        return [
            each for each in server.messages(desk.staff) if each.buttons and "Dana" in each.shown and each is not card
        ]

    await server.until(lambda: bool(second()))
    await server.say(desk.dana, await desk.thread(second()[-1]), "!claim")
    await desk.said(await desk.thread(second()[-1]), "case 2 is your own")
    board = {case.number: (case.customer, case.assignee) for case in await desk.shop.store.board()}
    assert board == {1: (f"discord:{desk.ana.id}", "dana"), 2: (f"discord:{desk.dana.id}", "")}
    assert not any("invoice" in line for line in desk.bot_lines(theirs))
