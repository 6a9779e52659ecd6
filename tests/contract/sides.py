"""What people do and see on a platform, in words that fit all, and a shop that is open on one platform or on two.

A side's time is the shop's, which stands still: so what happens there is stamped with the time that a script says.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from bot.app import OpenShop, open_shop
from bot.channels.files import Files
from bot.channels.front import Front
from bot.channels.staff import StaffRooms
from bot.dialog.catalog import Catalog
from bot.dialog.happening import Mode
from bot.ports import Channel, Connector, Watcher

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
PREFIX = "!r"
MOST_BYTES = 1_000_000
KINDS = ("image/*", "text/plain")

Attached = tuple[str, str, bytes]  # name, kind, content


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as a person sees it: `by` is empty for the bot's; `sent` is the text with its markup.

    `offers` are what can be pressed or chosen: labels and the ids behind them. `edits` counts the changes so far.
    `marks` are the reactions of the bot's.
    """

    id: str
    by: str
    text: str
    sent: str
    offers: tuple[tuple[str, str], ...] = ()
    menus: bool = False
    edits: int = 0
    files: tuple[tuple[str, bytes], ...] = ()
    marks: tuple[str, ...] = ()
    message: Any = None

    def offer(self, label: str) -> str:
        """Return the id behind a label; empty when it is not there."""
        return next((id for text, id in self.offers if text == label), "")


class Side(Protocol):
    """A platform with a shop's people on it. People go by the names that scripts give them."""

    name: str
    form_field: int  # how long the label of a form's field can be
    words: str  # the id of the field in which agents write

    @property
    def front(self) -> Front:
        """The bot's channel here."""
        ...

    @property
    def wrongs(self) -> list[str]:
        """What the bot did that it must never do: refused by the platform, ringing somebody, showing a preview."""
        ...

    @property
    def sent(self) -> str:
        """All that the bot has sent to the platform, every word and key of each request."""
        ...

    def opened(self, queues: Iterable[str], agents: Iterable[str], mode: Mode) -> AbstractAsyncContextManager[None]:
        """Have the platform, with a staff room for each queue and its agents in them, during the block."""
        ...

    def follow(self, now: Callable[[], datetime]) -> None:
        """Take the time from there."""
        ...

    def latest(self) -> datetime:
        """Return the time that was stamped last."""
        ...

    def room(self, queue: str) -> str:
        """Return a queue's staff room as a place."""
        ...

    def account(self, agent: str) -> str:
        """Return an agent's account as handoff/team.yaml has it."""
        ...

    def customer(self, who: str, called: str = "") -> str:
        """Return a customer's id; one who is not there yet comes, under a name."""
        ...

    async def ready(self) -> None:
        """Wait until the bot is connected."""
        ...

    # Each of these returns the key of the event that must come of it; empty when the bot has taken it already.

    async def write(self, who: str, text: str, files: Sequence[Attached] = ()) -> str:
        """Write to the bot."""
        ...

    async def write_below(self, agent: str, card: Shown, text: str, files: Sequence[Attached] = ()) -> str:
        """Write in the thread of a card."""
        ...

    async def help(self, who: str, query: str) -> str:
        """Use /help, and return the words that only they are shown."""
        ...

    async def desk(self, agent: str, do: str, text: str) -> str:
        """Use /desk to do something that is about no case, and return the words that only they are shown."""
        ...

    async def press(self, who: str, shown: Shown, offer: str) -> str:
        """Press a button, or choose from a menu, by its id. One that an edit took away can be pressed by who saw it."""
        ...

    async def rewrite(self, who: str, shown: Shown, text: str) -> str:
        """Change what one has written."""
        ...

    async def retract(self, who: str, shown: Shown) -> str:
        """Delete what one has written."""
        ...

    async def unfold(self, who: str, shown: Shown, offer: str) -> tuple[str, ...]:
        """Press a button that opens a form, and return the labels of its fields; the form stays open."""
        ...

    def has_form(self, who: str) -> bool:
        """Tell whether a form is open in front of somebody."""
        ...

    async def submit(self, who: str, values: Mapping[str, str]) -> str:
        """Send the form that is open, a text for each field's id; return what the platform objects, or nothing."""
        ...

    def dm(self, who: str) -> list[Shown]:
        """Return what stands in a customer's DM, the oldest first."""
        ...

    def cards(self, queue: str) -> list[Shown]:
        """Return what stands in a queue's staff room, outside threads."""
        ...

    def below(self, card: Shown) -> list[Shown]:
        """Return what stands in the thread of a card."""
        ...


