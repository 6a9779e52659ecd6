"""From a checked JSON body to a draft: attachments put together, references looked up, flags sorted."""

from typing import Any

from tests.wire.discord import limits
from tests.wire.discord.components import numbered
from tests.wire.discord.errors import ApiError
from tests.wire.discord.posting import Draft
from tests.wire.discord.records import COMPONENTS_V2, EPHEMERAL, Attachment, Channel, Message
from tests.wire.discord.shown import walk
from tests.wire.discord.world import World

Json = dict[str, Any]


def draft(world: World, channel: Channel, body: Json, files: dict[int, Attachment], kind: str, at: str = "") -> Draft:
    """Check a new message's body and turn it into a draft."""
    limits.check_message(body, kind, files=len(files), at=at)
    limits.not_empty(body, len(files))
    made = Draft(
        content=body.get("content") or "",
        flags=body.get("flags") or 0,
        embeds=[_embed(one) for one in body.get("embeds") or []],
        components=numbered(body.get("components") or []),
        attachments=attach(body, files, []),
        nonce=None if body.get("nonce") is None else str(body["nonce"]),
        tts=bool(body.get("tts")),
        poll=body.get("poll"),
        allowed=body.get("allowed_mentions"),
    )
    _local_media(made.components, made.embeds, made.attachments)
    if kind == "message" and made.flags & EPHEMERAL:
        raise form("flags", "MESSAGE_FLAGS_INVALID", "Only an interaction's answer can be ephemeral.")
    if body.get("message_reference") is not None:
        _refer(world, channel, made, body["message_reference"])
    return made


def changes(world: World, message: Message, body: Json, files: dict[int, Attachment], kind: str, at: str = "") -> Json:
    """Check an edit's body and say what it changes."""
    limits.check_message(body, kind, files=len(files), at=at, v2=bool(message.flags & COMPONENTS_V2))
    made: Json = {}
    if "content" in body:
        made["content"] = body["content"] or ""
    if body.get("embeds") is not None:
        made["embeds"] = [_embed(one) for one in body["embeds"]]
    if body.get("components") is not None:
        made["components"] = numbered(body["components"])
    if "attachments" in body or files:
        made["attachments"] = attach(body, files, message.attachments)
    if body.get("flags") is not None:
        made["flags"] = (message.flags & ~(1 << 2)) | (body["flags"] & ((1 << 2) | COMPONENTS_V2))
    after = {
        "content": made.get("content", message.content),
        "embeds": made.get("embeds", message.embeds),
        "components": made.get("components", message.components),
        "attachments": made.get("attachments", message.attachments),
    }
    if not any(after.values()):
        raise ApiError(50006, violation="an edit that leaves nothing")
    if made.get("flags", 0) & COMPONENTS_V2 and not message.flags & COMPONENTS_V2:
        for key in ("content", "embeds"):
            if after[key]:
                raise form(
                    key,
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    _local_media(made.get("components", []), made.get("embeds", []), after["attachments"])
    return made


def attach(body: Json, files: dict[int, Attachment], kept: list[Attachment]) -> list[Attachment]:
    """Match the attachments that a body lists with what was uploaded and what was there; unlisted uploads join."""
    listed = body.get("attachments")
    if listed is None:
        return kept + list(files.values())
    there = {one.id: one for one in kept}
    found: list[Attachment] = []
    left = dict(files)
    for at, entry in enumerate(listed):
        number = int(entry.get("id", -1))
        if number in left:
            one = left.pop(number)
            one.description = entry.get("description")
            found.append(one)
        elif number in there:
            found.append(there[number])
        else:
            raise form(f"attachments.{at}.id", "ATTACHMENT_NOT_FOUND", f"No file {number} came with the request.")
    return found + list(left.values())


def _local_media(components: list[Json], embeds: list[Json], attachments: list[Attachment]) -> None:
    """Hold every attachment:// to a file that is there."""
    names = {one.name for one in attachments}
    media: list[Json] = []
    for item in walk(components):
        media += [item[key] for key in ("media", "file") if key in item]
        media += [one["media"] for one in item.get("items", [])]
    for embed in embeds:
        media += [embed[key] for key in ("image", "thumbnail") if embed.get(key)]
    for one in media:
        scheme, _, name = one["url"].partition("://")
        if scheme == "attachment" and name not in names:
            raise form("components", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"No such file: {name}")


def _embed(embed: Json) -> Json:
    return {"type": "rich"} | {key: value for key, value in embed.items() if value is not None}


def _refer(world: World, channel: Channel, made: Draft, reference: Json) -> None:
    target = world.messages.get(int(reference["message_id"]))
    if target is not None and (target.deleted or target.ephemeral_to is not None):
        target = None
    if reference.get("type", 0) == 1:
        if target is None:
            raise ApiError(10008)
        made.forward = target
        return
    made.type = 19
    if target is None or target.channel is not channel:
        if reference.get("fail_if_not_exists", True):
            raise form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message", slip=False)
        made.type = 0
        made.lost_reference = {"type": 0, "message_id": str(reference["message_id"]), "channel_id": str(channel.id)}
        return
    if target.system and target.type != 21:
        raise form("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
    if channel.guild is not None and not world.may(world.bot, channel, "READ_MESSAGE_HISTORY"):
        raise ApiError(160002)
    made.reference = target


def form(path: str, code: str, text: str, *, slip: bool = True) -> ApiError:
    """Refuse one field, outside the big check."""
    node: Json = {"_errors": [{"code": code, "message": text}]}
    for part in reversed(path.split(".")):
        node = {part: node}
    return ApiError(50035, errors=node, violation=f"{path}: {text} ({code})" if slip else "")
