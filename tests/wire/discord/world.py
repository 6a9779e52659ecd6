"""The platform's memory and its rules about who may what. It tells the gateway of every change and wakes whoever waits
for one; it knows nothing of HTTP or sockets."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.wire.discord import permissions
from tests.wire.discord.errors import ApiError
from tests.wire.discord.ids import Clock, Snowflakes
from tests.wire.discord.records import Attachment, Call, Channel, Guild, Member, Message, Ping, Role, Unfurl, User

Json = dict[str, Any]

GUILDS, MEMBERS, MESSAGES, REACTIONS, TYPING = 1 << 0, 1 << 1, 1 << 9, 1 << 10, 1 << 11
DM_MESSAGES, DM_REACTIONS, DM_TYPING, CONTENT, PRESENCES = 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 8
PRIVILEGED = {"members": MEMBERS, "content": CONTENT, "presences": PRESENCES}


@dataclass(slots=True)
class Event:
    """Something for the gateway. `data` is what a session with message content reads; `bare` what one without does.

    `sent` is called with the number of copies when a session that is connected got it.
    """

    name: str
    data: Json
    guild: int | None
    intent: int
    bare: Json | None = None
    sent: Callable[[int], None] | None = None


class World:
    """Everything there is, by id."""

    def __init__(self, *, privileged: Iterable[str]) -> None:
        self.clock = Clock()
        self.ids = Snowflakes(self.clock)
        self.application_id = self.ids.next()
        self.bot = User(self.application_id, "frontdesk", "Frontdesk", bot=True)
        self.token = f"{self.application_id}.emulated.token"
        self.privileged = set(privileged)
        self.origin = ""
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.commands: dict[int | None, list[Json]] = {None: []}
        self.files: dict[int, Attachment] = {}
        self.nonces: dict[str, tuple[float, Message]] = {}
        self.nonce_window = 180.0
        self.max_file = 10 * 1024 * 1024
        self.max_active_threads = 1000
        self.max_channels = 500
        self.cdn_life = 24 * 3600.0
        self.unfurl_links = True
        self.violations: list[str] = []
        self.pings: list[Ping] = []
        self.unfurls: list[Unfurl] = []
        self.typing: list[tuple[Channel, User]] = []
        self.call_log: deque[Call] = deque(maxlen=100_000)
        self.calls = 0
        self.emit: Callable[[Event], None] = lambda event: None
        self._change = asyncio.Event()

    # Waiting for change: one event object per change, so that nobody misses one and nobody polls.

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        change, self._change = self._change, asyncio.Event()
        change.set()

    async def changed(self, most: float) -> None:
        """Wait for the next change, or for `most` seconds."""
        try:
            async with asyncio.timeout(most):
                await self._change.wait()
        except TimeoutError:
            return

    def tell(self, name: str, data: Json, *, guild: Guild | None, intent: int, bare: Json | None = None) -> None:
        """Send an event to the bot's sessions."""
        self.emit(Event(name, data, guild.id if guild else None, intent, bare))
        self.touch()

    def violate(self, text: str) -> None:
        self.violations.append(text)
        self.touch()

    @property
    def reads_content(self) -> bool:
        return "content" in self.privileged

    # Rights

    def rights(self, user: User, channel: Channel) -> int:
        """Add up what a person may do in a channel; a thread asks its parent."""
        if channel.guild is None:
            return permissions.ALL if user is self.bot or user is channel.recipient else 0
        guild = channel.guild
        member = guild.members.get(user.id)
        if member is None:
            return 0
        base = self.base_rights(member)
        place = channel.parent if channel.is_thread and channel.parent else channel
        folded = ((target, allow, deny) for target, (_, allow, deny) in place.overwrites.items())
        return permissions.in_channel(base, folded, user=user.id, guild=guild.id, roles=set(member.roles))

    def base_rights(self, member: Member) -> int:
        """Add up what roles give in the whole guild."""
        guild = member.guild
        if member.user is guild.owner:
            return permissions.ALL
        base = guild.roles[guild.id].permissions
        for role in member.roles:
            base |= guild.roles[role].permissions
        return permissions.ALL if base & permissions.ADMINISTRATOR else base

    def may(self, user: User, channel: Channel, *names: str) -> bool:
        needed = permissions.mask(names)
        return self.rights(user, channel) & needed == needed

    def sees(self, user: User, channel: Channel) -> bool:
        """Say whether a channel is on a person's screen; private threads only for those inside and moderators."""
        if not self.may(user, channel, "VIEW_CHANNEL"):
            return False
        return channel.type != 12 or user.id in channel.people or self.may(user, channel, "MANAGE_THREADS")

    def require(self, channel: Channel, *names: str) -> None:
        """Refuse the bot what it may not."""
        if not self.sees(self.bot, channel):
            raise ApiError(50001)
        if names and not self.may(self.bot, channel, *names):
            raise ApiError(50013)

    # Finding

    def channel(self, key: str) -> Channel:
        found = self.channels.get(_number(key))
        if found is None or found.deleted or (found.guild and found.guild.id not in self.guilds):
            raise ApiError(10003)
        return found

    def guild(self, key: str) -> Guild:
        found = self.guilds.get(_number(key))
        if found is None:
            raise ApiError(10004)
        if self.bot.id not in found.members:
            raise ApiError(50001)
        return found

    def message(self, channel: Channel, key: str) -> Message:
        """Find a message that the bot may fetch: not deleted, not ephemeral."""
        found = channel.book.get(_number(key))
        if found is None or found.deleted or found.ephemeral_to is not None:
            raise ApiError(10008)
        return found

    def user(self, key: str) -> User:
        found = self.bot if key == "@me" else self.users.get(_number(key))
        if found is None:
            raise ApiError(10013)
        return found

    # Making

    def add_user(self, name: str, display: str, *, dms: str, bot: bool) -> User:
        user = User(self.ids.next(), name, display, bot=bot, dms=dms)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str) -> Guild:
        """Make a guild with an owner, the everyone role and our bot with its own role."""
        owner = self.add_user(f"owner-of-{len(self.guilds) + 1}", "Owner", dms="open", bot=False)
        guild = Guild(self.ids.next(), name, owner)
        guild.roles[guild.id] = Role(guild.id, guild, "@everyone", permissions.mask(permissions.EVERYBODY), 0)
        own = Role(self.ids.next(), guild, "Frontdesk", permissions.mask(permissions.BOT), 1, managed=True)
        guild.roles[own.id] = own
        self.guilds[guild.id] = guild
        self.enter(guild, owner, [])
        self.enter(guild, self.bot, [own.id])
        return guild

    def enter(self, guild: Guild, user: User, roles: list[int]) -> Member:
        member = Member(user, guild, roles, self.clock.now())
        guild.members[user.id] = member
        user.guilds.add(guild.id)
        return member

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            (channel.guild.threads if channel.is_thread else channel.guild.channels)[channel.id] = channel
        if channel.is_thread and channel.parent:
            channel.parent.threads[channel.id] = channel
        return channel

    def dm(self, user: User) -> Channel:
        """Give the one DM between a person and our bot; it has always been there."""
        found = self.dms.get(user.id)
        if found is None:
            found = self.dms[user.id] = self.add_channel(Channel(self.ids.next(), "", 1, recipient=user))
        return found


def _number(key: str) -> int:
    try:
        return int(key)
    except ValueError:
        raise ApiError(
            50035,
            errors={"id": {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{key}" is not snowflake.'}]}},
            violation=f"{key!r} is no id",
        ) from None
