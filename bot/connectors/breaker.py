"""A circuit breaker: a system that keeps failing is left alone for a while, and then tried with one call."""

from collections.abc import Callable
from typing import Literal

from bot.errors import OutsideError


class CircuitBreaker:
    """Opens after `failures` in a row; after `pause` seconds one call may try, and decides. `now` is monotonic."""

    def __init__(self, failures: int, pause: float, now: Callable[[], float]) -> None:
        self._failures = failures
        self._pause = pause
        self._now = now
        self._failed = 0
        self._opened = 0.0
        self._probing = False

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        """Where it is: calls go through, fail at once, or one may try."""
        if self._failed < self._failures:
            return "closed"
        return "half-open" if self._now() - self._opened >= self._pause else "open"

    def enter(self) -> None:
        """Let a call through; raises OutsideError while none may be made."""
        if self.state == "closed":
            return
        if self.state == "open" or self._probing:
            raise OutsideError(f"left alone after {self._failed} failures in a row")
        self._probing = True

    def leave(self, *, failed: bool) -> None:
        """Take note of how a call went that was let through."""
        self._probing = False
        self._failed = self._failed + 1 if failed else 0
        if self._failed >= self._failures:
            self._opened = self._now()

    def abandon(self) -> None:
        """Take note that a call was given up before anybody knew how it went."""
        self._probing = False
