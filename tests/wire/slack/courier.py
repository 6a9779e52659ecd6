"""Bringing events and interactions to the app, over sockets or HTTP, with Slack's retries: at once, 1 and 5 minutes."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.wire.slack.world import Json

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app said: its payload (None for a bare ack), or that it never answered."""

    payload: Json | None = None
    failed: str = ""


@dataclass(eq=False, slots=True, kw_only=True)
class Delivery:
    """One thing to bring, through all its attempts. `excused`: a fault of ours, not the app, keeps the ack away."""

    kind: str
    payload: Json
    answer: "asyncio.Future[Answer]"
    attempt: int = 0
    reason: str = ""
    excused: bool = False
    lose_ack: bool = False
    done: bool = False

    @property
    def about(self) -> str:
        """Name the delivery in a violation."""
        event = self.payload.get("event", {})
        name = event.get("type") or self.payload.get("type") or self.payload.get("command", "")
        return f"{self.kind} {name} {self.payload.get('event_id', '')}".strip()


@dataclass(slots=True)
class Courier:
    """Sends each delivery by the road that is open, and again when it failed."""

    slack: "SlackServer"
    sent: deque[Delivery] = field(default_factory=lambda: deque(maxlen=200))
    lost: list[Delivery] = field(default_factory=list)
    pending: int = 0
    _held: list[Delivery] = field(default_factory=list)
    _holding: int = 0
    _timers: set[asyncio.TimerHandle] = field(default_factory=set)

    def send(self, kind: str, payload: Json) -> Delivery:
        """Send one thing; events are retried, what a person waits for is not."""
        delivery = Delivery(kind=kind, payload=payload, answer=asyncio.get_running_loop().create_future())
        if kind != "events_api":
            self.pending += 1
            self._carry(delivery)
            return delivery
        self.sent.append(delivery)
        self.pending += 1
        if self._holding:
            self._held.append(delivery)
            self._holding -= 1
            if not self._holding:
                self.release()
            return delivery
        self._first(delivery)
        return delivery

    def _first(self, delivery: Delivery) -> None:
        match self.slack.faults.of_event():
            case "duplicate":
                self._carry(delivery)
                self._again(delivery, 0.0)
            case "lose_ack":
                delivery.lose_ack = True
                self._carry(delivery)
            case "delay":
                self._later(0.2, delivery)
            case _:
                self._carry(delivery)

    def hold(self, n: int) -> None:
        """Collect the next n events."""
        self._holding += n

    def release(self) -> None:
        """Let go of collected events, last first."""
        held, self._held, self._holding = self._held, [], 0
        for delivery in reversed(held):
            self._first(delivery)

    def again(self, n: int) -> None:
        """Deliver the last n events once more."""
        for delivery in list(self.sent)[-n:]:
            self._again(delivery, 0.0)

    def _again(self, delivery: Delivery, wait: float) -> None:
        copy = Delivery(
            kind=delivery.kind,
            payload=delivery.payload,
            answer=asyncio.get_running_loop().create_future(),
            attempt=1,
            reason="timeout",
        )
        self.pending += 1
        self._later(wait, copy)

    def _later(self, seconds: float, delivery: Delivery) -> None:
        def fire() -> None:
            self._timers.discard(handle)
            self._carry(delivery)

        handle = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(handle)

    def _carry(self, delivery: Delivery) -> None:
        self.slack.road.carry(delivery)

    def succeeded(self, delivery: Delivery, payload: Json | None) -> None:
        """Note that the app took it."""
        self._settle(delivery, Answer(payload))

    def failed(self, delivery: Delivery, reason: str, *, retry: bool = True) -> None:
        """Note that an attempt failed; plan the next one, or give up."""
        if delivery.done:
            return
        if delivery.kind != "events_api" or delivery.attempt >= len(RETRIES) or not retry:
            if delivery.kind == "events_api":
                self.lost.append(delivery)
            self._settle(delivery, Answer(failed=reason))
            return
        wait = RETRIES[delivery.attempt] * self.slack.retry_scale
        delivery.attempt += 1
        delivery.reason = reason
        delivery.lose_ack = False
        self._later(wait, delivery)

    def _settle(self, delivery: Delivery, answer: Answer) -> None:
        if delivery.done:
            return
        delivery.done = True
        self.pending -= 1
        if not delivery.answer.done():
            delivery.answer.set_result(answer)
        self.slack.world.ring()

    def stop(self) -> None:
        """Forget what is still to be sent."""
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()
