"""Telling many customers from the shell: `notice` asks for it, lets it out and stops it, as staff do."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape

from bot.app import content_folder
from bot.channels.casework import post_event, staff_event
from bot.cli.auditing import operator
from bot.cli.base import RUN, ConfigFile, Content, Database, cli, existing, out, read_settings
from bot.content import load
from bot.desk.broadcast import NOTICES
from bot.desk.noticewords import written
from bot.dialog.catalog import staffed
from bot.dialog.events import Event
from bot.errors import ConfigError
from bot.ports import Batch
from bot.store.sqlite import SqliteStore

_DECIDING = ("send", "stop", "dismiss")


@cli.command(rich_help_panel=RUN)
def notice(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS…", help='weather wrote=7d what="heavy snow" …; or: send 1, stop 1.'),
    ],
    agent: Annotated[str, typer.Option("--as", metavar="AGENT", help="Whose act it is: an id of handoff/team.yaml.")],
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Tell many customers something. The preview, and all that comes of it, is read in the staff channel."""
    catalog = load(content or content_folder(read_settings(config)))
    file = existing(database, config)

    async def hand_in() -> None:
        store = await SqliteStore.open(str(file))
        try:
            known = staffed(catalog, await store.floor()).agents
            if agent not in known:
                raise ConfigError(f"--as is {agent!r}; expected one of {', '.join(sorted(known))}.")
            await store.commit(Batch(accepted=(_event(words, agent),)))
            await store.note(operator("notice"))
        finally:
            await store.close()

    asyncio.run(hand_in())
    out.print(f"Handed in for {escape(agent)}. The running bot says in the staff channel what comes of it.")


def _event(words: list[str], agent: str) -> Event:
    """Return what was asked for; a value with spaces gets the quotes back that the shell has taken."""
    common: dict[str, Any] = {"key": f"shell:{uuid4().hex}", "at": datetime.now(UTC), "agent": agent}
    if words[0] in _DECIDING:
        number = words[1] if len(words) == 2 else ""
        event = post_event(f"notice/{number}", words[0], "", **common)
        if event is None:
            raise ConfigError(f"'{' '.join(words)}' names no notice; write it as: {words[0]} 1")
        return event
    return staff_event("notice", " ".join(map(_quoted, words)), customer=NOTICES, case=0, **common)


def _quoted(word: str) -> str:
    name, sign, value = word.partition("=")
    return written(name, value) if sign and " " in value else word
