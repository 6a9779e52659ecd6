"""Frontdesk itself, driven as a channel would drive it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.app import open_shop
from bot.content import shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Say
from bot.dialog.events import MessageReceived
from bot.dialog.files import File
from bot.ports import Outgoing


class Result(Struct, frozen=True, kw_only=True):
    """A run: messages per second, CPU microseconds and commits per message."""

    rate: float
    cpu_us: float
    commits: float


class _Counter:
    """A channel that answers its waiting customer and shows nothing."""

    def __init__(self) -> None:
        self.answered: dict[str, asyncio.Event] = {}

    async def fetch(self, file: File) -> bytes:
        raise AssertionError(file)

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        if isinstance(outgoing.effect, Say):
            self.answered[outgoing.customer].set()
        return outgoing.id


async def ours(catalog: Catalog, texts: Sequence[str], database: Path, concurrency: int) -> Result:
    """Let so many customers talk at once, each waiting for an answer before the next message."""
    channel = _Counter()
    async with open_shop(
        folder=shipped_folder(), catalog=catalog, database=str(database), channels={"local": channel, "staff": channel}
    ) as shop:

        async def customer(number: int) -> None:
            who = f"local:c{number}"
            answered = channel.answered[who] = asyncio.Event()
            for at in range(number, len(texts), concurrency):
                answered.clear()
                await shop.accept(
                    MessageReceived(
                        key=f"m{at}", customer=who, at=datetime.now(UTC), place=who, name="Ana", text=texts[at]
                    )
                )
                await answered.wait()

        before = shop.store.commits
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(customer(number) for number in range(concurrency)))
        await shop.idle()
        took, burned = time.perf_counter() - wall, time.process_time() - cpu
        commits: Any = shop.store.commits - before
    count = len(texts)
    return Result(rate=count / took, cpu_us=burned / count * 1e6, commits=commits / count)
