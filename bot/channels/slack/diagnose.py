"""A look at everything that must be right on Slack: tokens, rights, sockets, channels, the clock; each with its fix."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.finding import Finding
from bot.channels.slack.access import SlackAccess, channel_id, team_id
from bot.channels.slack.manifest import APP_SCOPE, scopes
from bot.channels.slack.workspace import Workspace, called, code, new_client, new_session
from bot.errors import DeliveryDelayed, DeliveryRefused

_SKEW = 120.0  # seconds; Slack's signatures allow for 300

_TOKEN_FIX = {
    "invalid_auth": "Copy the Bot User OAuth Token (xoxb-…) again from the app's page, under Install App.",
    "account_inactive": "The app was removed from the workspace: install it again, and copy its new token.",
    "token_revoked": "The token was revoked: install the app again, and copy its new token.",
}
_OTHER_FIX = "See whether this machine reaches slack.com, and try again."


async def diagnose(access: SlackAccess) -> list[Finding]:
    """Connect once, and return what was found."""
    async with new_session() as session:
        spaces: dict[str, Workspace] = {}
        findings = [
            each
            for nth, token in enumerate(access.bot_tokens, 1)
            async for each in _bot(nth, new_client(access, token, session), spaces)
        ]
        if access.mode == "socket":
            findings += [
                await _socket(nth, new_client(access, token, session)) for nth, token in enumerate(access.app_tokens, 1)
            ]
        elif not access.signing_secret:
            fix = "Copy the Signing Secret from the app's page, under Basic Information."
            findings.append(Finding(False, "Slack's signing secret is missing", fix))
        wanted = dict.fromkeys(access.support_channels, "support channel")
        wanted |= dict.fromkeys(access.rooms, "staff channel")
        for place, purpose in wanted.items():
            findings.append(await _channel(place, purpose, spaces))
        for group in dict.fromkeys(group for groups in access.roles.values() for group in groups):
            findings.append(await _group(group, list(spaces.values())))
        return findings


async def _bot(nth: int, client: AsyncWebClient, spaces: dict[str, Workspace]) -> AsyncIterator[Finding]:
    """Look at a bot token: whether Slack takes it, its rights, and by the way the clock."""
    try:
        answer = await client.api_call("auth.test")
    except SlackApiError as error:
        word = code(error)
        yield Finding(False, f"Slack's bot token {nth}: {word}", _TOKEN_FIX.get(word, _OTHER_FIX))
        return
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        yield Finding(False, f"Slack cannot be reached: {type(error).__name__}", _OTHER_FIX)
        return
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    space = Workspace(client, data)
    spaces[space.team] = space
    yield Finding(True, f"Slack's bot token {nth}: {data.get('user', 'the bot')} in {data.get('team', space.team)}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield _rights(nth, str(headers.get("x-oauth-scopes", "")))
    if "date" in headers:
        yield _clock(parsedate_to_datetime(str(headers["date"])).timestamp() - time.time())


def _rights(nth: int, given: str) -> Finding:
    lacking = [scope for scope in scopes() if scope not in {each.strip() for each in given.split(",")}]
    if not lacking:
        return Finding(True, f"rights of Slack's bot token {nth}: all {len(scopes())}")
    return Finding(
        False,
        f"rights that Slack's bot token {nth} lacks: {', '.join(lacking)}",
        "Paste the manifest of `frontdesk setup slack` into the app's page, under App Manifest, and install it again.",
    )


def _clock(ahead: float) -> Finding:
    if abs(ahead) <= _SKEW:
        return Finding(True, f"clock: {abs(ahead):.0f} s from Slack's")
    said = f"clock: {abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} Slack's"
    return Finding(False, said, "Let the machine set its clock by itself (NTP): promised times depend on it.")


async def _socket(nth: int, client: AsyncWebClient) -> Finding:
    """Look whether an app token opens a socket, as far as a handshake."""
    try:
        answer = await called(client, "apps.connections.open")
        session = client.session
        assert session
        async with session.ws_connect(str(answer["url"])) as socket:
            await socket.receive(timeout=5)
    except (DeliveryRefused, DeliveryDelayed, OSError, aiohttp.ClientError, TimeoutError) as error:
        told = str(error).partition("://")[0] or type(error).__name__
        if isinstance(error, aiohttp.ClientError):
            told = type(error).__name__  # its words hold the socket's ticket
        fix = f"Make an app-level token (xapp-…) with {APP_SCOPE} on the app's page, under Basic Information."
        return Finding(False, f"Slack's app token {nth}: {told}", fix)
    return Finding(True, f"Slack's app token {nth}: opens a socket")


async def _group(group: str, spaces: Sequence[Workspace]) -> Finding:
    """Look whether a user group that makes people staff is there."""
    for space in spaces:
        try:
            users = (await space.read("usergroups.users.list", usergroup=group))["users"]
        except (DeliveryRefused, DeliveryDelayed, OSError, aiohttp.ClientError, TimeoutError):
            continue
        return Finding(True, f"user group {group}: {len(users)} members are staff")
    fix = "Check the id in slack.roles, and that the bot has the right usergroups:read."
    return Finding(False, f"user group {group}: cannot be read", fix)


async def _channel(place: str, purpose: str, spaces: Mapping[str, Workspace]) -> Finding:
    """Look whether the bot is in a channel where it is to work."""
    channel, team = channel_id(place), team_id(place)
    invite = "Invite it there: type /invite and the bot's name in the channel."
    for space in [spaces[team]] if team in spaces else [] if team else list(spaces.values()):
        try:
            room = (await space.read("conversations.info", channel=channel))["channel"]
        except (DeliveryRefused, DeliveryDelayed, OSError, aiohttp.ClientError, TimeoutError):
            continue
        name = f"#{room.get('name', channel)}"
        if room.get("is_archived"):
            return Finding(False, f"{purpose} {name}: archived", "Unarchive it, or set another channel.")
        if not room.get("is_member"):
            return Finding(False, f"{purpose} {name}: the bot is not in it", invite)
        return Finding(True, f"{purpose} {name}: the bot is in it")
    return Finding(False, f"{purpose} {channel}: not found", f"Check the id. If the channel is private: {invite}")
