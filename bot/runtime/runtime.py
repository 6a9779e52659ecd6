"""Holds the parts of the runtime together: start, stop, accept, pause, wait until all is done, move the clock."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.desk.floor import Floor
from bot.dialog.events import Event
from bot.errors import StoreError
from bot.ports import Batch, Channel, Clock, Committed, Connector, Store, Watcher
from bot.runtime.blame import where
from bot.runtime.broadcasts import Broadcasts
from bot.runtime.clock import Movable
from bot.runtime.committer import Committer
from bot.runtime.couriers import Couriers
from bot.runtime.dispatcher import Dispatcher
from bot.runtime.outbox import Outbox
from bot.runtime.served import Advance, Broken, Desks, Paces, Served
from bot.runtime.shared import Shared
from bot.runtime.timers import Timers

log = logging.getLogger("frontdesk.runtime")

PAUSED = "paused"


class Runtime:
    """A running bot. `channels` serve places by the part before the colon: "web" serves "web:ana"."""

    def __init__(
        self,
        *,
        store: Store,
        channels: Mapping[str, Channel],
        connector: Connector,
        clock: Clock,
        served: Served[Any],
        advance: Advance,
        broken: Broken,
        watchers: Iterable[Watcher] = (),
        paces: Paces = Paces(),  # noqa: B008 (frozen)
        desks: Desks = Desks(),  # noqa: B008 (frozen)
    ) -> None:
        self._store = store
        self._clock = clock
        self._watchers = tuple(watchers)
        self._paces = paces
        self._still = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        settled = self._still.set
        self._committer = Committer(store, self._committed, settled)
        self._shared = Shared(store)
        self._couriers = Couriers(desks, store, clock, paces, self.accept, settled)
        self._dispatcher = Dispatcher(
            store,
            self._committer,
            self._shared,
            served,
            advance,
            broken,
            clock,
            settled,
            self._couriers.errands,
            burst=paces.burst,
        )
        self._outbox = Outbox(self._committer, channels, connector, clock, paces, settled)
        self._timers = Timers(store, self._committer, clock, settled)
        self._broadcasts = Broadcasts(
            store,
            clock,
            lambda: self._shared.floor,
            self.accept,
            self._hold,
            self._change,
            self._written,
            settled,
            paced=paces.paced,
        )

    @property
    def floor(self) -> Floor:
        """What all customers share, as the next turn will see it."""
        return self._shared.floor

    @property
    def paused(self) -> bool:
        """Whether events are accepted but no turns taken."""
        return self._dispatcher.paused

    async def start(self) -> None:
        """Take up everything that a stop or a crash has left, and go on from there."""
        await self._store.forget_flows()
        self._obey(await self._store.setting(PAUSED))
        await self._couriers.start()
        self._dispatcher.next_case = await self._store.next_case()
        await self._shared.look()
        outgoing, waiting = await self._store.outgoing(), await self._store.waiting()
        if outgoing or waiting:
            log.info("taking up %d events and %d deliveries", len(waiting), len(outgoing))
        self._tasks = [
            asyncio.create_task(self._committer.run(), name="committer"),
            asyncio.create_task(self._dispatcher.run(), name="dispatcher"),
            asyncio.create_task(self._poll(), name="poll"),
            asyncio.create_task(self._couriers.run(), name="couriers"),
            asyncio.create_task(self._broadcasts.run(), name="broadcasts"),
        ]
        for task in self._tasks:
            task.add_done_callback(_mourn)
        self._outbox.offer(outgoing)
        self._dispatcher.offer(waiting)
        self._timers.start()

    async def stop(self) -> None:
        """Finish the turns and attempts in hand and write them down; what is left is taken up at the next start."""
        self._timers.stop()
        self._dispatcher.stop()
        while self._dispatcher.turning and not self._committer.failing:
            await self._change()
        await asyncio.gather(self._outbox.stop(), self._couriers.stop())
        await self._written()
        self._committer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def accept(self, event: Event) -> bool:
        """Store an event; when this returns it is durable. False if it was known already.

        Raises StoreError when it could not be stored: whoever sent it should send it again.
        """
        return bool(await self._committer.submit(Batch(accepted=(event,))))

    async def idle(self) -> None:
        """Wait until nothing is waiting and no turn, delivery or call is in hand.

        Deliveries that failed and wait for another attempt do not count; nor, while paused, does what is held back.
        Raises StoreError when turns or marks cannot be stored, now either: they are kept, and tried until they can be.
        """
        self._committer.try_again()
        while (
            self._dispatcher.busy
            or self._outbox.busy
            or self._committer.busy
            or self._timers.busy
            or self._couriers.busy
            or self._broadcasts.busy
        ):
            if self._committer.trouble:
                raise self._committer.trouble
            self._committer.depart()
            await self._change()

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock, deadline by deadline: it stands at each while that is acted on, then goes the rest."""
        clock = self._clock
        if not isinstance(clock, Movable):
            raise TypeError("this clock cannot be moved")
        end = clock.now() + by
        await self.idle()
        while (due := await self._store.next_due()) is not None and due <= end:
            await clock.move_to(due)
            await self._timers.fire_due(max(due, clock.now()))
            await self.idle()
        await clock.move_to(end)
        await self._timers.fire_due(end)  # nothing is due, but the alarm has another time to ring at

    async def fire_due(self) -> None:
        """Fire what is due by the clock now, without waiting for the alarm."""
        await self._timers.fire_due(self._clock.now())

    async def pause(self) -> None:
        """Accept events but take no turns and deliver nothing, until `resume`, also across restarts."""
        await self._store.set(PAUSED, "yes")
        self._obey("yes")

    async def resume(self) -> None:
        """Go on with everything that is waiting, in order."""
        await self._store.set(PAUSED, None)
        self._obey(None)

    def _obey(self, paused: str | None) -> None:
        if paused:
            self._dispatcher.paused = self._outbox.paused = True
        elif self._dispatcher.paused:
            self._dispatcher.resume()
            self._outbox.resume()
        self._still.set()

    def _committed(self, batch: Batch, committed: Committed) -> None:
        """Pass on what a commit brought forth; watchers see turns before their effects go out."""
        for taken in batch.turns:
            for watcher in self._watchers:
                try:
                    watcher.turned(taken.event.customer, taken.event, taken.turn)
                except Exception as error:
                    log.error("a watcher failed at turn %s: %s", taken.turn.id, where(error))
        self._outbox.offer(committed.outgoing)
        self._dispatcher.offer(committed.waiting)
        if any(taken.errands for taken in batch.turns):
            self._couriers.look()
        self._timers.look(batch.turns)

    async def _poll(self) -> None:
        """See what other processes write: a pause, and events from the command line."""
        while True:
            await asyncio.sleep(self._paces.poll)
            try:
                if await self._store.changed():
                    self._shared.outdated()
                    await self._shared.look()
                    self._obey(await self._store.setting(PAUSED))
                    self._dispatcher.offer(await self._store.waiting())
                    self._couriers.look(again=True)
            except StoreError as error:
                log.error("cannot look for changes: %s", error)

    def _hold(self) -> float:
        """Return for how many seconds nothing may be told to many: without end while anybody is to be answered."""
        if self._dispatcher.paused or self._dispatcher.busy or self._outbox.busy:
            return float("inf")
        return self._outbox.pause

    async def _written(self) -> None:
        while self._committer.busy and not self._committer.failing:
            self._committer.depart()
            await self._change()

    async def _change(self) -> None:
        self._still.clear()
        await self._still.wait()


def _mourn(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("%s has died, restart the bot: %s", task.get_name(), where(error))
