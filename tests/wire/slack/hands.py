"""What people touch: buttons, menus, slash commands and shortcuts, and what they see when the app is silent."""

from typing import TYPE_CHECKING, Any

from tests.wire.slack.arguments import Refusal
from tests.wire.slack.blocks import check_options
from tests.wire.slack.courier import Answer
from tests.wire.slack.methods_chat import respond
from tests.wire.slack.shown import elements_of, label_of, text_object
from tests.wire.slack.transcript import Message, visible
from tests.wire.slack.values import options_of, state_of, value_of
from tests.wire.slack.views import Modal
from tests.wire.slack.world import Channel, Json, User

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# What Slack shows when an app does not answer.
TROUBLE = "We had some trouble connecting. Try again?"


def _find(slack: "SlackServer", shown: Message | Modal, name: str) -> tuple[Json, Json]:
    """Find a control by label, action id or value; a message may also be pressed as it stood before an edit."""
    layers = [shown.blocks]
    if isinstance(shown, Message):
        layers += [version.blocks for version in reversed(shown.versions)]
    for blocks in layers:
        for block, element in elements_of(blocks):
            if name in (label_of(element, slack.world), element["action_id"], element.get("value")):
                return block, element
    there = [label_of(element, slack.world) for _, element in elements_of(shown.blocks)]
    raise AssertionError(f"no control {name!r}; there are {there} in: {shown.shown!r}")


def common(slack: "SlackServer", user: User) -> Json:
    """Give what every interaction carries."""
    return {
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team.id},
        "api_app_id": slack.app_id,
        "token": "verification-token",
        "trigger_id": slack.rights.new_trigger(user),
        "team": {"id": user.team.id, "domain": user.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _place(room: Channel) -> Json:
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": room.id, "name": names.get(room.kind, room.name)}


async def tell(slack: "SlackServer", user: User, kind: str, payload: Json, failure: str = TROUBLE) -> Answer:
    """Bring an interaction to the app; the person sees an error when it does not answer."""
    answer = await slack.courier.send(kind, payload).answer
    if answer.failed:
        slack.world.toast(user.id, failure)
    return answer


async def act(slack: "SlackServer", user: User, shown: Message | Modal, name: str, value: Any, typed: bool) -> bool:
    """Press a button, or choose in a menu (`typed`: with a value); say whether the app took it."""
    block, element = _find(slack, shown, name)
    action: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    if typed:
        held = value_of(slack, element, value)
        action |= held
        if element["type"] != "overflow":
            states = shown.states.setdefault(user.id, {}) if isinstance(shown, Message) else shown.states
            states.setdefault(block["block_id"], {})[element["action_id"]] = held
    else:
        action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    action["action_ts"] = slack.world.new_ts()
    payload: Json = {"type": "block_actions"} | common(slack, user) | {"actions": [action]}
    if isinstance(shown, Message):
        payload |= _on_message(slack, user, shown)
    else:
        view = shown.view | {"state": state_of(slack, shown.blocks, shown.states)}
        payload |= {"container": {"type": "view", "view_id": shown.id}, "view": view}
    if block["type"] == "input" and not block.get("dispatch_action") and isinstance(shown, Modal):
        return True
    answer = await tell(slack, user, "interactive", payload)
    if answer.payload:
        slack.world.violate(f"block_actions {element['action_id']}: acked with a payload, which Slack ignores")
    return not answer.failed


def _on_message(slack: "SlackServer", user: User, message: Message) -> Json:
    if message.deleted or not visible(message, user.id):
        raise AssertionError(f"{user.name} does not see {message.ts}")
    room = message.channel
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": room.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: Json = {
        "container": container,
        "channel": _place(room),
        "state": state_of(slack, message.blocks, message.states.get(user.id, {})),
        "response_url": slack.rights.new_response_url(room, user, message),
    }
    # An ephemeral message is not stored, so Slack cannot send it along.
    if message.ephemeral_to is None:
        payload["message"] = message.as_json(metadata=True)
    return payload


async def suggest(slack: "SlackServer", user: User, shown: Message | Modal, name: str, typed: str) -> list[str]:
    """Type into an external select; give the labels that the app offers."""
    block, element = _find(slack, shown, name)
    payload: Json = {"type": "block_suggestion"} | common(slack, user)
    del payload["trigger_id"]
    payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    if isinstance(shown, Message):
        where = _on_message(slack, user, shown)
        payload |= {key: where[key] for key in ("container", "channel", "message") if key in where}
    else:
        payload |= {"container": {"type": "view", "view_id": shown.id}, "view": shown.view}
    answer = await tell(slack, user, "interactive", payload)
    problems = check_options(answer.payload or {}) if not answer.failed else []
    for problem in problems:
        slack.world.violate(f"options for {element['action_id']}: {problem}")
    if answer.failed or problems:
        return []
    return [text_object(option["text"], slack.world) for option in options_of(answer.payload or {})]


async def command(slack: "SlackServer", user: User, room: Channel, name: str, text: str) -> str | None:
    """Type a slash command; give the words of the app's immediate answer, if any."""
    payload = {
        "token": "verification-token",
        "team_id": user.team.id,
        "team_domain": user.team.domain,
        "channel_id": room.id,
        "channel_name": _place(room)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": slack.app_id,
        "is_enterprise_install": "false",
        "response_url": slack.rights.new_response_url(room, user, None),
        "trigger_id": slack.rights.new_trigger(user),
    }
    answer = await tell(slack, user, "slash_commands", payload, f'{name} failed with the error "operation_timeout"')
    if not answer.payload or answer.payload == {"text": ""}:
        return None
    try:
        message = respond(slack, user.team, room, user.id, answer.payload, None, f"answer to {name}")
    except Refusal as refusal:
        slack.world.violate(f"answer to {name}: {refusal.wrong or refusal.error}")
        slack.world.toast(user.id, f'{name} failed with the error "dispatch_failed"')
        return None
    return message.shown if message is not None else None


async def shortcut(slack: "SlackServer", user: User, callback_id: str, message: Message | None) -> bool:
    """Use a global shortcut, or one on a message; say whether the app took it."""
    payload = common(slack, user) | {"callback_id": callback_id, "action_ts": slack.world.new_ts()}
    if message is None:
        payload |= {"type": "shortcut"}
    else:
        room = message.channel
        payload |= {
            "type": "message_action",
            "channel": _place(room),
            "message_ts": message.ts,
            "message": message.as_json(metadata=True),
            "response_url": slack.rights.new_response_url(room, user, message),
        }
    answer = await tell(slack, user, "interactive", payload)
    if answer.payload:
        slack.world.violate(f"shortcut {callback_id}: acked with a payload, which Slack ignores")
    return not answer.failed
