"""What happens on Discord → events: messages, edits, deletes, threads closed, members gone.

Each kind of place has its own way of telling who speaks; that is all that is decided here. What agents write in a
case's thread is read in `staffroom`.
"""

from collections.abc import Sequence
from datetime import timedelta

import discord

from bot.channels.casework import agent_of
from bot.channels.discord import reading, staffroom
from bot.channels.discord.memory import channel_of, message_id, place_at
from bot.channels.discord.serving import Serving
from bot.channels.words import label, shortened
from bot.dialog.catalog import Catalog
from bot.dialog.events import (
    AgentSpoke,
    CustomerJoined,
    CustomerLeft,
    Event,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlaceClosed,
)  # fmt: skip
from bot.dialog.happening import Scope

WORDS = (discord.MessageType.default, discord.MessageType.reply)
_NAME = 100  # letters in a thread's name
_SLACK = timedelta(minutes=1)


def account(person: int) -> str:
    """Return the house's name for a Discord account: a customer's id, and what handoff/team.yaml lists for agents."""
    return f"discord:{person}"


# --- messages ---------------------------------------------------------------------------------------------------------


async def message(serving: Serving, said: discord.Message) -> Sequence[Event]:
    """Return what a message means; nothing for those that are not for us."""
    if said.author.bot or said.webhook_id or said.type not in WORDS:
        return ()
    if isinstance(said.channel, discord.DMChannel):
        return [_received(serving, said, place_at(said.channel.id), scope="private")]
    channel = await where(serving, said.channel)
    if isinstance(channel, discord.Thread):
        if channel.parent_id in serving.access.room_ids:
            return await staffroom.written(serving, said, message_id(channel.parent_id, channel.id))
        return await _in_thread(serving, said, channel)
    if said.channel.id in serving.access.room_ids:
        answered = said.reference.message_id if said.reference else None
        return await staffroom.below(serving, said, message_id(said.channel.id, answered)) if answered else ()
    return _in_channel(serving, said)


async def where(serving: Serving, channel: object) -> object:
    """Return a message's channel; a thread that was folded away when the bot came is looked up."""
    if isinstance(channel, discord.PartialMessageable):
        return await serving.client.fetch_channel(channel.id)
    return channel


async def _in_thread(serving: Serving, said: discord.Message, thread: discord.Thread) -> Sequence[Event]:
    place = place_at(thread.id, thread.parent_id)
    customer = account(said.author.id)
    own = serving.memory.customers(place)
    post = is_post(thread)
    asks_in_forum = post and thread.parent_id in serving.access.support_ids and thread.owner_id == said.author.id
    scope: Scope = "private" if thread.is_private() else "post" if post else "public"
    if asks_in_forum or (
        customer in own and (thread.is_private() or await _begun_by(serving, thread, own) == customer)
    ):
        return [_received(serving, said, place, scope=scope, tags=_tags(thread))]
    if own and (agent := agent_of(serving.shop.catalog, customer)):
        return _spoke(serving, said, place, agent)
    if reading.mentions(said, serving.me):
        return [_received(serving, said, place, scope=scope, tags=_tags(thread))]
    return ()


async def _begun_by(serving: Serving, thread: discord.Thread, own: Sequence[str]) -> str:
    """Return whose matter a thread is: its author's if they talk to us there, or that of the only one who does.

    The others who talk to the bot there have to name it each time.
    """
    if len(own) == 1:
        return own[0]
    place = place_at(thread.id, thread.parent_id)
    began = serving.memory.beginners.get(place)
    if began is None:
        began = account(thread.owner_id) if is_post(thread) else await _author_above(serving, thread)
        serving.memory.beginners.keep(place, began)
    return began if began in own else ""


async def _author_above(serving: Serving, thread: discord.Thread) -> str:
    """Return who wrote the message that a thread hangs on; else who opened the thread."""
    try:
        above = await serving.rest.message(thread.parent_id, thread.id)
    except (discord.NotFound, discord.Forbidden):
        return account(thread.owner_id)
    return account(int(above["author"]["id"]))


