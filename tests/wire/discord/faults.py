"""Trouble on demand: what the next requests and sockets suffer. It only keeps the orders; others carry them out."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wire.discord.gateway import Gateway


@dataclass(slots=True)
class Fault:
    """One order: `kind` is limit, fail, lose, cut, slow or late."""

    kind: str
    pattern: re.Pattern[str]
    times: int
    seconds: float = 0.0
    status: int = 500
    code: int = 0
    scope: str = "user"


def pattern(route: str) -> re.Pattern[str]:
    """Read "POST /channels/{id}/messages", a path without its method, "POST *" or "*"; else a star is one segment."""
    if route == "*":
        return re.compile("")
    method, space, path = route.partition(" ")
    if not space:
        method, path = r"\w+", route
    if path == "*":
        return re.compile(rf"^{method} ")
    parts = re.split(r"\{[^}]*\}|\*", path)
    return re.compile(rf"^{method} {'[^/]+'.join(map(re.escape, parts))}$")


class Faults:
    """Orders of trouble, in the words of a test."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._handshakes = 0
        self._duplicates = 0
        self._reorders = 0
        self._invalid = 0
        self._close: list[int] = []
        self._chaos: asyncio.Task[None] | None = None
        self.suffered: list[str] = []
        self.gateway: Gateway | None = None

    # Requests

    def rate_limit(self, route: str = "*", times: int = 1, retry_after: float = 0.2, *, scope: str = "user") -> None:
        """Answer 429; scope "global" stops all routes of the client."""
        self._orders.append(Fault("limit", pattern(route), times, seconds=retry_after, scope=scope, status=429))

    def fail(self, route: str = "*", times: int = 1, status: int = 500, *, code: int = 0) -> None:
        """Refuse before any effect, with a JSON code where one is given."""
        self._orders.append(Fault("fail", pattern(route), times, status=status, code=code))

    def lose_answer(self, route: str = "*", times: int = 1) -> None:
        """Let the effect happen, and cut the connection before the answer."""
        self._orders.append(Fault("lose", pattern(route), times))

    def cut_before(self, route: str = "*", times: int = 1) -> None:
        """Cut the connection before the effect."""
        self._orders.append(Fault("cut", pattern(route), times))

    def slow(self, route: str = "*", times: int = 1, seconds: float = 1.0, *, after_effect: bool = False) -> None:
        """Answer late; the effect comes after the wait, or before it with `after_effect`."""
        self._orders.append(Fault("late" if after_effect else "slow", pattern(route), times, seconds=seconds))

    def take(self, method: str, path: str) -> Fault | None:
        """Use up the first order that fits a request."""
        if not self._orders:
            return None
        for order in self._orders:
            if order.pattern.search(f"{method} {path}"):
                order.times -= 1
                if order.times <= 0:
                    self._orders.remove(order)
                self.suffered.append(f"{order.kind} {method} {path}")
                return order
        return None

    def clear(self) -> None:
        """Forget all orders, and stop the chaos."""
        self._orders.clear()
        self._handshakes = self._duplicates = self._reorders = self._invalid = 0
        self._close.clear()
        if self._chaos is not None:
            self._chaos.cancel()
            self._chaos = None

    # Sockets

    def drop_sockets(self, *, resumable: bool = True) -> None:
        """Cut every gateway connection; without `resumable` its session is lost."""
        self._gateway.drop(resumable=resumable)

    def half_open_sockets(self) -> None:
        """Stop answering heartbeats and sending; the TCP connections stay."""
        self._gateway.silence()

    def refuse_handshakes(self, n: int = 1) -> None:
        """Refuse the next websocket handshakes with 503."""
        self._handshakes += n

    def op7(self) -> None:
        """Ask to reconnect."""
        self._gateway.reconnect()

    def op9(self, *, resumable: bool = False) -> None:
        """Call the session invalid, now."""
        self._gateway.invalidate(resumable=resumable)

    def refuse_sessions(self, n: int = 1) -> None:
        """Answer the next identify or resume with op 9."""
        self._invalid += n

    def close_code(self, code: int, *, again: int = 0) -> None:
        """Close every socket with a code, and `again` the next ones that identify or resume."""
        self._close += [code] * again
        self._gateway.close_all(code)

    def duplicate_events(self, n: int = 1) -> None:
        """Send each of the next events twice."""
        self._duplicates += n

    def reorder_events(self, n: int = 1) -> None:
        """Let each of the next n events be overtaken by the one after it."""
        self._reorders += n

    def take_handshake(self) -> bool:
        self._handshakes -= (used := self._handshakes > 0)
        return used

    def take_duplicate(self) -> bool:
        self._duplicates -= (used := self._duplicates > 0)
        return used

    def take_reorder(self) -> bool:
        self._reorders -= (used := self._reorders > 0)
        return used

    def take_invalid(self) -> bool:
        self._invalid -= (used := self._invalid > 0)
        return used

    def take_close(self) -> int | None:
        return self._close.pop(0) if self._close else None

    @property
    def _gateway(self) -> Gateway:
        assert self.gateway is not None
        return self.gateway

    # Soak

    def chaos(self, seed: int, rate: float) -> None:
        """Bring trouble of every kind, `rate` times a second, in an order that the seed decides; `clear` ends it."""
        if self._chaos is not None:
            self._chaos.cancel()
        self._chaos = asyncio.create_task(self._trouble(random.Random(seed), rate))

    async def _trouble(self, dice: random.Random, rate: float) -> None:
        kinds: list[Callable[[], None]] = [
            lambda: self.rate_limit(retry_after=dice.uniform(0.05, 0.4)),
            lambda: self.fail(status=dice.choice((500, 502, 503, 504))),
            lambda: self.lose_answer("POST /channels/{id}/messages"),
            lambda: self.cut_before(),
            lambda: self.slow(seconds=dice.uniform(0.05, 0.5)),
            lambda: self.drop_sockets(),
            lambda: self.drop_sockets(resumable=False),
            lambda: self.op7(),
            lambda: self.op9(resumable=dice.random() < 0.5),
            lambda: self.duplicate_events(dice.randint(1, 3)),
            lambda: self.reorder_events(dice.randint(1, 3)),
        ]
        while True:
            await asyncio.sleep(dice.expovariate(rate))
            dice.choice(kinds)()
