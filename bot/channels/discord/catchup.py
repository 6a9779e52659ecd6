"""Finds what was written while nobody listened: oldest first, as much as is sensible, and says what it could not find.

Whether the bot has followed a message is the store's to say, by its key. One that a person has followed, in the same
thread or DM, is left alone.
"""

import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.channels.discord import incoming
from bot.channels.discord.memory import PREFIX, channel_of, parent_of
from bot.channels.discord.serving import Serving
from bot.dialog.events import Event

log = logging.getLogger("frontdesk.discord")

ALIVE = "alive:discord"
FARTHEST = timedelta(hours=24)
MOST, MOST_DMS = 200, 100
_PAGE = 200  # messages of one place
_NOTABLE = timedelta(minutes=5)
_OVERLAP = timedelta(seconds=30)  # the line may have been deaf, the clocks may differ; what is read twice is known
_KNOWN_FOR = timedelta(days=30)  # DMs of conversations that were active since are looked into


@dataclass(slots=True)
class Missed:
    """What was found, and what was not looked into: how many places, and whether there was more."""

    messages: list[discord.Message] = field(default_factory=list)
    unseen: int = 0
    more: bool = False


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
    """Return the events of what was written since, oldest first."""
    found = Missed()
    found.unseen += sum(serving.client.get_channel(id) is None for id in serving.access.support_ids)
    for channel in _channels(serving):
        await _look(serving, channel, began, found)
    async for channel in _dms(serving, began, found):
        await _look(serving, channel, began, found)
    found.messages.sort(key=lambda each: each.id)
    _report(found, discord.utils.utcnow() - began)
    events: list[Event] = []
    for said in found.messages[:MOST]:
        events += await incoming.message(serving, said)
    return events


def _channels(serving: Serving) -> Iterable[Any]:
    """Yield the support channels, and the threads that somebody's conversation is in or that belong to staff."""
    for guild in serving.client.guilds:
        yield from (each for each in guild.text_channels if each.id in serving.access.support_ids)
        for thread in guild.threads:
            place = f"{PREFIX}{thread.parent_id}/{thread.id}"
            ours = thread.parent_id in serving.access.room_ids or serving.memory.customers(place)
            if ours or (incoming.is_post(thread) and thread.parent_id in serving.access.support_ids):
                yield thread


async def _dms(serving: Serving, began: datetime, found: Missed) -> AsyncIterator[Any]:
    """Yield the DMs that are known: Discord tells a bot of no other."""
    places = await serving.shop.store.places(PREFIX, serving.shop.clock.now() - _KNOWN_FOR)
    dms = sorted({channel_of(place) for _, place in places if not parent_of(place)}, reverse=True)
    found.unseen += len(dms[MOST_DMS:])
    for dm in dms[:MOST_DMS]:
        try:
            yield await serving.client.fetch_channel(dm)
        except discord.HTTPException:
            found.unseen += 1


async def _look(serving: Serving, channel: Any, began: datetime, found: Missed) -> None:
    """Add what a place holds since then that nobody has followed."""
    last = getattr(channel, "last_message_id", None)
    if last is not None and discord.utils.snowflake_time(last) < began:
        return
    try:
        written = [each async for each in channel.history(after=began, limit=_PAGE, oldest_first=True)]
    except discord.HTTPException:
        found.unseen += 1
        return
    found.more = found.more or len(written) == _PAGE
    if isinstance(channel, discord.TextChannel):
        found.messages += [each for each in written if _by_a_person(each) and not await _followed(each, written)]
    elif isinstance(channel, discord.Thread) and channel.parent_id in serving.access.room_ids:
        found.messages += [each for each in written if _by_a_person(each)]
    else:
        found.messages += _open_end(written)


def _open_end(written: list[discord.Message]) -> list[discord.Message]:
    """Return the last messages of one person, which nobody else has followed."""
    end: list[discord.Message] = []
    for each in reversed([each for each in written if _by_a_person(each)]):
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


def _report(found: Missed, gap: timedelta) -> None:
    """Say how much there was, and what was left out."""
    if found.messages:
        log.info("catching up on %d messages", min(len(found.messages), MOST))
    if found.more or len(found.messages) > MOST:
        log.warning("there were more messages than can be caught up on: %d were left", len(found.messages[MOST:]))
    if found.unseen:
        log.warning("%d places could not be looked into for messages that were missed", found.unseen)
    if gap > _NOTABLE:
        log.warning("nobody listened for %s: direct messages from people who are new cannot be found", gap)