def _in_channel(serving: Serving, said: discord.Message) -> Sequence[Event]:
    named = reading.mentions(said, serving.me)
    agent = agent_of(serving.shop.catalog, account(said.author.id))
    if agent and not named:
        answered = said.reference.message_id if said.reference else None
        place = place_at(answered, said.channel.id) if answered else ""
        return _spoke(serving, said, place, agent)
    if not named and said.channel.id not in serving.access.support_ids:
        return ()
    place = place_at(said.id, said.channel.id)
    title = f"{label(serving.shop.catalog, 'ui_thread', 60)} · {said.author.display_name}"
    serving.memory.threadless.keep(place, shortened(title, _NAME))
    return [_received(serving, said, place, scope="public", near=place_at(said.channel.id))]


def _spoke(serving: Serving, said: discord.Message, place: str, agent: str) -> Sequence[Event]:
    """Return that an agent spoke to those whose place it is."""
    text = reading.words(said, serving.me)
    key = f"discord:{said.id}"
    return [
        AgentSpoke(
            key=f"{key}/{at}" if at else key,
            customer=customer,
            at=said.created_at,
            place=place,
            agent=agent,
            text=text,
        )
        for at, customer in enumerate(serving.memory.customers(place))
    ]


def _received(
    serving: Serving,
    said: discord.Message,
    place: str,
    *,
    scope: Scope,
    near: str = "",
    tags: tuple[str, ...] = (),
) -> MessageReceived:
    customer, id = account(said.author.id), message_id(said.channel.id, said.id)
    serving.memory.belongs(place, customer)
    serving.memory.authors.keep(id, (customer, place))
    return MessageReceived(
        key=f"discord:{said.id}",
        customer=customer,
        at=said.created_at,
        place=place,
        name=said.author.display_name,
        text=reading.words(said, serving.me),
        scope=scope,
        near=near,
        messages=(id,),
        files=reading.files(said),
        quote=reading.quote(said, serving.me),
        tags=tags,
        mentioned=reading.mentions(said, serving.me),
    )


# --- edits and deletes ------------------------------------------------------------------------------------------------


async def edited(serving: Serving, change: discord.RawMessageUpdateEvent) -> Sequence[Event]:
    """Return that words were changed; a preview that was added changes none."""
    said, stamp = change.message, change.data.get("edited_timestamp")
    return await changed(serving, said) if stamp else ()


async def changed(serving: Serving, said: discord.Message) -> Sequence[Event]:
    """Return what it means that a message reads as it does now."""
    if said.edited_at is None or said.author.bot:
        return ()
    key = edit_key(said)
    channel = await where(serving, said.channel)
    if isinstance(channel, discord.Thread) and channel.parent_id in serving.access.room_ids:
        return await staffroom.edited(serving, said, message_id(channel.parent_id, channel.id), key)
    id, customer = message_id(said.channel.id, said.id), account(said.author.id)
    _, place = serving.memory.authors.get(id) or ("", _place_of(channel, said.channel.id, said.id))
    if customer not in serving.memory.customers(place):
        return ()
    return [
        MessageEdited(
            key=key,
            customer=customer,
            at=said.edited_at,
            place=place,
            message=id,
            text=reading.words(said, serving.me),
        )
    ]


def edit_key(said: discord.Message) -> str:
    """Return the name of the last edit of a message."""
    at = said.edited_at.isoformat(timespec="microseconds") if said.edited_at else ""
    return f"discord:{said.id}/edit/{at}"


async def deleted(serving: Serving, channel: int, message: int) -> Sequence[Event]:
    """Return that a message was taken back. Discord does not say whose it was: it is remembered, or the place's own."""
    id = message_id(channel, message)
    if serving.memory.removed.pop(id):
        return ()
    there = serving.client.get_channel(channel)
    if isinstance(there, discord.Thread) and there.parent_id in serving.access.room_ids:
        return await staffroom.deleted(serving, id, message_id(there.parent_id, there.id))
    place = _place_of(there, channel, message)
    only = serving.memory.customers(place)
    found = serving.memory.authors.get(id) or ((only[0], place) if len(only) == 1 else None)
    if found is None:
        return ()
    now = serving.shop.clock.now()
    return [MessageDeleted(key=f"discord:{message}/deleted", customer=found[0], at=now, place=found[1], message=id)]


