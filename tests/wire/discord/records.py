"""What there is on the platform: guilds, people, roles, channels, threads, messages. Plain records without behaviour
beyond what a person can read off them; who may change them and who hears of it is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord import shown

Json = dict[str, Any]

KINDS = {"text": 0, "dm": 1, "voice": 2, "category": 4, "announcement": 5, "forum": 15, "media": 16}
THREADS = (10, 11, 12)

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2
HAS_THREAD = 1 << 5
SILENT = 1 << 12
COMPONENTS_V2 = 1 << 15


@dataclass(eq=False, slots=True)
class User:
    """A person or a bot. `dms` is "open" or "closed"; `blocked` means that this person blocked our bot."""

    id: int
    name: str
    display: str
    bot: bool = False
    dms: str = "open"
    blocked: bool = False
    guilds: set[int] = field(default_factory=set)
    modals: list[Modal] = field(default_factory=list)

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    id: int
    guild: Guild
    name: str
    permissions: int
    position: int
    managed: bool = False
    mentionable: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(eq=False, slots=True)
class Member:
    user: User
    guild: Guild
    roles: list[int]
    joined_at: float
    nick: str | None = None


@dataclass(eq=False, slots=True)
class Guild:
    id: int
    name: str
    owner: User
    locale: str = "en-US"
    members: dict[int, Member] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    active: set[int] = field(default_factory=set)  # ids of the threads that are not archived
    available: bool = True


@dataclass(eq=False, slots=True)
class Tag:
    id: int
    name: str
    moderated: bool = False
    emoji: str | None = None


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, a thread or a DM. `members` holds a thread's people; `tags` the names on a post."""

    id: int
    name: str
    type: int
    guild: Guild | None = None
    parent: Channel | None = None
    topic: str | None = None
    position: int = 0
    slowmode: int = 0
    overwrites: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # target: (kind, allow, deny)
    available_tags: list[Tag] = field(default_factory=list)
    requires_tag: bool = False
    recipient: User | None = None
    owner: User | None = None
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    archived_at: float = 0.0
    created_at: float = 0.0
    applied: list[int] = field(default_factory=list)
    pinned_post: bool = False
    joined: dict[int, float] = field(default_factory=dict)  # a thread's people and when they came
    people: dict[int, User] = field(default_factory=dict)
    deleted: bool = False
    sent: int = 0
    last_message: int | None = None
    book: dict[int, Message] = field(default_factory=dict)  # every message there ever was, by id
    order: list[int] = field(default_factory=list)  # their ids, ascending
    threads: dict[int, Channel] = field(default_factory=dict)
    pins: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        if self.type in THREADS:
            return "thread"
        return next(name for name, number in KINDS.items() if number == self.type)

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS

    @property
    def private(self) -> bool:
        return self.type in (1, 12)

    @property
    def tags(self) -> list[str]:
        if self.parent is None:
            return [tag.name for tag in self.available_tags]
        names = {tag.id: tag.name for tag in self.parent.available_tags}
        return [names[tag] for tag in self.applied if tag in names]

    @property
    def members(self) -> list[User]:
        if self.recipient is not None:
            return [self.recipient]
        return list(self.people.values())

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"


@dataclass(eq=False, slots=True)
class Attachment:
    id: int
    name: str
    mime: str
    data: bytes
    description: str | None = None
    spoiler: bool = False

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(eq=False, slots=True)
class Sticker:
    id: int
    name: str


@dataclass(eq=False, slots=True)
class Message:
    """A message as the platform keeps it; `shown` is what a person reads."""

    id: int
    channel: Channel
    author: User
    content: str
    sent_at: float
    type: int = 0
    flags: int = 0
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    unfurled: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    stickers: list[Sticker] = field(default_factory=list)
    reactions: dict[str, dict[int, User]] = field(default_factory=dict)
    reference: Message | None = None
    lost_reference: Json | None = None
    forwarded: Json | None = None
    forwarded_from: Message | None = None
    nonce: str | None = None
    poll: Json | None = None
    tts: bool = False
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    thread: Channel | None = None
    ephemeral_to: User | None = None
    webhook: bool = False
    interaction: Json | None = None
    edited_at: float | None = None
    edits: list[str] = field(default_factory=list)
    deleted: bool = False
    pinned: bool = False
    silent: bool = False
    names: dict[str, str] = field(default_factory=dict)

    @property
    def bot(self) -> bool:
        return self.author.bot

    @property
    def edited(self) -> bool:
        return self.edited_at is not None

    @property
    def loading(self) -> bool:
        """Whether it stands as "… is thinking"."""
        return bool(self.flags & LOADING)

    @property
    def system(self) -> bool:
        return self.type not in (0, 19, 20, 23)

    @property
    def shown(self) -> str:
        return shown.message_text(self.content, self.components, self.embeds, self.poll, self.forwarded, self.names)

    @property
    def buttons(self) -> list[str]:
        """Labels of the buttons that can be pressed."""
        return [
            shown.label(item) for item in shown.walk(self.components) if item["type"] == 2 and not item.get("disabled")
        ]

    @property
    def selects(self) -> list[Json]:
        return [item for item in shown.walk(self.components) if item["type"] in (3, 5, 6, 7, 8)]


@dataclass(eq=False, slots=True)
class Modal:
    """A form open in front of one person."""

    user: User
    title: str
    custom_id: str
    components: list[Json]
    channel: Channel
    message: Message | None

    @property
    def inputs(self) -> list[Json]:
        """The fields in reading order; each has its custom_id, and its label also where a Label wraps it."""
        found = []
        for row in self.components:
            if row["type"] == 18:
                found.append({**row["component"], "label": row["label"]})
            elif row["type"] == 1:
                found += row["components"]
        return found

    @property
    def labels(self) -> list[str]:
        return [item.get("label") or "" for item in self.inputs]


@dataclass(frozen=True, slots=True)
class Ping:
    """A mention that rang: `kind` is user, role, everyone, here or reply; `edit` when an edit brought it."""

    message: Message
    kind: str
    target: int
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Unfurl:
    """A preview that the platform made from a link in our bot's words."""

    message: Message
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the platform saw it; `route` is the template, `status` 0 when the wire was cut."""

    at: float
    method: str
    path: str
    route: str
    status: int
    body: Json | list[Any] | None
