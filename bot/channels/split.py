"""Splits a long text where a reader would pause: between paragraphs, lines, sentences, words; pure.

The pieces are neutral markup, so that no bold or link is cut in two unless it is longer than a whole message.
"""

import re
from collections.abc import Callable

_BORDERS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])\s+(?![^\[\n]*\]\()"),  # after a sentence, but not inside a link's label
    re.compile(r" +(?![^\[\n]*\]\()"),
)


def split(text: str, most: int, render: Callable[[str], str]) -> list[str]:
    """Return `text` (neutral markup) in pieces of which each, rendered, has at most `most` characters."""
    return [piece for piece in _split(text.strip("\n"), most, render, 0) if piece.strip()]


def _split(text: str, most: int, render: Callable[[str], str], level: int) -> list[str]:
    if len(render(text)) <= most:
        return [text]
    if level == len(_BORDERS):
        half = max(1, len(text) // 2)
        half -= text[:half].endswith("\\")  # an escape stays with its sign
        half = max(1, half)
        return [*_split(text[:half], most, render, level), *_split(text[half:], most, render, level)]
    parts = _parts(text, _BORDERS[level])
    if len(parts) == 1:
        return _split(text, most, render, level + 1)
    pieces: list[str] = []
    for part in parts:
        joined = pieces[-1] + part if pieces else part
        if pieces and len(render(joined.strip())) <= most:
            pieces[-1] = joined
        else:
            pieces.append(part)
    return [small for piece in pieces for small in _split(piece.strip(), most, render, level)]


def _parts(text: str, border: re.Pattern[str]) -> list[str]:
    """Cut after each border; every part keeps the border that ends it."""
    ends = [found.end() for found in border.finditer(text) if found.end() < len(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
