"""The Web API's front door: token, arguments, faults, then the method; answers and errors in Slack's form."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.slack import files, methods_chat, methods_rooms, views
from tests.wire.slack.arguments import METHODS, Call, Refusal, read
from tests.wire.slack.rooms import require
from tests.wire.slack.trouble import refused, through
from tests.wire.slack.world import Json, Team

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

Handler = Callable[["SlackServer", Call], Json]


def _test(slack: "SlackServer", call: Call) -> Json:
    return {"args": call.args}


def _auth(slack: "SlackServer", call: Call) -> Json:
    team = call.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.people[team.bot_user].name,
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def _connect(slack: "SlackServer", call: Call) -> Json:
    if not slack.sockets.enabled:
        raise Refusal("forbidden_team")
    return {"url": slack.sockets.ticket()}


HANDLERS: dict[str, Handler] = {
    "api.test": _test,
    "auth.test": _auth,
    "apps.connections.open": _connect,
    "assistant.threads.setStatus": methods_rooms.assistant_status,
    "assistant.threads.setSuggestedPrompts": methods_rooms.assistant_prompts,
    "assistant.threads.setTitle": methods_rooms.assistant_title,
    "bots.info": methods_rooms.bot_info,
    "chat.postMessage": methods_chat.post_message,
    "chat.postEphemeral": methods_chat.post_ephemeral,
    "chat.update": methods_chat.update,
    "chat.delete": methods_chat.delete,
    "chat.getPermalink": methods_chat.permalink,
    "conversations.open": methods_rooms.open_,
    "conversations.info": methods_rooms.info,
    "conversations.list": methods_rooms.list_,
    "conversations.members": methods_rooms.members,
    "conversations.history": methods_rooms.history,
    "conversations.replies": methods_rooms.replies,
    "conversations.join": methods_rooms.join,
    "conversations.leave": methods_rooms.leave,
    "files.getUploadURLExternal": files.upload_url,
    "files.completeUploadExternal": files.complete,
    "files.info": files.info,
    "files.delete": files.delete,
    "pins.add": methods_chat.pin,
    "pins.remove": methods_chat.unpin,
    "pins.list": methods_chat.pins,
    "reactions.add": methods_chat.react,
    "reactions.remove": methods_chat.unreact,
    "reactions.get": methods_chat.reactions,
    "team.info": methods_rooms.team_info,
    "usergroups.list": methods_rooms.groups,
    "usergroups.users.list": methods_rooms.group_users,
    "users.info": methods_rooms.user_info,
    "users.list": methods_rooms.users,
    "users.lookupByEmail": methods_rooms.by_email,
    "users.conversations": methods_rooms.of_user,
    "views.open": views.open_,
    "views.push": views.push,
    "views.update": views.update,
    "views.publish": views.publish,
}


async def serve(slack: "SlackServer", request: web.Request) -> web.StreamResponse:
    """Serve one call."""
    method = request.match_info["method"]
    try:
        raw = await _arguments(request)
    except ValueError:
        slack.world.violate(f"{method}: the body is not JSON (invalid_json)")
        return _answer({"ok": False, "error": "invalid_json"})
    authorization = request.headers.get("Authorization", "")

    async def effect() -> web.Response:
        return _perform(slack, method, raw, authorization)

    return await through(slack, request, method, raw, effect)


def _perform(slack: "SlackServer", method: str, raw: Json, authorization: str) -> web.Response:
    facts = METHODS.get(method)
    token = authorization.removeprefix("Bearer ").strip() or str(raw.get("token") or "")
    scopes = {}
    try:
        if facts is None:
            raise Refusal("unknown_method", wrong=f"{method}: no such method here", req_method=method)
        team = _team(slack, method, token)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(team.scopes)), "X-Accepted-OAuth-Scopes": facts.scope}
        call = Call(method=method, team=team, token=token, raw=raw)
        if "{" not in facts.scope and method != "apps.connections.open":
            require(call, facts.scope)
        call.args = read(raw, facts)
        result = HANDLERS[method](slack, call)
    except Refusal as refusal:
        return refused(slack, method, refusal)
    return _answer({"ok": True} | result, scopes)


def _team(slack: "SlackServer", method: str, token: str) -> Team:
    if not token:
        raise Refusal("not_authed", wrong=f"{method}: without a token")
    if token == slack.app_token:
        if method not in ("apps.connections.open", "api.test"):
            raise Refusal("not_allowed_token_type", wrong=f"{method}: with the app-level token")
        return slack.team_of(slack.team)
    if token in slack.dead_tokens:
        raise Refusal(slack.dead_tokens[token])
    if token not in slack.tokens:
        raise Refusal("invalid_auth", wrong=f"{method}: with an unknown token")
    if method == "apps.connections.open":
        raise Refusal("not_allowed_token_type", wrong=f"{method}: with a bot token")
    return slack.tokens[token]


def _answer(body: Json, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, headers=headers)


async def _arguments(request: web.Request) -> Json:
    """Read arguments from the query and the body, be it a form or JSON, as slack_sdk sends them."""
    raw: Json = dict(request.query)
    if request.method != "POST":
        return raw
    if request.content_type == "application/json":
        text = await request.text()
        body = json.loads(text) if text else {}
        return raw | body if isinstance(body, dict) else raw
    form = await request.post()
    return raw | {key: value for key, value in form.items() if isinstance(value, str)}
