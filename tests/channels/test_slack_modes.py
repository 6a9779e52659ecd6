"""Who speaks on Slack: nobody, a person with the bot's help, or the bot; what the customer sees is what Slack has."""

import asyncio
import copy
import dataclasses
from pathlib import Path

import pytest

from bot.desk.team import Agent
from bot.dialog.flow import Wording
from tests.channels.slackdesk import Scene, serving
from tests.wire.slack import Message

SILENT, SUGGEST = {"modes": {"default": "silent"}}, {"modes": {"default": "suggest"}}


@pytest.fixture
def there(there: Scene) -> Scene:
    nothing = Wording(variants=("{# nothing #}",), at="")
    late = Wording(variants=("{{ agent }}, {{ first }} was first",), at="")
    why = Wording(variants=("{{ name }}: {{ text }} → {{ answer }} ({{ why }})",), at="")
    said = Wording(variants=("{{ id }} {{ score }} {{ at }}",), at="")
    texts = {
        **there.catalog.texts,
        "suggest_ack": nothing,
        "post_late_sent": late,
        "post_silent": why,
        "post_suggested": why,
        "post_why": said,
    }
    there.catalog = dataclasses.replace(there.catalog, texts=texts)
    return there


def bots(there: Scene) -> list[str]:
    """Return all that the bot has put before the customer, anywhere."""
    rooms = (there.help, there.general, there.slack.dm(there.ana))
    return [each.shown for room in rooms for each in there.slack.everything(room) if each.bot]


async def suggestion(there: Scene, text: str = "when are you open") -> tuple[str, Message]:
    """Ask in the support channel; return the thread and what staff see."""
    ts = await there.slack.say(there.ana, there.help, text)
    return ts, await there.slack.wait_for(there.staff, text)


async def test_in_silent_mode_the_customer_sees_nothing_and_staff_see_what_would_have_been_said(there: Scene) -> None:
    async with serving(there, access=SILENT) as desk:
        await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.say(there.ana, there.slack.dm(there.ana), "talk to a person")
        told = await there.slack.wait_for(there.staff, "when are you open")
        await there.slack.wait_for(there.staff, "Ana: talk to a person")
        await there.slack.settled()
        assert await desk.shop.store.board() == []
    assert "9 to 5" in told.shown
    assert "faqs/" in told.shown
    assert f"<#{there.help.id}>" in str(told.blocks)
    assert told.buttons == []
    assert bots(there) == []


