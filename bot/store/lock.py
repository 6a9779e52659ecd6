"""One running bot per database: a lock on a file beside it, which the system releases when the process ends."""

import os
import sys
from typing import Self

from bot.errors import StoreError


class ServingLock:
    """Holds `<database>.lock`, with our process id written in it. Where there is no fcntl, it holds nothing."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._file: int | None = None

    def take(self) -> Self:
        """Take the lock; raise StoreError when another process serves this database."""
        if sys.platform == "win32":
            return self
        import fcntl

        path = f"{self._database}.lock"
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written: {error.strerror}. The bot needs it beside its database."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise StoreError(f"{self._database} is already served by process {holder}.") from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return self

    def release(self) -> None:
        """Let the next process serve it. The file stays: removing it could take a lock from under somebody."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
