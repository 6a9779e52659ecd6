"""The Slack app as Slack wants it described: exactly the rights, events and commands that the code uses, and why; pure.

The table is the one place that names them: the manifest is made of it, `frontdesk doctor` checks by it, and a test
holds the code to it.
"""

from dataclasses import dataclass
from typing import Any

from bot.channels.slack.controls import LINKING, MYCASES, SHORTCUT
from bot.channels.slack.glancing import COMMAND as DESK
from bot.channels.slack.intake import PATH
from bot.channels.words import label, shortened
from bot.dialog.catalog import Catalog

COMMANDS = {  # each with the texts that say what it is and what may stand after it
    "/help": ("ui_help_command", "ui_help_option"),
    MYCASES: ("ui_mycases_command", ""),
    LINKING: ("ui_link_command", "ui_link_option"),
    DESK: ("desk_command", "desk_command_hint"),
}
JOINED = "team_join"
APP_SCOPE = "connections:write"  # of the app-level token, which a manifest cannot ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A right of the bot: what it is for, and which methods, events and features need it."""

    name: str
    why: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


_PAST = ("conversations.history", "conversations.replies")

SCOPES = (
    Scope(name="app_mentions:read", why="hear when somebody names the bot", events=("app_mention",)),
    Scope(
        name="assistant:write",
        why="stand among the agents in Slack's agent view, which asks for it",
        features=("agent_view",),
    ),
    Scope(
        name="channels:history",
        why="read what is asked in public channels, and what was asked while the bot was away",
        methods=_PAST,
        events=("message.channels",),
    ),
    Scope(
        name="channels:read",
        why="check that the bot is in its public channels, and find where it was named while it was away",
        methods=("conversations.info", "users.conversations"),
    ),
    Scope(
        name="chat:write",
        why="answer, correct and take back what the bot has said",
        methods=("chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral"),
    ),
    Scope(
        name="commands",
        why=f"{' and '.join(COMMANDS)}, and help with a message",
        features=("slash_commands", "shortcuts"),
    ),
    Scope(name="files:read", why="pass customers' files on to the team", methods=("files.info",)),
    Scope(
        name="files:write",
        why="pass the team's files on to customers",
        methods=("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"),
    ),
    Scope(
        name="groups:history",
        why="read what is asked in private channels, and what staff write in theirs",
        methods=_PAST,
        events=("message.groups",),
    ),
    Scope(
        name="groups:read",
        why="check that the bot is in its private channels, and find where it was named while it was away",
        methods=("conversations.info", "users.conversations"),
    ),
    Scope(name="im:history", why="read what customers write to the bot itself", methods=_PAST, events=("message.im",)),
    Scope(
        name="im:read",
        why="find who wrote to the bot itself for the first time while it was away",
        methods=("users.conversations",),
    ),
    Scope(name="im:write", why="go on in private where personal details are needed", methods=("conversations.open",)),
    Scope(
        name="mpim:history",
        why="hear when somebody names the bot in a group of direct messages",
        methods=_PAST,
        events=("message.mpim",),
    ),
    Scope(
        name="mpim:read",
        why="find where it was named in groups of direct messages while it was away",
        methods=("users.conversations",),
    ),
    Scope(name="pins:write", why="pin the board that shows the desk in the staff's channels", methods=("pins.add",)),
    Scope(name="reactions:write", why="mark the team's replies as delivered", methods=("reactions.add",)),
    Scope(
        name="usergroups:read",
        why="know who works here by the user groups that you name",
        methods=("usergroups.users.list",),
        events=("subteam_members_changed", "subteam_updated"),
    ),
    Scope(
        name="users:read",
        why="call people by their names, welcome those who join, and tell the team when a customer has left",
        methods=("users.info",),
        events=("user_change", JOINED),
    ),
)

# What needs no right of its own.
FREE_METHODS = ("apps.connections.open", "auth.test", "views.open", "views.publish", "views.update")
FREE_EVENTS = ("app_home_opened",)


def scopes() -> list[str]:
    """Return the rights that the bot asks for."""
    return [scope.name for scope in SCOPES]


def events(*, welcome: bool = False) -> list[str]:
    """Return the events that the bot is sent; of people who join, only where they are welcomed."""
    wanted = {*FREE_EVENTS, *(event for scope in SCOPES for event in scope.events)}
    return sorted(wanted if welcome else wanted - {JOINED})


def manifest(catalog: Catalog, *, mode: str, url: str = "", welcome: bool = False) -> dict[str, Any]:
    """Return the app's manifest; in the mode "http", `url` is where the bot's server is reached from outside."""
    request = {} if mode == "socket" else {"request_url": url.rstrip("/") + PATH}
    command = {"url": request["request_url"]} if request else {}
    return {
        "display_information": {
            "name": shortened(catalog.voice.bot, 35),
            "description": label(catalog, "ui_help_command", 140),
        },
        "features": _features(catalog, command),
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": events(welcome=welcome)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _features(catalog: Catalog, command: dict[str, str]) -> dict[str, Any]:
    asked = [{"title": text[:75], "message": text[:300]} for text in catalog.suggestions[:4]]
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "agent_view": {
            "agent_description": label(catalog, "ui_home", 300),
            **({"suggested_prompts": asked} if asked else {}),
        },
        "bot_user": {"display_name": shortened(catalog.voice.bot, 80), "always_online": True},
        "shortcuts": [
            {
                "name": label(catalog, "ui_shortcut", 24),
                "type": "message",
                "callback_id": SHORTCUT,
                "description": label(catalog, "ui_help_command", 150),
            }
        ],
        "slash_commands": [
            {
                "command": name,
                "description": label(catalog, about, 100),
                **({"usage_hint": label(catalog, hint, 100)} if hint else {}),
                "should_escape": False,
                **command,
            }
            for name, (about, hint) in COMMANDS.items()
        ],
    }
