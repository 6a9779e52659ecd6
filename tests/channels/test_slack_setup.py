"""Setting Slack up: the manifest asks for what the code uses and no more; the doctor finds what is wrong."""

import ast
import dataclasses
import json
import re
from pathlib import Path

import pytest

import bot.channels.slack
from bot.channels.finding import Finding
from bot.channels.slack import manifest
from bot.channels.slack.diagnose import diagnose
from bot.channels.slack.panel import post_panel
from bot.content import load
from bot.errors import BadInput
from tests.channels.slackdesk import Scene, serving

FOLDER = Path(bot.channels.slack.__file__).parent
METHOD = re.compile(r"[a-z]+(?:\.[a-z]+)*\.[a-zA-Z]+")


def methods_in_code() -> set[str]:
    """Return the Web API's methods that the code names outside of the manifest's table."""
    from tests.wire.slack.arguments import METHODS

    texts = {
        node.value
        for path in FOLDER.glob("*.py")
        if path.name != "manifest.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if METHOD.fullmatch(text) and text in METHODS}


def test_every_method_that_is_called_has_its_right_and_no_right_is_idle() -> None:
    from tests.wire.slack.arguments import METHODS

    listed = {method for scope in manifest.SCOPES for method in scope.methods}
    assert methods_in_code() == listed | set(manifest.FREE_METHODS)
    for scope in manifest.SCOPES:
        assert scope.methods or scope.events or scope.features, scope.name
        assert scope.why
        for method in scope.methods:
            needed = METHODS[method].scope or "{kind}:read"  # a list needs the right of each kind that it is asked for
            assert "{kind}" in needed or scope.name in needed.split("|"), (scope.name, method)


def test_every_event_that_is_asked_for_is_understood() -> None:
    heard = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("incoming.py", "desk.py", "roles.py"))
    for event in manifest.events(welcome=True):
        assert f'"{event.partition(".")[0]}"' in heard, event


@pytest.mark.parametrize(("mode", "url"), [("socket", ""), ("http", "https://bot.pine.shop/")])
def test_the_manifest_is_complete(slack_shop: Path, mode: str, url: str) -> None:
    made = manifest.manifest(load(slack_shop), mode=mode, url=url)
    assert json.loads(json.dumps(made)) == made
    assert made["oauth_config"]["scopes"]["bot"] == manifest.scopes()
    assert made["settings"]["socket_mode_enabled"] is (mode == "socket")
    addresses = {
        made["settings"]["event_subscriptions"].get("request_url"),
        made["settings"]["interactivity"].get("request_url"),
        made["features"]["slash_commands"][0].get("url"),
    }
    assert addresses == {None if mode == "socket" else "https://bot.pine.shop/slack/events"}
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["features"]["shortcuts"][0]["name"]) <= 24


def test_who_joins_is_told_of_only_where_they_are_welcomed() -> None:
    assert set(manifest.events(welcome=True)) - set(manifest.events()) == {"team_join"}


async def test_the_bot_works_with_exactly_these_rights(there: Scene) -> None:
    team = there.slack.team_of(None)
    team.scopes = set(manifest.scopes())
    there.slack.subscriptions = {event.partition(".")[0] for event in manifest.events()}
    dm = there.slack.dm(there.ana)
    async with serving(there):
        await there.thread(there.ana, "when are you open", "9 to 5")
        card = await there.case(there.ana)
        await there.slack.say(there.ana, dm, "look", files=[("lamp.png", "image/png", b"picture")])
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(there.staff, card.ts)))
        await there.slack.open_home(there.ana)
        await there.slack.until(lambda: there.slack.home(there.ana))


# --- the doctor -------------------------------------------------------------------------------------------------------


def wrong(findings: list[Finding]) -> list[str]:
    return [each.what for each in findings if not each.ok]


async def test_the_doctor_finds_nothing_wrong_where_all_is_right(there: Scene) -> None:
    findings = await diagnose(there.access)
    assert wrong(findings) == []
    assert [each.what for each in findings if "channel #" in each.what] == [
        "support channel #help: the bot is in it",
        "staff channel #staff: the bot is in it",
    ]


async def test_the_doctor_names_each_fault_with_its_fix(there: Scene) -> None:
    team = there.slack.team_of(None)
    team.scopes -= {"files:write", "im:write"}
    there.help.members.pop(team.bot_user)
    there.slack.faults.skew_clock(600)
    access = dataclasses.replace(there.access, app_tokens=("xapp-wrong",), rooms=("slack:T0TEAM/C0GONE",))
    findings = await diagnose(access)
    there.slack.faults.skew_clock(0)
    told = "\n".join(wrong(findings))
    assert "lacks: files:write, im:write" in told
    assert "support channel #help: the bot is not in it" in told
    assert "staff channel C0GONE: not found" in told
    assert "app token 1: apps.connections.open: invalid_auth" in told
    assert all(each.fix for each in findings if not each.ok)
    assert there.slack.violations.pop() == "apps.connections.open: with an unknown token (invalid_auth)"


async def test_the_doctor_names_a_wrong_token_and_an_unreachable_slack(there: Scene) -> None:
    there.slack.faults.revoke_tokens("account_inactive")
    assert "account_inactive" in "\n".join(wrong(await diagnose(there.access)))
    nowhere = dataclasses.replace(there.access, api_url="http://127.0.0.1:9/api/")
    assert "cannot be reached" in "\n".join(wrong(await diagnose(nowhere)))


# --- the panel --------------------------------------------------------------------------------------------------------


async def test_the_panel_is_refused_where_the_bot_is_not(there: Scene) -> None:
    there.general.members.pop(there.slack.bot_user)
    team = there.slack.team_of(None)
    team.scopes -= {"chat:write.public"}
    with pytest.raises(BadInput, match="not_in_channel; invite"):
        await post_panel(there.access, f"slack:{there.general.id}", there.catalog)
    with pytest.raises(BadInput, match="T9"):
        await post_panel(there.access, "slack:T9/C9", there.catalog)
