"""Webhooks: what becomes of cases is posted to an address, signed as standardwebhooks.com has it."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import time

import aiohttp

from bot.connectors.breaker import CircuitBreaker
from bot.connectors.requests import connections, retry_after, told
from bot.errors import DeliveryDelayed, OutsideError
from bot.ports import Errand
from bot.secrets import Secret

_PREFIX = "whsec_"
_SHORTEST = 24  # bytes of a key, as the standard has it
_FAILURES, _PAUSE = 5, 30.0


def signature(secret: Secret, id: str, timestamp: int, body: bytes) -> str:
    """Return what webhook-signature says: HMAC-SHA256 over id.timestamp.body."""
    signed = hmac.new(key_of(secret), f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def key_of(secret: Secret) -> bytes:
    """Return the key in a secret such as whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. Raises ValueError for another one."""
    text = secret.reveal()
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True) if text.startswith(_PREFIX) else b""
    except binascii.Error:
        key = b""
    if len(key) < _SHORTEST:
        raise ValueError(f"expected {_PREFIX} and at least {_SHORTEST} bytes in base64")
    return key


class Webhook:
    """`ports.HelpDesk` that posts each errand as it is; whoever receives it makes of it what they like."""

    keeps = False

    def __init__(self, url: str, secret: Secret, *, patience: float = 10.0) -> None:
        self._url = url
        self._secret = secret
        self._patience = patience
        self._http: aiohttp.ClientSession | None = None
        self._trouble = ""
        self._breaker = CircuitBreaker(_FAILURES, _PAUSE, time.monotonic)

    @property
    def trouble(self) -> str:
        """Why it is being left alone, for an operator; empty while it is not."""
        return "" if self._breaker.state == "closed" else self._trouble

    async def find_customer(self, email: str) -> None:
        """Nobody can be asked."""

    def link(self, theirs: str) -> str:
        """There is nothing to be found."""
        return ""

    async def put_case(self, errand: Errand, theirs: str) -> str:
        """Post what became of a case."""
        self._breaker.enter()
        try:
            await self._post(errand)
        except OutsideError as error:
            self._trouble = told(error)
            self._breaker.leave(failed=True)
            raise
        except BaseException:
            self._breaker.abandon()
            raise
        self._breaker.leave(failed=False)
        return ""

    async def add_note(self, errand: Errand, theirs: str) -> str:
        """Post that there is a note."""
        return await self.put_case(errand, theirs)

    async def close(self) -> None:
        """Let go of connections."""
        if self._http:
            await self._http.close()

    async def _post(self, errand: Errand) -> None:
        """Post it once. Raises OutsideError unless the answer says that it has arrived."""
        if self._http is None:
            self._http = connections()
        body = written(errand)
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": errand.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._secret, errand.id, now, body),
        }
        try:
            async with (
                asyncio.timeout(self._patience),
                self._http.post(self._url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                status, wait = response.status, response.headers.get("Retry-After", "")
        except aiohttp.ClientConnectorError as error:
            raise OutsideError(f"cannot be reached: {error.strerror or type(error.os_error).__name__}") from None
        except TimeoutError:
            raise OutsideError(f"no answer within {self._patience:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise OutsideError(f"the connection broke: {type(error.__cause__ or error).__name__}") from None
        if status in (429, 503) and wait:
            raise DeliveryDelayed(retry_after(wait))
        if not 200 <= status < 300:
            raise OutsideError(f"answered with {status}" + (", which leads elsewhere" if 300 <= status < 400 else ""))


def written(errand: Errand) -> bytes:
    """Return an errand as it is posted: the same on every attempt."""
    body = {"type": f"case.{errand.kind}", "timestamp": errand.at.isoformat(), "data": errand.data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
