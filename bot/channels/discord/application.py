"""Finds the application that a token belongs to."""

import aiohttp
import discord

from bot.channels.discord.access import DiscordAccess, point_library_at
from bot.channels.discord.watch import close
from bot.errors import BadInput


async def application_id(access: DiscordAccess) -> str:
    """Ask Discord for the id of the token's application. Raises BadInput when it does not tell."""
    point_library_at(access)
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(access.token)
        return str((await client.application_info()).id)
    except discord.LoginFailure:
        raise BadInput("Discord does not accept the token; copy it anew (Bot, Reset Token)") from None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise BadInput(f"Discord cannot be reached at {access.api_url}: {type(error).__name__}") from None
    finally:
        await close(client)
