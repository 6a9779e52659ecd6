"""Whether the channels that an operator named can be used: looked at when connected, and told where they cannot.

What is for staff is never dropped because of the room: a room that is shut takes it later, in order.
"""

import logging

import discord

from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.invite import FOR_STAFF, PERMISSIONS

log = logging.getLogger("frontdesk.discord")

# Why a staff channel takes nothing for now, by Discord's code, and what an operator does about it.
SHUT = {
    10003: "is not there: check its id, or let the bot's role see it",
    10004: "is on a server that the bot is not on: invite it (`frontdesk setup discord`)",
    40058: "is a forum: set the id of a text channel",
    50001: "cannot be seen: let the bot's role see it",
    50008: "is no text channel: set the id of one",
    50013: "lacks a permission for the bot: `frontdesk doctor` tells which",
    50024: "is no text channel: set the id of one",
    50083: "has a thread that is put away: give the bot the permission to manage threads",
    160005: "has a thread that is locked: give the bot the permission to manage threads",
}
_SEE = "view_channel"
_CASES = (_SEE, "send_messages", "embed_links", "create_public_threads", "send_messages_in_threads")
_ANSWERS = (_SEE, "create_public_threads", "send_messages_in_threads")
_POSTS = (_SEE, "send_messages_in_threads")


class RoomShut(Exception):
    """A staff channel takes nothing for now: what goes there waits."""


class Rooms:
    """What is known of the channels that an operator named."""

    def __init__(self, access: DiscordAccess) -> None:
        self._access = access
        self._unusable: dict[int, str] = {}  # staff channels as the last look found them → what is wrong
        self._shut: dict[int, str] = {}  # those that refused what was for them → why
        self._told: set[str] = set()

    @property
    def trouble(self) -> str:
        """Which staff channels take nothing now, and how to mend it; empty when all do as far as is known."""
        return "; ".join({**self._unusable, **self._shut}.values())

    def look(self, client: discord.Client) -> None:
        """Look at every channel that was named, as far as the gateway has told of it."""
        for room in sorted(self._access.room_ids):
            channel, lacking = _seen(client, room)
            if channel is None:
                wrong = SHUT[10003]
            elif not isinstance(channel, discord.TextChannel):
                wrong = SHUT[50008]
            else:
                wrong = _may_not(lacking) if set(lacking) & set(_CASES) else ""
            if wrong:
                self._note(self._unusable, room, wrong)
            else:
                self._unusable.pop(room, None)
                self._warn(f"staff channel {room}", lacking)
        for id in sorted(self._access.support_ids - self._access.room_ids):
            self._look_at_support(client, id)

    def shut(self, room: int, why: str) -> str:
        """Note that a staff channel refused something, and return that in words."""
        return self._note(self._shut, room, why)

    def opened(self, room: int) -> None:
        """Note that a staff channel took something."""
        if self._shut.pop(room, None):
            log.info("the staff channel %d takes what was waiting for it", room)

    def _note(self, where: dict[int, str], room: int, why: str) -> str:
        told = f"the staff channel {room} {why}"
        if room not in self._shut and room not in self._unusable:
            log.error("%s; what goes there waits", told)
        where[room] = told
        return told

    def fail(self, told: str) -> None:
        """Tell what keeps customers from being answered, once."""
        if told not in self._told:
            self._told.add(told)
            log.error("%s", told)

    def _look_at_support(self, client: discord.Client, id: int) -> None:
        channel, lacking = _seen(client, id)
        lacking = [name for name in lacking if name not in FOR_STAFF]
        posts = isinstance(channel, discord.ForumChannel)
        wanting = set(lacking) & set(_POSTS if posts else _ANSWERS)
        if channel is None or _SEE in wanting:
            self.fail(f"support channel {id} {SHUT[10003]}; nobody is heard there")
        elif not wanting:
            self._warn(f"support channel {id}", lacking)
        elif posts or "send_messages" in lacking:
            self.fail(f"support channel {id} {_may_not(lacking)}; nobody is answered there")
        else:
            self.fail(f"support channel {id} {_may_not(lacking)}; answers stand in the channel itself")

    def _warn(self, what: str, lacking: list[str]) -> None:
        if lacking and (told := f"{what} {_may_not(lacking)}") not in self._told:
            self._told.add(told)
            log.warning("%s", told)


def _seen(client: discord.Client, id: int) -> tuple[object, list[str]]:
    """Return a channel and the permissions that the bot lacks there; None for one that it does not know of."""
    channel = client.get_channel(id)
    if not isinstance(channel, discord.abc.GuildChannel):
        return None, []
    granted = channel.permissions_for(channel.guild.me)
    return channel, [name for name in PERMISSIONS if not getattr(granted, name)]


def _may_not(lacking: list[str]) -> str:
    if _SEE in lacking:
        return SHUT[50001]
    names = ", ".join(name.replace("_", " ") for name in lacking)
    return f"does not let the bot {names}: give its role that, in the channel too"
