"""Where the meanings of words lie that come with the bot, by language."""

from functools import cache
from pathlib import Path

from bot.knowledge import Meanings

_FOLDER = Path(__file__).parent


@cache
def meanings(language: str) -> Meanings | None:
    """Return the meanings of a language's words, or nothing if there are none."""
    file = _FOLDER / f"meanings_{language}.bin"
    return Meanings(file.read_bytes()) if language.isalpha() and file.exists() else None
