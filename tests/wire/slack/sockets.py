"""Socket Mode: one-time tickets, hello, envelopes and their acks, pings, and the ways in which a socket ends."""

import asyncio
import itertools
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tests.wire.slack.courier import Delivery
from tests.wire.slack.world import Json

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

MOST_SOCKETS = 10

# Seconds between asking a socket to go and closing it.
GRACE = 1.0


@dataclass(eq=False, slots=True)
class Envelope:
    """One attempt to deliver over one socket."""

    id: str
    delivery: Delivery
    line: "Line"
    timer: asyncio.TimerHandle | None = None


@dataclass(eq=False, slots=True)
class Line:
    """One open socket. A frozen one neither reads nor sends, and nobody is told."""

    ws: web.WebSocketResponse
    request: web.Request
    queue: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)
    waiting: dict[str, Envelope] = field(default_factory=dict)
    frozen: bool = False
    leaving: bool = False


class Sockets:
    """All open sockets of the app; each delivery goes to one of them."""

    def __init__(self, slack: "SlackServer") -> None:
        self._slack = slack
        self.lines: list[Line] = []
        self.tickets: set[str] = set()
        self.enabled = True
        self.opened = 0
        self._turn = itertools.count()
        # Envelopes that were answered too late or twice are not unknown ones; only their ids are kept.
        self._past: dict[str, None] = {}

    def ticket(self) -> str:
        """Give a URL that opens one socket."""
        name = uuid.uuid4().hex
        self.tickets.add(name)
        return f"ws://{self._slack.host}/link/?ticket={name}&app_id={self._slack.app_id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket from handshake to end."""
        faults = self._slack.faults
        if faults.refused_sockets:
            faults.refused_sockets -= 1
            return web.Response(status=503, text="upstream connect error")
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets or not self.enabled:
            return web.Response(status=401, text="ticket expired")
        self.tickets.discard(ticket)
        # Pings are answered by hand, so that a half-open socket can stop answering.
        ws = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await ws.prepare(request)
        line = Line(ws, request)
        if len(self.lines) >= MOST_SOCKETS:
            self._slack.world.violate("an eleventh socket")
            await ws.send_str(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await ws.close()
            return ws
        self.lines.append(line)
        self.opened += 1
        writer = asyncio.create_task(self._write(line))
        line.queue.put_nowait(json.dumps(self._hello()))
        self._slack.world.ring()
        try:
            await self._read(line)
        finally:
            writer.cancel()
            self._gone(line)
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.lines),
            "debug_info": {"host": "applink-emulator", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._slack.app_id},
        }

    async def _write(self, line: Line) -> None:
        while (text := await line.queue.get()) is not None:
            if line.frozen:
                continue
            try:
                await line.ws.send_str(text)
            except ConnectionError:
                return
        await line.ws.close()

    async def _read(self, line: Line) -> None:
        while not line.ws.closed:
            message = await line.ws.receive()
            if line.frozen:
                # What arrives is never seen. Wait here till the other side gives up.
                if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                    return
                continue
            if message.type == WSMsgType.PING:
                await line.ws.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._ack(line, message.data)
            elif message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return

    def carry(self, delivery: Delivery) -> None:
        """Send over the next socket in turn; without one the attempt has failed."""
        lines = [line for line in self.lines if not line.leaving and not line.ws.closed]
        if not lines:
            self._slack.courier.failed(delivery, "timeout")
            return
        line = lines[next(self._turn) % len(lines)]
        envelope = Envelope(str(uuid.uuid4()), delivery, line)
        line.waiting[envelope.id] = envelope
        body: Json = {
            "envelope_id": envelope.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            body |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        line.queue.put_nowait(json.dumps(body))
        seconds = self._slack.ack_seconds
        envelope.timer = asyncio.get_running_loop().call_later(seconds, self._timeout, envelope)

    def _ack(self, line: Line, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            self._slack.world.violate(f"socket: not JSON: {text[:80]!r}")
            return
        name = body.get("envelope_id")
        envelope = line.waiting.get(name)
        if envelope is None:
            if name not in self._past:
                self._slack.world.violate(f"socket: ack for an unknown envelope {name!r}")
            return
        delivery = envelope.delivery
        if body.get("payload") and delivery.kind == "events_api":
            self._slack.world.violate(f"{delivery.about}: acked with a payload, which events do not take")
        late = None if delivery.lose_ack else 0.0
        if delivery.kind == "events_api" and late is not None:
            late = self._slack.faults.takes_ack()
        if late == 0.0:
            self._close(envelope)
            self._slack.courier.succeeded(delivery, body.get("payload"))
            return
        # The ack is on its way for ever, or for so long that the deadline passes first.
        delivery.excused = True
        if late is not None and late < self._slack.ack_seconds:
            asyncio.get_running_loop().call_later(late, self._late, envelope)

    def _late(self, envelope: Envelope) -> None:
        if envelope.id in envelope.line.waiting:
            self._close(envelope)
            envelope.delivery.excused = False
            self._slack.courier.succeeded(envelope.delivery, None)

    def _close(self, envelope: Envelope) -> None:
        envelope.line.waiting.pop(envelope.id, None)
        self._past[envelope.id] = None
        if len(self._past) > 5000:
            del self._past[next(iter(self._past))]
        if envelope.timer is not None:
            envelope.timer.cancel()

    def _timeout(self, envelope: Envelope) -> None:
        self._close(envelope)
        delivery = envelope.delivery
        if not envelope.line.frozen and not delivery.excused and not delivery.done:
            self._slack.world.violate(f"{delivery.about}: not acked within {self._slack.ack_seconds:g} s")
        delivery.excused = False
        if envelope.line.frozen:
            # By now Slack has noticed that nobody is there.
            envelope.line.leaving = True
        self._slack.courier.failed(delivery, "timeout")

    def _gone(self, line: Line) -> None:
        if line in self.lines:
            self.lines.remove(line)
        for envelope in list(line.waiting.values()):
            self._close(envelope)
            self._slack.courier.failed(envelope.delivery, "timeout")
        self._slack.world.ring()

    def drop(self, *, politely: bool) -> None:
        """End all sockets."""
        for line in list(self.lines):
            if politely:
                line.leaving = True
                line.queue.put_nowait(None)
            else:
                transport = line.request.transport
                if transport is not None:
                    transport.abort()
                self._gone(line)

    def freeze(self) -> None:
        """Stop reading and sending on all sockets."""
        for line in self.lines:
            line.frozen = True

    def announce(self, reason: str) -> None:
        """Tell all sockets to go; after a refresh or a disabled link they are closed, after a warning not yet."""
        if reason == "link_disabled":
            self.enabled = False
        for line in list(self.lines):
            body = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-emulator"}}
            line.queue.put_nowait(json.dumps(body))
            if reason != "warning":
                # Nothing more is sent here, but acks on their way are still taken.
                line.leaving = True
                asyncio.get_running_loop().call_later(GRACE, line.queue.put_nowait, None)

    async def stop(self) -> None:
        """Close all sockets and forget what they wait for."""
        for line in list(self.lines):
            for envelope in list(line.waiting.values()):
                self._close(envelope)
            transport = line.request.transport
            if transport is not None:
                transport.abort()
