"""The way of a request: read, limited, troubled on order, answered by a route, written down. Routes live elsewhere."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.discord.buckets import Buckets, refusal
from tests.wire.discord.errors import ApiError
from tests.wire.discord.faults import Faults
from tests.wire.discord.records import Attachment, Call
from tests.wire.discord.world import World

Json = dict[str, Any]

_FILE = re.compile(r"files\[(\d+)\]")
_UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)


@dataclass(slots=True)
class Ask:
    """A request as routes read it."""

    method: str
    path: str
    params: list[str]
    query: dict[str, str]
    body: Json = field(default_factory=dict)
    array: list[Any] | None = None
    files: dict[int, Attachment] = field(default_factory=dict)
    has_body: bool = False

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = int(self.query.get(name, default))
        if not least <= value <= most:
            text = f"int value should be between {least} and {most}."
            raise ApiError(
                50035,
                errors={name: {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": text}]}},
                violation=f"{name}={value} is not within {least} and {most}",
            )
        return value


Answer = Json | list[Any] | None
Route = Callable[[Ask], Answer | Awaitable[Answer]]


class Rest:
    """Finds routes by method and path, and does for all of them what none should do alone."""

    def __init__(self, world: World, faults: Faults, buckets: Buckets) -> None:
        self.world = world
        self.faults = faults
        self.buckets = buckets
        self.invalid_requests = 0
        # Requests that came before the seconds of a 429 were over; a few that were under way are no slip.
        self.impatient = 0
        self._patience: dict[str, float] = {}
        self.lost: Callable[[str], None] = lambda path: None
        self._tree: dict[str, Any] = {}

    def add(self, spec: str, route: Route) -> None:
        """Register "METHOD /path/*/with/stars"."""
        method, _, path = spec.partition(" ")
        node = self._tree
        for part in path.strip("/").split("/"):
            node = node.setdefault(part, {})
        node[f"!{method}"] = (spec, route)

    def _find(self, method: str, path: str) -> tuple[str, Route, list[str]] | None:
        """Walk the tree; a literal segment goes before a star, also where it leads nowhere in the end."""
        trails: list[tuple[dict[str, Any], list[str]]] = [(self._tree, [])]
        for part in path.strip("/").split("/"):
            onward = []
            for node, params in trails:
                if part in node:
                    onward.append((node[part], params))
                if "*" in node:
                    onward.append((node["*"], [*params, part]))
            trails = onward
        for node, params in trails:
            if f"!{method}" in node:
                spec, route = node[f"!{method}"]
                return spec, route, params
        return None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the API."""
        world = self.world
        path = "/" + request.match_info["path"]
        found = self._find(request.method, path)
        spec = found[0] if found else "?"
        status, headers = 404, dict[str, str]()
        answer: Answer
        ask = Ask(request.method, path, found[2] if found else [], dict(request.query))
        # A public path for faults has no secrets in it and no query.
        fault = self.faults.take(request.method, path)
        key = f"{spec}:{ask.params[0] if ask.params else ''}"
        self.impatient += self._patience.pop(key, 0.0) > time.monotonic()
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "cut":
            self._note(ask, spec, 0)
            return self._cut(request)
        if fault is not None and fault.kind == "limit":
            await request.read()
            body, headers = refusal(fault.seconds, scope=fault.scope)
            self._patience[key] = time.monotonic() + fault.seconds
            return self._write(ask, spec, 429, body, headers)
        if fault is not None and fault.kind == "fail":
            await request.read()
            if fault.code:
                refused = ApiError(fault.code, status=None if fault.status == 500 else fault.status)
                return self._write(ask, spec, refused.status, refused.body, headers)
            return self._write(ask, spec, fault.status, {"message": "trouble on demand", "code": 0}, headers)
        verdict = self.buckets.check(spec, ask.params[0] if ask.params else "", path)
        if verdict.retry_after:
            await request.read()
            body, extra = refusal(verdict.retry_after, scope=verdict.scope)
            return self._write(ask, spec, 429, body, verdict.headers | extra)
        try:
            if found is None:
                raise ApiError(0, violation=f"no such route: {request.method} {path}")
            await self._read(request, ask)
            result = found[1](ask)
            if isinstance(result, Awaitable):
                result = await result
            status, answer = (204, None) if result is None else (200, result)
        except ApiError as refused:
            status, answer = refused.status, refused.body
            if refused.violation:
                world.violate(f"{request.method} {path}: {refused.violation}")
        if fault is not None and fault.kind == "lose":
            self.lost(path)
            self._note(ask, spec, 0)
            return self._cut(request)
        if fault is not None and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        return self._write(ask, spec, status, answer, verdict.headers)

    async def _read(self, request: web.Request, ask: Ask) -> None:
        world = self.world
        if not request.headers.get("User-Agent"):
            world.violate(f"{ask.method} {ask.path}: no User-Agent")
        if not ask.path.startswith(("/interactions/", "/webhooks/", "/gateway")) or ask.path == "/gateway/bot":
            self._authorise(request)
        if not request.can_read_body:
            return
        kind = request.content_type
        if kind == "multipart/form-data":
            await self._read_parts(request, ask)
            return
        raw = await request.read()
        if not raw:
            return
        if kind != "application/json":
            raise ApiError(
                50035,
                errors={"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": "Expected application/json"}]},
                violation=f"a body of Content-Type {kind}",
            )
        self._body(ask, raw)

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self.world.token}":
            raise ApiError(40001)

    def _body(self, ask: Ask, raw: bytes) -> None:
        try:
            data = json.loads(raw)
        except ValueError:
            raise ApiError(50109, violation="a body that is not JSON") from None
        ask.has_body = True
        if isinstance(data, list):
            ask.array = data
        elif isinstance(data, dict):
            ask.body = data
        else:
            raise ApiError(50109, violation="a body that is neither object nor list")

    async def _read_parts(self, request: web.Request, ask: Ask) -> None:
        """Read payload_json and files[n]; other parts are a slip."""
        async for part in await request.multipart():
            name = getattr(part, "name", None) or ""
            assert not isinstance(part, list)
            data = bytes(await part.read(decode=True))  # type: ignore[union-attr]
            match = _FILE.fullmatch(name)
            if name == "payload_json":
                self._body(ask, data)
            elif match:
                if len(data) > self.world.max_file:
                    raise ApiError(40005, violation=f"a file of {len(data)} bytes")
                filename = safe_name(getattr(part, "filename", None) or "unknown")
                ask.files[int(match[1])] = Attachment(self.world.ids.next(), filename, guess(filename), data)
            else:
                self.world.violate(f"{ask.method} {ask.path}: a part named {name!r}")

    def _note(self, ask: Ask, spec: str, status: int) -> None:
        world = self.world
        world.calls += 1
        if status in (401, 403, 429):
            self.invalid_requests += 1
        body = ask.array if ask.array is not None else (ask.body if ask.has_body else None)
        world.call_log.append(Call(world.clock.now(), ask.method, ask.path, spec, status, body))
        world.touch()

    def _cut(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        # Nobody is left to read this.
        return web.Response(status=500)

    def _write(self, ask: Ask, spec: str, status: int, body: object, headers: dict[str, str]) -> web.Response:
        self._note(ask, spec, status)
        if status == 204:
            return web.Response(status=204, headers=headers)
        # Exactly this content type, without a charset: the client compares it as a whole.
        text = json.dumps(body, separators=(",", ":"))
        return web.Response(body=text.encode(), status=status, headers=headers | {"Content-Type": "application/json"})


def safe_name(name: str) -> str:
    """Name a file as the platform keeps it: spaces and odd characters become one underscore."""
    return _UNSAFE.sub("_", name).strip("_") or "unknown"


def guess(name: str) -> str:
    """Tell a file's type from its ending, as the platform does, whatever the upload claimed."""
    ending = name.rpartition(".")[2].lower()
    return {
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "gif": "image/gif",
        "webp": "image/webp",
        "pdf": "application/pdf",
        "txt": "text/plain; charset=utf-8",
        "json": "application/json; charset=utf-8",
        "csv": "text/csv; charset=utf-8",
        "mp4": "video/mp4",
        "html": "text/html; charset=utf-8",
    }.get(ending, "application/octet-stream")
