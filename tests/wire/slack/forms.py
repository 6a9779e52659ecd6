"""Forms as people fill them in: what Slack's client refuses, what it sends, and what the app's answer does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.wire.slack import views
from tests.wire.slack.blocks import check_view
from tests.wire.slack.hands import TROUBLE, common, tell
from tests.wire.slack.shown import text_object
from tests.wire.slack.values import VALUES, state_of, value_of
from tests.wire.slack.views import Modal
from tests.wire.slack.world import Json, User

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer


async def submit(
    slack: "SlackServer", user: User, modal: Modal, values: Mapping[str, Any]
) -> "dict[str, str] | Modal | None":
    """Fill and send a form: None when it closed, field errors by block id, or the view that stands there now."""
    if modal.closed:
        raise AssertionError(f"the modal {modal.title!r} is closed")
    if not modal.view.get("submit"):
        raise AssertionError(f"the modal {modal.title!r} has no submit button")
    _fill(slack, modal, values)
    problems = _client_side(slack, modal)
    if problems:
        return problems
    view = modal.view | {"state": state_of(slack, modal.blocks, modal.states)}
    payload = {"type": "view_submission"} | common(slack, user) | {"view": view, "response_urls": []}
    answer = await tell(slack, user, "interactive", payload)
    if answer.failed:
        return {"": TROUBLE}
    return _after(slack, user, modal, answer.payload or {})


def _fill(slack: "SlackServer", modal: Modal, values: Mapping[str, Any]) -> None:
    for name, given in values.items():
        for block in modal.blocks:
            element = block.get("element")
            if element is None:
                continue
            if name in (block["block_id"], element["action_id"], text_object(block["label"], slack.world)):
                held = value_of(slack, element, given)
                modal.states.setdefault(block["block_id"], {})[element["action_id"]] = held
                break
        else:
            raise AssertionError(f"no input {name!r}; there are {modal.labels}")


def _client_side(slack: "SlackServer", modal: Modal) -> dict[str, str]:
    """Find what Slack's client itself refuses before the app hears of it."""
    values = state_of(slack, modal.blocks, modal.states)["values"]
    problems = {}
    for block in modal.blocks:
        element = block.get("element")
        if block["type"] != "input" or element is None:
            continue
        held = values[block["block_id"]][element["action_id"]]
        value = held[VALUES[element["type"]][0]]
        if value in (None, "", []):
            if not block.get("optional"):
                problems[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input":
            if len(value) < element.get("min_length", 0):
                problems[block["block_id"]] = f"Enter at least {element['min_length']} characters."
            elif len(value) > element.get("max_length", 3000):
                problems[block["block_id"]] = f"Enter no more than {element.get('max_length', 3000)} characters."
        elif element["type"] == "number_input" and not value.lstrip("-").replace(".", "", 1).isdigit():
            problems[block["block_id"]] = "Enter a valid number."
        elif element["type"] == "email_text_input" and "@" not in value:
            problems[block["block_id"]] = "Enter a valid email address."
    return problems


def _after(slack: "SlackServer", user: User, modal: Modal, answer: Json) -> "dict[str, str] | Modal | None":
    """Do what the app answered to a submission."""
    match answer.get("response_action"):
        case None:
            if answer:
                slack.world.violate(f"view_submission: an answer without response_action: {sorted(answer)}")
            views.shut(slack, modal)
            return None
        case "errors":
            errors = answer.get("errors")
            inputs = {block["block_id"] for block in modal.blocks if block["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
                slack.world.violate(f"view_submission: errors {errors!r} do not name input blocks {sorted(inputs)}")
                slack.world.toast(user.id, TROUBLE)
                return {"": TROUBLE}
            return {str(key): str(value) for key, value in errors.items()}
        case "clear":
            views.close_all(slack, user)
            return None
        case "update" | "push" as action:
            view = answer.get("view")
            problems = check_view(view, "modal")
            if action == "push" and len(slack.stacks.get(user.id, ())) >= views.MOST_VIEWS:
                problems.append("push_limit_reached")
            if problems or not isinstance(view, dict):
                slack.world.violate(f"view_submission: {action}: {'; '.join(problems)}")
                slack.world.toast(user.id, TROUBLE)
                return {"": TROUBLE}
            if action == "push":
                return views.push_answer(slack, modal, view)
            views.rewrite(slack, modal, view)
            return modal
        case other:
            slack.world.violate(f"view_submission: unknown response_action {other!r}")
            return {"": TROUBLE}


async def close(slack: "SlackServer", user: User, modal: Modal, *, cleared: bool) -> None:
    """Close a modal; the app hears of it if it asked."""
    modals = list(slack.stacks.get(user.id, ())) if cleared or modal.view["clear_on_close"] else [modal]
    for one in reversed(modals):
        views.shut(slack, one)
    if modal.view["notify_on_close"]:
        payload = {"type": "view_closed"} | common(slack, user) | {"view": modal.view, "is_cleared": cleared}
        del payload["trigger_id"]
        await tell(slack, user, "interactive", payload)
