"""Looks at everything that must be right on Discord, for `frontdesk doctor`; each finding has its fix."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import discord

from bot.channels.discord.access import DiscordAccess, point_library_at
from bot.channels.discord.faults import at_fault
from bot.channels.discord.gate import greeted
from bot.channels.discord.invite import FOR_STAFF, HEARS, PERMISSIONS, invite_link
from bot.channels.discord.watch import close
from bot.channels.finding import Finding

_SKEW = 10  # seconds by which the clocks may differ
_PORTAL = "https://discord.com/developers/applications"
_LOOK = aiohttp.ClientTimeout(total=10)


async def diagnose(access: DiscordAccess) -> list[Finding]:
    """Connect once, and return what was found, as far as one could look."""
    point_library_at(access)
    client = discord.Client(intents=discord.Intents.none())
    found: list[Finding] = []
    try:
        await client.login(access.token)
        async for finding in _look(client, access):
            found.append(finding)
    except discord.LoginFailure:
        fix = f"Copy the bot's token anew from {_PORTAL} (Bot → Reset Token) into FRONTDESK_DISCORD_TOKEN."
        found.append(Finding(False, "Discord does not accept the token", fix))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        fix = "Check the network, discord.api_url, and https://discordstatus.com."
        found.append(Finding(False, f"Discord cannot be reached at {access.api_url}: {type(error).__name__}", fix))
    except Exception as error:
        what = f"Discord answered in a way that the bot does not understand: {at_fault(error)}"
        found.append(Finding(False, what, "Check discord.api_url; if it is right, tell us of this line."))
    finally:
        await close(client)
    return found


async def _look(client: discord.Client, access: DiscordAccess) -> AsyncIterator[Finding]:
    about = await client.application_info()
    yield Finding(True, f"the token is that of {about.name}")
    hearing = _hearing(about)
    for finding in hearing:
        yield finding
    if all(finding.ok for finding in hearing):  # else it will not let the bot in
        yield await greeted(access)
    yield await _clock(access)
    if not access.support_ids:
        fix = "Add channels to discord.support_channels, unless mentions, DMs and /help are all you want."
        yield Finding(True, "no support channel is set", fix)
    for channel in sorted(access.support_ids):
        yield await _channel(client, about.id, channel, "support channel")
    for channel in sorted(access.room_ids):
        yield await _channel(client, about.id, channel, "staff channel")
    for role in sorted({int(id) for ids in access.roles.values() for id in ids}):
        yield await _role(client, role)


async def _role(client: discord.Client, id: int) -> Finding:
    """Look whether a role that makes people staff is there."""
    async for guild in client.fetch_guilds(limit=None):
        for role in await guild.fetch_roles():
            if role.id == id:
                return Finding(True, f"role {role.name}: its members are staff")
    return Finding(False, f"role {id}: not found", "Copy its id anew (Server Settings → Roles) into discord.roles.")


def _hearing(about: discord.AppInfo) -> list[Finding]:
    flags = about.flags
    allowed = {
        "message_content": flags.gateway_message_content or flags.gateway_message_content_limited,
        "members": flags.gateway_guild_members or flags.gateway_guild_members_limited,
    }
    names = {"message_content": "Message Content Intent", "members": "Server Members Intent"}
    fix = f"Switch it on at {_PORTAL}/{about.id}/bot: the bot needs it to "
    return [
        Finding(True, f"{names[each]} is on") if on else Finding(False, f"{names[each]} is off", f"{fix}{HEARS[each]}.")
        for each, on in allowed.items()
    ]


async def _clock(access: DiscordAccess) -> Finding:
    async with aiohttp.ClientSession(timeout=_LOOK) as line, line.get(f"{access.api_url.rstrip('/')}/gateway") as said:
        told = said.headers.get("Date")
    if told is None:
        return Finding(True, "Discord did not tell the time")
    off = (datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds()
    if abs(off) <= _SKEW:
        return Finding(True, "the clock is right")
    return Finding(
        False, f"the clock is {off:+.0f} s off", "Let the machine set its clock by NTP (timedatectl set-ntp true)."
    )


async def _channel(client: discord.Client, application: int, id: int, kind: str) -> Finding:
    invite = f"Invite the bot with {invite_link(application)}, or let its role see the channel."
    try:
        channel = await client.fetch_channel(id)
    except (discord.NotFound, discord.Forbidden):
        return Finding(False, f"{kind} {id} cannot be seen", invite)
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return Finding(False, f"{kind} {id} is no text channel or forum", "Set the id of a text channel or a forum.")
    if kind == "staff channel" and isinstance(channel, discord.ForumChannel):
        return Finding(False, f"{kind} #{channel.name} is a forum", "Set the id of a text channel.")
    guild = await client.fetch_guild(channel.guild.id)
    own = await guild.fetch_member(application)
    there = await guild.fetch_channel(id)
    granted = there.permissions_for(own)
    spared = FOR_STAFF if kind == "support channel" else frozenset()
    lacking = [name for name in PERMISSIONS if name not in spared and not getattr(granted, name)]
    if not lacking:
        return Finding(True, f"{kind} #{channel.name}: all permissions are there")
    what = f"{kind} #{channel.name}: the bot may not " + "; nor ".join(
        f"{PERMISSIONS[name]} ({name.replace('_', ' ')})" for name in lacking
    )
    return Finding(
        False, what, f"Give them to the bot's role, in the channel too, or invite it anew: {invite_link(application)}"
    )
