"""The floor: the least that a durable, fuzzy bot must do for a message, in straight-line code on bare SQLite.

For each message: accept it (a row, committed), find its match, encode the new state and commit it with the same rows
that Frontdesk writes, then mark the answer as delivered (committed). Messages of one round share each of the three
commits. No engine, no flows, no templates, no asyncio, nothing that could be explained or resumed.
"""

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.desk.case import Line
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Choice, Say, Source
from bot.dialog.events import MessageReceived
from bot.dialog.state import Candidate, Conversation, Dossier, Trace
from tests.bench.ours import Result


def floor(catalog: Catalog, texts: Sequence[str], database: Path, concurrency: int) -> Result:
    """Handle the texts in rounds of `concurrency` messages."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for file in sorted((Path(__file__).parents[2] / "bot" / "store" / "migrations").glob("*.sql")):
        connection.executescript(file.read_text())
    dossiers = {f"local:c{number}": Dossier(customer=f"local:c{number}", name="Ana") for number in range(concurrency)}
    wall, cpu, commits = time.perf_counter(), time.process_time(), 0
    for start in range(0, len(texts), concurrency):
        commits += _round(connection, catalog, texts[start : start + concurrency], start, dossiers)
    took, burned = time.perf_counter() - wall, time.process_time() - cpu
    connection.close()
    count = len(texts)
    return Result(rate=count / took, cpu_us=burned / count * 1e6, commits=commits / count)


def _round(
    connection: sqlite3.Connection, catalog: Catalog, texts: Sequence[str], start: int, dossiers: dict[str, Dossier]
) -> int:
    encode = msgspec.json.Encoder().encode
    now = datetime.now(UTC)
    at = now.isoformat()
    customers = list(dossiers)[: len(texts)]
    events = [
        MessageReceived(key=f"m{start + n}", customer=who, at=now, place=who, name="Ana", text=text)
        for n, (who, text) in enumerate(zip(customers, texts, strict=True))
    ]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO inbox (key, customer, body, at) VALUES (?, ?, ?, ?)",
        [(event.key, event.customer, encode(event).decode(), at) for event in events],
    )
    connection.execute("COMMIT")
    rows: dict[str, list[tuple[Any, ...]]] = {"dossier": [], "turn": [], "said": [], "out": [], "done": []}
    for event in events:
        _turn(catalog, event, dossiers, rows, encode, at)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT OR REPLACE INTO dossiers (customer, version, body) VALUES (?, ?, ?)", rows["dossier"]
    )
    connection.executemany(
        "INSERT INTO turns (id, customer, at, event, trace) VALUES (?, ?, ?, 'MessageReceived', ?)", rows["turn"]
    )
    connection.executemany(
        "INSERT INTO transcript (customer, conversation, case_number, who, kind, text, at)"
        " VALUES (?, ?, 0, ?, ?, ?, ?)",
        rows["said"],
    )
    connection.executemany(
        "INSERT INTO outbox (id, turn, customer, place, body, at, due) VALUES (?, ?, ?, ?, ?, ?, ?)", rows["out"]
    )
    connection.executemany("UPDATE inbox SET turn = ? WHERE key = ?", rows["done"])
    connection.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "UPDATE outbox SET status = 'delivered', platform_id = id WHERE id = ?", [(row[0],) for row in rows["out"]]
    )
    connection.execute("COMMIT")
    return 3


def _turn(
    catalog: Catalog,
    event: MessageReceived,
    dossiers: dict[str, Dossier],
    rows: dict[str, list[tuple[Any, ...]]],
    encode: Any,
    at: str,
) -> None:
    ranking = catalog.index.rank(event.text)
    best = ranking.matches[0] if ranking.matches else None
    text = catalog.entries[best.id].answer.variants[0] if best and best.id in catalog.entries else "?"
    old = dossiers[event.customer]
    talk = old.conversations[0] if old.conversations else Conversation(
        id=f"c{event.key}", place=event.place, started_at=event.at, active_at=event.at
    )  # fmt: skip
    said = (*talk.recent, Line(who="customer", text=event.text), Line(who="bot", text=text))[-12:]
    talk = replace(talk, turn=talk.turn + 1, recent=said)
    new = dossiers[event.customer] = replace(old, met=True, conversations=(talk,))
    turn = f"{talk.id}.{talk.turn}"
    trace = Trace(
        decision="answer",
        confidence=ranking.confidence,
        candidates=tuple(Candidate(id=m.id, kind=m.kind, score=m.score) for m in ranking.matches),
    )
    choices = tuple(Choice(id=f"{turn}/{name}", label=name) for name in ("helped", "unhelpful", "person"))
    say = Say(place=event.place, text=text, source=Source(kind="entry", id="x"), choices=choices)
    rows["dossier"].append((event.customer, talk.turn, encode(new).decode()))
    rows["turn"].append((turn, event.customer, at, encode(trace).decode()))
    rows["said"].append((event.customer, talk.id, "customer", "customer", event.text, at))
    rows["said"].append((event.customer, talk.id, "bot", "bot", text, at))
    rows["out"].append((f"{turn}.0", turn, event.customer, event.place, encode(say).decode(), at, at))
    rows["done"].append((turn, event.key))
