"""The neutral markup that content is written in, and the way out of it.

    *bold*   _italic_   `code`   [label](https://…)   "- " at the start of a line   \\ before a sign takes it literally

Lives here: escaping, parsing to a small tree, and the plain form. Channels translate the tree to what their platform
understands; nothing else may be marked up. What a customer typed is escaped where it is interpolated.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct


class Marked(str):
    """Text that is neutral markup already and must not be escaped again."""

    __slots__ = ()


class Bold(Struct, frozen=True):
    """Strong text."""

    nodes: tuple["Node", ...]


class Italic(Struct, frozen=True):
    """Emphasised text."""

    nodes: tuple["Node", ...]


class Code(Struct, frozen=True):
    """Text to be shown as it is typed."""

    text: str


class Link(Struct, frozen=True):
    """A link with a label; only http, https and mailto make one."""

    href: str
    nodes: tuple["Node", ...]


class Break(Struct, frozen=True):
    """A line break."""


class Item(Struct, frozen=True):
    """A bullet."""

    nodes: tuple["Node", ...]


Node = str | Bold | Italic | Code | Link | Break | Item

_SIGNS = re.compile(r"[\\*_`\[\]()]|^-(?= |$)", re.MULTILINE)
_LITERAL = re.compile(r"\\([\\*_`\[\]()-])")
_INLINE = re.compile(
    r"\\(?P<literal>[\\*_`\[\]()-])"
    r"|`(?P<code>(?:\\.|[^`\n\\])+)`"
    r"|\[(?P<label>(?:\\.|[^\[\]\n\\])+)\]\((?P<href>(?:https?://|mailto:)(?:\\.|[^)\s\\]){1,2000})\)"
    r"|(?<!\w)\*(?=\S)(?P<bold>(?:\\.|[^*\n\\])+)(?<=\S)\*(?!\w)"
    r"|(?<!\w)_(?=\S)(?P<italic>(?:\\.|[^_\n\\])+)(?<=\S)_(?!\w)"
)


def escape(value: object) -> str:
    """Return the value's text such that `parse` gives it back literally, wherever it stands; Marked text passes."""
    return value if isinstance(value, Marked) else _SIGNS.sub(r"\\\g<0>", str(value))


def parse(text: str) -> tuple[Node, ...]:
    """Return the tree of a text; what is not markup is text, so that this never fails."""
    nodes: list[Node] = []
    bullet = True  # an item ends its own line; so does the beginning
    for line in text.split("\n"):
        if not bullet:
            nodes.append(Break())
        bullet = line.startswith("- ")
        nodes.extend([Item(_inline(line[2:]))] if bullet else _inline(line))
    return tuple(nodes)


def _inline(text: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    end = 0
    for found in _INLINE.finditer(text):
        _add_text(nodes, text[end : found.start()])
        end = found.end()
        groups = found.groupdict()
        if groups["literal"]:
            _add_text(nodes, groups["literal"])
        elif groups["code"]:
            nodes.append(Code(_LITERAL.sub(r"\1", groups["code"])))
        elif groups["label"]:
            nodes.append(Link(_LITERAL.sub(r"\1", groups["href"]), _inline(groups["label"])))
        elif groups["bold"]:
            nodes.append(Bold(_inline(groups["bold"])))
        else:
            nodes.append(Italic(_inline(groups["italic"])))
    _add_text(nodes, text[end:])
    return tuple(nodes)


def _add_text(nodes: list[Node], text: str) -> None:
    if text and nodes and isinstance(nodes[-1], str):
        nodes[-1] += text
    elif text:
        nodes.append(text)


@lru_cache(maxsize=2_048)
def plain(text: str) -> str:
    """Return what a reader of bare text sees: no signs, links as "label (address)"."""
    return _plain(parse(text))


def _plain(nodes: Sequence[Node]) -> str:
    out = []
    for at, node in enumerate(nodes):
        match node:
            case str():
                out.append(node)
            case Code(text=text):
                out.append(text)
            case Link(href=href, nodes=inner):
                label = _plain(inner)
                out.append(label if label == href else f"{label} ({href})")
            case Break():
                out.append("\n")
            case Item(nodes=inner):
                out.append("- " + _plain(inner) + ("\n" if at + 1 < len(nodes) else ""))
            case Bold(nodes=inner) | Italic(nodes=inner):
                out.append(_plain(inner))
    return "".join(out)
