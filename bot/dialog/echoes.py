"""What was said a moment ago and need not be said again: a text, or a whole sentence of it.

Whoever reads the same sentence in two messages, one right below the other, thinks that nobody is there. A sentence of
a few words passes, and so do the items of a list: what can be chosen is named whole each time.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.dialog.state import Conversation

_LATELY = timedelta(hours=3)  # after so long, the same words are not said twice running
_MOST = 5  # words that may be there again
_END = re.compile(r"(?<=[.!?…])[\"'’”)]*\s+")
_ITEM = re.compile(r"\s*(?:[-•*]|\d+[.)])\s")


def echo(text: str, before: str) -> str:
    """Return what of a plain text stood in the one before: the first such sentence, the whole text, or nothing."""
    if text == before:
        return text
    stood = set(_sentences(before))
    return next((each for each in _sentences(text) if each in stood), "")


def said_lately(talk: Conversation, now: datetime) -> str:
    """Return what was said last, if it was a moment ago."""
    if talk.told is None or now - talk.told >= _LATELY:
        return ""
    return next((line.text for line in reversed(talk.recent) if line.who != "customer"), "")


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences that are long enough to be noticed."""
    for line in text.splitlines():
        if not _ITEM.match(line):
            yield from (each for each in _END.split(line.strip()) if len(each.split()) > _MOST)
