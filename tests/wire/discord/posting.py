"""Messages coming to be, changing and going: the one place that writes them, for people and for the bot alike."""

from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord import letters, mentions, payloads, threads
from tests.wire.discord.records import COMPONENTS_V2, Attachment, Channel, Message, Sticker, User
from tests.wire.discord.world import DM_MESSAGES, DM_REACTIONS, MESSAGES, REACTIONS, World

Json = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """A message before it stands."""

    content: str = ""
    type: int = 0
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    stickers: list[Sticker] = field(default_factory=list)
    reference: Message | None = None
    lost_reference: Json | None = None
    forward: Message | None = None
    nonce: str | None = None
    poll: Json | None = None
    tts: bool = False
    allowed: Json | None = None
    ephemeral_to: User | None = None
    webhook: bool = False
    interaction: Json | None = None
    id: int | None = None


def post(world: World, channel: Channel, author: User, draft: Draft) -> Message:
    """Put a message into a channel; an archived thread opens by it."""
    if channel.archived and draft.ephemeral_to is None:
        threads.update(world, channel, archived=False)
    message = Message(
        id=draft.id or world.ids.next(),
        channel=channel,
        author=author,
        content=draft.content,
        sent_at=world.clock.now(),
        type=draft.type,
        flags=draft.flags,
        components=draft.components,
        embeds=draft.embeds,
        attachments=draft.attachments,
        stickers=draft.stickers,
        reference=draft.reference,
        lost_reference=draft.lost_reference,
        nonce=draft.nonce,
        poll=draft.poll,
        tts=draft.tts,
        ephemeral_to=draft.ephemeral_to,
        webhook=draft.webhook,
        interaction=draft.interaction,
    )
    if draft.forward is not None:
        message.forwarded_from = draft.forward
        message.forwarded = snapshot(world, draft.forward)
        message.flags |= 1 << 14
    channel.book[message.id] = message
    channel.order.append(message.id)
    world.messages[message.id] = message
    world.files.update((one.id, one) for one in message.attachments)
    called = mentions.ring(world, message, draft.allowed)
    if message.ephemeral_to is not None:
        announce(world, "MESSAGE_CREATE", message)
        return message
    channel.last_message = message.id
    if message.id != channel.id:
        channel.sent += 1
    announce(world, "MESSAGE_CREATE", message)
    if channel.is_thread and not message.system:
        for user in [author, *called]:
            threads.add(world, channel, user)
    if mentions.unfurl(world, message):
        announce(world, "MESSAGE_UPDATE", message)
    return message


def snapshot(world: World, source: Message) -> Json:
    """Freeze a message as a forward carries it."""
    whole = letters.message(world, source, content=True)
    keys = (
        *("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp"),
        *("flags", "mentions", "mention_roles", "components"),
    )
    return {key: whole[key] for key in keys}


def announce(world: World, name: str, message: Message) -> None:
    """Tell the bot of a message, with and without its words, if it can see the place."""
    channel = message.channel
    if message.ephemeral_to is not None:
        # The platform tells its bot of ephemeral messages as if they were DMs (discord-api-docs#4557).
        own = letters.message(world, message, content=True)
        own.pop("guild_id", None)
        own.pop("member", None)
        world.tell(name, own, guild=None, intent=DM_MESSAGES)
        return
    if not world.sees(world.bot, channel):
        world.touch()
        return
    intent = MESSAGES if channel.guild else DM_MESSAGES
    whole = letters.message(world, message, content=True)
    referred = message.reference or message.forwarded
    bare = whole
    if channel.guild is not None and (referred is not None or not letters.readable(world, message)):
        bare = letters.message(world, message, content=False)
    world.tell(name, whole, guild=channel.guild, intent=intent, bare=bare)


def edit(world: World, message: Message, changes: Json, allowed: Json | None) -> None:
    """Change a message; its mentions are read anew, with whatever `allowed` this edit brought."""
    if "content" in changes:
        message.edits.append(message.content)
        message.content = changes["content"] or ""
        message.unfurled = []
    for key in ("embeds", "components", "attachments"):
        if key in changes:
            setattr(message, key, changes[key] or [])
    if "flags" in changes:
        message.flags = changes["flags"]
    if message.flags & COMPONENTS_V2:
        message.content, message.embeds, message.unfurled = "", [], []
    world.files.update((one.id, one) for one in message.attachments)
    message.edited_at = world.clock.now()
    mentions.ring(world, message, allowed, edit=True)
    announce(world, "MESSAGE_UPDATE", message)
    if message.ephemeral_to is None and mentions.unfurl(world, message):
        announce(world, "MESSAGE_UPDATE", message)


def delete(world: World, message: Message, *, tell: bool = True) -> None:
    """Take a message away; the transcript still holds it, marked."""
    message.deleted = True
    channel = message.channel
    if message.id in channel.pins:
        channel.pins.remove(message.id)
    if message.ephemeral_to is not None:
        world.touch()
        return
    channel.sent = max(0, channel.sent - 1)
    if tell and world.sees(world.bot, channel):
        data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild:
            data["guild_id"] = str(channel.guild.id)
        world.tell("MESSAGE_DELETE", data, guild=channel.guild, intent=MESSAGES if channel.guild else DM_MESSAGES)


def delete_many(world: World, channel: Channel, messages: list[Message]) -> None:
    """Take several messages away in one event, as moderators do."""
    for message in messages:
        delete(world, message, tell=False)
    if not world.sees(world.bot, channel):
        return
    data: Json = {"ids": [str(message.id) for message in messages], "channel_id": str(channel.id)}
    if channel.guild:
        data["guild_id"] = str(channel.guild.id)
    world.tell("MESSAGE_DELETE_BULK", data, guild=channel.guild, intent=MESSAGES)


def react(world: World, message: Message, user: User, key: str, *, on: bool) -> None:
    """Put a reaction on or take it off."""
    people = message.reactions.setdefault(key, {})
    if (user.id in people) == on:
        return
    if on:
        people[user.id] = user
    else:
        del people[user.id]
    if not people:
        del message.reactions[key]
    channel = message.channel
    data: Json = {
        "user_id": str(user.id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": letters.emoji(key),
        "burst": False,
        "type": 0,
    }
    if on:
        data["message_author_id"] = str(message.author.id)
    if channel.guild:
        data["guild_id"] = str(channel.guild.id)
        if on and user.id in channel.guild.members:
            data["member"] = payloads.member(world, channel.guild.members[user.id])
    if world.sees(world.bot, channel):
        name = "MESSAGE_REACTION_ADD" if on else "MESSAGE_REACTION_REMOVE"
        world.tell(name, data, guild=channel.guild, intent=REACTIONS if channel.guild else DM_REACTIONS)
