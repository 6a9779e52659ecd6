"""Trying the bot out without any platform: `demo` and `chat`."""

import os
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from bot.app import Edited, content_folder, open_shop
from bot.channels.console import chat as chat_face
from bot.channels.console import jsonlines
from bot.channels.console.channel import Console
from bot.channels.modes import Moded
from bot.channels.web import server
from bot.channels.web.page import Page
from bot.cli.base import TRY, ConfigFile, Content, Database, cli, load_served, out, read_settings, run_until_told
from bot.dialog.catalog import Catalog
from bot.dialog.happening import Mode
from bot.errors import ConfigError
from bot.ports import Shop

OfMode = Annotated[
    str | None,
    typer.Option(help="Who speaks: live (the bot), suggest (a person sends what it suggests) or silent (nobody)."),
]


@cli.command(rich_help_panel=TRY)
def demo(
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Where to serve the page; 0 takes any free port.")
    ] = None,
    mode: OfMode = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in your browser.")] = False,
) -> None:
    """Open the playground: customer and staff side by side on one page, no tokens needed.

    The page runs the very same engine, store and content as production, and keeps its conversations in the database:
    a restart goes on where you were.
    """
    found = read_settings(config)
    folder = content or content_folder(found)
    catalog = load_served(found, folder)
    where = found.playground.port if port is None else port
    who_speaks = _mode(mode or found.playground.mode)

    async def serve() -> None:
        page = Page()
        async with open_shop(
            folder=folder,
            catalog=catalog,
            database=str(database or found.database),
            channels={"local": page, "staff": page},
            watchers=(page,),
            call_timeout=found.calls.timeout,
            edited=Edited(folder=folder),
        ) as shop:
            host = found.playground.host
            tell = partial(_announce, open_browser=open_browser)
            await server.serve(shop, page, host=host, port=where, announce=tell, mode=who_speaks)

    if (stopped := run_until_told(serve())) is not None:
        raise SystemExit(stopped)


def _announce(url: str, open_browser: bool) -> None:
    out.print(f"[bold green]Frontdesk is open:[/bold green] {url}")
    out.print("The customer is on the left, the staff channel on the right. Ctrl-C closes the shop.")
    if open_browser:
        typer.launch(url)


@cli.command(rich_help_panel=TRY)
def chat(
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Speak JSON lines: for programs (docs/protocol.md).")] = False,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Stop the clock there: 2026-01-05T10:00:00Z.")] = None,
    mode: OfMode = None,
) -> None:
    """Talk to the bot in the terminal, as a customer and as an agent."""
    found = read_settings(config)
    folder = content or content_folder(found)
    catalog = load_served(found, folder)
    when = moment(at)
    who_speaks = _mode(mode or found.playground.mode)
    database_at = str(database or ":memory:")
    chatting = _chat(folder, catalog, database_at, when, found.calls.timeout, who_speaks, as_json=as_json)
    if (stopped := run_until_told(chatting)) is not None:
        sys.stdout.flush()
        os._exit(stopped)  # all is written; Python itself would wait for the line that nobody types


async def _chat(
    folder: Path, catalog: Catalog, database: str, at: datetime | None, call_timeout: str, mode: Mode, *, as_json: bool
) -> None:
    face: Callable[[Shop], Coroutine[Any, Any, None]] = jsonlines.talk if as_json else chat_face.talk
    console = Console(jsonlines.write if as_json else chat_face.show)
    async with open_shop(
        folder=folder,
        catalog=catalog,
        database=database,
        at=at,
        channels={"local": console, "staff": console},
        watchers=(console,),
        call_timeout=call_timeout,
        edited=Edited(folder=folder),
    ) as shop:
        await face(Moded(shop, lambda _: mode))


def _mode(named: str) -> Mode:
    for mode in get_args(Mode):
        if named == mode:
            return cast(Mode, mode)
    raise ConfigError(f"--mode is {named!r}; expected silent, suggest or live.")


def moment(at: str | None) -> datetime | None:
    """Return the time that --at says. Raises ConfigError."""
    if at is None:
        return None
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        raise ConfigError(f"--at is {at!r}; expected a time such as 2026-01-05T10:00:00Z.") from None
    if when.tzinfo is None:
        raise ConfigError(f"--at is {at!r}, which has no zone; write 2026-01-05T10:00:00Z for UTC.")
    if not 1970 <= when.year < 2999:
        raise ConfigError(f"--at is {at!r}; expected a year from 1970 to 2998.")
    return when
