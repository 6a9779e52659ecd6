"""The composition root: the only place that knows which store, channels and connectors are in use."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.files import Files
from bot.channels.front import Front, serving
from bot.config import Settings
from bot.connectors import demo_files, deskfile, mapping
from bot.connectors.accounts import Accounts
from bot.connectors.audiences import Reach
from bot.connectors.checked import Checked
from bot.connectors.demo import DemoOrders
from bot.connectors.helpdesk import Desk, MappedDesk
from bot.connectors.identity import Identity
from bot.connectors.ledger import Ledger
from bot.connectors.mapping import SHIPPED
from bot.connectors.outside import OrderSystem, OutsideOrders
from bot.connectors.webhooks import Webhook, key_of
from bot.content import changes, load, shipped_folder
from bot.content import folder as files_of
from bot.content.sentences import read_ahead
from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog, current, staffed
from bot.dialog.engine import advance, broken
from bot.dialog.events import Event, FileChanged
from bot.dialog.flow import decode
from bot.dialog.state import Dossier
from bot.durations import seconds
from bot.errors import ConfigError, ContentError, Problem
from bot.knowledge import Index
from bot.ports import Channel, Clock, Connector, HelpDesk, Watcher
from bot.runtime.clock import FixedClock, ShiftedClock
from bot.runtime.reloading import Reloading, look_after
from bot.runtime.runtime import Runtime
from bot.runtime.served import Desks, Paces, Served
from bot.secrets import Secret
from bot.store.sqlite import SqliteStore

_CODE_TAKES = 3.0  # seconds until it is sent, or not


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShop:
    """A shop that is open (ports.Shop): its content, its database, and the runtime that serves it."""

    served: Served[Catalog]
    store: SqliteStore
    clock: Clock
    runtime: Runtime
    orders: DemoOrders | OutsideOrders
    desks: Mapping[str, HelpDesk]

    @property
    def catalog(self) -> Catalog:
        """The content that counts now, with everybody who works here."""
        return staffed(current(self.served.catalog, self.clock.now()), self.floor)

    @property
    def floor(self) -> Floor:
        """What all customers share."""
        return self.runtime.floor

    @property
    def paused(self) -> bool:
        """Whether the bot is kept from speaking."""
        return self.runtime.paused

    @property
    def outside(self) -> Mapping[str, str]:
        """Outside systems, each with what is wrong with it; empty for one that is well."""
        orders = {"orders": self.orders.trouble} if isinstance(self.orders, OutsideOrders) else {}
        return orders | {f"outside {name}": desk.trouble for name, desk in self.desks.items()}

    async def accept(self, event: Event) -> bool:
        """Store an event; durable when this returns."""
        return await self.runtime.accept(event)

    async def idle(self) -> None:
        """Wait until everything that was caused has happened."""
        await self.runtime.idle()

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock, acting on each deadline at its time."""
        await self.runtime.advance_clock(by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A content folder that is edited while the bot runs: `each` are the seconds between looks.

    `snapshot` is where the index is kept; `object_to` raises FrontdeskError for a catalog that the settings do not fit.
    """

    folder: Path
    snapshot: Path | None = None
    object_to: Callable[[Catalog], None] = lambda catalog: None
    each: float = 1.0

    def look(self) -> files_of.Look:
        """Return how the files look."""
        return files_of.look(self.folder)

    def digest(self) -> bytes:
        """Return what tells these files from others."""
        return files_of.digest(self.folder)

    def read(self, before: Catalog) -> Catalog:
        """Return what is in the files, with the index and the sentence model that are there already."""
        catalog = load(self.folder, self.snapshot, before.index.embedder, before)
        self.object_to(catalog)
        return catalog

    def changes(self, before: Catalog, after: Catalog) -> tuple[FileChanged, ...]:
        """Return what differs, by file."""
        return changes.changes(before.written, after.written)


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
    order_system: OrderSystem | None = None,
    behind: Callable[[Connector], Connector] = lambda orders: orders,
    edited: Edited | None = None,
    desks: Desks = Desks(),  # noqa: B008 (frozen)
) -> AsyncIterator[OpenShop]:
    """Open a shop on a database and serve it until the block ends; `at` makes its clock stand still there.

    `fronts` are those of the channels that keep up a connection; `announce` hears when one is ready, or no longer is.
    `order_system` is that of a real shop; without one, the demo's orders are served. `behind` puts something between
    the bot and the order system, such as a test's power cut. `edited` is where the content is read again when it
    changes. `desks` hear what becomes of cases.

    At the end the turns and deliveries in hand are finished while the fronts still stand: replies go out, and what
    customers write meanwhile is stored and answered after the restart. Then the fronts are taken down.
    """
    content = catalog or load(folder)
    store = await SqliteStore.open(database, exclusive=database != ":memory:")
    try:
        clock = FixedClock(at, store) if at else ShiftedClock(store)
        await clock.load()
        served = Served(await _with_versions(content, store))
        orders = _orders(order_system, folder, database, clock, content.voice.zone, seconds(call_timeout))
        if content.index.embedder:
            served.read_ahead = lambda turns: _read_ahead(served.catalog, turns)
        try:
            runtime = Runtime(
                store=store,
                channels=channels,
                connector=Reach(store, Accounts(store, _whose(Checked(behind(orders)), demo=order_system is None))),
                clock=clock,
                served=served,
                advance=advance,
                broken=broken,
                watchers=watchers,
                paces=Paces(call=seconds(call_timeout), burst=seconds(burst), paced=at is None),
                desks=desks,
            )
            shop = OpenShop(served=served, store=store, clock=clock, runtime=runtime, orders=orders, desks=desks.desks)
            await runtime.start()
            async with serving(fronts, shop, files or Files(channels, most=0, kinds=()), announce):
                try:
                    async with _kept_true(edited, shop):
                        yield shop
                finally:
                    await runtime.stop()
        finally:
            await orders.close()
            for desk in desks.desks.values():
                await desk.close()
    finally:
        await store.close()


@asynccontextmanager
async def _kept_true(edited: Edited | None, shop: OpenShop) -> AsyncIterator[None]:
    """Serve what is in the files during the block, as it changes; and look after cases that a change has stranded."""
    await look_after(shop)
    task = asyncio.create_task(Reloading(edited, shop.served, shop).keep(edited.each)) if edited else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _orders(
    system: OrderSystem | None, folder: Path, database: str, clock: Clock, zone: str, patience: float
) -> DemoOrders | OutsideOrders:
    """Return the order system; a real one must have answered a little before the bot loses its patience."""
    if system:
        ledger = Ledger(database if database == ":memory:" else str(Path(database).with_suffix(".calls.sqlite")))
        return OutsideOrders(system, ledger, patience=0.9 * patience)
    file = None if database == ":memory:" else Path(database).with_suffix(".orders.sqlite")
    return DemoOrders(orders_folder(folder), file, clock, zone)


def _whose(orders: Connector, *, demo: bool) -> Identity:
    return Identity(orders, shown=True) if demo else Identity(orders, pace=_CODE_TAKES)


def order_system(settings: Settings, token: Secret | None, zone: str) -> OrderSystem | None:
    """Return the order system that the settings name, None for the demo's. Raises ConfigError or ContentError."""
    wanted = settings.orders
    if wanted.system == "demo":
        return None
    problems = []
    if not wanted.url:
        problems.append("orders.url is ''; expected the order system's address, such as https://my-shop.myshopify.com.")
    if not token:
        problems.append(
            "The order system's token is missing. Put it in the environment as FRONTDESK_ORDERS_TOKEN, or in a file "
            "that orders.token_file names."
        )
    path = SHIPPED / "shopify.yaml" if wanted.system == "shopify" else Path(wanted.system)
    if not path.exists():
        problems.append(f"orders.system is {wanted.system!r}; expected demo, shopify or a mapping file that is there.")
    if problems or token is None:
        raise ConfigError("\n".join(problems))
    file, expressions = mapping.load(path, zone)
    return OrderSystem(file=file, expressions=expressions, url=wanted.url, token=token)


def outside_desks(settings: Settings, token: Secret | None, secrets: Iterable[Secret], zone: str) -> Desks:
    """Return the outside systems that the settings name; `secrets` are those of webhooks ("crm=whsec_…").

    Raises ConfigError or ContentError.
    """
    wanted = settings.outside
    found, problems = _by_name(secrets, wanted.webhooks)
    for name in wanted.webhooks:
        try:
            if name not in found:
                raise ValueError(f"there is none; put {name}=whsec_… there, or into the file outside.secret_file")
            key_of(found[name])
        except ValueError as error:
            problems.append(f"FRONTDESK_OUTSIDE_SECRET: for the webhook '{name}', {error}.")
    desk = desk_name(settings)
    if desk in wanted.webhooks:
        problems.append(f"outside.webhooks has '{desk}', which is the help desk's name; choose another one.")
    path = Path(wanted.system) if wanted.system != desk else SHIPPED / f"{desk}.yaml"
    problems += _missing_for_desk(settings, token, path) if desk else []
    if problems:
        raise ConfigError("\n".join(problems))
    desks: dict[str, HelpDesk] = {name: Webhook(url, found[name]) for name, url in wanted.webhooks.items()}
    if desk and token:
        file, expressions = deskfile.load(path, zone)
        desks[desk] = MappedDesk(Desk(file=file, expressions=expressions, url=wanted.url, token=token))
    return Desks(desks=desks, words=wanted.words, give_up=timedelta(seconds=seconds(wanted.give_up)))


def desk_name(settings: Settings) -> str:
    """Return what the help desk is called, on cards too; empty if there is none."""
    return "" if settings.outside.system == "none" else Path(settings.outside.system).stem


def _missing_for_desk(settings: Settings, token: Secret | None, path: Path) -> list[str]:
    problems = []
    if not settings.outside.url:
        problems.append("outside.url is ''; expected the help desk's address, such as https://my-shop.zendesk.com.")
    if not token:
        problems.append(
            "The help desk's token is missing. Put it in the environment as FRONTDESK_OUTSIDE_TOKEN, or in a file "
            "that outside.token_file names."
        )
    if not path.exists():
        problems.append(
            f"outside.system is {str(path)!r}; expected none, zendesk, freshdesk or a mapping file that is there."
        )
    return problems


def _by_name(secrets: Iterable[Secret], names: Iterable[str]) -> tuple[dict[str, Secret], list[str]]:
    """Return the secret of each name, and what is wrong with others; none of them is told."""
    found: dict[str, Secret] = {}
    problems = []
    for each in secrets:
        name, _, value = each.reveal().partition("=")
        if name in names and name not in found:
            found[name] = Secret(value)
        else:
            problems.append(
                "FRONTDESK_OUTSIDE_SECRET has a part that names no webhook, or one again; "
                "expected name=whsec_… for each of outside.webhooks."
            )
    return found, problems


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


async def _read_ahead(catalog: Catalog, turns: Sequence[tuple[Dossier, Event]]) -> None:
    """Have the sentence model read what these turns will ask it: a turn changes nothing, so it is taken on trial."""

    def rehearse(index: Index) -> None:
        noting = dataclasses.replace(catalog, index=index)
        for dossier, event in turns:
            with suppress(Exception):  # what fails here fails again in its turn, and is dealt with there
                advance(dossier, event, noting)

    await read_ahead(catalog.index, rehearse)


async def _with_versions(catalog: Catalog, store: SqliteStore) -> Catalog:
    """Add the older flows that people are still in."""
    older = {version: decode(body) for version, body in (await store.flows()).items()}
    return dataclasses.replace(catalog, versions={**older, **catalog.versions})
