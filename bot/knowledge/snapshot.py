"""What was learned as bytes, for a start without learning again: numbers and words, and what they were made from.

A snapshot serves only the content, the language and the meanings that it was made from, and only the version of this
room that made it; of other content nothing but the work on single phrasings can be taken over, and of anything damaged
nothing. No code is in it.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
import numpy as np

# Goes up with every change after which an older snapshot would answer differently.
_FORMAT = b"frontdesk index 4\n"
_DIGEST = 32


class Keeps(Protocol):
    """A part of the index: what is kept of it are the attributes that it names."""

    KEPT: ClassVar[tuple[str, ...]]


Part = TypeVar("Part", bound=Keeps)


def digest(*parts: Any) -> bytes:
    """Return what tells one content from another."""
    return blake2b(msgspec.msgpack.encode(parts), digest_size=_DIGEST).digest()


def freeze(made_from: bytes, parts: Mapping[str, Keeps | Mapping[str, Any]]) -> bytes:
    """Return the parts as bytes."""
    held = {name: part if isinstance(part, Mapping) else _attributes(part) for name, part in parts.items()}
    body = msgspec.msgpack.encode(held, enc_hook=_stored)
    return _FORMAT + made_from + blake2b(body, digest_size=_DIGEST).digest() + body


def _attributes(part: Keeps) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.KEPT}


def _stored(value: Any) -> Any:
    assert isinstance(value, np.ndarray)
    return {"": [value.dtype.str, list(value.shape), value.tobytes()]}


def thaw(raw: bytes, made_from: bytes) -> dict[str, dict[str, Any]] | None:
    """Return the attributes of the parts, or nothing if the bytes are not of this content, or not whole."""
    start = len(_FORMAT)
    return opened(raw) if raw[start : start + _DIGEST] == made_from else None


def opened(raw: bytes) -> dict[str, dict[str, Any]] | None:
    """Return the attributes of the parts of whatever content, or nothing if the bytes are not whole."""
    start = len(_FORMAT) + _DIGEST
    check, body = raw[start : start + _DIGEST], raw[start + _DIGEST :]
    if not raw.startswith(_FORMAT) or check != blake2b(body, digest_size=_DIGEST).digest():
        return None
    held = msgspec.msgpack.decode(body)
    return {name: {key: _restored(value) for key, value in part.items()} for name, part in held.items()}


def _restored(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {""}:
        kind, shape, body = value[""]
        return np.frombuffer(body, kind).reshape(shape)
    return value


def restore(kind: type[Part], attributes: dict[str, Any]) -> Part:
    """Return a part with the attributes that were kept of it."""
    part = kind.__new__(kind)
    for name in kind.KEPT:
        setattr(part, name, attributes[name])
    return part
