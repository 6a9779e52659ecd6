"""One request by HTTP, tried as often as is safe: what became of it is always one of answered, not done, or unknown."""

import asyncio
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from msgspec import Struct

from bot.connectors.expressions import Expressions
from bot.connectors.mapping import MappingFile, Request
from bot.durations import seconds
from bot.errors import OutsideError
from bot.secrets import sifted

LARGEST = 1_000_000  # bytes of an answer
_PAUSE, _PAUSE_MOST = 0.25, 4.0  # seconds before the first repetition; it doubles
_LATER = (429, 503)


class Lost(OutsideError):
    """The request may have arrived, and its answer did not."""


class Later(OutsideError):
    """The system did nothing and wants to be asked again, in so many seconds at the earliest."""

    def __init__(self, what: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(what)


class _Final(OutsideError):
    """Trying again cannot help."""


class _Broke(aiohttp.ClientError):
    """The connection broke, with its cause."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT or a DELETE again by itself when its connection breaks."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Broke from error


def connections() -> aiohttp.ClientSession:
    """Return what outside systems are reached by: each request is sent once, by a connection of its own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True), cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_once,)
    )


class Answer(Struct, frozen=True, kw_only=True):
    """What came back: the HTTP status, and JSON with exact numbers (None where there was no body)."""

    status: int
    body: Any


class Client:
    """Sends requests as a mapping file describes them; after `deadline`, on the loop's clock, an answer is too late."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        file: MappingFile,
        expressions: Expressions,
        secrets: Mapping[str, str],
    ) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._file = file
        self._expressions = expressions
        self._secrets = secrets

    async def send(self, request: Request, values: Mapping[str, Any], deadline: float, within: str = "") -> Answer:
        """Return the answer. Raises Lost when the request may have worked, OutsideError when it has not."""
        patience = seconds(within or self._file.timeout)
        loop = asyncio.get_running_loop()
        pause = _PAUSE
        for attempt in range(self._file.retries + 1):
            asked_to_wait = 0.0
            try:
                answer, asked_to_wait = await self._once(request, values, min(patience, deadline - loop.time()))
                if answer is not None:
                    return answer
                error: OutsideError = Later("asks for fewer requests", asked_to_wait)
            except Lost as lost:
                if not request.harmless:
                    raise
                error = lost
            except _Final:
                raise
            except OutsideError as failed:
                error = failed
            wait = max(asked_to_wait, pause * random.uniform(0.5, 1.0))  # noqa: S311
            if attempt == self._file.retries or loop.time() + wait >= deadline:
                raise error if isinstance(error, Later) else OutsideError(str(error)) from None
            await asyncio.sleep(wait)
            pause = min(pause * 2, _PAUSE_MOST)
        raise AssertionError

    async def _once(self, request: Request, values: Mapping[str, Any], within: float) -> tuple[Answer | None, float]:
        """Send once; no answer, but seconds to wait, where the system did nothing and wants to be asked later."""
        if within <= 0:
            raise OutsideError("no time is left")
        known = {**values, **self._secrets}
        headers = {"Accept": "application/json", **self._file.headers, **request.headers}
        sent = {name: str(self._expressions.filled(value, known)) for name, value in headers.items()}
        body = self._expressions.filled(request.body, values)
        url = self._url + self._expressions.address(request.path, values)
        options: dict[str, Any] = {"headers": sent, "allow_redirects": False}
        if body is not None:
            options |= {"data": json.dumps(body, default=str), "headers": {"Content-Type": "application/json", **sent}}
        try:
            async with asyncio.timeout(within), self._http.request(request.method, url, **options) as response:
                raw = await response.content.read(LARGEST + 1)
                while len(raw) <= LARGEST and (more := await response.content.read(LARGEST)):
                    raw += more
                return self._understood(response, raw, values)
        except aiohttp.ClientConnectorError as error:
            raise OutsideError(f"cannot be reached: {error.strerror or type(error.os_error).__name__}") from None
        except TimeoutError:
            raise Lost(f"no answer within {within:.1f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"the connection broke: {type(error.__cause__ or error).__name__}") from None

    def _understood(
        self, response: aiohttp.ClientResponse, raw: bytes, values: Mapping[str, Any]
    ) -> tuple[Answer | None, float]:
        status = response.status
        if status in _LATER:
            return None, retry_after(response.headers.get("Retry-After", ""))
        if len(raw) > LARGEST:
            raise Lost(f"answered with more than {LARGEST} bytes")
        if status >= 500:
            raise Lost(f"answered with {status}")
        if 300 <= status < 400:
            raise _Final(f"answered with {status}, which leads elsewhere; is the address right?")
        try:
            body = json.loads(raw, parse_float=Decimal, parse_constant=_no_number) if raw.strip() else None
        except ValueError:
            kind = response.content_type
            if status >= 400:
                body = None
            else:
                raise Lost(f"answered with {kind} that is no JSON") from None
        answer = Answer(status=status, body=body)
        seen = {**values, "answer": body, "status": status}
        if self._expressions.holds(self._file.again, seen):
            return None, _seconds(self._expressions.value(self._file.wait, seen)) if self._file.wait else 0.0
        if status in (401, 403):
            raise _Final(f"answered with {status}: is the token right?")
        if self._expressions.holds(self._file.trouble, seen):
            raise Lost("reports an error of its own")
        return answer, 0.0


def _no_number(constant: str) -> Any:
    raise ValueError(constant)


def _seconds(value: Any) -> float:
    return max(0.0, float(value)) if isinstance(value, int | float | Decimal) else 0.0


def retry_after(header: str) -> float:
    """Return the seconds that Retry-After asks for: a number, or a time."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def told(error: Exception) -> str:
    """Return an error without secrets, for logs and staff."""
    return sifted(str(error))[:200]
