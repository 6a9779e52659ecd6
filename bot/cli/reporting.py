"""`report`: what the bot's database says, counted."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from bot.app import content_folder
from bot.cli.auditing import acts, begin
from bot.cli.base import RUN, ConfigFile, Content, Database, cli, existing, out, read_settings
from bot.content import load
from bot.desk import contacts as began
from bot.desk import marks as noticed
from bot.desk import refusals as refused
from bot.desk import suggested
from bot.desk.case import Case
from bot.desk.exceptions import Tally, tallies
from bot.dialog.sending import DISMISSED_ANSWERED, DISMISSED_LEFT
from bot.ports import Act
from bot.store.sqlite import SqliteStore

report = typer.Typer(no_args_is_help=True, help="Count what has happened.")
cli.add_typer(report, name="report", rich_help_panel=RUN)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_ALL = "all together"
_DONE = ("sent", "edited", "dismissed", "left")
_COUNTS = ("asked", "granted", "declined", "countered", "withdrawn", "open")


@report.callback()
def _of() -> None:
    """Count what has happened."""


@report.command(name="exceptions")
def exceptions(
    since: Annotated[str, typer.Option(metavar="90d", help="Only those asked for no longer ago than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Count, for each policy, how many exceptions were asked for, granted, declined and countered."""
    file = existing(database, config)
    found = tallies(asyncio.run(_cases(file, begin(since) or _EVER)))
    if as_json:
        for each in found:
            print(json.dumps(msgspec.to_builtins(each)))  # noqa: T201 (a line is data, not prose)
        return
    _show(found)


async def _cases(file: Path, since: datetime) -> list[Case]:
    store = await SqliteStore.open(str(file))
    try:
        cases = [*await store.resolved(since), *await store.board()]
    finally:
        await store.close()
    return [case for case in cases if case.opened_at >= since]


def _show(found: list[Tally]) -> None:
    if not found:
        out.print("No exceptions were asked for.")
        return
    table = Table("policy", box=None)
    for name in _COUNTS:
        table.add_column(name, justify="right")
    for each in found:
        table.add_row(escape(each.policy or "(none)"), *(str(getattr(each, name)) for name in _COUNTS))
    out.print(table)
    for each in found:
        for words in each.feedback:
            out.print(f"  {escape(each.policy or '(none)')}: “{escape(' '.join(words.split()))}”", soft_wrap=True)


