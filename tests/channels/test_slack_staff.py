"""Slack end to end, for staff: cards, replies, notes, edits and files; who may, and what stays inside."""

import dataclasses
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialog.events import AgentSpoke, MessageReceived
from tests.channels.slackdesk import Scene, serving
from tests.wire.slack import Message


async def test_a_card_tells_the_case_and_is_claimed_with_its_button(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        assert "Ana" in card.shown
        assert card.buttons == ["Claim", "Reply", "Note", "Resolve", "Transcript"]
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown and "Dana" in card.shown)
        await there.slack.wait_for(there.slack.dm(there.ana), "claimed")
        assert card.buttons == ["Reply", "Note", "Snooze", "Release", "Resolve", "Live on", "Transcript"]


async def test_an_agent_replies_by_button_and_form(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Reply")
        modal = await there.slack.modal(there.dana)
        assert await there.slack.submit(there.dana, modal, {"words": "It is on its way."}) is None
        shown = await there.slack.wait_for(there.slack.dm(there.ana), "It is on its way.")
        assert shown.shown == "Dana: It is on its way."
        await there.slack.wait_for(there.staff, "It is on its way.", thread=card.ts)


async def test_an_agent_puts_a_case_aside_by_button_and_form(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "Snooze" in card.buttons)
        await there.slack.press(there.dana, card, "Snooze")
        modal = await there.slack.modal(there.dana)
        refused = await there.slack.submit(there.dana, modal, {"words": "some day"})
        assert refused == {"words": "staff_how_snooze"}
        assert await there.slack.submit(there.dana, modal, {"words": "2h"}) is None
        await there.slack.wait_for(there.staff, "staff_snoozed", thread=card.ts)
        await there.slack.until(lambda: "card_snoozed" in card.shown)


async def asked_for_approval(there: Scene) -> Message:
    """Return the card of a claim that waits for a supervisor."""
    dm = there.slack.dm(there.ana)
    await there.slack.say(there.ana, dm, "make a claim")
    asked = await there.slack.wait_for(dm, "fill this in")
    await there.slack.press(there.ana, asked, "ui_open_form")
    await there.slack.submit(there.ana, await there.slack.modal(there.ana), {"what": "a lamp"})
    offer = await there.slack.wait_for(dm, "What shall we do?")
    await there.slack.press(there.ana, offer, "Ask a supervisor")
    return await there.slack.wait_for(there.staff, "Claim: a lamp")


async def test_a_supervisor_offers_something_else_by_form(there: Scene) -> None:
    async with serving(there):
        card = await asked_for_approval(there)
        assert card.buttons == ["Approve", "Decline", "Counter-offer", "Reply", "Note", "Transcript"]
        await there.slack.press(there.dana, card, "Counter-offer")
        modal = await there.slack.modal(there.dana)
        refused = await there.slack.submit(there.dana, modal, {"amount": "a lot", "what": "credit"})
        assert isinstance(refused, dict)
        assert refused == {"amount": "staff_how_counter"}
        values = {"amount": "£10", "what": "store credit, as a card", "reason": "You waited."}
        assert await there.slack.submit(there.dana, modal, values) is None
        shown = await there.slack.wait_for(there.slack.dm(there.ana), "We offer")
        assert "£10.00 store credit, as a card. You waited." in shown.shown
        await there.slack.press(there.ana, shown, "choice_yes")
        await there.slack.wait_for(there.slack.dm(there.ana), "Settled")
        await there.slack.wait_for(there.staff, "staff_granted", thread=card.ts)


async def test_an_agent_replies_by_prefix_and_all_else_stays_inside(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.dana, there.staff, "she sounds nice", thread=card.ts)
        await there.slack.say(there.dana, there.staff, "!r It is on its way.", thread=card.ts)
        await there.slack.wait_for(dm, "Dana: It is on its way.")
        await there.slack.settled()
        said = [each.shown for each in there.slack.messages(there.staff, card.ts)]
    assert all("sounds nice" not in each.shown for each in there.slack.everything(dm))
    assert [each for each in said if "on its way" in each] == ["!r It is on its way."]  # not shown twice


async def test_each_command_of_a_post_is_done_and_no_note_is_sent(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there) as desk:
        card = await there.case(there.ana)
        post = "!r One moment.\n!note CANARY she is a pain"
        ts = await there.slack.say(there.dana, there.staff, post, thread=card.ts)
        shown = await there.slack.wait_for(dm, "Dana: One moment.")
        await there.slack.edit(there.dana, there.staff, ts, "!r Two moments.\n!note CANARY she is a pain")
        await there.slack.until(lambda: "edited" in shown.shown)
        await there.slack.edit(there.dana, there.staff, ts, "!r Three moments.\n!nte CANARY she is a pain")
        await there.slack.wait_for(there.staff, "staff_how_lines", thread=card.ts)
        await there.slack.settled()
        notes = [line.text for line in await desk.shop.store.transcript(case=1) if line.kind == "note"]
    assert notes == ["CANARY she is a pain"]
    assert all("CANARY" not in each.shown for each in there.slack.everything(dm))


async def test_a_reply_that_has_arrived_is_marked_where_it_was_written(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        ts = await there.slack.say(there.dana, there.staff, "!r It is on its way.", thread=card.ts)
        typed = there.staff.by_ts[ts]
        await there.slack.until(lambda: typed.reactions == {"white_check_mark": [there.slack.bot_user]})
        await there.slack.press(there.dana, card, "Reply")
        await there.slack.submit(there.dana, await there.slack.modal(there.dana), {"words": "By form."})
        line = await there.slack.wait_for(there.staff, "By form.", thread=card.ts)
        await there.slack.until(lambda: "white_check_mark" in line.reactions)


async def test_a_reply_that_could_not_be_shown_is_marked_with_the_reason_beside_it(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.wait_for(there.slack.dm(there.ana), "handoff")
        there.slack.faults.refuse("chat.postMessage", "channel_not_found", times=1)
        ts = await there.slack.say(there.dana, there.staff, "!r It is on its way.", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_undelivered", thread=card.ts)
        await there.slack.until(lambda: "warning" in there.staff.by_ts[ts].reactions)


async def test_a_workspace_that_lets_the_bot_not_mark_is_served_all_the_same(there: Scene) -> None:
    there.slack.world.teams[there.slack.team].scopes.discard("reactions:write")
    async with serving(there) as desk:
        card = await there.case(there.ana)
        await there.slack.say(there.dana, there.staff, "!r It is on its way.", thread=card.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "It is on its way.")
        await there.slack.settled()
        assert desk.channel.ready
        await there.slack.say(there.dana, there.staff, "!claim", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_taken", thread=card.ts)
    there.slack.violations.clear()


async def test_a_reply_by_form_has_a_button_that_takes_it_back(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Reply")
        await there.slack.submit(there.dana, await there.slack.modal(there.dana), {"words": "Too soon."})
        shown = await there.slack.wait_for(dm, "Too soon.")
        line = await there.slack.wait_for(there.staff, "Too soon.", thread=card.ts)
        await there.slack.press(there.dana, line, "act_undo")
        await there.slack.until(lambda: shown.deleted)
        await there.slack.wait_for(there.staff, "staff_undone", thread=card.ts)
        await there.slack.say(there.dana, there.staff, "!undo", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_nothing_to_undo", thread=card.ts)


async def test_a_snippet_chosen_on_the_card_opens_the_reply_filled_in_to_be_changed(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "Release" in card.buttons)
        assert "card_snippets" in card.shown
        await there.slack.choose(there.dana, card, "snippet", "Greeting")
        modal = await there.slack.modal(there.dana)
        (element,) = [block["element"] for block in modal.blocks]
        assert element["initial_value"].startswith("Hello Ana, Dana here, a person this time.")
        await there.slack.submit(there.dana, modal, {"words": element["initial_value"] + " Bye!"})
        shown = await there.slack.wait_for(there.slack.dm(there.ana), "Bye!")
        assert shown.shown.startswith("Dana: Hello Ana, Dana here")
        await there.slack.choose(there.ben, card, "snippet", "Greeting")
        await there.slack.wait_for(there.staff, "ui_not_staff", viewer=there.ben)


async def test_how_a_case_ended_is_chosen_in_the_form_and_stands_on_the_card(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Resolve")
        modal = await there.slack.modal(there.dana)
        assert await there.slack.submit(there.dana, modal, {"outcome": "It was spam"}) is None
        await there.slack.until(lambda: "It was spam" in card.shown)


async def test_the_last_reply_is_taken_back_and_changed_by_typing(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.dana, there.staff, "!r It comes on Tuseday.", thread=card.ts)
        shown = await there.slack.wait_for(dm, "Tuseday")
        await there.slack.say(there.dana, there.staff, "!edit It comes on Tuesday.", thread=card.ts)
        await there.slack.until(lambda: shown.shown == "Dana: edited")
        await there.slack.say(there.dana, there.staff, "!undo", thread=card.ts)
        await there.slack.until(lambda: shown.deleted)


async def test_a_reply_is_edited_and_taken_back(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        ts = await there.slack.say(there.dana, there.staff, "!r It comes on Monday.", thread=card.ts)
        shown = await there.slack.wait_for(dm, "Monday")
        await there.slack.edit(there.dana, there.staff, ts, "!r It comes on Tuesday.")
        await there.slack.until(lambda: "edited" in shown.shown)
        assert "Monday" not in shown.shown
        await there.slack.delete(there.dana, there.staff, ts)
        await there.slack.until(lambda: shown.deleted or "deleted" in shown.shown)


async def test_a_reply_that_is_edited_into_a_line_is_taken_back_and_the_new_words_stay_inside(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there) as desk:
        card = await there.case(there.ana)
        ts = await there.slack.say(there.dana, there.staff, "!r Hello", thread=card.ts)
        shown = await there.slack.wait_for(dm, "Hello")
        await there.slack.edit(there.dana, there.staff, ts, "CANARY she is a fraud")
        await there.slack.until(lambda: shown.deleted)
        await there.slack.settled()
        notes = [line.text for line in await desk.shop.store.transcript(case=1) if line.kind == "note"]
    assert notes == ["CANARY she is a fraud"]
    assert all("CANARY" not in each.shown for each in there.slack.everything(dm))


@pytest.mark.parametrize("begun", ["!r Hello", "!claim"])
async def test_an_edit_into_another_command_does_not_do_it(there: Scene, begun: str) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        ts = await there.slack.say(there.dana, there.staff, begun, thread=card.ts)
        await there.slack.until(lambda: "owned" in card.shown)
        await there.slack.edit(there.dana, there.staff, ts, "!resolve bye")
        await there.slack.settled()
    assert "owned" in card.shown
    assert all("Hello" not in each.shown and "bye" not in each.shown for each in there.slack.messages(dm))


async def test_a_line_that_was_sent_live_is_edited_and_taken_back_too(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.say(there.dana, there.staff, "!live on", thread=card.ts)
        await there.slack.settled()
        ts = await there.slack.say(there.dana, there.staff, "It comes on Monday.", thread=card.ts)
        shown = await there.slack.wait_for(dm, "Monday")
        await there.slack.edit(there.dana, there.staff, ts, "It comes on Tuesday.")
        await there.slack.until(lambda: "edited" in shown.shown)
        await there.slack.delete(there.dana, there.staff, ts)
        await there.slack.until(lambda: shown.deleted)


async def shut(there: Scene, how: str) -> None:
    if how == "archived":
        await there.slack.archive(there.dana, there.staff)
    else:
        there.staff.kind = "group" if how == "private" else "channel"
        await there.slack.kick(there.staff)


async def reopen(there: Scene, how: str) -> None:
    if how == "archived":
        await there.slack.archive(there.dana, there.staff, undo=True)
    else:
        await there.slack.invite(there.staff)


@pytest.mark.parametrize(
    ("how", "fix"),
    [("private", "/invite"), ("public", "not_in_channel): type /invite"), ("archived", "is_archived): unarchive")],
)
async def test_what_a_staff_channel_does_not_take_waits_for_it(
    there: Scene, caplog: pytest.LogCaptureFixture, how: str, fix: str
) -> None:
    there.slack.team_of(None).scopes.discard("chat:write.public")
    dm = there.slack.dm(there.ana)
    async with serving(there) as desk:
        await shut(there, how)
        await there.slack.say(there.ana, dm, "talk to a person")
        await there.slack.wait_for(dm, "handoff")
        await there.slack.say(there.ana, dm, "it is blue")
        await there.slack.until(lambda: fix in desk.channel.trouble)
        assert not desk.channel.ready
        await there.slack.settled(1.0)
        assert [each.levelno for each in caplog.records if "takes nothing" in each.message] == [logging.ERROR]
        await reopen(there, how)
        card = await there.slack.wait_for(there.staff, "Case", timeout=10)
        await there.slack.wait_for(there.staff, "it is blue", thread=card.ts)
        await there.slack.until(lambda: desk.channel.ready and not desk.channel.trouble)
        await there.slack.say(there.dana, there.staff, "!r I see.", thread=card.ts)
        await there.slack.wait_for(dm, "I see.")


async def test_what_is_told_of_a_case_whose_card_was_deleted_stands_by_itself(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        there.slack.erase(card)
        await there.slack.say(there.ana, there.slack.dm(there.ana), "it is blue")
        told = await there.slack.wait_for(there.staff, "Case 1 · ", after=card.ts)
        await there.slack.settled()
    assert told.shown.endswith("Ana: it is blue")
    assert [each.deleted for each in there.slack.unthreaded] == [True]
    assert sum(each.shown.count("it is blue") for each in there.slack.messages(there.staff)) == 1


async def test_a_note_that_is_edited_into_a_reply_is_sent(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        ts = await there.slack.say(there.dana, there.staff, "It comes on Monday.", thread=card.ts)
        await there.slack.settled()
        await there.slack.edit(there.dana, there.staff, ts, "!r It comes on Monday.")
        await there.slack.wait_for(there.slack.dm(there.ana), "It comes on Monday.")


async def test_who_is_not_staff_is_told_so_and_nothing_happens(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.ben, card, "Claim")
        await there.slack.wait_for(there.staff, "ui_not_staff", viewer=there.ben)
        await there.slack.say(there.ben, there.staff, "!r I hack you", thread=card.ts)
        told = await there.slack.wait_for(there.staff, "ui_not_staff", thread=card.ts, viewer=there.ben)
        await there.slack.settled()
    assert told.ephemeral_to == there.ben.id
    assert "waiting" in card.shown
    assert all("hack" not in each.shown for each in there.slack.everything(there.slack.dm(there.ana)))


async def test_a_form_is_refused_to_who_is_no_longer_staff(there: Scene) -> None:
    async with serving(there) as desk:
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Note")
        modal = await there.slack.modal(there.dana)
        desk.shop.served.catalog = dataclasses.replace(there.catalog, agents={})  # as a reload does
        assert await there.slack.submit(there.dana, modal, {"words": "secret"}) == {"words": "ui_not_staff"}


async def test_an_agents_files_reach_the_customer(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        files = [("label.png", "image/png", b"print me"), ("big.png", "image/png", b"x" * 1_000_001)]
        await there.slack.say(there.dana, there.staff, "!r Use this label.", thread=card.ts, files=files)
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(dm)))
        await there.slack.wait_for(dm, "big.png")
    (shared,) = [each.files for each in there.slack.messages(dm) if each.files and each.bot]
    assert [(file.name, file.content) for file in shared] == [("label.png", b"print me")]


async def test_where_an_agent_answers_in_the_thread_the_bot_is_quiet(there: Scene) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        said = len(there.said(thread))
        await there.slack.say(there.dana, there.help, "Hello Ana, today until six.", thread=thread)
        await there.slack.settled()
        await there.slack.say(there.ana, there.help, "where can I park", thread=thread)
        await there.slack.settled(0.3)
        assert len(there.said(thread)) == said


async def test_what_an_agent_says_in_a_thread_is_told_with_who_and_where(there: Scene) -> None:
    async with serving(there) as desk:
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        events = []
        accept = desk.shop.runtime.accept

        async def listen(event: object) -> bool:
            events.append(event)
            return await accept(event)  # type: ignore[arg-type]

        desk.shop.runtime.accept = listen  # type: ignore[method-assign]
        ts = await there.slack.say(there.dana, there.help, "today until *six*", thread=thread)
        await there.slack.until(lambda: events)
    team = there.slack.team
    assert events == [
        AgentSpoke(
            key=f"slack:{team}/{there.help.id}/{ts}",
            customer=f"slack:{team}/{there.ana.id}",
            at=datetime.fromtimestamp(float(ts), UTC),
            place=f"slack:{team}/{there.help.id}/{thread}",
            agent="dana",
            text="today until six",
        )
    ]


async def test_what_an_agent_announces_in_a_support_channel_is_not_answered(there: Scene) -> None:
    async with serving(there) as desk:
        await there.slack.say(there.dana, there.help, "We are open from 9 to 5 today.")
        await there.slack.settled()
        assert await desk.shop.store.transcript() == []


async def test_a_long_reply_comes_in_pieces_and_shrinks_when_it_is_edited(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    text = "This is what happened to your lamp. " * 200

    def pieces() -> list[Message]:
        return [each for each in there.slack.messages(dm) if "what happened" in each.shown]

    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.wait_for(dm, "handoff")
        ts = await there.slack.say(there.dana, there.staff, f"!r {text}", thread=card.ts)
        await there.slack.until(lambda: "".join(each.shown for each in pieces()).count("your lamp.") == 200)

        assert len(pieces()) == 3
        await there.slack.edit(there.dana, there.staff, ts, "!r It is fine.")
        await there.slack.until(lambda: not pieces())
        assert sum("edited" in each.shown for each in there.slack.messages(dm)) == 1


async def test_links_and_mass_mentions_of_an_agent_stay_words(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        text = f"!r see https://pine.example/x <!channel> <@{there.ben.id}> @here"
        await there.slack.say(there.dana, there.staff, text, thread=card.ts)
        shown = await there.slack.wait_for(there.slack.dm(there.ana), "pine.example")
    assert shown.shown == "Dana: see https://pine.example/x @channel @Ben @here"


async def test_a_customer_of_another_platform_is_served_in_the_same_room(there: Scene) -> None:
    """What the staff rooms ask of a channel is the same wherever the customer is."""
    async with serving(there) as desk:
        asked = MessageReceived(
            key="local:1",
            customer="local:zoe",
            at=desk.shop.clock.now(),
            place="local:zoe",
            name="Zoe",
            text="talk to a person",
        )
        await desk.shop.accept(asked)
        card = await there.slack.wait_for(there.staff, "Zoe")
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown)


# --- /desk ------------------------------------------------------------------------------------------------------------


async def test_an_agent_says_by_a_command_that_they_are_away_and_back(there: Scene) -> None:
    async with serving(there) as desk:
        assert await there.slack.command(there.dana, there.general, "/desk", "away 2h lunch & *rest*") == "staff_away"
        await there.slack.wait_for(there.staff, "staff_away")
        assert '"why":"lunch & *rest*"' in desk.shop.floor.facts["away:dana"]
        assert await there.slack.command(there.dana, there.general, "/desk", "Back") == "staff_back"
        await there.slack.wait_for(there.staff, "staff_back")
        assert desk.shop.floor.facts == {}


async def test_what_nobody_has_is_given_away_at_once_by_a_command(there: Scene) -> None:
    async with serving(there) as desk:
        card = await there.case(there.ana)
        said = await there.slack.command(there.dana, there.general, "/desk", "reassign nobody me")
        assert said == "staff_reassigning"
        await there.slack.wait_for(there.staff, "staff_assigned", thread=card.ts)
        case = await desk.shop.store.case(1)
        assert case is not None
        assert case.assignee == "dana"


async def test_the_command_is_for_the_team_only(there: Scene) -> None:
    async with serving(there) as desk:
        assert await there.slack.command(there.ana, there.general, "/desk", "away 2h") == "ui_not_staff"
        assert await desk.shop.store.transcript() == []


# --- user groups ------------------------------------------------------------------------------------------------------


async def test_members_of_a_user_group_are_staff_for_as_long_as_they_are_in_it(there: Scene) -> None:
    lee = there.slack.add_user("lee", "Lee Fox")
    there.staff.members[lee.id] = None
    group = there.slack.add_group("S0AGENTS", [lee, there.dana])
    there.access = dataclasses.replace(there.access, roles={"agent": (group,), "supervisor": ("S0NOBODY",)})
    async with serving(there) as desk:
        await there.slack.until(lambda: f"slack:{lee.id}" in desk.shop.catalog.agents)
        agents = desk.shop.catalog.agents
        assert [agents[f"slack:{lee.id}"].name, agents[f"slack:{lee.id}"].role] == ["Lee Fox", "agent"]
        assert f"slack:{there.dana.id}" not in agents  # she is dana, as listed
        card = await there.case(there.ana)
        await there.slack.press(lee, card, "Claim")
        await there.slack.until(lambda: "Lee Fox" in card.shown)
        await there.slack.say(there.dana, there.staff, "!share lee", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_shared", thread=card.ts)
        assert [(ping.kind, ping.target) for ping in there.slack.pings] == [("user", lee.id)]  # lee is called, as asked
        there.slack.pings.clear()
        await there.slack.change_group(group, [there.dana])
        await there.slack.until(lambda: f"slack:{lee.id}" not in desk.shop.catalog.agents)


async def test_a_group_that_cannot_be_read_leaves_the_team_as_it_was(
    there: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lee = there.slack.add_user("lee", "Lee Fox")
    roles = {"agent": (there.slack.add_group("S0AGENTS", [lee]),)}
    database = str(tmp_path / "f.sqlite")
    async with serving(there, access={"roles": roles}, database=database) as desk:
        await there.slack.until(lambda: f"slack:{lee.id}" in desk.shop.catalog.agents)
    there.slack.team_of(None).scopes.discard("usergroups:read")
    async with serving(there, access={"roles": roles}, database=database) as desk:
        await there.slack.until(lambda: "user groups is not known" in caplog.text)
        assert f"slack:{lee.id}" in desk.shop.catalog.agents
    async with serving(there, database=database) as desk:  # no groups are set any more
        await there.slack.until(lambda: f"slack:{lee.id}" not in desk.shop.catalog.agents)


async def test_an_agent_who_is_also_a_customer_keeps_the_two_apart(there: Scene) -> None:
    theirs, own = there.slack.dm(there.ana), there.slack.dm(there.dana)
    async with serving(there) as desk:
        await there.case(there.ana)
        await there.slack.press(there.dana, there.slack.messages(there.staff)[-1], "Claim")
        await there.slack.wait_for(theirs, "claimed")
        await there.slack.say(there.dana, own, "talk to a person")
        await there.slack.wait_for(own, "handoff")
        await there.slack.say(there.dana, own, "!r my invoice is wrong")
        await there.slack.settled()
        card = there.slack.messages(there.staff)[-1]
        await there.slack.say(there.dana, there.staff, "!claim", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_own_case", thread=card.ts)
        board = {case.number: (case.customer, case.assignee) for case in await desk.shop.store.board()}
    team = there.slack.team
    assert board == {1: (f"slack:{team}/{there.ana.id}", "dana"), 2: (f"slack:{team}/{there.dana.id}", "")}
    assert all("invoice" not in each.shown for each in there.slack.everything(theirs))
