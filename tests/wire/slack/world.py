"""What exists on the emulated Slack: teams, people, rooms, files, tokens, and the clock that stamps them.

State and look-ups only. What people see lives in `transcript`, what changes the state in `methods_*` and `people`.
"""

import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.slack.bell import Bell

if TYPE_CHECKING:
    from tests.wire.slack.transcript import Message

Json = dict[str, Any]

# What a complete installation may do; a test takes some away to see `missing_scope`.
ALL_SCOPES = (
    *("app_mentions:read", "assistant:write", "channels:history", "channels:join", "channels:read", "chat:write"),
    *("chat:write.customize", "chat:write.public", "commands", "files:read", "files:write", "groups:history"),
    *("groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write"),
    *("pins:read", "pins:write", "reactions:read", "reactions:write", "team:read", "usergroups:read", "users:read"),
    "users:read.email",
)

# Each kind of room has its own word in scopes and in `channel_type`.
SCOPE_WORD = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def micros(ts: str) -> int:
    """Read a Slack timestamp as whole microseconds, so that comparing is exact."""
    whole, _, part = ts.partition(".")
    return int(whole or 0) * 1_000_000 + int((part + "000000")[:6])


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class Team:
    """One workspace that installed the app."""

    id: str
    name: str
    domain: str
    bot_token: str
    bot_user: str
    bot_id: str
    scopes: set[str]
    installed: bool = True
    rooms: dict[str, "Channel"] = field(default_factory=dict)
    people: dict[str, "User"] = field(default_factory=dict)
    dms: dict[frozenset[str], "Channel"] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Team {self.id}>"


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class User:
    """A person or bot of one team."""

    id: str
    name: str
    team: Team
    display_name: str
    real_name: str
    email: str
    is_bot: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    deleted: bool = False
    restricted: bool = False
    tz: str = "Europe/Amsterdam"
    locale: str = "en-US"

    def __repr__(self) -> str:
        return f"<User {self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """How a message names this person."""
        return f"<@{self.id}>"

    def as_json(self, *, locale: bool = False, email: bool = True) -> Json:
        """Describe the user as `users.info` does."""
        user: Json = {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "profile": {
                "real_name": self.real_name,
                "real_name_normalized": self.real_name,
                "display_name": self.display_name,
                "display_name_normalized": self.display_name,
                "avatar_hash": "0",
                "team": self.team.id,
            },
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
        }
        if not self.deleted:
            user |= {
                "color": "9f69e7",
                "tz": self.tz,
                "tz_label": self.tz,
                "tz_offset": 3600,
                "is_admin": False,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.restricted,
                "is_ultra_restricted": False,
            }
        if email and not self.is_bot:
            user["profile"]["email"] = self.email
        if self.is_bot:
            user["profile"] |= {"bot_id": self.bot_id, "api_app_id": self.app_id or ""}
        if locale:
            user["locale"] = self.locale
        return user


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class Channel:
    """A room: public channel, private group, DM (im) or group DM (mpim), and all that was said in it."""

    id: str
    name: str
    kind: str
    team: Team
    world: "World"
    members: dict[str, None] = field(default_factory=dict)
    archived: bool = False
    open: bool = True
    created: int = 1700000000
    log: list["Message"] = field(default_factory=list)
    main: list["Message"] = field(default_factory=list)
    threads: dict[str, list["Message"]] = field(default_factory=dict)
    by_ts: dict[str, "Message"] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)
    tokens: float = 0.0
    filled: float = 0.0

    def __repr__(self) -> str:
        return f"<Channel {self.name or self.kind} {self.id}>"

    @property
    def has_bot(self) -> bool:
        """Say whether the app's bot is in this room."""
        return self.team.bot_user in self.members

    @property
    def partner(self) -> str:
        """Name the person on the other side of a DM with the bot."""
        return next(user for user in self.members if user != self.team.bot_user)

    def as_json(self, *, count: bool = False) -> Json:
        """Describe the room as `conversations.info` does."""
        common: Json = {"id": self.id, "created": self.created, "is_archived": self.archived, "updated": self.created}
        if self.kind == "im":
            gone = self.world.users[self.partner].deleted
            room = common | {
                "is_im": True,
                "is_org_shared": False,
                "context_team_id": self.team.id,
                "user": self.partner,
                "is_user_deleted": gone,
                "is_open": self.open,
                "priority": 0,
            }
        else:
            room = common | {
                "name": self.name,
                "name_normalized": self.name,
                "is_channel": self.kind == "channel",
                "is_group": self.kind == "group",
                "is_im": False,
                "is_mpim": self.kind == "mpim",
                "is_private": self.kind != "channel",
                "is_general": False,
                "unlinked": 0,
                "is_shared": False,
                "is_org_shared": False,
                "is_pending_ext_shared": False,
                "is_ext_shared": False,
                "pending_shared": [],
                "context_team_id": self.team.id,
                "parent_conversation": None,
                "creator": next(iter(self.members), ""),
                "shared_team_ids": [self.team.id],
                "pending_connected_team_ids": [],
                "is_member": self.has_bot,
                "topic": {"value": "", "creator": "", "last_set": 0},
                "purpose": {"value": "", "creator": "", "last_set": 0},
                "previous_names": [],
            }
        if count:
            room["num_members"] = len(self.members)
        return room


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class File:
    """A file that a person or the bot put into Slack."""

    id: str
    team: Team
    user: str
    name: str
    title: str
    mimetype: str
    content: bytes
    base: str
    created: int
    deleted: bool = False
    upload_length: int | None = None
    shared_in: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<File {self.name} {self.id}>"

    def as_json(self) -> Json:
        """Describe the file as messages and `files.info` do."""
        if self.deleted:
            return {"id": self.id, "mode": "tombstone"}
        kind = self.name.rpartition(".")[2].lower() or "binary"
        url = f"{self.base}files-pri/{self.team.id}-{self.id}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "user_team": self.team.id,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{url}/{self.name}",
            "url_private_download": f"{url}/download/{self.name}",
            "media_display_type": "unknown",
            "permalink": f"https://{self.team.domain}.slack.com/files/{self.user}/{self.id}/{self.name}",
            "permalink_public": f"https://slack-files.com/{self.team.id}-{self.id}-0",
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A mention by the bot that rang somebody's phone: `kind` is user, here, channel, everyone or subteam."""

    kind: str
    target: str
    channel: str
    ts: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfurl:
    """A message of the bot under which Slack drew a preview of a link."""

    url: str
    channel: str
    ts: str


