"""What `frontdesk doctor` looks at on this machine: database, disk, content, people. Platforms look at their own."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot import app
from bot.channels.finding import Finding
from bot.config import Settings
from bot.connectors.helpdesk import MappedDesk
from bot.connectors.ledger import Ledger
from bot.connectors.outside import OutsideOrders
from bot.dialog.catalog import Catalog
from bot.dialog.flow import CallStep
from bot.errors import ConfigError, ContentError, OutsideError, StoreError
from bot.store.failures import explained
from bot.store.lock import ServingLock
from bot.store.statements import COUNT_ERRANDS
from bot.tokens import Tokens

_PATIENCE = 3.0  # seconds to wait for another program's lock
_ROOM = 200_000_000  # bytes that the disk should have left


def database(path: Path) -> Iterator[Finding]:
    """Look at the database without changing anything in it; a running bot may have it open."""
    if not path.exists():
        if path.parent.is_dir() and os.access(path.parent, os.W_OK):
            yield Finding(True, f"database {path}: will be made at the first start")
        else:
            yield Finding(False, f"database {path}: its folder is missing or cannot be written", "Make the folder.")
            return
    else:
        yield _usable(path)
    free = shutil.disk_usage(path.parent).free
    said = f"disk of the database: {free / 1e9:.1f} GB free"
    yield Finding(free >= _ROOM, said, f"Make room: the bot wants {_ROOM // 1_000_000} MB and more.")


def _usable(path: Path) -> Finding:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as link:
            link.execute("BEGIN IMMEDIATE")
            link.execute("ROLLBACK")
            (sound,) = link.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return Finding(False, str(explained(error, str(path))).partition(" (SQLite")[0])
    if sound != "ok":
        return Finding(False, f"database {path} is damaged", "Stop the bot and restore the latest backup.")
    try:
        ServingLock(str(path)).take().release()
    except StoreError as error:
        return Finding(True, f"database {str(error).rstrip('.')}")
    return Finding(True, f"database {path}: can be written, no bot is running on it")


def token_files(settings: Settings) -> Iterator[Finding]:
    """Look whether others on this machine could read the files that hold tokens."""
    slack, discord = settings.slack, settings.discord
    for name in (
        slack.bot_token_file, slack.app_token_file, slack.signing_secret_file, discord.token_file,
        settings.orders.token_file, settings.outside.token_file, settings.outside.secret_file,
    ):  # fmt: skip
        file = Path(name)
        if name and sys.platform != "win32" and file.exists():
            private = not file.stat().st_mode & 0o077
            yield Finding(
                private, f"token file {name}: {'private' if private else 'others may read it'}", f"chmod 600 {name}"
            )


def content(folder: Path) -> tuple[Catalog | None, list[Finding]]:
    """Check the content; return it too if nothing is wrong."""
    try:
        catalog = app.check(folder)
    except ContentError as error:
        return None, [Finding(False, f"{each.file}:{each.line}: {each.what}", each.fix) for each in error.problems]
    counted = f"{len(catalog.every_entry)} entries, {len(catalog.flows)} flows, {len(catalog.agents)} agents"
    return catalog, [Finding(True, f"content {folder}: {counted}")]


async def orders(settings: Settings, held: Tokens, catalog: Catalog, database: str) -> list[Finding]:
    """Look whether the order system answers, has all that flows ask of it, and left nobody in doubt."""
    try:
        system = app.order_system(settings, next(iter(held.orders), None), catalog.voice.zone)
    except (ConfigError, ContentError) as error:
        return [Finding(False, line) for line in str(error).splitlines()]
    assert system
    asked = {
        each.action for flow in catalog.flows.values() for each in flow.steps.values() if isinstance(each, CallStep)
    }
    findings = [
        Finding(
            catalog.identity.by != "none",
            f"identity: {catalog.identity.by}",
            "Whoever knows an order number reads that order. Set identity.by in handoff/ to email, code or account.",
        )
    ]
    findings += [
        Finding(True, f"{action} is not in the mapping: flows take their branch 'failed' there")
        for action in sorted(asked - system.file.actions.keys())
    ]
    ledger = Path(database).with_suffix(".calls.sqlite")
    outside = OutsideOrders(system, Ledger(str(ledger) if ledger.exists() else ":memory:"), patience=_PATIENCE)
    try:
        await outside.probe()
        findings.append(Finding(True, f"orders at {settings.orders.url}: answer"))
        if unclear := await outside.unclear():
            what = f"{unclear} requests of which nobody knows whether they were done"
            findings.append(Finding(False, what, "They are looked up with the next call; see docs/connectors.md."))
    except (OutsideError, StoreError) as error:
        what = f"orders at {settings.orders.url}: {error}"
        findings.append(Finding(False, what, "See docs/connectors.md."))
    finally:
        await outside.close()
    return findings


async def outside(settings: Settings, held: Tokens, zone: str, database: Path) -> list[Finding]:
    """Look whether outside systems can be told of cases, and what they have not been told; webhooks are not asked."""
    findings: list[Finding] = []
    names = [*settings.outside.webhooks, *filter(None, [app.desk_name(settings)])]
    try:
        desks = app.outside_desks(settings, next(iter(held.desk), None), held.webhooks, zone).desks
    except (ConfigError, ContentError) as error:
        findings += [Finding(False, line) for line in str(error).splitlines()]
    else:
        for name, desk in desks.items():
            findings += [await _answers(name, settings.outside.url, desk)] if isinstance(desk, MappedDesk) else []
    counts = _errands(database)
    for name in sorted({*names, *(desk for desk, _ in counts)}):
        findings += _untold(name, counts, known=name in names)
    return findings


async def _answers(name: str, url: str, desk: MappedDesk) -> Finding:
    try:
        await desk.probe()
    except OutsideError as error:
        return Finding(False, f"{name} at {url}: {error}", "See docs/outside.md.")
    finally:
        await desk.close()
    return Finding(True, f"{name} at {url}: answers")


def _untold(name: str, counts: dict[tuple[str, str], tuple[int, str]], *, known: bool) -> Iterator[Finding]:
    """Yield what waits for an outside system, and what was given up."""
    waiting, lost = counts.get((name, "pending"), (0, "")), counts.get((name, "given_up"), (0, ""))
    if lost[0]:
        fix = f"Mend it, then: frontdesk outside resend {name}"
        yield Finding(False, f"{name}: {lost[0]} events were given up: {lost[1]}", fix)
    if known:
        why = f": {waiting[1]}" if waiting[1] else ""
        yield Finding(not waiting[1], f"{name}: {waiting[0]} events wait{why}", "See docs/outside.md.")
    elif waiting[0]:
        what = f"{name}: {waiting[0]} events wait for it, and it is not among the settings of outside"
        yield Finding(False, what, f"Put it back, or: frontdesk outside drop {name}")


def _errands(path: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """Return how many errands there are and what the last trouble was, by desk and state."""
    if not path.exists():
        return {}
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as link:
            found = link.execute(COUNT_ERRANDS).fetchall()
    except sqlite3.Error:  # told already, where the database was looked at; or it is older than errands are
        return {}
    return {(desk, status): (count, detail) for desk, status, count, detail in found}


def people(settings: Settings, catalog: Catalog) -> Iterator[Finding]:
    """Look whether there is anybody who can work the cases: agents with an account where the staff channels are."""
    for platform in ("slack", "discord"):
        rooms = [settings.staff.channel, *settings.staff.queues.values()]
        if not any(room.startswith(f"{platform}:") for room in rooms):
            continue
        able = [
            agent.name
            for agent in catalog.agents.values()
            if any(each.startswith(f"{platform}:") for each in agent.accounts)
        ]
        example = "slack:U0123ABCD" if platform == "slack" else "discord:1234567890"
        yield Finding(
            bool(able),
            f"people with an account on {platform.capitalize()}: {', '.join(able) or 'nobody'}",
            f"Nobody could answer a case. Add 'accounts: [{example}]' to the agents in handoff/team.yaml.",
        )
