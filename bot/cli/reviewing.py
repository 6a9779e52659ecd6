"""What wants an admin's eye: `review` lists answers that were disputed, are due for a check, or are drafts."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.base import EDIT, ConfigFile, Content, Database, cli, load_catalog, out, read_settings
from bot.dialog import upkeep
from bot.dialog.catalog import Catalog, current
from bot.durations import duration
from bot.errors import ConfigError
from bot.store.sqlite import SqliteStore


@cli.command(rich_help_panel=EDIT)
def review(
    since: Annotated[str, typer.Option(metavar="90d", help="Disputed answers, no older than that.")] = "90d",
    database: Database = None,
    content: Content = None,
    config: ConfigFile = None,
) -> None:
    """List the answers that customers say are wrong, those to be checked again, and drafts; each with file:line."""
    _, catalog = load_catalog(content, config)
    try:
        begin = datetime.now(UTC) - duration(since)
    except (ValueError, OverflowError):
        raise ConfigError(f"--since is {since!r}; expected a duration such as 30d.") from None
    file = Path(database or read_settings(config).database)
    told = asyncio.run(_disputed(file, begin)) if file.exists() else []
    for line in [*_wrong(catalog, told), *_due(catalog)] or ["Nothing wants a look."]:
        out.print(line, soft_wrap=True)


async def _disputed(file: Path, since: datetime) -> list[tuple[str, str, str]]:
    store = await SqliteStore.open(str(file))
    try:
        return await store.disputed(since)
    finally:
        await store.close()


def _wrong(catalog: Catalog, told: list[tuple[str, str, str]]) -> list[str]:
    """Return a line for each entry that was said to be wrong, and one for each time."""
    lines = []
    for name in dict.fromkeys(id for _, id, _ in told):
        entry = catalog.every_entry.get(name)
        lines.append(f"[bold]said to be wrong[/bold]  {escape(entry.at + ' ' + entry.title if entry else name)}")
        lines += [f"    {at[:10]}  {escape(' '.join(text.split()))}" for at, id, text in told if id == name]
    return lines


def _due(catalog: Catalog) -> list[str]:
    now = datetime.now(UTC)
    waiting = upkeep.stale(current(catalog, now).every_entry.values(), now.date())
    lines = [
        f"[bold]to be checked[/bold]  {escape(entry.at)} {escape(entry.title)}"
        f"  [dim]{escape(entry.owner)} {entry.verified or 'never'}[/dim]"
        for entry in waiting
    ]
    drafts = [entry for entry in catalog.kept.values() if entry.visibility == "draft"]
    return lines + [f"[bold]draft[/bold]  {escape(entry.at)} {escape(entry.title)}" for entry in drafts]
