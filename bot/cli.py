"""The command line: `frontdesk --help` is its manual."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console as Terminal
from rich.markup import escape

from bot import __version__, app
from bot.app import content_folder, open_shop
from bot.channels.console import chat as chat_face
from bot.channels.console import jsonlines
from bot.channels.console.channel import Console
from bot.channels.web import server
from bot.channels.web.page import Page
from bot.config import Settings, settings
from bot.content import load
from bot.content.schema import SCHEMAS, schema
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError, ContentError, FrontdeskError
from bot.ports import Shop
from bot.rehearsal import Script, scripts
from bot.runtime.runtime import PAUSED
from bot.store.sqlite import SqliteStore
from bot.trying import explain, labelled, score

cli = typer.Typer(
    name="frontdesk",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=(
        "[bold]Frontdesk[/bold] answers customers from YAML files, walks them through refunds and returns, "
        "hands over to people, and checks in afterwards.\n\n"
        "New here? Run [bold]frontdesk demo[/bold] and open the page that it names. "
        "Editing content? [bold]check[/bold], [bold]try[/bold] and [bold]test[/bold] are for you."
    ),
)
out = Terminal(highlight=False, emoji=False)
err = Terminal(stderr=True, highlight=False, emoji=False)

Content = Annotated[
    Path | None,
    typer.Option(
        "--content",
        metavar="DIR",
        help="Folder with faqs/, flows/ and handoff/; default: as in config.yaml, else here, else the demo shop.",
    ),
]
Database = Annotated[Path | None, typer.Option("--database", metavar="FILE", help="Keep everything in this file.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; default: config.yaml if there is one.")
]
EDIT = "Content"
RUN = "Run"


def main() -> None:
    """Run the command line; whatever is wrong is told to its reader, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ✓ gets a ?
    try:
        cli(standalone_mode=True)
    except ContentError as error:
        fail(*(str(problem) for problem in error.problems), count=len(error.problems))
    except FrontdeskError as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def fail(*lines: str, count: int = 0) -> NoReturn:
    """Print what is wrong on standard error and leave with 1."""
    for line in lines:
        err.print(f"[red]✗[/red] {escape(line)}", soft_wrap=True)
    if count > 1:
        err.print(f"[red]{count} problems.[/red] Nothing was started.")
    raise SystemExit(1)


def _settings(config: Path | None) -> Settings:
    found = settings(config, os.environ)
    logging.basicConfig(level=found.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it reports every wake-up
    return found


def _load(content: Path | None, config: Path | None = None) -> tuple[Path, Catalog]:
    folder = content or content_folder(_settings(config))
    return folder, load(folder)


def _at(at: str | None) -> datetime | None:
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


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"frontdesk {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    pass


# --- running ----------------------------------------------------------------------------------------------------------


def _run(work: Coroutine[Any, Any, None]) -> int | None:
    """Run until the end, or until we are told to stop: then finish what is in hand and return the exit code.

    That is 130 for Ctrl-C, as shells expect, and 0 for SIGTERM, as service managers do. Told twice, we leave at once:
    whatever was taken is stored.
    """
    try:
        asyncio.run(_until_told(work))
    except KeyboardInterrupt:
        return 130
    except asyncio.CancelledError:
        return 0
    return None


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGTERM)
        if task:
            task.cancel()

    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, stop)
    await work


@cli.command(rich_help_panel=RUN)
def demo(
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Where to serve the page; 0 takes any free port.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in your browser.")] = False,
) -> None:
    """Open the playground: customer and staff side by side on one page, no tokens needed.

    The page runs the very same engine, store and content as production, and keeps its conversations in the database:
    a restart goes on where you were.
    """
    found = _settings(config)
    folder = content or content_folder(found)
    catalog = load(folder)
    where = found.playground.port if port is None else port

    async def serve() -> None:
        page = Page()
        async with open_shop(
            folder=folder,
            catalog=catalog,
            database=str(database or found.database),
            channels={"local": page, "staff": page},
            watchers=(page,),
            call_timeout=found.calls.timeout,
        ) as shop:
            host = found.playground.host
            await server.serve(shop, page, host=host, port=where, announce=lambda url: _announce(url, open_browser))

    if (stopped := _run(serve())) is not None:
        raise SystemExit(stopped)


def _announce(url: str, open_browser: bool) -> None:
    out.print(f"[bold green]Frontdesk is open:[/bold green] {url}")
    out.print("The customer is on the left, the staff channel on the right. Ctrl-C closes the shop.")
    if open_browser:
        typer.launch(url)


