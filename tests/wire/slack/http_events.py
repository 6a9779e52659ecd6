"""HTTP mode: events, interactions and commands posted to the app's URL, signed as Slack signs them."""

import asyncio
import hashlib
import hmac
import json
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.wire.slack.courier import Delivery
from tests.wire.slack.world import Json

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer


class HttpRoad:
    """Posts each delivery to one URL."""

    def __init__(self, slack: "SlackServer", url: str, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self.url = url
        self._session = session
        self._tasks: set[asyncio.Task[None]] = set()

    def carry(self, delivery: Delivery) -> None:
        """Post in the background."""
        task = asyncio.create_task(self._post(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def verify(self) -> bool:
        """Ask the app to show that the URL is its own."""
        challenge = uuid.uuid4().hex
        body = json.dumps({"token": "verification-token", "challenge": challenge, "type": "url_verification"})
        status, answer, _ = await self._send(body, "application/json", {})
        try:
            said = json.loads(answer)["challenge"] if answer.startswith("{") else answer
        except (ValueError, KeyError):
            said = ""
        good = status == 200 and said == challenge
        if not good:
            self._slack.world.violate(f"url_verification failed: {status} {answer[:80]!r}")
        return good

    def signed(self, body: str) -> dict[str, str]:
        """Sign a body with Slack's clock."""
        stamp = str(int(self._slack.world.now()))
        base = f"v0:{stamp}:{body}".encode()
        signature = hmac.new(self._slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}

    async def _send(self, body: str, kind: str, extra: dict[str, str]) -> tuple[int, str, bool]:
        headers = self.signed(body) | {"Content-Type": kind, "User-Agent": "Slackbot 1.0"} | extra
        async with self._session.post(self.url, data=body.encode(), headers=headers, max_redirects=2) as response:
            stop = response.headers.get("X-Slack-No-Retry") == "1"
            return response.status, await response.text(), stop

    async def _post(self, delivery: Delivery) -> None:
        courier = self._slack.courier
        kind, extra = "application/json", {}
        if delivery.kind == "events_api":
            body = json.dumps(delivery.payload)
            if delivery.attempt:
                extra = {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}
        else:
            kind = "application/x-www-form-urlencoded"
            form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
            body = urlencode(form)
        late = self._slack.faults.takes_ack() if delivery.kind == "events_api" else 0.0
        try:
            async with asyncio.timeout(self._slack.ack_seconds):
                status, text, stop = await self._send(body, kind, extra)
        except TimeoutError:
            self._slack.world.violate(f"{delivery.about}: not answered within {self._slack.ack_seconds:g} s")
            # Slack has hung up, so it never sees an X-Slack-No-Retry.
            courier.failed(delivery, "http_timeout")
            return
        except aiohttp.TooManyRedirects:
            courier.failed(delivery, "too_many_redirects")
            return
        except aiohttp.ClientError:
            courier.failed(delivery, "connection_failed")
            return
        if late is None or late >= self._slack.ack_seconds or delivery.lose_ack:
            courier.failed(delivery, "http_timeout")
        elif not 200 <= status < 300:
            courier.failed(delivery, "http_error", retry=not stop)
        else:
            courier.succeeded(delivery, _payload(text))

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()


def _payload(text: str) -> Json | None:
    if not text.strip():
        return None
    try:
        body = json.loads(text)
    except ValueError:
        return {"text": text}
    return body if isinstance(body, dict) else {"text": text}
