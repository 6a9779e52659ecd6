"""The way in, for sockets and HTTP alike: a request is taken first and acknowledged then, within Slack's 3 seconds.

One catch-all stands at the end of Bolt's middleware, instead of listeners: Bolt acknowledges those before they run,
asks each in turn whether it is meant, and leaves what none is meant for unacknowledged, so that it comes four times.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.workspace import Workspace, at_fault, library_log
from bot.errors import StoreError

log = logging.getLogger("frontdesk.slack")

PATH = "/slack/events"
PATIENCE = 2.5  # seconds: of the 3 that Slack waits, some pass on the way
GRACE = 5.0

Body = Mapping[str, Any]
Ack = dict[str, Any] | None
Handler = Callable[[Workspace, Body], Awaitable[Ack]]


class Intake(AsyncMiddleware):
    """Takes every request of Slack's. An event that was not taken is not acknowledged, so that it comes again."""

    def __init__(self, take: Handler, spaces: Mapping[str, Workspace]) -> None:
        self._take = take
        self._spaces = spaces
        self._working: set[asyncio.Task[Ack]] = set()
        self.heard = 0
        self.closing = False
        self.complete = False  # whether every workspace is known: what then comes from others is not for us

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """Answer a request that Bolt has verified."""
        self.heard += 1
        space = self._spaces.get(req.context.team_id or "")
        if self.closing or (space is None and not self.complete):
            return BoltResponse(status=503, body="")
        if space is None:
            return BoltResponse(status=200, body="")
        task = asyncio.ensure_future(self._take(space, req.body))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        await asyncio.wait([task], timeout=PATIENCE)
        return _answer(task, is_event="event" in req.body)

    async def drain(self) -> None:
        """Take nothing any more, and let what is in hand come to its end."""
        self.closing = True
        if self._working:
            await asyncio.wait(self._working, timeout=GRACE)
        for task in self._working:
            task.cancel()


def _answer(task: "asyncio.Task[Ack]", *, is_event: bool) -> BoltResponse:
    """Return the acknowledgement, or none for an event that shall come again."""
    if not task.done():
        task.add_done_callback(_report)
        return BoltResponse(status=503 if is_event else 200, body="")
    if _report(task):
        # Slack does not repeat what people press: they have been told, or see that nothing happened.
        return BoltResponse(status=503 if is_event else 200, body="")
    answer = task.result()
    if not answer:
        return BoltResponse(status=200, body="")
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": "application/json"})


def _report(task: "asyncio.Task[Ack]") -> BaseException | None:
    if task.cancelled():
        return asyncio.CancelledError()
    error = task.exception()
    if isinstance(error, StoreError):
        log.error("a request was not stored: %s", error)
    elif error:
        log.error("a request was not understood: %s", at_fault(error))
    return error


class _ByTeam(AsyncAuthorize):
    """Tells Bolt who the bot is in a team, so that it leaves out the bot's own events."""

    def __init__(self, spaces: Mapping[str, Workspace]) -> None:
        self._spaces = spaces

    async def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult:
        space = self._spaces.get(team_id or "")
        bot, bot_id = (space.bot, space.bot_id) if space else (None, None)
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_user_id=bot, bot_id=bot_id)


def new_app(intake: Intake, spaces: Mapping[str, Workspace], client: AsyncWebClient, secret: str) -> AsyncApp:
    """Return the Bolt app that verifies requests and hands them to the intake."""
    app = AsyncApp(
        name=library_log.name,  # Bolt sets the level of the logger that is called so
        logger=library_log,
        client=client,
        signing_secret=secret,
        authorize=_ByTeam(spaces),
        process_before_response=True,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(intake)
    return app


def route(current: Callable[[], AsyncApp | None]) -> web.RouteDef:
    """Return the route for events, presses, forms and commands in HTTP mode."""

    async def handle(request: web.Request) -> web.Response:
        app = current()
        if app is None:
            return web.Response(status=503)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return web.post(PATH, handle)
