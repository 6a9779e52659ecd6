"""What people do in Slack: speak, edit, delete, react, come and go; each act sends the events that Slack sends."""

import html
import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.wire.slack import events, files
from tests.wire.slack.transcript import Message, Snapshot, record
from tests.wire.slack.world import Channel, Json, User

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# What Slack's client turns into markup while a person types. Mentions are written as the client would send them.
TYPED = re.compile(
    r"(?P<mark><(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|!(?:here|channel|everyone|subteam\^[^<>]+)|https?://[^<>\s]+|mailto:[^<>]+)>)"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<host>(?<![\w/.@-])(?:[\w-]+\.)+(?:com|org|net|io|dev|app|shop|example|de|nl|uk)\b(?:/[^\s<>]*)?)"
)


# Slack's clients send emoji by name; a few that people use much.
EMOJI = {
    "👍": ":+1:",
    "👎": ":-1:",
    "👋": ":wave:",
    "🙏": ":pray:",
    "🙂": ":slightly_smiling_face:",
    "😀": ":grinning:",
    "😊": ":blush:",
    "😂": ":joy:",
    "😡": ":rage:",
    "😢": ":cry:",
    "😭": ":sob:",
    "🤬": ":face_with_symbols_on_mouth:",
    "❤️": ":heart:",
    "🎉": ":tada:",
    "🔥": ":fire:",
    "✅": ":white_check_mark:",
    "❌": ":x:",
}


def typed(text: str) -> str:
    """Turn typed text into what Slack sends: escapes, links for addresses, names for emoji."""
    for emoji, name in EMOJI.items():
        text = text.replace(emoji, name)
    out, end = [], 0
    for match in TYPED.finditer(text):
        found, tail = match[0], ""
        if match["url"] or match["host"]:
            bare = found.rstrip(".,;:!?)\"'")
            found, tail = bare, found[len(bare) :]
        out.append(html.escape(text[end : match.start()], quote=False))
        end = match.end()
        safe = html.escape(found, quote=False)
        if match["mark"]:
            out.append(found)
        elif match["mail"]:
            out.append(f"<mailto:{safe}|{safe}>")
        elif match["host"]:
            out.append(f"<http://{safe}|{safe}>")
        else:
            out.append(f"<{safe}>")
        out.append(html.escape(tail, quote=False))
    out.append(html.escape(text[end:], quote=False))
    return "".join(out)


PIECE = re.compile(r"<([^<>]*)>")


def rich_text(text: str, block_id: str) -> list[Json]:
    """Give the rich text block that Slack's client puts beside the text."""
    pieces: list[Json] = []
    end = 0
    for match in PIECE.finditer(text):
        if match.start() > end:
            pieces.append({"type": "text", "text": html.unescape(text[end : match.start()])})
        pieces.append(_piece(match[1]))
        end = match.end()
    if end < len(text):
        pieces.append({"type": "text", "text": html.unescape(text[end:])})
    section = {"type": "rich_text_section", "elements": pieces}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _piece(inside: str) -> Json:
    body, _, label = inside.partition("|")
    if body.startswith("@"):
        return {"type": "user", "user_id": body[1:]}
    if body.startswith("#"):
        return {"type": "channel", "channel_id": body[1:]}
    if body.startswith("!subteam"):
        return {"type": "usergroup", "usergroup_id": body.partition("^")[2]}
    if body.startswith("!"):
        return {"type": "broadcast", "range": body[1:]}
    link: Json = {"type": "link", "url": html.unescape(body)}
    return link | {"text": html.unescape(label)} if label else link


def speak(
    slack: "SlackServer",
    user: User,
    room: Channel,
    text: str,
    *,
    thread: str | None,
    attached: Sequence[tuple[str, str, bytes]],
    via: str,
    raw: bool,
) -> Message:
    """Say something; `raw` text goes as it is, without the client's escapes."""
    if user.id not in room.members:
        raise AssertionError(f"{user.name} is not in {room.name or room.id}")
    if user.deleted:
        raise AssertionError(f"{user.name} is deactivated")
    if thread is not None and thread not in room.by_ts:
        raise AssertionError(f"no thread {thread} in {room.name or room.id}")
    said = text if raw else typed(text)
    message = Message(
        ts=slack.world.new_ts(),
        channel=room,
        user=user.id,
        text=said,
        client_msg_id=str(uuid.uuid4()),
        blocks=rich_text(said, slack.world.new_id("b")) if said else [],
        files=[files.new_file(slack, user.team, user.id, *one) for one in attached],
        thread_ts=thread,
        broadcast=via == "broadcast",
    )
    if message.files:
        message.subtype = "file_share"
        for file in message.files:
            file.shared_in.append(room.id)
    elif via == "broadcast":
        message.subtype = "thread_broadcast"
    elif via == "me":
        message.subtype = "me_message"
    record(message)
    events.posted(slack, message)
    return message


def speak_as_bot(
    slack: "SlackServer", bot: User, room: Channel, text: str, *, thread: str | None, classic: bool
) -> Message:
    """Let another app's bot say something; a `classic` one is an incoming webhook with subtype bot_message."""
    message = Message(
        ts=slack.world.new_ts(),
        channel=room,
        user=bot.id,
        text=text,
        bot=True,
        bot_id=bot.bot_id,
        app_id=bot.app_id,
        subtype="bot_message" if classic else None,
        username=bot.name if classic else None,
        thread_ts=thread,
    )
    record(message)
    events.posted(slack, message)
    return message


def notice(slack: "SlackServer", user: User, room: Channel, subtype: str, text: str, extra: Json) -> Message:
    """Post one of Slack's own lines: channel_join, channel_topic, reminder_add …"""
    message = Message(ts=slack.world.new_ts(), channel=room, user=user.id, text=text, subtype=subtype)
    record(message)
    ids = {"channel": room.id, "event_ts": message.ts, "channel_type": room.kind}
    events.emit(slack, room.team, message.as_json() | extra | ids, room)
    return message


def rewrite(slack: "SlackServer", user: User, message: Message, text: str, *, raw: bool) -> None:
    """Edit one's own message."""
    if message.user != user.id or message.deleted:
        raise AssertionError(f"{user.name} cannot edit {message.ts}")
    before = message.as_json()
    message.versions.append(Snapshot(text=message.text, blocks=message.blocks))
    message.text = text if raw else typed(text)
    message.blocks = rich_text(message.text, slack.world.new_id("b"))
    message.edited, message.edited_by = slack.world.new_ts(), user.id
    slack.world.ring(message.channel)
    events.changed(slack, message, before)
