"""Who may not read a case or act in it is told so on Slack and Discord, by button and by typed line."""

import dataclasses
from pathlib import Path

from msgspec.structs import replace

from bot.desk.team import Agent
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving
from tests.wire.slack import Message


def of_dana_alone(there: Scene) -> None:
    """Let Dana and Ben be agents, and the scene's one queue Dana's."""
    people = {
        name: Agent(id=name, name=name.capitalize(), role="agent", accounts=(f"slack:{user.id}",))
        for name, user in (("dana", there.dana), ("ben", there.ben))
    }
    queues = {name: replace(queue, agents=("dana",)) for name, queue in there.catalog.queues.items()}
    there.catalog = dataclasses.replace(there.catalog, agents=people, queues=queues)


def refusals(there: Scene, card: Message) -> int:
    """Return how often the bot has said in a case's thread that it is somebody else's."""
    return sum(each.bot and "staff_not_yours" in each.shown for each in there.slack.messages(there.staff, card.ts))


async def test_on_slack_a_colleagues_case_is_neither_answered_nor_read(there: Scene) -> None:
    of_dana_alone(there)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown)
        for button, told in (
            ("Reply", "staff_not_yours"),
            ("Resolve", "staff_not_yours"),
            ("Transcript", "staff_not_read"),
        ):
            await there.slack.press(there.ben, card, button)
            whisper = await there.slack.wait_for(there.staff, told, viewer=there.ben)
            assert whisper.ephemeral_to == there.ben.id
        for line in ("!r I know better", "!resolve Bye", "!edit Better"):
            await there.slack.say(there.ben, there.staff, line, thread=card.ts)
        await there.slack.until(lambda: refusals(there, card) == 3)
        await there.slack.settled()
    said = " ".join(each.shown for each in there.slack.everything(there.slack.dm(there.ana)))
    assert [word for word in ("know better", "Bye", "Better") if word in said] == []
    assert "owned" in card.shown


async def test_on_discord_a_colleagues_case_is_neither_answered_nor_read(tmp_path: Path) -> None:
    async with platform() as server:
        there = Desk(server, str(tmp_path / "desk.sqlite"))
        agents = {name: replace(agent, role="agent") for name, agent in there.catalog.agents.items()}
        queues = {name: replace(queue, agents=("dana",)) for name, queue in there.catalog.queues.items()}
        there.catalog = dataclasses.replace(there.catalog, agents=agents, queues=queues)
        async with there.open() as desk:
            card, thread = await desk.case(desk.ana)
            await server.press(desk.dana, card, "Claim")
            await server.until(lambda: "Release" in card.buttons)
            for button, words in (("Reply", "with Dana"), ("Resolve", "with Dana"), ("Transcript", "only they")):
                told = await server.press(desk.sam, card, button)
                assert told is not None
                assert (told.ephemeral_to is desk.sam, told.attachments, words in told.shown) == (True, [], True)
            for line in ("!r I know better", "!resolve Bye"):
                await server.say(desk.sam, thread, line)
            await server.until(lambda: sum("nothing was done" in line for line in desk.bot_lines(thread)) == 2)
            await desk.shop.idle()
            said = " ".join(desk.bot_lines(server.dm(desk.ana)))
    assert [word for word in ("know better", "Bye") if word in said] == []
