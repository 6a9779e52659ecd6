"""Takes turns: at most one per customer at a time, in order of acceptance, many customers to a batch.

What a customer writes in one breath is one turn (`bursts`, `gathering`). A dossier is kept in memory after its turn, so
a conversation in progress costs no read; the store compares versions, so a copy that another process has outdated costs
a Conflict, is dropped, and the turn runs again.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bot.dialog.effects import OpenCase
from bot.dialog.events import DeadlineReached, Event, MessageReceived
from bot.dialog.happening import Fresh
from bot.dialog.state import Dossier, Turn
from bot.errors import Conflict, StoreError
from bot.ports import Batch, Clock, Errand, Store, TurnTaken, Waiting
from bot.runtime.blame import where
from bot.runtime.bursts import gather, merged
from bot.runtime.codes import code
from bot.runtime.committer import Committer
from bot.runtime.gathering import Gathering
from bot.runtime.served import Advance, Broken, Served
from bot.runtime.shared import Shared

log = logging.getLogger("frontdesk.dispatcher")

LIMIT = 64  # customers in one batch
LATE = timedelta(minutes=1)  # what waited longer (the bot was down, or paused) is answered as of now
HELD = 1024  # dossiers kept in memory
CONFLICTS = 5  # runs of one turn before it counts as broken
RETRY = 1.0  # seconds until dossiers that could not be read are read again


class Dispatcher:
    """Queues events by customer and runs the engine on them."""

    def __init__(
        self,
        store: Store,
        committer: Committer,
        shared: Shared,
        served: Served[Any],
        advance: Advance,
        broken: Broken,
        clock: Clock,
        settled: Callable[[], None],
        errands: Callable[[Dossier, Turn, datetime], tuple[Errand, ...]],
        *,
        burst: float = 0.0,
    ) -> None:
        self.paused = False
        self._clock = clock
        self._store = store
        self._committer = committer
        self._shared = shared
        self._served = served
        self._advance = advance
        self._broken = broken
        self._settled = settled
        self._errands = errands
        self.next_case = 0
        self._gathering = Gathering(burst, self._gathered) if burst else None
        self._apart = timedelta(seconds=2 * burst)  # deliveries come less evenly than messages are written
        # A customer with a queue is gathering, ready or turning.
        self._queues: dict[str, deque[Waiting]] = {}
        self._ready: deque[str] = deque()
        self._turning: set[str] = set()
        self._in_hand: set[int] = set()
        self._held: OrderedDict[str, tuple[int, Dossier]] = OrderedDict()
        self._conflicts: dict[int, int] = {}
        self._failed: dict[int, Exception] = {}
        self._wake = asyncio.Event()

    @property
    def turning(self) -> bool:
        """Whether a turn is being taken or committed."""
        return bool(self._turning)

    @property
    def busy(self) -> bool:
        """Whether there are turns to take; while paused, only those in hand count."""
        return self.turning or (bool(self._ready or self._gathering) and not self.paused)

    def offer(self, rows: Sequence[Waiting]) -> None:
        """Queue accepted events; one that is in hand already is left out."""
        for row in rows:
            if row.id in self._in_hand:
                continue
            self._in_hand.add(row.id)
            customer = row.event.customer
            idle = customer not in self._queues
            self._queues.setdefault(customer, deque()).append(row)
            if idle or (self._gathering is not None and customer in self._gathering):
                self._next(customer)

    def stop(self) -> None:
        """Take no further turns; bursts that are being gathered stay in the inbox."""
        self.paused = True
        if self._gathering is not None:
            self._gathering.stop()

    def _next(self, customer: str) -> None:
        """Have the customer's first events taken: at once, or when their burst is over."""
        queue = self._queues[customer]
        if self._gathering is None:
            self._gathered(customer)
        elif isinstance(queue[0].event, MessageReceived) and len(gather(queue, self._apart)) == len(queue):
            self._gathering.hear(customer)
        else:
            self._gathering.end(customer)

    def _gathered(self, customer: str) -> None:
        self._ready.append(customer)
        self._wake.set()

    def resume(self) -> None:
        """Go on with whatever is waiting."""
        self.paused = False
        self._wake.set()

    async def run(self) -> None:
        """Take turns for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._ready and not self.paused:
                await self._take_batch()

    async def _take_batch(self) -> None:
        customers = [self._ready.popleft() for _ in range(min(LIMIT, len(self._ready)))]
        self._turning.update(customers)
        try:
            await self._take_turns(customers)
        except StoreError as error:
            log.error("turns wait, since dossiers cannot be read: %s", error)
            self._turning.difference_update(customers)
            self._ready.extendleft(reversed(customers))
            await asyncio.sleep(RETRY)
        self._settled()

    async def _take_turns(self, customers: Sequence[str]) -> None:
        await self._recheck(customers)
        try:
            dossiers = await self._load(customers)
            await self._shared.look()
        except msgspec.ValidationError as error:
            if len(customers) > 1:  # only the one whose dossier cannot be read shall wait
                for customer in customers:
                    await self._take_turns([customer])
            elif customers[0] in self._turning:
                log.error("%s: the dossier cannot be read: %s", customers[0], where(error))
                self._release(customers[0], [self._queues[customers[0]][0]], abandoned=True)
            return
        await self._read_ahead(customers, dossiers)
        for customer in customers:
            if customer in self._turning:
                self._take(self._burst(customer), *dossiers[customer])

    def _burst(self, customer: str) -> Sequence[Waiting]:
        """Return what the customer's next turn is about."""
        queue = self._queues[customer]
        return gather(queue, self._apart) if self._gathering is not None else (queue[0],)

    async def _read_ahead(self, customers: Sequence[str], dossiers: Mapping[str, tuple[int, Dossier]]) -> None:
        if self._served.read_ahead is None:
            return
        bursts = {customer: self._burst(customer) for customer in customers if customer in self._turning}
        events = {customer: self._as_of_now(merged(rows), rows[0].id) for customer, rows in bursts.items()}
        await self._served.read_ahead([(dossiers[customer][1], event) for customer, event in events.items()])

    async def _load(self, customers: Sequence[str]) -> dict[str, tuple[int, Dossier]]:
        missing = [customer for customer in customers if customer not in self._held]
        if missing:
            self._held.update(await self._store.dossiers(missing))
        return {customer: self._held[customer] for customer in customers}

    async def _recheck(self, customers: Sequence[str]) -> None:
        """After a Conflict: leave out events that another process has consumed, and count cases anew.

        Events that are another customer's by now, since accounts were linked or unlinked, go to that one.
        """
        if not self._conflicts:
            return
        doubtful = [customer for customer in customers if self._queues[customer][0].id in self._conflicts]
        queued = {row.id for customer in doubtful for row in self._queues[customer]}  # not what comes meanwhile
        waiting = {row.id: row for row in await self._store.waiting()}
        self.next_case = max(self.next_case, await self._store.next_case())
        for customer in doubtful:
            queue = self._queues[customer]
            known = [waiting.get(row.id) for row in queue if row.id in queued]
            moved = [row for row in known if row and row.event.customer != customer]
            stay = {row.id for row in known if row and row.event.customer == customer}
            if gone := [row for row in queue if row.id in queued - stay]:
                self._release(customer, gone)
            self.offer(moved)

    def _take(self, rows: Sequence[Waiting], version: int, dossier: Dossier) -> None:
        event = self._as_of_now(merged(rows), rows[0].id)
        try:
            turn, flows = self._decide(rows[0], event, dossier)
        except Exception as error:
            log.error("%s: not even the way out for broken turns worked: %s", _name(dossier, event), where(error))
            self._release(event.customer, rows, abandoned=True)
            return
        self.next_case += any(isinstance(effect, OpenCase) for effect in turn.effects)
        errands = self._errands(dossier, turn, event.at)
        inbox = tuple(row.id for row in rows)
        taken = TurnTaken(inbox=inbox, event=event, version=version, turn=turn, errands=errands)
        self._shared.took(turn)
        done = self._committer.submit(Batch(turns=(taken,), flows=flows))
        done.add_done_callback(partial(self._finish, rows, taken))

    def _as_of_now(self, event: Event, row: int) -> Event:
        """Give the event its fresh ids; one that had to wait happens now, and knows how long it waited."""
        now = self._clock.now()
        waited = now - event.at
        late = waited > LATE and not isinstance(event, DeadlineReached)
        fresh = Fresh(
            conversation=f"c{row}",
            case=self.next_case,
            waited=round(waited.total_seconds()) if late else 0.0,
            floor=self._shared.floor,
            code=code(),
        )
        return msgspec.structs.replace(event, fresh=fresh, at=now if late else event.at)

    def _decide(self, row: Waiting, event: Event, dossier: Dossier) -> tuple[Turn, dict[str, bytes]]:
        error = self._failed.get(row.id)
        if error is None:
            try:
                return self._with_flows(self._advance(dossier, event, self._served.catalog))
            except Exception as raised:
                log.error("%s: the engine failed: %s", _name(dossier, event), where(raised))
                error = raised
        return self._with_flows(self._broken(dossier, event, self._served.catalog, error))

    def _with_flows(self, turn: Turn) -> tuple[Turn, dict[str, bytes]]:
        return turn, {version: self._served.catalog.flow_body(version) for version in turn.flows}

    def _finish(self, rows: Sequence[Waiting], taken: TurnTaken, done: "asyncio.Future[tuple[Waiting, ...]]") -> None:
        if done.cancelled():
            return
        customer = taken.event.customer
        error = done.exception()
        self._shared.landed(taken.turn, stored=error is None)
        if error is None:
            self._hold(customer, taken.version + 1, taken.turn.dossier)
            self._release(customer, rows)
        else:
            self._held.pop(customer, None)
            self._run_again(rows, taken, error)
        self._settled()

    def _run_again(self, rows: Sequence[Waiting], taken: TurnTaken, error: BaseException) -> None:
        """Have a turn that could not be committed taken anew; one that never can be, as broken; at last not at all."""
        row, customer = rows[0], taken.event.customer
        self._conflicts[row.id] = self._conflicts.get(row.id, 0) + 1
        if not isinstance(error, Conflict) or self._conflicts[row.id] > CONFLICTS:
            log.error("%s: turn %s cannot be committed: %s", customer, taken.turn.id, where(error))
            if row.id in self._failed:
                self._release(customer, rows, abandoned=True)
                return
            self._failed[row.id] = error if isinstance(error, Exception) else RuntimeError(repr(error))
        self._turning.discard(customer)
        self._ready.append(customer)
        self._wake.set()

    def _release(self, customer: str, rows: Sequence[Waiting], *, abandoned: bool = False) -> None:
        """The customer's events in `rows` are done with: the next ones may have their turn.

        Abandoned ones stay in the inbox and, so as not to be offered again, in hand: they are tried after a restart.
        """
        self._turning.discard(customer)
        done = {row.id for row in rows}
        left = deque(row for row in self._queues.pop(customer) if row.id not in done)
        if not abandoned:
            self._in_hand -= done
        for row in done:
            self._conflicts.pop(row, None)
            self._failed.pop(row, None)
        if left:
            self._queues[customer] = left
            self._next(customer)

    def _hold(self, customer: str, version: int, dossier: Dossier) -> None:
        self._held[customer] = (version, dossier)
        self._held.move_to_end(customer)
        if len(self._held) > HELD:
            self._held.popitem(last=False)


def _name(dossier: Dossier, event: Event) -> str:
    """Name the conversation for the log."""
    talks = dossier.conversations
    return f"{event.customer} {talks[-1].id if talks else event.fresh.conversation}"
