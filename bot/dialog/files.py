"""Files that people send: what is known of one, and where its platform keeps it. The bytes never pass the engine."""

from msgspec import Struct


class File(Struct, frozen=True, kw_only=True):
    """A file: `at` is where its platform keeps it ("slack:T1/F7"), `kind` its MIME type, `size` in bytes."""

    at: str
    name: str
    kind: str = ""
    size: int = 0
