"""A real `frontdesk` process beside the emulators: what it prints, how it is, and how it ends."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.wire.discord.server import DiscordServer
from tests.wire.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
_PATIENCE = 60.0  # seconds: two cores are shared by many


def surroundings(*servers: SlackServer | DiscordServer, **more: str) -> dict[str, str]:
    """Return an environment in which `frontdesk` meets the emulators: the tokens and where they are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    made = {**kept, "PYTHONUNBUFFERED": "1", "COLUMNS": "200", "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}"}
    for server in servers:
        if isinstance(server, SlackServer):
            made["FRONTDESK_SLACK_API_URL"] = server.api_url
            made["FRONTDESK_SLACK_BOT_TOKEN"] = server.bot_token
            made["FRONTDESK_SLACK_APP_TOKEN"] = server.app_token
        else:
            made["FRONTDESK_DISCORD_API_URL"] = server.api_url
            made["FRONTDESK_DISCORD_GATEWAY_URL"] = server.gateway_url
            made["FRONTDESK_DISCORD_TOKEN"] = server.token
    return {**made, **more}


async def frontdesk(*args: object, at: Path, surroundings: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end; return its exit code and all that it printed."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *map(str, args),
        cwd=at,
        env={**surroundings, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(2 * _PATIENCE):
            said, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    return running.returncode or 0, said.decode()


class Running:
    """`frontdesk run` until the block ends; `printed` is all that it wrote so far, errors too."""

    def __init__(self, at: Path, surroundings: Mapping[str, str], *args: object) -> None:
        self.printed = ""
        self._at = at
        self._surroundings = {**surroundings, "PYTHONPATH": str(ROOT)}
        self._args = tuple(map(str, args)) or ("--port", "0")
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            *self._args,
            cwd=self._at,
            env=self._surroundings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process
        if self._process.returncode is None:
            with suppress(TimeoutError):
                await self.stop()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        assert self._reading
        await self._reading
        if error is not None:
            error.add_note(f"--- what the bot printed ---\n{self.printed}")

    async def _read(self) -> None:
        assert self._process
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            self.printed += line.decode()
            self._news.set()
        self._news.set()

    async def prints(self, pattern: str) -> re.Match[str]:
        """Wait until something is printed, and return it."""
        async with asyncio.timeout(_PATIENCE):
            while not (found := re.search(pattern, self.printed)):
                assert self._process
                if self._process.returncode is not None:
                    raise AssertionError(f"it has ended without {pattern!r}:\n{self.printed}")
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.5)
        return found

    async def ready(self, *names: str) -> None:
        """Wait until these platforms are announced."""
        for name in names:
            await self.prints(f"✓ {name} is connected")

    async def how(self, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
        """Ask the server how the bot is."""
        address = (await self.prints(r"How it is: (\S+)/readyz"))[1]
        async with aiohttp.ClientSession() as asking, asking.get(f"{address}{path}") as answer:
            return answer.status, json.loads(await answer.text())

    async def how_until(self, status: int) -> dict[str, Any]:
        """Ask /readyz until it answers with this status; return its parts."""
        async with asyncio.timeout(_PATIENCE):
            while (told := await self.how())[0] != status:  # noqa: ASYNC110 (it is another process)
                await asyncio.sleep(0.1)
        return dict(told[1]["parts"])

    def tell(self, sign: signal.Signals) -> None:
        """Send a signal."""
        assert self._process
        self._process.send_signal(sign)

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and return its exit code."""
        assert self._process
        self.tell(sign)
        async with asyncio.timeout(_PATIENCE):
            return await self._process.wait()
