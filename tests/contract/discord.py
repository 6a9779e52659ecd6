"""Discord as a side: the emulator, with discord.py unchanged between it and the bot."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.channel import DiscordChannel
from bot.dialog.happening import Mode
from tests.contract.sides import MONDAY, PREFIX, Attached, Shown
from tests.wire.discord import Channel, DiscordServer, Message, Modal, NotAnswered, User
from tests.wire.discord.interactions import COMPONENT
from tests.wire.discord.shown import label, walk

_RIGHTS = (
    *("VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "READ_MESSAGE_HISTORY", "EMBED_LINKS"),
    *("ATTACH_FILES", "ADD_REACTIONS", "CREATE_PUBLIC_THREADS", "CREATE_PRIVATE_THREADS", "MANAGE_THREADS"),
)
_BUTTON, _MENU = 2, 3


class Discord:
    """One guild."""

    name = "discord"
    form_field = 45
    words = "text"
    front: DiscordChannel

    def __init__(self) -> None:
        self.server = DiscordServer()
        self.server.world.ids._last = 0  # it was made by the machine's clock; from here on, time is the shop's
        self._people: dict[str, User] = {}
        self._rooms: dict[str, Channel] = {}
        self._modals: dict[str, Modal] = {}
        self._failed: list[str] = []
        self._now: Callable[[], datetime] = lambda: MONDAY

    @property
    def wrongs(self) -> list[str]:
        rooms = {room.id for room in self._rooms.values()}
        rung = (each for each in self.server.pings if each.kind != "user" or _room(each.message) not in rooms)
        told = (*self.server.violations, *rung, *self.server.unfurls, *self._failed)
        return [str(each) for each in told]

    @property
    def sent(self) -> str:
        return "\n".join(map(repr, self.server.call_log))

    @asynccontextmanager
    async def opened(self, queues: Iterable[str], agents: Iterable[str], mode: Mode) -> AsyncIterator[None]:
        async with self.server as discord:
            for agent in agents:
                self._person(agent)
            self._rooms = {queue: discord.add_channel(f"staff-{queue}", permissions=_RIGHTS) for queue in queues}
            self.front = DiscordChannel(
                DiscordAccess(
                    token=discord.token,
                    api_url=discord.api_url,
                    gateway_url=discord.gateway_url,
                    rooms=tuple(map(self.room, self._rooms)),
                    board=3_600.0,  # what stands in the rooms shall be the cases
                    reply_prefix=PREFIX,
                    modes={"default": mode},
                    settle=0.02,
                )
            )
            yield

    def follow(self, now: Callable[[], datetime]) -> None:
        self._now = now
        setattr(self.server.world.clock, "now", lambda: now().timestamp())  # noqa: B010 (a method, to the type checker)

    def latest(self) -> datetime:
        return self._now()

    def room(self, queue: str) -> str:
        return f"discord:{self._rooms[queue].id}"

    def account(self, agent: str) -> str:
        return f"discord:{self._people[agent].id}"

    def customer(self, who: str, called: str = "") -> str:
        return f"discord:{self._person(who, called).id}"

    async def ready(self) -> None:
        await self.server.until(lambda: self.front.ready, 10)

    # --- what people do -----------------------------------------------------------------------------------------------

    async def write(self, who: str, text: str, files: Sequence[Attached] = ()) -> str:
        user = self._person(who)
        return f"discord:{(await self.server.say(user, self.server.dm(user), text, files=files)).id}"

    async def write_below(self, agent: str, card: Shown, text: str, files: Sequence[Attached] = ()) -> str:
        message, user = card.message, self._person(agent)
        thread = message.thread or await self.server.thread(user, message, "case")
        return f"discord:{(await self.server.say(user, thread, text, files=files)).id}"

    async def help(self, who: str, query: str) -> str:
        user = self._person(who)
        shown = await self.server.command(user, self.server.dm(user), "help", topic=query)
        return shown.shown if shown else ""

    async def desk(self, agent: str, do: str, text: str) -> str:
        user = self._person(agent)
        options: dict[str, Any] = {do: text}
        shown = await self.server.command(user, self.server.dm(user), "desk", **options)
        return shown.shown if shown else ""

    async def press(self, who: str, shown: Shown, offer: str) -> str:
        for menu in shown.message.selects:
            if offer in [each["value"] for each in menu["options"]]:
                await self._answered(self.server.choose(self._person(who), shown.message, menu["custom_id"], offer))
                return ""
        await self._answered(self._pressed(self._person(who), shown.message, offer))
        return ""

    def _pressed(self, user: User, message: Message, offer: str) -> Awaitable[object]:
        there = [item for item in walk(message.components) if item.get("custom_id") == offer]
        if there:
            return self.server.press(user, message, offer)
        data = {"custom_id": offer, "component_type": _BUTTON, "id": 0}  # as it stood there before the message changed
        return self.server._send(COMPONENT, user, message.channel, data, message, 15)

    async def rewrite(self, who: str, shown: Shown, text: str) -> str:
        message: Message = shown.message
        await self.server.edit(self._person(who), message, text)
        return f"discord:{message.id}/edit/{self.server.world.clock.iso(message.edited_at)}"

    async def retract(self, who: str, shown: Shown) -> str:
        await self.server.delete(self._person(who), shown.message)
        return f"discord:{shown.message.id}/deleted"

    async def unfold(self, who: str, shown: Shown, offer: str) -> tuple[str, ...]:
        user = self._person(who)
        await self._pressed(user, shown.message, offer)
        self._modals[who] = await self.server.modal(user)
        return tuple(self._modals[who].labels)

    def has_form(self, who: str) -> bool:
        return who in self._modals

    async def submit(self, who: str, values: Mapping[str, str]) -> str:
        try:
            answer = await self._answered(self.server.submit(self._person(who), self._modals.pop(who), dict(values)))
        except ValueError as error:
            return str(error)
        return answer.shown if isinstance(answer, Message) and answer.ephemeral_to else ""

    # --- what they see ------------------------------------------------------------------------------------------------

    def dm(self, who: str) -> list[Shown]:
        user = self._person(who)
        return self._all(self.server.dm(user), user)

    def cards(self, queue: str) -> list[Shown]:
        return self._all(self._rooms[queue])

    def below(self, card: Shown) -> list[Shown]:
        return self._all(card.message.thread) if card.message.thread else []

    def _all(self, channel: Channel, viewer: User | None = None) -> list[Shown]:
        return [_shown(each) for each in self.server.messages(channel, viewer)]

    async def _answered(self, act: Awaitable[object]) -> object:
        """Wait until the bot has answered; that it did not is what the person saw, and stays wrong."""
        try:
            return await act
        except NotAnswered as error:
            self._failed.append(str(error))
        return None

    def _person(self, who: str, called: str = "") -> User:
        if who not in self._people:
            self._people[who] = self.server.add_user(who, display=called or None)
        return self._people[who]


def _marked(message: Message) -> bool:
    """Tell whether Discord shows that the bot's words were changed; what was deleted says so itself."""
    return message.bot and message.edited and not message.embeds and "(deleted" not in message.shown


def _room(message: Message) -> int:
    """Return the channel that a message is in, or that its thread is in: colleagues may be called in a staff room."""
    return (message.channel.parent or message.channel).id


def _shown(message: Message) -> Shown:
    offers = []
    for item in walk(message.components):
        if item["type"] == _BUTTON and not item.get("disabled"):
            offers.append((label(item), str(item["custom_id"])))
        elif item["type"] == _MENU:
            offers += [(each["label"], each["value"]) for each in item["options"]]
    embedded = [str(embed.get("description") or "") for embed in message.embeds]
    return Shown(
        id=str(message.id),
        by="" if message.bot else message.author.display,
        text=message.shown + (" (edited)" if _marked(message) else ""),
        sent="\n".join([message.content, *embedded]).strip(),
        offers=tuple(offers),
        menus=bool(message.selects),
        edits=len(message.edits),
        files=tuple((file.name, file.data) for file in message.attachments),
        marks=tuple(message.reactions),
        message=message,
    )
