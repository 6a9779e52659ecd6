"""Finds a place where only one customer reads: a direct message, or else a private thread near where they are."""

from datetime import timedelta

import discord

from bot.channels.discord import render
from bot.channels.discord.memory import channel_of, parent_of, place_at
from bot.channels.discord.posting import Posting, nonce
from bot.channels.discord.rest import DMS_CLOSED, DMS_TOO_FAST, NO_COMMON_GUILD
from bot.channels.discord.serving import Serving
from bot.channels.words import label
from bot.dialog.effects import OpenPrivate
from bot.errors import DeliveryRefused
from bot.ports import Outgoing

_NO_DM = frozenset({DMS_CLOSED, DMS_TOO_FAST, NO_COMMON_GUILD})
_SLACK = timedelta(seconds=30)


async def open_private(serving: Serving, posting: Posting, outgoing: Outgoing, effect: OpenPrivate) -> str:
    """Say the effect's text where only the customer reads, and return that place. Raises DeliveryRefused."""
    person = int(outgoing.customer.partition(":")[2])
    body = render.said(effect.text)
    try:
        place = place_at(await serving.rest.dm(person))
        await posting.post(place, body, outgoing)
    except discord.HTTPException as error:
        if error.code not in _NO_DM:
            raise
        place = await _thread_near(serving, effect.place, person, outgoing)
        await posting.post(place, body, outgoing)
    serving.memory.belongs(place, outgoing.customer)
    return place


async def say_in_private(serving: Serving, person: int, near: str, text: str, once: str, *, in_dm: bool) -> str:
    """Say a text where only one person reads, and return that place; empty where there is none.

    A direct message is tried first (`in_dm`), or a private thread near where they are.
    """
    bodies = render.said(text)

    async def say(channel: int) -> None:
        for part, body in enumerate(bodies):
            await serving.rest.send(channel, body, nonce(once, part))

    async def dm() -> str:
        try:
            channel = await serving.rest.dm(person)
            await say(channel)
        except discord.HTTPException as error:
            if error.code not in _NO_DM:
                raise
            return ""
        return place_at(channel)

    async def thread() -> str:
        for parent in _parents(serving, near):
            if opened := await thread_for(serving, parent, person):
                await say(opened)
                return place_at(opened, parent)
        return ""

    return await dm() or await thread() if in_dm else await thread() or await dm()


async def thread_for(serving: Serving, parent: int, person: int) -> int:
    """Return a new private thread with one person in it; 0 where there may be none."""
    try:
        thread = await serving.rest.private_thread(parent, label(serving.shop.catalog, "ui_thread", 100) or "…")
        await serving.rest.add_to_thread(thread, person)
    except (discord.Forbidden, discord.NotFound):
        return 0
    except discord.HTTPException as error:
        if error.status != 400:
            raise
        return 0
    return thread


async def _thread_near(serving: Serving, place: str, person: int, outgoing: Outgoing) -> str:
    parents = _parents(serving, place)
    if outgoing.repeat and (earlier := await _begun(serving, parents, person, outgoing)):
        return earlier
    for parent in parents:
        if thread := await thread_for(serving, parent, person):
            return place_at(thread, parent)
    raise DeliveryRefused("they take no direct messages, and no private thread could be opened for them")


def _parents(serving: Serving, place: str) -> list[int]:
    """Return the channels that a private thread can hang on: the place's own, else a support channel beside it."""
    near = serving.client.get_channel(parent_of(place) or channel_of(place))
    guild = getattr(near, "guild", None)
    support = [guild.get_channel(id) for id in sorted(serving.access.support_ids)] if guild else []
    return [each.id for each in dict.fromkeys([near, *support]) if isinstance(each, discord.TextChannel)]


async def _begun(serving: Serving, parents: list[int], person: int, outgoing: Outgoing) -> str:
    """Return the private thread that an earlier attempt has opened already."""
    for parent in parents:
        channel = serving.client.get_channel(parent)
        for thread in channel.threads if isinstance(channel, discord.TextChannel) else ():
            began = discord.utils.snowflake_time(thread.id) >= outgoing.at - _SLACK
            mine = thread.is_private() and thread.owner_id == serving.me
            if began and mine and await serving.rest.in_thread(thread.id, person):
                return place_at(thread.id, parent)
    return ""
