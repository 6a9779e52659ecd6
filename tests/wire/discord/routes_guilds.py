"""REST routes of the application itself, of guilds, members and roles, and the gateway's address."""

from typing import Any

from tests.wire.discord import payloads
from tests.wire.discord.commands import CHAT, check_commands
from tests.wire.discord.errors import ApiError
from tests.wire.discord.records import KINDS, Channel, Guild, Member
from tests.wire.discord.rest import Answer, Ask, Rest
from tests.wire.discord.world import GUILDS, MEMBERS, World

Json = dict[str, Any]


class GuildRoutes:
    def __init__(self, world: World, rest: Rest) -> None:
        self.world = world
        self.starts_left = 1000
        rest.add("GET /users/@me", self.me)
        rest.add("PATCH /users/@me", self.me)
        rest.add("GET /users/@me/guilds", self.mine)
        rest.add("GET /users/*", self.user)
        rest.add("GET /oauth2/applications/@me", self.application)
        rest.add("GET /applications/@me", self.application)
        rest.add("GET /gateway", self.gateway)
        rest.add("GET /gateway/bot", self.gateway_bot)
        rest.add("GET /guilds/*", self.guild)
        rest.add("GET /guilds/*/channels", self.channels)
        rest.add("POST /guilds/*/channels", self.create_channel)
        rest.add("GET /guilds/*/roles", self.roles)
        rest.add("GET /guilds/*/members", self.members)
        rest.add("GET /guilds/*/members/search", self.search)
        rest.add("GET /guilds/*/members/*", self.member)
        rest.add("PATCH /guilds/*/members/@me", self.rename)
        rest.add("PUT /guilds/*/members/*/roles/*", self.give_role)
        rest.add("DELETE /guilds/*/members/*/roles/*", self.take_role)
        rest.add("GET /applications/*/commands", self.commands)
        rest.add("PUT /applications/*/commands", self.set_commands)
        rest.add("POST /applications/*/commands", self.add_command)
        rest.add("GET /applications/*/guilds/*/commands", self.commands)
        rest.add("PUT /applications/*/guilds/*/commands", self.set_commands)

    def me(self, ask: Ask) -> Answer:
        return payloads.user(self.world.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0}

    def mine(self, ask: Ask) -> Answer:
        found = [one for one in self.world.guilds.values() if self.world.bot.id in one.members]
        return [{"id": str(g.id), "name": g.name, "icon": None, "owner": False, "permissions": "0"} for g in found]

    def user(self, ask: Ask) -> Answer:
        return payloads.user(self.world.user(ask.params[0]))

    def application(self, ask: Ask) -> Answer:
        return payloads.application(self.world)

    def gateway(self, ask: Ask) -> Answer:
        return {"url": self.world.origin.replace("http", "ws", 1) + "/gateway/"}

    def gateway_bot(self, ask: Ask) -> Answer:
        limit = {"total": 1000, "remaining": self.starts_left, "reset_after": 14_400_000, "max_concurrency": 1}
        return {
            "url": self.world.origin.replace("http", "ws", 1) + "/gateway/",
            "shards": max(1, -(-len(self.world.guilds) // 1000)),
            "session_start_limit": limit,
        }

    def guild(self, ask: Ask) -> Answer:
        guild = self.world.guild(ask.params[0])
        counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
        return payloads.guild(self.world, guild) | (counts if ask.query.get("with_counts") in ("1", "true") else {})

    def channels(self, ask: Ask) -> Answer:
        guild = self.world.guild(ask.params[0])
        return [payloads.channel(self.world, one) for one in guild.channels.values()]

    def create_channel(self, ask: Ask) -> Answer:
        world = self.world
        guild = world.guild(ask.params[0])
        if not world.base_rights(guild.members[world.bot.id]) & (1 << 4):
            raise ApiError(50013)
        if len(guild.channels) >= world.max_channels:
            raise ApiError(30013)
        kind = ask.body.get("type", 0)
        if kind not in KINDS.values():
            raise ApiError(50024)
        parent = world.channel(str(ask.body["parent_id"])) if ask.body.get("parent_id") else None
        channel = Channel(
            world.ids.next(), ask.body["name"], kind, guild, parent, ask.body.get("topic"), len(guild.channels)
        )
        for entry in ask.body.get("permission_overwrites") or []:
            channel.overwrites[int(entry["id"])] = (entry["type"], int(entry["allow"]), int(entry["deny"]))
        world.add_channel(channel)
        data = payloads.channel(world, channel)
        world.tell("CHANNEL_CREATE", data, guild=guild, intent=GUILDS)
        return data

    def roles(self, ask: Ask) -> Answer:
        return [payloads.role(one) for one in self.world.guild(ask.params[0]).roles.values()]

    def members(self, ask: Ask) -> Answer:
        guild = self.world.guild(ask.params[0])
        if "members" not in self.world.privileged:
            raise ApiError(50001)
        limit, after = ask.number("limit", 1, 1, 1000), int(ask.query.get("after", 0))
        found = [guild.members[key] for key in sorted(guild.members) if key > after]
        return [payloads.member(self.world, one) for one in found[:limit]]

    def search(self, ask: Ask) -> Answer:
        guild = self.world.guild(ask.params[0])
        query = ask.query.get("query", "").lower()
        found = [one for one in guild.members.values() if one.user.name.lower().startswith(query)]
        return [payloads.member(self.world, one) for one in found[: ask.number("limit", 1, 1, 1000)]]

    def _member(self, guild: Guild, key: str) -> Member:
        user = self.world.user(key)
        if user.id not in guild.members:
            raise ApiError(10007)
        return guild.members[user.id]

    def member(self, ask: Ask) -> Answer:
        return payloads.member(self.world, self._member(self.world.guild(ask.params[0]), ask.params[1]))

    def rename(self, ask: Ask) -> Answer:
        member = self._member(self.world.guild(ask.params[0]), "@me")
        member.nick = ask.body.get("nick", member.nick)
        return payloads.member(self.world, member)

    def give_role(self, ask: Ask) -> Answer:
        self._role(ask, on=True)
        return None

    def take_role(self, ask: Ask) -> Answer:
        self._role(ask, on=False)
        return None

    def _role(self, ask: Ask, *, on: bool) -> None:
        world = self.world
        guild = world.guild(ask.params[0])
        member = self._member(guild, ask.params[1])
        role = guild.roles.get(int(ask.params[2]))
        if role is None:
            raise ApiError(10011)
        own = guild.members[world.bot.id]
        highest = max((guild.roles[one].position for one in own.roles), default=0)
        if not world.base_rights(own) & (1 << 28) or role.position >= highest:
            raise ApiError(50013)
        set_roles(world, member, [one for one in member.roles if one != role.id] + ([role.id] if on else []))

    def _place(self, ask: Ask) -> int | None:
        if ask.params[0] != str(self.world.application_id):
            raise ApiError(50001, violation=f"commands of another application, {ask.params[0]}")
        return self.world.guild(ask.params[1]).id if len(ask.params) > 1 else None

    def commands(self, ask: Ask) -> Answer:
        return list(self.world.commands.get(self._place(ask), []))

    def set_commands(self, ask: Ask) -> Answer:
        place = self._place(ask)
        wanted = ask.array or []
        check_commands(wanted)
        old = {(one["type"], one["name"]): one for one in self.world.commands.get(place, [])}
        made = [self._command(one, place, old) for one in wanted]
        self.world.commands[place] = made
        return list(made)

    def add_command(self, ask: Ask) -> Answer:
        place = self._place(ask)
        there = self.world.commands[place]
        key = (ask.body.get("type", CHAT), ask.body.get("name"))
        check_commands([*(self._bare(one) for one in there if (one["type"], one["name"]) != key), ask.body])
        old = {(one["type"], one["name"]): one for one in there}
        made = self._command(ask.body, place, old)
        self.world.commands[place] = [one for one in there if (one["type"], one["name"]) != key] + [made]
        return made

    def _bare(self, command: Json) -> Json:
        return {key: value for key, value in command.items() if key not in ("application_id", "version", "guild_id")}

    def _command(self, body: Json, place: int | None, old: dict[tuple[int, str], Json]) -> Json:
        kind = body.get("type", CHAT)
        before = old.get((kind, body["name"]))
        made: Json = {"description": "", "default_member_permissions": None, "nsfw": False, "dm_permission": True}
        made |= {"integration_types": [0], "contexts": None, "options": []}
        made |= {key: value for key, value in body.items() if value is not None}
        made |= {
            "id": before["id"] if before else str(self.world.ids.next()),
            "application_id": str(self.world.application_id),
            "version": str(self.world.ids.next()),
            "type": kind,
        }
        return made | ({"guild_id": str(place)} if place else {})


def set_roles(world: World, member: Member, roles: list[int]) -> None:
    """Give a member other roles and tell of it."""
    member.roles = roles
    data = payloads.member(world, member) | {"guild_id": str(member.guild.id)}
    world.tell("GUILD_MEMBER_UPDATE", data, guild=member.guild, intent=MEMBERS)
