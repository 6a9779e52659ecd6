"""A real `frontdesk run` beside both emulators: one platform's end is not the other's, nothing is lost at a stop."""

import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.content import shop
from tests.operating import Running, frontdesk, surroundings
from tests.wire.discord.records import Channel as DiscordChannel
from tests.wire.discord.records import User as DiscordUser
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.server import SlackServer
from tests.wire.slack.world import Channel as SlackChannel
from tests.wire.slack.world import User as SlackUser

ASKED, ANSWERED = "when are you open?", "from 9 to 5"
PATIENCE = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Two platforms, each with a customer and a support channel; the staff works on Slack."""

    slack: SlackServer
    ana: SlackUser
    support: SlackChannel
    desk: SlackChannel
    discord: DiscordServer
    ben: DiscordUser
    help: DiscordChannel
    discord_life: AsyncExitStack
    slack_life: AsyncExitStack
    content: Path

    @property
    def environment(self) -> dict[str, str]:
        return surroundings(
            self.slack,
            self.discord,
            FRONTDESK_SLACK_SUPPORT_CHANNELS=self.support.id,
            FRONTDESK_DISCORD_SUPPORT_CHANNELS=str(self.help.id),
            FRONTDESK_STAFF_CHANNEL=f"slack:{self.desk.id}",
            FRONTDESK_BURST="0.1s",
            FRONTDESK_CONTENT=str(self.content),
        )

    async def ask_on_slack(self, customer: SlackUser | None = None) -> None:
        ts = await self.slack.say(customer or self.ana, self.support, ASKED)
        await self.slack.wait_for(self.support, ANSWERED, thread=ts, timeout=PATIENCE)

    async def ask_on_discord(self) -> None:
        asked = await self.discord.say(self.ben, self.help, ASKED)
        await self.discord.until(lambda: asked.id in self.discord.world.channels, PATIENCE)
        await self.discord.wait_for(self.discord.world.channels[asked.id], ANSWERED, timeout=PATIENCE)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("shop"), shop.files())


@pytest.fixture
async def both(content: Path) -> AsyncIterator[Both]:
    async with AsyncExitStack() as slack_life, AsyncExitStack() as discord_life:
        slack = await slack_life.enter_async_context(SlackServer())
        discord = await discord_life.enter_async_context(DiscordServer())
        ana, dana = slack.add_user("ana"), slack.add_user("dana")
        yield Both(
            slack=slack,
            ana=ana,
            support=slack.add_channel("support", members=[ana]),
            desk=slack.add_channel("support-desk", members=[dana], private=True),
            discord=discord,
            ben=discord.add_user("ben"),
            help=discord.add_channel("help"),
            discord_life=discord_life,
            slack_life=slack_life,
            content=content,
        )
        assert slack.violations == []
        assert discord.violations == []


async def test_one_process_serves_both_and_loses_neither_when_the_other_goes(both: Both, tmp_path: Path) -> None:
    eva = both.slack.add_user("eva")
    both.support.members[eva.id] = None
    async with Running(tmp_path, both.environment) as bot:
        await bot.ready("Slack", "Discord")
        parts = await bot.how_until(200)
        assert (parts["slack"], parts["discord"]) == ("ok", "ok")
        await both.ask_on_slack()
        await both.ask_on_discord()
        await both.discord_life.aclose()
        parts = await bot.how_until(503)
        assert parts["slack"] == "ok"
        assert parts["discord"].startswith("not connected: ")
        assert (await bot.how("/healthz"))[0] == 200
        await both.ask_on_slack(eva)
        assert await bot.stop() == 0
    assert "Traceback" not in bot.printed


async def test_slack_may_go_too(both: Both, tmp_path: Path) -> None:
    async with Running(tmp_path, both.environment) as bot:
        await bot.ready("Slack", "Discord")
        await both.slack_life.aclose()
        parts = await bot.how_until(503)
        assert parts["discord"] == "ok"
        assert parts["slack"].startswith("not connected: ")
        await both.ask_on_discord()
        assert await bot.stop(signal.SIGINT) == 130
    assert "Traceback" not in bot.printed


async def test_one_id_on_both_platforms_is_two_people(both: Both, tmp_path: Path) -> None:
    twin = both.slack.add_user("twin", id=str(both.ben.id))
    dana = next(user for user in both.slack.world.users.values() if user.name == "dana")
    handoff = yaml.safe_load(shop.HANDOFF)
    handoff["agents"]["dana"]["accounts"] = [f"slack:{dana.id}"]
    files = {**shop.files(), "handoff/team.yaml": yaml.safe_dump(handoff)}
    environment = {**both.environment, "FRONTDESK_CONTENT": str(shop.write(tmp_path / "shop", files))}
    on_slack, on_discord = both.slack.dm(twin), both.discord.dm(both.ben)
    async with Running(tmp_path, environment) as bot:
        await bot.ready("Slack", "Discord")
        await both.slack.say(twin, on_slack, "talk to a person")
        first = await both.slack.wait_for(both.desk, "Case 1", timeout=PATIENCE)
        await both.discord.say(both.ben, on_discord, "talk to a person")
        second = await both.slack.wait_for(both.desk, "Case 2", timeout=PATIENCE)
        for card, words in ((first, "For Slack alone."), (second, "For Discord alone.")):
            await both.slack.say(dana, both.desk, f"!r {words}", thread=card.ts)
        await both.slack.wait_for(on_slack, "For Slack alone.", timeout=PATIENCE)
        await both.discord.wait_for(on_discord, "For Discord alone.", timeout=PATIENCE)
        assert await bot.stop() == 0
    assert not any("For Discord alone." in each.shown for each in both.slack.messages(on_slack))
    assert not any("For Slack alone." in on_discord.book[id].content for id in on_discord.order)


async def test_one_platform_is_served_though_the_token_of_the_other_is_wrong(both: Both, tmp_path: Path) -> None:
    wrong = {**both.environment, "FRONTDESK_DISCORD_TOKEN": "a-wrong-token-of-discord"}
    async with Running(tmp_path, wrong) as bot:
        await bot.ready("Slack")
        await both.ask_on_slack()
        assert (await bot.how_until(503))["discord"].startswith("not connected: ")
        assert await bot.stop() == 0


async def test_a_stop_in_the_middle_of_things_loses_nothing_and_says_nothing_twice(both: Both, tmp_path: Path) -> None:
    """Told to stop while ten customers wait for answers: after the restart each has exactly one."""
    people = [both.slack.add_user(f"customer{number}") for number in range(10)]
    for person in people:
        both.support.members[person.id] = None
    both.slack.pacing = None
    both.slack.faults.slow("chat.postMessage", 0.5, times=12)  # so that messages are on their way when it is told
    async with Running(tmp_path, both.environment) as bot:
        await bot.ready("Slack")
        asked = [await both.slack.say(person, both.support, ASKED) for person in people]
        await both.slack.wait_for(both.support, ANSWERED, thread=asked[0], timeout=PATIENCE)
        assert await bot.stop() == 0
    async with Running(tmp_path, both.environment) as bot:
        await bot.ready("Slack")
        for ts in asked:
            await both.slack.wait_for(both.support, ANSWERED, thread=ts, timeout=PATIENCE)
        await both.slack.settled(0.5, PATIENCE)
        assert await bot.stop() == 0
    answers = [
        [message for message in both.slack.messages(both.support, ts) if message.bot and ANSWERED in message.shown]
        for ts in asked
    ]
    assert [len(each) for each in answers] == [1] * 10
    with closing(sqlite3.connect(tmp_path / "frontdesk.sqlite")) as link:
        assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# Secrets

WRONG = {
    "FRONTDESK_SLACK_BOT_TOKEN": "xoxb-111-222-wrongwrongwrong",
    "FRONTDESK_SLACK_APP_TOKEN": "xapp-1-A0-333-wrongwrongwrong",
    "FRONTDESK_SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    "FRONTDESK_DISCORD_TOKEN": "MTExMTExMTExMTExMTExMTEx.GaBcDe.wrongwrongwrongwrongwrongwrongwrong",
}


async def test_wrong_tokens_are_told_and_never_printed(both: Both, tmp_path: Path) -> None:
    wrong = {**both.environment, **WRONG, "FRONTDESK_LOG_LEVEL": "debug"}
    async with Running(tmp_path, wrong) as bot:
        await bot.prints("(?i)slack.*auth")
        await bot.prints("(?i)discord.*token")
        parts = await bot.how_until(503)
        assert await bot.stop() == 0
    code, diagnosed = await frontdesk("doctor", at=tmp_path, surroundings=wrong)
    assert code == 1
    told_off = [*both.slack.violations, *both.discord.violations]  # the emulators note whoever comes with such tokens
    assert all("token" in each for each in told_off)
    both.slack.violations.clear()
    both.discord.violations.clear()
    for secret in (*WRONG.values(), "wrongwrong"):
        for shown in (bot.printed, str(parts), diagnosed):
            assert secret not in shown


async def test_right_tokens_and_customers_words_are_not_printed_either(both: Both, tmp_path: Path) -> None:
    async with Running(tmp_path, {**both.environment, "FRONTDESK_LOG_LEVEL": "debug"}) as bot:
        await bot.ready("Slack", "Discord")
        await both.ask_on_slack()
        await both.ask_on_discord()
        assert await bot.stop() == 0
    for secret in (both.slack.bot_token, both.slack.app_token, both.discord.token, "are you open"):
        assert secret not in bot.printed
