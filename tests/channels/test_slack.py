"""Slack end to end, for customers: the real slack-bolt and slack_sdk on an emulated Slack, a real shop behind them."""

import pytest

from tests.channels.slackdesk import Scene, serving
from tests.wire.slack import Message


def last(there: Scene, thread: str) -> str:
    return there.said(thread)[-1]


# --- where the bot speaks ---------------------------------------------------------------------------------------------


async def test_a_question_in_a_support_channel_is_answered_in_a_thread_of_its_own(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
    assert [each.ts for each in there.slack.messages(there.help)] == [thread]


async def test_the_talk_goes_on_in_the_thread(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        await there.reply(there.ana, thread, "where can I park", "Behind the house")


async def test_elsewhere_the_bot_speaks_only_when_it_is_named(there: Scene) -> None:
    async with serving(there):
        quiet = await there.slack.say(there.ana, there.general, "when are you open")
        named = await there.slack.say(there.ana, there.general, f"<@{there.slack.bot_user}> when are you open")
        await there.slack.wait_for(there.general, "9 to 5", thread=named)
        again = await there.slack.say(there.ana, there.general, "where can I park", thread=named)
        await there.slack.wait_for(there.general, "Behind the house", thread=named, after=again)
        await there.slack.settled()
    assert there.slack.message(there.general, quiet).replies == []


async def test_a_message_that_names_the_bot_comes_twice_and_is_answered_once(there: Scene) -> None:
    async with serving(there) as desk:
        ts = await there.slack.say(there.ana, there.help, f"<@{there.slack.bot_user}>: when are you open")
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)
        await there.slack.settled()
        said = await desk.shop.store.transcript()
    assert [line.text for line in said if line.kind == "customer"] == ["when are you open"]


async def test_a_direct_message_is_answered_there(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        await there.slack.say(there.ana, dm, "when are you open")
        answer = await there.slack.wait_for(dm, "9 to 5")
    assert answer.thread_ts is None


async def test_what_others_write_in_a_customers_thread_is_not_for_the_bot_unless_they_name_it(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        said = len(there.said(thread))
        await there.slack.say(there.ben, there.help, "where can I park", thread=thread)
        await there.slack.settled()
        assert len(there.said(thread)) == said
        await there.reply(there.ben, thread, f"<@{there.slack.bot_user}> where can I park", "Behind the house")


async def test_below_somebody_elses_matter_each_question_needs_the_mention(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        await there.reply(there.ben, thread, f"<@{there.slack.bot_user}> where can I park", "Behind the house")
        await there.slack.settled()
        said = len(there.said(thread))
        await there.slack.say(there.ben, there.help, "Ana, I parked there yesterday", thread=thread)
        await there.slack.settled()
        assert len(there.said(thread)) == said
        await there.reply(there.ana, thread, "where can I park", "Behind the house")


async def test_below_somebody_elses_matter_ones_own_buttons_work(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        asked = await there.reply(there.ben, thread, f"<@{there.slack.bot_user}> paint my lamp", "Which colour?")
        await there.slack.choose(there.ben, asked, "choose", "Gold")
        await there.slack.wait_for(there.help, "It is painted.", thread=thread)


async def test_other_bots_and_system_lines_are_ignored(there: Scene) -> None:
    other = there.slack.add_user("otherbot", is_bot=True)
    there.help.members[other.id] = None
    async with serving(there) as desk:
        await there.slack.bot_message(other, there.help, "when are you open")
        await there.slack.bot_message(other, there.help, "when are you open", classic=True)
        await there.slack.notice(there.ana, there.help, "channel_topic", "when are you open")
        await there.slack.settled()
        assert await desk.shop.store.transcript() == []


async def test_messages_in_one_breath_are_one_turn_in_one_thread(there: Scene) -> None:
    async with serving(there, burst="1s"):
        first = await there.slack.say(there.ana, there.help, "hello")
        second = await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.wait_for(there.help, "9 to 5", thread=first)
        await there.slack.settled()
    assert there.slack.message(there.help, second).replies == []


async def test_what_comes_in_another_order_in_one_breath_is_read_in_that_of_the_platform(there: Scene) -> None:
    async with serving(there, burst="1s") as desk:
        there.slack.faults.reorder_events(2)
        first = await there.slack.say(there.ana, there.help, "hello, a question:")
        second = await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.wait_for(there.help, "9 to 5", thread=first)
        await there.slack.settled()
        said = await desk.shop.store.transcript()
    assert [line.text for line in said if line.kind == "customer"] == ["hello, a question:\nwhen are you open"]
    assert there.slack.message(there.help, second).replies == []


async def test_names_mentions_and_links_are_read_as_people_read_them(there: Scene) -> None:
    async with serving(there) as desk:
        text = f"is <@{there.ben.id}> in <#{there.help.id}|help>? see <https://pine.example/a?b=1&amp;c|our page> &lt;3"
        await there.slack.say(there.ana, there.slack.dm(there.ana), text, raw=True)
        await there.slack.wait_for(there.slack.dm(there.ana))
        said = await desk.shop.store.transcript()
    assert said[0].text == "is @Ben in #help? see our page (https://pine.example/a?b=1&c) <3"


async def test_what_is_answered_or_forwarded_in_a_direct_message_goes_with_it(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        first = await there.slack.wait_for(dm, "handoff")
        await there.slack.say(there.ana, dm, "this one", thread=first.ts)
        await there.slack.wait_for(there.staff, "quoted", thread=card.ts)


# --- what can be pressed ----------------------------------------------------------------------------------------------


async def test_a_button_and_a_list_are_pressed(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "paint my lamp", "Which colour?")
        asked = await there.slack.wait_for(there.help, "Which colour?", thread=thread)
        await there.slack.choose(there.ana, asked, "choose", "Gold")
        await there.slack.wait_for(there.help, "It is painted.", thread=thread)


async def form(there: Scene) -> tuple[str, Message]:
    thread = await there.thread(there.ana, "make a claim", "Please fill this in.")
    return thread, await there.slack.wait_for(there.help, "Please fill this in.", thread=thread)


async def test_a_form_opens_at_once_and_its_texts_arrive(there: Scene) -> None:
    async with serving(there):
        thread, asked = await form(there)
        await there.slack.press(there.ana, asked, "ui_open_form")
        modal = await there.slack.modal(there.ana)
        assert modal.labels == ["What?", "Why?"]
        assert await there.slack.submit(there.ana, modal, {"What?": "a lamp"}) is None
        offered = await there.slack.wait_for(there.help, "What shall we do?", thread=thread)
        assert offered.buttons == ["Money back", "Ask a supervisor"]
        await there.slack.press(there.ana, offered, "Money back")
        await there.slack.wait_for(there.help, "Money for a lamp.", thread=thread)


async def test_somebody_elses_button_is_not_yours(there: Scene) -> None:
    async with serving(there):
        thread, asked = await form(there)
        said = len(there.said(thread))
        await there.slack.press(there.ben, asked, "ui_open_form")
        told = await there.slack.wait_for(there.help, "ui_not_yours", thread=thread, viewer=there.ben)
        assert told.ephemeral_to == there.ben.id
        await there.slack.settled()
    assert len(there.said(thread)) == said + 1
    assert "ui_not_yours" not in [each.shown for each in there.slack.messages(there.help, thread, there.ana)]


async def test_the_form_of_an_earlier_turn_is_for_the_engine_to_answer(there: Scene) -> None:
    async with serving(there):
        thread, asked = await form(there)
        await there.reply(there.ana, thread, "stop it", "cancelled")
        await there.slack.press(there.ana, asked, "ui_open_form")
        await there.slack.wait_for(there.help, "stale_choice", thread=thread)


# --- finding answers --------------------------------------------------------------------------------------------------


async def test_help_is_browsed_without_a_turn(there: Scene) -> None:
    async with serving(there) as desk:
        shown = await there.slack.command(there.ana, there.general, "/help")
        assert shown is not None
        assert "ui_topics" in shown
        page = there.slack.messages(there.general, viewer=there.ana)[-1]
        await there.slack.choose(there.ana, page, "topics", "Topics_other")
        await there.slack.choose(there.ana, page, "topic", "Parking")
        await there.slack.until(lambda: "Behind the house" in page.shown)
        assert "ui_still_there" in page.shown
        assert await desk.shop.store.transcript() == []


async def test_help_searches(there: Scene) -> None:
    async with serving(there):
        shown = await there.slack.command(there.ana, there.general, "/help", "park")
        page = there.slack.messages(there.general, viewer=there.ana)[-1]
        await there.slack.choose(there.ana, page, "topic", "Parking")
        await there.slack.until(lambda: "Behind the house" in page.shown)
        nothing = await there.slack.command(there.ana, there.general, "/help", "xyzzy <!channel>")
    assert shown == "ui_topics"
    assert nothing == "ui_topics_none"


async def test_the_panel_opens_a_question_and_the_answer_comes_in_private(there: Scene) -> None:
    from bot.channels.slack.panel import post_panel

    dm = there.slack.dm(there.ana)
    async with serving(there) as desk:
        await post_panel(there.access, f"slack:{there.slack.team}/{there.general.id}", desk.shop.catalog)
        panel = await there.slack.wait_for(there.general, "ui_panel")
        await there.slack.press(there.ana, panel, "ui_panel_button")
        modal = await there.slack.modal(there.ana)
        assert await there.slack.submit(there.ana, modal, {"ui_panel_question": "when are you open"}) is None
        await there.slack.wait_for(dm, "9 to 5")
        await there.slack.wait_for(there.general, "ui_started", viewer=there.ana)
    assert there.slack.messages(there.general, viewer=there.ben) == [panel]


async def test_help_is_asked_for_with_a_message(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        ts = await there.slack.say(there.ben, there.general, "when are you open")
        message = there.slack.message(there.general, ts)
        await there.slack.shortcut(there.ana, "help_with_this", message=message)
        await there.slack.wait_for(dm, "9 to 5")
        assert message.replies == []


async def test_help_with_ones_own_message_in_a_support_channel_comes_in_its_thread(there: Scene) -> None:
    ts = await there.slack.say(there.ana, there.help, "when are you open")  # the bot is not there yet
    async with serving(there):
        message = there.slack.message(there.help, ts)
        await there.slack.shortcut(there.ana, "help_with_this", message=message)
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)


async def test_the_home_tab_is_shown_and_asks_too(there: Scene) -> None:
    async with serving(there):
        await there.slack.open_home(there.ana)
        await there.slack.until(lambda: there.slack.home(there.ana))
        home = there.slack.home(there.ana)
        assert home is not None
        await there.slack.press(there.ana, home, "ui_panel_button")
        modal = await there.slack.modal(there.ana)
        await there.slack.submit(there.ana, modal, {"ui_panel_question": "when are you open"})
        await there.slack.wait_for(there.slack.dm(there.ana), "9 to 5")
        await there.slack.open_home(there.ana, tab="messages")
        await there.slack.settled()


# --- moving, edits, files, leaving ------------------------------------------------------------------------------------


async def test_personal_details_are_asked_for_in_private(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        thread = await there.thread(there.ana, "I want my money back", "moved_to_private")
        await there.slack.wait_for(dm, "Which order?")
        assert all("Which order?" not in each for each in there.said(thread))


async def test_a_customers_edits_and_deletions_are_passed_on(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        ts = await there.slack.say(there.ana, dm, "it is blue")
        line = await there.slack.wait_for(there.staff, "it is blue", thread=card.ts)
        await there.slack.edit(there.ana, dm, ts, "it is green")
        await there.slack.until(lambda: "edited" in line.shown)
        await there.slack.delete(there.ana, dm, ts)
        await there.slack.until(lambda: "deleted" in line.shown)


async def test_a_preview_of_a_link_is_no_edit(there: Scene) -> None:
    async with serving(there) as desk:
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        message = there.slack.message(there.help, thread)
        before = message.as_json()
        message.attachments = [{"text": "a preview", "title": "page"}]
        from tests.wire.slack import events

        events.changed(there.slack, message, before)
        await there.slack.settled()
        waiting = await desk.shop.store.waiting()
    assert waiting == []


async def test_files_pass_to_the_team_and_those_that_may_not_are_named(there: Scene) -> None:
    files = [("lamp.png", "image/png", b"picture"), ("run.exe", "application/x-dosexec", b"program")]
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.ana, there.slack.dm(there.ana), "look", files=files)
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(there.staff, card.ts)))
        await there.slack.wait_for(there.staff, "run.exe", thread=card.ts)
    (shared,) = [each.files for each in there.slack.messages(there.staff, card.ts) if each.files]
    assert [(file.name, file.content) for file in shared] == [("lamp.png", b"picture")]


async def test_the_team_hears_that_a_customer_has_left(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.deactivate(there.ana)
        await there.slack.wait_for(there.staff, "staff_left", thread=card.ts)


@pytest.mark.parametrize("text", ["<!channel>", "<!here> @everyone <@U0BOT>", "&lt;!channel&gt;", "*a_b* `c` ~d~ <"])
async def test_hostile_words_reach_the_team_as_words(there: Scene, text: str) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.ana, there.slack.dm(there.ana), f"say {text} please", raw=True)
        await there.slack.wait_for(there.staff, "please", thread=card.ts)


# --- a customer's own cases -------------------------------------------------------------------------------------------


async def test_a_customer_sees_their_cases_adds_to_one_and_closes_it(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there) as desk:
        assert await there.slack.command(there.ana, there.general, "/mycases") == "mycases_none"
        await there.slack.say(there.ana, dm, "talk to a person")
        await there.slack.wait_for(dm, "handoff")
        await there.slack.command(there.ana, there.general, "/mycases")
        page = there.slack.messages(there.general, viewer=there.ana)[-1]
        assert "mycases_waiting" in page.shown
        await there.slack.press(there.ana, page, "choice_mycases_add")
        modal = await there.slack.modal(there.ana)
        assert await there.slack.submit(there.ana, modal, {"mycases_add": "the blue one"}) is None
        await there.slack.wait_for(dm, "mycases_added")
        await there.slack.press(there.ana, page, "choice_mycases_close")
        modal = await there.slack.modal(there.ana)
        assert await there.slack.submit(there.ana, modal, {}) is None
        await there.slack.wait_for(dm, "mycases_closed_now")
        assert await desk.shop.store.board() == []
        said = [line.text for line in await desk.shop.store.transcript(case=1)]
    assert "the blue one" in said
    assert there.slack.messages(there.general, viewer=there.ben) == []


async def test_the_home_tab_shows_a_customers_cases(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        await there.slack.say(there.ana, dm, "talk to a person")
        await there.slack.wait_for(dm, "handoff")
        await there.slack.open_home(there.ana)
        await there.slack.until(lambda: there.slack.home(there.ana))
        home = there.slack.home(there.ana)
        assert home is not None
        await there.slack.press(there.ana, home, "choice_mycases_add")
        modal = await there.slack.modal(there.ana)
        await there.slack.submit(there.ana, modal, {"mycases_add": "the blue one"})
        await there.slack.wait_for(dm, "mycases_added")


async def test_a_code_is_asked_for_by_command_and_comes_in_private(there: Scene) -> None:
    async with serving(there):
        assert await there.slack.command(there.ana, there.general, "/link") is not None
        await there.slack.wait_for(there.slack.dm(there.ana), "link_code")
        await there.slack.command(there.ana, there.general, "/link", "BCDF-2345")
        await there.slack.wait_for(there.slack.dm(there.ana), "link_wrong")
    assert there.slack.messages(there.general, viewer=there.ben) == []