class World:
    """Everything that exists, with the look-ups that methods need and the bell that rings at each change."""

    def __init__(self, app_id: str, base: str) -> None:
        self.app_id = app_id
        self.base = base
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.bots: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.skew = 0.0
        self.violations: list[str] = []
        self.pings: list[Ping] = []
        self.unfurls: list[Unfurl] = []
        self.toasts: deque[tuple[str, str]] = deque(maxlen=1000)
        self._ids = itertools.count(1)
        self._last = 0
        self.bell = Bell()

    def now(self) -> float:
        """Tell Slack's time, which a fault may set wrong."""
        return time.time() + self.skew

    def new_ts(self) -> str:
        """Stamp a message: unique, and later than all before, even when the clock goes back."""
        self._last = max(int(self.now() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def new_id(self, letter: str) -> str:
        """Make an id as long as a real one."""
        return f"{letter}{next(self._ids):010d}"

    def ring(self, room: Channel | None = None) -> None:
        """Tell all who wait that something changed, and those at the room if it was there."""
        self.bell.ring()
        if room is not None:
            room.bell.ring()

    def violate(self, what: str) -> None:
        """Note something that a correct app does not do."""
        self.violations.append(what)
        self.ring()

    def toast(self, user: str, text: str) -> None:
        """Show a person one of Slack's own error bubbles."""
        self.toasts.append((user, text))
        self.ring()
