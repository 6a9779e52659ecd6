"""Web API: posting, changing and deleting messages, reactions, permalinks, and the answers to a `response_url`."""

import re
from typing import TYPE_CHECKING

from tests.wire.slack import events
from tests.wire.slack.arguments import Call, Refusal
from tests.wire.slack.content import Content, check_metadata, checked, mentions, watch
from tests.wire.slack.rooms import dm_with, room_of
from tests.wire.slack.transcript import Message, Snapshot, record
from tests.wire.slack.world import Channel, Json, Team

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

THREAD = re.compile(r"\d{9,10}\.\d{6}")

# chat.update takes far less than chat.postMessage does: seen in the field, on no reference page.
MOST_UPDATED = 4000


def post_message(slack: "SlackServer", call: Call) -> Json:
    """Post into a room, thread or DM (a user's id opens the DM)."""
    name = call.text("channel")
    if name in call.team.people:
        call.args["channel"] = dm_with(call.team, [name], slack.world).id
    room = room_of(slack, call, post=True)
    content = checked(call.args, slack.world, "chat.postMessage")
    metadata = check_metadata(call.args.get("metadata"), "chat.postMessage")
    thread = _thread(slack, room, call.args.get("thread_ts"), "chat.postMessage")
    if call.flag("reply_broadcast") and thread is None:
        slack.world.violate("chat.postMessage: reply_broadcast without thread_ts")
    slack.rights.pace(room)
    message = own_message(slack, room, content, thread=thread)
    message.metadata = metadata or None
    message.username = call.args.get("username")
    message.broadcast = call.flag("reply_broadcast") and thread is not None
    message.subtype = "thread_broadcast" if message.broadcast else None
    record(message)
    if call.args.get("thread_ts") and thread is None:
        slack.unthreaded.append(message)
    quiet = call.args.get("unfurl_links") is False and call.args.get("unfurl_media") is False
    watch(message, unfurls=not quiet, named=call.flag("link_names") or call.text("parse") == "full")
    events.posted(slack, message)
    answer: Json = {"channel": room.id, "ts": message.ts, "message": message.as_json(metadata=True)}
    if content.truncated:
        what = "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."
        answer |= {"warning": "message_truncated"}
        answer["response_metadata"] = {"messages": [what], "warnings": ["message_truncated"]}
    return answer


def own_message(slack: "SlackServer", room: Channel, content: Content, *, thread: str | None) -> Message:
    """Make a message of the bot, not yet put into its room."""
    return Message(
        ts=slack.world.new_ts(),
        channel=room,
        user=room.team.bot_user,
        bot=True,
        bot_id=room.team.bot_id,
        app_id=slack.app_id,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=thread,
    )


def _thread(slack: "SlackServer", room: Channel, ts: str | None, where: str) -> str | None:
    """Find the thread to post into; one whose parent is gone is silently none (slack-go/slack#1571)."""
    if not ts:
        return None
    if not THREAD.fullmatch(ts):
        raise Refusal("invalid_thread_ts", wrong=f"{where}: thread_ts {ts!r}")
    parent = room.by_ts.get(ts)
    if parent is None or (parent.deleted and not parent.replies):
        return None
    if parent.is_reply:
        # Slack takes it, and files it where a later deletion loses it.
        slack.world.violate(f"{where}: thread_ts {ts} is the ts of a reply")
        return parent.thread_ts
    return parent.ts


def _own(call: Call, room: Channel, ts: str, error: str) -> Message:
    message = room.by_ts.get(ts)
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    if message.bot_id != call.team.bot_id:
        raise Refusal(error, wrong=f"{call.method}: {ts} is not the bot's message")
    return message


def update(slack: "SlackServer", call: Call) -> Json:
    """Change a message of the bot. Text without blocks takes the blocks away; other parts not sent stay."""
    room = room_of(slack, call)
    if room.archived:
        raise Refusal("is_inactive")
    message = _own(call, room, call.text("ts"), "cant_update_message")
    content = checked(call.args, slack.world, "chat.update", update=True)
    metadata = check_metadata(call.args.get("metadata"), "chat.update")
    if not content.given and "file_ids" not in call.args:
        raise Refusal("no_text", wrong="chat.update: nothing to change")
    if len(content.text) > MOST_UPDATED:
        raise Refusal("msg_too_long", wrong=f"chat.update: text of {len(content.text)} characters")
    if "text" in content.given:
        content.given.add("blocks")
    slack.rights.pace(room)
    before, rung = message.as_json(), mentions(message)
    change(slack, message, content)
    if metadata is not None:
        message.metadata = metadata or None
    named = call.flag("link_names") or call.text("parse") == "full"
    watch(message, unfurls=False, named=named, known=rung)
    events.changed(slack, message, before)
    return {"channel": room.id, "ts": message.ts, "text": message.text, "message": message.as_json(metadata=True)}


def change(slack: "SlackServer", message: Message, content: Content) -> None:
    """Put new content into a message and keep the old for those who saw it."""
    message.versions.append(Snapshot(text=message.text, blocks=message.blocks))
    if "text" in content.given:
        message.text = content.text
    if "blocks" in content.given:
        message.blocks = content.blocks
    if "attachments" in content.given:
        message.attachments = content.attachments
    # Slack shows "(edited)" only where it renders the text.
    if not message.blocks:
        message.edited, message.edited_by = slack.world.new_ts(), message.user
    slack.world.ring(message.channel)


