"""What controls hold: the value of each kind of input, as Slack writes it into `state` and actions."""

from typing import TYPE_CHECKING, Any

from tests.wire.slack.shown import elements_of, text_object
from tests.wire.slack.world import Json

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# Where each kind of input keeps its value, and in which form.
VALUES = {
    "plain_text_input": ("value", "text"),
    "email_text_input": ("value", "text"),
    "url_text_input": ("value", "text"),
    "number_input": ("value", "text"),
    "rich_text_input": ("rich_text_value", "text"),
    "static_select": ("selected_option", "option"),
    "external_select": ("selected_option", "option"),
    "radio_buttons": ("selected_option", "option"),
    "overflow": ("selected_option", "option"),
    "multi_static_select": ("selected_options", "options"),
    "multi_external_select": ("selected_options", "options"),
    "checkboxes": ("selected_options", "options"),
    "users_select": ("selected_user", "text"),
    "conversations_select": ("selected_conversation", "text"),
    "channels_select": ("selected_channel", "text"),
    "multi_users_select": ("selected_users", "list"),
    "multi_conversations_select": ("selected_conversations", "list"),
    "multi_channels_select": ("selected_channels", "list"),
    "datepicker": ("selected_date", "text"),
    "timepicker": ("selected_time", "text"),
    "datetimepicker": ("selected_date_time", "number"),
    "file_input": ("files", "list"),
}

# Where an element keeps what it holds before anybody touches it.
INITIAL = (
    *("initial_value", "initial_option", "initial_options", "initial_date", "initial_time", "initial_date_time"),
    *("initial_user", "initial_conversation", "initial_channel", "initial_users", "initial_conversations"),
    "initial_channels",
)


def options_of(element: Json) -> list[Json]:
    """List the options of a menu, in groups or not."""
    found = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        found += group["options"]
    return found


def _option(slack: "SlackServer", element: Json, wanted: Any) -> Json:
    if isinstance(wanted, dict):
        return wanted
    options = options_of(element)
    for option in options:
        if wanted in (option["value"], text_object(option["text"], slack.world)):
            return option
    raise AssertionError(f"no option {wanted!r}; there are {[text_object(o['text'], slack.world) for o in options]}")


def value_of(slack: "SlackServer", element: Json, given: Any) -> Json:
    """Write a value as Slack puts it into `state` and actions."""
    key, form = VALUES[element["type"]]
    value: Any
    match form:
        case "option":
            value = None if given is None else _option(slack, element, given)
        case "options":
            value = [_option(slack, element, one) for one in given or ()]
        case "number":
            value = None if given is None else int(given)
        case "list":
            value = list(given or ())
        case _:
            value = None if given in (None, "") else str(given)
    return {"type": element["type"], key: value}


def _initial(element: Json) -> Any:
    return next((element[name] for name in INITIAL if name in element), None)


def state_of(slack: "SlackServer", blocks: list[Json], touched: Json) -> Json:
    """Collect what all inputs hold: what somebody put there, else what they held from the start."""
    values: Json = {}
    for block, element in elements_of(blocks):
        if element["type"] in VALUES and element["type"] != "overflow":
            known = touched.get(block["block_id"], {}).get(element["action_id"])
            held = known if known is not None else value_of(slack, element, _initial(element))
            values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return {"values": values}
