"""Which Web API methods exist, the scope each needs, and which arguments each takes: a table, and how to read by it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.slack.world import Json, Team


class Refusal(Exception):
    """Slack says no. `wrong` marks what a correct app never causes: it becomes a violation."""

    def __init__(self, error: str, *, wrong: str = "", **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.wrong = wrong
        self.extra = extra


def malformed(error: str, problems: list[str]) -> Refusal:
    """Refuse blocks, views or arguments, naming each problem as Slack does."""
    return Refusal(
        error,
        wrong="; ".join(problems),
        errors=problems,
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method's needs: `scope` may hold `{kind}` where the kind of room decides; `kinds` of arguments by name."""

    scope: str
    required: tuple[str, ...]
    kinds: dict[str, str]


def _method(scope: str, required: str = "", optional: str = "") -> Method:
    """Read 'name' or 'name:kind' words; a kind is text (default), flag, number or json."""
    kinds = {}
    for word in (required + " " + optional).split():
        name, _, kind = word.partition(":")
        kinds[name] = kind or "text"
    return Method(scope=scope, required=tuple(w.partition(":")[0] for w in required.split()), kinds=kinds)


_SAY = "text blocks:json attachments:json as_user:flag link_names:flag parse markdown_text thread_ts"
_FACE = "username icon_emoji icon_url"
_PAGE = "cursor limit:number"
_PAST = f"{_PAGE} oldest latest inclusive:flag include_all_metadata:flag"
_VIEW = "trigger_id interactivity_pointer"

METHODS: dict[str, Method] = {
    "api.test": _method("", "", "error foo"),
    "auth.test": _method(""),
    "apps.connections.open": _method("connections:write"),
    "assistant.threads.setStatus": _method(
        "assistant:write|chat:write", "channel_id thread_ts status", f"loading_messages:json {_FACE}"
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        "assistant:write|chat:write", "channel_id prompts:json", "thread_ts title"
    ),
    "assistant.threads.setTitle": _method("assistant:write|chat:write", "channel_id thread_ts title"),
    "bots.info": _method("users:read", "", "bot team_id"),
    "chat.postMessage": _method(
        "chat:write",
        "channel",
        f"{_SAY} {_FACE} reply_broadcast:flag unfurl_links:flag unfurl_media:flag mrkdwn:flag metadata:json"
        " container_id",
    ),
    "chat.postEphemeral": _method("chat:write", "channel user", f"{_SAY} {_FACE}"),
    "chat.update": _method(
        "chat:write",
        "channel ts",
        "text blocks:json attachments:json as_user:flag link_names:flag parse markdown_text reply_broadcast:flag"
        " metadata:json file_ids",
    ),
    "chat.delete": _method("chat:write", "channel ts", "as_user:flag"),
    "chat.getPermalink": _method("", "channel message_ts"),
    "conversations.open": _method(
        "im:write|mpim:write", "", "channel users return_im:flag prevent_creation:flag force_create:flag"
    ),
    "conversations.info": _method("{kind}:read", "channel", "include_locale:flag include_num_members:flag"),
    "conversations.list": _method("", "", f"{_PAGE} exclude_archived:flag team_id types"),
    "conversations.members": _method("{kind}:read", "channel", _PAGE),
    "conversations.history": _method("{kind}:history", "channel", _PAST),
    "conversations.replies": _method("{kind}:history", "channel ts", _PAST),
    "conversations.join": _method("channels:join", "channel"),
    "conversations.leave": _method("channels:join|channels:manage", "channel"),
    "files.getUploadURLExternal": _method("files:write", "filename length:number", "alt_txt snippet_type"),
    "files.completeUploadExternal": _method(
        "files:write", "files:json", "channel_id channels initial_comment thread_ts blocks:json"
    ),
    "files.info": _method("files:read", "file", f"{_PAGE} count:number page:number"),
    "files.delete": _method("files:write", "file"),
    "pins.add": _method("pins:write", "channel", "timestamp"),
    "pins.remove": _method("pins:write", "channel", "timestamp"),
    "pins.list": _method("pins:read", "channel"),
    "reactions.add": _method("reactions:write", "channel name timestamp"),
    "reactions.remove": _method("reactions:write", "name", "channel timestamp file file_comment"),
    "reactions.get": _method("reactions:read", "", "channel timestamp full:flag file file_comment"),
    "team.info": _method("team:read", "", "team domain include_slackbot_availability:flag"),
    "usergroups.list": _method(
        "usergroups:read", "", "include_count:flag include_disabled:flag include_users:flag team_id"
    ),
    "usergroups.users.list": _method("usergroups:read", "usergroup", "include_disabled:flag team_id"),
    "users.info": _method("users:read", "user", "include_locale:flag"),
    "users.list": _method("users:read", "", f"{_PAGE} include_locale:flag team_id"),
    "users.lookupByEmail": _method("users:read.email", "email"),
    "users.conversations": _method("", "", f"{_PAGE} exclude_archived:flag team_id types user"),
    "views.open": _method("", "view:json", _VIEW),
    "views.push": _method("", "view:json", _VIEW),
    "views.update": _method("", "view:json", "external_id view_id hash"),
    "views.publish": _method("", "user_id view:json", "hash"),
}


@dataclass(slots=True, kw_only=True)
class Call:
    """One call after its token and arguments were read."""

    method: str
    team: Team
    token: str
    raw: Json
    args: Json = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Give a text argument."""
        return str(self.args.get(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """Give a yes/no argument."""
        return bool(self.args.get(name, default))

    def number(self, name: str, default: int) -> int:
        """Give a whole number."""
        return int(self.args.get(name, default))


# Bolt's clients put team_id into every call, whatever the method.
EVERYWHERE = ("token", "team_id")


def read(raw: Json, method: Method) -> Json:
    """Turn raw arguments (strings of a form, or JSON values) into their kinds; refuse what the method does not know."""
    problems: list[str] = []
    args: Json = {}
    for name, value in raw.items():
        kind = method.kinds.get(name)
        if value is None or (kind is None and name in EVERYWHERE):
            continue
        if kind is None:
            problems.append(f"unknown argument: {name}")
            continue
        try:
            args[name] = _KINDS[kind](value)
        except ValueError:
            problems.append(f"argument {name} must be a valid {kind}")
    problems += [f"missing required field: {name}" for name in method.required if args.get(name) in (None, "")]
    if problems:
        raise malformed("invalid_arguments", problems)
    return args


def _text(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise ValueError
    return str(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("1", "true"):
        return True
    if str(value).lower() in ("0", "false", ""):
        return False
    raise ValueError


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


_KINDS: dict[str, Callable[[Any], Any]] = {"text": _text, "flag": _flag, "number": int, "json": _json}
