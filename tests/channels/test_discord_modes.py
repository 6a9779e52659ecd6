"""Who speaks on Discord: nobody, a person with the bot's help, or the bot; what customers see is what Discord has."""

import asyncio
import copy
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.dialog.happening import Mode
from tests.channels.discorddesk import Desk, platform
from tests.wire.discord import Channel, Message


@asynccontextmanager
async def opened(tmp_path: Path, mode: Mode, **modes: Mode) -> AsyncIterator[Desk]:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        desk.access = dataclasses.replace(desk.access, modes={"default": mode, **modes})
        async with desk.open():
            yield desk


async def suggested(desk: Desk, text: str = "when are you open") -> tuple[Message, Message]:
    """Ask in the support channel; return what was written there and what staff see."""
    written = await desk.server.say(desk.ana, desk.help, text)
    return written, await desk.said(desk.staff, text)


def seen(desk: Desk) -> list[str]:
    """Return all that the bot has put before the customer, anywhere."""
    rooms: list[Channel] = [desk.help, desk.lounge, desk.server.dm(desk.ana)]
    rooms += [thread for room in (desk.help, desk.forum) for thread in desk.server.threads(room)]
    return [line for room in rooms for line in desk.bot_lines(room)]


async def test_in_silent_mode_the_customer_sees_nothing_and_staff_see_what_would_have_been_said(tmp_path: Path) -> None:
    async with opened(tmp_path, "silent") as desk:
        _, told = await suggested(desk)
        await desk.server.say(desk.ana, desk.server.dm(desk.ana), "talk to a person")
        person = await desk.said(desk.staff, "Ana: talk to a person")
        await asyncio.sleep(2.0)  # long enough for "… is typing"
        assert await desk.shop.store.board() == []
        assert (told.buttons, person.buttons) == ([], [])
        assert "9 to 5" in told.shown
        assert "faqs/" in told.shown
        assert f"<#{desk.help.id}>" in told.content
        assert "would have opened a case" in person.shown
        assert (seen(desk), desk.server.threads(desk.help)) == ([], [])
        assert desk.server.pings == []
        assert [call.path for call in desk.server.call_log if call.path.endswith("/typing")] == []


