"""What people do besides pressing controls: talking, editing, deleting, posting, coming and going, closing doors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.wire.discord import payloads, posting, threads
from tests.wire.discord.controls import Controls, File
from tests.wire.discord.records import Attachment, Channel, Guild, Message, Sticker, User
from tests.wire.discord.rest import safe_name
from tests.wire.discord.routes_channels import drop_channel
from tests.wire.discord.routes_guilds import set_roles
from tests.wire.discord.world import DM_TYPING, GUILDS, MEMBERS, TYPING


class People(Controls):
    """Acts of people, each seen by the bot as the gateway tells it."""

    guild: Guild

    def _files(self, files: Sequence[File]) -> list[Attachment]:
        ids = self.world.ids
        return [Attachment(ids.next(), safe_name(name), mime, data) for name, mime, data in files]

    def _hold(self, user: User, channel: Channel, *rights: str) -> None:
        if channel.guild is None:
            if user is not channel.recipient and user is not self.world.bot:
                raise PermissionError(f"this is not {user.name}'s DM")
        elif not self.world.sees(user, channel) or not self.world.may(user, channel, *rights):
            raise PermissionError(f"{user.name} may not {', '.join(rights)} in #{channel.name}")

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        files: Sequence[File] = (),
        stickers: Sequence[str] = (),
        forward: Message | None = None,
    ) -> Message:
        """Write into a channel, a thread or a DM. Mentions ring as they do for people; an archived thread opens."""
        self._hold(user, channel, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
        if channel.deleted or channel.type in (4, 15, 16):
            raise LookupError(f"nobody can write in #{channel.name}")
        if channel.locked and not self.world.may(user, channel, "MANAGE_THREADS"):
            raise PermissionError(f"{channel.name!r} is locked")
        message = posting.post(
            self.world,
            channel,
            user,
            posting.Draft(
                content=text,
                type=19 if reply_to else 0,
                reference=reply_to,
                attachments=self._files(files),
                stickers=[Sticker(self.world.ids.next(), name) for name in stickers],
                forward=forward,
                nonce=str(self.world.ids.next()),
            ),
        )
        await asyncio.sleep(0)
        return message

    async def post(
        self, user: User, forum: Channel, title: str, text: str, *, tags: Sequence[str] = (), files: Sequence[File] = ()
    ) -> Channel:
        """Open a forum post; gives its thread."""
        self._hold(user, forum, "SEND_MESSAGES")
        chosen = [tag.id for tag in forum.available_tags if tag.name in tags]
        if len(chosen) != len(tags) or (forum.requires_tag and not chosen):
            raise LookupError(f"#{forum.name} has the tags {forum.tags}")
        thread = threads.start(self.world, forum, user, title, threads.PUBLIC, tags=chosen)
        draft = posting.Draft(content=text, id=thread.id, attachments=self._files(files))
        posting.post(self.world, thread, user, draft)
        await asyncio.sleep(0)
        return thread

    async def thread(
        self, user: User, where: Message | Channel, name: str, *, private: bool = False, invite: Sequence[User] = ()
    ) -> Channel:
        """Open a thread on a message, or a public or private one in a channel."""
        channel = where.channel if isinstance(where, Message) else where
        self._hold(user, channel, "CREATE_PRIVATE_THREADS" if private else "CREATE_PUBLIC_THREADS")
        message = where if isinstance(where, Message) else None
        kind = threads.PRIVATE if private else threads.NEWS if channel.type == 5 else threads.PUBLIC
        made = threads.start(self.world, channel, user, name, kind, message=message)
        for one in invite:
            threads.add(self.world, made, one, by=user)
        await asyncio.sleep(0)
        return made

    async def edit(self, user: User, message: Message, text: str) -> None:
        """Change one's own words."""
        if message.author is not user or message.deleted:
            raise PermissionError("one edits one's own messages")
        posting.edit(self.world, message, {"content": text}, None)
        await asyncio.sleep(0)

    async def delete(self, user: User, message: Message) -> None:
        """Delete one's own message, or as a moderator another's."""
        if message.author is not user:
            self._hold(user, message.channel, "MANAGE_MESSAGES")
        posting.delete(self.world, message)
        await asyncio.sleep(0)

    async def delete_many(self, user: User, messages: list[Message]) -> None:
        """Delete several messages at once, as a moderator's bot does."""
        posting.delete_many(self.world, messages[0].channel, messages)
        await asyncio.sleep(0)

    async def dismiss(self, user: User, message: Message) -> None:
        """Close an ephemeral message; the bot hears nothing of it."""
        if message.ephemeral_to is not user:
            raise LookupError("only one's own ephemeral messages can be dismissed")
        message.deleted = True
        self.world.touch()

    async def react(self, user: User, message: Message, emoji: str, *, on: bool = True) -> None:
        """Put a reaction on, or take it off."""
        self._hold(user, message.channel)
        posting.react(self.world, message, user, emoji, on=on)
        await asyncio.sleep(0)

    async def typing(self, user: User, channel: Channel) -> None:
        """Start typing."""
        world = self.world
        world.typing.append((channel, user))
        data = {"channel_id": str(channel.id), "user_id": str(user.id), "timestamp": int(world.clock.now())}
        if channel.guild is not None:
            member = payloads.member(world, channel.guild.members[user.id])
            extra = {"guild_id": str(channel.guild.id), "member": member}
            if world.sees(world.bot, channel):
                world.tell("TYPING_START", data | extra, guild=channel.guild, intent=TYPING)
        else:
            world.tell("TYPING_START", dict(data), guild=None, intent=DM_TYPING)
        await asyncio.sleep(0)

    async def close(self, user: User, thread: Channel, *, tag: str | None = None, lock: bool = True) -> None:
        """Archive a thread as its opener or a moderator, with a tag first where one is named."""
        if thread.owner is not user:
            self._hold(user, thread, "MANAGE_THREADS")
        if tag is not None:
            assert thread.parent is not None
            found = next(one.id for one in thread.parent.available_tags if one.name == tag)
            if found not in thread.applied:
                threads.update(self.world, thread, applied=[*thread.applied, found][-5:])
        threads.update(self.world, thread, archived=True, locked=lock)
        await asyncio.sleep(0)

    async def archive(self, thread: Channel, *, locked: bool | None = None) -> None:
        """Let a thread fall asleep, as it does by itself after its hours of silence."""
        lock = thread.locked if locked is None else locked
        threads.update(self.world, thread, archived=True, locked=lock)
        await asyncio.sleep(0)

    async def unarchive(self, thread: Channel) -> None:
        """Wake a thread."""
        threads.update(self.world, thread, archived=False, locked=False)
        await asyncio.sleep(0)

    async def rename(self, user: User, thread: Channel, name: str) -> None:
        """Give a thread another name."""
        threads.update(self.world, thread, by=user, name=name)
        await asyncio.sleep(0)

    async def invite(self, by: User, thread: Channel, user: User) -> None:
        """Bring somebody into a thread."""
        threads.add(self.world, thread, user, by=by)
        await asyncio.sleep(0)

    async def quit_thread(self, user: User, thread: Channel) -> None:
        """Leave a thread."""
        threads.remove(self.world, thread, user)
        await asyncio.sleep(0)

    async def delete_thread(self, thread: Channel) -> None:
        """Delete a thread, as a moderator does."""
        threads.delete(self.world, thread)
        await asyncio.sleep(0)

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel and every thread in it."""
        if channel.is_thread:
            threads.delete(self.world, channel)
        else:
            drop_channel(self.world, channel)
        await asyncio.sleep(0)

    async def leave(self, user: User, guild: Guild | None = None) -> None:
        """Leave the guild; its threads lose the person too."""
        world, guild = self.world, guild or self.guild
        for key in guild.active:
            thread = guild.threads[key]
            thread.people.pop(user.id, None)
        del guild.members[user.id]
        user.guilds.discard(guild.id)
        data = {"guild_id": str(guild.id), "user": payloads.user(user)}
        world.tell("GUILD_MEMBER_REMOVE", data, guild=guild, intent=MEMBERS)
        await asyncio.sleep(0)

    async def join(self, user: User, guild: Guild | None = None) -> None:
        """Join the guild."""
        world, guild = self.world, guild or self.guild
        member = world.enter(guild, user, [])
        data = payloads.member(world, member) | {"guild_id": str(guild.id)}
        world.tell("GUILD_MEMBER_ADD", data, guild=guild, intent=MEMBERS)
        await asyncio.sleep(0)

    async def set_roles(self, user: User, roles: Sequence[object], guild: Guild | None = None) -> None:
        """Give a member exactly these roles."""
        guild = guild or self.guild
        chosen = [one.id for one in guild.roles.values() if one in roles]
        set_roles(self.world, guild.members[user.id], chosen)
        await asyncio.sleep(0)

    def close_dms(self, user: User) -> None:
        """Take no DMs from members of the guild any more."""
        user.dms = "closed"

    def open_dms(self, user: User) -> None:
        """Take DMs again."""
        user.dms = "open"

    def block(self, user: User) -> None:
        """Block our bot."""
        user.blocked = True

    async def kick_bot(self, guild: Guild | None = None) -> None:
        """Throw our bot out of a guild."""
        world, guild = self.world, guild or self.guild
        del guild.members[world.bot.id]
        world.bot.guilds.discard(guild.id)
        world.tell("GUILD_DELETE", {"id": str(guild.id)}, guild=guild, intent=GUILDS)
        await asyncio.sleep(0)

    async def outage(self, guild: Guild | None = None, *, over: bool = False) -> None:
        """Make a guild unavailable, or let it come back."""
        world, guild = self.world, guild or self.guild
        guild.available = over
        if over:
            world.tell("GUILD_CREATE", payloads.guild(world, guild, members=True), guild=guild, intent=GUILDS)
        else:
            world.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild=guild, intent=GUILDS)
        await asyncio.sleep(0)
