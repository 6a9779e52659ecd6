"""Knocks at Discord's gateway, for `frontdesk doctor`: says who the bot is and what it wants to hear, and leaves."""

import asyncio
from typing import Any

import aiohttp
from yarl import URL

from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.invite import hearing
from bot.channels.finding import Finding

_PATIENCE = 10.0
_DISPATCH, _IDENTIFY, _INVALID, _HELLO = 0, 2, 9, 10
_INTENTS = (4013, 4014)
_CHECK = "Check the network and any proxy (the gateway is a websocket), discord.gateway_url, https://discordstatus.com."
_REFUSED = {
    4004: ("Discord's gateway does not accept the token", "Copy the bot's token anew (Bot → Reset Token)."),
    **dict.fromkeys(
        _INTENTS,
        (
            "Discord's gateway does not let the bot hear what it needs",
            "Switch on Message Content Intent and Server Members Intent in the developer portal (Bot).",
        ),
    ),
}


async def greeted(access: DiscordAccess) -> Finding:
    """Open the gateway once, and return how it received the bot."""
    url = URL(access.gateway_url).update_query(v="10", encoding="json")
    try:
        async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession() as session, session.ws_connect(url) as line:
            return await _knock(line, access.token)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError, KeyError) as error:
        return Finding(
            False, f"Discord's gateway cannot be reached at {access.gateway_url}: {type(error).__name__}", _CHECK
        )


async def _knock(line: aiohttp.ClientWebSocketResponse, token: str) -> Finding:
    hello = await line.receive_json()
    if hello["op"] != _HELLO:
        return Finding(False, "Discord's gateway did not say hello", _CHECK)
    properties = {"os": "linux", "browser": "frontdesk", "device": "frontdesk"}
    said: dict[str, Any] = {"token": token, "intents": hearing().value, "properties": properties}
    await line.send_json({"op": _IDENTIFY, "d": said})
    while (heard := await line.receive()).type is aiohttp.WSMsgType.TEXT:
        told = heard.json()
        if told["op"] == _DISPATCH:
            return Finding(True, "the gateway lets the bot in")
        if told["op"] == _INVALID:
            return Finding(False, "Discord's gateway refused a session", "Wait a minute, and ask the doctor again.")
    what, fix = _REFUSED.get(line.close_code or 0, (f"Discord's gateway hung up ({line.close_code})", _CHECK))
    return Finding(False, what, fix)
