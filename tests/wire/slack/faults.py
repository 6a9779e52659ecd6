"""Trouble on demand: what goes wrong with the next calls, events and sockets; `chaos` throws the dice for a soak."""

import random
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of trouble for the next `times` calls of a method: limit, fail, refuse, lose, cut or slow."""

    kind: str
    times: int
    status: int = 0
    error: str = ""
    seconds: float = 0.0


class Faults:
    """The switches. A fault names a method, or upload, download, response_url, or `*` for any; calls use it up."""

    def __init__(self, slack: "SlackServer") -> None:
        self._slack = slack
        self._calls: dict[str, deque[Fault]] = {}
        self._random = random.Random(0)
        self.rate = 0.0
        self.refused_sockets = 0
        self.duplicates = 0
        self.reorders = 0
        self.lost_acks = 0
        self.delayed_acks = 0
        self.ack_delay = 0.0
        self.lost_ephemerals = 0

    def _add(self, method: str, fault: Fault) -> None:
        self._calls.setdefault(method, deque()).append(fault)

    def rate_limit(self, method: str, times: int = 1, retry_after: int = 1) -> None:
        """Answer 429 with `Retry-After`, without effect."""
        self._add(method, Fault(kind="limit", times=times, seconds=retry_after))

    def fail(self, method: str, times: int = 1, status: int = 500) -> None:
        """Answer with a server error, without effect."""
        self._add(method, Fault(kind="fail", times=times, status=status))

    def refuse(self, method: str, error: str, times: int = 1) -> None:
        """Answer `ok: false` with any error (`is_archived`, `edit_window_closed`, `fatal_error` …), without effect."""
        self._add(method, Fault(kind="refuse", times=times, error=error))

    def lose_answer(self, method: str, times: int = 1) -> None:
        """Let the call take effect, then cut the connection before the answer."""
        self._add(method, Fault(kind="lose", times=times))

    def cut_before(self, method: str, times: int = 1) -> None:
        """Cut the connection without effect."""
        self._add(method, Fault(kind="cut", times=times))

    def slow(self, method: str, seconds: float, times: int = 1) -> None:
        """Let the call wait before it takes effect."""
        self._add(method, Fault(kind="slow", times=times, seconds=seconds))

    def drop_sockets(self, *, politely: bool = False) -> None:
        """Cut all sockets, abruptly or with a close frame."""
        self._slack.sockets.drop(politely=politely)

    def half_open_sockets(self) -> None:
        """Stop reading and sending on all sockets that are open now, while TCP stays."""
        self._slack.sockets.freeze()

    def refuse_sockets(self, n: int) -> None:
        """Refuse the next n handshakes."""
        self.refused_sockets += n

    def expire_tickets(self) -> None:
        """Make all socket URLs given so far useless."""
        self._slack.sockets.tickets.clear()

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to come back on a new socket: warning, refresh_requested or link_disabled."""
        self._slack.sockets.announce(reason)

    def duplicate_events(self, n: int) -> None:
        """Deliver each of the next n events twice."""
        self.duplicates += n

    def reorder_events(self, n: int) -> None:
        """Hold the next n events, then deliver them last first."""
        self.reorders += n
        self._slack.courier.hold(n)

    def redeliver(self, n: int = 50) -> None:
        """Deliver the last n events once more, as retries."""
        self._slack.courier.again(n)

    def lose_acks(self, n: int) -> None:
        """Ignore the next n acks of events."""
        self.lost_acks += n

    def delay_acks(self, n: int, seconds: float) -> None:
        """Let the next n acks arrive late."""
        self.delayed_acks, self.ack_delay = self.delayed_acks + n, seconds

    def lose_ephemerals(self, n: int) -> None:
        """Let nobody see the next n ephemeral messages, though Slack says ok: it promises no delivery."""
        self.lost_ephemerals += n

    def revoke_tokens(self, error: str = "token_revoked") -> None:
        """Make all bot tokens useless: token_revoked, account_inactive or invalid_auth."""
        for token in self._slack.tokens:
            self._slack.dead_tokens[token] = error

    def restore_tokens(self) -> None:
        """Make all tokens good again."""
        self._slack.dead_tokens.clear()

    def skew_clock(self, seconds: float) -> None:
        """Set Slack's clock wrong: in timestamps, event times and signatures."""
        self._slack.world.skew = seconds

    def chaos(self, seed: int, rate: float) -> None:
        """Let about `rate` of all calls and events meet trouble, and sockets now and then; 0 ends it."""
        self._random, self.rate = random.Random(seed), rate

    def calm(self) -> None:
        """End all trouble that has not happened yet."""
        self._calls.clear()
        self.rate = 0.0
        self.refused_sockets = self.duplicates = self.reorders = self.lost_acks = self.delayed_acks = 0
        self.lost_ephemerals = 0
        self._slack.courier.release()

    def of_call(self, method: str) -> Fault | None:
        """Take the fault that the next call of this method meets."""
        for name in (method, "*"):
            line = self._calls.get(name)
            if line:
                fault = line[0]
                fault.times -= 1
                if fault.times <= 0:
                    line.popleft()
                return fault
        if self.rate and self._random.random() < self.rate and method != "apps.connections.open":
            kind = self._random.choice(("limit", "fail", "fail", "lose", "cut", "slow"))
            status = self._random.choice((500, 503))
            seconds = 1 if kind == "limit" else self._random.random() * 0.3
            return Fault(kind=kind, times=1, status=status, seconds=seconds)
        return None

    def of_event(self) -> str:
        """Take the fault that the next event meets: '', duplicate, lose_ack or delay."""
        if self.duplicates:
            self.duplicates -= 1
            return "duplicate"
        if self.rate and self._random.random() < self.rate:
            kind = self._random.choice(("duplicate", "duplicate", "delay", "lose_ack", "socket"))
            if kind == "socket":
                if self._random.random() < 0.1:
                    self._trouble_socket()
                return ""
            return kind
        return ""

    def _trouble_socket(self) -> None:
        sockets = self._slack.sockets
        match self._random.choice(("drop", "politely", "refresh", "freeze")):
            case "drop":
                sockets.drop(politely=False)
            case "politely":
                sockets.drop(politely=True)
            case "refresh":
                sockets.announce("refresh_requested")
            case _:
                sockets.freeze()

    def takes_ack(self) -> float | None:
        """Say how late the next ack counts: 0 at once, None never."""
        if self.lost_acks:
            self.lost_acks -= 1
            return None
        if self.delayed_acks:
            self.delayed_acks -= 1
            return self.ack_delay
        return 0.0
