"""Who did what: `audit` prints the log of what staff and operators did."""

import asyncio
import getpass
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from bot.cli.base import RUN, ConfigFile, Database, cli, existing, out
from bot.durations import duration
from bot.errors import ConfigError
from bot.ports import Act
from bot.store.sqlite import SqliteStore

_PAGE = 500


@cli.command(rich_help_panel=RUN)
def audit(
    case: Annotated[int, typer.Option(metavar="N", help="Only what was done to this case.")] = 0,
    agent: Annotated[str, typer.Option(metavar="X", help="Only what this agent did (or operator:name).")] = "",
    since: Annotated[str, typer.Option(metavar="7d", help="Only what is no older than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Print who did what to which case, and the rule that took or refused it; nobody's words, oldest first."""
    file = existing(database, config)
    asyncio.run(_print(file, case, agent, begin(since), as_json))


def operator(act: str) -> Act:
    """Return the entry of something that was done on the command line, by whoever is logged in."""
    try:
        who = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        who = "unknown"
    return Act(at=datetime.now(UTC), who=f"operator:{who}", role="operator", act=act)


def begin(since: str) -> datetime | None:
    """Return the moment a span ago; None for none."""
    try:
        return datetime.now(UTC) - duration(since) if since else None
    except (ValueError, OverflowError):
        raise ConfigError(f"--since is {since!r}; expected a duration such as 12h or 7d.") from None


async def _print(file: Path, case: int, agent: str, since: datetime | None, as_json: bool) -> None:
    store = await SqliteStore.open(str(file))
    try:
        async for act in acts(store, case, agent, since):
            if as_json:
                print(json.dumps(msgspec.to_builtins(act)), flush=True)  # noqa: T201 (a line is data, not prose)
            else:
                out.print(_line(act), soft_wrap=True)
    finally:
        await store.close()


async def acts(store: SqliteStore, case: int = 0, agent: str = "", since: datetime | None = None) -> AsyncIterator[Act]:
    """Yield what was done, oldest first."""
    after = 0
    while page := await store.audit(case=case, who=agent, since=since, after=after, limit=_PAGE):
        for after, act in page:  # noqa: B007 (the last one is where the next page begins)
            yield act


def _line(act: Act) -> str:
    number = f" case {act.case}" if act.case else ""
    told = ", ".join(f"{name} {_short(value)}" for name, value in act.detail.items())
    role = f" ({act.role})" if act.role else ""
    by = f" [dim]{escape(act.rule)}[/dim]" if act.rule else ""
    said = f"{act.at:%Y-%m-%d %H:%M:%S}  {escape(act.who)}{role}  {act.act}{number}"
    return said + by + (f"  {escape(told)}" if told else "")


def _short(value: Any) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else str(value)
