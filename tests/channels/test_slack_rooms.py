"""Staff channels and customers' places that go away on Slack, and what agents press too late or may not press."""

import copy
import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.desk.team import Agent
from tests.channels.slackdesk import Scene, serving
from tests.wire.slack import Channel, Message


def another_room(there: Scene) -> Channel:
    """Have the operator set another channel, for the next start."""
    other = there.slack.add_channel("staff-2", members=(there.dana,), private=True)
    there.access = dataclasses.replace(there.access, rooms=(f"slack:{there.slack.team}/{other.id}",))
    return other


async def gone(there: Scene, how: str) -> None:
    if how == "archived":
        await there.slack.archive(there.dana, there.staff)
    else:  # a channel that was deleted, and a private one that the bot is not in, are the same to it
        await there.slack.kick(there.staff)


async def the_card(there: Scene, room: Channel, case: int) -> Message:
    """Wait for a case's card with its buttons."""

    def cards() -> list[Message]:
        return [each for each in there.slack.messages(room) if each.buttons and f"Case {case} " in each.shown]

    await there.slack.until(lambda: bool(cards()), 10)
    return cards()[0]


@pytest.mark.parametrize("how", ["deleted", "archived"])
@pytest.mark.parametrize("running", [True, False])
async def test_when_a_staff_channel_is_gone_cases_wait_and_come_in_order_once_into_the_one_set_then(
    there: Scene, tmp_path: Path, how: str, running: bool
) -> None:
    database, dm = str(tmp_path / "f.sqlite"), there.slack.dm(there.ana)
    async with serving(there, database=database):
        await there.case(there.ana)
        if running:
            await gone(there, how)
        await there.slack.settled()
    if not running:
        await gone(there, how)
    async with serving(there, database=database) as desk:
        await there.slack.say(there.ana, dm, "it is blue")
        await there.slack.say(there.ben, there.slack.dm(there.ben), "talk to a person")
        await there.slack.until(lambda: "takes nothing" in desk.channel.trouble)
        await there.slack.settled()
    other = another_room(there)
    async with serving(there, database=database):
        card, again = await the_card(there, other, 2), await the_card(there, other, 1)
        await there.slack.settled()
        shown = [each.shown for each in there.slack.messages(other) if each.bot]
        assert sum("it is blue" in each for each in shown) == 1
        assert len([each for each in there.slack.messages(other) if each.buttons]) == 2
        assert "Ben" in card.shown
        await there.slack.say(there.dana, other, "!r I see.", thread=again.ts)
        await there.slack.wait_for(dm, "I see.")
    async with serving(there, database=database):
        await there.slack.say(there.dana, other, "!r Again.", thread=again.ts)
        await there.slack.wait_for(dm, "Again.")


