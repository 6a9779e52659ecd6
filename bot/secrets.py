"""What must never be shown: tokens that know to hide themselves, and the sieve that all output passes.

A token lives in the environment or in a file of its own; config.yaml is copied, shared and committed.
"""

import logging
import re
import traceback
from copy import copy

_HIDDEN = "[hidden]"
_SHORTEST = 6  # what is shorter is no token, and would take words out of every line
_SLACK = r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{3,}|xapp-[A-Za-z0-9-]{3,}"
_DISCORD = r"[MNO][\w-]{22,28}\.[\w-]{5,8}\.[\w-]{25,45}"
_TOKEN = re.compile(rf"(?<![\w-])(?:{_SLACK}|{_DISCORD})(?![\w-])")
_PASSING = re.compile(  # good for minutes or hours only, but good for anybody who reads them
    r"(?P<before>/(?:webhooks|interactions)/\d+/|[?&](?:ticket|token)=|\b(?:Bot|Bearer) (?=[\w.-]{20}))"
    r"[^\s/?&'\"<>)]+"
)
_known: set[str] = set()


class Secret:
    """A token. It shows itself to nobody but who asks with `reveal`; every sieve knows it from then on."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        if len(value) >= _SHORTEST:
            _known.add(value)

    def reveal(self) -> str:
        """Return the token itself, for the platform that it belongs to."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def is_token(text: str) -> bool:
    """Tell whether a text looks like a token of Slack or Discord, or holds one."""
    return bool(_TOKEN.search(text))


def sifted(text: str) -> str:
    """Return the text without anything that is a known secret or looks like one."""
    for secret in sorted(_known, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, _HIDDEN)
    text = _TOKEN.sub(_HIDDEN, text)
    return _PASSING.sub(lambda found: found["before"] + _HIDDEN, text)


class SiftedLines(logging.Formatter):
    """Writes log records through the sieve; of an exception, which may hold anybody's words, its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without secrets."""
        told = copy(record)
        told.exc_info = told.exc_text = told.stack_info = None
        line = super().format(told)
        if record.exc_info and (error := record.exc_info[1]):
            at = traceback.extract_tb(error.__traceback__)[-1:]
            line += f" ({type(error).__name__}{''.join(f' at {each.filename}:{each.lineno}' for each in at)})"
        return sifted(line)
