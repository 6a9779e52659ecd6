"""Messages as the JSON that the platform sends, with and without their words, and the signed addresses of files."""

import hashlib
import hmac
from typing import Any
from urllib.parse import quote

from tests.wire.discord.payloads import bare_member, channel, user
from tests.wire.discord.records import HAS_THREAD, Attachment, Channel, Message, User
from tests.wire.discord.world import World

Json = dict[str, Any]

_CDN_KEY = b"the emulator's own"


def signed_url(world: World, place: int, one: Attachment) -> str:
    """Sign a file's address; it holds for `cdn_life` from now."""
    issued = int(world.clock.now())
    path = f"/attachments/{place}/{one.id}/{quote(one.name)}"
    expires, since = f"{int(issued + world.cdn_life):x}", f"{issued:x}"
    return f"{world.origin}{path}?ex={expires}&is={since}&hm={signature(path, expires, since)}&"


def signature(path: str, expires: str, since: str) -> str:
    return hmac.new(_CDN_KEY, f"{path}{expires}{since}".encode(), hashlib.sha256).hexdigest()


def attachment(world: World, place: Channel, one: Attachment, *, ephemeral: bool = False) -> Json:
    url = signed_url(world, place.id, one)
    made: Json = {
        "id": str(one.id),
        "filename": one.name,
        "size": one.size,
        "url": url,
        "proxy_url": url,
        "content_type": one.mime,
    }
    if one.description is not None:
        made["description"] = one.description
    if one.mime.startswith("image/"):
        made |= {"width": 64, "height": 64}
    if ephemeral:
        made["ephemeral"] = True
    return made


def readable(world: World, one: Message) -> bool:
    """Say whether the bot may read the words without the intent: DMs, its own, and where it is mentioned."""
    return one.channel.guild is None or one.author is world.bot or world.bot in one.mentions


def message(world: World, one: Message, *, content: bool, nested: bool = False) -> Json:
    """Give a message to a session with (`content`) or without the message content intent."""
    place = one.channel
    open_ = content or readable(world, one)
    made: Json = {
        "id": str(one.id),
        "channel_id": str(place.id),
        "type": one.type,
        "author": user(one.author),
        "content": one.content if open_ else "",
        "timestamp": world.clock.iso(one.sent_at),
        "edited_timestamp": None if one.edited_at is None else world.clock.iso(one.edited_at),
        "tts": one.tts,
        "mention_everyone": one.mention_everyone,
        "mentions": [_mentioned(world, one, each) for each in one.mentions],
        "mention_roles": [str(each) for each in one.mention_roles],
        "attachments": [attachment(world, place, a, ephemeral=one.ephemeral_to is not None) for a in one.attachments]
        if open_
        else [],
        "embeds": _placed(world, one, one.embeds) + one.unfurled if open_ else [],
        "components": _placed(world, one, one.components) if open_ else [],
        "pinned": one.pinned,
        "flags": one.flags | (HAS_THREAD if one.thread else 0),
    }
    if place.guild is not None:
        made["guild_id"] = str(place.guild.id)
        sender = place.guild.members.get(one.author.id)
        if sender is not None and not one.webhook:
            made["member"] = bare_member(world, sender)
    if one.nonce is not None:
        made["nonce"] = one.nonce
    if one.stickers:
        made["sticker_items"] = [{"id": str(s.id), "name": s.name, "format_type": 1} for s in one.stickers]
    if one.poll and open_:
        made["poll"] = one.poll
    if one.webhook:
        made |= {"webhook_id": str(world.application_id), "application_id": str(world.application_id)}
    if one.interaction is not None:
        made["interaction_metadata"] = one.interaction
    if one.reactions:
        made["reactions"] = [
            {
                "emoji": emoji(key),
                "count": len(people),
                "count_details": {"burst": 0, "normal": len(people)},
                "me": world.bot.id in people,
                "me_burst": False,
                "burst_colors": [],
            }
            for key, people in one.reactions.items()
        ]
    if one.thread is not None and not nested and not one.thread.deleted:
        made["thread"] = channel(world, one.thread)
    _refer(world, one, made, content=content, nested=nested)
    return made


def _placed(world: World, one: Message, part: list[Json]) -> list[Json]:
    """Put files' addresses where cards and layouts name their attachments."""
    if not one.attachments or not part:
        return part
    urls = {f"attachment://{file.name}": signed_url(world, one.channel.id, file) for file in one.attachments}

    def place(node: Any) -> Any:
        if isinstance(node, dict):
            made = {key: place(value) for key, value in node.items()}
            if node.get("url") in urls:
                made |= {"url": urls[node["url"]], "proxy_url": urls[node["url"]]}
            return made
        return [place(each) for each in node] if isinstance(node, list) else node

    return [place(each) for each in part]


def _refer(world: World, one: Message, made: Json, *, content: bool, nested: bool) -> None:
    if one.forwarded is not None and one.forwarded_from is not None:
        made["message_reference"] = _reference(one.forwarded_from, 1)
        hidden = {"content": "", "embeds": [], "attachments": [], "components": []}
        kept = one.forwarded if content or readable(world, one) else one.forwarded | hidden
        made["message_snapshots"] = [{"message": kept}]
    elif one.reference is not None:
        made["message_reference"] = _reference(one.reference, 0)
        if not nested and one.type in (19, 21):
            gone = one.reference.deleted
            made["referenced_message"] = None if gone else message(world, one.reference, content=content, nested=True)
    elif one.lost_reference is not None:
        made["message_reference"] = one.lost_reference
        if not nested:
            made["referenced_message"] = None


def _reference(target: Message, kind: int) -> Json:
    made = {"type": kind, "message_id": str(target.id), "channel_id": str(target.channel.id)}
    if target.channel.guild is not None:
        made["guild_id"] = str(target.channel.guild.id)
    return made


def _mentioned(world: World, one: Message, who: User) -> Json:
    made = user(who)
    if one.channel.guild is not None and who.id in one.channel.guild.members:
        made["member"] = bare_member(world, one.channel.guild.members[who.id])
    return made


def emoji(key: str) -> Json:
    """Give an emoji from its key in a path: a character, or name:id for a guild's own."""
    name, _, number = key.partition(":")
    return {"id": number or None, "name": name}
