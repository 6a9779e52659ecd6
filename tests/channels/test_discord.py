"""Customers on Discord: where the bot speaks, what it hears, and how it shows what it says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.channels.discord.panel import post_panel
from bot.dialog.events import (
    AgentSpoke,
    ChoicePressed,
    CustomerLeft,
    FormSubmitted,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlaceClosed,
)  # fmt: skip
from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import Channel, Message

PNG = ("lamp.png", "image/png", b"\x89PNG lamp")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


# --- where the bot speaks ---------------------------------------------------------------------------------------------


async def test_a_question_in_a_support_channel_is_answered_in_a_thread_of_its_own(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.")
    assert desk.bot_lines(desk.help) == []
    assert thread.parent is desk.help
    assert thread.private is False
    event = await desk.event(MessageReceived)
    assert event.place == f"discord:{desk.help.id}/{thread.id}"
    assert (event.near, event.scope, event.name) == (f"discord:{desk.help.id}", "public", "Ana")
    assert event.messages == (f"{desk.help.id}/{thread.id}",)


async def test_what_follows_in_the_thread_is_the_same_conversation(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    first = await desk.said(thread, "Behind the house.")
    await desk.server.say(desk.ana, thread, "when are you open?")
    await desk.said(thread, "We are open from 9 to 5.", after=first)


async def test_two_messages_of_one_customer_share_a_thread(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    await desk.said(thread, "Please fill this in.")
    await desk.server.say(desk.ana, desk.help, "when are you open?")
    await desk.said(thread, "We are open from 9 to 5.")
    assert desk.server.threads(desk.help) == [thread]


async def test_a_direct_message_is_answered_where_it_stands(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    await desk.server.say(desk.ana, dm, "where can I park?")
    await desk.said(dm, "Behind the house.")
    event = await desk.event(MessageReceived)
    assert (event.place, event.scope, event.near) == (f"discord:{dm.id}", "private", "")


async def test_elsewhere_only_a_mention_is_heard(desk: Desk) -> None:
    await desk.server.say(desk.ana, desk.lounge, "where can I park?")
    named = await desk.server.say(desk.ben, desk.lounge, f"<@{desk.server.bot_user.id}> where can I park?")
    thread = await desk.thread(named)
    await desk.said(thread, "Behind the house.")
    event = await desk.event(MessageReceived)
    assert (event.text, event.mentioned) == ("where can I park?", True)
    assert desk.server.threads(desk.lounge) == [thread]


async def test_in_a_customers_thread_others_are_heard_only_when_they_name_the_bot(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    first = await desk.said(thread, "Behind the house.")
    await desk.server.say(desk.ben, thread, "when are you open?")
    await desk.server.say(desk.ben, thread, f"<@{desk.server.bot_user.id}> when are you open?")
    await desk.said(thread, "We are open from 9 to 5.", after=first)
    assert [event.customer for event in desk.watched.of(MessageReceived)] == [
        f"discord:{desk.ana.id}",
        f"discord:{desk.ben.id}",
    ]


@pytest.mark.parametrize("restarted", [False, True])
async def test_in_a_customers_thread_others_name_the_bot_each_time(tmp_path: Path, restarted: bool) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            thread = await desk.asked(desk.ana, "where can I park?")
            await desk.said(thread, "Behind the house.")
            await server.say(desk.ben, thread, f"<@{server.bot_user.id}> when are you open?")
            await desk.said(thread, "We are open from 9 to 5.")
            if not restarted:
                await _goes_on(desk, thread)
        if restarted:
            async with desk.open():
                await _goes_on(desk, thread)


async def _goes_on(desk: Desk, thread: Channel) -> None:
    known = len(desk.watched.of(MessageReceived))
    await desk.server.say(desk.ben, thread, "Ana, did you find it?")
    await desk.server.say(desk.ana, thread, "when are you open?")
    await desk.server.say(desk.ben, thread, f"<@{desk.server.bot_user.id}> where can I park?")
    await desk.event(MessageReceived, known + 1)
    heard = [event.text for event in desk.watched.of(MessageReceived)[known:]]
    assert sorted(heard) == ["when are you open?", "where can I park?"]


async def test_when_an_agent_writes_in_the_customers_thread_the_bot_is_told(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.")
    await desk.server.say(desk.dana, thread, "Or in the *street*.")
    event = await desk.event(AgentSpoke)
    assert (event.customer, event.agent, event.text) == (f"discord:{desk.ana.id}", "dana", "Or in the street.")
    assert event.place == f"discord:{desk.help.id}/{thread.id}"


async def test_an_agents_own_message_in_a_support_channel_opens_no_thread(desk: Desk) -> None:
    asked = await desk.server.say(desk.ana, desk.help, "where can I park?")
    thread = await desk.thread(asked)
    await desk.server.say(desk.dana, desk.help, "We close early today.")
    await desk.server.say(desk.dana, desk.help, "Behind the house!", reply_to=asked)
    event = await desk.event(AgentSpoke)
    assert event.place == f"discord:{desk.help.id}/{thread.id}"
    assert desk.server.threads(desk.help) == [thread]


async def test_other_bots_are_ignored(desk: Desk) -> None:
    robot = desk.server.add_user("robot", bot=True)
    await desk.server.say(robot, desk.help, "where can I park?")
    await desk.asked(desk.ana, "where can I park?")
    await desk.event(MessageReceived)
    assert len(desk.server.threads(desk.help)) == 1


async def test_a_forum_post_is_a_conversation_with_its_tags(desk: Desk) -> None:
    post = await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?", tags=["Orders"])
    await desk.said(post, "Behind the house.")
    event = await desk.event(MessageReceived)
    assert (event.scope, event.tags, event.place) == ("post", ("Orders",), f"discord:{desk.forum.id}/{post.id}")


async def test_closing_a_post_is_told_whichever_way_it_is_done(desk: Desk) -> None:
    posts = [await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?") for _ in range(3)]
    for post in posts:
        await desk.said(post, "Behind the house.")
    await desk.server.close(desk.ana, posts[0], lock=False)
    await desk.server.close(desk.ana, posts[1], tag="Solved", lock=False)
    await desk.server.delete_thread(posts[2])
    await desk.event(PlaceClosed, 2)
    places = [event.place for event in desk.watched.of(PlaceClosed)]
    assert sorted(set(places)) == sorted(f"discord:{desk.forum.id}/{post.id}" for post in posts)


async def test_which_tags_mean_solved_is_the_shops_to_say(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        words = desk.catalog.texts["ui_solved_tags"]
        changed = {**desk.catalog.texts, "ui_solved_tags": replace(words, variants=("Erledigt, orders",))}
        object.__setattr__(desk.catalog, "texts", changed)
        async with desk.open():
            post = await server.post(desk.ana, desk.forum, "Parking", "where can I park?", tags=["Solved"])
            await desk.said(post, "Behind the house.")
            await server.close(desk.ana, post, tag="Orders", lock=False)
            assert "/solved/" in (await desk.event(PlaceClosed)).key


async def test_a_post_that_fell_asleep_is_not_closed_by_anybody(desk: Desk) -> None:
    post = await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?")
    post.auto_archive = 0
    await desk.said(post, "Behind the house.")
    await desk.server.archive(post)
    await desk.server.say(desk.ana, post, "when are you open?")
    await desk.said(post, "We are open from 9 to 5.")
    assert desk.watched.of(PlaceClosed) == []


async def test_a_customer_who_leaves_is_told_of(desk: Desk) -> None:
    await desk.asked(desk.ana, "where can I park?")
    await desk.event(MessageReceived)
    await desk.server.leave(desk.ben)
    await desk.server.leave(desk.ana)
    assert (await desk.event(CustomerLeft)).customer == f"discord:{desk.ana.id}"
    assert len(desk.watched.of(CustomerLeft)) == 1


async def test_who_is_still_in_another_of_our_communities_has_not_left(desk: Desk) -> None:
    other = desk.server.add_guild("Annex")
    for person in (desk.ana, desk.ben):
        await desk.server.say(person, desk.help, "where can I park?")
    await desk.event(MessageReceived, 1)
    await desk.server.join(desk.ana, other)
    await desk.server.leave(desk.ana)
    await desk.server.leave(desk.ben)
    assert (await desk.event(CustomerLeft)).customer == f"discord:{desk.ben.id}"


# --- what it hears ----------------------------------------------------------------------------------------------------


async def test_words_are_read_as_they_show(desk: Desk) -> None:
    text = f"**where** can <@{desk.ben.id}> park, see <#{desk.lounge.id}> [here](https://x.example/a_b) <:car:123456>"
    await desk.asked(desk.ana, text)
    event = await desk.event(MessageReceived)
    assert event.text == "where can @Ben park, see #lounge here (https://x.example/a_b) :car:"


async def test_replies_forwards_stickers_and_files_keep_their_meaning(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    first = await desk.server.say(desk.ana, dm, "where can I park?")
    await desk.server.say(desk.ana, dm, "this one", reply_to=first)
    await desk.server.say(desk.ana, dm, "", stickers=["wave"])
    await desk.server.say(desk.ana, dm, "", forward=await desk.server.say(desk.ben, desk.lounge, "when are you open?"))
    await desk.server.say(desk.ana, dm, "", files=[PNG])
    await desk.event(MessageReceived, 4)
    heard = sorted(desk.watched.of(MessageReceived), key=lambda event: event.key)
    assert [event.text for event in heard] == [
        "where can I park?",
        "this one",
        "[sticker: wave]",
        "when are you open?",
        "",
    ]
    assert heard[1].quote == "where can I park?"
    (file,) = heard[4].files
    assert (file.name, file.kind, file.size) == ("lamp.png", "image/png", len(PNG[2]))
    assert await desk.channel.fetch(file) == PNG[2]


async def test_edits_and_deletes_are_told_but_previews_are_not(desk: Desk) -> None:
    message = await desk.server.say(desk.ana, desk.help, "where can I park my https://x.example car?")
    thread = await desk.thread(message)
    await desk.server.edit(desk.ana, message, "where can I **park**?")
    edit = await desk.event(MessageEdited)
    id = f"{desk.help.id}/{message.id}"
    assert (edit.message, edit.text, edit.place) == (id, "where can I park?", f"discord:{desk.help.id}/{thread.id}")
    await desk.server.delete(desk.ana, message)
    gone = await desk.event(MessageDeleted)
    assert (gone.message, gone.customer) == (id, f"discord:{desk.ana.id}")
    assert len(desk.watched.of(MessageEdited)) == 1


async def test_messages_that_a_moderator_clears_away_are_each_told(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    two = [await desk.server.say(desk.ana, thread, f"or there? {number}") for number in range(2)]
    await desk.event(MessageReceived, 2)
    await desk.server.delete_many(desk.server.guild.owner, two)
    await desk.event(MessageDeleted, 1)
    assert [event.message for event in desk.watched.of(MessageDeleted)] == [f"{thread.id}/{one.id}" for one in two]


async def test_after_a_restart_places_messages_and_buttons_are_still_known(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            message = await server.say(desk.ana, desk.help, "I want to make a claim")
            thread = await desk.thread(message)
            asked = await desk.said(thread, button="Fill in the form")
        async with desk.open():
            await server.press(desk.ana, asked, "Fill in the form")
            await server.submit(desk.ana, await server.modal(desk.ana), {"What?": "a lamp"})
            offer = await desk.said(thread, button="Money back")
        async with desk.open():
            await server.press(desk.ana, offer, "Money back")
            done = await desk.said(thread, "Money for a lamp.")
            await server.say(desk.ana, thread, "where can I park?")
            await desk.said(thread, "Behind the house.", after=done)
            await server.delete(desk.ana, message)
            assert (await desk.event(MessageDeleted)).customer == f"discord:{desk.ana.id}"


# --- controls ---------------------------------------------------------------------------------------------------------


async def test_a_button_a_form_and_a_choice_lead_through_a_flow(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, "Please fill this in.", button="Fill in the form")
    await desk.server.press(desk.ana, asked, "Fill in the form")
    form = await desk.server.modal(desk.ana)
    assert (form.title, form.labels) == ("Details", ["What?", "Why?"])
    await desk.server.submit(desk.ana, form, {"What?": "a lamp"})
    assert (await desk.event(FormSubmitted)).values == {"what": "a lamp", "why": ""}
    offer = await desk.said(thread, "What shall we do?", button="Money back")
    await desk.server.press(desk.ana, offer, "Money back")
    await desk.said(thread, "Money for a lamp.")
    assert (await desk.event(ChoicePressed)).label == "Money back"


async def test_what_belongs_to_somebody_else_is_refused_where_only_they_see_it(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, "Please fill this in.", button="Fill in the form")
    told = await desk.server.press(desk.ben, asked, "Fill in the form")
    assert told is not None
    assert told.ephemeral_to is desk.ben
    assert "somebody else's conversation" in told.shown
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.server.submit(desk.ana, await desk.server.modal(desk.ana), {"What?": "a lamp"})
    offer = await desk.said(thread, "What shall we do?", button="Money back")
    told = await desk.server.press(desk.ben, offer, "Money back")
    assert told is not None
    assert told.ephemeral_to is desk.ben
    assert desk.watched.of(ChoicePressed) == []


async def test_a_form_that_no_longer_counts_is_answered_as_a_stale_choice(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, "Please fill this in.", button="Fill in the form")
    await desk.server.say(desk.ana, thread, "stop")
    await desk.said(thread, "Make a claim")
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.event(ChoicePressed)
    assert desk.ana.modals == []


# --- /help, the context menu ------------------------------------------------------------------------------------------


async def test_help_is_browsed_without_a_turn(desk: Desk) -> None:
    shelves = await desk.server.command(desk.ana, desk.lounge, "help")
    assert shelves is not None
    assert shelves.ephemeral_to is desk.ana
    titles = await desk.server.choose(desk.ana, shelves, "Choose", shelves.selects[0]["options"][0]["label"])
    assert titles is not None
    menu = titles.selects[-1]
    answer = await desk.server.choose(desk.ana, titles, menu["custom_id"], "Parking")
    assert answer is not None
    assert "Behind the house." in answer.shown
    assert "Did that help?" in answer.shown
    assert desk.watched.events == []


async def test_help_completes_titles_and_searches(desk: Desk) -> None:
    assert (await desk.server.autocomplete(desk.ana, desk.lounge, "help", "topic", "par"))[0] == "Parking"
    picked = await desk.server.command(desk.ana, desk.lounge, "help", topic="Parking")
    assert picked is not None
    assert "Behind the house." in picked.shown
    typed = await desk.server.command(desk.ben, desk.lounge, "help", topic="zzzz **x**")
    assert typed is not None
    assert "zzzz **x**" in typed.shown


async def test_get_help_with_this_goes_on_in_private(desk: Desk) -> None:
    message = await desk.server.say(desk.ben, desk.lounge, "where can I park?")
    told = await desk.server.context_menu(desk.ana, "Get help with this", message)
    assert told is not None
    assert told.ephemeral_to is desk.ana
    dm = desk.server.dm(desk.ana)
    assert f"https://discord.com/channels/@me/{dm.id}" in told.content
    await desk.said(dm, "Behind the house.")
    assert (await desk.event(MessageReceived)).customer == f"discord:{desk.ana.id}"


async def test_get_help_with_an_own_message_in_a_support_channel_is_answered_there(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        message = await server.say(desk.ana, desk.help, "where can I park?")
        async with desk.open():
            told = await server.context_menu(desk.ana, "Get help with this", message)
            assert told is not None
            thread = await desk.thread(message)
            await desk.said(thread, "Behind the house.")
            assert f"<#{thread.id}>" in told.content


@pytest.mark.parametrize("how", ["menu", "panel"])
async def test_with_closed_dms_help_is_in_a_private_thread(desk: Desk, how: str) -> None:
    desk.server.close_dms(desk.ana)
    told = await _asked_aside(desk, how)
    (thread,) = [each for channel in (desk.help, desk.lounge) for each in desk.server.threads(channel)]
    assert (thread.private, desk.ana in thread.members, desk.ben in thread.members) == (True, True, False)
    assert f"<#{thread.id}>" in told.content
    assert desk.bot_lines(thread)[0] == "Your question: where can I park?"
    await desk.said(thread, "Behind the house.")


@pytest.mark.parametrize("how", ["menu", "panel"])
async def test_where_nothing_private_can_be_opened_nobody_is_sent_anywhere(desk: Desk, how: str) -> None:
    desk.server.close_dms(desk.ana)
    for channel in (desk.help, desk.lounge):
        await desk.server.permit(channel, {"VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY"})
    told = await _asked_aside(desk, how)
    assert "allow direct messages" in told.content
    assert desk.watched.of(MessageReceived) == []


async def test_the_panel_goes_on_in_a_dm_where_there_are_no_private_threads(desk: Desk) -> None:
    for channel in (desk.help, desk.lounge):
        await desk.server.permit(channel, {"VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY"})
    told = await _asked_aside(desk, "panel")
    dm = desk.server.dm(desk.ana)
    assert f"@me/{dm.id}" in told.content
    await desk.said(dm, "Behind the house.")


async def test_get_help_with_an_own_message_goes_on_in_private_where_no_thread_can_be_begun(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        message = await server.say(desk.ana, desk.help, "where can I park?")
        await server.permit(desk.help, {"VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY"})
        async with desk.open():
            told = await server.context_menu(desk.ana, "Get help with this", message)
            assert told is not None
            assert f"@me/{server.dm(desk.ana).id}" in told.content
            await desk.said(server.dm(desk.ana), "Behind the house.")


async def _asked_aside(desk: Desk, how: str) -> Message:
    if how == "menu":
        message = await desk.server.say(desk.ben, desk.lounge, "where can I park?")
        told = await desk.server.context_menu(desk.ana, "Get help with this", message)
    else:
        await post_panel(desk.access, f"discord:{desk.lounge.id}", desk.catalog)
        await desk.server.press(desk.ana, desk.server.messages(desk.lounge)[-1], "Ask for help")
        form = await desk.server.modal(desk.ana)
        told = await desk.server.submit(desk.ana, form, {"text": "where can I park?"})
    assert told is not None
    return told


# --- showing ----------------------------------------------------------------------------------------------------------


async def test_what_is_being_typed_shows_only_when_an_answer_takes_long(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.")
    assert desk.server.world.typing == []
    await desk.shop.runtime.pause()
    await desk.server.say(desk.ana, thread, "when are you open?")
    await desk.server.until(lambda: desk.server.world.typing)


# --- a customer's own cases -------------------------------------------------------------------------------------------


async def test_a_customer_sees_their_cases_adds_to_one_and_closes_it(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    await desk.server.say(desk.ana, dm, "talk to a person")
    await desk.said(dm, "case 1")
    page = await desk.server.command(desk.ana, desk.lounge, "mycases")
    assert page is not None
    assert page.ephemeral_to is desk.ana
    assert "Case 1" in page.shown
    await desk.server.press(desk.ana, page, "Add to case 1")
    modal = desk.ana.modals[-1]
    await desk.server.submit(desk.ana, modal, {"words": "the blue one"})
    event = await desk.event(FormSubmitted)
    assert (event.form, event.place) == ("mycases/add:1", f"discord:{dm.id}")
    await desk.server.press(desk.ana, page, "Close case 1")
    await desk.server.press(desk.ana, page, "Yes, close case 1")
    await desk.said(dm, "Case 1 is closed")
    assert (await desk.server.command(desk.ben, desk.lounge, "mycases") or page).shown.startswith("You have no open")


async def test_a_code_is_asked_for_by_command_and_comes_in_private(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    shown = await desk.server.command(desk.ana, desk.lounge, "link")
    assert shown is not None
    assert shown.ephemeral_to is desk.ana
    await desk.said(dm, "Your code is")
    await desk.server.command(desk.ana, desk.lounge, "link", code="BCDF-2345")
    await desk.said(dm, "That code doesn't work")
