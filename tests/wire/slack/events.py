"""The events that Slack sends when something happens, in Slack's shapes; sent only to an app that may know."""

from typing import TYPE_CHECKING

from tests.wire.slack.transcript import Message
from tests.wire.slack.world import SCOPE_WORD, Channel, Json, Team

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# The scope behind each subscription; `message` depends on the kind of room.
SCOPES = {
    "app_mention": "app_mentions:read",
    "app_home_opened": "",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_left": "channels:read",
    "channel_unarchive": "channels:read",
    "file_shared": "files:read",
    "group_left": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}


def wrapped(slack: "SlackServer", team: Team, event: Json) -> Json:
    """Put an event into the envelope of the Events API, with a fresh event id."""
    authorization = {
        "enterprise_id": None,
        "team_id": team.id,
        "user_id": team.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "verification-token",
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": slack.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": slack.world.new_id("Ev"),
        "event_time": int(slack.world.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{team.id}",
    }


def emit(slack: "SlackServer", team: Team, event: Json, room: Channel | None = None) -> None:
    """Send an event if the app is subscribed, has the scope, and its bot is in the room."""
    kind = event["type"]
    if kind not in slack.subscriptions or not team.installed or (room is not None and not room.has_bot):
        return
    scope = f"{SCOPE_WORD[room.kind]}:history" if kind == "message" and room is not None else SCOPES.get(kind, "")
    if scope and scope not in team.scopes:
        return
    slack.courier.send("events_api", wrapped(slack, team, event))


def _message(message: Message) -> Json:
    room = message.channel
    event = message.as_json(metadata=True)
    for name in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
        event.pop(name, None)
    if message.broadcast:
        parent = room.by_ts.get(message.thread_ts or "")
        if parent is not None:
            event["root"] = parent.as_json()
    return event | {"channel": room.id, "event_ts": message.ts, "channel_type": room.kind}


def posted(slack: "SlackServer", message: Message) -> None:
    """Tell of a new message; one that mentions the bot comes twice, under two event ids."""
    room = message.channel
    event = _message(message)
    emit(slack, room.team, event, room)
    mentioned = f"<@{room.team.bot_user}" in message.text and message.user != room.team.bot_user
    if mentioned and room.kind in ("channel", "group") and message.subtype in (None, "file_share", "thread_broadcast"):
        mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
        emit(slack, room.team, mention | {"type": "app_mention"}, room)
    for file in message.files:
        shared = {"type": "file_shared", "file_id": file.id, "user_id": message.user, "file": {"id": file.id}}
        emit(slack, room.team, shared | {"channel_id": room.id, "event_ts": message.ts}, room)


def changed(slack: "SlackServer", message: Message, before: Json) -> None:
    """Tell of an edit."""
    room, ts = message.channel, slack.world.new_ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": message.as_json(metadata=True) | {"source_team": room.team.id, "user_team": room.team.id},
        "previous_message": before,
        "channel": room.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": room.kind,
    }
    emit(slack, room.team, event, room)


def previewed(slack: "SlackServer", message: Message, url: str) -> None:
    """Tell of a link preview under a person's message: an edit that nobody made, so it has no `edited`."""
    before = message.as_json()
    message.attachments = [{"from_url": url, "original_url": url, "id": 1, "fallback": "Preview", "title": "Preview"}]
    slack.world.ring(message.channel)
    changed(slack, message, before)


def deleted(slack: "SlackServer", message: Message, before: Json) -> None:
    """Tell of a deletion; a parent with replies turns to a tombstone instead."""
    if not message.is_reply and message.replies:
        changed(slack, message, before)
        return
    room, ts = message.channel, slack.world.new_ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": room.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": room.kind,
    }
    emit(slack, room.team, event, room)


def reacted(slack: "SlackServer", message: Message, user: str, name: str, *, added: bool) -> None:
    """Tell of a reaction put or taken."""
    slack.world.ring()
    event = {
        "type": "reaction_added" if added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": slack.world.new_ts(),
    }
    emit(slack, message.channel.team, event, message.channel)


def moved(slack: "SlackServer", room: Channel, user: str, *, joined: bool) -> None:
    """Tell of somebody entering or leaving."""
    event: Json = {
        "type": "member_joined_channel" if joined else "member_left_channel",
        "user": user,
        "channel": room.id,
        "channel_type": "C" if room.kind == "channel" else "G",
        "team": room.team.id,
        "event_ts": slack.world.new_ts(),
    }
    emit(slack, room.team, event, room)
