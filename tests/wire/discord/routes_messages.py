"""REST routes of messages: history, posting, editing, deleting, reactions, pins, typing."""

from bisect import bisect_left, bisect_right
from typing import Any
from urllib.parse import unquote

from tests.wire.discord import bodies, letters, payloads, posting
from tests.wire.discord.errors import ApiError
from tests.wire.discord.ids import minted
from tests.wire.discord.records import Channel, Message
from tests.wire.discord.rest import Answer, Ask, Rest
from tests.wire.discord.world import DM_MESSAGES, GUILDS, World

Json = dict[str, Any]


class MessageRoutes:
    def __init__(self, world: World, rest: Rest) -> None:
        self.world = world
        rest.add("GET /channels/*/messages", self.history)
        rest.add("POST /channels/*/messages", self.send)
        rest.add("GET /channels/*/messages/*", self.one)
        rest.add("PATCH /channels/*/messages/*", self.edit)
        rest.add("DELETE /channels/*/messages/*", self.delete)
        rest.add("POST /channels/*/messages/bulk-delete", self.delete_many)
        rest.add("POST /channels/*/messages/*/crosspost", self.publish)
        rest.add("POST /channels/*/typing", self.type)
        rest.add("PUT /channels/*/messages/*/reactions/*/@me", self.react)
        rest.add("DELETE /channels/*/messages/*/reactions/*/*", self.unreact)
        rest.add("GET /channels/*/messages/*/reactions/*", self.reactors)
        rest.add("DELETE /channels/*/messages/*/reactions", self.clear)
        for old, new in (("/channels/*/pins", "/channels/*/pins/*"), ("/channels/*/messages/pins",) * 2):
            rest.add(f"GET {old}", self.pins)
            path = new if new.endswith("*") and new != old else f"{new}/*"
            rest.add(f"PUT {path}", self.pin)
            rest.add(f"DELETE {path}", self.unpin)

    def _give(self, message: Message) -> Json:
        return letters.message(self.world, message, content=self.world.reads_content)

    def _find(self, ask: Ask) -> Message:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        return self.world.message(channel, ask.params[1])

    def history(self, ask: Ask) -> Answer:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        if channel.type in (4, 15, 16):
            raise ApiError(50008)
        if channel.guild and not self.world.may(self.world.bot, channel, "READ_MESSAGE_HISTORY"):
            return []
        limit = ask.number("limit", 50, 1, 100)
        order = channel.order
        if "around" in ask.query:
            centre = bisect_left(order, int(ask.query["around"]))
            older = self._walk(channel, centre - 1, -1, limit // 2)
            newer = self._walk(channel, centre, 1, limit - len(older))
            found = newer[::-1] + older
        elif "after" in ask.query:
            found = self._walk(channel, bisect_right(order, int(ask.query["after"])), 1, limit)[::-1]
        else:
            end = bisect_left(order, int(ask.query["before"])) if "before" in ask.query else len(order)
            found = self._walk(channel, end - 1, -1, limit)
        return [self._give(message) for message in found]

    def _walk(self, channel: Channel, at: int, step: int, limit: int) -> list[Message]:
        found: list[Message] = []
        while 0 <= at < len(channel.order) and len(found) < limit:
            message = channel.book[channel.order[at]]
            if not message.deleted and message.ephemeral_to is None:
                found.append(message)
            at += step
        return found

    def send(self, ask: Ask) -> Answer:
        world = self.world
        channel = world.channel(ask.params[0])
        world.require(channel)
        if channel.type in (4, 15, 16):
            raise ApiError(50008 if channel.type == 4 else 40058)
        draft = bodies.draft(world, channel, ask.body, ask.files, "message")
        allow_send(world, channel)
        if channel.guild is not None:
            if draft.embeds and not world.may(world.bot, channel, "EMBED_LINKS"):
                raise ApiError(50013)
            if draft.attachments and not world.may(world.bot, channel, "ATTACH_FILES"):
                raise ApiError(50013)
        if draft.nonce is not None and ask.body.get("enforce_nonce"):
            known = world.nonces.get(draft.nonce)
            if known is not None and world.clock.now() - known[0] < world.nonce_window:
                if known[1].channel is not channel:
                    world.violate(f"nonce {draft.nonce} used in a second channel")
                return self._give(known[1])
        message = posting.post(world, channel, world.bot, draft)
        if draft.nonce is not None:
            self._remember(draft.nonce, message)
        return self._give(message)

    def _remember(self, nonce: str, message: Message) -> None:
        now = self.world.clock.now()
        nonces = self.world.nonces
        nonces.pop(nonce, None)
        nonces[nonce] = (now, message)
        while nonces and now - next(iter(nonces.values()))[0] > self.world.nonce_window:
            del nonces[next(iter(nonces))]

    def one(self, ask: Ask) -> Answer:
        message = self._find(ask)
        self.world.require(message.channel, "READ_MESSAGE_HISTORY")
        return self._give(message)

    def edit(self, ask: Ask) -> Answer:
        world = self.world
        message = self._find(ask)
        # A moderator may only hide another's embeds.
        moderates = set(ask.body) <= {"flags"} and world.may(world.bot, message.channel, "MANAGE_MESSAGES")
        if message.author is not world.bot and not moderates:
            raise ApiError(50005)
        if message.system:
            raise ApiError(50021)
        if message.channel.archived:
            raise ApiError(50083)
        changes = bodies.changes(world, message, ask.body, ask.files, "edit")
        posting.edit(world, message, changes, ask.body.get("allowed_mentions"))
        return self._give(message)

    def delete(self, ask: Ask) -> Answer:
        message = self._find(ask)
        if message.author is not self.world.bot:
            if message.channel.guild is None:
                raise ApiError(50003)
            self.world.require(message.channel, "MANAGE_MESSAGES")
        if message.channel.archived:
            raise ApiError(50083)
        posting.delete(self.world, message)
        return None

    def delete_many(self, ask: Ask) -> Answer:
        world = self.world
        channel = world.channel(ask.params[0])
        world.require(channel, "MANAGE_MESSAGES")
        ids = ask.body.get("messages") or []
        if not 2 <= len(ids) <= 100:
            raise ApiError(50016, violation=f"{len(ids)} messages to delete at once")
        if any(world.clock.now() - minted(int(one)) > 14 * 86400 for one in ids):
            raise ApiError(50034)
        found = [channel.book[int(one)] for one in ids if int(one) in channel.book]
        posting.delete_many(world, channel, [one for one in found if not one.deleted])
        return None

    def publish(self, ask: Ask) -> Answer:
        message = self._find(ask)
        if message.channel.type != 5:
            raise ApiError(50024)
        message.flags |= 1
        posting.announce(self.world, "MESSAGE_UPDATE", message)
        return self._give(message)

    def type(self, ask: Ask) -> Answer:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        allow_send(self.world, channel)
        self.world.typing.append((channel, self.world.bot))
        return None

    def react(self, ask: Ask) -> Answer:
        message = self._find(ask)
        key = unquote(ask.params[2])
        if message.channel.archived:
            raise ApiError(50083)
        if message.channel.guild is not None:
            self.world.require(message.channel, "READ_MESSAGE_HISTORY")
            if key not in message.reactions:
                self.world.require(message.channel, "ADD_REACTIONS")
        if not key or (key.isascii() and ":" not in key):
            raise ApiError(10014, violation=f"{key!r} is no emoji")
        if key not in message.reactions and len(message.reactions) >= 20:
            raise ApiError(30010)
        posting.react(self.world, message, self.world.bot, key, on=True)
        return None

    def unreact(self, ask: Ask) -> Answer:
        message = self._find(ask)
        user = self.world.user(ask.params[3])
        if user is not self.world.bot:
            self.world.require(message.channel, "MANAGE_MESSAGES")
        posting.react(self.world, message, user, unquote(ask.params[2]), on=False)
        return None

    def reactors(self, ask: Ask) -> Answer:
        message = self._find(ask)
        people = message.reactions.get(unquote(ask.params[2]), {})
        after = int(ask.query.get("after", 0))
        chosen = [people[key] for key in sorted(people) if key > after]
        return [payloads.user(user) for user in chosen[: ask.number("limit", 25, 1, 100)]]

    def clear(self, ask: Ask) -> Answer:
        message = self._find(ask)
        self.world.require(message.channel, "MANAGE_MESSAGES")
        message.reactions.clear()
        self.world.touch()
        return None

    def pins(self, ask: Ask) -> Answer:
        channel = self.world.channel(ask.params[0])
        self.world.require(channel)
        found = [self._give(channel.book[one]) for one in reversed(channel.pins)]
        if ask.path.endswith("/messages/pins"):
            items = [{"pinned_at": self.world.clock.iso(), "message": one} for one in found]
            return {"items": items, "has_more": False}
        return found

    def pin(self, ask: Ask) -> Answer:
        self._pin(ask, on=True)
        return None

    def unpin(self, ask: Ask) -> Answer:
        self._pin(ask, on=False)
        return None

    def _pin(self, ask: Ask, *, on: bool) -> None:
        world = self.world
        message = self._find(ask)
        channel = message.channel
        if channel.guild is not None and not world.may(world.bot, channel, "MANAGE_MESSAGES"):
            world.require(channel, "PIN_MESSAGES")
        if on and len(channel.pins) >= 250:
            raise ApiError(30003)
        if on == message.pinned:
            return
        message.pinned = on
        (channel.pins.append if on else channel.pins.remove)(message.id)
        data: Json = {"channel_id": str(channel.id), "last_pin_timestamp": world.clock.iso() if on else None}
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
        world.tell("CHANNEL_PINS_UPDATE", data, guild=channel.guild, intent=GUILDS if channel.guild else DM_MESSAGES)
        if on:
            posting.post(world, channel, world.bot, posting.Draft(type=6, reference=message))


def allow_send(world: World, channel: Channel) -> None:
    """Refuse the bot to write where it may not: closed DMs, missing rights, locked threads."""
    if channel.recipient is not None:
        person = channel.recipient
        if person.bot or person.blocked or person.dms == "closed" or not person.guilds & world.bot.guilds:
            raise ApiError(50007)
        return
    if channel.is_thread:
        world.require(channel, "SEND_MESSAGES_IN_THREADS")
        if channel.locked and not world.may(world.bot, channel, "MANAGE_THREADS"):
            raise ApiError(50083 if channel.archived else 160005)
        return
    world.require(channel, "SEND_MESSAGES")
