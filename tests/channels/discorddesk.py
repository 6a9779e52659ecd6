"""A shop on Discord: the emulator with people in it, the real library, the real channel, and a real shop behind it."""

import asyncio
import contextlib
import dataclasses
import functools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import discord.gateway
import discord.http
import msgspec

from bot.app import Edited, OpenShop, open_shop
from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.channel import DiscordChannel
from bot.channels.files import Files
from bot.channels.staff import StaffRooms
from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.events import Event
from bot.dialog.state import Turn
from tests.content import shop as contents
from tests.wire.discord import Channel, DiscordServer, Message, User

OUTCOMES = "outcomes: {solved: {title: Solved}, spam: {title: It was spam, check_in: no}}"

FLOWS = """\
policies:
  claims:
    rule: Claims are decided by people.
    why: Each is its own.
    alternatives: [{value: credit, label: Store credit, say: Store credit}]
    exclusions: [{if: "true", because: that is not ours to decide.}]
flows:
  claim:
    title: Make a claim
    private: false
    phrasings: [I want to make a claim]
    steps:
      details:
        form: Details
        say: Please fill this in.
        fields: [{slot: what, label: What?}, {slot: why, label: Why?, required: false, long: true}]
      which:
        offer: What shall we do?
        options:
          - {value: money, label: Money back, then: money}
          - {value: ask, label: Ask a supervisor, then: review}
      money: {end: paid, say: "Money for {{ what }}."}
      review:
        approve: supervisor
        subject: "Claim: {{ what }}"
        say: Case {{ case }} is under review.
        within: 4h
        approved: granted
        declined: judged
      granted: {end: granted, say: "Granted. {{ decision.reason }}"}
      judged: {policy: claims, allowed: refused, refused: sorry}
      sorry:
        refuse:
          feeling: "Not this time. {{ decision.reason }}"
          wish: I wish it were otherwise.
          limit: However, {{ verdict.because }}
          instead: "Instead:"
          question: Would that do?
        then: refused
      refused: {end: refused, say: "Not this time. {{ decision.reason }}"}
  track:
    title: Track an order
    phrasings: [where is my order]
    steps:
      ask_order: {ask: number, type: order, say: Which order?}
      tell: {end: told, say: "Order {{ number }} is on its way."}
"""


def files() -> dict[str, str | bytes]:
    """Return the shop's content: the small shop of the content tests, with the shipped words."""
    words = (shipped_folder() / "handoff" / "texts.yaml").read_bytes()
    snippets = (shipped_folder() / "handoff" / "snippets.yaml").read_bytes()
    ours: dict[str, str | bytes] = {
        "flows/claim.yaml": FLOWS,
        "handoff/texts.yaml": words,
        "handoff/snippets.yaml": snippets,
        "handoff/outcomes.yaml": OUTCOMES,
    }
    return {**contents.files(), **ours}


