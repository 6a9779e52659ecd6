"""Rate limits: fixed windows per route and place, and the global one. Off, the windows are wide and only described."""

import hashlib
import math
import time
from dataclasses import dataclass

# (limit, seconds) per route template; a bucket is shared by nothing but its own place.
STRICT: dict[str, tuple[int, float]] = {
    "POST /channels/*/messages": (5, 5.0),
    "GET /channels/*/messages": (5, 5.0),
    "PATCH /channels/*/messages/*": (5, 5.0),
    "DELETE /channels/*/messages/*": (5, 1.0),
    "PUT /channels/*/messages/*/reactions/*/@me": (1, 0.25),
    "POST /channels/*/typing": (5, 5.0),
    "POST /channels/*/threads": (10, 10.0),
    "POST /channels/*/messages/*/threads": (10, 10.0),
    "PATCH /channels/*": (5, 15.0),
    "POST /users/@me/channels": (10, 10.0),
    "POST /webhooks/*/*": (5, 2.0),
    "PATCH /webhooks/*/*/messages/*": (5, 2.0),
    "PUT /applications/*/commands": (2, 60.0),
}
_USUAL = (50, 1.0)
_WIDE = (10_000, 1.0)
_EXEMPT = ("/interactions/", "/webhooks/")


@dataclass(slots=True)
class Window:
    limit: int
    seconds: float
    opened: float
    used: int = 0

    def left(self, now: float) -> float:
        return max(0.0, self.opened + self.seconds - now)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, with the headers that say how things stand."""

    headers: dict[str, str]
    retry_after: float = 0.0
    globally: bool = False
    scope: str = "user"


class Buckets:
    """All windows; `strict` switches the real figures on, `whole` the 50 requests a second of the application."""

    def __init__(self) -> None:
        self.strict = False
        self.whole = False
        self.table = dict(STRICT)
        self.whole_limit = 50
        self.hits = 0
        self._windows: dict[str, Window] = {}
        self._whole = Window(50, 1.0, 0.0)
        self._names: dict[str, str] = {}

    def check(self, route: str, place: str, path: str) -> Verdict:
        """Count a request. `place` is the channel, guild or webhook that the bucket belongs to."""
        now = time.monotonic()
        if self.whole and not path.startswith(_EXEMPT):
            if self._whole.left(now) == 0:
                self._whole = Window(self.whole_limit, 1.0, now)
            self._whole.used += 1
            if self._whole.used > self.whole_limit:
                self.hits += 1
                return Verdict({"X-RateLimit-Global": "true"}, self._whole.left(now), True, "global")
        limit, seconds = self.table.get(route, _USUAL) if self.strict else _WIDE
        key = f"{route}:{place}"
        window = self._windows.get(key)
        if window is None or window.left(now) == 0 or window.limit != limit:
            if len(self._windows) > 4096:
                self._windows = {k: w for k, w in self._windows.items() if w.left(now)}
            window = self._windows[key] = Window(limit, seconds, now)
        window.used += 1
        name = self._names.get(route)
        if name is None:
            name = self._names[route] = hashlib.md5(route.encode(), usedforsecurity=False).hexdigest()
        left = window.left(now)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - window.used)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": name,
        }
        if window.used > limit:
            self.hits += 1
            return Verdict(headers, max(left, 0.001))
        return Verdict(headers)


def refusal(retry_after: float, *, scope: str) -> tuple[dict[str, object], dict[str, str]]:
    """Give the body and the headers of a 429; Via says that the API itself refused, not its gatekeeper."""
    globally = scope == "global"
    headers = {
        "Retry-After": str(math.ceil(retry_after)),
        "Via": "1.1 google",
        "X-RateLimit-Scope": scope,
    }
    if globally:
        headers["X-RateLimit-Global"] = "true"
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": globally,
    }
    return body, headers
