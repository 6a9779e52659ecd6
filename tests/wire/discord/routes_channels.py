"""REST routes of channels and threads: reading, changing, opening, filling, listing, deleting; and opening a DM."""

from typing import Any

from tests.wire.discord import bodies, letters, limits, payloads, posting, threads
from tests.wire.discord.errors import ApiError
from tests.wire.discord.records import Channel, Tag, User
from tests.wire.discord.rest import Answer, Ask, Rest
from tests.wire.discord.routes_messages import allow_send
from tests.wire.discord.world import GUILDS, World

Json = dict[str, Any]

_THREAD_KEYS = "name archived auto_archive_duration locked invitable rate_limit_per_user flags applied_tags"
_CHANNEL_KEYS = (
    "name type position topic nsfw rate_limit_per_user permission_overwrites parent_id default_auto_archive_duration "
    "flags available_tags default_reaction_emoji default_thread_rate_limit_per_user default_sort_order "
    "default_forum_layout"
)


class ChannelRoutes:
    def __init__(self, world: World, rest: Rest) -> None:
        self.world = world
        rest.add("GET /channels/*", self.one)
        rest.add("PATCH /channels/*", self.edit)
        rest.add("DELETE /channels/*", self.delete)
        rest.add("POST /users/@me/channels", self.open_dm)
        rest.add("POST /channels/*/messages/*/threads", self.from_message)
        rest.add("POST /channels/*/threads", self.start)
        rest.add("GET /channels/*/thread-members", self.people)
        rest.add("GET /channels/*/thread-members/*", self.person)
        rest.add("PUT /channels/*/thread-members/*", self.add)
        rest.add("DELETE /channels/*/thread-members/*", self.remove)
        rest.add("GET /channels/*/threads/archived/public", self.archived_public)
        rest.add("GET /channels/*/threads/archived/private", self.archived_private)
        rest.add("GET /channels/*/users/@me/threads/archived/private", self.archived_mine)
        rest.add("GET /guilds/*/threads/active", self.active)

    def _thread(self, key: str) -> Channel:
        thread = self.world.channel(key)
        self.world.require(thread)
        if not thread.is_thread:
            raise ApiError(50024, violation="a channel that is no thread")
        return thread

    def one(self, ask: Ask) -> Answer:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        return payloads.channel(self.world, channel)

    def edit(self, ask: Ask) -> Answer:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        if channel.is_thread:
            return self._edit_thread(channel, ask.body)
        self.world.require(channel, "MANAGE_CHANNELS")
        limits.check_thread(ask.body, _CHANNEL_KEYS)
        channel.name = ask.body.get("name", channel.name)
        channel.topic = ask.body.get("topic", channel.topic)
        channel.slowmode = ask.body.get("rate_limit_per_user", channel.slowmode) or 0
        for entry in ask.body.get("permission_overwrites") or []:
            self.world.require(channel, "MANAGE_ROLES")
            channel.overwrites[int(entry["id"])] = (entry["type"], int(entry["allow"]), int(entry["deny"]))
        if "available_tags" in ask.body:
            if len(ask.body["available_tags"]) > 20:
                raise bodies.form("available_tags", "BASE_TYPE_MAX_LENGTH", "Must be 20 or fewer in length.")
            channel.available_tags = [self._tag(one) for one in ask.body["available_tags"]]
        data = payloads.channel(self.world, channel)
        self.world.tell("CHANNEL_UPDATE", data, guild=channel.guild, intent=GUILDS)
        return data

    def _tag(self, one: Json) -> Tag:
        number = int(one["id"]) if one.get("id") else self.world.ids.next()
        return Tag(number, one["name"], one.get("moderated", False), one.get("emoji_name"))

    def _edit_thread(self, thread: Channel, body: Json) -> Json:
        world = self.world
        limits.check_thread(body, _THREAD_KEYS)
        moderator = world.may(world.bot, thread, "MANAGE_THREADS")
        if thread.archived and body.get("archived") is not False:
            raise ApiError(50083)
        if not moderator:
            others = set(body) - ({"archived"} if not thread.locked else set())
            if thread.owner is not world.bot and others:
                raise ApiError(50013)
            if "locked" in body or "rate_limit_per_user" in body or (thread.archived and thread.locked):
                raise ApiError(50013)
        changes: Json = {}
        for key, name in (
            ("name", "name"),
            ("archived", "archived"),
            ("locked", "locked"),
            ("invitable", "invitable"),
            ("auto_archive_duration", "auto_archive"),
            ("rate_limit_per_user", "slowmode"),
        ):
            if body.get(key) is not None:
                changes[name] = body[key]
        if "applied_tags" in body:
            assert thread.parent is not None
            changes["applied"] = self._tags(thread.parent, body["applied_tags"])
        if "flags" in body:
            changes["pinned_post"] = bool(body["flags"] & 2)
        threads.update(world, thread, by=world.bot, **changes)
        return payloads.channel(world, thread)

    def _tags(self, forum: Channel, applied: list[Any] | None) -> list[int]:
        known = {tag.id: tag for tag in forum.available_tags}
        chosen = [int(one) for one in applied or []]
        for one in chosen:
            if one not in known:
                raise bodies.form("applied_tags", "APPLIED_TAG_NOT_FOUND", f"No such tag: {one}")
            if known[one].moderated and not self.world.may(self.world.bot, forum, "MANAGE_THREADS"):
                raise ApiError(50013)
        return chosen

    def delete(self, ask: Ask) -> Answer:
        world = self.world
        channel = world.channel(ask.params[0])
        data = payloads.channel(world, channel)
        if channel.recipient is not None:
            return data
        if channel.is_thread:
            world.require(channel, "MANAGE_THREADS")
            threads.delete(world, channel)
            return data
        world.require(channel, "MANAGE_CHANNELS")
        drop_channel(world, channel)
        return data

    def open_dm(self, ask: Ask) -> Answer:
        key = ask.body.get("recipient_id")
        if key is None:
            raise bodies.form("recipient_id", "BASE_TYPE_REQUIRED", "This field is required")
        person = self.world.user(str(key))
        if person.bot:
            raise ApiError(50007)
        return payloads.channel(self.world, self.world.dm(person))

    def from_message(self, ask: Ask) -> Answer:
        world = self.world
        channel = world.channel(ask.params[0])
        world.require(channel, "CREATE_PUBLIC_THREADS")
        if channel.type not in (0, 5):
            raise ApiError(50024)
        message = world.message(channel, ask.params[1])
        if message.system:
            raise ApiError(50024)
        body = ask.body
        limits.check_thread({"name": ""} | body, "name auto_archive_duration rate_limit_per_user")
        kind = threads.NEWS if channel.type == 5 else threads.PUBLIC
        archive, slow = body.get("auto_archive_duration") or 1440, body.get("rate_limit_per_user") or 0
        thread = threads.start(
            world, channel, world.bot, body["name"], kind, message=message, archive=archive, slowmode=slow
        )
        return payloads.channel(world, thread)

    def start(self, ask: Ask) -> Answer:
        world = self.world
        channel = world.channel(ask.params[0])
        body = ask.body
        if channel.type in (15, 16):
            return self._post(ask, channel)
        limits.check_thread({"name": ""} | body, "name auto_archive_duration type invitable rate_limit_per_user")
        kind = body.get("type", threads.PRIVATE)
        if channel.type != 0 or kind not in (threads.PUBLIC, threads.PRIVATE):
            raise ApiError(50024)
        world.require(channel, "CREATE_PRIVATE_THREADS" if kind == threads.PRIVATE else "CREATE_PUBLIC_THREADS")
        thread = threads.start(
            world,
            channel,
            world.bot,
            body["name"],
            kind,
            archive=body.get("auto_archive_duration") or 1440,
            slowmode=body.get("rate_limit_per_user") or 0,
            invitable=body.get("invitable", True),
        )
        return payloads.channel(world, thread)

    def _post(self, ask: Ask, forum: Channel) -> Answer:
        """Open a forum post: a thread that begins with its message."""
        world = self.world
        world.require(forum, "SEND_MESSAGES")
        body: Json = {"name": ""} | ask.body
        limits.check_thread(body, "name auto_archive_duration rate_limit_per_user applied_tags message type")
        tags = self._tags(forum, body.get("applied_tags"))
        if forum.requires_tag and not tags:
            raise ApiError(40067, violation="a post without a tag")
        if not isinstance(body.get("message"), dict):
            raise bodies.form("message", "BASE_TYPE_REQUIRED", "This field is required")
        draft = bodies.draft(world, forum, body["message"], ask.files, "message", at="message")
        archive, slow = body.get("auto_archive_duration") or 1440, body.get("rate_limit_per_user") or 0
        thread = threads.start(
            world, forum, world.bot, body["name"], threads.PUBLIC, archive=archive, slowmode=slow, tags=tags
        )
        draft.id = thread.id
        message = posting.post(world, thread, world.bot, draft)
        given = letters.message(world, message, content=True)
        return payloads.channel(world, thread) | {"message": given}

    def people(self, ask: Ask) -> Answer:
        thread = self._thread(ask.params[0])
        if "members" not in self.world.privileged:
            raise ApiError(50001)
        return [payloads.thread_member(self.world, thread, user) for user in thread.people.values()]

    def person(self, ask: Ask) -> Answer:
        thread = self._thread(ask.params[0])
        user = self.world.user(ask.params[1])
        if user.id not in thread.people:
            raise ApiError(10007)
        return payloads.thread_member(self.world, thread, user)

    def add(self, ask: Ask) -> Answer:
        world = self.world
        thread = self._thread(ask.params[0])
        user = world.user(ask.params[1])
        if thread.archived:
            raise ApiError(50083)
        if user is world.bot:
            threads.add(world, thread, user)
            return None
        allow_send(world, thread)
        assert thread.guild is not None
        if user.id not in thread.guild.members:
            raise ApiError(10007)
        if thread.parent is not None and not world.may(user, thread.parent, "VIEW_CHANNEL"):
            raise ApiError(50001)
        if len(thread.people) >= 1000:
            raise ApiError(30033)
        threads.add(world, thread, user, by=world.bot)
        return None

    def remove(self, ask: Ask) -> Answer:
        world = self.world
        thread = self._thread(ask.params[0])
        user: User = world.user(ask.params[1])
        if thread.archived:
            raise ApiError(50083)
        if user is not world.bot and not (thread.private and thread.owner is world.bot):
            world.require(thread, "MANAGE_THREADS")
        threads.remove(world, thread, user)
        return None

    def archived_public(self, ask: Ask) -> Answer:
        return self._archived(ask, (threads.NEWS, threads.PUBLIC), mine=False)

    def archived_private(self, ask: Ask) -> Answer:
        self.world.require(self.world.channel(ask.params[0]), "READ_MESSAGE_HISTORY", "MANAGE_THREADS")
        return self._archived(ask, (threads.PRIVATE,), mine=False)

    def archived_mine(self, ask: Ask) -> Answer:
        return self._archived(ask, (threads.PRIVATE,), mine=True)

    def _archived(self, ask: Ask, kinds: tuple[int, ...], *, mine: bool) -> Answer:
        world = self.world
        parent = world.channel(ask.params[0])
        world.require(parent, "READ_MESSAGE_HISTORY")
        limit = ask.number("limit", 50, 2, 100)
        found = [one for one in parent.threads.values() if one.archived and one.type in kinds]
        before = ask.query.get("before")
        if mine:
            found = [one for one in found if world.bot.id in one.people]
            found.sort(key=lambda one: one.id, reverse=True)
            found = [one for one in found if before is None or one.id < int(before)]
        else:
            found.sort(key=lambda one: one.archived_at, reverse=True)
            if before is not None:
                since = before.replace("Z", "+00:00").replace(" ", "+")
                found = [one for one in found if world.clock.iso(one.archived_at) < since]
        return self._listed(found[:limit]) | {"has_more": len(found) > limit}

    def active(self, ask: Ask) -> Answer:
        guild = self.world.guild(ask.params[0])
        found = [guild.threads[one] for one in guild.active]
        return self._listed([one for one in found if payloads.active_for_bot(self.world, one)])

    def _listed(self, found: list[Channel]) -> Json:
        world = self.world
        return {
            "threads": [payloads.channel(world, one) for one in found],
            "members": [payloads.thread_member(world, one, world.bot) for one in found if world.bot.id in one.people],
        }


def drop_channel(world: World, channel: Channel) -> None:
    """Delete a channel with its threads; one event tells of all."""
    assert channel.guild is not None
    data = payloads.channel(world, channel)
    for thread in channel.threads.values():
        thread.deleted = True
        channel.guild.active.discard(thread.id)
        channel.guild.threads.pop(thread.id, None)
    channel.threads.clear()
    channel.deleted = True
    channel.guild.channels.pop(channel.id, None)
    world.tell("CHANNEL_DELETE", data, guild=channel.guild, intent=GUILDS)
