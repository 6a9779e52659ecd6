"""What Slack sends → what a person wrote: plain text, whether the bot was named, files, what is forwarded; pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.dialog.files import File

_MARK = re.compile(r"<([^<>]+)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)")
_FORMAT = re.compile(r"(?<![\w*_~])([*_~])(?=[^\s*_~])([^\n]*?)(?<=\S)\1(?![\w*_~])")
_CODE = re.compile(r"```\n?(.*?)\n?```|`([^`\n]+)`", re.DOTALL)
_QUOTE_LENGTH = 300


def users_named(text: str) -> set[str]:
    """Return the ids of the people that a text mentions."""
    return set(_USER.findall(text))


def names_bot(text: str, bot: str) -> bool:
    """Tell whether the bot is mentioned."""
    return f"<@{bot}>" in text or f"<@{bot}|" in text


def unnamed(text: str, bot: str) -> str:
    """Return the text, in Slack's markup, without mentions of the bot."""
    return re.sub(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>[:,]?[ \t]*", "", text)


def plain_text(text: str, bot: str, names: Mapping[str, str]) -> str:
    """Return the text as people read it, without mentions of the bot; `names` are those of the people it names."""
    text = unnamed(text, bot)
    text = _MARK.sub(lambda found: _shown(found[1], names), text)
    text = _outside_code(text, lambda part: _FORMAT.sub(r"\2", _FORMAT.sub(r"\2", part)))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def files_of(team: str, message: Mapping[str, Any]) -> tuple[File, ...]:
    """Return the files of a message; those that are gone, or kept elsewhere than on Slack, are none."""
    return tuple(
        File(
            at=f"slack:{team}/{file['id']}",
            name=str(file.get("name") or file.get("title") or file["id"]),
            kind=str(file.get("mimetype") or ""),
            size=int(file.get("size") or 0),
        )
        for file in message.get("files") or ()
        if file.get("mode") not in ("tombstone", "hidden_by_limit", "external") and not file.get("is_external")
    )


def forwarded(message: Mapping[str, Any]) -> str:
    """Return what a message forwards, still in Slack's markup; empty when it forwards nothing."""
    shared = (each for each in message.get("attachments") or () if each.get("is_share") or each.get("is_msg_unfurl"))
    return "\n".join(str(each.get("text") or each.get("fallback") or "") for each in shared).strip()


def shortened_quote(text: str) -> str:
    """Return a quote of a length that serves as a reminder."""
    return text if len(text) <= _QUOTE_LENGTH else text[: _QUOTE_LENGTH - 1] + "…"


def _shown(inside: str, names: Mapping[str, str]) -> str:
    body, _, label = inside.partition("|")
    match body[:1]:
        case "":
            return label
        case "@":
            return "@" + (names.get(body[1:]) or label.removeprefix("@") or body[1:])
        case "#":
            return "#" + (label or body[1:])
        case "!" if body.startswith("!date"):
            return label
        case "!":
            return label or "@" + body[1:].partition("^")[0]
        case _:
            address = body.removeprefix("mailto:").removeprefix("tel:")
            return address if label in ("", address, body, _host(body)) else f"{label} ({address})"


def _host(address: str) -> str:
    """Return an address as it is typed when Slack makes it a link by itself: "shop.example/x"."""
    return re.sub(r"^https?://", "", address)


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Change what is not code, and take the signs off what is."""
    out: list[str] = []
    end = 0
    for found in _CODE.finditer(text):
        out += [change(text[end : found.start()]), found[1] if found[1] is not None else found[2]]
        end = found.end()
    return "".join([*out, change(text[end:])])


def all_named(texts: Iterable[str]) -> set[str]:
    """Return the ids of the people that any of the texts mentions."""
    return set().union(*map(users_named, texts))
