"""Accounts that are linked and unlinked: each a unit of work on the connection, whole or not at all.

Both dossiers get a new version, so that a turn that was computed on the old ones is a Conflict and runs again; the
events that wait are given to whose they are now.
"""

import sqlite3
from datetime import datetime

import msgspec

from bot.dialog.accounts import accounts_of, joined, parted
from bot.dialog.state import Dossier
from bot.store import statements
from bot.store.rows import body, stamp

_dossier = msgspec.json.Decoder(Dossier).decode


def lead(connection: sqlite3.Connection, account: str) -> str:
    """Return the customer whose account it is."""
    found = connection.execute(statements.LEAD, (account,)).fetchone()
    return str(found[0]) if found else account


def offer(connection: sqlite3.Connection, hash: str, account: str, until: datetime) -> None:
    """Keep a code; an account has one at a time."""
    connection.execute(statements.FORGET_CODES, (account,))
    connection.execute(statements.KEEP_CODE, (hash, account, stamp(until)))


def link(connection: sqlite3.Connection, call: str, hash: str, account: str, at: datetime) -> tuple[str, str]:
    """Link the account with the one that the code was issued to; return what came of it, and that one."""
    if known := _done(connection, call):
        return known
    found = connection.execute(statements.CODE, (hash,)).fetchone()
    if not found or found[1] < stamp(at):
        return _record(connection, call, "link", account, "", "wrong", at)
    other = str(found[0])
    one, two = sorted((lead(connection, other), lead(connection, account)))
    if one == two:
        return _record(connection, call, "link", account, "", "same", at)
    connection.execute(statements.FORGET_CODES, (other,))
    both = joined(_read(connection, one), _read(connection, two))
    _write(connection, both)
    _write(connection, Dossier(customer=two))
    connection.executemany(statements.PUT_ACCOUNT, [(each, one) for each in accounts_of(both)])
    connection.execute(statements.REASSIGN)
    return _record(connection, call, "link", account, other, "linked", at)


def unlink(connection: sqlite3.Connection, call: str, account: str, at: datetime) -> str:
    """Take the account out of its link."""
    if known := _done(connection, call):
        return known[0]
    customer = lead(connection, account)
    dossier = _read(connection, customer)
    if account not in dossier.accounts:
        return _record(connection, call, "unlink", account, "", "unlinked", at)[0]
    own, rest = parted(dossier, account)
    _write(connection, own)
    _write(connection, rest)
    connection.executemany(statements.FORGET_ACCOUNT, [(each,) for each in dossier.accounts])
    connection.executemany(statements.PUT_ACCOUNT, [(each, rest.customer) for each in rest.accounts])
    connection.execute(statements.REASSIGN)
    return _record(connection, call, "unlink", account, rest.customer, "unlinked", at)[0]


def _done(connection: sqlite3.Connection, call: str) -> tuple[str, str] | None:
    found = connection.execute(statements.LINKED, (call,)).fetchone()
    return (str(found[0]), str(found[1])) if found else None


def _record(
    connection: sqlite3.Connection, call: str, action: str, account: str, other: str, result: str, at: datetime
) -> tuple[str, str]:
    """Write down what was done, for a call that is repeated and for whoever asks later."""
    connection.execute(statements.RECORD_LINK, (call, action, account, other, result, stamp(at)))
    return result, other


def _read(connection: sqlite3.Connection, customer: str) -> Dossier:
    found = connection.execute(statements.DOSSIER_BODY, (customer,)).fetchone()
    return _dossier(found[0]) if found else Dossier(customer=customer)


def _write(connection: sqlite3.Connection, dossier: Dossier) -> None:
    connection.execute(statements.REWRITE_DOSSIER, (dossier.customer, body(dossier)))
    connection.executemany(statements.REWRITE_CASE, [(case.number, body(case)) for case in dossier.cases])
