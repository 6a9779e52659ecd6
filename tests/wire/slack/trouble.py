"""How one HTTP request fares: what a fault does to it, and how a refusal or a limit is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.slack.arguments import Refusal
from tests.wire.slack.world import Json

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer


async def through(
    slack: "SlackServer",
    request: web.Request,
    name: str,
    arguments: Json,
    effect: Callable[[], Awaitable[web.Response]],
) -> web.Response:
    """Count the call, let it meet its fault, and do what it asks unless the fault prevents that."""
    slack.calls[name] += 1
    slack.call_log.append((name, arguments))
    fault = slack.faults.of_call(name)
    if fault is None:
        response = await effect()
        slack.world.ring()
        return response
    match fault.kind:
        case "limit":
            return limited(int(fault.seconds))
        case "fail":
            return web.Response(status=fault.status, text="upstream request timeout")
        case "refuse":
            return web.json_response({"ok": False, "error": fault.error})
        case "cut":
            return _cut(request)
        case "slow":
            await asyncio.sleep(fault.seconds)
    response = await effect()
    slack.world.ring()
    return _cut(request) if fault.kind == "lose" else response


def refused(slack: "SlackServer", where: str, refusal: Refusal) -> web.Response:
    """Answer with Slack's error; note it when no correct app would cause it."""
    if refusal.wrong:
        what = refusal.wrong if refusal.wrong.startswith(where) else f"{where}: {refusal.wrong}"
        slack.world.violate(f"{what} ({refusal.error})")
    if refusal.error == "ratelimited":
        return limited(int(refusal.extra["after"]))
    return web.json_response({"ok": False, "error": refusal.error} | refusal.extra)


def limited(after: int) -> web.Response:
    """Answer that the app is too fast."""
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(after)})


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