def delete(slack: "SlackServer", call: Call) -> Json:
    """Delete a message of the bot."""
    room = room_of(slack, call)
    message = _own(call, room, call.text("ts"), "cant_delete_message")
    slack.erase(message)
    return {"channel": room.id, "ts": message.ts}


def post_ephemeral(slack: "SlackServer", call: Call) -> Json:
    """Show a message to one member of a room, until they reload."""
    room = room_of(slack, call, post=True)
    user = call.text("user")
    if user not in call.team.people:
        raise Refusal("user_not_found")
    if user not in room.members:
        raise Refusal("user_not_in_channel")
    content = checked(call.args, slack.world, "chat.postEphemeral")
    thread = _thread(slack, room, call.args.get("thread_ts"), "chat.postEphemeral")
    slack.rights.pace(room)
    message = own_message(slack, room, content, thread=thread)
    message.ephemeral_to = user
    if slack.faults.lost_ephemerals:
        slack.faults.lost_ephemerals -= 1
    else:
        record(message)
    return {"message_ts": message.ts}


def permalink(slack: "SlackServer", call: Call) -> Json:
    """Link to a message."""
    room, ts = room_of(slack, call), call.text("message_ts")
    message = room.by_ts.get(ts)
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    link = f"https://{call.team.domain}.slack.com/archives/{room.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={room.id}"
    return {"channel": room.id, "permalink": link}


def react(slack: "SlackServer", call: Call) -> Json:
    """Add the bot's reaction."""
    message = _target(slack, call)
    users = message.reactions.setdefault(call.text("name"), [])
    if call.team.bot_user in users:
        raise Refusal("already_reacted")
    users.append(call.team.bot_user)
    events.reacted(slack, message, call.team.bot_user, call.text("name"), added=True)
    return {}


def unreact(slack: "SlackServer", call: Call) -> Json:
    """Take the bot's reaction away."""
    message, name = _target(slack, call), call.text("name")
    if call.team.bot_user not in message.reactions.get(name, ()):
        raise Refusal("no_reaction")
    slack.unreact(message, call.team.bot_user, name)
    return {}


def reactions(slack: "SlackServer", call: Call) -> Json:
    """Give the reactions on a message."""
    message = _target(slack, call)
    return {"type": "message", "channel": message.channel.id, "message": message.as_json()}


MOST_PINS = 100


def pin(slack: "SlackServer", call: Call) -> Json:
    """Pin a message for everybody in the room, and say so there."""
    message = _target(slack, call)
    room = message.channel
    if message.ts in room.pins:
        raise Refusal("already_pinned")
    if len(room.pins) >= MOST_PINS:
        raise Refusal("too_many_pins")
    room.pins.append(message.ts)
    return {}


def unpin(slack: "SlackServer", call: Call) -> Json:
    """Take a pin away."""
    message = _target(slack, call)
    if message.ts not in message.channel.pins:
        raise Refusal("no_pin")
    message.channel.pins.remove(message.ts)
    return {}


def pins(slack: "SlackServer", call: Call) -> Json:
    """Give what is pinned in a room, the latest first."""
    room = room_of(slack, call)
    shown = [room.by_ts[ts] for ts in reversed(room.pins) if not room.by_ts[ts].deleted]
    return {"items": [{"type": "message", "channel": room.id, "message": each.as_json()} for each in shown]}


def _target(slack: "SlackServer", call: Call) -> Message:
    room = room_of(slack, call)
    message = room.by_ts.get(call.text("timestamp"))
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    name = call.args.get("name")
    if name is not None and not str(name).replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
        raise Refusal("invalid_name", wrong=f"{call.method}: {name!r} is no emoji")
    return message


RESPONSE = {
    *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"),
    *("metadata", "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "parse"),
}


def respond(
    slack: "SlackServer", team: Team, room: Channel, user: str, body: Json, original: Message | None, where: str
) -> Message | None:
    """Do what an app asks through a `response_url` or in the answer to a slash command."""
    unknown = body.keys() - RESPONSE
    if unknown:
        raise Refusal("invalid_arguments", wrong=f"{where}: unknown argument {', '.join(sorted(unknown))}")
    if body.get("delete_original"):
        if original is not None:
            slack.erase(original)
        return None
    content = checked(body, slack.world, where)
    if body.get("replace_original") and original is not None:
        before, rung = original.as_json(), mentions(original)
        # Unlike chat.update, a replacement replaces all.
        content.given = {"text", "blocks", "attachments"}
        change(slack, original, content)
        if original.ephemeral_to is None:
            watch(original, unfurls=False, known=rung)
            events.changed(slack, original, before)
        return original
    message = own_message(slack, room, content, thread=body.get("thread_ts"))
    if body.get("response_type", "ephemeral") == "ephemeral":
        message.ephemeral_to = user
    message.metadata = check_metadata(body.get("metadata"), where) or None
    record(message)
    watch(message, unfurls=False)
    if message.ephemeral_to is None:
        events.posted(slack, message)
    return message
