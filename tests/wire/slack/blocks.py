"""Block Kit's grammar as tables: which fields each block, element and view has, and how long each may be.

Limits are from Slack's reference pages and slack_sdk's models; what no page states is not checked.
"""

import itertools
from typing import Any

from tests.wire.slack.rules import (
    Report,
    Rule,
    boolean,
    either,
    kinds,
    many,
    matching,
    mrkdwn,
    number,
    one_of,
    shape,
    string,
    text,
    true,
)
from tests.wire.slack.world import Json

_names = itertools.count(1)

# Seen in the field (bolt-js#2509), on no reference page.
MOST_TEXT = 13_200

CONFIRM = shape(
    {
        "title": text(100),
        "text": mrkdwn(300),
        "confirm": text(30),
        "deny": text(30),
        "style": one_of("primary", "danger"),
    },
    "title",
    "text",
    "confirm",
    "deny",
)


def _action_id(value: Any, where: str, report: Report) -> None:
    string(255)(value, where, report)
    if isinstance(value, str):
        if value in report.action_ids:
            report.add(where, f'`action_id` "{value}" already exists for another element in its block')
        report.action_ids.add(value)


def _option(label: Rule) -> Rule:
    return shape({"text": label, "value": string(150), "description": label, "url": string(3000)}, "text", "value")


OPTION = _option(text(75))
MARKED_OPTION = _option(mrkdwn(75))
OPTIONS = many(OPTION, 1, 100)
GROUPS = many(shape({"label": text(75), "options": OPTIONS}, "label", "options"), 1, 100)


def _focus(value: Any, where: str, report: Report) -> None:
    boolean(value, where, report)
    report.focused += value is True
    if report.focused > 1:
        report.add(where, "only one element may have focus_on_load")


def element(fields: dict[str, Rule], *required: str) -> Rule:
    """Describe an interactive element: type and action_id are everywhere."""
    return shape({"type": true, "action_id": _action_id} | fields, "type", *required)