@report.command(name="refusals")
def refusals(
    since: Annotated[str, typer.Option(metavar="90d", help="Only those told no longer ago than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Count, for each policy, how often customers were told no, and what they took of what was offered instead."""
    file = existing(database, config)
    found = refused.tallies(asyncio.run(_refused(file, begin(since) or _EVER)))
    if as_json:
        for each in found:
            print(json.dumps({**msgspec.to_builtins(each), "left": each.left}))  # noqa: T201 (a line is data, not prose)
    elif found:
        _show_refusals(found)
    else:
        out.print("Nobody was refused anything.")


async def _refused(file: Path, since: datetime) -> list[str]:
    store = await SqliteStore.open(str(file))
    try:
        return await store.refused(since)
    finally:
        await store.close()


def _show_refusals(found: list[refused.Refused]) -> None:
    table = Table("policy", box=None)
    for name in ("told", "left without a choice"):
        table.add_column(name, justify="right")
    table.add_column("chosen")
    for each in found:
        chosen = ", ".join(f"{choice} {count}" for choice, count in each.chosen.items())
        table.add_row(escape(each.policy or "(none)"), str(each.told), str(each.left), escape(chosen))
    out.print(table)


@report.command(name="contacts")
def contacts(
    since: Annotated[str, typer.Option(metavar="90d", help="Only what happened no longer ago than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Count conversations, cases, times and satisfaction, for each platform and each of its channels."""
    found = asyncio.run(_contacts(existing(database, config), begin(since) or _EVER))
    if as_json:
        for each in found:
            print(json.dumps(msgspec.to_builtins(each)))  # noqa: T201 (a line is data, not prose)
    elif found:
        _show_contacts(found)
    else:
        out.print("Nobody has written.")


async def _contacts(file: Path, since: datetime) -> list[began.Tally]:
    store = await SqliteStore.open(str(file))
    try:
        heard = await store.heard(since)
    finally:
        await store.close()
    return began.tallies(heard, await _cases(file, since))


def _show_contacts(found: list[began.Tally]) -> None:
    table = Table("platform", "channel", box=None)
    for name in ("contacts", "cases", "answered", "solved", "ratings", "CSAT"):
        table.add_column(name, justify="right")
    for each in found:
        table.add_row(
            escape(each.platform),
            escape(each.channel or "all"),
            str(each.contacts),
            str(each.cases),
            "" if each.first_response is None else f"{each.first_response:g} min",
            "" if each.resolution is None else f"{each.resolution:g} h",
            str(each.ratings),
            "" if each.csat is None else f"{each.csat:.0%}",
        )
    out.print(table)


@report.command(name="marks")
def marks(
    since: Annotated[str, typer.Option(metavar="90d", help="Only what was noticed no longer ago than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    content: Content = None,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Count what staff have noticed of customers (!mark), and name those of whom it is a pattern."""
    file, known = existing(database, config), load(content or content_folder(read_settings(config))).marks
    first = begin(since) or _EVER
    seen = [each for each in asyncio.run(_observed(file)) if each[1].at >= first]
    found = noticed.tallies(seen, {mark.id: mark.pattern for mark in known.values() if mark.kind == "sign"})
    if as_json:
        for each in found:
            print(json.dumps(msgspec.to_builtins(each)))  # noqa: T201 (a line is data, not prose)
    elif found:
        _show_marks(found, {mark.id: mark.title for mark in known.values()})
    else:
        out.print("Nothing was noted of any customer.")


async def _observed(file: Path) -> list[tuple[str, noticed.Observed]]:
    store = await SqliteStore.open(str(file))
    try:
        return await store.observed()
    finally:
        await store.close()


def _show_marks(found: list[noticed.Tally], titles: dict[str, str]) -> None:
    table = Table("noticed", box=None)
    for name in ("times", "customers"):
        table.add_column(name, justify="right")
    table.add_column("a pattern with")
    for each in found:
        who = ", ".join(f"{customer} ({count})" for customer, count in each.patterns)
        table.add_row(escape(titles.get(each.mark, each.mark)), str(each.seen), str(each.customers), escape(who))
    out.print(table)


@report.command(name="suggestions")
def suggestions(
    since: Annotated[str, typer.Option(metavar="30d", help="Only what was done no longer ago than that.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Count, for each entry and flow, what agents did with what the bot suggested: sent it, edited it, or not."""
    file = existing(database, config)
    found = suggested.tallies(asyncio.run(_suggestions(file, begin(since))))
    if as_json:
        for each in found:
            print(json.dumps(msgspec.to_builtins(each)))  # noqa: T201 (a line is data, not prose)
    elif found:
        _show_suggestions([*found, suggested.together(found, _ALL)])
    else:
        out.print("Nothing that the bot suggested was sent or dismissed.")


async def _suggestions(file: Path, since: datetime | None) -> list[tuple[str, str]]:
    store = await SqliteStore.open(str(file))
    try:
        return [(act.detail["of"], way) async for act in acts(store, since=since) if (way := _way(act))]
    finally:
        await store.close()


def _way(act: Act) -> str:
    """Return what somebody did with a suggestion; nothing for what was refused, and for what followed a dismissal."""
    if "of" not in act.detail or act.rule in (DISMISSED_ANSWERED, DISMISSED_LEFT):
        return ""
    if act.act == "SuggestionSent":
        return "edited" if act.detail["edited"] else "sent"
    return "left" if act.rule == "suggestion_left" else "dismissed" if act.act == "SuggestionDismissed" else ""


def _show_suggestions(lines: list[suggested.Tally]) -> None:
    table = Table("entry or flow", box=None)
    for name in (*_DONE, "sent as is"):
        table.add_column(name, justify="right")
    for each in lines:
        table.add_row(escape(each.of), *(str(getattr(each, name)) for name in _DONE), f"{each.as_is:.0%}")
    out.print(table)
