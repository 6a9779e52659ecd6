"""Reading: Slack's markup and blocks → the plain words that a person sees; and which controls stand in blocks."""

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.wire.slack.world import Json, World

MARK = re.compile(r"<([^<>]*)>")
FORMAT = re.compile(r"(?<!\w)([*_~])(?=\S)(.+?)(?<=\S)\1(?!\w)")
CODE = re.compile(r"```(.*?)```|`([^`\n]+)`", re.DOTALL)


def plain(text: str, world: "World") -> str:
    """Read mrkdwn: mentions and links become their names, emphasis and escapes disappear."""
    text = MARK.sub(lambda match: _mark(match[1], world), text)
    text = CODE.sub(lambda match: match[1] if match[1] is not None else match[2], text)
    for _ in range(3):
        text = FORMAT.sub(r"\2", text)
    return html.unescape(text)


def _mark(inside: str, world: "World") -> str:
    body, _, label = inside.partition("|")
    if body.startswith("@"):
        user = world.users.get(body[1:])
        return f"@{user.display_name}" if user else f"@{label or body[1:]}"
    if body.startswith("#"):
        room = world.channels.get(body[1:])
        return f"#{room.name}" if room else f"#{label or body[1:]}"
    if body.startswith("!date"):
        return label
    if body.startswith("!subteam"):
        return label or f"@{body.rpartition('^')[2]}"
    if body.startswith("!"):
        return f"@{body[1:]}"
    return label or body.removeprefix("mailto:")


def text_object(value: Any, world: "World") -> str:
    """Read a text object, which says itself whether it holds markup."""
    if not isinstance(value, dict):
        return ""
    text = str(value.get("text", ""))
    return plain(text, world) if value.get("type") == "mrkdwn" else text


def read_blocks(blocks: "list[Json]", world: "World") -> str:
    """Read blocks from top to bottom, one line or more each; controls are not read."""
    return "\n".join(line for block in blocks if (line := _block(block, world)))


def _block(block: "Json", world: "World") -> str:
    match block.get("type"):
        case "section":
            parts = [text_object(block.get("text"), world)]
            parts += [text_object(field, world) for field in block.get("fields", ())]
            return "\n".join(part for part in parts if part)
        case "header":
            return text_object(block.get("text"), world)
        case "context":
            parts = [
                str(e.get("alt_text", "")) if e.get("type") == "image" else text_object(e, world)
                for e in block.get("elements", ())
            ]
            return " ".join(part for part in parts if part)
        case "input":
            return "\n".join(filter(None, (text_object(block.get(key), world) for key in ("label", "hint"))))
        case "image":
            return text_object(block.get("title"), world) or str(block.get("alt_text", ""))
        case "markdown":
            return plain(str(block.get("text", "")).replace("**", "*"), world)
        case "rich_text":
            return "".join(_rich(element, world) for element in block.get("elements", ())).strip("\n")
        case "video":
            return text_object(block.get("title"), world)
        case "table":
            return "\n".join(" | ".join(_cell(cell, world) for cell in row) for row in block.get("rows", ()))
        case _:
            return ""


def _cell(cell: "Json", world: "World") -> str:
    return _block(cell, world) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def _rich(element: "Json", world: "World") -> str:
    match element.get("type"):
        case "text":
            return str(element["text"])
        case "link":
            return str(element.get("text") or element["url"])
        case "user":
            return _mark(f"@{element['user_id']}", world)
        case "channel":
            return _mark(f"#{element['channel_id']}", world)
        case "broadcast":
            return f"@{element['range']}"
        case "usergroup":
            return f"@{element['usergroup_id']}"
        case "emoji":
            return f":{element['name']}:"
        case "date":
            return str(element.get("fallback", ""))
        case "rich_text_list":
            return "".join(f"• {_rich(item, world)}\n" for item in element.get("elements", ()))
        case _:
            inner = "".join(_rich(item, world) for item in element.get("elements", ()))
            return inner if element.get("type") == "rich_text_section" else f"{inner}\n"


def elements_of(blocks: "list[Json]") -> "Iterator[tuple[Json, Json]]":
    """Walk the controls that a person may touch, each with its block."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *(block.get("elements") or ())):
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def label_of(element: "Json", world: "World") -> str:
    """Name a control as a person would: by its words, else by its placeholder, else by its id."""
    return (
        text_object(element.get("text"), world)
        or text_object(element.get("placeholder"), world)
        or str(element.get("action_id", ""))
    )