def _place_of(channel: object, id: int, message: int) -> str:
    """Return the place in which a message stands: its thread, the one that it began, or the DM."""
    if isinstance(channel, discord.Thread):
        return place_at(channel.id, channel.parent_id)
    return place_at(message, id) if isinstance(channel, discord.abc.GuildChannel) else place_at(id)


# --- places and people ------------------------------------------------------------------------------------------------


def solved_tags(catalog: Catalog) -> frozenset[str]:
    """Return the names of a forum's tags that mean that a post is solved, without regard to case."""
    return frozenset(each.strip().casefold() for each in label(catalog, "ui_solved_tags", 1_000).split(",")) - {""}


def is_post(thread: discord.Thread) -> bool:
    """Tell whether a thread is a forum's post."""
    return isinstance(thread.parent, discord.ForumChannel)


def _tags(thread: discord.Thread) -> tuple[str, ...]:
    return tuple(tag.name for tag in thread.applied_tags) if is_post(thread) else ()


def thread_changed(serving: Serving, before: discord.Thread, after: discord.Thread) -> Sequence[Event]:
    """Return that somebody closed, locked or solved a post. The bot itself, and time, close posts too."""
    if serving.memory.closing.pop(after.id) or not is_post(after):
        return ()
    solved = {tag.name.casefold() for tag in after.applied_tags} - {tag.name.casefold() for tag in before.applied_tags}
    if solved & solved_tags(serving.shop.catalog):
        return _closed(serving, place_at(after.id, after.parent_id), f"solved/{after.last_message_id}")
    if (after.locked and not before.locked) or (after.archived and not before.archived and not _folded(after)):
        stamp = int(after.archive_timestamp.timestamp())
        return _closed(serving, place_at(after.id, after.parent_id), f"closed/{stamp}")
    return ()


def thread_deleted(serving: Serving, gone: discord.RawThreadDeleteEvent) -> Sequence[Event]:
    """Return that a place is no more."""
    return _closed(serving, place_at(gone.thread_id, gone.parent_id), "deleted")


def _folded(thread: discord.Thread) -> bool:
    """Tell whether Discord has put a thread away because nobody wrote for long."""
    last = discord.utils.snowflake_time(thread.last_message_id or thread.id)
    idle = discord.utils.utcnow() - last + _SLACK
    return idle >= timedelta(minutes=thread.auto_archive_duration)


def _closed(serving: Serving, place: str, how: str) -> Sequence[Event]:
    now, thread = serving.shop.clock.now(), channel_of(place)
    return [
        PlaceClosed(key=f"discord:{thread}/{how}{f'/{at}' if at else ''}", customer=customer, at=now, place=place)
        for at, customer in enumerate(serving.memory.customers(place))
    ]


async def joined(serving: Serving, member: discord.Member) -> Sequence[Event]:
    """Return that somebody is new here, with the DM in which they are welcomed."""
    now, customer = serving.shop.clock.now(), account(member.id)
    staff = agent_of(serving.shop.catalog, customer)
    if member.bot or staff or not serving.doorstep.welcomes(now):
        return ()
    place = f"discord:{await serving.rest.dm(member.id)}"
    key = f"discord:{member.guild.id}/{member.id}/joined"
    return [CustomerJoined(key=key, customer=customer, at=now, place=place, name=member.display_name)]


async def left(serving: Serving, person: int, guild: int) -> Sequence[Event]:
    """Return that a customer has left the last community that we share."""
    customer = account(person)
    version, _ = (await serving.shop.store.dossiers([customer]))[customer]
    if not version:
        return ()
    for other in serving.client.guilds:
        if other.id != guild and await serving.rest.is_member(other.id, person):
            return ()
    now = serving.shop.clock.now()
    return [CustomerLeft(key=f"discord:{guild}/{person}/left/{now:%Y-%m-%dT%H:%M}", customer=customer, at=now)]
