"""Neutral markup → Slack's mrkdwn; pure.

Everything that people typed is text in the tree, and in text "&", "<" and ">" are escaped: no mention, link or command
can come of it. May not live here: blocks.
"""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from bot.channels.markup_walk import Signs, walked
from bot.channels.split import split
from bot.dialog.markup import Code, Link, Node, parse, plain

LONGEST = 2_900  # of the 3,000 that a section may hold
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": ""})
_SAFE = "".join(map(chr, range(0x21, 0x7F))).translate(str.maketrans("", "", "<>|\"'`\\^{}"))


def escaped(text: str) -> str:
    """Return text such that Slack shows it and reads nothing into it."""
    return text.translate(_ESCAPES)


def mrkdwn(text: str) -> str:
    """Return neutral markup as mrkdwn."""
    return walked(parse(text), _SIGNS)


@lru_cache(maxsize=1_024)  # most of what a bot says it has said before
def pieces(text: str) -> tuple[str, ...]:
    """Return neutral markup as mrkdwn in pieces that each fit a section, cut where a reader would pause."""
    return tuple(shown for piece in split(text, LONGEST, _measured) if shows(shown := mrkdwn(piece)))


def bare(text: str) -> str:
    """Return neutral markup for places where Slack reads no markup at all."""
    return plain(text).replace("\0", "")


def shows(text: str) -> bool:
    """Tell whether Slack would take the text for one: it refuses what is blank."""
    return bool(text.strip())


def _measured(text: str) -> str:
    """Return a text as long as Slack may count it: signs beyond the first plane are two."""
    rendered = mrkdwn(text)
    return rendered if rendered.isascii() else rendered + "\0" * sum(sign > "\uffff" for sign in rendered)


def _link(link: Link) -> str:
    href = escaped(quote(link.href, safe=_SAFE))
    label = escaped(_label(link.nodes)).replace("|", "¦").strip()
    return f"<{href}|{label}>" if label else f"<{href}>"


def _label(nodes: Sequence[Node]) -> str:
    """Return a link's label without marks: Slack would show them as they are."""
    texts = (
        node if isinstance(node, str) else node.text if isinstance(node, Code) else _label(getattr(node, "nodes", ()))
        for node in nodes
    )
    return "".join(texts)


_SIGNS = Signs(
    bold="*",
    italic="_",
    item="• ",
    text=escaped,
    code=lambda text: escaped(text.replace("`", "'")),
    link=_link,
)
