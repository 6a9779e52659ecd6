"""What all commands share: the terminal, the options, how to fail, and how to run until told to stop."""

import asyncio
import logging
import os
import signal
import sys
import traceback
from collections.abc import Coroutine
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console as Terminal
from rich.markup import escape

from bot import __version__
from bot.app import content_folder
from bot.config import Settings, settings
from bot.content import load
from bot.content.sentences import sentence_model
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError, ContentError, FrontdeskError
from bot.secrets import SiftedLines, sifted

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
        "Editing content? [bold]check[/bold], [bold]try[/bold] and [bold]test[/bold] are for you. "
        "Going live? Begin with [bold]frontdesk setup[/bold], then ask [bold]doctor[/bold], then [bold]run[/bold]."
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
TRY = "Try"
RUN = "Run"
# Below these levels, libraries write every wake-up, or what people wrote.
_QUIET = {
    "apscheduler": logging.WARNING,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
    "discord": logging.WARNING,
    "discord.client": logging.ERROR,  # it would like to speak
    "discord.state": logging.ERROR,  # and to hear of everything
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
}


def main() -> None:
    """Run the command line; whatever is wrong is told to its reader, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ✓ gets a ?
    sys.excepthook = _sifted_traceback
    try:
        cli(standalone_mode=True)
    except ContentError as error:
        fail(*(str(problem) for problem in error.problems), count=len(error.problems))
    except ConfigError as error:
        fail(*(lines := str(error).splitlines()), count=len(lines))
    except FrontdeskError as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def fail(*lines: str, count: int = 0) -> NoReturn:
    """Print what is wrong on standard error and leave with 1."""
    for line in lines:
        err.print(f"[red]✗[/red] {escape(sifted(line))}", soft_wrap=True)
    if count > 1:
        err.print(f"[red]{count} problems.[/red] Nothing was started.")
    raise SystemExit(1)


def _sifted_traceback(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    """Print what nobody foresaw, without the secrets that may stand in it."""
    sys.stderr.write(sifted("".join(traceback.format_exception(kind, error, at))))


def existing(database: Path | None, config: Path | None) -> Path:
    """Return the bot's database, which must be there."""
    file = Path(database or read_settings(config).database)
    if not file.exists():
        raise ConfigError(f"{file} does not exist; name the bot's database with --database.")
    return file


def read_settings(config: Path | None) -> Settings:
    """Return the settings, and begin to log as they say."""
    found = settings(config, os.environ)
    lines = logging.StreamHandler()
    lines.setFormatter(SiftedLines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=found.log_level.upper(), handlers=[lines])
    for library, level in _QUIET.items():
        logging.getLogger(library).setLevel(level)
    return found


def load_catalog(content: Path | None, config: Path | None = None) -> tuple[Path, Catalog]:
    """Return the content folder and what is in it. Raises ContentError with every problem."""
    if content and not config:
        return content, load(content)
    found = read_settings(config)
    folder = content or content_folder(found)
    return folder, load_served(found, folder)


def load_served(found: Settings, folder: Path, database: str = ":memory:") -> Catalog:
    """Return what is in a folder, to be served as the settings say; what was learned is kept beside the database."""
    return load(
        folder, snapshot(database), sentence_model(found.matching.semantic) if found.matching.semantic else None
    )


def snapshot(database: str) -> Path | None:
    """Return the file beside a database in which the index is kept."""
    return None if database == ":memory:" else Path(database).with_suffix(".index")


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"frontdesk {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    pass


def run_until_told(work: Coroutine[Any, Any, None]) -> int | None:
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
