"""Delivers effects: each lane first in, first out, lanes side by side; every attempt carries the effect's own id.

A place's lane is the channel's affair. Calls have a lane per conversation, so that a connector that hangs holds up
nobody else. What was delivered is marked without holding its lane up; marks ride on commits that are made anyway.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import msgspec

from bot.dialog.effects import Call, OpenPrivate, Say, TakeBack
from bot.dialog.events import DeliveryFailed, Event, MessageDelivered, PlaceOpened
from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.ports import Batch, Channel, Clock, Connector, Delivery, Outgoing, Waiting
from bot.runtime import lanes
from bot.runtime.calls import returned
from bot.runtime.committer import Committer
from bot.runtime.served import Paces

log = logging.getLogger("frontdesk.outbox")


_Lane = lanes.Lane[str, Outgoing]


class Outbox:
    """Sends effects to channels and calls to the connector, and writes down what became of them."""

    def __init__(
        self,
        committer: Committer,
        channels: Mapping[str, Channel],
        connector: Connector,
        clock: Clock,
        paces: Paces,
        settled: Callable[[], None],
    ) -> None:
        self.paused = False
        self._committer = committer
        self._channels = channels
        self._connector = connector
        self._clock = clock
        self._paces = paces
        self._settled = settled
        self._lanes: dict[str, _Lane] = {}
        self._working: set[_Lane] = set()  # lanes with something to deliver that has not failed yet
        self._unserved: set[str] = set()
        self._asked = 0.0  # until when a platform has asked for a pause, by the loop's time

    @property
    def busy(self) -> bool:
        """Whether anything is on its way out; what waits after a failed attempt does not count."""
        return bool(self._working)

    @property
    def pause(self) -> float:
        """For how many seconds a platform has asked us to send less."""
        return max(0.0, self._asked - asyncio.get_running_loop().time())

    def offer(self, outgoing: Iterable[Outgoing]) -> None:
        """Queue effects, each in its lane."""
        for one in outgoing:
            if isinstance(one.effect, TakeBack):
                self._withdraw(one.effect.effect)
            name = self._lane(one)
            if name is None:
                continue
            if name not in self._lanes:
                self._lanes[name] = _Lane(key=name)
            self._lanes[name].queue.append(one)
            self._start(self._lanes[name])

    def _withdraw(self, effect: str) -> None:
        """Never show what is taken back before anybody tried to; else it takes its course, and is then deleted."""
        untried = {
            one.id: (lane, one)
            for lane in self._lanes.values()
            for at, one in enumerate(lane.queue)
            if isinstance(one.effect, Say) and not one.repeat and not (at == 0 and lane.task)
        }
        names = [effect]
        while (found := untried.get(names[-1])) and isinstance(found[1].effect, Say) and found[1].effect.edits:
            names.append(found[1].effect.edits)
        if all(name in untried for name in names):  # an edit alone would leave standing what it was to change
            for lane, one in (untried[name] for name in names):
                lane.queue.remove(one)
                self._note(Delivery(seq=one.seq, failed="taken back"), None)

    def resume(self) -> None:
        """Go on with whatever is waiting."""
        self.paused = False
        for lane in self._lanes.values():
            self._start(lane)

    async def stop(self) -> None:
        """Let attempts in hand end, within the grace that they have; what is left goes out after a restart."""
        self.paused = True
        await lanes.end(self._working, self._lanes.values(), self._paces.grace)

    def _lane(self, one: Outgoing) -> str | None:
        """Name the effect's lane. Without a channel there is none: it stays pending until it is served again."""
        if isinstance(one.effect, Call):
            return f"call:{one.id.rsplit('.', 2)[0]}"
        prefix = one.place.partition(":")[0]
        if prefix not in self._channels:
            if prefix not in self._unserved:
                self._unserved.add(prefix)
                log.error("no channel serves %r: what goes there waits until one does", f"{prefix}:")
            return None
        channel = self._channels[prefix]
        home = next(name for name, each in self._channels.items() if each is channel)
        return f"{home}:{channel.lane(one.place)}"

    def _start(self, lane: _Lane) -> None:
        if lane.task is None and not self.paused:
            self._working.add(lane)
            lane.task = asyncio.create_task(self._drain(lane), name=f"lane {lane.key}")

    async def _drain(self, lane: _Lane) -> None:
        try:
            while lane.queue and not self.paused:
                one = lane.queue[0]
                mark, event, pause = await self._attempt(lane, one)
                if mark.again is None:
                    lane.queue.popleft()
                    lane.failures = 0
                    self._working.add(lane)
                    self._note(mark, event)
                else:
                    lane.failures += 1
                    lane.queue[0] = msgspec.structs.replace(one, attempts=one.attempts + 1, repeat=True)
                    self._working.discard(lane)
                    self._note(mark, event)
                    await asyncio.sleep(pause)
        finally:
            lane.task = None
            self._working.discard(lane)
            if not lane.queue:
                self._lanes.pop(lane.key, None)
            self._settled()

    async def _attempt(self, lane: _Lane, one: Outgoing) -> tuple[Delivery, Event | None, float]:
        """Deliver once; return what became of it, what that means for the customer, and how long to pause."""
        if isinstance(one.effect, Call):
            event = await returned(self._connector, one, one.effect, self._clock, self._paces.call)
            return Delivery(seq=one.seq), event, 0.0
        try:
            platform_id = await self._channels[one.place.partition(":")[0]].deliver(one)
        except DeliveryRefused as error:
            log.error("%s will not be delivered to %s: %s", one.id, one.place, error or "it was refused")
            return Delivery(seq=one.seq, failed=str(error) or "refused"), self._failed(one, str(error)), 0.0
        except DeliveryDelayed as error:
            log.info("%s: the platform asks for a pause of %.1f s", one.id, error.seconds)
            self._asked = max(self._asked, asyncio.get_running_loop().time() + error.seconds)
            return self._later(one, error.seconds), None, error.seconds
        except Exception as error:
            pause = self._pause(lane)
            log.warning("%s: attempt %d: %s, next in %.1f s", one.id, one.attempts + 1, type(error).__name__, pause)
            return self._later(one, pause), None, pause
        return Delivery(seq=one.seq, platform_id=platform_id), self._told(one, platform_id), 0.0

    def _later(self, one: Outgoing, pause: float) -> Delivery:
        return Delivery(seq=one.seq, again=self._clock.now() + timedelta(seconds=pause))

    def _failed(self, one: Outgoing, detail: str) -> Event:
        return DeliveryFailed(
            key=f"failed:{one.id}",
            customer=one.customer,
            at=self._clock.now(),
            effect=one.id,
            detail=detail,
            place=one.place,
        )

    def _told(self, one: Outgoing, place: str) -> Event | None:
        """Return what the engine is told of a delivery: of most, nothing."""
        now = self._clock.now()
        match one.effect:
            case OpenPrivate():
                return PlaceOpened(key=f"opened:{one.id}", customer=one.customer, at=now, effect=one.id, place=place)
            case Say(receipt=True):
                return MessageDelivered(key=f"delivered:{one.id}", customer=one.customer, at=now, effect=one.id)
            case _:
                return None

    def _pause(self, lane: _Lane) -> float:
        return float(min(self._paces.retry * 2**lane.failures, self._paces.retry_most))

    def _note(self, mark: Delivery, event: Event | None) -> None:
        """Have it written down: with the next commit, unless somebody waits for the event (a call's result)."""
        if event:
            done = self._committer.submit(Batch(accepted=(event,), deliveries=(mark,)))
        else:
            done = self._committer.ride(Batch(deliveries=(mark,)))
        done.add_done_callback(_check)


def _check(done: "asyncio.Future[tuple[Waiting, ...]]") -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("marks were not written, deliveries will be repeated after a restart: %s", type(error).__name__)
