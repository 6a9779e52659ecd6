"""What differs between two versions of the content, for people: by file, what is new, changed and gone.

May not live here: what does not matter to anybody, such as comments, the order of lines, or the name of a file.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from bot.dialog.catalog import Written
from bot.dialog.events import FileChanged


def parts(file: str, value: Mapping[str, Any], by_name: frozenset[str]) -> dict[tuple[str, str], tuple[str, bytes]]:
    """Return what a file says, by section and name; a section without names is one thing."""
    made: dict[tuple[str, str], tuple[str, bytes]] = {}
    for section, held in value.items():
        if section in by_name and isinstance(held, dict):
            made |= {(section, str(name)): (file, _digest(each)) for name, each in held.items()}
        else:  # what is a list may be continued in other files
            made[section, file if isinstance(held, list) else ""] = (file, _digest(held))
    return made


def changes(before: Written, after: Written) -> tuple[FileChanged, ...]:
    """Return the files that say something else than before, with the names of what it is."""
    was, now = before.parts, after.parts
    added = _by_file(now, lambda key: key not in was)
    changed = _by_file(now, lambda key: key in was and was[key][1] != now[key][1])
    removed = _by_file(was, lambda key: key not in now)
    return tuple(
        FileChanged(file=file, added=added.get(file, ()), changed=changed.get(file, ()), removed=removed.get(file, ()))
        for file in sorted({*added, *changed, *removed})
    )


def _by_file(
    held: Mapping[tuple[str, str], tuple[str, bytes]], wanted: Callable[[tuple[str, str]], bool]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for (section, name), (file, _) in held.items():
        if wanted((section, name)):
            found.setdefault(file, []).append(section if name in ("", file) else name)
    return {file: tuple(names) for file, names in found.items()}


def _digest(value: Any) -> bytes:
    return blake2b(msgspec.msgpack.encode(value), digest_size=8).digest()
