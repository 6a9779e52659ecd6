"""How a message reads on the screen: markup taken away, mentions by name, cards and components as lines of text."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

_LITERAL = re.compile(  # in one pass: an escaped sign opens no code, and in code nothing is escaped
    r"\\(?P<sign>[\\`*_{}\[\]()#+\-.!~|<>:@&])|```(?:\w+\n)?(?P<block>.*?)```|`(?P<code>[^`]+)`", re.DOTALL
)
_PAIRS = [
    re.compile(pattern, re.DOTALL)
    for pattern in (r"\*\*(.+?)\*\*", r"__(.+?)__", r"~~(.+?)~~", r"\|\|(.+?)\|\|", r"(?<!\w)_(.+?)_(?!\w)")
]
_STAR = re.compile(r"(?<![*\w])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![*\w])")
_HEAD = re.compile(r"^(?:#{1,3}|-#|>) ", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)")
_BARE = re.compile(r"<(https?://[^>\s]+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")
_TIME = re.compile(r"<t:(-?\d+)(?::[tTdDfFRsS])?>")


def walk(components: list[Json]) -> Iterator[Json]:
    """Go through every component in reading order, containers first."""
    for item in components:
        yield item
        yield from walk(item.get("components", []))
        for key in ("accessory", "component"):
            if key in item:
                yield from walk([item[key]])


def label(button: Json) -> str:
    """Give what stands on a button: its label, or its emoji where it has none."""
    return str(button.get("label") or (button.get("emoji") or {}).get("name") or "")


def plain(text: str, names: dict[str, str]) -> str:
    """Take the markup away; escaped characters and code stay as they read."""
    kept: list[str] = []

    def keep(word: str) -> str:
        kept.append(word)
        return f"\0{len(kept) - 1}\0"

    text = _LITERAL.sub(lambda m: keep(m[m.lastgroup or "sign"]), text)
    text = _MENTION.sub(lambda m: keep(names.get(m[2], m[0])), text)
    text = _TIME.sub(lambda m: f"{datetime.fromtimestamp(int(m[1]), UTC):%Y-%m-%d %H:%M}", text)
    text = _EMOJI.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _BARE.sub(r"\1", text)
    text = _HEAD.sub("", text)
    for pattern in _PAIRS:
        text = pattern.sub(r"\1", text)
    text = _STAR.sub(r"\1", text)
    while "\0" in text:  # an escape may stand inside a kept word's neighbour, never inside the word
        text = re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], text)
    return text


def _embed(embed: Json) -> list[str]:
    lines = [
        (embed.get("author") or {}).get("name"),
        embed.get("title"),
        embed.get("description"),
        *(f"{field['name']}: {field['value']}" for field in embed.get("fields", [])),
        (embed.get("footer") or {}).get("text"),
    ]
    return [str(line) for line in lines if line]


def _poll(poll: Json) -> list[str]:
    answers = [answer["poll_media"].get("text", "") for answer in poll.get("answers", [])]
    return [poll["question"].get("text", ""), *answers]


def message_text(
    content: str,
    components: list[Json],
    embeds: list[Json],
    poll: Json | None,
    forwarded: Json | None,
    names: dict[str, str],
) -> str:
    """Read a whole message as lines of plain text; buttons are not text."""
    lines = [content] if content else []
    lines += [str(item["content"]) for item in walk(components) if item["type"] == 10]
    for embed in embeds:
        lines += _embed(embed)
    if poll:
        lines += _poll(poll)
    if forwarded and forwarded.get("content"):
        lines.append(str(forwarded["content"]))
    return "\n".join(plain(line, names) for line in lines)