FOCUS: dict[str, Rule] = {"focus_on_load": _focus}
SELECT: dict[str, Rule] = {"placeholder": text(150), "confirm": CONFIRM} | FOCUS
MULTI: dict[str, Rule] = SELECT | {"max_selected_items": number(1, 100)}
STATIC: dict[str, Rule] = {"options": OPTIONS, "option_groups": GROUPS}
ID = matching(r"[A-Z][A-Z0-9]+")
FILTER = shape(
    {
        "include": many(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)
DISPATCH = shape({"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
INPUT: dict[str, Rule] = {"placeholder": text(150), "dispatch_action_config": DISPATCH} | FOCUS
IMAGE: dict[str, Rule] = {
    "type": true,
    "image_url": string(3000),
    "slack_file": shape({"id": ID, "url": string(3000)}),
    "alt_text": string(2000),
}
FEEDBACK = shape({"text": text(75), "value": string(2000), "accessibility_label": string(75)}, "text", "value")


ELEMENTS: dict[str, Rule] = {
    "button": element(
        {
            "text": text(75),
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
        "text",
    ),
    "static_select": either(element(SELECT | STATIC | {"initial_option": OPTION}), "options", "option_groups"),
    "multi_static_select": either(element(MULTI | STATIC | {"initial_options": OPTIONS}), "options", "option_groups"),
    "external_select": element(SELECT | {"min_query_length": number(0, 100), "initial_option": OPTION}),
    "multi_external_select": element(MULTI | {"min_query_length": number(0, 100), "initial_options": OPTIONS}),
    "users_select": element(SELECT | {"initial_user": ID}),
    "multi_users_select": element(MULTI | {"initial_users": many(ID, 1, 100)}),
    "conversations_select": element(
        SELECT
        | {
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        }
    ),
    "multi_conversations_select": element(
        MULTI
        | {"initial_conversations": many(ID, 1, 100), "default_to_current_conversation": boolean, "filter": FILTER}
    ),
    "channels_select": element(SELECT | {"initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": element(MULTI | {"initial_channels": many(ID, 1, 100)}),
    "overflow": element({"options": many(OPTION, 1, 5), "confirm": CONFIRM}, "options"),
    "datepicker": element(SELECT | {"initial_date": matching(r"\d{4}-\d\d-\d\d")}),
    "timepicker": element(SELECT | {"initial_time": matching(r"\d\d:\d\d"), "timezone": string(100)}),
    "datetimepicker": element({"initial_date_time": number(0, 10**10 - 1), "confirm": CONFIRM} | FOCUS),
    "radio_buttons": element(
        {"options": many(MARKED_OPTION, 1, 10), "initial_option": MARKED_OPTION, "confirm": CONFIRM} | FOCUS, "options"
    ),
    "checkboxes": element(
        {"options": many(MARKED_OPTION, 1, 10), "initial_options": many(MARKED_OPTION, 1, 10), "confirm": CONFIRM}
        | FOCUS,
        "options",
    ),
    "plain_text_input": element(
        INPUT
        | {
            "multiline": boolean,
            "initial_value": string(3000, 0),
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        }
    ),
    "email_text_input": element(INPUT | {"initial_value": string(3000, 0)}),
    "url_text_input": element(INPUT | {"initial_value": string(3000, 0)}),
    "number_input": element(
        INPUT
        | {
            "is_decimal_allowed": boolean,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
        "is_decimal_allowed",
    ),
    "rich_text_input": element(INPUT | {"initial_value": true}),
    "file_input": element({"filetypes": many(string(20), 1, 100), "max_files": number(1, 10)}),
    "image": either(shape(IMAGE, "type", "alt_text"), "image_url", "slack_file"),
    "workflow_button": element(
        {"text": text(75), "workflow": true, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
        "text",
        "workflow",
        "action_id",
    ),
    "feedback_buttons": element(
        {"positive_button": FEEDBACK, "negative_button": FEEDBACK}, "positive_button", "negative_button"
    ),
    "icon_button": element(
        {
            "icon": one_of("trash"),
            "text": text(75),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": many(ID, 1, 100),
        },
        "icon",
        "text",
    ),
    "plain_text": text(3000),
    "mrkdwn": mrkdwn(3000),
}

SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
ACCESSORY = ("button", "overflow", "image", "workflow_button", *SELECTS, *PICKERS)
ACTIONS = (
    *("button", "overflow", "datetimepicker", "workflow_button", "rich_text_input", "plain_text_input"),
    *SELECTS,
    *PICKERS,
)
INPUTS = (
    *("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"),
    *("datetimepicker", *SELECTS, *PICKERS),
)


def _rich(value: Any, where: str, report: Report) -> None:
    """Look at the skeleton of rich text only: the bot has little reason to write it."""
    if not isinstance(value, dict) or value.get("type") not in (
        "rich_text_section",
        "rich_text_list",
        "rich_text_preformatted",
        "rich_text_quote",
    ):
        report.add(where, "unsupported rich text element")
        return
    for inner in value.get("elements", ()):
        if isinstance(inner, dict) and isinstance(inner.get("text"), str):
            report.length += len(inner["text"])
            if not inner["text"]:
                report.add(f"{where}/text", "must be more than 0 characters")


def _markdown(value: Any, where: str, report: Report) -> None:
    string(12_000)(value, where, report)


def _block_id(value: Any, where: str, report: Report) -> None:
    string(255)(value, where, report)
    if isinstance(value, str):
        if value in report.block_ids:
            report.add(where, f'`block_id` "{value}" already exists for another block')
        report.block_ids.add(value)


def block(fields: dict[str, Rule], *required: str) -> Rule:
    """Describe a block: type and block_id are everywhere, and action ids must differ inside one."""
    rule = shape({"type": true, "block_id": _block_id} | fields, *required)

    def fresh(value: Any, where: str, report: Report) -> None:
        report.action_ids = set()
        rule(value, where, report)

    return fresh


def _section(value: Any, where: str, report: Report) -> None:
    SECTION(value, where, report)
    if "text" not in value and "fields" not in value:
        report.add(where, "must have text or fields")


def _input(value: Any, where: str, report: Report) -> None:
    report.has_input = True
    INPUT_BLOCK(value, where, report)


SECTION = block(
    {
        "text": mrkdwn(3000),
        "fields": many(mrkdwn(2000), 1, 10),
        "accessory": kinds(ELEMENTS, *ACCESSORY),
        "expand": boolean,
    }
)
INPUT_BLOCK = block(
    {
        "label": text(2000),
        "element": kinds(ELEMENTS, *INPUTS),
        "hint": text(2000),
        "optional": boolean,
        "dispatch_action": boolean,
    },
    "label",
    "element",
)
BLOCKS: dict[str, Rule] = {
    "section": _section,
    "divider": block({}),
    "image": either(block(IMAGE | {"title": text(2000)}, "alt_text"), "image_url", "slack_file"),
    "actions": block({"elements": many(kinds(ELEMENTS, *ACTIONS), 1, 25)}, "elements"),
    "context": block({"elements": many(kinds(ELEMENTS, "image", "plain_text", "mrkdwn"), 1, 10)}, "elements"),
    "context_actions": block({"elements": many(kinds(ELEMENTS, "feedback_buttons", "icon_button"), 1, 5)}, "elements"),
    "header": block({"text": text(150)}, "text"),
    "input": _input,
    "rich_text": block({"elements": many(_rich, 1, 1000)}, "elements"),
    "markdown": block({"text": _markdown}, "text"),
    "file": block({"external_id": string(255), "source": one_of("remote")}, "external_id", "source"),
    "video": block(
        {
            "title": text(200),
            "title_url": string(3000),
            "description": text(200),
            "video_url": string(3000),
            "thumbnail_url": string(3000),
            "alt_text": string(2000),
            "author_name": string(50),
            "provider_name": string(50),
            "provider_icon_url": string(3000),
        },
        "title",
        "video_url",
        "thumbnail_url",
        "alt_text",
    ),
    "table": block({"rows": many(many(true, 1, 20), 1, 100), "column_settings": many(true, 0, 20)}, "rows"),
}

# Slack's own limits on where a block may stand.
IN_MESSAGES = tuple(BLOCKS)
IN_VIEWS = tuple(name for name in BLOCKS if name not in ("file", "markdown", "table", "context_actions"))

_VIEW: dict[str, Rule] = {
    "type": true,
    "private_metadata": string(3000, 0),
    "callback_id": string(255),
    "external_id": string(255),
}
VIEWS: dict[str, Rule] = {
    "modal": shape(
        _VIEW
        | {
            "title": text(24),
            "blocks": many(kinds(BLOCKS, *IN_VIEWS), 1, 100),
            "close": text(24),
            "submit": text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        "title",
        "blocks",
    ),
    "home": shape(_VIEW | {"blocks": many(kinds(BLOCKS, *IN_VIEWS), 0, 100)}, "blocks"),
}

OPTIONS_ANSWER = either(
    shape({"options": many(OPTION, 0, 100), "option_groups": many(true, 0, 100)}), "options", "option_groups"
)


def check_blocks(blocks: Any, most: int = 50) -> tuple[list[str], int]:
    """Check a message's blocks; return the problems and the length of all text in them."""
    report = Report()
    many(kinds(BLOCKS, *IN_MESSAGES), 0, most)(blocks, "/blocks", report)
    return report.problems, report.length


def check_view(view: Any, kind: str) -> list[str]:
    """Check a view of the kind (modal or home) that the method opens."""
    report = Report()
    kinds(VIEWS, kind)(view, "/view", report)
    if kind == "modal" and report.has_input and isinstance(view, dict) and "submit" not in view:
        report.add("/view", "missing required field: submit, as the view has an input block")
    return report.problems


def check_options(answer: Any) -> list[str]:
    """Check what an app answers to a `block_suggestion`."""
    report = Report()
    OPTIONS_ANSWER(answer, "", report)
    return report.problems


def with_ids(blocks: list[Json]) -> list[Json]:
    """Give blocks and elements the ids that Slack makes up when the app names none."""
    named = []
    for block_ in blocks:
        copy = dict(block_)
        copy.setdefault("block_id", f"b{next(_names)}")
        for key in ("accessory", "element"):
            if isinstance(copy.get(key), dict):
                copy[key] = _with_action_id(copy[key])
        if copy["type"] in ("actions", "context_actions"):
            copy["elements"] = [_with_action_id(e) for e in copy["elements"]]
        named.append(copy)
    return named


def _with_action_id(element_: Json) -> Json:
    if element_["type"] == "image" or "action_id" in element_:
        return element_
    return element_ | {"action_id": f"a{next(_names)}"}
