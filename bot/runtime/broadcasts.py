"""Tells many customers, one at a time, when there is nothing else to do.

A notice that waits is a row of its audience and no effect yet: so all that is owed to those who write goes first, and
what was stopped, or who said "stop telling me", is left out at once. Each customer's turn is an event whose key names
the notice and them: a crash between any two steps tells nobody twice and leaves nobody out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from bot.desk.broadcast import FACT, NOTICES, Broadcast
from bot.desk.floor import Floor
from bot.dialog.events import Event, NoticeGiven, NoticeProgressed
from bot.errors import StoreError
from bot.ports import Audiences, Clock

log = logging.getLogger("frontdesk.broadcasts")

EACH = 25  # customers between two reports to staff
_FOR_EVER = float("inf")
RETRY = 15.0  # seconds, when the store takes nothing


class Broadcasts:
    """Takes each notice that goes out to its audience.

    `hold` are the seconds for which nothing may go out: 0 for now, without end while anything else is to be done.
    `written` waits until all marks are in the store.
    """

    def __init__(
        self,
        store: Audiences,
        clock: Clock,
        floor: Callable[[], Floor],
        accept: Callable[[Event], Awaitable[bool]],
        hold: Callable[[], float],
        change: Callable[[], Awaitable[None]],
        written: Callable[[], Awaitable[None]],
        settled: Callable[[], None],
        *,
        paced: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._floor = floor
        self._accept = accept
        self._hold = hold
        self._change = change
        self._written = written
        self._settled = settled
        self._paced = paced
        self._resting = False
        self._in_hand: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether somebody is to be told now; between two customers, nobody is."""
        return bool(self._in_hand or self._going()) and not self._resting and self._hold() != _FOR_EVER

    async def run(self) -> None:
        """Tell for ever."""
        while True:
            notice = next(iter(self._going()), None)
            if notice is None:
                await self._change()
                continue
            self._in_hand.add(notice.number)
            try:
                await self._tell(notice)
            except StoreError as error:
                log.error("notice %d waits: %s", notice.number, error)
                await self._rest(RETRY)
            self._in_hand.discard(notice.number)
            self._settled()

    def _going(self) -> list[Broadcast]:
        facts = self._floor().facts
        found = [msgspec.json.decode(body, type=Broadcast) for name, body in facts.items() if _is_notice(name)]
        return sorted(found, key=lambda each: each.number)

    def _goes_on(self, notice: Broadcast) -> bool:
        return f"{FACT}:{notice.number}" in self._floor().facts

    async def _tell(self, notice: Broadcast) -> None:
        """Tell a whole audience, unless it is stopped."""
        given = 0
        while self._goes_on(notice):
            await self._until_nothing_else()
            if not self._goes_on(notice):
                break
            person = await self._store.next_person(notice.number)
            if person is None:
                break
            event = NoticeGiven(
                key=f"{FACT}:{notice.number}:{person.customer}",
                customer=person.customer,
                at=self._clock.now(),
                number=notice.number,
                orders=person.orders,
                items=person.items,
            )
            await self._accept(event)
            await self._store.give(notice.number, person.customer)
            given += 1
            await self._until_nothing_else()
            if given % EACH == 0:
                await self._report(notice)
            if self._paced:
                await self._rest(notice.pause)
        await self._until_nothing_else()
        await self._report(notice, over=True)
        while self._goes_on(notice) or self._hold():
            await self._wait()

    async def _until_nothing_else(self) -> None:
        while self._hold():
            await self._wait()

    async def _wait(self) -> None:
        """Wait until something has changed, or until a platform's pause is over."""
        hold = self._hold()
        if 0 < hold < _FOR_EVER:
            await self._rest(hold)
        else:
            await self._change()

    async def _rest(self, seconds: float) -> None:
        self._resting = True
        self._settled()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._resting = False

    async def _report(self, notice: Broadcast, *, over: bool = False) -> None:
        await self._written()
        counts = await self._store.counts(notice.number)
        told = counts.all - counts.waiting
        key = f"{FACT}:{notice.number}:{'over' if over else told}:{self._clock.now().isoformat()}"
        event = NoticeProgressed(
            key=key, customer=NOTICES, at=self._clock.now(), number=notice.number, counts=counts, over=over
        )
        await self._accept(event)


def _is_notice(name: str) -> bool:
    return name.startswith(f"{FACT}:")
