"""Neutral markup → Discord's markdown; pure.

Everything that people typed is text in the tree, and text is escaped: no mention, markup, custom emoji or masked link
can come of it. Addresses stand in angle brackets, which keeps them whole and without a preview.
"""

import re
from functools import lru_cache
from urllib.parse import quote

from bot.channels.markup_walk import Signs, walked
from bot.channels.split import split
from bot.dialog.markup import Link, parse, plain

LONGEST = 2_000  # characters of a message's content

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SIGNS = re.compile(
    r"(?P<sign>[\\*_~|`<>\[\]])"
    r"|^(?P<indent>[ \t]*)(?=[#+-])"  # what would begin a heading or a list
    r"|(?<=\d)(?=[.)] )",
    re.MULTILINE,
)
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_CALLS = re.compile(r"@(?=everyone|here)|<(?=[@#:/]|a:|t:|id:)", re.IGNORECASE)  # in code, where nothing is escaped
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\|*~\[\](){}@^]+(?<![.,;:!?])", re.IGNORECASE)
_SAFE = "!#$%&'+,/:;=?@_-."  # what stays as it is in an address, besides letters and digits
_ADDRESS_LIKE = re.compile(r"://|\w\.\w{2,}(?:/|$|\s)")


def markdown(text: str) -> str:
    """Return neutral markup as Discord's markdown."""
    return walked(parse(text), _MARKS)


@lru_cache(maxsize=1_024)  # most of what a bot says it has said before
def pieces(text: str, most: int = LONGEST) -> tuple[str, ...]:
    """Return neutral markup as markdown in pieces that each fit a message, cut where a reader would pause."""
    shown = (markdown(piece) for piece in split(text, most, markdown))
    return tuple(piece for piece in shown if piece.strip())


def escaped(text: str) -> str:
    """Return text such that Discord shows it and reads nothing into it."""
    text = _CONTROLS.sub("", text)
    out, end = [], 0
    for found in _ADDRESS.finditer(text):
        out += [_literal(text[end : found.start()]), f"<{found[0]}>"]
        end = found.end()
    return "".join([*out, _literal(text[end:])])


def _literal(text: str) -> str:
    return _EVERYBODY.sub("@\u200b", _SIGNS.sub(_with_backslash, text))


def _with_backslash(found: re.Match[str]) -> str:
    return f"{found['indent'] or ''}\\{found['sign'] or ''}"


def _code(text: str) -> str:
    return _CALLS.sub("\\g<0>\u200b", _CONTROLS.sub("", text.replace("`", "'")))


def _link(link: Link) -> str:
    label = walked([node for node in link.nodes if not isinstance(node, Link)], _MARKS)
    if not link.href.casefold().startswith(("http://", "https://")):
        return f"{label} ({escaped(link.href.removeprefix('mailto:'))})"
    href = quote(link.href, safe=_SAFE)
    bare = "".join(node if isinstance(node, str) else "" for node in link.nodes)
    if bare == link.href or not label.strip():
        return f"<{href}>"
    # Discord takes no label that looks like an address: it could lie about where the link goes.
    return f"{label} (<{href}>)" if _ADDRESS_LIKE.search(plain(bare)) else f"[{label}](<{href}>)"


_MARKS = Signs(bold="**", italic="_", item="- ", text=escaped, code=_code, link=_link)
