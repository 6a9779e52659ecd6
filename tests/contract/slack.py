"""Slack as a side: the emulator, with slack_bolt and slack_sdk unchanged between it and the bot."""

import html
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.channels.slack.access import SlackAccess
from bot.channels.slack.channel import SlackChannel
from bot.dialog.happening import Mode
from tests.contract.sides import PREFIX, Attached, Shown
from tests.wire.slack import Channel, Message, Modal, SlackServer, User
from tests.wire.slack.people import typed
from tests.wire.slack.shown import elements_of, label_of, text_object


class Slack:
    """One workspace. Messages go out as fast as they can: how fast they may is not what the contract is about."""

    name = "slack"
    form_field = 2_000
    words = "words"
    front: SlackChannel

    def __init__(self) -> None:
        self.server = SlackServer()
        self._people: dict[str, User] = {}
        self._rooms: dict[str, Channel] = {}
        self._modals: dict[str, Modal] = {}

    @property
    def wrongs(self) -> list[str]:
        slack = self.server
        rooms = {room.id for room in self._rooms.values()}
        rung = (each for each in slack.pings if each.kind != "user" or each.channel not in rooms)  # colleagues may be
        told = (*slack.violations, *rung, *slack.unfurls, *slack.toasts, *slack.unthreaded)
        return [str(each) for each in told]

    @property
    def sent(self) -> str:
        return "\n".join(map(repr, self.server.call_log))

    @asynccontextmanager
    async def opened(self, queues: Iterable[str], agents: Iterable[str], mode: Mode) -> AsyncIterator[None]:
        async with self.server as slack:
            slack.pacing = None
            staff = [self._person(agent) for agent in agents]
            self._rooms = {queue: slack.add_channel(f"staff-{queue}", members=staff, private=True) for queue in queues}
            self.front = SlackChannel(
                SlackAccess(
                    bot_tokens=(slack.bot_token,),
                    app_tokens=(slack.app_token,),
                    api_url=slack.api_url,
                    rooms=tuple(map(self.room, self._rooms)),
                    board=3_600.0,  # what stands in the rooms shall be the cases
                    reply_prefix=PREFIX,
                    modes={"default": mode},
                    pace=100_000,
                )
            )
            yield

    def follow(self, now: Callable[[], datetime]) -> None:
        setattr(self.server.world, "now", lambda: now().timestamp())  # noqa: B010 (a method, to the type checker)

    def latest(self) -> datetime:
        return datetime.fromtimestamp(self.server.world._last / 1_000_000, UTC)

    def room(self, queue: str) -> str:
        return f"slack:{self.server.team}/{self._rooms[queue].id}"

    def account(self, agent: str) -> str:
        return f"slack:{self._people[agent].id}"

    def customer(self, who: str, called: str = "") -> str:
        return f"slack:{self.server.team}/{self._person(who, called).id}"

    async def ready(self) -> None:
        await self.server.until(lambda: self.front.ready, 10)

    # --- what people do -----------------------------------------------------------------------------------------------

    async def write(self, who: str, text: str, files: Sequence[Attached] = ()) -> str:
        user = self._person(who)
        room = self.server.dm(user)
        return self._key(room, await self.server.say(user, room, _typed(text), files=files, raw=True))

    async def write_below(self, agent: str, card: Shown, text: str, files: Sequence[Attached] = ()) -> str:
        room: Channel = card.message.channel
        ts = await self.server.say(
            self._person(agent), room, _typed(text), thread=card.message.ts, files=files, raw=True
        )
        return self._key(room, ts)

    async def help(self, who: str, query: str) -> str:
        user = self._person(who)
        return await self.server.command(user, self.server.dm(user), "/help", query) or ""

    async def desk(self, agent: str, do: str, text: str) -> str:
        user = self._person(agent)
        return await self.server.command(user, self.server.dm(user), "/desk", f"{do} {text}") or ""

    async def press(self, who: str, shown: Shown, offer: str) -> str:
        for _, element in elements_of(shown.message.blocks):
            if element["type"] == "static_select" and offer in [each["value"] for each in element["options"]]:
                await self.server.choose(self._person(who), shown.message, element["action_id"], offer)
                return ""
        await self.server.press(self._person(who), shown.message, offer)
        return ""

    async def rewrite(self, who: str, shown: Shown, text: str) -> str:
        message: Message = shown.message
        await self.server.edit(self._person(who), message.channel, message.ts, _typed(text), raw=True)
        return f"{self._key(message.channel, message.ts)}/edit/{message.edited}"

    async def retract(self, who: str, shown: Shown) -> str:
        message: Message = shown.message
        await self.server.delete(self._person(who), message.channel, message.ts)
        return f"{self._key(message.channel, message.ts)}/deleted"

    async def unfold(self, who: str, shown: Shown, offer: str) -> tuple[str, ...]:
        user = self._person(who)
        await self.server.press(user, shown.message, offer)
        self._modals[who] = await self.server.modal(user)
        return tuple(self._modals[who].labels)

    def has_form(self, who: str) -> bool:
        return who in self._modals

    async def submit(self, who: str, values: Mapping[str, str]) -> str:
        objected = await self.server.submit(self._person(who), self._modals.pop(who), values)
        return str(objected or "")

    # --- what they see ------------------------------------------------------------------------------------------------

    def dm(self, who: str) -> list[Shown]:
        user = self._person(who)
        room = self.server.dm(user)
        return [self._shown(each) for each in room.log if not each.deleted and each.ephemeral_to in (None, user.id)]

    def cards(self, queue: str) -> list[Shown]:
        return [self._shown(each) for each in self.server.messages(self._rooms[queue])]

    def below(self, card: Shown) -> list[Shown]:
        return [self._shown(each) for each in self.server.messages(card.message.channel, card.message.ts)[1:]]

    def _shown(self, message: Message) -> Shown:
        world = self.server.world
        offers = []
        for _, element in elements_of(message.blocks):
            if element["type"] == "static_select":
                offers += [(text_object(each["text"], world), each["value"]) for each in element["options"]]
            else:  # a choice is known by its value, a button of a card by what it does
                by = "value" if element["action_id"].startswith("choice/") else "action_id"
                offers.append((label_of(element, world), element[by]))
        raw = [str(block["text"]["text"]) for block in message.blocks if block["type"] == "section"]
        return Shown(
            id=message.ts,
            by="" if message.bot else world.users[message.user].display_name,
            text=message.shown,
            sent="\n".join(raw) or message.text,
            offers=tuple(offers),
            menus=any(element["type"] == "static_select" for _, element in elements_of(message.blocks)),
            edits=len(message.versions),
            files=tuple((file.name, file.content) for file in message.files),
            marks=tuple(_MARKS[name] for name in message.reactions),
            message=message,
        )

    def _person(self, who: str, called: str = "") -> User:
        if who not in self._people:
            self._people[who] = self.server.add_user(who, called)
        return self._people[who]

    def _key(self, room: Channel, ts: str) -> str:
        return f"slack:{self.server.team}/{room.id}/{ts}"


_MARKS = {"white_check_mark": "✅", "warning": "⚠️", "leftwards_arrow_with_hook": "↩️"}


def _typed(text: str) -> str:
    """Return what Slack sends for letters that a person types: nothing in angle brackets is a mention, links are."""
    return "".join(html.escape(part) if part in "<>" else typed(part) for part in re.split("([<>])", text))
