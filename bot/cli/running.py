"""Serving customers: `run`, `pause`, `resume`."""

import asyncio
import gc
import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.app import Edited, content_folder, open_shop, order_system, outside_desks
from bot.channels import server
from bot.cli import checkup
from bot.cli.auditing import operator
from bot.cli.base import (
    RUN,
    ConfigFile,
    Content,
    Database,
    cli,
    load_served,
    out,
    read_settings,
    run_until_told,
    snapshot,
)
from bot.config import Settings
from bot.connectors.outside import OrderSystem
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError
from bot.platforms import Platforms, misplaced, platforms
from bot.runtime.runtime import PAUSED
from bot.runtime.served import Desks
from bot.secrets import sifted
from bot.store.sqlite import SqliteStore
from bot.tokens import Tokens, tokens


@cli.command(rich_help_panel=RUN)
def run(
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Where to tell how the bot is; 0 takes any free port.")
    ] = None,
) -> None:
    """Serve Slack, Discord or both, as the tokens say (docs/slack.md, docs/discord.md), until told to stop.

    Ctrl-C or SIGTERM finishes what is in hand first; nothing is lost either way.
    """
    found = read_settings(config)
    folder = content or content_folder(found)
    catalog = load_served(found, folder, str(database or found.database))
    known = tokens(found, os.environ)
    served = platforms(found, known, catalog)
    orders = order_system(found, next(iter(known.orders), None), catalog.voice.zone)
    desks = outside_desks(found, next(iter(known.desk), None), known.webhooks, catalog.voice.zone)
    for each in checkup.people(found, catalog):
        if not each.ok:
            out.print(f"[yellow]![/yellow] {escape(each.what)}. {escape(each.fix)}", soft_wrap=True)
    where = found.server.port if port is None else port
    _settle_memory()
    database_at = str(database or found.database)
    edited = Edited(folder=folder, snapshot=snapshot(database_at), object_to=partial(_must_fit, found, known))
    if stopped := run_until_told(_serve(found, edited, catalog, served, orders, desks, database_at, where)):
        raise SystemExit(stopped)


def _settle_memory() -> None:
    """Spare the collector what was loaded for good: libraries and content are most of the heap, and stay.

    Left as it comes, it takes about a tenth of a busy bot's CPU (16 messages at once); so, next to nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _must_fit(settings: Settings, tokens: Tokens, catalog: Catalog) -> None:
    """Raise ConfigError where the settings name queues that the content does not have: a start would do so too."""
    if problems := [*misplaced(settings, tokens, catalog)]:
        raise ConfigError("\n".join(problems))


async def _serve(
    settings: Settings,
    edited: Edited,
    catalog: Catalog,
    served: Platforms,
    orders: OrderSystem | None,
    desks: Desks,
    database: str,
    port: int,
) -> None:
    def announce(name: str, ready: bool) -> None:
        if ready:
            out.print(f"[green]✓[/green] {name.capitalize()} is connected.")
        else:
            why = sifted(served.fronts[name].trouble) or "connecting again"
            out.print(f"[red]✗[/red] {name.capitalize()} is not connected: {escape(why)}", soft_wrap=True)

    async with (
        open_shop(
            folder=edited.folder,
            catalog=catalog,
            edited=edited,
            database=database,
            channels=served.channels,
            fronts=served.fronts,
            files=served.files,
            announce=announce,
            call_timeout=settings.calls.timeout,
            burst=settings.burst,
            order_system=orders,
            desks=desks,
        ) as shop,
        server.serving(shop, served.fronts, served.routes, host=settings.server.host, port=port) as address,
    ):
        out.print(f"[bold green]Frontdesk is open.[/bold green] How it is: {address}/readyz")
        await asyncio.Event().wait()


@cli.command(rich_help_panel=RUN)
def pause(database: Database = None, config: ConfigFile = None) -> None:
    """Stop the bot from speaking at all. Whatever is written to it is kept, and answered after `resume`."""
    _switch(database, config, on=False)


@cli.command(rich_help_panel=RUN)
def resume(database: Database = None, config: ConfigFile = None) -> None:
    """Let the bot speak again; it goes on with everything that waited, in order."""
    _switch(database, config, on=True)


def _switch(database: Path | None, config: Path | None, *, on: bool) -> None:
    file = Path(database or read_settings(config).database)
    if not file.exists():
        raise ConfigError(f"{file} does not exist; name the bot's database with --database.")

    async def switch() -> None:
        store = await SqliteStore.open(str(file))
        try:
            await store.set(PAUSED, None if on else "yes")
            await store.note(operator("resume" if on else "pause"))
        finally:
            await store.close()

    asyncio.run(switch())
    out.print(f"{'Speaking again' if on else 'Paused'}: {escape(str(file))}", soft_wrap=True)
