"""The agents of the soak: they see cards in the staff's rooms, note, reply, resolve, whatever stands in their way."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.soak.people import Crowd, Customer, Impatient
from tests.soak.spots import Sent, Shown, discord_shown, slack_shown, stamp_of
from tests.wire import discord, slack
from tests.wire.discord import DiscordServer, NotAnswered
from tests.wire.slack import SlackServer

CARD = re.compile(r"\bCase (\d+)\b")
_ATTEMPTS = 24


class Room(Protocol):
    """A staff room: its cards, and what an agent can do with one. `at` chooses the agent."""

    name: str

    def cards(self) -> list[Shown]: ...

    async def write(self, at: int, card: Shown, text: str) -> Sent: ...

    def lines(self, card: Shown) -> list[Shown]:
        """Return what the bot wrote in the card's thread."""
        ...

    async def press(self, at: int, card: Shown, label: str) -> None: ...

    async def submit(self, at: int, case: int) -> bool:
        """Send the form that opens, if it is about this case."""
        ...


@dataclass(eq=False)
class SlackRoom:
    """A staff room on Slack."""

    server: SlackServer
    room: slack.Channel
    agents: list[slack.User]
    name: str = "slack"

    def cards(self) -> list[Shown]:
        return [slack_shown(each) for each in self.room.main if each.bot and not each.deleted]

    async def write(self, at: int, card: Shown, text: str) -> Sent:
        agent = self.agents[at % len(self.agents)]
        ts = await self.server.say(agent, self.room, text, thread=card.handle.ts)
        return Sent(f"slack:{self.room.team.id}/{self.room.id}/{ts}", stamp_of(ts))

    def lines(self, card: Shown) -> list[Shown]:
        return [
            slack_shown(each) for each in self.room.threads.get(card.handle.ts, ()) if each.bot and not each.deleted
        ]

    async def press(self, at: int, card: Shown, label: str) -> None:
        await self.server.press(self.agents[at % len(self.agents)], card.handle, label)

    async def submit(self, at: int, case: int) -> bool:
        agent = self.agents[at % len(self.agents)]
        try:
            modal = await self.server.modal(agent, timeout=4.0)
        except AssertionError:
            return False
        if f'"case": {case},' not in str(modal.view["private_metadata"]):
            await self.server.close(agent, modal)
            return False
        return await self.server.submit(agent, modal, {}) is None


@dataclass(eq=False)
class DiscordRoom:
    """A staff room on Discord; a card's thread is the one on its message."""

    server: DiscordServer
    room: discord.Channel
    agents: list[discord.User]
    name: str = "discord"

    def cards(self) -> list[Shown]:
        bot = self.server.bot_user
        return [discord_shown(each) for each in self.server.messages(self.room) if each.author is bot]

    async def write(self, at: int, card: Shown, text: str) -> Sent:
        agent = self.agents[at % len(self.agents)]
        thread = card.handle.thread or await self.server.thread(agent, card.handle, "case")
        said = await self.server.say(agent, thread, text)
        return Sent(f"discord:{said.id}", said.id)

    def lines(self, card: Shown) -> list[Shown]:
        thread, bot = card.handle.thread, self.server.bot_user
        return [discord_shown(each) for each in self.server.messages(thread) if each.author is bot] if thread else []

    async def press(self, at: int, card: Shown, label: str) -> None:
        await self.server.press(self.agents[at % len(self.agents)], card.handle, label, wait=5.0)

    async def submit(self, at: int, case: int) -> bool:
        agent = self.agents[at % len(self.agents)]
        try:
            modal = await self.server.modal(agent, wait=4.0)
            if not modal.custom_id.endswith(f":{case}"):
                return False
            await self.server.submit(agent, modal, {}, wait=5.0)
        except NotAnswered:
            return False
        return True


@dataclass
class Desk:
    """All agents, at both rooms. `threads` holds, by case, whose it is and where the card stands."""

    crowd: Crowd
    rooms: list[Any]
    threads: dict[int, tuple[Customer, Any, Shown]] = field(default_factory=dict)
    _locks: dict[tuple[str, int], asyncio.Lock] = field(default_factory=dict)

    async def run(self) -> None:
        """Deal with every case that turns up, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                for room in self.rooms:
                    for card in room.cards():
                        self._take(group, room, card)
                await asyncio.sleep(0.2)

    def _take(self, group: asyncio.TaskGroup, room: Any, card: Shown) -> None:
        found = CARD.search(card.text)
        if not found or int(found[1]) in self.threads:
            return
        named = re.compile(r"\b(c\d+x|slack:\w+/\w+)(?!\w)").search(card.text)  # the name, or who has none yet
        who = next(
            (each for each in self.crowd.customers if named and named[1] in (each.name, each.spot.customer)), None
        )
        assert who, f"a card about nobody: {card.text}"
        case = who.case = int(found[1])
        self.threads[case] = who, room, card
        group.create_task(self._deal_or_fail(case, who, room, card))

    async def _deal_or_fail(self, case: int, who: Customer, room: Any, card: Shown) -> None:
        try:
            await self._deal(case, who, room, card)
        except Impatient as error:
            print(error, flush=True)
            self.crowd.failed = True

    async def _deal(self, case: int, who: Customer, room: Any, card: Shown) -> None:
        dice = self.crowd.dice
        async with self._locks.setdefault((room.name, case % 4), asyncio.Lock()):
            await asyncio.sleep(dice.uniform(0.2, 1.5))
            if dice.random() < 0.5:
                await self._pressed(room, case, card, "Claim")
            await self._says(case, who, room, card, "note")
            reply = await self._says(case, who, room, card, "reply")
            await self.crowd.until(lambda: _says_so(who, reply), who, f"a reply, {reply}")
            await self.crowd.until(lambda: who.told_all, who, "all that people shall know")
            told = [word.text for word in who.words if word.kind == "relayed"]
            await self.crowd.until(
                lambda: all(any(word in line.text for line in room.lines(card)) for word in told),
                who,
                f"words to reach the staff of case {case}: {told}",
            )
            await self._resolve(case, who, room, card)

    async def _says(self, case: int, who: Customer, room: Any, card: Shown, kind: Any) -> str:
        word = self.crowd.word()
        self.crowd.written += 1
        sent = await room.write(case, card, f"!r {word}" if kind == "reply" else f"{word} he is angry")
        self.crowd.note(word, kind, who, sent)
        return word

    async def _pressed(self, room: Any, case: int, card: Shown, label: str) -> bool:
        try:
            await room.press(case, card, label)
        except (AssertionError, LookupError):  # it was not answered, or the button is gone
            return False
        return True

    async def _resolve(self, case: int, who: Customer, room: Any, card: Shown) -> None:
        who.doing = f"case {case} to be resolved"
        for _ in range(_ATTEMPTS):
            await self._pressed(room, case, card, "Resolve")
            await room.submit(case, case)
            for _ in range(20):
                if _says_so(who, "resolved"):
                    return
                await asyncio.sleep(0.2)
        raise Impatient(f"case {case} of {who} cannot be resolved")


def _says_so(who: Customer, text: str) -> bool:
    return any(text in shown.text for shown in who.spot.seen())
