"""The emulator put together: one loopback port for API, gateway and files, and a person's view of what stands there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType

from aiohttp import web

from tests.wire.discord import payloads
from tests.wire.discord import permissions as rights
from tests.wire.discord.buckets import Buckets
from tests.wire.discord.cdn import Cdn
from tests.wire.discord.faults import Faults
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.interactions import Interaction, Interactions
from tests.wire.discord.people import People
from tests.wire.discord.records import KINDS, Call, Channel, Guild, Message, Ping, Role, Tag, Unfurl, User
from tests.wire.discord.rest import Rest
from tests.wire.discord.routes_channels import ChannelRoutes
from tests.wire.discord.routes_guilds import GuildRoutes
from tests.wire.discord.routes_messages import MessageRoutes
from tests.wire.discord.world import GUILDS, MEMBERS, World


class DiscordServer(People):
    """Discord on loopback: `async with DiscordServer() as discord:`.

    `privileged` names the privileged intents that the application was granted: members, content, presences.
    """

    def __init__(self, *, privileged: Iterable[str] = ("members", "content"), guild: str = "Shop") -> None:
        self.world = World(privileged=privileged)
        self.faults = Faults()
        self.limits = Buckets()
        self.gateway = Gateway(self.world, self.faults)
        self.faults.gateway = self.gateway
        self.rest = Rest(self.world, self.faults, self.limits)
        self.interactions = Interactions(self.world, self.rest)
        self.rest.lost = self.interactions.lost
        MessageRoutes(self.world, self.rest)
        ChannelRoutes(self.world, self.rest)
        GuildRoutes(self.world, self.rest)
        self.cdn = Cdn(self.world)
        self.world.emit = self.gateway.emit
        self._suggested = {}
        self._name = guild
        self._runner: web.AppRunner | None = None
        self.guild = self.world.add_guild(guild)

    # Life

    async def __aenter__(self) -> DiscordServer:
        app = web.Application(client_max_size=256 * 1024 * 1024)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self.cdn.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.world.origin = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        for socket in list(self.gateway.sockets):
            socket.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    # Addresses and counters

    @property
    def api_url(self) -> str:
        return f"{self.world.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"{self.world.origin.replace('http', 'ws', 1)}/gateway/"

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def bot_user(self) -> User:
        return self.world.bot

    @property
    def connections(self) -> int:
        """Gateway sockets that are open now."""
        return len(self.gateway.sockets)

    @property
    def calls(self) -> int:
        """REST requests since the start."""
        return self.world.calls

    @property
    def call_log(self) -> deque[Call]:
        return self.world.call_log

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    @property
    def pings(self) -> list[Ping]:
        return self.world.pings

    @property
    def unfurls(self) -> list[Unfurl]:
        return self.world.unfurls

    @property
    def unanswered(self) -> list[Interaction]:
        """Interactions that reached the bot and went without an answer for three seconds."""
        now, most = self.world.clock.now(), self.interactions.deadline
        return [
            one
            for one in self.interactions.by_id.values()
            if one.answered is None and one.delivered_at is not None and now - one.delivered_at > most
        ]

    def find_channel(self, number: int) -> Channel:
        """Give a channel, thread or DM by its id."""
        return self.world.channels[number]

    def find_message(self, number: int) -> Message:
        """Give a message by its id."""
        return self.world.messages[number]

    # Furnishing

    def add_guild(self, name: str) -> Guild:
        """Make another guild with our bot in it."""
        guild = self.world.add_guild(name)
        self.world.tell("GUILD_CREATE", payloads.guild(self.world, guild, members=True), guild=guild, intent=GUILDS)
        return guild

    def add_user(
        self,
        name: str,
        *,
        display: str | None = None,
        dms: str = "open",
        bot: bool = False,
        roles: Sequence[Role] = (),
        guild: Guild | None = None,
    ) -> User:
        """Make a member of the default guild (or of `guild`); before the bot connects, or it is told of one joining."""
        user = self.world.add_user(name, display or name.capitalize(), dms=dms, bot=bot)
        place = guild or self.guild
        member = self.world.enter(place, user, [role.id for role in roles])
        data = payloads.member(self.world, member) | {"guild_id": str(place.id)}
        self.world.tell("GUILD_MEMBER_ADD", data, guild=place, intent=MEMBERS)
        return user

    def add_role(self, guild: Guild, name: str, *, grants: Iterable[str] = (), mentionable: bool = False) -> Role:
        """Make a role, with permissions beyond everybody's where named."""
        bits = rights.mask(grants)
        role = Role(self.world.ids.next(), guild, name, bits, len(guild.roles), mentionable=mentionable)
        guild.roles[role.id] = role
        data = {"guild_id": str(guild.id), "role": payloads.role(role)}
        self.world.tell("GUILD_ROLE_CREATE", data, guild=guild, intent=GUILDS)
        return role

    def add_channel(
        self,
        name: str,
        *,
        kind: str = "text",
        permissions: Iterable[str] | None = None,
        tags: Sequence[str] = (),
        guild: Guild | None = None,
        visible_to: Sequence[Role | User] | None = None,
        topic: str | None = None,
        requires_tag: bool = False,
    ) -> Channel:
        """Make a channel. `permissions` are all that the bot has in it; `visible_to` hides it from everybody else."""
        guild = guild or self.guild
        world = self.world
        channel = Channel(world.ids.next(), name, KINDS[kind], guild, topic=topic, position=len(guild.channels))
        channel.requires_tag = requires_tag
        channel.available_tags = [Tag(world.ids.next(), tag) for tag in tags]
        view = rights.BITS["VIEW_CHANNEL"]
        if visible_to is not None:
            channel.overwrites[guild.id] = (0, 0, view)
            own = guild.members[world.bot.id].roles
            for one in [*own, *(each.id for each in visible_to)]:
                channel.overwrites[one] = (0 if one in guild.roles else 1, view, 0)
        world.add_channel(channel)
        if permissions is not None:
            _permit(world, channel, permissions)
        world.tell("CHANNEL_CREATE", payloads.channel(world, channel), guild=guild, intent=GUILDS)
        return channel

    async def permit(self, channel: Channel, permissions: Iterable[str]) -> None:
        """Set all that the bot may do in a channel, as an admin changes it while the bot runs."""
        world = self.world
        seen = world.sees(world.bot, channel)
        _permit(world, channel, permissions)
        data = payloads.channel(world, channel)
        world.tell("CHANNEL_UPDATE", data, guild=channel.guild, intent=GUILDS)
        if channel.guild is not None and not seen and world.sees(world.bot, channel):
            found = [one for one in channel.threads.values() if payloads.active_for_bot(world, one)]
            sync = {
                "guild_id": str(channel.guild.id),
                "channel_ids": [str(channel.id)],
                "threads": [payloads.channel(world, one) for one in found],
                "members": [payloads.thread_member(world, t, world.bot) for t in found if world.bot.id in t.people],
            }
            world.tell("THREAD_LIST_SYNC", sync, guild=channel.guild, intent=GUILDS)
        await asyncio.sleep(0)

    def dm(self, user: User) -> Channel:
        """Give the DM between a person and our bot."""
        return self.world.dm(user)

    def skip(self, seconds: float) -> None:
        """Move the platform's clock: ids, times, tokens, nonces and file addresses follow."""
        self.world.clock.skew += seconds

    # What stands on the screen

    def messages(
        self, channel: Channel, viewer: User | None = None, *, system: bool = False, deleted: bool = False
    ) -> list[Message]:
        """Give what a person reads in a channel, oldest first.

        Without a viewer it is what is there for all; ephemeral messages are only their own viewer's. `system` adds
        lines such as "X added Y", `deleted` what was taken away.
        """
        if viewer is not None and channel.guild is not None and not self.world.sees(viewer, channel):
            return []
        return [
            message
            for message in channel.book.values()
            if (message.ephemeral_to is None or message.ephemeral_to is viewer)
            and (deleted or not message.deleted)
            and (system or not message.system)
        ]

    def threads(self, channel: Channel, viewer: User | None = None) -> list[Channel]:
        """Give a channel's threads, oldest first, archived ones too; a viewer has only those that he sees."""
        found = list(channel.threads.values())
        return found if viewer is None else [one for one in found if self.world.sees(viewer, one)]

    def transcript(self, channel: Channel, viewer: User | None = None) -> str:
        """Write a channel down as lines of text, for the message of a failed test."""
        lines = []
        for one in self.messages(channel, viewer):
            marks = (" (edited)" if one.edited else "") + (" (only you)" if one.ephemeral_to else "")
            marks += "".join(f" [{label}]" for label in one.buttons)
            marks += "".join(f" <{file.name}>" for file in one.attachments)
            lines.append(f"{one.author.display}: {'…' if one.loading else one.shown}{marks}")
        return "\n".join(lines)

    # Waiting

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until a condition holds, looking again at each change on the platform."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not condition():
            left = end - loop.time()
            if left <= 0:
                calls = "\n".join(f"  {one.status} {one.method} {one.path}" for one in list(self.call_log)[-8:])
                raise TimeoutError(f"not so after {timeout} s; violations: {self.violations}; last calls:\n{calls}")
            # The condition may also watch the bot itself, which changes without our hearing of it.
            await self.world.changed(min(left, 0.1))

    async def wait_for(
        self,
        channel: Channel,
        text: str = "",
        *,
        viewer: User | None = None,
        after: Message | None = None,
        button: str | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Message:
        """Wait for a bot's message that shows `text` (and has `button`), newest first; give it."""
        found: list[Message] = []

        def there() -> bool:
            for key in reversed(channel.order):
                if after is not None and key <= after.id:
                    return False
                one = channel.book[key]
                if (
                    one.bot
                    and not one.deleted
                    and not one.loading
                    and not one.system
                    and (one.ephemeral_to is None or one.ephemeral_to is viewer)
                    and text in one.shown
                    and (button is None or button in one.buttons)
                ):
                    found.append(one)
                    return True
            return False

        try:
            await self.until(there, timeout)
        except TimeoutError as late:
            raise TimeoutError(f"no {text!r} in\n{self.transcript(channel, viewer)}\n{late}") from None
        return found[0]


def _permit(world: World, channel: Channel, names: Iterable[str]) -> None:
    allow = rights.mask(names)
    # The right to ring everybody stays as the role has it, so that a slip is heard in every channel.
    deny = rights.CHANNEL & ~allow & ~rights.BITS["MENTION_EVERYONE"]
    channel.overwrites[world.bot.id] = (1, allow, deny)
