"""Notices a gateway that no longer answers, and hangs up, so that the library connects anew and resumes.

The library itself waits for longer: its beat comes every 41 seconds, and a socket that is half open takes 30 more to
close. So this beats in between, and cuts the line when nothing at all has come back.
"""

import asyncio
import contextlib
import logging
import socket
import threading
from typing import Any

import discord
from discord.gateway import KeepAliveHandler

log = logging.getLogger("frontdesk.discord")


async def hang_up_when_deaf(client: discord.Client, patience: float) -> None:
    """Beat every `patience` seconds, and cut a line on which nothing has come since the last one. Runs for ever."""
    while True:
        await asyncio.sleep(patience)
        gateway = client.ws
        keeper = getattr(gateway, "_keep_alive", None)
        if keeper is None or not client.is_ready():
            continue
        heard = keeper._last_recv
        with contextlib.suppress(Exception):  # a line that cannot be written to is dead as well
            async with asyncio.timeout(patience):
                await gateway.send_heartbeat(keeper.beat())
        await asyncio.sleep(patience)
        if client.ws is gateway and keeper._last_recv == heard:
            log.warning("the gateway does not answer: hanging up")
            hang_up(client)


def hang_up(client: discord.Client) -> None:
    """Cut the line at once, without a goodbye: the library notices, and resumes."""
    line: Any = getattr(client.ws, "socket", None)
    plug = line.get_extra_info("socket") if line is not None else None
    if plug is not None:
        with contextlib.suppress(OSError):
            plug.shutdown(socket.SHUT_RDWR)


async def close(client: discord.Client, patience: float = 2.0) -> None:
    """Close a client for good, also when nobody at the other end says goodbye."""
    closing = asyncio.ensure_future(client.close())
    await asyncio.wait([closing], timeout=patience)
    if not closing.done():
        hang_up(client)
    await closing
    # A connection that broke between hello and identify leaves the thread that beats for it behind.
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:
            thread.stop()
