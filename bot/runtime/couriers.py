"""Runs errands to outside desks: each case's in order, cases side by side, until they are done or given up.

No customer waits for them: they are committed with the turn that they come of, and have tasks of their own.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec.structs import replace

from bot.desk.case import Outside
from bot.dialog.events import CaseKept, ErrandGivenUp, Event
from bot.dialog.state import Dossier, Turn
from bot.dialog.tidings import email_in, standing, tidings
from bot.errors import DeliveryDelayed, DeliveryRefused, FrontdeskError, StoreError
from bot.ports import Clock, Errand, Store
from bot.runtime import lanes
from bot.runtime.blame import where
from bot.runtime.reloading import DESK
from bot.runtime.served import Desks, Paces

log = logging.getLogger("frontdesk.couriers")

AT_ONCE = 4  # errands in hand for one desk
_LONGEST = 3600.0  # seconds that a desk can ask us to wait


_Lane = lanes.Lane[tuple[str, int], Errand]


class Couriers:
    """Makes errands of turns, and runs them."""

    def __init__(
        self,
        desks: Desks,
        store: Store,
        clock: Clock,
        paces: Paces,
        accept: Callable[[Event], Awaitable[bool]],
        settled: Callable[[], None],
    ) -> None:
        self._desks = desks
        self._store = store
        self._clock = clock
        self._paces = paces
        self._accept = accept
        self._settled = settled
        self._wake = asyncio.Event()
        self._reading = False
        self._again = True  # whether to read from the beginning, for what may have been tried already
        self._read = 0  # up to which errand
        self._in_hand: set[int] = set()
        self._instance = ""
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._working: set[_Lane] = set()
        self._turns = {name: asyncio.Semaphore(AT_ONCE) for name in desks.desks}

    @property
    def busy(self) -> bool:
        """Whether anything is to be done now; what waits after a failed attempt does not count."""
        return self._wake.is_set() or self._reading or bool(self._working)

    def errands(self, before: Dossier, turn: Turn, at: datetime) -> tuple[Errand, ...]:
        """Return what a turn gives to do, for each desk."""
        if not self._desks.desks:
            return ()
        return tuple(
            Errand(
                id=f"{self._instance}.{turn.id}.{index}",
                desk=name,
                case=tiding.case,
                customer=tiding.customer,
                kind=tiding.kind,
                data=tiding.data,
                at=at,
                since=at,
            )
            for index, tiding in enumerate(tidings(before, turn, words=self._desks.words))
            for name in self._desks.desks
        )

    async def start(self) -> None:
        """Find out whose errands these are, and take up those that are left."""
        self._instance = await self._store.setting("instance") or ""
        self.look()

    def look(self, *, again: bool = False) -> None:
        """See what there is to do that is new; or `again` from the beginning, since somebody else has written."""
        if self._desks.desks:
            self._again |= again
            self._wake.set()

    async def run(self) -> None:
        """Run errands for ever."""
        while True:
            await self._wake.wait()
            self._reading = True
            self._wake.clear()
            again, self._again = self._again, False
            try:
                self._offer(await self._store.errands(0 if again else self._read), again=again)
            except StoreError as error:
                log.error("errands wait: %s", error)
                self._again |= again
                asyncio.get_running_loop().call_later(self._paces.retry_most, self._wake.set)
            self._reading = False
            self._settled()

    async def stop(self) -> None:
        """Let attempts in hand end, within the grace that they have; the rest is done after a restart."""
        await lanes.end(self._working, self._lanes.values(), self._paces.grace)

    def _offer(self, errands: list[Errand], *, again: bool) -> None:
        for errand in errands:
            self._read = max(self._read, errand.seq)
            if errand.seq in self._in_hand or errand.desk not in self._desks.desks:
                continue
            self._in_hand.add(errand.seq)
            lane = self._lanes.setdefault((errand.desk, errand.case), _Lane(key=(errand.desk, errand.case)))
            lane.queue.append(replace(errand, repeat=again or bool(errand.detail)))
            if lane.task is None:
                self._working.add(lane)
                lane.task = asyncio.create_task(self._drain(lane), name=f"errands {errand.desk} {errand.case}")

    async def _drain(self, lane: _Lane) -> None:
        try:
            while lane.queue:
                pause = await self._try(lane)
                if pause is None:
                    self._in_hand.discard(lane.queue.popleft().seq)
                    lane.failures = 0
                    self._working.add(lane)
                else:
                    lane.failures += 1
                    self._working.discard(lane)
                    self._settled()
                    await asyncio.sleep(pause)
        finally:
            lane.task = None
            self._working.discard(lane)
            if not lane.queue:
                self._lanes.pop(lane.key, None)
            self._settled()

    async def _try(self, lane: _Lane) -> float | None:
        """Run the lane's first errand; return how long to pause before another attempt, None when it is over."""
        errand, pause = lane.queue[0], self._pause(lane)
        try:
            return await self._run(lane, errand, pause)
        except StoreError as error:
            log.error("%s: what became of it cannot be noted: %s", errand.id, error)
            return pause

    async def _run(self, lane: _Lane, errand: Errand, pause: float) -> float | None:
        desk = self._desks.desks[errand.desk]
        known = await self._store.theirs(errand.desk, errand.case)
        try:
            async with self._turns[errand.desk]:
                do = desk.add_note if errand.kind == "noted" else desk.put_case
                theirs = await do(await self._as_it_stands(errand), known)
        except DeliveryRefused as error:
            await self._give_up(errand, str(error))
            return None
        except DeliveryDelayed as error:
            why, pause = str(error), max(pause, min(error.seconds, _LONGEST))
        except Exception as error:
            why = str(error) if isinstance(error, FrontdeskError) else where(error)
        else:
            if theirs != known:
                await self._introduce(errand, theirs)
            await self._store.finish(errand, theirs)
            return None
        log.warning("%s to %s: %s, next in %.1f s", errand.id, errand.desk, why, pause)
        if self._clock.now() - errand.since >= self._desks.give_up:
            await self._give_up(errand, why)
            return None
        if why != errand.detail:
            await self._store.mark(errand, why)
        lane.queue[0] = replace(errand, detail=why, repeat=True)
        return pause

    async def _as_it_stands(self, errand: Errand) -> Errand:
        """Return the errand with its case as it is now, for a desk that keeps cases: it may have waited for long."""
        case = await self._store.case(errand.case) if self._desks.desks[errand.desk].keeps else None
        return (
            replace(errand, data={**errand.data, "case": standing(case, words=self._desks.words)}) if case else errand
        )

    async def _introduce(self, errand: Errand, theirs: str) -> None:
        """Have the card say where the case is kept besides, and what is known there of the customer."""
        desk, profile = self._desks.desks[errand.desk], None
        try:
            if email := email_in(errand.data["case"]):
                profile = await desk.find_customer(email)
        except Exception as error:  # the case is kept; who asks is worth no second attempt
            log.warning("%s: the customer cannot be looked up at %s: %s", errand.id, errand.desk, where(error))
        kept = Outside(desk=errand.desk, id=theirs, link=desk.link(theirs), profile=profile)
        key, now = f"kept:{errand.desk}:{errand.id}", self._clock.now()
        await self._accept(CaseKept(key=key, customer=errand.customer, at=now, case=errand.case, outside=kept))

    async def _give_up(self, errand: Errand, why: str) -> None:
        """Lay an errand aside, and tell staff: once a day for each desk."""
        log.error("%s to %s is given up: %s", errand.id, errand.desk, why)
        now = self._clock.now()
        key = f"errand:{errand.desk}:{now.date()}"
        told = ErrandGivenUp(key=key, customer=DESK, at=now, desk=errand.desk, case=errand.case, detail=why)
        await self._accept(told)
        await self._store.mark(errand, why, given_up=True)

    def _pause(self, lane: _Lane) -> float:
        longest = min(self._paces.retry * 2.0 ** min(lane.failures, 16), self._paces.retry_most)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311
