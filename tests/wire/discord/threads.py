"""Threads and posts coming to be, changing, filling with people and going, with the events that tell of it."""

from typing import Any

from tests.wire.discord import payloads, posting
from tests.wire.discord.errors import ApiError
from tests.wire.discord.records import Channel, Message, User
from tests.wire.discord.world import GUILDS, MEMBERS, World

Json = dict[str, Any]

NEWS, PUBLIC, PRIVATE = 10, 11, 12


def start(
    world: World,
    parent: Channel,
    owner: User,
    name: str,
    kind: int,
    *,
    message: Message | None = None,
    archive: int = 1440,
    slowmode: int = 0,
    invitable: bool = True,
    tags: list[int] | None = None,
) -> Channel:
    """Open a thread; one on a message has that message's id. Its opener is in it."""
    assert parent.guild is not None
    if message is not None and message.thread is not None:
        raise ApiError(160004)
    if len(parent.guild.active) >= world.max_active_threads:
        raise ApiError(160006)
    now = world.clock.now()
    thread = Channel(
        id=message.id if message else world.ids.next(),
        name=name,
        type=kind,
        guild=parent.guild,
        parent=parent,
        owner=owner,
        slowmode=slowmode,
        invitable=invitable,
        auto_archive=archive,
        archived_at=now,
        created_at=now,
        applied=tags or [],
    )
    thread.people[owner.id] = owner
    thread.joined[owner.id] = now
    world.add_channel(thread)
    parent.guild.active.add(thread.id)
    if message is not None:
        message.thread = thread
    if world.sees(world.bot, thread):
        data = payloads.channel(world, thread) | {"newly_created": True}
        world.tell("THREAD_CREATE", data, guild=thread.guild, intent=GUILDS)
    _introduce(world, thread, owner, message)
    return thread


def _introduce(world: World, thread: Channel, owner: User, message: Message | None) -> None:
    """Leave the traces that a person sees: the thread's first line, or a line in the parent."""
    assert thread.parent is not None
    if thread.parent.type in (15, 16):
        return
    if message is not None:
        posting.announce(world, "MESSAGE_UPDATE", message)
        posting.post(world, thread, owner, posting.Draft(type=21, reference=message))
    elif thread.type != PRIVATE:
        posting.post(world, thread.parent, owner, posting.Draft(content=thread.name, type=18))


def update(world: World, thread: Channel, *, by: User | None = None, **changes: Any) -> None:
    """Set archived, locked, name, auto_archive, slowmode, invitable, applied or pinned_post, and tell of it."""
    assert thread.guild is not None
    before = thread.archived
    renamed = changes.get("name", thread.name) != thread.name
    for key, value in changes.items():
        setattr(thread, key, value)
    if thread.archived != before:
        thread.archived_at = world.clock.now()
        (thread.guild.active.discard if thread.archived else thread.guild.active.add)(thread.id)
    if world.sees(world.bot, thread):
        world.tell("THREAD_UPDATE", payloads.channel(world, thread), guild=thread.guild, intent=GUILDS)
    else:
        world.touch()
    author = by or thread.owner
    if renamed and not thread.archived and author is not None:
        posting.post(world, thread, author, posting.Draft(content=thread.name, type=4))


def add(world: World, thread: Channel, user: User, *, by: User | None = None) -> None:
    """Bring a person in; who is in already stays. `by` leaves the line "X added Y"."""
    if user.id in thread.people or thread.guild is None or user.id not in thread.guild.members:
        return
    thread.people[user.id] = user
    thread.joined[user.id] = world.clock.now()
    if user is world.bot and thread.type == PRIVATE:
        world.tell("THREAD_CREATE", payloads.channel(world, thread), guild=thread.guild, intent=GUILDS)
    _tell_members(world, thread, added=user)
    if by is not None and by is not user:
        line = posting.Draft(type=1)
        posting.post(world, thread, by, line).mentions.append(user)


def remove(world: World, thread: Channel, user: User) -> None:
    """Take a person out."""
    if user.id not in thread.people:
        return
    seen = world.sees(world.bot, thread)
    del thread.people[user.id]
    thread.joined.pop(user.id, None)
    if seen:
        _tell_members(world, thread, removed=user)


def _tell_members(world: World, thread: Channel, *, added: User | None = None, removed: User | None = None) -> None:
    assert thread.guild is not None
    if removed is None and not world.sees(world.bot, thread):
        world.touch()
        return
    data: Json = {
        "id": str(thread.id),
        "guild_id": str(thread.guild.id),
        "member_count": min(len(thread.people), 50),
    }
    if added is not None:
        entry = payloads.thread_member(world, thread, added)
        entry |= {"member": payloads.member(world, thread.guild.members[added.id]), "presence": None}
        data["added_members"] = [entry]
    if removed is not None:
        data["removed_member_ids"] = [str(removed.id)]
    own = world.bot in (added, removed)
    # Without the members intent a bot hears of itself only.
    world.tell("THREAD_MEMBERS_UPDATE", data, guild=thread.guild, intent=GUILDS if own else GUILDS | MEMBERS)


def delete(world: World, thread: Channel) -> None:
    """Take a whole thread away."""
    assert thread.guild is not None
    assert thread.parent is not None
    seen = world.sees(world.bot, thread)
    thread.deleted = True
    thread.guild.active.discard(thread.id)
    del thread.guild.threads[thread.id]
    del thread.parent.threads[thread.id]
    data = {
        "id": str(thread.id),
        "guild_id": str(thread.guild.id),
        "parent_id": str(thread.parent.id),
        "type": thread.type,
    }
    if seen:
        world.tell("THREAD_DELETE", data, guild=thread.guild, intent=GUILDS)
    else:
        world.touch()
