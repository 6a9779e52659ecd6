"""Posts the panel: a message whose button asks for help, for as long as it stands."""

import discord

from bot.channels.discord import render
from bot.channels.discord.access import DiscordAccess, channel_id, point_library_at
from bot.channels.discord.posting import nonce
from bot.channels.discord.rest import Rest
from bot.channels.discord.watch import close
from bot.dialog.catalog import Catalog
from bot.errors import BadInput


async def post_panel(access: DiscordAccess, place: str, catalog: Catalog) -> str:
    """Post the panel in a channel ("discord:123") and return the message's id. Raises BadInput where it cannot be."""
    point_library_at(access)
    client = discord.Client(intents=discord.Intents.none())
    channel = channel_id(place)
    try:
        await client.login(access.token)
        body = render.panel(catalog)
        once = nonce(f"panel {channel} {discord.utils.utcnow():%Y-%m-%dT%H:%M}", 0)
        sent = await Rest(client.http).send(channel, body, once)
    except discord.LoginFailure:
        raise BadInput("Discord does not accept the token") from None
    except discord.HTTPException as error:
        raise BadInput(f"the panel cannot be posted in {place}: Discord says {error.code} {error.text}") from None
    finally:
        await close(client)
    return f"{channel}/{sent['id']}"
