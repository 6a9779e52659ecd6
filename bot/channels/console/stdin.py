"""Waiting for standard input on a thread that nobody waits for: Ctrl-C must end a chat in which no one types.

asyncio's own threads are joined when the loop closes, which would be when the next line comes.
"""

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def typed(read: Callable[[], T]) -> T:
    """Return what `read` returns, or raise what it raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(error: Exception | None, value: T | None) -> None:
        if done.cancelled():
            return
        if error:
            done.set_exception(error)
        else:
            done.set_result(value)  # type: ignore[arg-type]  # None only where T is

    def wait() -> None:
        try:
            outcome: tuple[Exception | None, T | None] = (None, read())
        except Exception as error:
            outcome = (error, None)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    Thread(target=wait, name="stdin", daemon=True).start()
    return await done