@cli.command(rich_help_panel=RUN)
def chat(
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Speak JSON lines: for programs (docs/protocol.md).")] = False,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Stop the clock there: 2026-01-05T10:00:00Z.")] = None,
) -> None:
    """Talk to the bot in the terminal, as a customer and as an agent."""
    found = _settings(config)
    folder = content or content_folder(found)
    catalog = load(folder)
    when = _at(at)
    chatting = _chat(folder, catalog, str(database or ":memory:"), when, found.calls.timeout, as_json=as_json)
    if (stopped := _run(chatting)) is not None:
        sys.stdout.flush()
        os._exit(stopped)  # all is written; Python itself would wait for the line that nobody types


async def _chat(
    folder: Path, catalog: Catalog, database: str, at: datetime | None, call_timeout: str, *, as_json: bool
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
    ) as shop:
        await face(shop)


@cli.command(rich_help_panel=RUN)
def pause(database: Database = None, config: ConfigFile = None) -> None:
    """Stop the bot from speaking at all. Whatever is written to it is kept, and answered after `resume`."""
    _switch(database, config, on=False)


@cli.command(rich_help_panel=RUN)
def resume(database: Database = None, config: ConfigFile = None) -> None:
    """Let the bot speak again; it goes on with everything that waited, in order."""
    _switch(database, config, on=True)


def _switch(database: Path | None, config: Path | None, *, on: bool) -> None:
    file = Path(database or _settings(config).database)
    if not file.exists():
        raise ConfigError(f"{file} does not exist; name the bot's database with --database.")

    async def switch() -> None:
        store = await SqliteStore.open(str(file))
        try:
            await store.set(PAUSED, None if on else "yes")
        finally:
            await store.close()

    asyncio.run(switch())
    out.print(f"{'Speaking again' if on else 'Paused'}: {escape(str(file))}", soft_wrap=True)


# --- content ----------------------------------------------------------------------------------------------------------


@cli.command(rich_help_panel=EDIT)
def check(content: Content = None, config: ConfigFile = None) -> None:
    """Check all content and name every problem as file:line, with its fix."""
    folder = content or content_folder(_settings(config))
    catalog = app.check(folder)
    counted = f"{len(catalog.entries)} entries, {len(catalog.flows)} flows, {len(catalog.agents)} agents"
    out.print(f"[green]✓[/green] {escape(str(folder))}: {counted}. Nothing is wrong.", soft_wrap=True)


