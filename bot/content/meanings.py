"""What is learned from a content folder, with the meanings of words that come with the bot.

Both the index and what messages sound like are kept in files between starts.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from bot.knowledge import Embedder, Index, Meanings, Subject, Thresholds
from bot.knowledge.hearing import Example, Hearing

_FOLDER = Path(__file__).parent


@cache
def meanings(language: str) -> Meanings | None:
    """Return the meanings of a language's words, or nothing if there are none."""
    file = _FOLDER / f"meanings_{language}.bin"
    return Meanings(file.read_bytes()) if language.isalpha() and file.exists() else None


def index(
    subjects: Sequence[Subject],
    language: str,
    snapshot: Path | None = None,
    thresholds: Thresholds | None = None,
    embedder: Embedder | None = None,
    before: Index | None = None,
) -> Index:
    """Return the index of the subjects: from its snapshot if that is of just these, else newly built, and kept.

    `thresholds` are those that the content sets itself. `before` is an earlier index in the same language.
    """
    found = _kept_or_built(subjects, language, snapshot, embedder, before)
    found.choose_thresholds(thresholds)
    return found


def _kept_or_built(
    subjects: Sequence[Subject],
    language: str,
    snapshot: Path | None,
    embedder: Embedder | None,
    before: Index | None,
) -> Index:
    senses = meanings(language)
    kept = _read(snapshot) if snapshot and before is None else b""
    found = Index.thaw(kept, subjects, language, senses, embedder)
    if found:
        return found
    built = Index(subjects, language, senses, before, embedder, kept)
    if snapshot and not (before and built.is_made_as(before)):
        _write(snapshot, built.snapshot())
    return built


def _read(file: Path) -> bytes:
    with suppress(OSError):
        return file.read_bytes()
    return b""


def _write(file: Path, body: bytes) -> None:
    """Write it whole or not at all; a start without it is slower, and that is all."""
    with suppress(OSError):
        beside = file.with_name(f"{file.name}.new")
        beside.write_bytes(body)
        beside.replace(file)


def hearing(
    examples: tuple[Example, ...], ordinary: tuple[str, ...], language: str, snapshot: Path | None = None
) -> Hearing:
    """Return what was learned from the examples: from the file beside the index's snapshot if it is of just these."""
    kept = _read(snapshot) if snapshot else b""
    found = _learned(examples, ordinary, language, kept)
    if snapshot and found.snapshot() != kept:
        _write(snapshot, found.snapshot())
    return found


@lru_cache(maxsize=8)
def _learned(examples: tuple[Example, ...], ordinary: tuple[str, ...], language: str, kept: bytes) -> Hearing:
    """The same content is learned from once in a process."""
    return Hearing(examples, ordinary, meanings(language), language=language, kept=kept)
