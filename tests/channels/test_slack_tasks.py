"""Other teams and colleagues on Slack: a task stands in its team's channel, and a colleague is called, alone."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from bot.desk.team import Agent
from tests.channels.slackdesk import Desk, Scene, serving
from tests.wire.slack import Channel, Message


@asynccontextmanager
async def with_billing(there: Scene) -> AsyncIterator[tuple[Desk, Channel, Message]]:
    """Serve with a channel of the billing team's own, and a case that Dana has; Lee works on billing."""
    lee = there.slack.add_user("lee")
    there.staff.members[lee.id] = None
    billing = there.slack.add_channel("billing", members=(lee, there.ben), private=True)
    first = next(iter(there.catalog.queues.values()))
    agents = {**there.catalog.agents, "lee": Agent(id="lee", name="Lee", role="agent", accounts=(f"slack:{lee.id}",))}
    queues = {**there.catalog.queues, "billing": replace(first, id="billing", name="Billing")}
    texts = {
        **there.catalog.texts,
        "post_task": replace(there.catalog.texts["post_task"], variants=("{{ name }}: {{ text }}",)),
        "post_task_done": replace(there.catalog.texts["post_task"], variants=("{{ text }} → {{ answer }}",)),
        "staff_task_done": replace(there.catalog.texts["post_task"], variants=("task {{ task }}: {{ text }}",)),
    }
    there.catalog = dataclasses.replace(there.catalog, agents=agents, queues=queues, texts=texts)
    room = f"slack:{there.slack.team}/{billing.id}"
    async with serving(there, access={"rooms": (there.room, room)}, queues={"billing": room}) as desk:
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown)
        yield desk, billing, card


async def test_a_task_is_answered_in_its_teams_channel_by_form_and_lands_among_the_notes(there: Scene) -> None:
    async with with_billing(there) as (desk, billing, card):
        await there.slack.say(there.dana, there.staff, "!task billing is it paid? <!channel>", thread=card.ts)
        asked = await there.slack.wait_for(billing, "is it paid?")
        lee = next(user for user in there.slack.world.users.values() if user.name == "lee")
        await there.slack.press(there.ben, asked, "act_answer")
        await there.slack.wait_for(billing, "ui_not_staff", viewer=there.ben)
        await there.slack.press(lee, asked, "act_answer")
        modal = await there.slack.modal(lee)
        assert await there.slack.submit(lee, modal, {"words": "CANARY yes"}) is None
        await there.slack.wait_for(there.staff, "task 1: CANARY yes", thread=card.ts)
        await there.slack.until(lambda: "→ CANARY yes" in asked.shown and asked.buttons == [])
        notes = [line.text for line in await desk.shop.store.transcript(case=1) if line.kind == "note"]
        await there.slack.say(lee, billing, "!done me too", thread=asked.ts)
        await there.slack.wait_for(billing, "staff_no_task", thread=asked.ts)
    assert notes == ["task 1: CANARY yes"]
    assert all("CANARY" not in each.shown for each in there.slack.everything(there.slack.dm(there.ana)))


async def test_a_task_is_answered_by_a_line_below_it_and_other_lines_are_talk(there: Scene) -> None:
    async with with_billing(there) as (_, billing, card):
        await there.slack.say(there.dana, there.staff, "!task billing is it paid?", thread=card.ts)
        asked = await there.slack.wait_for(billing, "is it paid?")
        lee = next(user for user in there.slack.world.users.values() if user.name == "lee")
        await there.slack.say(lee, billing, "let me look", thread=asked.ts)
        await there.slack.say(lee, billing, "!done", thread=asked.ts)
        await there.slack.settled()
        assert asked.buttons == ["act_answer"]
        await there.slack.say(lee, billing, "!r yes, on Monday", thread=asked.ts)
        await there.slack.wait_for(there.staff, "task 1: yes, on Monday", thread=card.ts)


async def test_in_a_shared_channel_a_task_stands_in_the_cases_thread_only(there: Scene) -> None:
    first = next(iter(there.catalog.queues.values()))
    queues = {**there.catalog.queues, "billing": replace(first, id="billing", name="Billing")}
    there.catalog = dataclasses.replace(there.catalog, queues=queues)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.dana, there.staff, "!task billing is it paid?", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_task", thread=card.ts)
        await there.slack.say(there.dana, there.staff, "!done 1 yes", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_task_done", thread=card.ts)
        await there.slack.settled()
    assert [each.ts for each in there.slack.messages(there.staff) if each.bot] == [card.ts]


async def test_a_colleague_who_is_asked_is_called_and_nobody_else(there: Scene) -> None:
    async with with_billing(there) as (_, _, card):
        await there.slack.say(there.dana, there.staff, f"!share lee ask <@{there.ben.id}> too?", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_shared", thread=card.ts)
        await there.slack.settled()
    lee = next(user for user in there.slack.world.users.values() if user.name == "lee")
    assert [(ping.kind, ping.target) for ping in there.slack.pings] == [("user", lee.id)]
    there.slack.pings.clear()
