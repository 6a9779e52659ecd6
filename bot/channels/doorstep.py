"""Whether somebody who joins a community is written to: where an operator wants it, and never many at once."""

from collections import deque
from datetime import datetime, timedelta

MOST, WITHIN = (
    10,
    timedelta(minutes=1),
)  # platforms take many first messages at once for spam, and crowds are often bots


class Doorstep:
    """The doorstep of one platform."""

    def __init__(self, *, welcome: bool) -> None:
        self._welcome = welcome
        self._came: deque[datetime] = deque(maxlen=MOST)

    def welcomes(self, now: datetime) -> bool:
        """Tell whether somebody who joins now is welcomed."""
        if not self._welcome or (len(self._came) == MOST and now - self._came[0] < WITHIN):
            return False
        self._came.append(now)
        return True
