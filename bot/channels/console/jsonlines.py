"""`frontdesk chat --json`: one JSON object a line in, what it caused a line each out, then {"idle": true}."""

import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

from bot.channels.console.stdin import typed
from bot.channels.lines import Reader, obey
from bot.channels.looking import Look, answer
from bot.errors import BadInput, StoreError
from bot.ports import Shop

_LONGEST_LINE = 1_000_000


def write(line: dict[str, Any]) -> None:
    """Print a line at once; ASCII only, so that no terminal or pipe can garble or reinterpret it."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more: take no more lines, and say nothing when all is flushed at the end
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, sys.stdout.fileno())
        os.dup2(nothing, sys.stdin.fileno())


async def lines() -> AsyncIterator[bytes]:
    """Yield the lines of standard input as they come; of one that is longer than any request may be, its beginning."""
    while line := await typed(_line):
        yield line


def _line() -> bytes:
    line = rest = sys.stdin.buffer.readline(_LONGEST_LINE)
    while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
        rest = sys.stdin.buffer.readline(_LONGEST_LINE)
    return line


async def talk(shop: Shop) -> None:
    """Serve standard input until it ends."""
    await shop.idle()
    reader = Reader(shop)
    number = 0
    async for raw in lines():
        number += 1
        if not raw.strip():
            continue
        try:
            meant = await reader.read(_parse(raw))
            if isinstance(meant, Look):
                write(await answer(shop, meant))
            await obey(shop, meant)
            await shop.idle()
        except (BadInput, StoreError) as error:
            write({"error": str(error), "line": number})
        write({"idle": True})


def _parse(raw: bytes) -> object:
    if len(raw) >= _LONGEST_LINE:
        raise BadInput(f"the line is longer than {_LONGEST_LINE} bytes")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the line is not JSON: {error}") from None
