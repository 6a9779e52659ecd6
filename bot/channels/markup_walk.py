"""The walk through neutral markup that platforms with signs for it share; pure.

What a platform's signs are, and how it escapes, is the platform's to say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.dialog.markup import Bold, Break, Code, Italic, Item, Link, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a platform writes: signs around bold and italic text, before an item, and how it writes all else.

    `text` and `code` get what people typed, and must leave nothing in it that the platform would read as a sign.
    """

    bold: str
    italic: str
    item: str
    text: Callable[[str], str]
    code: Callable[[str], str]
    link: Callable[[Link], str]


def walked(nodes: Sequence[Node], signs: Signs) -> str:
    """Return the nodes as the platform writes them; signs never stand around nothing."""
    out = []
    for at, node in enumerate(nodes):
        match node:
            case str():
                out.append(signs.text(node))
            case Bold(nodes=inner):
                out.append(_between(signs.bold, walked(inner, signs)))
            case Italic(nodes=inner):
                out.append(_between(signs.italic, walked(inner, signs)))
            case Code(text=text):
                out.append(_between("`", signs.code(text)))
            case Link():
                out.append(signs.link(node))
            case Break():
                out.append("\n")
            case Item(nodes=inner):
                out.append(signs.item + walked(inner, signs) + ("\n" if at + 1 < len(nodes) else ""))
    return "".join(out)


def _between(sign: str, inner: str) -> str:
    return f"{sign}{inner}{sign}" if inner.strip() else inner
