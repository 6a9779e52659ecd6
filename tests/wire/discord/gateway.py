"""The gateway: who connects, what each session is sent, and what a client may say to it."""

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.wire.discord import payloads
from tests.wire.discord.faults import Faults
from tests.wire.discord.sessions import SENDS_PER_MINUTE, Session, Socket, packer
from tests.wire.discord.world import CONTENT, GUILDS, MEMBERS, PRIVILEGED, Event, World

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID, HELLO, ACK, SOUNDS = 8, 9, 10, 11, 31
ALL_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))


class Gateway:
    """Accepts sockets and spreads the world's events over the sessions."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.sessions: dict[str, Session] = {}
        self.sockets: set[Socket] = set()
        self.heartbeat_interval = 41.25
        self.identifies = 0
        self.resumes = 0
        self.handshakes = 0
        self.closes: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: tuple[Session, str, str] | None = None

    # Out

    def emit(self, event: Event) -> None:
        """Send an event to every session that asked for such; two bots on one token both get it, as is well known."""
        whole = bare = ""
        for session in list(self.sessions.values()):
            if not session.alive or not session.wants(event):
                continue
            if event.bare is None or event.bare is event.data or session.intents & CONTENT:
                body = whole = whole or json.dumps(event.data, separators=(",", ":"))
            else:
                body = bare = bare or json.dumps(event.bare, separators=(",", ":"))
            copies = self._deliver(session, event.name, body)
            if event.sent is not None and session.socket is not None and not session.socket.deaf:
                event.sent(copies)

    def _deliver(self, session: Session, name: str, body: str) -> int:
        """Hand an event to a session, in the order and as often as the faults have it; say how often."""
        if self._held is not None:
            held, self._held = self._held, None
            session.dispatch(name, body)
            held[0].dispatch(held[1], held[2])
            return 1
        if self.faults.take_reorder():
            self._held = (session, name, body)
            # Nothing may come after it for long; then it goes alone.
            asyncio.get_running_loop().call_later(0.25, self._let_go)
            return 1
        copies = 2 if self.faults.take_duplicate() else 1
        for _ in range(copies):
            session.dispatch(name, body)
        return copies

    def _let_go(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            held[0].dispatch(held[1], held[2])

    # In

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket from hello to close."""
        self.handshakes += 1
        if self.faults.take_handshake():
            return web.Response(status=503, text="the gateway is away")
        # Transport compression is Discord's own business: no permessage-deflate, and no pings of aiohttp's.
        ws = web.WebSocketResponse(compress=False, autoping=True, max_msg_size=1 << 16)
        await ws.prepare(request)
        socket = Socket(ws, packer(request.query.get("compress")), request.transport)
        self.sockets.add(socket)
        writer = asyncio.create_task(socket.write())
        try:
            if request.query.get("v") not in ("9", "10") or request.query.get("encoding") != "json":
                await self._close(socket, 4012, "the gateway's query has no v=10 and encoding=json")
            socket.op(HELLO, {"heartbeat_interval": int(self.heartbeat_interval * 1000), "_trace": []})
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await self._receive(socket, message.data)
        except ConnectionError:
            pass
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
            self._gone(socket, ws.close_code)
        return ws

    def _gone(self, socket: Socket, code: int | None) -> None:
        self.sockets.discard(socket)
        self.closes.append(code or 1006)
        session = socket.session
        if session is not None and session.socket is socket:
            session.socket = None
            if code in (1000, 1001):
                # A client that says goodbye properly gives its session up.
                self._end(session)
        self.world.touch()

    def _end(self, session: Session) -> None:
        session.alive = False
        self.sessions.pop(session.id, None)

    async def _close(self, socket: Socket, code: int, violation: str = "") -> None:
        if violation:
            self.world.violate(f"gateway {code}: {violation}")
        if socket.session is not None and code != 4000:
            self._end(socket.session)
        await socket.ws.close(code=code, message=b"")

    async def _receive(self, socket: Socket, text: str) -> None:
        if socket.deaf:
            return
        if len(text) > 4096:
            await self._close(socket, 4002, "a message of more than 4096 bytes")
            return
        if socket.too_many():
            await self._close(socket, 4008, f"more than {SENDS_PER_MINUTE} sends in a minute")
            return
        try:
            message = json.loads(text)
            op, data = message["op"], message.get("d")
        except (ValueError, KeyError, TypeError):
            await self._close(socket, 4002, "not JSON with an op")
            return
        if op == HEARTBEAT:
            socket.beats += 1
            socket.op(ACK)
        elif op == IDENTIFY:
            await self._identify(socket, data)
        elif op == RESUME:
            await self._resume(socket, data)
        elif socket.session is None:
            await self._close(socket, 4003, f"op {op} before identify")
        elif op == PRESENCE:
            socket.presence = data
        elif op == REQUEST_MEMBERS:
            await self._members(socket, socket.session, data)
        elif op not in (VOICE, SOUNDS):
            await self._close(socket, 4001, f"unknown op {op}")
        self.world.touch()

    async def _identify(self, socket: Socket, data: Json) -> None:
        self.identifies += 1
        intents = data.get("intents", 0)
        shard = tuple(data.get("shard") or (0, 1))
        forced = self.faults.take_close()
        if socket.session is not None:
            await self._close(socket, 4005, "identified twice")
        elif forced is not None:
            await self._close(socket, forced)
        elif data.get("token") != self.world.token:
            await self._close(socket, 4004)
        elif intents & ~ALL_INTENTS:
            await self._close(socket, 4013, f"no such intents: {intents}")
        elif any(intents & bit and name not in self.world.privileged for name, bit in PRIVILEGED.items()):
            await self._close(socket, 4014)
        elif len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            await self._close(socket, 4010, f"no such shard: {shard}")
        elif self.faults.take_invalid():
            socket.op(INVALID, False)
        else:
            # A shard that identifies anew leaves its older session without a listener.
            for old in [one for one in self.sessions.values() if one.shard == shard and one.socket is None]:
                self._end(old)
            session = Session(intents, (shard[0], shard[1]))
            self.sessions[session.id] = session
            session.socket, socket.session = socket, session
            self._ready(session)

    def _ready(self, session: Session) -> None:
        mine = [
            guild
            for guild in self.world.guilds.values()
            if (guild.id >> 22) % session.shard[1] == session.shard[0] and self.world.bot.id in guild.members
        ]
        ready = {
            "v": 10,
            "user": payloads.user(self.world.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "private_channels": [],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.world.origin.replace("http", "ws", 1) + "/gateway/",
            "shard": list(session.shard),
            "application": {"id": str(self.world.application_id), "flags": payloads.application(self.world)["flags"]},
        }
        session.dispatch("READY", json.dumps(ready))
        if not session.intents & GUILDS:
            return
        everybody = bool(session.intents & MEMBERS)
        for guild in mine:
            if guild.available:
                session.dispatch("GUILD_CREATE", json.dumps(payloads.guild(self.world, guild, members=everybody)))

    async def _resume(self, socket: Socket, data: Json) -> None:
        self.resumes += 1
        forced = self.faults.take_close()
        session = self.sessions.get(data.get("session_id") or "")
        since = data.get("seq") or 0
        if forced is not None:
            await self._close(socket, forced)
        elif data.get("token") != self.world.token:
            await self._close(socket, 4004)
        elif session is None or not session.alive or self.faults.take_invalid():
            if session is not None:
                self._end(session)
            socket.op(INVALID, False)
        elif since > session.sequence:
            await self._close(socket, 4007, "a sequence that was never sent")
        elif session.sent and session.sent[0][0] > since + 1:
            # Too much was missed to replay it.
            self._end(session)
            socket.op(INVALID, False)
        else:
            if session.socket is not None:
                session.socket.cut()
            session.socket, socket.session = socket, session
            for number, text in list(session.sent):
                if number > since:
                    socket.push(text)
            session.dispatch("RESUMED", '{"_trace":[]}')

    async def _members(self, socket: Socket, session: Session, data: Json) -> None:
        guild = self.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        asked = data.get("user_ids")
        missing: list[str] = []
        if asked is not None:
            wanted = [str(one) for one in (asked if isinstance(asked, list) else [asked])]
            found = [guild.members[int(one)] for one in wanted if int(one) in guild.members]
            missing = [one for one in wanted if int(one) not in guild.members]
        else:
            query, limit = (data.get("query") or "").lower(), data.get("limit", 0)
            if not query and not limit and not session.intents & MEMBERS:
                await self._close(socket, 4014, "all members asked for without the intent")
                return
            found = [m for m in guild.members.values() if m.user.name.lower().startswith(query)]
            found = found[:limit] if limit else found
        chunks = [found[at : at + 1000] for at in range(0, len(found), 1000)] or [[]]
        for index, chunk in enumerate(chunks):
            body: Json = {
                "guild_id": str(guild.id),
                "members": [payloads.member(self.world, one) for one in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": missing,
            }
            if data.get("nonce"):
                body["nonce"] = data["nonce"]
            session.dispatch("GUILD_MEMBERS_CHUNK", json.dumps(body))

    # Trouble on demand

    def drop(self, *, resumable: bool) -> None:
        """Cut every socket; without `resumable` the sessions are forgotten too."""
        for socket in list(self.sockets):
            if not resumable and socket.session is not None:
                self._end(socket.session)
            socket.cut()
        if not resumable:
            for session in list(self.sessions.values()):
                self._end(session)

    def silence(self) -> None:
        """Stop answering on every socket; TCP stays up, and sessions go on collecting events."""
        for socket in self.sockets:
            socket.deaf = True

    def reconnect(self) -> None:
        """Ask every client to come anew (op 7)."""
        for socket in self.sockets:
            socket.op(RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid (op 9)."""
        for socket in self.sockets:
            if not resumable and socket.session is not None:
                self._end(socket.session)
            socket.op(INVALID, resumable)

    def close_all(self, code: int) -> None:
        """Close every socket with a code."""
        for socket in list(self.sockets):
            if code not in (4000, 4001, 4002, 4008, WSCloseCode.GOING_AWAY) and socket.session is not None:
                self._end(socket.session)
            task = asyncio.create_task(self._say_goodbye(socket, code))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _say_goodbye(self, socket: Socket, code: int) -> None:
        await socket.ws.close(code=code)
