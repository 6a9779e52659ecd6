"""Errands to outside desks, as they are stored."""

import sqlite3
from datetime import datetime
from typing import Any

import msgspec

from bot.ports import Errand
from bot.store import statements

Row = tuple[Any, ...]


def row(errand: Errand) -> Row:
    """Return an errand as it is stored."""
    return (
        errand.id,
        errand.desk,
        errand.case,
        errand.customer,
        errand.kind,
        msgspec.json.encode(errand.data).decode(),
        errand.at.isoformat(),
        errand.since.isoformat(),
    )


def errand(row: Row) -> Errand:
    """Read an errand; whether somebody has run it already is not known."""
    seq, id, desk, case, customer, kind, body, at, since, detail = row
    return Errand(
        seq=seq,
        id=id,
        desk=desk,
        case=case,
        customer=customer,
        kind=kind,
        data=msgspec.json.decode(body),
        at=datetime.fromisoformat(at),
        since=datetime.fromisoformat(since),
        detail=detail,
    )


def finish(connection: sqlite3.Connection, errand: Errand, theirs: str) -> None:
    """Forget an errand that is done, and keep the id that the desk has for the case."""
    if theirs:
        connection.execute(statements.PUT_DESK_CASE, (errand.desk, errand.case, theirs))
    connection.execute(statements.FINISH_ERRAND, (errand.seq,))
