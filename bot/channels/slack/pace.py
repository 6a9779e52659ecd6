"""How fast messages go to one channel: Slack takes about one a second, and a few at once."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

_MOST = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Pace:
    """A bucket of tokens for each channel; callers in one channel are served in the order in which they came."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._rate = per_second
        self._burst = float(burst)
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def turn(self, channel: str) -> None:
        """Wait until one more message may go to the channel."""
        while (wait := self._take(channel)) > 0:
            await asyncio.sleep(wait)
            bucket = self._buckets.get(channel)
            if bucket is None or bucket.at <= asyncio.get_running_loop().time():
                return  # else it is held since, and all who waited stand in line anew

    def _take(self, channel: str) -> float:
        """Take the next token, and return for how many seconds to wait until it is there."""
        now = asyncio.get_running_loop().time()
        bucket = self._buckets.setdefault(channel, _Bucket(self._burst, now))
        self._buckets.move_to_end(channel)
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, now - bucket.at) * self._rate)
        bucket.at = max(bucket.at, now)
        bucket.tokens -= 1  # may go below zero: those who come now stand behind
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return bucket.at - now - min(0.0, bucket.tokens) / self._rate

    def spare(self, channel: str) -> bool:
        """Tell whether nobody waits, and what is not urgent may go without making the next one wait."""
        bucket = self._buckets.get(channel)
        now = asyncio.get_running_loop().time()
        return bucket is None or bucket.tokens + (now - bucket.at) * self._rate >= min(2.0, self._burst)

    def hold(self, channel: str, seconds: float) -> None:
        """Let nothing go to the channel for a while: Slack said so."""
        now = asyncio.get_running_loop().time()
        self._buckets[channel] = _Bucket(1.0, now + seconds)
