"""Whom notices to many are for, and who was told, as it is stored."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from bot.desk.broadcast import Counts, Person
from bot.dialog.events import NoticeGiven
from bot.ports import TurnTaken
from bot.store import statements

Row = tuple[Any, ...]

_person = msgspec.json.Decoder(Person).decode


def keep(connection: sqlite3.Connection, notice: int, people: Sequence[Person]) -> None:
    """Keep whom a notice is for, unless that is known."""
    if not connection.execute(statements.HAS_AUDIENCE, (notice,)).fetchone():
        rows = [(notice, each.customer, msgspec.json.encode(each).decode()) for each in people]
        connection.executemany(statements.PUT_PERSON, rows)


def person(row: Row) -> Person:
    """Read somebody whom a notice is for."""
    return _person(row[0])


def given(taken: TurnTaken) -> Row | None:
    """Return what a turn in which somebody was to be told makes of their row; None for all other turns."""
    event, turn = taken.event, taken.turn
    if not isinstance(event, NoticeGiven):
        return None
    effects = [each.effect for each in turn.dossier.told if each.number == event.number]
    effect = next((each for each in effects if each.startswith(f"{turn.id}.")), "")
    return ("told" if effect else "left_out", effect, event.number, event.account or event.customer)


def counts(rows: Sequence[Row]) -> Counts:
    """Read how many were told, and what became of it."""
    found = {(status, delivery): count for status, delivery, count in rows}
    failed = found.pop(("told", "failed"), 0)
    sent = found.pop(("told", "delivered"), 0)
    left_out = sum(count for (status, _), count in found.items() if status == "left_out")
    return Counts(sent=sent, failed=failed, left_out=left_out, waiting=sum(found.values()) - left_out)
