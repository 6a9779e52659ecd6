"""What other systems have not heard yet of cases: `outside list`, `outside resend`, `outside drop`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from bot.cli.auditing import operator
from bot.cli.base import RUN, ConfigFile, Database, cli, existing, out
from bot.ports import Errand
from bot.secrets import sifted
from bot.store.sqlite import SqliteStore

outside = typer.Typer(no_args_is_help=True, help="See what outside systems have not heard yet, and send it again.")
cli.add_typer(outside, name="outside", rich_help_panel=RUN)
R = TypeVar("R")


@outside.command(name="list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """List what is still to be sent, and what was given up; nobody's words."""

    async def read(store: SqliteStore) -> list[tuple[str, Errand]]:
        return [("given up", each) for each in await store.given_up()] + [
            ("waits", each) for each in await store.errands()
        ]

    found = asyncio.run(_with_store(existing(database, config), read))
    for state, each in found:
        shown = {"id": each.id, "desk": each.desk, "case": each.case, "kind": each.kind, "at": each.at.isoformat()}
        if as_json:
            line = {**shown, "state": state, "detail": sifted(each.detail)}
            print(json.dumps(line))  # noqa: T201 (a line is data, not prose)
        else:
            why = f"  [dim]{escape(sifted(each.detail))}[/dim]" if each.detail else ""
            told = f"{each.at:%Y-%m-%d %H:%M:%S}  {escape(each.desk)}  case {each.case} {each.kind}  {state}{why}"
            out.print(told, soft_wrap=True)
    if not found and not as_json:
        out.print("Everything has arrived.")


@outside.command(name="resend")
def resend(
    desk: Annotated[str, typer.Argument(metavar="[NAME]", help="Only to this one; default: to all.")] = "",
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Send again what was given up, under the same ids; a running bot begins at once, else the next start does."""

    async def revive(store: SqliteStore) -> int:
        count = await store.revive(desk, datetime.now(UTC))
        await store.note(operator("resend"))
        return count

    count = asyncio.run(_with_store(existing(database, config), revive))
    out.print(f"{count} to be sent again." if count else "Nothing was given up.")


@outside.command(name="drop")
def drop(
    desk: Annotated[str, typer.Argument(metavar="NAME", help="What this one has not heard.")],
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Throw away what an outside system has not heard: what was given up, and what waits for one that is no more."""

    async def forget(store: SqliteStore) -> int:
        count = await store.forget_errands(desk)
        await store.note(operator("drop"))
        return count

    count = asyncio.run(_with_store(existing(database, config), forget))
    out.print(f"{count} thrown away." if count else f"Nothing waits for {escape(desk)}.")


async def _with_store(file: Path, work: Callable[[SqliteStore], Awaitable[R]]) -> R:
    store = await SqliteStore.open(str(file))
    try:
        return await work(store)
    finally:
        await store.close()