async def test_what_is_suggested_is_sent_by_a_person_once_as_the_bots_answer(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        await there.slack.settled()
        assert bots(there) == []
        assert shown.buttons == ["act_send", "act_edit", "act_dismiss"]
        await there.slack.press(there.dana, shown, "act_send")
        await there.slack.wait_for(there.help, "9 to 5", thread=thread)
        await there.slack.until(lambda: "post_sent" in shown.shown and shown.buttons == [])
        await there.slack.say(there.dana, there.staff, "!send", thread=shown.ts)
        await there.slack.wait_for(there.staff, "Dana, Dana was first", thread=shown.ts)
    assert [each.count("9 to 5") for each in there.said(thread) if "9 to 5" in each] == [1]


async def test_two_agents_who_press_at_once_send_it_once_and_one_is_told(there: Scene) -> None:
    lee = there.slack.add_user("lee")
    there.staff.members[lee.id] = None
    agents = {**there.catalog.agents, "lee": Agent(id="lee", name="Lee", role="agent", accounts=(f"slack:{lee.id}",))}
    there.catalog = dataclasses.replace(there.catalog, agents=agents)
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        await asyncio.gather(
            there.slack.press(there.dana, shown, "act_send"), there.slack.press(lee, shown, "act_send")
        )
        late = await there.slack.wait_for(there.staff, "was first", thread=shown.ts)
        await there.slack.settled()
    assert late.shown in ("Dana, Lee was first", "Lee, Dana was first")
    assert sum("9 to 5" in each for each in there.said(thread)) == 1


async def test_other_words_are_sent_by_form_and_by_line(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        await there.slack.press(there.dana, shown, "act_edit")
        modal = await there.slack.modal(there.dana)
        assert await there.slack.submit(there.dana, modal, {"words": "Until six <!channel> today."}) is None
        said = await there.slack.wait_for(there.help, "Until six", thread=thread)
        assert said.shown.startswith("Dana: Until six")
        other, second = await suggestion(there, "where can I park")
        await there.slack.say(there.dana, there.staff, "she is nice", thread=second.ts)
        await there.slack.say(there.dana, there.staff, "&gt; !edit CANARY quoted", thread=second.ts, raw=True)
        await there.slack.say(there.dana, there.staff, "!edit", thread=second.ts)
        await there.slack.wait_for(there.staff, "post_how_edit", thread=second.ts)
        await there.slack.say(there.dana, there.staff, "!edit Behind the house.", thread=second.ts)
        await there.slack.wait_for(there.help, "Behind the house.", thread=other)
    assert not any("9 to 5" in each or "nice" in each or "CANARY" in each for each in bots(there))


@pytest.mark.parametrize(("question", "button"), [("when are you open", True), ("where can I park", False)])
async def test_other_words_are_marked_as_delivered_and_taken_back_by_button_or_by_line(
    there: Scene, question: str, button: bool
) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there, question)
        await there.slack.say(there.dana, there.staff, "!edit Ask me tomorrow.", thread=shown.ts)
        said = await there.slack.wait_for(there.help, "Ask me tomorrow.", thread=thread)
        await there.slack.until(lambda: "white_check_mark" in shown.reactions)
        await there.slack.until(lambda: shown.buttons == ["act_undo"])
        if button:
            await there.slack.press(there.dana, shown, "act_undo")
        else:
            await there.slack.say(there.dana, there.staff, "!undo", thread=shown.ts)
        await there.slack.until(lambda: said.deleted)
        await there.slack.wait_for(there.staff, "post_undone", thread=shown.ts)
        await there.slack.until(lambda: "leftwards_arrow_with_hook" in shown.reactions)


async def test_dismissed_by_line_nothing_is_said_and_who_is_no_agent_can_do_nothing(there: Scene) -> None:
    async with serving(there, access=SUGGEST) as desk:
        _, shown = await suggestion(there)
        await there.slack.press(there.ben, shown, "act_send")
        await there.slack.wait_for(there.staff, "ui_not_staff", viewer=there.ben)
        await there.slack.say(there.ben, there.staff, "!send", thread=shown.ts)
        await there.slack.settled()
        assert shown.buttons
        await there.slack.say(there.dana, there.staff, "!dismiss", thread=shown.ts)
        await there.slack.until(lambda: "post_dismissed" in shown.shown)
        await there.slack.until(lambda: shown.buttons == ["act_edit", "act_leave"])
        await there.slack.press(there.dana, shown, "act_leave")
        await there.slack.until(lambda: "post_left" in shown.shown and not shown.buttons)
        await there.slack.settled()
        dossiers = await desk.shop.store.dossiers([f"slack:{there.slack.team}/{there.ana.id}"])
    assert bots(there) == []
    assert [dossier.suggestions for _, dossier in dossiers.values()] == [()]


async def test_whose_suggestion_was_dismissed_is_answered_by_its_form_or_left_by_a_line(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        await there.slack.press(there.dana, shown, "act_dismiss")
        await there.slack.until(lambda: shown.buttons == ["act_edit", "act_leave"])
        await there.slack.press(there.dana, shown, "act_edit")
        modal = await there.slack.modal(there.dana)
        assert await there.slack.submit(there.dana, modal, {"words": "Until six today."}) is None
        said = await there.slack.wait_for(there.help, "Until six", thread=thread)
        assert (said.shown.startswith("Dana: Until six"), said.buttons) == (True, [])
        _, second = await suggestion(there, "where can I park")
        await there.slack.say(there.dana, there.staff, "!leave", thread=second.ts)
        await there.slack.until(lambda: "post_left" in second.shown and not second.buttons)


async def test_a_button_on_a_suggestion_that_was_sent_says_who_was_first_and_sends_nothing(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        stale = copy.deepcopy(shown)
        await there.slack.press(there.dana, shown, "act_send")
        await there.slack.wait_for(there.help, "9 to 5", thread=thread)
        await there.slack.until(lambda: not shown.buttons)
        for button in ("act_send", "act_dismiss"):
            await there.slack.press(there.dana, stale, button)
        await there.slack.until(
            lambda: len([each for each in there.slack.everything(there.staff) if "was first" in each.shown]) == 2
        )
        assert len([each for each in there.said(thread) if "9 to 5" in each]) == 1


async def test_what_the_customer_adds_is_shown_in_the_same_message_and_covers_both(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        thread, shown = await suggestion(there)
        await there.slack.say(there.ana, there.help, "on Sundays too?", thread=thread)
        await there.slack.until(lambda: "on Sundays too" in shown.shown)
        assert "when are you open" in shown.shown
        await there.slack.press(there.dana, shown, "act_send")
        await there.slack.until(lambda: bool(there.said(thread)))
    assert len([each for each in there.slack.messages(there.staff) if each.bot]) == 1


async def test_a_wish_for_a_person_opens_a_case_at_once(there: Scene) -> None:
    async with serving(there, access=SUGGEST):
        card = await there.case(there.ana)
        await there.slack.wait_for(there.slack.dm(there.ana), "handoff")
        await there.slack.say(there.dana, there.staff, "!r I am here.", thread=card.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "I am here.")


async def test_a_suggestion_is_sent_after_a_restart_and_harmless_after_a_switch(there: Scene, tmp_path: Path) -> None:
    database = str(tmp_path / "f.sqlite")
    async with serving(there, access=SUGGEST, database=database):
        thread, shown = await suggestion(there)
        other, second = await suggestion(there, "where can I park")
        await there.slack.settled()
    async with serving(there, access=SUGGEST, database=database):
        await there.slack.say(there.dana, there.staff, "!send", thread=shown.ts)
        await there.slack.wait_for(there.help, "9 to 5", thread=thread)
    async with serving(there, database=database):
        await there.slack.say(there.ana, there.help, "where can I park my car", thread=other)
        await there.slack.wait_for(there.help, "", thread=other, after=other)
        await there.slack.until(lambda: "post_outdated" in second.shown)
        said = len(there.said(other))
        await there.slack.say(there.dana, there.staff, "!send", thread=second.ts)
        await there.slack.settled()
        assert len(there.said(other)) == said


async def test_each_channel_has_its_own_mode(there: Scene) -> None:
    modes = {there.help.id: "silent", "direct": "live", "default": "suggest"}
    async with serving(there, access={"modes": modes}):
        await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.wait_for(there.staff, "when are you open")
        await there.slack.say(there.ana, there.slack.dm(there.ana), "when are you open")
        await there.slack.wait_for(there.slack.dm(there.ana), "9 to 5")
        await there.slack.settled()
    assert [each for each in there.slack.everything(there.help) if each.bot] == []
