"""One-time codes: drawn here, since the engine draws nothing."""

import secrets

from bot.dialog.linking import LENGTH, LETTERS, SIGNS


def code() -> str:
    """Return a code that nobody can guess."""
    return secrets.choice(LETTERS) + "".join(secrets.choice(SIGNS) for _ in range(LENGTH - 1))
