"""The bot of the soak: `frontdesk run` in a process of its own, that is killed, told to stop, and started again."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds to stop in


class Bot:
    """One bot after the other on the same database. `downs` are the times between which none lived."""

    def __init__(self, folder: Path, environment: Mapping[str, str], command: tuple[str, ...] = ("-m", "bot")) -> None:
        self.log = folder / "bot.log"
        self.kills = self.stops = 0
        self.downs: list[tuple[float, float]] = []
        self.pid = 0
        self._folder = folder
        self._command = [sys.executable, *command, "run", "--port", "0"]
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
        self._process: Process | None = None
        self._went = time.time()

    async def start(self) -> None:
        with self.log.open("a") as log:
            log.write(f"--- started at {time.time():.3f}\n")
            log.flush()
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, env=self._environment, stdin=DEVNULL, stdout=log, stderr=log
            )
        self.pid = self._process.pid
        self.downs.append((self._went, time.time()))

    async def kill(self) -> None:
        """Kill it without a warning."""
        self.kills += 1
        await self._end(signal.SIGKILL, (-signal.SIGKILL,))

    async def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        self.stops += 1
        opened = "is open" in self.log.read_text(errors="replace").rpartition("--- started")[2]
        await self._end(signal.SIGTERM, (0,) if opened else (0, -signal.SIGTERM))  # it has to learn what a signal is

    async def abandon(self) -> None:
        """Make sure that nothing is left of it."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _end(self, how: signal.Signals, expected: tuple[int, ...]) -> None:
        assert self._process
        assert self._process.returncode is None, f"the bot ended by itself: {self.last_words()}"
        self._went = time.time()
        self._process.send_signal(how)
        try:
            code = await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"the bot does not stop: {self.last_words()}") from None
        assert code in expected, f"the bot ended with {code}: {self.last_words()}"

    def alive(self, since: float, until: float) -> bool:
        """Tell whether one bot lived all the time."""
        return not any(began <= until and end >= since for began, end in self.downs)

    def last_words(self, lines: int = 40) -> str:
        """Return the end of its log."""
        return "\n".join(["", *self.log.read_text(errors="replace").splitlines()[-lines:]])
