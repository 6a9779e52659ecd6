"""What a bot puts into a message: checked against Slack's limits, and watched for mentions and link previews."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.wire.slack.arguments import Refusal, malformed
from tests.wire.slack.blocks import MOST_TEXT, check_blocks, with_ids
from tests.wire.slack.transcript import Message
from tests.wire.slack.world import Json, Ping, Unfurl, World

MOST_CHARACTERS = 40_000
MOST_ATTACHMENTS = 100
ATTACHMENT = {
    *("actions", "author_icon", "author_link", "author_name", "blocks", "callback_id", "color", "fallback", "fields"),
    *("footer", "footer_icon", "id", "image_url", "mrkdwn_in", "pretext", "text", "thumb_url", "title", "title_link"),
    *("ts", "attachment_type", "metadata"),
}

MENTION = re.compile(r"<(?:@([UW]\w+)|!(here|channel|everyone)|!subteam\^(S\w+))(?:\|[^>]*)?>")
NAMED = re.compile(r"(?<!\w)@(here|channel|everyone|[a-z][\w.-]*)")
LINK = re.compile(r"https?://[^\s<>|]+")


@dataclass(slots=True, kw_only=True)
class Content:
    """The checked content; `given` tells an update which parts the app sent at all."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    given: set[str]
    truncated: bool = False


def checked(args: Json, world: World, where: str, *, update: bool = False) -> Content:
    """Check text, blocks and attachments of one message; refuse with Slack's error."""
    text, truncated = str(args.get("text") or ""), False
    blocks = args.get("blocks") or []
    attachments = args.get("attachments") or []
    given = {name for name in ("text", "blocks", "attachments") if args.get(name) is not None}
    if args.get("markdown_text") is not None:
        if given:
            raise Refusal("markdown_text_conflict", wrong=f"{where}: markdown_text beside {', '.join(sorted(given))}")
        blocks = [{"type": "markdown", "text": args["markdown_text"]}]
        given = {"text", "blocks"}
    problems, length = check_blocks(blocks)
    if problems:
        raise malformed("invalid_blocks", problems)
    if length > MOST_TEXT:
        raise Refusal("msg_blocks_too_long", wrong=f"{where}: {length} characters in blocks")
    _check_attachments(attachments, where)
    if not text.strip() and not blocks and not attachments and not (update and given):
        raise Refusal("no_text", wrong=f"{where}: no text")
    if len(text) > MOST_CHARACTERS:
        world.violate(f"{where}: text of {len(text)} characters was truncated")
        text, truncated = text[:MOST_CHARACTERS], True
    return Content(text=text, blocks=with_ids(blocks), attachments=list(attachments), given=given, truncated=truncated)


def _check_attachments(attachments: Any, where: str) -> None:
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise Refusal("invalid_attachments", wrong=f"{where}: attachments must be a list of objects")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments", wrong=f"{where}: {len(attachments)} attachments")
    problems: list[str] = []
    for index, attachment in enumerate(attachments):
        problems += [
            f"invalid additional property: {key} [/attachments/{index}]" for key in attachment.keys() - ATTACHMENT
        ]
        problems += check_blocks(attachment.get("blocks", []))[0]
    if problems:
        raise malformed("invalid_attachments", problems)


def check_metadata(metadata: Any, where: str) -> Json | None:
    """Check message metadata; an empty object takes it away."""
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    good = (
        isinstance(metadata, dict)
        and metadata.keys() <= {"event_type", "event_payload", "entities"}
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
        and 0 < len(metadata["event_type"]) <= 255
    )
    if not good:
        raise Refusal("invalid_metadata_format", wrong=f"{where}: metadata {metadata!r}")
    return dict(metadata)


def _strings(value: Any) -> Iterator[str]:
    """Walk all texts in which Slack looks for mentions: markup, not plain text."""
    if isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield str(value.get("text", ""))
        elif kind == "user":
            yield f"<@{value['user_id']}>"
        elif kind == "broadcast":
            yield f"<!{value['range']}>"
        elif kind == "usergroup":
            yield f"<!subteam^{value['usergroup_id']}>"
        elif kind == "link":
            yield str(value["url"])
        elif kind != "plain_text":
            for inner in value.values():
                yield from _strings(inner)


def _texts(message: Message) -> list[str]:
    # Beside blocks the text is only the fallback of a notification: it rings nobody.
    texts = list(_strings(message.blocks)) if message.blocks else [message.text]
    return texts + [str(a.get(key, "")) for a in message.attachments for key in ("text", "pretext")]


def mentions(message: Message, *, named: bool = False) -> list[tuple[str, str, str]]:
    """Find who is rung: (kind, target, text). `named`: plain @names are mentions too."""
    found = []
    for text in _texts(message):
        for match in MENTION.finditer(text):
            kind = "user" if match[1] else match[2] or "subteam"
            found.append((kind, match[1] or match[2] or match[3], text))
        if named:
            for match in NAMED.finditer(text):
                found.append((match[1] if match[1] in ("here", "channel", "everyone") else "user", match[1], text))
    return found


def watch(message: Message, *, unfurls: bool, named: bool = False, known: Sequence[tuple[str, str, str]] = ()) -> None:
    """Note who is rung by the message, apart from those `known` before an edit; and which links get a preview."""
    world, room = message.channel.world, message.channel
    rung = {(kind, target) for kind, target, _ in known}
    if message.ephemeral_to is None:
        for kind, target, text in mentions(message, named=named):
            if (kind, target) not in rung:
                world.pings.append(Ping(kind=kind, target=target, channel=room.id, ts=message.ts, text=text))
    if unfurls:
        links = [match[0] for text in _texts(message) for match in LINK.finditer(text)]
        world.unfurls += [Unfurl(url=link, channel=room.id, ts=message.ts) for link in links]
