"""Finds what was written and edited while nobody listened: oldest first, as much as is sensible; tells what was left.

Whether the bot has followed a message is the store's to say, by its key. One that a person has followed, in the same
thread or DM, is left alone. What was deleted is not found: the history does not show it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

import aiohttp
import discord

from bot.channels.discord import incoming, reading
from bot.channels.discord.faults import at_fault
from bot.channels.discord.memory import PREFIX, channel_of, parent_of
from bot.channels.discord.serving import Serving
from bot.dialog.events import Event
from bot.errors import StoreError

log = logging.getLogger("frontdesk.discord")

_T = TypeVar("_T")

ALIVE, LEFT = "alive:discord", "left"
FARTHEST = timedelta(hours=24)
BACK = timedelta(hours=24)  # how far before the absence a message may stand that was edited since
MOST, MOST_DMS, MOST_OTHERS, MOST_EDITED = 200, 100, 100, 60  # messages; places of each kind
_READ, _EDITED = 1_000, 100  # messages of one place: since then, and before it
_NOTABLE = timedelta(minutes=5)
_OVERLAP = timedelta(seconds=30)  # the line may have been deaf, the clocks may differ; what is read twice is known
_KNOWN_FOR = timedelta(days=30)  # DMs of conversations that were active since are looked into
_ATTEMPTS, _PAUSE = 5, 0.5  # to read one place, and seconds between
_BROKEN = (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError)

# Whose words count in a place: all people's at the top of a support channel, agents' in a case's thread, the last ones'
# in a conversation's place, and elsewhere only those of who names the bot.
Kind = Literal["support", "staff", "talk", "elsewhere"]


@dataclass(slots=True)
class Missed:
    """What was found since `began`, and what was not looked into.

    `unseen` and `unedited` count places, `cut` is up to when the places were read that hold more.
    """

    began: datetime
    written: dict[int, discord.Message] = field(default_factory=dict)
    edited: dict[int, discord.Message] = field(default_factory=dict)
    unseen: int = 0
    unedited: int = 0
    looked_back: int = 0
    cut: datetime | None = None


async def note_alive(serving: Serving) -> None:
    """Write down until when everything was heard: now, or the first of what is not stored yet."""
    now = discord.utils.utcnow()
    heard = min([now, *serving.memory.pending.values()])
    await serving.shop.store.set(ALIVE, heard.isoformat())


async def since(serving: Serving) -> datetime | None:
    """Return from when on something may have been missed; None for a bot that was never here."""
    told = await serving.shop.store.setting(ALIVE)
    if told is None:
        return None
    overlap = max(_OVERLAP, timedelta(seconds=3 * serving.access.patience))
    return max(datetime.fromisoformat(told) - overlap, discord.utils.utcnow() - FARTHEST)


async def missed(serving: Serving, began: datetime) -> list[Event]:
    """Return the events of what was written and edited since, oldest first; what is left is found the next time."""
    found = Missed(began)
    found.unseen += sum(serving.client.get_channel(id) is None for id in serving.access.support_ids)
    lively = {place for _, place in await serving.shop.store.places(PREFIX, began - BACK)}
    for channel, kind in _channels(serving, began, found):
        await _look(serving, channel, kind, lively, found)
    async for channel in _dms(serving, found):
        await _look(serving, channel, "talk", lively, found)
    told = await _told(serving, found)
    left = told[MOST:]
    ends = [at for at, _ in left[:1]] + ([found.cut] if found.cut else [])
    if ends:
        serving.memory.pending[LEFT] = min(ends)
    else:
        serving.memory.pending.pop(LEFT, None)
    _report(found, len(told), discord.utils.utcnow() - began)
    return [event for _, events in told[:MOST] for event in events]


async def _told(serving: Serving, found: Missed) -> list[tuple[datetime, list[Event]]]:
    """Return the events of each message that the store does not know, with its time, oldest first."""
    knows, edit_key = serving.shop.store.knows, incoming.edit_key
    told: list[tuple[datetime, int, list[Event]]] = []
    for said in found.written.values():
        if not await knows(f"discord:{said.id}"):
            told.append((said.created_at, said.id, await _read(said, partial(incoming.message, serving, said))))
    for said in found.edited.values():
        if await knows(f"discord:{said.id}") and not await knows(edit_key(said)):
            events = await _read(said, partial(incoming.changed, serving, said))
            told.append((said.edited_at or found.began, said.id, events))
    return [(at, events) for at, _, events in sorted(told, key=lambda each: each[:2]) if events]


async def _read(said: discord.Message, read: Callable[[], Awaitable[Iterable[Event]]]) -> list[Event]:
    """Return what a message means; one that cannot be understood stops nothing."""
    try:
        return list(await _patiently(read))
    except (StoreError, *_BROKEN):
        raise
    except Exception as error:
        log.error("message %d was missed, and cannot be read: it is left out: %s", said.id, at_fault(error))
        return []


# --- where to look ----------------------------------------------------------------------------------------------------


def _channels(serving: Serving, began: datetime, found: Missed) -> Iterable[tuple[Any, Kind]]:
    """Yield the channels and threads of the servers, those that are ours first."""
    access = serving.access
    others: list[Any] = []
    for guild in serving.client.guilds:
        for channel in guild.text_channels:
            if channel.id in access.support_ids:
                yield channel, "support"
            elif channel.id not in access.room_ids:
                others.append(channel)
        for thread in guild.threads:
            support = incoming.is_post(thread) and thread.parent_id in access.support_ids
            if thread.parent_id in access.room_ids:
                yield thread, "staff"
            elif support or serving.memory.customers(f"{PREFIX}{thread.parent_id}/{thread.id}"):
                yield thread, "talk"
            else:
                others.append(thread)
    others = sorted((each for each in others if _readable(each) and _last(each) >= began), key=_last, reverse=True)
    found.unseen += len(others[MOST_OTHERS:])
    for channel in others[:MOST_OTHERS]:
        yield channel, "elsewhere"


def _readable(channel: Any) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return bool(granted.view_channel and granted.read_message_history)


def _last(channel: Any) -> datetime:
    """Return when the last message was written, as far as is known."""
    last = getattr(channel, "last_message_id", None)
    return discord.utils.snowflake_time(last) if last else datetime.min.replace(tzinfo=UTC)


async def _dms(serving: Serving, found: Missed) -> AsyncIterator[Any]:
    """Yield the DMs that are known, those spoken in last first: Discord tells a bot of no other."""
    places = await serving.shop.store.places(PREFIX, serving.shop.clock.now() - _KNOWN_FOR)
    dms = list(dict.fromkeys(channel_of(place) for _, place in reversed(places) if not parent_of(place)))
    found.unseen += len(dms[MOST_DMS:])
    for dm in dms[:MOST_DMS]:
        try:
            yield await _patiently(partial(serving.client.fetch_channel, dm))
        except discord.HTTPException:
            found.unseen += 1


# --- looking ----------------------------------------------------------------------------------------------------------


async def _look(serving: Serving, channel: Any, kind: Kind, lively: set[str], found: Missed) -> None:
    """Add what a place holds since then that nobody has followed, and what was edited since."""
    try:
        written = await _written(serving, channel, found)
        counted = await _counted(serving, kind, written)
        before = await _before(channel, kind, lively, found)
    except _BROKEN:
        raise
    except Exception as error:
        log.warning("channel %d could not be looked into: %s", channel.id, at_fault(error))
        found.unseen += 1
        return
    found.written.update({each.id: each for each in counted})
    if kind != "elsewhere":
        changed = (each for each in (*before, *written) if each.edited_at and each.edited_at >= found.began)
        found.edited.update({each.id: each for each in changed if _by_a_person(each)})


async def _written(serving: Serving, channel: Any, found: Missed) -> list[discord.Message]:
    """Return what was written since then, oldest first."""

    async def read() -> tuple[list[discord.Message], bool]:
        written, unknown = [], 0
        async for each in channel.history(after=found.began, limit=None, oldest_first=True):
            written.append(each)
            unknown += not await serving.shop.store.knows(f"discord:{each.id}")
            if unknown == _READ:
                return written, True
        return written, False

    if getattr(channel, "last_message_id", None) and _last(channel) < found.began:
        return []
    written, more = await _patiently(read)
    if more:
        found.cut = min(found.cut or written[-1].created_at, written[-1].created_at)
    return written


async def _before(channel: Any, kind: Kind, lively: set[str], found: Missed) -> list[discord.Message]:
    """Return the last of what was written before, in a place where there was talk lately: it may be edited since."""
    back = found.began - BACK
    place = f"{PREFIX}{f'{channel.parent_id}/' if isinstance(channel, discord.Thread) else ''}{channel.id}"
    if kind == "elsewhere" or (place not in lively if kind == "talk" else _last(channel) < back):
        return []
    if found.looked_back == MOST_EDITED:
        found.unedited += 1
        return []
    found.looked_back += 1
    return await _patiently(
        partial(_history, channel, after=back, before=found.began, limit=_EDITED, oldest_first=False)
    )


async def _history(channel: Any, **which: Any) -> list[discord.Message]:
    return [each async for each in channel.history(**which)]


async def _counted(serving: Serving, kind: Kind, written: list[discord.Message]) -> list[discord.Message]:
    """Return the messages that count in a place, and that nobody else has followed."""
    people = [each for each in written if _by_a_person(each)]
    match kind:
        case "staff":
            return people
        case "talk":
            return _open_end(people)
        case "elsewhere":
            people = [each for each in people if reading.mentions(each, serving.me)]
    return [each for each in people if not await _patiently(partial(_followed, each, written))]


def _open_end(people: list[discord.Message]) -> list[discord.Message]:
    """Return the last messages of one person, which nobody else has followed."""
    end: list[discord.Message] = []
    for each in reversed(people):
        if end and each.author != end[-1].author:
            break
        end.append(each)
    return end[::-1]


async def _followed(said: discord.Message, written: list[discord.Message]) -> bool:
    """Tell whether somebody else has replied to a message, or written in the thread on it."""
    for each in written:
        answers = each.reference is not None and each.reference.message_id == said.id
        if answers and _by_a_person(each) and each.author != said.author:
            return True
    if not said.flags.has_thread or said.guild is None:
        return False
    thread = said.guild.get_thread(said.id) or await said.guild.fetch_channel(said.id)
    if not isinstance(thread, discord.Thread):
        return False
    return any([_by_a_person(each) and each.author != said.author async for each in thread.history(limit=20)])


def _by_a_person(said: discord.Message) -> bool:
    """Tell whether people wrote it. What the bot itself has followed is in the store, and so is known."""
    return not said.author.bot and said.type in incoming.WORDS


async def _patiently(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask Discord, and ask again when the line breaks: what is not looked into now is never looked into."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await ask()
        except _BROKEN:
            await asyncio.sleep(_PAUSE)
    return await ask()


def _report(found: Missed, count: int, gap: timedelta) -> None:
    """Say how much there was, and what was left out."""
    if count:
        log.info("catching up on %d messages", min(count, MOST))
    if found.cut or count > MOST:
        least, left = "at least " if found.cut else "", max(count - MOST, 1 if found.cut else 0)
        again = "they are looked for again at the next start"
        log.warning("there were more messages than can be caught up on: %s%d were left, %s", least, left, again)
    if found.unseen:
        log.warning("%d places could not be looked into for messages that were missed", found.unseen)
    if found.unedited:
        log.warning("%d places could not be looked into for what was edited meanwhile", found.unedited)
    if gap > _NOTABLE:
        log.warning("nobody listened for %s: direct messages from people who are new cannot be found", gap)
