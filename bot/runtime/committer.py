"""Group commit: whoever has something to write leaves it here, and one task commits all that is waiting at once.

An fsync costs up to 4 ms, whatever it covers; so while one commit runs, the next batch gathers by itself, and nothing
waits for company but what nobody waits for.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.errors import Conflict, StoreError
from bot.ports import Batch, Committed, Store, Waiting
from bot.runtime.blame import where

log = logging.getLogger("frontdesk.committer")

LIMIT = 128  # parts in one commit
RIDERS, RIDE_AFTER = 64, 0.05  # parts that nobody waits for, or seconds, until a commit is made for them alone
RETRY, RETRY_MOST = 0.5, 15.0  # seconds


@dataclass(frozen=True, slots=True)
class _Part:
    batch: Batch
    done: "asyncio.Future[tuple[Waiting, ...]]"

    @property
    def kept(self) -> bool:
        """Whether it is tried until it succeeds: what is only accepted can be sent again by whoever sent it."""
        return bool(self.batch.turns or self.batch.deliveries)


class Committer:
    """Merges parts into batches and commits them in order."""

    def __init__(
        self, store: Store, committed: Callable[[Batch, Committed], None], settled: Callable[[], None]
    ) -> None:
        """`committed` is told of each commit before those who wrote are; `settled`, that nothing is left to write."""
        self._store = store
        self._committed = committed
        self._settled = settled
        self._parts: deque[_Part] = deque()
        self._riders: list[_Part] = []
        self._departure: asyncio.TimerHandle | None = None
        self._kept: deque[_Part] = deque()
        self.trouble: StoreError | None = None  # why turns or marks are held back, until the store takes something
        self._failures = 0
        self._committing = False
        self._closed = False
        self._wake = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Whether anything is still to be written."""
        return self._committing or bool(self._parts or self._riders or self._kept)

    @property
    def failing(self) -> bool:
        """Whether turns or marks are held back because the store could not take them."""
        return bool(self._kept)

    def submit(self, batch: Batch) -> "asyncio.Future[tuple[Waiting, ...]]":
        """Leave a part to be committed, whole or not at all; the result is the inbox rows of the events that were new.

        The future raises Conflict when a turn must be run again, and StoreError at once when events could not be
        stored. Turns and deliveries that cannot be stored are kept and tried again.
        """
        part = self._part(batch)
        if not self._closed:
            self._parts.append(part)
            self._wake.set()
        return part.done

    def ride(self, batch: Batch) -> "asyncio.Future[tuple[Waiting, ...]]":
        """Leave a part that nobody waits for: it rides on the next commit, and in a moment gets one if none comes."""
        part = self._part(batch)
        if not self._closed:
            self._riders.append(part)
            if len(self._riders) >= RIDERS:
                self.depart()
            elif self._departure is None:
                self._departure = asyncio.get_running_loop().call_later(RIDE_AFTER, self.depart)
        return part.done

    def depart(self) -> None:
        """Let what would ride along wait no longer."""
        if self._riders:
            self._board()
            self._wake.set()

    def close(self) -> None:
        """Take no more, and tell those who still wait that theirs was not written."""
        self._closed = True
        self._board()
        for part in (*self._kept, *self._parts):
            _fail(part, _stopping())
        self._parts.clear()
        self._kept.clear()

    async def run(self) -> None:
        """Commit whatever is waiting, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(0)  # let those who were woken together write together
            while self._parts:
                self._board()
                parts = [self._parts.popleft() for _ in range(min(LIMIT, len(self._parts)))]
                self._committing = True
                try:
                    await self._commit(parts)
                finally:
                    self._committing = False
                    for part in parts:
                        if not part.kept:  # we were cancelled: whether it was stored is not known
                            _fail(part, _stopping())
            self._settled()

    def _part(self, batch: Batch) -> _Part:
        part = _Part(batch, asyncio.get_running_loop().create_future())
        if self._closed:
            _fail(part, _stopping())
        return part

    def _board(self) -> None:
        """Put what rides along before what is waited for."""
        if self._departure:
            self._departure.cancel()
            self._departure = None
        self._parts.extendleft(reversed(self._riders))
        self._riders.clear()

    async def _commit(self, parts: Sequence[_Part]) -> None:
        batch = parts[0].batch if len(parts) == 1 else _merged(parts)
        try:
            committed = await self._store.commit(batch)
        except Exception as error:
            if isinstance(error, StoreError) and not isinstance(error, Conflict):
                self._hold_back(parts, error)
            elif len(parts) == 1:
                _fail(parts[0], error)
            else:
                for part in parts:  # only the guilty one shall fail
                    await self._commit([part])
        else:
            self._failures = 0
            self.try_again()
            try:
                self._committed(batch, committed)
            except Exception as error:
                log.error("what a commit brought forth waits for a restart: %s", where(error))
            _tell(parts, committed)

    def _hold_back(self, parts: Sequence[_Part], error: StoreError) -> None:
        """The store takes nothing now: refuse what can be sent again, keep the rest."""
        kept = [part for part in parts if part.kept]
        for part in parts:
            if not part.kept:
                _fail(part, error)
        if kept:
            self._kept.extend(kept)
            delay = min(RETRY * 2**self._failures, RETRY_MOST)
            self._failures += 1
            self.trouble = error
            log.error("%d turns and marks cannot be stored, trying again in %.1f s: %s", len(self._kept), delay, error)
            asyncio.get_running_loop().call_later(delay, self.try_again)

    def try_again(self) -> None:
        """Try now to store what is held back."""
        self.trouble = None
        if self._kept:
            self._parts.extendleft(reversed(self._kept))
            self._kept.clear()
            self._wake.set()


def _merged(parts: Sequence[_Part]) -> Batch:
    batches = [part.batch for part in parts]
    return Batch(
        accepted=[event for batch in batches for event in batch.accepted],
        turns=[taken for batch in batches for taken in batch.turns],
        deliveries=[delivery for batch in batches for delivery in batch.deliveries],
        fired=[deadline for batch in batches for deadline in batch.fired],
        flows={version: body for batch in batches for version, body in batch.flows.items()},
    )


def _tell(parts: Sequence[_Part], committed: Committed) -> None:
    new = {waiting.event.key: waiting for waiting in committed.waiting}
    for part in parts:
        if not part.done.done():  # its writer may have been cancelled meanwhile
            rows = [new.pop(event.key, None) for event in part.batch.accepted]
            part.done.set_result(tuple(row for row in rows if row))


def _stopping() -> StoreError:
    return StoreError("the bot is stopping; what was not stored shall be sent again")


def _fail(part: _Part, error: Exception) -> None:
    if not part.done.done():
        part.done.set_exception(error)