@cli.command(name="try", rich_help_panel=EDIT)
def try_(
    text: Annotated[str | None, typer.Argument(help="What a customer says; else lines on standard input.")] = None,
    content: Content = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what the bot would do with a message, and why: entry or flow, score, phrasing and file:line."""
    _, catalog = _load(content, config)
    given = (line.decode("utf-8", "replace").rstrip("\r\n") for line in sys.stdin.buffer)
    for each in given if text is None else [text]:
        found = explain(each, catalog)
        if as_json or text is None:
            print(json.dumps(found), flush=True)  # noqa: T201 (a line is data, not prose)
        else:
            _show_try(found)


def _show_try(found: dict[str, Any]) -> None:
    what = f" [bold]{found['id']}[/bold]" if found["id"] else ""
    topic = f" (topic {found['topic']})" if found["topic"] else ""
    out.print(f"[bold cyan]{found['decision']}[/bold cyan]{what}{topic}, confidence {found['confidence']:.2f}")
    if found["phrasing"]:
        out.print(f"nearest phrasing: “{escape(found['phrasing'])}”  [dim]{found['at']}[/dim]")
    for each in found["candidates"]:
        bar = "█" * round(each["score"] * 20)
        out.print(f"  {each['score']:.2f} {bar:<20} {each['id']} [dim]{each['kind']}[/dim]")


@cli.command(name="eval", rich_help_panel=EDIT)
def eval_(
    file: Annotated[Path, typer.Argument(help='JSON lines: {"text": "…", "expect": "id or topic" or null}.')],
    content: Content = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    mistakes: Annotated[bool, typer.Option(help="List what was answered wrongly.")] = False,
) -> None:
    """Measure the answers on labelled messages: accuracy, coverage, false answers."""
    _, catalog = _load(content, config)
    made = score(labelled(file, catalog), catalog)
    known, unknown = made.known or 1, made.unknown or 1
    figures = {
        "messages": made.known + made.unknown,
        "accuracy": made.first / known,
        "answered_right": made.right / known,
        "coverage": (made.right + made.shown) / known,
        "false_answers": (made.wrong + made.invented) / ((made.known + made.unknown) or 1),
        "wrong": made.wrong / known,
        "invented": made.invented / unknown,
    }
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))  # noqa: T201
        return
    meanings = {
        "messages": "messages judged",
        "accuracy": "the expected one came first",
        "answered_right": "… and was answered at once",
        "coverage": "… or was among the options shown",
        "false_answers": "something else was answered",
        "wrong": "… of those that have an answer",
        "invented": "… of those that have none",
    }
    for name, value in figures.items():
        shown = f"{value:>7}" if name == "messages" else f"{value:>7.1%}"
        out.print(f"{shown}  {name:<15} [dim]{meanings[name]}[/dim]")
    for text, expect, got in made.mistakes if mistakes else ():
        out.print(f"  [red]{got}[/red] instead of {expect}: {escape(text)}", soft_wrap=True)


@cli.command(name="test", rich_help_panel=EDIT)
def test_(
    path: Annotated[Path | None, typer.Argument(help="A script, or a folder; default: tests/conversations.")] = None,
    content: Content = None,
    config: ConfigFile = None,
    only: Annotated[str, typer.Option(metavar="WORDS", help="Play only tests with these words in their name.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Print the conversations, to read them as a customer.")] = False,
) -> None:
    """Play conversation tests (docs/testing.md) against the content."""
    folder, catalog = _load(content, config)
    where = path or folder / "tests" / "conversations"
    if not where.exists():
        raise ConfigError(f"{where} does not exist; name a script or a folder of them.")
    found = [script for script in scripts(where) if only.casefold() in script.name.casefold()]
    if not found:
        raise ConfigError(f"{where} holds no tests" + (f" with '{only}' in their name." if only else "."))
    logging.getLogger("frontdesk").setLevel(logging.ERROR)  # an order system that a script switches off is no news
    failed: list[Script] = []
    file = ""
    for script in found:
        if script.file != file:
            file = script.file
            out.print(f"\n[bold]{escape(file)}[/bold]", soft_wrap=True)
        if _played(script, folder, catalog, show=show):
            failed.append(script)
    out.print(
        f"\n[green]{len(found) - len(failed)} passed[/green]" + (f", [red]{len(failed)} failed:[/red]" * bool(failed))
    )
    for script in failed:
        out.print(f"  {script.at} {escape(script.name)}", soft_wrap=True)
    if failed:
        raise SystemExit(1)


def _played(script: Script, folder: Path, catalog: Catalog, *, show: bool) -> bool:
    """Play a script and print how it went; True when it failed."""

    def line(text: str) -> None:
        style = "cyan" if text.startswith(">") else ""
        out.print(f"    {escape(text).replace(chr(10), chr(10) + '    ')}", style=style, soft_wrap=True)

    failure = asyncio.run(script.play(folder, catalog, line if show else lambda _: None))
    number = script.at.rpartition(":")[2]
    mark = "[red]✗[/red]" if failure else "[green]✓[/green]"
    out.print(f"  {mark} {escape(script.name)} [dim]line {number}[/dim]", soft_wrap=True)
    if failure:
        what, _, rest = failure.partition("\n")
        out.print(f"    [red]{escape(what)}[/red]", soft_wrap=True)
        for part in rest.splitlines():
            line(part)
    return bool(failure)


@cli.command(name="schema", rich_help_panel=EDIT)
def schema_(
    content: Content = None,
    config: ConfigFile = None,
    write: Annotated[bool, typer.Option("--write", help="Write schema.json into each content folder.")] = False,
) -> None:
    """Print or write the JSON Schemas that make editors complete and check content."""
    folder = content or content_folder(_settings(config))
    if not write:
        print(json.dumps({name: json.loads(schema(name)) for name in SCHEMAS}, indent=1, ensure_ascii=False))  # noqa: T201
        return
    there = [name for name in SCHEMAS if (folder / name).is_dir()]
    if not there:
        raise ConfigError(f"{folder} is not a content folder; it should hold {', '.join(SCHEMAS)}.")
    for name in there:
        path = folder / name / "schema.json"
        try:
            path.write_text(schema(name), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None
        out.print(f"wrote {path}", soft_wrap=True)