_LONGEST = 20  # seconds; what the bot has not taken by then it never will


@dataclass(kw_only=True)
class Open:
    """An open shop and the platforms that it is on; customers are on the one, staff on the other."""

    shop: OpenShop
    customers: Side
    staff: Side

    async def wait(self, time: timedelta) -> None:
        """Let time pass. Stamps may have run ahead of it, where a platform stamps no two messages alike."""
        ahead = max(side.latest() for side in (self.customers, self.staff)) - self.shop.clock.now()
        await self.shop.advance_clock(max(ahead, timedelta()) + time)

    async def settled(self, key: str = "") -> None:
        """Wait until the bot has taken an event, and until all has happened that comes of it."""
        async with asyncio.timeout(_LONGEST):
            while key and not await self.shop.store.knows(key):
                await _pause()
            await self.shop.idle()

    def card(self, case: int) -> Shown | None:
        """Return the card of a case."""
        every = (card for queue in self.shop.catalog.queues for card in self.staff.cards(queue))
        return next((card for card in every if number_of(card) == case), None)


@asynccontextmanager
async def opened(
    customers: Side,
    staff: Side,
    *,
    folder: Path,
    catalog: Catalog,
    at: datetime = MONDAY,
    behind: Callable[[Connector], Connector] = lambda orders: orders,
    watchers: Iterable[Watcher] = (),
    mode: Mode = "live",
) -> AsyncIterator[Open]:
    """Open a shop on one side, or on one for customers and another for staff."""
    sides = {side.name: side for side in (customers, staff)}
    async with AsyncExitStack() as stack:
        for side in sides.values():
            side.follow(lambda: at)
            await stack.enter_async_context(side.opened(catalog.queues, catalog.agents, mode))
        fronts: dict[str, Front] = {name: side.front for name, side in sides.items()}
        channels: dict[str, Channel] = {**fronts}
        rooms = {queue: staff.room(queue) for queue in catalog.queues}
        staffed = StaffRooms(channels, room=staff.room(catalog.default_queue), queues=rooms)
        shop = await stack.enter_async_context(
            open_shop(
                folder=folder,
                catalog=_with_accounts(catalog, list(sides.values())),
                at=at,
                channels={**channels, "staff": staffed},
                fronts=fronts,
                files=Files(channels, most=MOST_BYTES, kinds=KINDS),
                behind=behind,
                watchers=watchers,
            )
        )
        for side in sides.values():
            side.follow(shop.clock.now)
            await side.ready()
        yield Open(shop=shop, customers=customers, staff=staff)


def number_of(card: Shown) -> int:
    """Return the number of the case whose card this is; 0 when it is none."""
    words = card.text.replace("·", " ").split()
    at = words.index("Case") + 1 if "Case" in words else len(words)
    return int(words[at]) if at < len(words) and words[at].isdecimal() else 0


def _with_accounts(catalog: Catalog, sides: Sequence[Side]) -> Catalog:
    agents = {
        id: replace(agent, accounts=tuple(side.account(id) for side in sides)) for id, agent in catalog.agents.items()
    }
    return dataclasses.replace(catalog, agents=agents)


async def _pause() -> None:
    await asyncio.sleep(0.002)
