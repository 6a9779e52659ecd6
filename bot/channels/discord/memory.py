"""What the channel keeps in mind between two events. All of it is spared look-ups: the store has the truth.

Whose places there are is read once and then kept up, since every conversation on Discord begins here.
"""

from collections import OrderedDict
from datetime import UTC, datetime
from typing import Generic, TypeVar

from bot.ports import Store

PREFIX = "discord:"
_K = TypeVar("_K")
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """The latest of many things, by name."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_K, _V] = OrderedDict()

    def get(self, name: _K) -> _V | None:
        """Return what was kept under a name."""
        return self._kept.get(name)

    def keep(self, name: _K, value: _V) -> None:
        """Keep something, and forget what was kept first."""
        self._kept[name] = value
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def pop(self, name: _K) -> _V | None:
        """Forget something, and return it."""
        return self._kept.pop(name, None)


class Memory:
    """What is known of places, messages and effects.

    `places`: whose conversations are where. `authors`: whose a message is, and in which place. `beginners`: whose
    message a thread hangs on. `lines`: the agent of a message in a case's thread, and what it did. `shown` and `cards`:
    the platform's ids of effects and of cases' cards; `cases`: the other way round. `taken`: the effect that a message
    shows. `threadless`: places whose thread does not exist yet, and what it will be called. `closing` and `removed`:
    threads and messages that the bot itself closes and deletes. `pending`: since when events wait to be stored, or to
    be caught up on. `written`: when it was shown last in a channel that somebody writes.
    """

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {}
        self.authors: Recent[str, tuple[str, str]] = Recent(20_000)
        self.beginners: Recent[str, str] = Recent(5_000)
        self.lines: Recent[str, tuple[str, str]] = Recent(5_000)
        self.shown: Recent[str, str] = Recent(5_000)
        self.taken: Recent[str, str] = Recent(10_000)
        self.cards: Recent[int, str] = Recent(5_000)
        self.cases: Recent[str, int] = Recent(5_000)
        self.threadless: Recent[str, str] = Recent(5_000)
        self.closing: Recent[int, bool] = Recent(500)
        self.posts: Recent[str, str] = Recent(5_000)  # message → what is posted there
        self.removed: Recent[str, bool] = Recent(1_000)
        self.written: Recent[int, float] = Recent(1_000)
        self.pending: dict[str, datetime] = {}

    def show(self, effect: str, shown: str) -> None:
        """Note in which messages an effect is shown."""
        self.shown.keep(effect, shown)
        for id in shown.split():
            self.taken.keep(id, effect)

    @classmethod
    async def load(cls, store: Store) -> "Memory":
        """Return a memory of the places that there are."""
        memory = cls()
        for customer, place in await store.places(PREFIX, datetime(1, 1, 1, tzinfo=UTC)):
            memory.belongs(place, customer)
        return memory

    def belongs(self, place: str, customer: str) -> None:
        """Note that a customer talks in a place."""
        there = self.places.setdefault(place, [])
        if customer not in there:
            there.append(customer)

    def customers(self, place: str) -> list[str]:
        """Return who talks in a place, first come first."""
        return self.places.get(place, [])


def place_at(channel: int, parent: int | None = None) -> str:
    """Return the place of a channel, or of a thread in its parent."""
    return f"{PREFIX}{parent}/{channel}" if parent else f"{PREFIX}{channel}"


def channel_of(place: str) -> int:
    """Return the channel in which a place's messages stand: its thread, DM or room."""
    return int(place.removeprefix(PREFIX).rpartition("/")[2])


def parent_of(place: str) -> int:
    """Return the channel above a place that is a thread; 0 for others."""
    return int(place.removeprefix(PREFIX).rpartition("/")[0] or 0)


def message_id(channel: int, message: int | str) -> str:
    """Return the id under which the rest of the house knows a message."""
    return f"{channel}/{message}"
