"""Time and identity: the clock that tests may skew, and snowflakes that carry its time."""

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000


class Clock:
    """The platform's time in seconds. `skew` moves it against the machine's own."""

    def __init__(self) -> None:
        self.skew = 0.0

    def now(self) -> float:
        return time.time() + self.skew

    def iso(self, at: float | None = None) -> str:
        moment = datetime.fromtimestamp(self.now() if at is None else at, UTC)
        return moment.isoformat(timespec="microseconds")


class Snowflakes:
    """Ids of the present time, each greater than every one before, also when the clock was set back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        stamp = (int(self._clock.now() * 1000) - EPOCH_MS) << 22
        self._last = max(self._last + 1, stamp)
        return self._last


def minted(snowflake: int) -> float:
    """Say when an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000
