"""The bare listeners that the bot is measured beside: the platforms' libraries, and one bare send for each message."""

import asyncio
import os
import sys
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ANSWER = "Within the United Kingdom, your parcel takes two to three working days. Did that help?"


async def slack(environment: "os._Environ[str]") -> None:
    """One catch-all listener, one session for all calls."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=environment["FRONTDESK_SLACK_BOT_TOKEN"],
            base_url=environment["FRONTDESK_SLACK_API_URL"],
            session=session,
        )
        app = AsyncApp(client=client, signing_secret="none")

        @app.event("message")
        async def heard(event: dict[str, Any]) -> None:
            if not event.get("bot_id"):
                await client.chat_postMessage(channel=event["channel"], text=ANSWER)

        handler = AsyncSocketModeHandler(app, environment["FRONTDESK_SLACK_APP_TOKEN"])
        await handler.start_async()  # type: ignore[no-untyped-call]


async def on_discord(environment: "os._Environ[str]") -> None:
    """One client that hears messages, with what they say."""
    discord.http.Route.BASE = environment["FRONTDESK_DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(environment["FRONTDESK_DISCORD_GATEWAY_URL"])
    intents = discord.Intents.default()
    intents.message_content = True
    client = discord.Client(intents=intents)

    @client.event
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            await message.channel.send(ANSWER)

    async with client:
        await client.start(environment["FRONTDESK_DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(slack(os.environ) if sys.argv[1] == "slack" else on_discord(os.environ))
