"""What `frontdesk run` refuses to start with: everything that is missing or does not fit, all at once."""

import os
from pathlib import Path

import pytest

from bot.config import Settings, settings
from bot.content import load
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError
from bot.platforms import platforms, post_panel
from bot.tokens import tokens
from tests.content import shop
from tests.operating import frontdesk, surroundings

SLACK = {"FRONTDESK_SLACK_BOT_TOKEN": "xoxb-T1-secret", "FRONTDESK_SLACK_APP_TOKEN": "xapp-1-A1-secret"}
DISCORD = {"FRONTDESK_DISCORD_TOKEN": "a-discord-token"}
ROOM = {"FRONTDESK_STAFF_CHANNEL": "slack:C9"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(shop.write(tmp_path_factory.mktemp("shop"), shop.files()))


def refused(environment: dict[str, str], catalog: Catalog) -> list[str]:
    made: Settings = settings(None, environment)
    with pytest.raises(ConfigError) as caught:
        platforms(made, tokens(made, environment), catalog)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (
            ROOM,
            [
                "there is no token: set FRONTDESK_SLACK_BOT_TOKEN (docs/slack.md), FRONTDESK_DISCORD_TOKEN "
                "(docs/discord.md) or both. To look around without any, run: frontdesk demo",
                "staff.channel is slack:C9, but there is no token for Slack: set FRONTDESK_SLACK_BOT_TOKEN.",
            ],
        ),
        (
            DISCORD,
            [
                "staff.channel is not set: say where cases go to, such as slack:C0123ABCD or discord:1234567890. "
                "docs/slack.md and docs/discord.md tell where to find the id."
            ],
        ),
        (
            {**ROOM, **SLACK, "FRONTDESK_SLACK_WELCOME": "true"},
            ["slack.welcome is true, but flows/ has no flow 'welcome' to welcome people with: write one."],
        ),
        (
            {**ROOM, "FRONTDESK_SLACK_BOT_TOKEN": "xoxb-T1-secret"},
            ["Slack needs an app-level token (xapp-…) too: set FRONTDESK_SLACK_APP_TOKEN. See docs/slack.md."],
        ),
        (
            {**ROOM, **SLACK, "FRONTDESK_SLACK_MODE": "http"},
            ["Slack needs the app's signing secret too: set FRONTDESK_SLACK_SIGNING_SECRET. See docs/slack.md."],
        ),
        (
            {**DISCORD, "FRONTDESK_STAFF_CHANNEL": "discord:5", "FRONTDESK_SLACK_APP_TOKEN": "xapp-1-A1-secret"},
            [
                "there is a token for Slack, but no bot token (xoxb-…): set FRONTDESK_SLACK_BOT_TOKEN. "
                "See docs/slack.md."
            ],
        ),
        (
            {**SLACK, **ROOM, "FRONTDESK_STAFF_QUEUES": "care=discord:5"},
            ["staff.queues.care is discord:5, but there is no token for Discord: set FRONTDESK_DISCORD_TOKEN."],
        ),
        (
            {**SLACK, **ROOM, "FRONTDESK_STAFF_QUEUES": "cares=slack:C8,zzzzzz=slack:C8"},
            [
                "staff.queues.cares: handoff/queues.yaml has no queue 'cares'. Did you mean 'care'?",
                "staff.queues.zzzzzz: handoff/queues.yaml has no queue 'zzzzzz'. There are: care.",
            ],
        ),
        (
            {**SLACK, **ROOM, "FRONTDESK_SLACK_SUPPORT_CHANNELS": "T1/C9"},
            ["staff.channel is slack:C9, which is a support channel too: customers would read what staff write."],
        ),
        (
            {"FRONTDESK_STAFF_QUEUES": "cares=discord:5"},
            [
                "there is no token: set FRONTDESK_SLACK_BOT_TOKEN (docs/slack.md), FRONTDESK_DISCORD_TOKEN "
                "(docs/discord.md) or both. To look around without any, run: frontdesk demo",
                "staff.channel is not set: say where cases go to, such as slack:C0123ABCD or discord:1234567890. "
                "docs/slack.md and docs/discord.md tell where to find the id.",
                "staff.queues.cares is discord:5, but there is no token for Discord: set FRONTDESK_DISCORD_TOKEN.",
                "staff.queues.cares: handoff/queues.yaml has no queue 'cares'. Did you mean 'care'?",
            ],
        ),
    ],
)
def test_everything_that_is_missing_or_does_not_fit_is_told_at_once(
    environment: dict[str, str], told: list[str], catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(environment, catalog) == told


@pytest.mark.parametrize(
    ("place", "staff"),
    [
        ("slack:C9", {"FRONTDESK_STAFF_CHANNEL": "slack:C9"}),
        ("slack:T1/C9", {"FRONTDESK_STAFF_CHANNEL": "slack:C9"}),
        ("slack:C9", {"FRONTDESK_STAFF_CHANNEL": "discord:5", "FRONTDESK_STAFF_QUEUES": "care=slack:T1/C9"}),
        ("discord:5", {"FRONTDESK_STAFF_CHANNEL": "discord:5"}),
    ],
)
async def test_no_panel_is_posted_where_staff_work(place: str, staff: dict[str, str], catalog: Catalog) -> None:
    environment = {**SLACK, **DISCORD, **staff}
    made = settings(None, environment)
    with pytest.raises(ConfigError) as caught:
        await post_panel(made, tokens(made, environment), place, catalog)
    assert str(caught.value) == f"{place} is a staff channel: name one that customers read."


async def test_run_counts_the_problems_and_starts_nothing(tmp_path: Path) -> None:
    content = str(shop.write(tmp_path.parent / "shop", shop.files()))
    around = surroundings(FRONTDESK_CONTENT=content)
    wrong = {**around, "FRONTDESK_SLACK_BOT_TOKEN": "nonsense"}
    code, said = await frontdesk("run", at=tmp_path, surroundings=wrong)
    assert (code, said) == (
        1,
        "✗ FRONTDESK_SLACK_BOT_TOKEN does not begin with xoxb-; copy it again, with nothing before or after it.\n",
    )
    code, said = await frontdesk("run", at=tmp_path, surroundings=around)
    assert code == 1
    assert said.startswith("✗ there is no token: ")
    assert said.endswith("\n2 problems. Nothing was started.\n")
    assert set(os.listdir(tmp_path)) <= {
        "frontdesk.index",
        "frontdesk.hearing",
    }  # what was learned of the content, which is in order
