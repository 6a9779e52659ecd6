"""The console as a channel: hands each delivered effect, and the effects that go nowhere else, to a face."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.channels.lines import show
from bot.dialog.effects import Call, CancelTimer, NoteFact, StartTimer
from bot.dialog.events import Event
from bot.dialog.files import File
from bot.dialog.state import Turn
from bot.errors import DeliveryRefused
from bot.ports import Outgoing

Print = Callable[[dict[str, Any]], None]


class Console:
    """One lane for everything, so that the same input gives the same output."""

    def __init__(self, out: Print) -> None:
        self._out = out

    def lane(self, place: str) -> str:
        """All places are one screen."""
        return "console"

    async def deliver(self, outgoing: Outgoing) -> str:
        """Print the effect; a line that may have been printed before a crash says so."""
        line = show(
            outgoing.effect,
            who=short(outgoing.customer),
            id=outgoing.id,
            at=outgoing.at,
            trace=outgoing.trace,
        )
        if outgoing.repeat:
            line["repeat"] = True
        self._out(line)
        return outgoing.id

    async def fetch(self, file: File) -> bytes:
        """No file comes in on a console."""
        raise DeliveryRefused(f"{file.at} is not here")

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        """Print the effects that no channel delivers: calls and timers."""
        at: datetime = event.at
        for number, effect in enumerate(turn.effects):
            if isinstance(effect, Call | StartTimer | CancelTimer | NoteFact):
                self._out(show(effect, who=short(customer), id=f"{turn.id}.{number}", at=at, trace=turn.trace))


def short(customer: str) -> str:
    """Return a local customer's short name: "local:ana" is "ana"."""
    return customer.partition(":")[2] or customer