@functools.cache
def catalog() -> Catalog:
    """Return that content, compiled once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        return load(contents.write(Path(folder), files()))


class Watched:
    """A watcher that keeps every event that a turn was taken for."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[Any]:
        """Return the events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


class Grudging:
    """A shop whose storage is in trouble: each acceptance first does what the test says."""

    def __init__(self, shop: OpenShop, before: Callable[[], Awaitable[None]]) -> None:
        self._shop = shop
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    async def accept(self, event: Event) -> bool:
        """Accept an event, or not."""
        await self._before()
        return await self._shop.accept(event)


class Desk:
    """What a test has in hand: the platform, its channels and people, and the bot that serves them."""

    def __init__(self, server: DiscordServer, database: str) -> None:
        self.server = server
        self.help = server.add_channel("help", kind="text")
        self.lounge = server.add_channel("lounge", kind="text")
        self.forum = server.add_channel("questions", kind="forum", tags=["Orders", "Solved"])
        self.ana = server.add_user("ana", display="Ana")
        self.ben = server.add_user("ben", display="Ben")
        self.dana = server.add_user("dana", display="Dana D")
        self.sam = server.add_user("sam", display="Sam S")
        self.staff = server.add_channel("cases", kind="text")
        accounts = {"dana": self.dana, "sam": self.sam}
        self.catalog = dataclasses.replace(
            catalog(),
            agents={
                name: msgspec.structs.replace(agent, accounts=(f"discord:{accounts[name].id}",))
                for name, agent in catalog().agents.items()
            },
        )
        self.database = database
        self.access = DiscordAccess(
            token=server.token,
            api_url=server.api_url,
            gateway_url=server.gateway_url,
            support_channels=(str(self.help.id), str(self.forum.id)),
            rooms=(str(self.staff.id),),
            settle=0.05,
        )
        self.queues: dict[str, str] = {}
        self.edited: Edited | None = None
        self.watched = Watched()
        self.through: Callable[[OpenShop], Any] = lambda shop: shop
        self.shop: OpenShop
        self.channel: DiscordChannel

    @asynccontextmanager
    async def open(self, *, ready: bool = True, most: int = 5_000_000) -> AsyncIterator["Desk"]:
        """Serve until the block ends; a second time is a restart."""
        async with AsyncExitStack() as stack:
            channel = DiscordChannel(self.access)
            room = f"discord:{self.staff.id}"
            rooms = StaffRooms({"discord": channel}, room=room, queues=self.queues)
            self.channel, self.watched = channel, Watched()
            self.shop = await stack.enter_async_context(
                open_shop(
                    folder=shipped_folder(),
                    catalog=self.catalog,
                    database=self.database,
                    channels={"discord": channel, "staff": rooms},
                    watchers=(self.watched,),
                    edited=self.edited,
                )
            )
            kinds = ("image/*", "text/*", "application/pdf")
            let_through = Files({"discord": channel}, most=most, kinds=kinds)
            serving = asyncio.create_task(channel.serve(self.through(self.shop), let_through))
            stack.push_async_callback(_stop, serving)
            if ready:
                await self.until_ready()
            yield self

    async def until_ready(self, timeout: float = 8.0) -> None:  # noqa: ASYNC109
        """Wait until customers are heard, and all that is missed has been looked for."""
        await self.server.until(lambda: self.channel.ready, timeout)
        if task := self.channel._catching_up:
            await asyncio.wait([task], timeout=timeout)

    async def said(self, where: Channel, text: str = "", **more: Any) -> Message:
        """Wait for what the bot says somewhere."""
        return await self.server.wait_for(where, text, **more)

    async def thread(self, message: Message) -> Channel:
        """Wait for the thread on a message."""
        await self.server.until(lambda: message.thread is not None)
        assert message.thread is not None
        return message.thread

    async def asked(self, who: User, text: str, **more: Any) -> Channel:
        """Ask in the support channel, and return the thread in which that is answered."""
        return await self.thread(await self.server.say(who, self.help, text, **more))

    async def case(self, who: User, where: Channel | None = None) -> tuple[Message, Channel]:
        """Have somebody ask for a person, in private unless told where, and return the card and its thread."""
        await self.server.say(who, where or self.server.dm(who), "talk to a person")
        card = await self.said(self.staff, button="Claim")
        return card, await self.thread(card)

    async def event(self, kind: type, at: int = 0) -> Any:
        """Wait for the turn of an event of a kind."""
        await self.server.until(lambda: len(self.watched.of(kind)) > at)
        return self.watched.of(kind)[at]

    def bot_lines(self, where: Channel) -> list[str]:
        """Return what the bot has said somewhere, oldest first."""
        return [one.shown for one in self.server.messages(where) if one.bot]


async def _stop(serving: "asyncio.Task[None]") -> None:
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


@asynccontextmanager
async def platform() -> AsyncIterator[DiscordServer]:
    """Run the emulator; what the library was pointed at is put back, and nothing may have been done wrong."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    try:
        async with DiscordServer() as server:
            yield server
            assert server.violations == []
    finally:
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
