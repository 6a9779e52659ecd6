"""Who is called by a message: mentions in its words, what allowed_mentions leaves of them, and links that unfurl."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.records import COMPONENTS_V2, SUPPRESS_EMBEDS, Channel, Message, Ping, Unfurl, User
from tests.wire.discord.shown import walk
from tests.wire.discord.world import World

Json = dict[str, Any]

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_LINK = re.compile(r"(?<!<)https?://[^\s<>\])]+")


@dataclass(slots=True)
class Called:
    users: list[User] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False
    here: bool = False
    reply: User | None = None


def words(message: Message) -> str:
    """Give every word that can mention: the content and text displays, not embeds."""
    return "\n".join([message.content, *(c["content"] for c in walk(message.components) if c["type"] == 10)])


def call(world: World, message: Message, allowed: Json | None) -> Called:
    """Work out who is called. Without allowed_mentions everybody named is: that is the platform's default."""
    text = words(message)
    called = Called()
    channel = message.channel
    guild = channel.guild
    parse = ["users", "roles", "everyone"] if allowed is None else allowed.get("parse") or []
    if message.type == 19 and message.reference is not None and (allowed is None or allowed.get("replied_user")):
        called.reply = message.reference.author
    if "@" not in text:
        return called
    listed = {int(one) for one in (allowed or {}).get("users") or []}
    for key in dict.fromkeys(_USER.findall(text)):
        user = world.users.get(int(key))
        if user is not None and ("users" in parse or user.id in listed) and _inside(channel, user):
            called.users.append(user)
    if guild is None:
        return called
    every = world.may(message.author, channel, "MENTION_EVERYONE")
    listed = {int(one) for one in (allowed or {}).get("roles") or []}
    for key in dict.fromkeys(_ROLE.findall(text)):
        role = guild.roles.get(int(key))
        if role and ("roles" in parse or role.id in listed) and (role.mentionable or every):
            called.roles.append(role.id)
    if "everyone" in parse and every:
        called.everyone = "@everyone" in text
        called.here = "@here" in text
    return called


def _inside(channel: Channel, user: User) -> bool:
    if channel.guild is None:
        return True
    return user.id in channel.guild.members


def ring(world: World, message: Message, allowed: Json | None, *, edit: bool = False) -> list[User]:
    """Set a message's mentions, note those of our bot that ring, and say who was called by name."""
    called = call(world, message, allowed)
    before = {user.id for user in message.mentions}, set(message.mention_roles), message.mention_everyone
    message.mentions = list(called.users)
    if called.reply is not None and called.reply not in message.mentions:
        message.mentions.append(called.reply)
    message.mention_roles = called.roles
    message.mention_everyone = called.everyone or called.here
    if message.author is world.bot and message.ephemeral_to is None:
        pings = [Ping(message, "user", user.id, edit) for user in called.users if user.id not in before[0]]
        pings += [Ping(message, "role", role, edit) for role in called.roles if role not in before[1]]
        if called.everyone and not before[2]:
            pings.append(Ping(message, "everyone", 0, edit))
        if called.here and not before[2]:
            pings.append(Ping(message, "here", 0, edit))
        if called.reply is not None and not edit:
            pings.append(Ping(message, "reply", called.reply.id, edit))
        world.pings += pings
    message.names = _names(world, message)
    return called.users


def _names(world: World, message: Message) -> dict[str, str]:
    """Give the words that stand on the screen for each mention."""
    text = "\n".join([words(message), str(message.embeds), str(message.forwarded)])
    if "<" not in text:
        return {}
    names: dict[str, str] = {}
    for key in re.findall(r"<(?:@!?|@&|#)(\d+)>", text):
        number = int(key)
        guild = message.channel.guild
        if number in world.users:
            names[key] = f"@{world.users[number].display}"
        elif number in world.channels:
            names[key] = f"#{world.channels[number].name}"
        elif guild is not None and number in guild.roles:
            names[key] = f"@{guild.roles[number].name}"
    return names


def unfurl(world: World, message: Message) -> bool:
    """Make previews of links, as the platform does a moment after a message; say whether there are any."""
    if not world.unfurl_links or message.flags & (SUPPRESS_EMBEDS | COMPONENTS_V2) or "http" not in message.content:
        return False
    if not world.may(message.author, message.channel, "EMBED_LINKS"):
        return False
    known = {embed["url"] for embed in message.unfurled}
    fresh = [url for url in dict.fromkeys(_LINK.findall(message.content)) if url not in known][:5]
    message.unfurled += [{"type": "link", "url": url, "title": url} for url in fresh]
    if message.author is world.bot:
        world.unfurls += [Unfurl(message, url) for url in fresh]
    return bool(fresh)
