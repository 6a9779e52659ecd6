"""Messages as people see them, and the record of a room: what was said, edited, deleted, to whom it was shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.wire.slack.shown import elements_of, label_of, plain, read_blocks
from tests.wire.slack.world import Channel, File, Json


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class Message:
    """One message; the object lives on, so an edit shows on it. Ephemerals carry their only reader."""

    ts: str
    channel: Channel
    user: str
    text: str
    bot: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    edited: str | None = None
    edited_by: str | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    versions: list["Snapshot"] = field(default_factory=list)
    states: dict[str, Json] = field(default_factory=dict)

    def __repr__(self) -> str:
        marks = f" in {self.thread_ts}" if self.is_reply else ""
        marks += f" only to {self.ephemeral_to}" if self.ephemeral_to else ""
        marks += " deleted" if self.deleted else ""
        return f"<Message {self.ts} by {self.user}{marks}: {self.shown!r} {self.buttons or ''}>"

    @property
    def shown(self) -> str:
        """Read the message as a person does: blocks if there are some, else the text; marks resolved."""
        names = self.channel.world
        lines = [read_blocks(self.blocks, names)] if self.blocks else [plain(self.text, names)]
        for attachment in self.attachments:
            inner = attachment.get("blocks")
            read = read_blocks(inner, names) if inner else plain(str(attachment.get("text", "")), names)
            lines += [plain(str(attachment.get(key, "")), names) for key in ("pretext", "title")] + [read]
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self) -> list[str]:
        """List the labels of the buttons, in order."""
        return [label_of(e, self.channel.world) for _, e in elements_of(self.blocks) if e["type"] == "button"]

    @property
    def is_reply(self) -> bool:
        """Say whether the message stands in a thread below another."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def replies(self) -> list["Message"]:
        """List the replies that are still there, without ephemerals."""
        return [m for m in self.channel.threads.get(self.ts, ()) if not m.deleted and m.ephemeral_to is None]

    def as_json(self, *, metadata: bool = False) -> Json:
        """Describe the message as history and events do."""
        team = self.channel.team
        if self.deleted:
            # A deleted parent leaves a stone over its replies.
            stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "ts": self.ts}
            return stone | {"text": "This message was deleted.", "thread_ts": self.ts} | self._thread_facts()
        out: Json = {"type": "message", "ts": self.ts, "text": self.text}
        if self.subtype:
            out["subtype"] = self.subtype
        if self.subtype != "bot_message":
            out |= {"user": self.user, "team": team.id}
        if self.client_msg_id:
            out["client_msg_id"] = self.client_msg_id
        if self.bot_id:
            out["bot_id"] = self.bot_id
            if self.subtype != "bot_message":
                out["app_id"] = self.app_id
                out["bot_profile"] = {
                    "id": self.bot_id,
                    "app_id": self.app_id,
                    "user_id": self.user,
                    "name": self.username or self.channel.world.users[self.user].name,
                    "icons": {},
                    "deleted": False,
                    "updated": 1700000000,
                    "team_id": team.id,
                }
        if self.username:
            out["username"] = self.username
        if self.blocks:
            out["blocks"] = self.blocks
        if self.attachments:
            out["attachments"] = self.attachments
        if self.files:
            out |= {"files": [file.as_json() for file in self.files], "upload": False}
        if self.edited:
            out["edited"] = {"user": self.edited_by, "ts": self.edited}
        if self.thread_ts:
            out["thread_ts"] = self.thread_ts
        if self.is_reply:
            parent = self.channel.by_ts.get(self.thread_ts or "")
            if parent is not None:
                out["parent_user_id"] = parent.user
        out |= self._thread_facts()
        if self.reactions:
            out["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in self.reactions.items()]
        if metadata and self.metadata:
            out["metadata"] = self.metadata
        return out

    def _thread_facts(self) -> Json:
        if self.is_reply or self.ts not in self.channel.threads:
            return {}
        replies = self.replies
        if not replies:
            return {}
        users = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": self.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users[:5],
            "is_locked": False,
            "subscribed": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a message was before an edit: a person may still press what they saw."""

    text: str
    blocks: list[Json]


def record(message: Message) -> Message:
    """Put a message into its room, in the order of time."""
    room = message.channel
    room.log.append(message)
    if message.ephemeral_to is None:
        room.by_ts[message.ts] = message
    if message.is_reply:
        assert message.thread_ts is not None
        room.threads.setdefault(message.thread_ts, []).append(message)
        parent = room.by_ts.get(message.thread_ts)
        if parent is not None:
            parent.thread_ts = parent.ts
    if not message.is_reply or message.broadcast:
        room.main.append(message)
    room.world.ring(room)
    return message


def visible(message: Message, viewer: str | None) -> bool:
    """Say whether `viewer` (nobody in particular if None) could read the message."""
    if viewer is None:
        return True
    room = message.channel
    inside = viewer in room.members or room.kind == "channel"
    return inside and message.ephemeral_to in (None, viewer)


def seen(room: Channel, thread: str | None, viewer: str | None) -> Iterator[Message]:
    """Walk what stands in the room (or in one thread, its parent last) before the eyes of `viewer`, latest first."""
    lines = room.main if thread is None else room.threads.get(thread, [])
    for message in reversed(lines):
        if not message.deleted and visible(message, viewer):
            yield message
    parent = room.by_ts.get(thread) if thread is not None else None
    if parent is not None and not parent.deleted and visible(parent, viewer):
        yield parent
