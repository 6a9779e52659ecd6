"""What a look at a platform finds: one line of `frontdesk doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is right, what was found, and how to mend it if it is not."""

    ok: bool
    what: str
    fix: str = ""
