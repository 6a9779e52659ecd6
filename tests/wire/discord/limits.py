"""Numbers and shapes of messages: what a body may hold before the platform refuses it. Pure checks on JSON."""

from typing import Any

from tests.wire.discord.components import check_components
from tests.wire.discord.errors import ApiError, Form, fields
from tests.wire.discord.records import COMPONENTS_V2

Json = dict[str, Any]

CONTENT = 2000
EMBEDS = 10
EMBED_TOTAL = 6000
NONCE = 25
FILES = 10
THREAD_NAME = 100
ARCHIVE = (60, 1440, 4320, 10080)

_MESSAGE = fields(
    "content nonce enforce_nonce tts embeds allowed_mentions message_reference components sticker_ids "
    "attachments flags poll"
)
_EDIT = fields("content tts embeds allowed_mentions components attachments flags")
_WEBHOOK = fields(
    "content tts embeds allowed_mentions components attachments flags poll username avatar_url thread_name applied_tags"
)
_ANSWER = fields("content tts embeds allowed_mentions components attachments flags poll")
KEYS = {"message": _MESSAGE, "edit": _EDIT, "webhook": _WEBHOOK, "answer": _ANSWER}
_EMBED = fields("title type description url timestamp color footer image thumbnail video provider author fields flags")
_MENTIONS = frozenset(("parse", "roles", "users", "replied_user"))
_REFERENCE = frozenset(("type", "message_id", "channel_id", "guild_id", "fail_if_not_exists"))
# What a client may set: SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS, VOICE, COMPONENTS_V2.
_FLAGS = (1 << 2) | (1 << 6) | (1 << 12) | (1 << 13) | COMPONENTS_V2


def check_message(body: Json, kind: str, *, files: int = 0, at: str = "", v2: bool | None = None) -> None:
    """Refuse a body that breaks a limit. `v2` says what an edited message is already."""
    form = Form()
    dot = f"{at}." if at else ""
    form.known(at, body, KEYS[kind])
    form.length(f"{dot}content", body.get("content"), CONTENT)
    nonce = body.get("nonce")
    if nonce is not None and (not isinstance(nonce, str | int) or len(str(nonce)) > NONCE):
        form.wrong(f"{dot}nonce", "NONCE_TYPE_TOO_LONG", f"Nonce must be {NONCE} or fewer in length.")
    flags = body.get("flags") or 0
    if not isinstance(flags, int) or flags & ~_FLAGS:
        form.wrong(f"{dot}flags", "MESSAGE_FLAGS_INVALID", "These flags cannot be set.")
        flags = 0
    is_v2 = bool(flags & COMPONENTS_V2) or bool(v2)
    if v2 and "flags" in body and body["flags"] is not None and not flags & COMPONENTS_V2:
        form.wrong(f"{dot}flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "Cannot remove the flag.")
    check_embeds(form, f"{dot}embeds", body.get("embeds"))
    if is_v2:
        for key in ("content", "embeds", "sticker_ids", "poll"):
            if body.get(key):
                form.wrong(
                    f"{dot}{key}",
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    check_components(form, f"{dot}components", body.get("components"), v2=is_v2)
    _check_mentions(form, f"{dot}allowed_mentions", body.get("allowed_mentions"))
    reference = body.get("message_reference")
    if reference is not None:
        form.known(f"{dot}message_reference", reference, _REFERENCE)
        if reference.get("type", 0) == 0 and "message_id" not in reference:
            form.wrong(f"{dot}message_reference.message_id", "BASE_TYPE_REQUIRED", "This field is required")
    form.count(f"{dot}sticker_ids", body.get("sticker_ids"), 3)
    form.count(f"{dot}attachments", body.get("attachments"), FILES)
    if files > FILES:
        form.wrong(f"{dot}files", "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length.")
    form.refuse()


def check_embeds(form: Form, path: str, embeds: object) -> None:
    """Hold embeds to their own limits and to 6,000 characters together."""
    total = 0
    for at, embed in enumerate(form.count(path, embeds, EMBEDS)):
        here = f"{path}.{at}"
        form.known(here, embed, _EMBED)
        parts = [
            ("title", embed.get("title"), 256),
            ("description", embed.get("description"), 4096),
            ("footer.text", (embed.get("footer") or {}).get("text"), 2048),
            ("author.name", (embed.get("author") or {}).get("name"), 256),
        ]
        for number, entry in enumerate(form.count(f"{here}.fields", embed.get("fields"), 25)):
            parts.append((f"fields.{number}.name", entry.get("name", ""), 256))
            parts.append((f"fields.{number}.value", entry.get("value", ""), 1024))
            if not entry.get("name") or not entry.get("value"):
                form.wrong(f"{here}.fields.{number}", "BASE_TYPE_REQUIRED", "This field is required")
        for name, text, most in parts:
            form.length(f"{here}.{name}", text, most)
            total += len(text or "")
    if total > EMBED_TOTAL:
        form.wrong(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def _check_mentions(form: Form, path: str, allowed: Any) -> None:
    if allowed is None:
        return
    form.known(path, allowed, _MENTIONS)
    parse = allowed.get("parse") or []
    for at, word in enumerate(parse):
        form.among(f"{path}.parse.{at}", word, ("roles", "users", "everyone"))
    for key in ("users", "roles"):
        form.count(f"{path}.{key}", allowed.get(key), 100)
        if key in parse and allowed.get(key):
            form.wrong(
                path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f'parse:["{key}"] and {key}: [ids...] are exclusive.'
            )


def check_thread(body: Json, keys: str) -> None:
    """Hold a new or changed thread to its name, its hours and its tags."""
    form = Form()
    form.known("", body, frozenset(keys.split()))
    if "name" in body:
        form.length("name", body["name"], THREAD_NAME, 1)
    if body.get("auto_archive_duration") is not None:
        form.among("auto_archive_duration", body["auto_archive_duration"], ARCHIVE)
    slow = body.get("rate_limit_per_user")
    if slow is not None and not 0 <= slow <= 21600:
        form.wrong("rate_limit_per_user", "NUMBER_TYPE_MAX", "int value should be between 0 and 21600.")
    form.count("applied_tags", body.get("applied_tags"), 5)
    form.refuse()


def not_empty(body: Json, files: int) -> None:
    """Refuse a message in which there is nothing to see."""
    if not (
        (body.get("content") or "").strip()
        or body.get("embeds")
        or body.get("components")
        or body.get("sticker_ids")
        or body.get("poll")
        or files
        or (body.get("message_reference") or {}).get("type") == 1
    ):
        raise ApiError(50006, violation="an empty message")