async def test_what_is_suggested_is_sent_once_and_the_second_is_told_who_was_first(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        written, shown = await suggested(desk)
        await desk.shop.idle()
        assert seen(desk) == []
        assert shown.buttons == ["Send", "Edit and send", "Dismiss"]
        await asyncio.gather(desk.server.press(desk.dana, shown, "Send"), desk.server.press(desk.sam, shown, "Send"))
        thread = await desk.thread(written)
        await desk.said(thread, "9 to 5")
        await desk.said(desk.staff, "was first and has sent this already")
        await desk.server.until(lambda: "Sent by" in shown.shown and shown.buttons == [])
        await desk.shop.idle()
        assert sum("9 to 5" in line for line in desk.bot_lines(thread)) == 1


async def test_other_words_are_sent_by_form_by_line_and_by_reply(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        written, shown = await suggested(desk)
        await desk.server.press(desk.dana, shown, "Edit and send")
        form = await desk.server.modal(desk.dana)
        await desk.server.submit(desk.dana, form, {"text": "Until six @everyone today."})
        await desk.said(await desk.thread(written), "Dana: Until six")
        written, shown = await suggested(desk, "where can I park")
        await desk.server.say(desk.sam, desk.staff, "she is nice", reply_to=shown)
        await desk.server.say(desk.sam, desk.staff, "> !edit CANARY quoted", reply_to=shown)
        await desk.server.say(desk.sam, desk.staff, "!edit", reply_to=shown)
        await desk.said(desk.staff, "nothing was sent: write the new words")
        await desk.server.say(desk.sam, desk.staff, "!edit Behind the house.", reply_to=shown)
        await desk.said(await desk.thread(written), "Sam: Behind the house.")
        assert not any("9 to 5" in line or "nice" in line or "CANARY" in line for line in seen(desk))
        assert desk.server.pings == []


@pytest.mark.parametrize(("question", "button"), [("when are you open", True), ("where can I park", False)])
async def test_other_words_are_marked_as_delivered_and_taken_back_by_button_or_by_line(
    tmp_path: Path, question: str, button: bool
) -> None:
    async with opened(tmp_path, "suggest") as desk:
        written, shown = await suggested(desk, question)
        await desk.server.say(desk.dana, desk.staff, "!edit Ask me tomorrow.", reply_to=shown)
        said = await desk.said(await desk.thread(written), "Dana: Ask me tomorrow.")
        await desk.server.until(lambda: "✅" in shown.reactions)
        await desk.server.until(lambda: shown.buttons == ["Undo"])
        if button:
            await desk.server.press(desk.dana, shown, "Undo")
        else:
            await desk.server.say(desk.dana, desk.staff, "!undo", reply_to=shown)
        await desk.server.until(lambda: said.deleted)
        await desk.server.until(lambda: "↩️" in shown.reactions)


async def test_dismissed_nothing_is_said_and_who_is_no_agent_can_do_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        _, shown = await suggested(desk)
        for button in ("Send", "Edit and send"):
            told = await desk.server.press(desk.ben, shown, button)
            assert told is not None
            assert told.ephemeral_to is desk.ben
        await desk.server.say(desk.ben, desk.staff, "!send", reply_to=shown)
        await desk.shop.idle()
        assert shown.buttons
        await desk.server.press(desk.dana, shown, "Dismiss")
        await desk.server.until(lambda: "Dismissed by Dana" in shown.shown)
        await desk.server.until(lambda: shown.buttons == ["Edit and send", "No answer needed"])
        await desk.server.press(desk.sam, shown, "No answer needed")
        await desk.server.until(lambda: "no answer is needed" in shown.shown and shown.buttons == [])
        assert seen(desk) == []


async def test_whose_suggestion_was_dismissed_is_answered_by_its_form_or_left_by_a_line(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        written, shown = await suggested(desk)
        await desk.server.press(desk.dana, shown, "Dismiss")
        await desk.server.until(lambda: shown.buttons == ["Edit and send", "No answer needed"])
        await desk.server.press(desk.sam, shown, "Edit and send")
        form = await desk.server.modal(desk.sam)
        await desk.server.submit(desk.sam, form, {"text": "Until six today."})
        said = await desk.said(await desk.thread(written), "Sam: Until six")
        assert said.buttons == []
        _, second = await suggested(desk, "where can I park")
        await desk.server.say(desk.dana, desk.staff, "!leave", reply_to=second)
        await desk.server.until(lambda: "no answer is needed" in second.shown and second.buttons == [])


async def test_a_button_on_a_suggestion_that_was_sent_says_who_was_first_and_sends_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        written, shown = await suggested(desk)
        stale = copy.deepcopy(shown)
        await desk.server.press(desk.dana, shown, "Send")
        thread = await desk.thread(written)
        await desk.said(thread, "9 to 5")
        await desk.server.until(lambda: shown.buttons == [])
        for button in ("Send", "Dismiss"):
            await desk.server.press(desk.sam, stale, button)
        await desk.server.until(lambda: sum("was first" in line for line in desk.bot_lines(desk.staff)) == 2)
        assert sum("9 to 5" in line for line in desk.bot_lines(thread)) == 1


async def test_what_the_customer_adds_is_shown_in_the_same_message_and_covers_both(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        dm = desk.server.dm(desk.ana)
        await desk.server.say(desk.ana, dm, "when are you open")
        shown = await desk.said(desk.staff, "when are you open")
        await desk.server.say(desk.ana, dm, "on Sundays too?")
        await desk.server.until(lambda: "on Sundays too" in shown.shown)
        assert "when are you open" in shown.shown
        await desk.server.press(desk.dana, shown, "Send")
        await desk.server.until(lambda: bool(desk.bot_lines(dm)))
        assert len(desk.bot_lines(desk.staff)) == 1


async def test_a_wish_for_a_person_opens_a_case_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path, "suggest") as desk:
        _, thread = await desk.case(desk.ana)
        await desk.server.say(desk.dana, thread, "!r I am here.")
        await desk.said(desk.server.dm(desk.ana), "I am here.")


async def test_a_suggestion_is_sent_after_a_restart_by_a_reply_and_harmless_after_a_switch(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        live = desk.access
        desk.access = dataclasses.replace(live, modes={"default": "suggest"})
        async with desk.open():
            written, shown = await suggested(desk)
            await server.say(desk.ben, server.dm(desk.ben), "where can I park")
            second = await desk.said(desk.staff, "where can I park")
            await desk.shop.idle()
        async with desk.open():
            await server.say(desk.dana, desk.staff, "!send", reply_to=shown)
            await desk.said(await desk.thread(written), "9 to 5")
        desk.access = live
        async with desk.open():
            await server.say(desk.ben, server.dm(desk.ben), "where can I park my car")
            await server.until(lambda: "moved on" in second.shown)
            said = len(desk.bot_lines(server.dm(desk.ben)))
            await server.say(desk.dana, desk.staff, "!send", reply_to=second)
            await desk.said(desk.staff, "nothing was sent")
            assert len(desk.bot_lines(server.dm(desk.ben))) == said


async def test_each_channel_has_its_own_mode_and_a_forums_posts_have_theirs(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        modes: dict[str, Mode] = {str(desk.forum.id): "silent", "direct": "live", "default": "suggest"}
        desk.access = dataclasses.replace(desk.access, modes=modes)
        async with desk.open():
            post = await server.post(desk.ana, desk.forum, "Hours", "when are you open")
            told = await desk.said(desk.staff, "when are you open")
            assert told.buttons == []
            await server.say(desk.ana, server.dm(desk.ana), "when are you open")
            await desk.said(server.dm(desk.ana), "9 to 5")
            await desk.shop.idle()
            assert desk.bot_lines(post) == []
