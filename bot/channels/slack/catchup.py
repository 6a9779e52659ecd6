"""What was written while the bot was away: found in the history, told to the ears as if it came now, oldest first.

Left out is what a person has followed already; what the bot has, it knows by its key. What cannot be recovered is
counted and reported.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import aiohttp

from bot.channels.slack.places import Where, is_dm, stamp
from bot.channels.slack.reading import names_bot
from bot.channels.slack.workspace import Workspace, at_fault
from bot.errors import DeliveryDelayed, FrontdeskError, StoreError

log = logging.getLogger("frontdesk.slack")

FARTHEST = timedelta(hours=24)
MOST = 200  # messages that are caught up with
_READ = 1_000  # messages that are read of one channel or thread
_PAGE = 200
_BELOW = 30  # threads that are read in a channel where the bot speaks only when it is named: the latest
_LISTED, _LISTS = 999, 5  # channels on a page, and pages
BACK = timedelta(days=1)  # how far before the absence messages are looked at: they may have been changed, or replied to
_AT_ONCE = 5  # places: one after the other, a bot that is started again and again would never come to the last
_PAUSE = 0.5  # seconds until a history that could not be read is asked for again
# Threads and DMs that are looked into, those spoken in last first: after a long absence, and after a short one.
PLACES, PLACES_SHORT = 150, 10
# Likewise of channels where the bot speaks only when it is named, and of DMs of people whom it does not know.
OTHERS, OTHERS_SHORT = 150, 30

Message = Mapping[str, Any]
Hear = Callable[[Workspace, Message], Awaitable[int]]
Staff = Callable[[Workspace, Message], bool]


class Look(NamedTuple):
    """A place to look into; one without a thread is a channel, or a DM. `named`: only what names the bot counts."""

    at: Where
    named: bool = False


class Caught(NamedTuple):
    """What catching up came to.

    New events; messages beyond the limit; places that could not be read; messages that were not understood; and the
    ids of all messages that were read.
    """

    new: int = 0
    left: int = 0
    unread: int = 0
    odd: int = 0
    read: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Found:
    """What reading from `back` on came to: the events since then with their times, and the messages behind them."""

    since: datetime
    back: datetime
    events: list[tuple[float, Workspace, Message]] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    unread: int = 0


async def catch_up(
    spaces: Iterable[tuple[Workspace, list[Look]]],
    since: datetime,
    hear: Hear,
    staff: Staff,
    back: timedelta = BACK,
) -> Caught:
    """Hear what was written since then in the given places, and changed in what is up to `back` older.

    `staff` tells which messages matter whoever has followed them. One that cannot be understood stops nothing.
    """
    found = _Found(since, since - back)
    reading = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as all_places:
        for space, looks in spaces:
            for look in looks:
                all_places.create_task(_try(reading, space, look, staff, found))
    found.events.sort(key=lambda each: each[0])
    new, odd = 0, 0
    heard: set[tuple[str, str]] = set()  # messages as they are now: with them, what was changed in them is heard
    for nth, (_, space, event) in enumerate(found.events):
        if new >= MOST:  # those that are known already do not count
            return Caught(new, len(found.events) - nth, found.unread, odd, frozenset(found.read))
        message = _message(event)
        if message in heard:
            continue
        try:
            came = await hear(space, event)
        except StoreError:
            raise
        except Exception as error:
            odd += 1
            log.error("a message in the history was not understood, and is left out: %s", at_fault(error))
            continue
        new += came
        if came:
            heard.add(message)
    return Caught(new, 0, found.unread, odd, frozenset(found.read))


async def joined(space: Workspace, kind: str) -> list[Message]:
    """Return the channels of a kind that the bot is in, or the DMs that it has."""
    args: dict[str, Any] = {"types": kind, "exclude_archived": True, "limit": _LISTED}
    rooms: list[Message] = []
    for _ in range(_LISTS):
        answer = await _patiently(space, "users.conversations", args)
        rooms += answer["channels"]
        args["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not args["cursor"]:
            break
    return rooms


async def _try(reading: asyncio.Semaphore, space: Workspace, look: Look, staff: Staff, found: _Found) -> None:
    async with reading:
        try:
            await _look(space, look, staff, found)
        except Exception as error:
            told = error if isinstance(error, FrontdeskError) else at_fault(error)
            found.unread += 1
            log.info("the history of %s could not be read: %s", look.at.channel, told)


async def _look(space: Workspace, look: Look, staff: Staff, found: _Found) -> None:
    """Add what nobody has followed in a place, and what was changed there."""
    begun = found.since.timestamp()
    for thread in await _threads(space, look, found):
        for nth, message in enumerate(thread):
            if message.get("subtype") == "tombstone" or (look.named and not _names(space, message)):
                continue
            if float(message["ts"]) > begun:
                others = {str(later.get("user")) for later in thread[nth + 1 :]} - {str(message.get("user")), space.bot}
                if not others or staff(space, message):
                    _add(found, space, message)
            edited = str((message.get("edited") or {}).get("ts") or "0")
            if float(edited) > begun and not look.named:
                changed = {"type": "message", "subtype": "message_changed", "message": message}
                _add(found, space, {**changed, "channel": look.at.channel, "ts": edited})


def _add(found: _Found, space: Workspace, event: Message) -> None:
    known = (*_message(event), str(event["ts"]))
    if known not in found.seen:
        found.seen.add(known)
        found.events.append((float(event["ts"]), space, event))


def _message(event: Message) -> tuple[str, str]:
    """Return which message an event is about."""
    return str(event["channel"]), str(event.get("message", event)["ts"])


def _names(space: Workspace, message: Message) -> bool:
    return names_bot(str(message.get("text") or ""), space.bot)


async def _threads(space: Workspace, look: Look, found: _Found) -> list[list[Message]]:
    """Return what stands in a place, thread by thread; a DM is one, whatever was written below what."""
    at, messages = look.at, await _read(space, look.at, found)
    if at.thread:
        return [messages]
    lively = [each for each in messages if float(each.get("latest_reply") or 0) > found.since.timestamp()]
    if look.named and len(lively) > _BELOW:
        found.unread += len(lively[:-_BELOW])
        lively = lively[-_BELOW:]
    below = {str(each["ts"]): await _read(space, at._replace(thread=str(each["ts"])), found) for each in lively}
    threads = [below.get(str(each["ts"]), [each]) for each in messages]
    if not is_dm(at.channel):
        return threads
    return [sorted((message for thread in threads for message in thread), key=_at)]


async def _read(space: Workspace, at: Where, found: _Found) -> list[Message]:
    """Return what was written in a place, oldest first, as events tell it."""
    method = "conversations.replies" if at.thread else "conversations.history"
    args: dict[str, Any] = {"channel": at.channel, "oldest": stamp(found.back), "limit": _PAGE}
    if at.thread:
        args["ts"] = at.thread
    messages: list[Message] = []
    while len(messages) < _READ:
        answer = await _patiently(space, method, args)
        messages += answer["messages"]
        args["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not args["cursor"]:
            break
    told: list[Message] = [
        {**message, "channel": at.channel} for message in messages if _at(message) > found.back.timestamp()
    ]
    told.sort(key=_at)
    if args["cursor"] and (at.thread or _at(messages[-1]) > found.since.timestamp()):
        found.unread += 1  # not to its end
    found.read.update(at.message(str(each["ts"])) for each in told if each.get("subtype") != "tombstone")
    return told


def _at(message: Message) -> float:
    return float(message["ts"])


async def _patiently(space: Workspace, method: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(5):
        try:
            return await space.read(method, **args)
        except DeliveryDelayed as delay:
            await asyncio.sleep(delay.seconds)
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(_PAUSE)
    return await space.read(method, **args)
