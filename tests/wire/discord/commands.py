"""Limits of application commands, and of the choices that autocomplete may answer. Pure checks."""

import re
from typing import Any

from tests.wire.discord.errors import ApiError, Form, fields

Json = dict[str, Any]

CHAT, USER, MESSAGE = 1, 2, 3
MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")
_KEYS = fields(
    "id name name_localizations description description_localizations options default_member_permissions "
    "dm_permission default_permission integration_types contexts type nsfw handler"
)
_OPTION = fields(
    "type name name_localizations description description_localizations required choices options "
    "channel_types min_value max_value min_length max_length autocomplete"
)


def check_commands(commands: list[Json]) -> None:
    """Refuse a set of commands that breaks a limit."""
    form = Form()
    seen: set[tuple[int, str]] = set()
    for kind, most in MOST.items():
        if sum(command.get("type", CHAT) == kind for command in commands) > most:
            raise ApiError(30032, violation=f"more than {most} commands of type {kind}")
    for at, command in enumerate(commands):
        form.known(str(at), command, _KEYS)
        kind = command.get("type", CHAT)
        name = command.get("name") or ""
        if (kind, name) in seen:
            form.wrong(str(at), "APPLICATION_COMMANDS_DUPLICATE_NAME", f"Option names must be unique: {name}")
        seen.add((kind, name))
        if kind == CHAT:
            _name(form, f"{at}.name", name)
            form.length(f"{at}.description", command.get("description") or "", 100, 1)
            _options(form, f"{at}.options", command.get("options"))
        else:
            form.length(f"{at}.name", name, 32, 1)
            if command.get("description"):
                form.wrong(f"{at}.description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Cannot have one.")
        if _letters(command) > 8000:
            form.wrong(str(at), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    form.refuse()


def _letters(item: Json) -> int:
    own = len(item.get("name") or "") + len(item.get("description") or "")
    own += sum(len(str(choice["name"])) + len(str(choice["value"])) for choice in item.get("choices") or [])
    return own + sum(_letters(option) for option in item.get("options") or [])


def _name(form: Form, path: str, name: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        form.wrong(path, "APPLICATION_COMMAND_INVALID_NAME", f"Command name is invalid: {name!r}")


def _options(form: Form, path: str, options: object) -> None:
    optional = False
    listed = form.count(path, options, 25)
    names = [option.get("name") for option in listed]
    if len(names) != len(set(names)):
        form.wrong(path, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
    for at, option in enumerate(listed):
        here = f"{path}.{at}"
        form.known(here, option, _OPTION)
        _name(form, f"{here}.name", option.get("name") or "")
        form.length(f"{here}.description", option.get("description") or "", 100, 1)
        if option["type"] in (1, 2):
            _options(form, f"{here}.options", option.get("options"))
            continue
        if option.get("required") and optional:
            form.wrong(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must come first")
        optional = optional or not option.get("required")
        if option.get("choices") and option.get("autocomplete"):
            form.wrong(here, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Choices and autocomplete are exclusive")
        check_choices(form, f"{here}.choices", option.get("choices"))


def check_choices(form: Form, path: str, choices: object) -> None:
    """Hold choices to 25, with names of 1 to 100 and text values of at most 100."""
    for at, choice in enumerate(form.count(path, choices, 25)):
        form.length(f"{path}.{at}.name", choice.get("name") or "", 100, 1)
        if isinstance(choice.get("value"), str):
            form.length(f"{path}.{at}.value", choice["value"], 100)
        elif choice.get("value") is None:
            form.wrong(f"{path}.{at}.value", "BASE_TYPE_REQUIRED", "This field is required")
