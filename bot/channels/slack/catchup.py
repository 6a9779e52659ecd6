"""What was written while the bot was away: found in the history, told to the ears as if it came now, oldest first.

Left out is what a person has followed already; what the bot has, it knows by its key. What cannot be recovered is
counted and reported.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import aiohttp

from bot.channels.slack.places import Where, is_dm, stamp
from bot.channels.slack.workspace import Workspace
from bot.errors import DeliveryDelayed, DeliveryRefused

log = logging.getLogger("frontdesk.slack")

FARTHEST = timedelta(hours=24)
MOST = 200  # messages that are caught up with
_READ = 1_000  # messages that are read of one channel or thread
_PAGE = 200
# Threads and DMs that are looked into, those spoken in last first: after a long absence, and after a short one.
PLACES, PLACES_SHORT = 150, 10

Message = Mapping[str, Any]
Hear = Callable[[Workspace, Message], Awaitable[int]]
Staff = Callable[[Workspace, Message], bool]


class Caught(NamedTuple):
    """What catching up came to: new events, messages beyond the limit, and places that could not be read."""

    new: int = 0
    left: int = 0
    unread: int = 0


async def catch_up(
    spaces: Iterable[tuple[Workspace, list[Where]]], since: datetime, hear: Hear, staff: Staff
) -> Caught:
    """Hear what was written since then in the given places; a place without a thread that is no DM is a channel.

    `staff` tells which messages matter whoever has followed them.
    """
    found: list[tuple[str, Workspace, Message]] = []
    unread = 0
    for space, places in spaces:
        seen: set[tuple[str, str]] = set()
        for at in places:
            try:
                async for message in _missed(space, at, since, staff):
                    if (at.channel, str(message["ts"])) not in seen:
                        seen.add((at.channel, str(message["ts"])))
                        found.append((str(message["ts"]), space, message))
            except (DeliveryRefused, DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError) as error:
                unread += 1
                log.warning("the history of %s could not be read: %s", at.channel, error)
    found.sort(key=lambda each: float(each[0]))
    new = 0
    for _, space, message in found[:MOST]:
        new += await hear(space, message)
    return Caught(new, max(0, len(found) - MOST), unread)


async def _missed(space: Workspace, at: Where, since: datetime, staff: Staff) -> AsyncIterator[Message]:
    """Yield what nobody has followed in a place; in a channel, each message with the thread below it."""
    messages = await _read(space, at, since)
    if at.thread or is_dm(at.channel):
        threads = [messages]
    else:
        threads = [
            await _read(space, at._replace(thread=str(message["ts"])), since)
            if message.get("reply_count")
            else [message]
            for message in messages
        ]
    for thread in threads:
        for nth, message in enumerate(thread):
            others = {str(later.get("user")) for later in thread[nth + 1 :]} - {str(message.get("user")), space.bot}
            if not others or staff(space, message):
                yield message


async def _thread(space: Workspace, at: Where, message: Message, since: datetime) -> list[Message]:
    """Return a channel's message with what stands below it."""
    if not message.get("reply_count"):
        return [message]
    return await _read(space, at._replace(thread=str(message["ts"])), since)


async def _read(space: Workspace, at: Where, since: datetime) -> list[Message]:
    """Return what was written in a place since then, oldest first, as events tell it."""
    method = "conversations.replies" if at.thread else "conversations.history"
    args: dict[str, Any] = {"channel": at.channel, "oldest": stamp(since), "limit": _PAGE}
    if at.thread:
        args["ts"] = at.thread
    messages: list[Message] = []
    while len(messages) < _READ:
        answer = await _patiently(space, method, args)
        messages += answer["messages"]
        args["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not args["cursor"]:
            break
    told = [{**message, "channel": at.channel} for message in messages if float(message["ts"]) > since.timestamp()]
    return sorted(told, key=lambda message: float(message["ts"]))


async def _patiently(space: Workspace, method: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(5):
        try:
            return await space.read(method, **args)
        except DeliveryDelayed as delay:
            await asyncio.sleep(delay.seconds)
    return await space.read(method, **args)
