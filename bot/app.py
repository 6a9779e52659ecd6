"""The composition root: the only place that knows which store, channels and connectors are in use."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.channels.files import Files
from bot.channels.front import Front, serving
from bot.config import Settings, seconds
from bot.connectors import demo_files
from bot.connectors.accounts import Accounts
from bot.connectors.checked import Checked
from bot.connectors.demo import DemoOrders
from bot.content import load, shipped_folder
from bot.content.sentences import read_ahead
from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog, staffed
from bot.dialog.engine import advance, broken
from bot.dialog.events import Event
from bot.dialog.flow import decode
from bot.errors import ContentError, Problem
from bot.ports import Channel, Clock, Connector, Watcher
from bot.runtime.clock import FixedClock, ShiftedClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Paces, Served
from bot.store.sqlite import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShop:
    """A shop that is open (ports.Shop): its content, its database, and the runtime that serves it."""

    served: Catalog
    store: SqliteStore
    clock: Clock
    runtime: Runtime

    @property
    def catalog(self) -> Catalog:
        """The content that is served, with everybody who works here."""
        return staffed(self.served, self.floor)

    @property
    def floor(self) -> Floor:
        """What all customers share."""
        return self.runtime.floor

    @property
    def paused(self) -> bool:
        """Whether the bot is kept from speaking."""
        return self.runtime.paused

    async def accept(self, event: Event) -> bool:
        """Store an event; durable when this returns."""
        return await self.runtime.accept(event)

    async def idle(self) -> None:
        """Wait until everything that was caused has happened."""
        await self.runtime.idle()

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock, acting on each deadline at its time."""
        await self.runtime.advance_clock(by)


def content_folder(settings: Settings) -> Path:
    """Return where the content is: as set, else here, else the shipped demo shop."""
    if settings.content:
        return Path(settings.content)
    here = Path.cwd()
    return here if all((here / name).is_dir() for name in ("faqs", "flows", "handoff")) else shipped_folder()


@asynccontextmanager
async def open_shop(
    *,
    folder: Path,
    catalog: Catalog | None = None,
    database: str = ":memory:",
    at: datetime | None = None,
    channels: Mapping[str, Channel],
    watchers: Iterable[Watcher] = (),
    fronts: Mapping[str, Front] = {},
    files: Files | None = None,
    announce: Callable[[str, bool], None] = lambda name, ready: None,
    call_timeout: str = "10s",
    burst: str = "0s",
    behind: Callable[[Connector], Connector] = lambda orders: orders,
) -> AsyncIterator[OpenShop]:
    """Open a shop on a database and serve it until the block ends; `at` makes its clock stand still there.

    `fronts` are those of the channels that keep up a connection; `announce` hears when one is ready, or no longer is.
    `behind` puts something between the bot and the order system, such as a test's power cut.

    At the end the turns and deliveries in hand are finished while the fronts still stand: replies go out, and what
    customers write meanwhile is stored and answered after the restart. Then the fronts are taken down.
    """
    served = catalog or load(folder)
    store = await SqliteStore.open(database, exclusive=database != ":memory:")
    try:
        clock = FixedClock(at, store) if at else ShiftedClock(store)
        await clock.load()
        served = await _with_versions(served, store)
        orders_file = None if database == ":memory:" else Path(database).with_suffix(".orders.sqlite")
        orders = DemoOrders(orders_folder(folder), orders_file, clock, served.voice.zone)
        try:
            runtime = Runtime(
                store=store,
                channels=channels,
                connector=Accounts(store, Checked(behind(orders))),
                clock=clock,
                served=Served(served, partial(read_ahead, served.index) if served.index.embedder else None),
                advance=advance,
                broken=broken,
                watchers=watchers,
                paces=Paces(call=seconds(call_timeout), burst=seconds(burst)),
            )
            shop = OpenShop(served=served, store=store, clock=clock, runtime=runtime)
            await runtime.start()
            async with serving(fronts, shop, files or Files(channels, most=0, kinds=()), announce):
                try:
                    yield shop
                finally:
                    await runtime.stop()
        finally:
            await orders.close()
    finally:
        await store.close()


def check(folder: Path) -> Catalog:
    """Return the catalog of a folder in which everything is right, the demo orders too; raise ContentError."""
    problems: list[Problem] = []
    try:
        catalog = load(folder)
    except ContentError as error:
        problems += error.problems
    try:
        demo_files.read(orders_folder(folder))
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    return catalog


def orders_folder(folder: Path) -> Path:
    """Return the content folder whose flows/ hold the demo orders: this one, else the shipped one."""
    return folder if (folder / "flows" / "orders.csv").exists() else shipped_folder()


async def _with_versions(catalog: Catalog, store: SqliteStore) -> Catalog:
    """Add the older flows that people are still in."""
    older = {version: decode(body) for version, body in (await store.flows()).items()}
    return dataclasses.replace(catalog, versions={**older, **catalog.versions})
