"""The alarm clock: APScheduler holds one job, which wakes at the earliest deadline and at most 30 s from now.

The store holds the deadlines. A wake-up that comes too late, twice or for nothing does no harm: whatever is due by then
is fired, once, because firing deletes the deadline in the commit that accepts its event.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.dialog.effects import StartTimer
from bot.dialog.events import DeadlineReached
from bot.errors import StoreError
from bot.ports import Batch, Clock, Store, TurnTaken
from bot.runtime.committer import Committer

log = logging.getLogger("frontdesk.timers")

LONGEST = timedelta(seconds=30)
SHORTEST = timedelta(milliseconds=50)  # or a clock that stands still just before a deadline would ring without end
LIMIT = 500  # deadlines in one commit


class Timers:
    """Fires deadlines when the clock has reached them."""

    def __init__(self, store: Store, committer: Committer, clock: Clock, settled: Callable[[], None]) -> None:
        self._store = store
        self._committer = committer
        self._clock = clock
        self._settled = settled
        self._firing = asyncio.Lock()
        self._armed = datetime.max.replace(tzinfo=UTC)  # by the runtime's clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            self._ring,
            IntervalTrigger(seconds=LONGEST.total_seconds(), timezone=UTC),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=8,  # a ring that finds one in progress waits for it; one that is left out could be missed
            next_run_time=datetime.now(UTC),
        )

    @property
    def busy(self) -> bool:
        """Whether deadlines are being fired."""
        return self._firing.locked()

    def start(self) -> None:
        """Fire what became due while nobody was looking, and watch from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def look(self, turns: Iterable[TurnTaken]) -> None:
        """Set the alarm earlier if one of these turns asks for it."""
        started = [
            effect.deadline.due for taken in turns for effect in taken.turn.effects if isinstance(effect, StartTimer)
        ]
        if started and min(started) < self._armed:
            self._arm(min(started))

    async def fire_due(self, now: datetime) -> None:
        """Turn every deadline due by `now` into an accepted event, earliest first, and set the alarm to the next one.

        Raises StoreError if that cannot be; the alarm then rings when it was set to before.
        """
        try:
            async with self._firing:
                await self._fire(now)
                self._arm(await self._store.next_due())
        finally:
            self._settled()

    async def _fire(self, now: datetime) -> None:
        while due := await self._store.due(now, LIMIT):
            fired = [(event.customer, event.deadline.key) for event in due if isinstance(event, DeadlineReached)]
            await self._committer.submit(Batch(accepted=due, fired=fired))
            if len(due) < LIMIT:
                return

    async def _ring(self) -> None:
        try:
            await self.fire_due(self._clock.now())
        except asyncio.CancelledError:
            return  # the bot stops; what is due is fired at the next start
        except StoreError as error:
            log.error("deadlines wait: %s", error)
            self._arm(None)

    def _arm(self, due: datetime | None) -> None:
        now = self._clock.now()
        self._armed = min(due or now + LONGEST, now + LONGEST)
        if self._scheduler.running:
            delay = max(self._armed - now, SHORTEST) if self._armed > now else timedelta()
            self._job.modify(next_run_time=datetime.now(UTC) + delay)
