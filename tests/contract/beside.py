"""Two faces side by side: what is done on the console is done on the other too, and what is heard is compared."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.rehearsal import Face, Line, Scenery, Terminal
from tests.contract.alike import with_buttons


class Beside:
    """The console and another face: all is done on both, and what is heard is compared."""

    def __init__(self, face: Face, compare: Callable[[list[Line], list[Line]], str]) -> None:
        self.difference = ""
        self._console = Terminal()
        self._face = face
        self._compare = compare
        self._asked: Line = {}

    async def opened(self, scenery: Scenery) -> AsyncIterator[None]:
        console, face = asynccontextmanager(self._console.opened), asynccontextmanager(self._face.opened)
        async with console(scenery), face(scenery):
            yield

    async def do(self, request: Line) -> None:
        self._asked = request
        await self._console.do(request)
        await self._face.do(request)

    def heard(self) -> list[Line]:
        expected = self._console.heard()
        differs = self._compare(with_buttons(expected), self._face.heard())
        if differs and not self.difference:
            self.difference = f"{self._asked}\n{differs}"
        return expected
