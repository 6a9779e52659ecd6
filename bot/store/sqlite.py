"""The store in SQLite. Each method is one transaction and one thread hop; nothing here decides anything.

The SQL is in `statements`, its parameters in `rows`, the connection in `database`.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from bot.desk.broadcast import Counts, Person
from bot.desk.case import Case, Deadline
from bot.desk.contacts import Heard
from bot.desk.floor import REMEMBERED, Floor
from bot.desk.marks import Observed
from bot.dialog.events import Event
from bot.dialog.state import Dossier, Trace
from bot.dialog.waiting import quiet_key
from bot.errors import Conflict
from bot.ports import Act, Batch, Committed, Errand, Outgoing, Said, Waiting
from bot.store import audiences, errands, links, rows, statements
from bot.store.database import Database
from bot.store.lock import ServingLock
from bot.store.rows import Row, Rows

PATIENCE = 5.0  # seconds to wait for another program's lock


class SqliteStore:
    """`ports.Store` in one SQLite file; `commits` counts the transactions that wrote something."""

    def __init__(self, database: Database, lock: ServingLock | None) -> None:
        self.commits = 0
        self._database = database
        self._lock = lock
        self._seen = 0

    @classmethod
    async def open(cls, path: str, *, exclusive: bool = False, patience: float = PATIENCE) -> Self:
        """Open a database, making or upgrading it as needed; ":memory:" keeps nothing.

        The bot that serves it opens it `exclusive`: a second one is refused. Commands that run beside it do not.
        `patience` is how many seconds to wait while another program has it locked. Raises StoreError.
        """
        lock = ServingLock(path).take() if exclusive and path != ":memory:" else None
        database = Database(path, patience)
        try:
            await database.open()
            store = cls(database, lock)
            await store.changed()
        except BaseException:
            await database.close()
            if lock:
                lock.release()
            raise
        return store

    async def close(self) -> None:
        """Finish the transaction in hand and close the file."""
        await self._database.close()
        if self._lock:
            self._lock.release()

    @property
    def hops(self) -> int:
        """How often a unit of work went to the database's thread and back."""
        return self._database.hops

    async def commit(self, batch: Batch) -> Committed:
        """Write a batch in one transaction; raise Conflict when what a turn relied on had changed."""
        parameters = rows.rows(batch)
        ids, seqs = await self._database.transact(lambda connection: _write(connection, parameters))
        self.commits += 1
        return Committed(
            waiting=tuple(
                rows.whose(id, accepted.event, customer)
                for accepted, (id, customer) in zip(parameters.accepted, ids, strict=True)
                if id is not None
            ),
            outgoing=rows.sent(parameters.outbox, seqs),
        )

    async def knows(self, key: str) -> bool:
        """Return whether something with this key has been accepted."""
        return bool(await self._database.rows(statements.KNOWS, key))

    async def dossiers(self, customers: Sequence[str]) -> dict[str, tuple[int, Dossier]]:
        """Return version and dossier of each customer; one never seen has version 0 and an empty dossier."""
        found = await self._database.rows(statements.DOSSIERS, json.dumps(list(customers)))
        return rows.dossiers(found, customers)

    async def waiting(self) -> list[Waiting]:
        """Return every accepted event without a turn, oldest first."""
        return [rows.waiting(row) for row in await self._database.rows(statements.WAITING)]

    async def outgoing(self) -> list[Outgoing]:
        """Return every effect that is still to be delivered, oldest first, marked as possible repeats."""
        return [rows.outgoing(row) for row in await self._database.rows(statements.OUTGOING)]

    async def delivered(self, limit: int = 500) -> list[Outgoing]:
        """Return the effects that were delivered last, oldest first: what a screen shows when it is opened."""
        found = await self._database.rows(statements.DELIVERED, limit)
        return [rows.outgoing(row) for row in reversed(found)]

    async def due(self, until: datetime, limit: int = 500) -> list[Event]:
        """Return DeadlineReached events for the deadlines due by then, earliest first; changes nothing."""
        found = await self._database.rows(statements.DUE, rows.stamp(until), limit)
        return [rows.reached(row, until) for row in found]

    async def next_due(self) -> datetime | None:
        """Return when the earliest deadline is due."""
        ((due,),) = await self._database.rows(statements.NEXT_DUE)
        return datetime.fromisoformat(due) if due else None

    async def scheduled(self) -> list[tuple[str, Deadline]]:
        """Return every customer's deadlines, earliest first."""
        return [rows.scheduled(row) for row in await self._database.rows(statements.SCHEDULED)]

    async def transcript(self, customer: str = "", case: int = 0, limit: int = 500) -> list[Said]:
        """Return what was said, oldest first: of one customer, of one case, or of all. The latest are kept."""
        if case:
            found = await self._database.rows(statements.SAID_IN_CASE, case, limit)
        elif customer:
            found = await self._database.rows(statements.SAID_BY_CUSTOMER, customer, limit)
        else:
            found = await self._database.rows(statements.SAID_AT_ALL, limit)
        return [rows.said(row) for row in reversed(found)]

    async def board(self) -> list[Case]:
        """Return the open cases, most urgent first, then oldest first."""
        return [rows.case(row) for row in await self._database.rows(statements.BOARD)]

    async def floor(self) -> Floor:
        """Return what all customers share, as it is now."""
        return await self._database.run(_floor)

    async def resolved(self, since: datetime) -> list[Case]:
        """Return the cases that were closed since then, in order of their numbers."""
        return [rows.case(row) for row in await self._database.rows(statements.RESOLVED, rows.stamp(since)[:19])]

    async def follow_ups(self, cases: Sequence[Case]) -> dict[int, datetime]:
        """Return, by number, when the silent customers of these cases will be asked whether anything is left."""
        keys = json.dumps([[case.customer, quiet_key(case)] for case in cases])
        found = await self._database.rows(statements.FOLLOW_UPS, keys)
        return {number: datetime.fromisoformat(due) for number, due in found}

    async def talk(self, case: int, after: int = 0, limit: int = 200) -> list[Said]:
        """Return a page of a case's whole talk, oldest first: what was said before it was opened too."""
        return [rows.said(row) for row in await self._database.rows(statements.TALK, case, after, limit)]

    async def said_before(self, line: int, limit: int) -> list[Said]:
        """Return the lines before one (0: the latest), newest first; each with the case that came of it."""
        found = await self._database.rows(statements.SAID_BEFORE, line or 2**62, limit)
        return [rows.said(row) for row in found]

    async def audit(
        self, *, case: int = 0, who: str = "", since: datetime | None = None, after: int = 0, limit: int = 500
    ) -> list[tuple[int, Act]]:
        """Return entries of the audit log with their ids, oldest first, from the one after `after` on."""
        begin = rows.stamp(since) if since else ""
        return [rows.act(row) for row in await self._database.rows(statements.AUDIT, after, case, who, begin, limit)]

    async def note(self, act: Act) -> None:
        """Add an operator's act to the audit log."""
        await self._write(statements.NOTE_ACT, *rows.act_row(act))

    async def case(self, number: int) -> Case | None:
        """Return a case as its card last showed it."""
        found = await self._database.rows(statements.CASE, number)
        return rows.case(found[0]) if found else None

    async def card(self, case: int) -> str:
        """Return the platform's id of the case's card; empty until it has been posted."""
        found = await self._database.rows(statements.CARD, case)
        return str(found[0][0]) if found else ""

    async def shown(self, effect: str) -> str:
        """Return the platform's id of a delivered effect; empty while it is not (or was never) delivered."""
        found = await self._database.rows(statements.SHOWN, effect)
        return str(found[0][0]) if found else ""

    async def effect_of(self, message: str) -> str:
        """Return the delivered effect that is shown in this message (the platform's id); empty when none is."""
        found = await self._database.rows(statements.EFFECT_OF, message)
        return str(found[0][0]) if found else ""

    async def case_of(self, platform_id: str) -> int:
        """Return the number of the case whose card has this platform id; 0 when there is none."""
        found = await self._database.rows(statements.CASE_OF, platform_id)
        return int(found[0][0]) if found else 0

    async def post_at(self, platform_id: str) -> str:
        """Return what the post in this message is about, as it was shown last; empty when there is none."""
        found = await self._database.rows(statements.POST_AT, platform_id)
        return rows.about(found[0]) if found else ""

    async def places(self, prefix: str, since: datetime) -> list[tuple[str, str]]:
        """Return (customer, place) of the conversations in places that begin with `prefix` and were active since.

        The latest come last.
        The public place that a conversation was moved from is one of its places.
        """
        return [tuple(row) for row in await self._database.rows(statements.PLACES, prefix, rows.stamp(since)[:19])]

    async def next_case(self) -> int:
        """Return the number that the next case will have."""
        ((number,),) = await self._database.rows(statements.NEXT_CASE)
        return int(number)

    async def disputed(self, since: datetime) -> list[tuple[str, str, str]]:
        """Return when customers have said that which entry is wrong, and in what words, oldest first."""
        return [tuple(row) for row in await self._database.rows(statements.DISPUTED, rows.stamp(since))]

    async def refused(self, since: datetime) -> list[str]:
        """Return each no told ("refund_window"), and what was said to it ("refund_window/credit"), oldest first."""
        return [told for (told,) in await self._database.rows(statements.REFUSED, rows.stamp(since))]

    async def heard(self, since: datetime) -> list[Heard]:
        """Return what customers did, in the order in which it was taken."""
        return [rows.heard(row) for row in await self._database.rows(statements.HEARD, rows.stamp(since))]

    async def observed(self) -> list[tuple[str, Observed]]:
        """Return what staff have noticed of which customer."""
        found = await self._database.rows(statements.OBSERVED)
        return [(customer, rows.observed(seen)) for customer, seen in found]

    async def trace(self, turn: str) -> Trace | None:
        """Return why a turn ("c7.3") went as it did."""
        found = await self._database.rows(statements.TRACE, turn)
        return rows.trace(found[0]) if found else None

    async def flows(self) -> dict[str, bytes]:
        """Return the compiled flows that frames may still be in, by hash."""
        return dict(await self._database.rows(statements.FLOWS))

    async def forget_flows(self) -> None:
        """Delete the compiled flows that no frame is in."""
        await self._write(statements.FORGET_FLOWS)

    async def offer_code(self, hash: str, account: str, until: datetime) -> None:
        """Keep a one-time code, hashed; an account has one at a time."""
        await self._database.transact(lambda connection: links.offer(connection, hash, account, until))
        self.commits += 1

    async def void_code(self, hash: str) -> None:
        """Let a code count no more."""
        await self._write(statements.VOID_CODE, hash)

    async def link(self, call: str, hash: str, account: str, at: datetime) -> tuple[str, str]:
        """Link the account with the code's: "linked", "wrong" or "same", and the other account."""
        self.commits += 1
        return await self._database.transact(lambda connection: links.link(connection, call, hash, account, at))

    async def unlink(self, call: str, account: str, at: datetime) -> str:
        """Take the account out of its link."""
        self.commits += 1
        return await self._database.transact(lambda connection: links.unlink(connection, call, account, at))

    async def errands(self, after: int = 0) -> list[Errand]:
        """Return what is still to be done for outside desks, oldest first."""
        return [errands.errand(row) for row in await self._database.rows(statements.ERRANDS, "pending", after)]

    async def given_up(self) -> list[Errand]:
        """Return the errands that were given up, oldest first."""
        return [errands.errand(row) for row in await self._database.rows(statements.ERRANDS, "given_up", 0)]

    async def mark(self, errand: Errand, detail: str, *, given_up: bool = False) -> None:
        """Note why an errand is not done yet, or that it was given up for that."""
        await self._write(statements.MARK_ERRAND, "given_up" if given_up else "pending", detail, errand.seq)

    async def finish(self, errand: Errand, theirs: str) -> None:
        """Note that an errand is done, and the id that the desk has for the case (empty: none)."""
        await self._database.transact(lambda connection: errands.finish(connection, errand, theirs))
        self.commits += 1

    async def revive(self, desk: str, since: datetime) -> int:
        """Have the errands that were given up done after all (desk "": everybody's); return how many there are."""
        sql, parameters = statements.REVIVE_ERRANDS, (since.isoformat(), desk)
        self.commits += 1
        return await self._database.transact(lambda connection: connection.execute(sql, parameters).rowcount)

    async def forget_errands(self, desk: str) -> int:
        """Forget what is still to be done for an outside desk, or was given up; return how much that was."""
        self.commits += 1
        forget = statements.FORGET_ERRANDS
        return await self._database.transact(lambda connection: connection.execute(forget, (desk,)).rowcount)

    async def theirs(self, desk: str, case: int) -> str:
        """Return the id by which an outside desk keeps a case; empty for none."""
        found = await self._database.rows(statements.DESK_CASE, desk, case)
        return str(found[0][0]) if found else ""

    async def customers(self, after: str, limit: int) -> list[Dossier]:
        """Return a page of all customers' dossiers, in order of their ids, from the one after `after` on."""
        return rows.customers(await self._database.rows(statements.CUSTOMERS, after, limit))

    async def keep_audience(self, notice: int, people: Sequence[Person]) -> None:
        """Keep whom a notice is for; what is kept for it already stays."""
        await self._database.transact(lambda connection: audiences.keep(connection, notice, people))
        self.commits += 1

    async def next_person(self, notice: int) -> Person | None:
        """Return who is told next; None when all have had their turn."""
        found = await self._database.rows(statements.NEXT_PERSON, notice)
        return audiences.person(found[0]) if found else None

    async def give(self, notice: int, customer: str) -> None:
        """Note that it is this customer's turn."""
        await self._write(statements.GIVE, notice, customer)

    async def counts(self, notice: int) -> Counts:
        """Return how far a notice has come."""
        return audiences.counts(await self._database.rows(statements.COUNTS, notice))

    async def audience_of(self, notice: int) -> tuple[list[Person], int]:
        """Return who was told of a notice, and how many could not be reached or may not be told."""
        found = await self._database.rows(statements.AUDIENCE_OF, notice)
        told = [audiences.person(row) for row in found if row[1]]
        return told, len(found) - len(told)

    async def changed(self) -> bool:
        """Return whether another process has written since this was last asked."""
        ((version,),) = await self._database.rows(statements.DATA_VERSION)
        before, self._seen = self._seen, version
        return bool(before != version)

    async def setting(self, name: str) -> str | None:
        """Return a stored setting ("paused", "clock")."""
        found = await self._database.rows(statements.SETTING, name)
        return str(found[0][0]) if found else None

    async def set(self, name: str, value: str | None) -> None:
        """Store a setting, or forget it."""
        if value is None:
            await self._write(statements.UNSET, name)
        else:
            await self._write(statements.SET, name, value)

    async def _write(self, sql: str, *parameters: object) -> None:
        await self._database.transact(lambda connection: connection.execute(sql, parameters))
        self.commits += 1


