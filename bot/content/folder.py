"""The files of a content folder from outside: which there are, what they look like, and whether they have changed."""

import os
import stat
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from bot.content.yamlfile import MOST_BYTES

FOLDERS = ("faqs", "flows", "handoff")
_SUFFIXES = (".yaml", ".yml")

# Of each file its name, and what no write and no rename leaves as it was.
Look = tuple[tuple[str, int, int, int, int], ...]


def files(folder: Path) -> list[Path]:
    """Return the YAML files in a folder, in order; hidden ones are an editor's own. Raises OSError."""
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and not path.name.startswith("."))


def look(folder: Path) -> Look:
    """Look at all files without reading them; two looks are equal when nothing has happened between them."""
    return tuple(
        (name, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) for name, _, found in _found(folder)
    )


def digest(folder: Path) -> bytes:
    """Return what tells these files, with what is in them, from others."""
    told = blake2b(digest_size=16)
    for name, path, found in _found(folder):
        told.update(f"{name}\n{found.st_size}\n".encode())
        if stat.S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES:
            try:
                told.update(path.read_bytes())
            except OSError as error:
                told.update(str(error.errno).encode())
    return told.digest()


def _found(folder: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    for part in FOLDERS:
        try:
            there = files(folder / part)
        except OSError:
            continue
        for path in there:
            try:
                yield f"{part}/{path.name}", path, path.stat()
            except OSError:
                continue  # it has gone in this moment, or leads nowhere; reading will say so
