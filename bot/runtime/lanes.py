"""Lanes: what is first in is first out, lanes side by side, each worked by a task of its own while it has something."""

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class Lane(Generic[Key, Item]):
    """What waits in one lane, and how often its first has failed so far."""

    key: Key
    queue: deque[Item] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None
    failures: int = 0


async def end(working: Collection[Lane[Any, Any]], lanes: Collection[Lane[Any, Any]], grace: float) -> None:
    """Let attempts in hand end, within `grace` seconds; what is left is done after a restart."""
    if in_hand := [lane.task for lane in working if lane.task]:
        await asyncio.wait(in_hand, timeout=grace)
    left = [lane.task for lane in lanes if lane.task]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