def _write(connection: sqlite3.Connection, batch: Rows) -> tuple[list[tuple[int | None, str]], list[int]]:
    """Write a batch; return the inbox row (None: known already) and customer of each event, and the outbox rows."""
    ids = [_accept(connection, accepted) for accepted in batch.accepted]
    _change_all(connection, statements.PUT_DOSSIER, batch.dossiers, "a dossier had changed")
    _change_all(connection, statements.CONSUME, batch.consumed, "an event had been consumed")
    _many(connection, statements.PUT_TURN, batch.turns)
    _many(connection, statements.SAY, batch.said)
    _many(connection, statements.NOTE_ACT, batch.acts)
    _many(connection, statements.PUT_FLOW, batch.flows)
    _change_all(connection, statements.PUT_CASE, batch.cases, "a case number was taken")
    for sql, fact in batch.facts:
        _change_all(connection, sql, [fact], "what is shared had changed")
    for sql, timer in batch.timers:
        connection.execute(sql, timer)
    seqs = [connection.execute(statements.SEND, row).lastrowid or 0 for *_, row in batch.outbox]
    _many(connection, statements.MARK, batch.deliveries)
    _many(connection, statements.PUT_ERRAND, batch.errands)
    _many(connection, statements.TELL_PERSON, batch.given)
    return ids, seqs


