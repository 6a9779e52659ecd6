"""Where the time comes from: the system, the system plus an offset, or a clock that stands still.

A clock that can be moved keeps its setting in the store, so that time never runs backwards for a database.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.ports import Clock, Store

SETTING = "clock"


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the present."""
        return datetime.now(UTC)


@runtime_checkable
class Movable(Clock, Protocol):
    """A clock that does as it is told."""

    async def move_to(self, when: datetime) -> None:
        """Make it `when`; an earlier time changes nothing."""
        ...


class ShiftedClock:
    """The machine's time plus an offset that grows with every move: the playground's clock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = timedelta()

    async def load(self) -> None:
        """Take up the offset that the store holds."""
        value = await self._store.setting(SETTING)
        if value is not None:
            self._offset = max(timedelta(), _read(value, datetime.now(UTC)) - datetime.now(UTC))

    def now(self) -> datetime:
        """Return the shifted present."""
        return datetime.now(UTC) + self._offset

    async def move_to(self, when: datetime) -> None:
        """Make it `when`; an earlier time changes nothing."""
        offset = when - datetime.now(UTC)
        if offset > self._offset:
            self._offset = offset
            await self._store.set(SETTING, f"+{offset.total_seconds()}")


class FixedClock:
    """A clock that stands still until it is moved; with a store, a later run goes on from there."""

    def __init__(self, start: datetime, store: Store | None = None) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start} has no time zone")
        self._now = start.astimezone(UTC)
        self._store = store

    async def load(self) -> None:
        """Take up the time that the store holds, if it is later."""
        value = await self._store.setting(SETTING) if self._store else None
        if value is not None:
            self._now = max(self._now, _read(value, self._now))

    def now(self) -> datetime:
        """Return the time that it was set to."""
        return self._now

    async def move_to(self, when: datetime) -> None:
        """Make it `when`; an earlier time changes nothing."""
        if when > self._now:
            self._now = when.astimezone(UTC)
            if self._store:
                await self._store.set(SETTING, self._now.isoformat())


def _read(value: str, base: datetime) -> datetime:
    """Return the time that a stored clock shows: an offset in seconds ("+86400.0") from `base`, or a time."""
    if value.startswith("+"):
        return base + timedelta(seconds=float(value))
    return datetime.fromisoformat(value)