async def test_a_card_that_was_deleted_is_posted_anew_when_the_case_goes_on(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        there.slack.erase(card)
        await there.slack.say(there.dana, there.staff, "!claim", thread=card.ts)
        again = await the_card(there, there.staff, 1)
        assert again.ts != card.ts
        await there.slack.say(there.dana, there.staff, "!r Hello Ana", thread=again.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "Hello Ana")


async def test_a_stale_form_for_a_closed_case_does_nothing_and_says_so(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Reply")
        modal = await there.slack.modal(there.dana)
        await there.slack.say(there.dana, there.staff, "!resolve", thread=card.ts)
        await there.slack.until(lambda: card.buttons == ["Note", "Transcript"])
        assert await there.slack.submit(there.dana, modal, {"words": "CANARY too late"}) is None
        await there.slack.wait_for(there.staff, "staff_closed", thread=card.ts)
        await there.slack.settled()
    assert all("CANARY" not in each.shown for each in there.slack.everything(there.slack.dm(there.ana)))


async def test_a_stale_button_of_a_closed_case_does_nothing_and_says_so(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        as_it_was = copy.copy(card)
        await there.slack.say(there.dana, there.staff, "!resolve", thread=card.ts)
        await there.slack.until(lambda: card.buttons == ["Note", "Transcript"])
        assert "Claim" in as_it_was.buttons
        await there.slack.press(there.dana, as_it_was, "Claim")
        await there.slack.wait_for(there.staff, "staff_closed", thread=card.ts)
        assert card.buttons == ["Note", "Transcript"]


async def test_an_agent_without_the_role_decides_nothing_and_is_told(there: Scene) -> None:
    lee = there.slack.add_user("lee")
    there.staff.members[lee.id] = None
    agents = {**there.catalog.agents, "lee": Agent(id="lee", name="Lee", role="agent", accounts=(f"slack:{lee.id}",))}
    there.catalog = dataclasses.replace(there.catalog, agents=agents)
    async with serving(there):
        thread = await there.thread(there.ana, "make a claim", "fill this in")
        asked = await there.slack.wait_for(there.help, "fill this in", thread=thread)
        await there.slack.press(there.ana, asked, asked.buttons[0])
        await there.slack.submit(there.ana, await there.slack.modal(there.ana), {"what": "a lamp"})
        offer = await there.slack.wait_for(there.help, "What shall we do", thread=thread)
        await there.slack.press(there.ana, offer, "Ask a supervisor")
        card = await there.slack.wait_for(there.staff, "Case")
        await there.slack.press(lee, card, "Approve")
        await there.slack.submit(lee, await there.slack.modal(lee), {"words": "sure"})
        await there.slack.wait_for(there.staff, "staff_role", thread=card.ts)
        await there.slack.settled()
        assert "Approve" in card.buttons
        assert not any("Granted" in each for each in there.said(thread))


async def test_what_a_customer_writes_in_the_middle_of_a_transfer_reaches_the_team_that_has_the_case(
    there: Scene, tmp_path: Path
) -> None:
    billing = there.slack.add_channel("billing", members=(there.dana,), private=True)
    queue = next(iter(there.catalog.queues.values()))
    queues = {**there.catalog.queues, "billing": replace(queue, id="billing", name="Billing")}
    there.catalog = dataclasses.replace(there.catalog, queues=queues)
    room, dm, database = f"slack:{there.slack.team}/{billing.id}", there.slack.dm(there.ana), str(tmp_path / "f")
    access = {"rooms": (there.room, room)}
    async with serving(there, access=access, queues={"billing": room}, database=database):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown)
        there.slack.faults.slow("chat.postMessage", 0.3)
        await there.slack.say(there.dana, there.staff, "!transfer billing: an invoice", thread=card.ts)
        await there.slack.say(there.ana, dm, "it is blue")
        moved = await the_card(there, billing, 1)
        await there.slack.until(lambda: any("it is blue" in each.shown for each in there.slack.everything(billing)))

        def told() -> list[str]:
            return [each.shown for where in (there.staff, billing) for each in there.slack.everything(where)]

        await there.slack.until(lambda: "Ana: it is blue" in told())
        await there.slack.settled(0.4)
        assert told().count("Ana: it is blue") == 1
    async with serving(there, access=access, queues={"billing": room}, database=database):
        await there.slack.say(there.dana, billing, "!r I see.", thread=moved.ts)
        await there.slack.wait_for(dm, "I see.")


@pytest.mark.parametrize("how", ["thread", "archived", "kicked"])
async def test_when_the_customers_thread_or_channel_is_gone_the_case_goes_on_in_private(there: Scene, how: str) -> None:
    async with serving(there):
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        await there.slack.say(there.ana, there.help, "talk to a person", thread=thread)
        card = await the_card(there, there.staff, 1)
        await there.slack.wait_for(there.slack.dm(there.ana))
        await there.slack.settled()
        if how == "thread":
            await there.slack.delete(there.ana, there.help, thread)
        else:
            await (there.slack.archive(there.dana, there.help) if how == "archived" else there.slack.kick(there.help))
        await there.slack.say(there.dana, there.staff, "!r Hello Ana", thread=card.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "Hello Ana")


@pytest.mark.parametrize("how", ["archived", "kicked"])
async def test_an_answer_for_a_place_that_is_gone_is_told_to_whoever_has_the_case(there: Scene, how: str) -> None:
    there.slack.team_of(None).scopes.discard("chat:write.public")
    async with serving(there):
        thread = await there.thread(there.ana, "make a claim", "fill this in")
        asked = await there.slack.wait_for(there.help, "fill this in", thread=thread)
        await there.slack.press(there.ana, asked, asked.buttons[0])
        await there.slack.submit(there.ana, await there.slack.modal(there.ana), {"what": "a lamp"})
        offer = await there.slack.wait_for(there.help, "What shall we do", thread=thread)
        await there.slack.press(there.ana, offer, "Ask a supervisor")
        card = await there.slack.wait_for(there.staff, "Case")
        await (there.slack.archive(there.dana, there.help) if how == "archived" else there.slack.kick(there.help))
        await there.slack.say(there.dana, there.staff, "!r Hello Ana", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_undelivered", thread=card.ts)
        assert "Approve" in card.buttons
