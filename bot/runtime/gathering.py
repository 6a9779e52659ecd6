"""Waits for the end of a burst: a customer who is still writing is not interrupted, nor left waiting for ever."""

import asyncio
from collections.abc import Callable

PATIENCE = 4  # bursts' lengths after which somebody who never stops writing is answered anyway


class Gathering:
    """Customers whose next message may still belong to those that wait; `over` is told when one's burst has ended."""

    def __init__(self, burst: float, over: Callable[[str], None]) -> None:
        self._burst = burst
        self._over = over
        self._since: dict[str, float] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def __bool__(self) -> bool:
        """Tell whether anybody is waited for."""
        return bool(self._timers)

    def __contains__(self, customer: str) -> bool:
        """Tell whether this customer is waited for."""
        return customer in self._timers

    def hear(self, customer: str) -> None:
        """Wait (on) for the customer's next message."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        end = self._since.setdefault(customer, now) + PATIENCE * self._burst
        self._cancel(customer)
        self._timers[customer] = loop.call_at(min(now + self._burst, end), self.end, customer)

    def end(self, customer: str) -> None:
        """Wait no longer."""
        self._cancel(customer)
        self._since.pop(customer, None)
        self._over(customer)

    def stop(self) -> None:
        """Wait for nobody any more, and tell nobody."""
        for customer in list(self._timers):
            self._cancel(customer)
        self._since.clear()

    def _cancel(self, customer: str) -> None:
        if timer := self._timers.pop(customer, None):
            timer.cancel()
