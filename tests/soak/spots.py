"""Where a customer talks with the bot, on either platform: how they write and press, and what they see of the bot."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.wire import discord, slack
from tests.wire.discord import DiscordServer, NotAnswered
from tests.wire.slack import SlackServer


@dataclass(frozen=True, slots=True)
class Sent:
    """Something written: `key` is the bot's name for it, `stamp` sorts by the platform's time, `at` is ours."""

    key: str
    stamp: int
    at: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot: what it says, when it came by the platform's time, and what it is there."""

    text: str
    stamp: int
    handle: Any

    @property
    def buttons(self) -> Sequence[str]:
        """The labels of what can be pressed now."""
        found: Sequence[str] = self.handle.buttons
        return found


class Spot(Protocol):
    """A place of one customer. `place` is the bot's name for it, empty until it is known."""

    kind: str
    customer: str
    place: str

    async def write(self, text: str) -> Sent: ...

    async def press(self, shown: Shown, label: str) -> bool:
        """Press a button; False when the person saw that it failed."""
        ...

    def seen(self) -> list[Shown]:
        """Return what the bot has said here, oldest first, as it first stood."""
        ...


@dataclass(eq=False)
class SlackSpot:
    """A DM, or a thread below the first message in a channel."""

    server: SlackServer
    user: slack.User
    room: slack.Channel
    kind: str
    thread: str = ""
    place: str = ""
    _read: dict[str, Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.customer = f"slack:{self.user.team.id}/{self.user.id}"
        if self.kind == "slack dm":
            self.place = f"slack:{self.user.team.id}/{self.room.id}"

    async def write(self, text: str) -> Sent:
        ts = await self.server.say(self.user, self.room, text, thread=self.thread or None)
        if self.kind != "slack dm" and not self.thread:
            self.thread = ts
            self.place = f"slack:{self.user.team.id}/{self.room.id}/{ts}"
        return Sent(f"slack:{self.user.team.id}/{self.room.id}/{ts}", stamp_of(ts))

    async def press(self, shown: Shown, label: str) -> bool:
        toasts = len(self.server.toasts)
        await self.server.press(self.user, shown.handle, label)
        return all(user != self.user.id for user, _ in self.server.toasts[toasts:])

    def seen(self) -> list[Shown]:
        lines = self.server.messages(self.room, self.thread) if self.thread else self.room.main
        for each in lines:
            if each.bot and each.ts not in self._read:
                self._read[each.ts] = slack_shown(each)
        return list(self._read.values())


@dataclass(eq=False)
class DiscordSpot:
    """A DM, the thread of a first message in a channel, or a forum's post."""

    server: DiscordServer
    user: discord.User
    home: discord.Channel
    kind: str
    room: discord.Channel | None = None
    place: str = ""
    _first: int = 0
    _read: dict[int, Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.customer = f"discord:{self.user.id}"
        if self.kind == "discord dm":
            self.room = self.home
            self.place = f"discord:{self.home.id}"

    async def write(self, text: str) -> Sent:
        if self.kind == "discord post" and self.room is None:
            self.room = await self.server.post(self.user, self.home, f"Help {self.user.name}", text)
            written = self.room.id
        else:
            written = (await self.server.say(self.user, self._room() or self.home, text)).id
        if not self.place:
            self._first = written
            self.place = f"discord:{self.home.id}/{written}"
        return Sent(f"discord:{written}", written)

    async def press(self, shown: Shown, label: str) -> bool:
        try:
            await self.server.press(self.user, shown.handle, label, wait=5.0)
        except NotAnswered:
            return False
        return True

    def seen(self) -> list[Shown]:
        room = self._room()
        for id in room.order if room else ():
            if id not in self._read and room and room.book[id].author is self.server.bot_user:
                self._read[id] = discord_shown(room.book[id])
        return list(self._read.values())

    def _room(self) -> discord.Channel | None:
        """Return where the talk goes on, once the bot has opened the thread."""
        if self.room is None and self._first:
            self.room = self.home.threads.get(self._first)
        return self.room


def stamp_of(ts: str) -> int:
    """Return Slack's timestamp as a number that sorts exactly."""
    return int(ts.replace(".", ""))


def slack_shown(message: slack.Message) -> Shown:
    return Shown(message.shown, stamp_of(message.ts), message)


def discord_shown(message: discord.Message) -> Shown:
    return Shown(message.shown, message.id, message)


def slack_messages(server: SlackServer) -> list[tuple[str, Shown]]:
    """Return all that the bot has ever said on Slack and that still stands, each with its place."""
    found = []
    for room in server.world.channels.values():
        for message in room.log:
            if message.bot and message.user == room.team.bot_user and not message.deleted:
                thread = message.thread_ts if message.is_reply else ""
                place = "/".join(part for part in (f"slack:{room.team.id}", room.id, thread) if part)
                found.append((place, slack_shown(message)))
    return found


def discord_messages(server: DiscordServer) -> list[tuple[str, Shown]]:
    """Return all that the bot has ever said on Discord and that still stands, each with its place."""
    found = []
    for channel in server.world.channels.values():
        place = f"discord:{channel.parent.id}/{channel.id}" if channel.parent else f"discord:{channel.id}"
        for message in channel.book.values():
            if message.author is server.bot_user and not message.deleted and not message.system:
                found.append((place, discord_shown(message)))
    return found