def _floor(connection: sqlite3.Connection) -> Floor:
    connection.execute("BEGIN")  # all as of one moment
    try:
        return rows.floor(
            connection.execute(statements.FACTS).fetchall(),
            connection.execute(statements.QUEUED).fetchall(),
            connection.execute(statements.WAITED, (REMEMBERED,)).fetchall(),
            connection.execute(statements.HELD).fetchall(),
        )
    finally:
        connection.execute("COMMIT")


def _accept(connection: sqlite3.Connection, accepted: rows.Accepted) -> tuple[int | None, str]:
    account = accepted.event.customer
    if accepted.deadline and not connection.execute(statements.FIRE, accepted.deadline).rowcount:
        return None, account
    customer = links.lead(connection, account)
    key, stored, at = accepted.row
    cursor = connection.execute(statements.ACCEPT, (key, account, customer, stored, at))
    return (cursor.lastrowid if cursor.rowcount else None), customer


def _many(connection: sqlite3.Connection, sql: str, parameters: list[Row]) -> int:
    return connection.executemany(sql, parameters).rowcount if parameters else 0


def _change_all(connection: sqlite3.Connection, sql: str, parameters: list[Row], lost: str) -> None:
    """Run a statement whose every execution must change one row."""
    if _many(connection, sql, parameters) != len(parameters):
        raise Conflict(f"{lost}; run the turn again")
