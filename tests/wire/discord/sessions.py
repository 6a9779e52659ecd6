"""Sessions and sockets of the gateway: what was sent and may be sent again, and one connection with its compression."""

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from typing import Any, Protocol

from aiohttp import web

from tests.wire.discord.world import Event

Json = dict[str, Any]

SENDS_PER_MINUTE = 120


class Packer(Protocol):
    def pack(self, text: str) -> str | bytes: ...


class Plain:
    def pack(self, text: str) -> str:
        return text


class Zlib:
    """One stream for the whole socket, flushed at each message, as zlib-stream is."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(1)

    def pack(self, text: str) -> bytes:
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class Zstd:
    """Zstandard without compression: raw blocks in one endless frame, which every decoder reads.

    There is no encoder in Python 3.11's library, and the format allows blocks that are stored as they are.
    """

    def __init__(self) -> None:
        # Magic; no single segment, no checksum; a window of 8 MiB.
        self._head = b"\x28\xb5\x2f\xfd\x00\x68"

    def pack(self, text: str) -> bytes:
        data = text.encode()
        out, self._head = [self._head], b""
        for at in range(0, len(data), 1 << 17):
            block = data[at : at + (1 << 17)]
            out += [(len(block) << 3).to_bytes(3, "little"), block]
        return b"".join(out)


class Session:
    """One identify: its shard, its intents, and every event since, numbered."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.sent: deque[tuple[int, str]] = deque(maxlen=5000)
        self.socket: Socket | None = None
        self.alive = True

    def wants(self, event: Event) -> bool:
        if event.intent & ~self.intents:
            return False
        number, count = self.shard
        return ((event.guild or 0) >> 22) % count == number if event.guild else number == 0

    def dispatch(self, name: str, body: str) -> None:
        """Number an event, keep it for a resume, and send it if somebody listens."""
        self.sequence += 1
        text = f'{{"op":0,"t":"{name}","s":{self.sequence},"d":{body}}}'
        self.sent.append((self.sequence, text))
        if self.socket is not None:
            self.socket.push(text)


class Socket:
    """One connection, with its own compression stream and a writer that keeps the order."""

    def __init__(self, ws: web.WebSocketResponse, packer: Packer, transport: asyncio.Transport | None) -> None:
        self.ws = ws
        self.transport = transport
        self.session: Session | None = None
        self.deaf = False
        self.beats = 0
        self.intents = 0
        self.presence: Json | None = None
        self._packer = packer
        self._out: deque[str] = deque()
        self._wake = asyncio.Event()
        self._window: deque[float] = deque()

    def push(self, text: str) -> None:
        self._out.append(text)
        self._wake.set()

    def op(self, op: int, data: object = None) -> None:
        self.push(json.dumps({"op": op, "d": data, "s": None, "t": None}, separators=(",", ":")))

    async def write(self) -> None:
        """Send what was pushed, in order, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._out:
                if self.deaf:
                    self._out.clear()
                    break
                frame = self._packer.pack(self._out.popleft())
                try:
                    if isinstance(frame, bytes):
                        await self.ws.send_bytes(frame)
                    else:
                        await self.ws.send_str(frame)
                except ConnectionError:
                    return

    def too_many(self) -> bool:
        """Count a message from the client against 120 in a minute."""
        now = time.monotonic()
        self._window.append(now)
        while self._window[0] < now - 60:
            self._window.popleft()
        return len(self._window) > SENDS_PER_MINUTE

    def cut(self) -> None:
        """Break the TCP connection without a goodbye."""
        if self.session is not None and self.session.socket is self:
            self.session.socket = None
        if self.transport is not None:
            self.transport.abort()


def packer(compress: str | None) -> Packer:
    """Choose the transport compression that a client asked for."""
    if compress == "zlib-stream":
        return Zlib()
    return Zstd() if compress == "zstd-stream" else Plain()
