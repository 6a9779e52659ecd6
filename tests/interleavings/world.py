"""A shop on a database file that can be killed at any batch, with a screen that remembers all that people could see."""

import asyncio
import dataclasses
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from bot.app import orders_folder
from bot.connectors.accounts import Accounts
from bot.connectors.audiences import Reach
from bot.connectors.checked import Checked
from bot.connectors.demo import DemoOrders
from bot.content import load, shipped_folder
from bot.desk.case import Case
from bot.dialog.accounts import accounts_of
from bot.dialog.catalog import Catalog
from bot.dialog.effects import MarkReply, OpenCase, OpenPrivate, Post, TellStaff, UpdateCase
from bot.dialog.engine import advance, broken
from bot.dialog.events import Event
from bot.dialog.files import File
from bot.dialog.state import Dossier, Turn
from bot.ports import Outgoing
from bot.runtime.clock import FixedClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Served
from tests.interleavings import laws
from tests.runtime.fakes import QUICK, HaltingStore, crash

START = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)  # a Thursday; on Sunday the clocks go forward
_FOLDER = shipped_folder()
_CATALOG: list[Catalog] = []


def catalog() -> Catalog:
    """Return the demo shop's content, read once."""
    if not _CATALOG:
        _CATALOG.append(_marked(load(_FOLDER)))
    return _CATALOG[0]


def _marked(shop: Catalog) -> Catalog:
    """Return the shop with a mark on all that is for staff only, which no customer may ever see."""
    kept = {id: replace(entry, title=f"{laws.CANARY} {entry.title}") for id, entry in shop.kept.items()}
    return dataclasses.replace(shop, kept=kept)


class Screen:
    """Everything that was shown, each effect once: in customers' places, and to staff."""

    def __init__(self) -> None:
        self.customers: dict[str, dict[str, Outgoing]] = defaultdict(dict)
        self.staff: dict[str, Outgoing] = {}

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        if isinstance(outgoing.effect, OpenCase | UpdateCase | TellStaff | Post | MarkReply):
            self.staff[outgoing.id] = outgoing
        else:
            self.customers[outgoing.place.partition("#")[0]][outgoing.id] = outgoing
        return f"{outgoing.place}#private" if isinstance(outgoing.effect, OpenPrivate) else f"p{outgoing.id}"

    async def fetch(self, file: File) -> bytes:
        raise AssertionError(file)


class World:
    """The shop, its people's screens, and the laws that are looked after at each turn."""

    def __init__(self, folder: Path) -> None:
        self.screen = Screen()
        self.laws = laws.Laws(catalog())
        self.store: HaltingStore
        self.clock: FixedClock
        self.runtime: Runtime
        self.lived = False  # whether any case has been live, in which lines are sent
        self._file = folder / "desk.db"
        self._orders: DemoOrders
        self._turned: dict[str, Dossier] = {}  # by account
        self._cases: dict[int, Case] = {}
        self._broken: list[AssertionError] = []

    async def open(self) -> None:
        """Start the bot on what a stop or a crash has left."""
        self.store = await HaltingStore.open(str(self._file), exclusive=True)
        self.clock = FixedClock(START, self.store)
        await self.clock.load()
        known, self._turned = self._turned, await self._dossiers()
        for account, dossier in self._turned.items():  # the last turns may have been committed, and nobody could tell
            if dossier != known[account]:
                self.laws.unseen(dossier)
            self._cases |= {case.number: case for case in dossier.cases}
        orders_file = self._file.with_suffix(".orders.sqlite")
        self._orders = DemoOrders(orders_folder(_FOLDER), orders_file, self.clock, catalog().voice.zone)
        self.runtime = Runtime(
            store=self.store,
            channels={"local": self.screen, "staff": self.screen},
            connector=Reach(self.store, Accounts(self.store, Checked(self._orders))),
            clock=self.clock,
            served=Served(catalog()),
            advance=advance,
            broken=broken,
            watchers=(self,),
            paces=dataclasses.replace(QUICK, paced=False),
        )
        await self.runtime.start()

    async def close(self) -> None:
        """Stop as an operator would."""
        await self.runtime.stop()
        await self._orders.close()
        await self.store.close()

    async def kill(self) -> None:
        """End the bot where it stands, and start it again."""
        await crash(self.store)
        await self._orders.close()
        await self.open()

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        """Hold a turn that was just committed against the laws."""
        accounts = accounts_of(turn.dossier)
        known = [self._turned[account] for account in accounts if account in self._turned]
        before = laws.Before(
            cases={case.number: self._cases[case.number] for case in turn.dossier.cases if case.number in self._cases},
            standings=[dossier.standing for dossier in known],
            accounts=frozenset(account for dossier in known for account in accounts_of(dossier)),
        )
        self._turned |= dict.fromkeys(accounts, turn.dossier)
        self._cases |= {case.number: case for case in turn.dossier.cases}
        try:
            self.laws.turn(before, event, turn)
        except AssertionError as broken_law:  # a watcher's errors are logged, and no more
            self._broken.append(broken_law)

    async def do(self, events: list[Event], *, killed_at: int = 0, after: bool = False) -> None:
        """Have things happen at once; with `killed_at`, the bot dies at that batch from now, and people send again."""
        for event in events:
            if event.customer not in self._turned and not event.customer.startswith("staff:"):
                self._turned[event.customer] = Dossier(customer=event.customer)
        if killed_at:
            self.store.halt_at, self.store.halt_after_writing = self.store.batches + killed_at, after
            accepting = [asyncio.create_task(self._accept(event)) for event in events]
            async with asyncio.timeout(5):
                while self.store.batches < self.store.halt_at and not await self._calm(accepting):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0.002)
            await self.kill()
        await asyncio.gather(*(self._accept(event) for event in events))
        await self.runtime.idle()

    async def _accept(self, event: Event) -> None:
        await self.runtime.accept(event)

    async def _calm(self, accepting: list["asyncio.Task[None]"]) -> bool:
        """Tell whether all is done before the bot could be killed."""
        if not all(task.done() for task in accepting):
            return False
        try:
            async with asyncio.timeout(0.02):
                await self.runtime.idle()
        except TimeoutError:
            return False
        return True

    async def wait(self, span: timedelta) -> None:
        """Let time pass."""
        await self.runtime.advance_clock(span)

    async def dossier(self, customer: str) -> Dossier:
        """Return what is stored of a customer."""
        return (await self.store.dossiers([customer]))[customer][1]

    async def _dossiers(self) -> dict[str, Dossier]:
        return {account: await self.dossier(account) for account in self._turned}

    async def cases(self) -> list[Case]:
        """Return every case there ever was, by number."""
        found = [await self.store.case(number) for number in range(1, await self.store.next_case())]
        return [case for case in found if case]

    async def hold(self) -> None:
        """Hold what stands in the database and on the screens against the laws."""
        for broken_law in self._broken:
            raise broken_law
        assert await self.store.waiting() == []
        assert await self.store.outgoing() == []
        scheduled, dossiers = await self.store.scheduled(), await self._dossiers()
        self.laws.whole(dossiers, await self.store.board())
        for dossier in {dossier.customer: dossier for dossier in dossiers.values()}.values():
            self.laws.rest(dossier, [due for who, due in scheduled if who in accounts_of(dossier)], self.now)
        for customer, shown in self.screen.customers.items():
            self.laws.seen(customer, list(shown.values()))

    @property
    def now(self) -> datetime:
        """The shop's time."""
        return self.clock.now()
