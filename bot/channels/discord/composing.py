"""Who is writing is shown on the other side: an agent in a case's thread to its customer, and a customer to its owner.

Nothing of it is stored, and no turn is taken. It is shown only while a person owns the case, and now and then: Discord
shows it for ten seconds.
"""

import asyncio

import discord

from bot.channels.casework import agent_of
from bot.channels.discord import staffroom
from bot.channels.discord.memory import PREFIX, channel_of, message_id, place_at
from bot.channels.discord.serving import Serving
from bot.desk.case import Case

APART = 8.0  # seconds


async def writing(serving: Serving, channel: int, person: int) -> int:
    """Return the channel in which it is to be shown that somebody writes; 0 for nowhere, or not again so soon."""
    if person == serving.me:
        return 0
    there = serving.client.get_channel(channel)
    thread = there if isinstance(there, discord.Thread) else None
    if thread and thread.parent_id in serving.access.room_ids:
        target = await _customers(serving, thread, person)
    else:
        place = place_at(channel, thread.parent_id if thread else None)
        target = await _owners(serving, place, f"{PREFIX}{person}")
    now = asyncio.get_running_loop().time()
    if not target or now - (serving.memory.written.get(target) or -APART) < APART:
        return 0
    serving.memory.written.keep(target, now)
    return target


async def _customers(serving: Serving, thread: discord.Thread, person: int) -> int:
    if not agent_of(serving.shop.catalog, f"{PREFIX}{person}"):
        return 0
    case = await staffroom.case_of(serving, message_id(thread.parent_id, thread.id))
    return channel_of(case.place) if case and _owned(case) and case.place.startswith(PREFIX) else 0


async def _owners(serving: Serving, place: str, customer: str) -> int:
    if customer not in serving.memory.customers(place):
        return 0
    dossier = (await serving.shop.store.dossiers([customer]))[customer][1]
    case = next((case for case in dossier.cases if case.place == place and _owned(case)), None)
    card = (serving.memory.cards.get(case.number) or await serving.shop.store.card(case.number)) if case else ""
    return int(card.rpartition("/")[2]) if card and card.replace("/", "").isdecimal() else 0


def _owned(case: Case) -> bool:
    return case.open and case.status == "owned"
