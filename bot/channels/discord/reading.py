"""What a Discord message says, in plain words: mentions by name, no markup, files and stickers; pure."""

import re
from collections.abc import Mapping

import discord

from bot.channels.discord.memory import message_id
from bot.channels.words import shortened
from bot.dialog.files import File

QUOTE = 300

_MARKED = re.compile(r"[\\*_~|`<>\[#\0]")  # no markup does without one of these
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_ADDRESS = re.compile(r"<(https?://[^>\s]+)>")
_LINK = re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)")
_LITERAL = re.compile(  # in one pass: an escaped sign opens nothing
    r"\\(?P<sign>[\\`*_{}\[\]()#+\-.!~|<>:@&])"
    r"|```(?:[\w+-]+\n)?\n?(?P<block>.*?)\n?```"
    r"|(?P<ticks>`+)(?P<code>[^`\n]+)(?P=ticks)",
    re.DOTALL,
)
_PAIRS = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"\*\*(?=\S)(.+?)(?<=\S)\*\*",
        r"__(?=\S)(.+?)(?<=\S)__",
        r"~~(?=\S)(.+?)(?<=\S)~~",
        r"\|\|(.+?)\|\|",
        r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])",
        r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)",
    )
]
_LINE = re.compile(r"^(?:#{1,3}|-#|>>>|>) ", re.MULTILINE)


def words(message: discord.Message, me: int) -> str:
    """Return what somebody wrote, without the mention of the bot; a forward without words is what it forwards."""
    text = _text(message.content, _names(message), me)
    if not text and message.message_snapshots:
        text = "\n".join(plain(each.content) for each in message.message_snapshots).strip()
    stickers = [*message.stickers, *(each for one in message.message_snapshots for each in one.stickers)]
    return "\n".join(filter(None, [text, *(f"[sticker: {each.name}]" for each in stickers)]))


def written(message: discord.Message, me: int) -> str:
    """Return what somebody wrote as they wrote it, without the mention of the bot."""
    return _unnamed(message.content, me)


def quote(message: discord.Message, me: int) -> str:
    """Return what the message replies to, or what it forwards with words of its own."""
    reference = message.reference
    if reference is not None and isinstance(reference.resolved, discord.Message):
        return shortened(words(reference.resolved, me), QUOTE)
    if message.message_snapshots and message.content:
        return shortened("\n".join(plain(each.content) for each in message.message_snapshots), QUOTE)
    return ""


def files(message: discord.Message) -> tuple[File, ...]:
    """Return what is attached, to the message or to what it forwards."""
    attached = [*message.attachments, *(each for one in message.message_snapshots for each in one.attachments)]
    at = message_id(message.channel.id, message.id)
    return tuple(
        File(at=f"discord:{at}/{each.id}", name=each.filename, kind=each.content_type or "", size=each.size)
        for each in attached
    )


def mentions(message: discord.Message, me: int) -> bool:
    """Tell whether the message names the bot, itself or by the role that is its own."""
    if f"<@{me}>" in message.content or f"<@!{me}>" in message.content:
        return True
    return any(each.tags is not None and each.tags.bot_id == me for each in message.role_mentions)


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """Return text as it reads on the screen."""
    if not _MARKED.search(text):
        return text.strip()
    kept: list[str] = []

    def keep(said: str) -> str:
        kept.append(said)
        return f"\0{len(kept) - 1}\0"

    text = text.replace("\0", "")
    text = _LITERAL.sub(lambda found: keep(found["sign"] or found["block"] or found["code"] or ""), text)
    text = _MENTION.sub(lambda found: keep((names or {}).get(found[1][:2].rstrip("!") + found[2], found[0])), text)
    text = _EMOJI.sub(r"\1", text)
    text = _LINK.sub(lambda found: keep(found[1] if found[1] == found[2] else f"{found[1]} ({found[2]})"), text)
    text = _ADDRESS.sub(lambda found: keep(found[1]), text)
    for pattern in _PAIRS:
        text = pattern.sub(r"\1", text)
    text = _LINE.sub("", text)
    while "\0" in text:  # what was kept may hold what was kept before it
        text = re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], text)
    return text.strip()


def _text(content: str, names: Mapping[str, str], me: int) -> str:
    return plain(_unnamed(content, me), names)


def _unnamed(content: str, me: int) -> str:
    return re.sub(rf"\s*<@!?{me}>[,:]?", "", content) if "<" in content else content


def _names(message: discord.Message) -> dict[str, str]:
    """Return how each mention reads, by its sign and id."""
    if "<" not in message.content:
        return {}
    found = {f"@{each.id}": f"@{each.display_name}" for each in message.mentions}
    found |= {
        f"@&{each.id}": "" if each.tags and each.tags.bot_id else f"@{each.name}" for each in message.role_mentions
    }
    return found | {f"#{each.id}": f"#{each.name}" for each in message.channel_mentions}
