"""What the runtime serves and how: the content of the moment, the engine's two functions, and the paces."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.dialog.events import Event
from bot.dialog.state import Dossier, Turn
from bot.ports import HelpDesk


class Flows(Protocol):
    """What the runtime itself needs of a catalog."""

    def flow_body(self, version: str) -> bytes:
        """Return the compiled flow with this hash, as it is stored."""
        ...


Content = TypeVar("Content", bound=Flows)


@dataclass(slots=True)
class Served(Generic[Content]):
    """Holds the catalog that turns are taken with; a reload puts a new one in its place.

    `read_ahead` is told of turns before they are taken: what would take long in them is done off the loop.
    """

    catalog: Content
    read_ahead: Callable[[Sequence[tuple[Dossier, Event]]], Awaitable[None]] | None = None


# Takes dossier, event and catalog. The catalog's own type is the engine's affair.
Advance = Callable[[Dossier, Event, Any], Turn]

# What to do for the customer when `advance` failed, which it never should.
Broken = Callable[[Dossier, Event, Any, Exception], Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """How patient the runtime is, in seconds of the machine's time.

    `call`: how long an outside call may take. `retry` and `retry_most`: the first pause after a failed delivery, which
    doubles, and the longest. `poll`: how often to look for what other processes wrote. `grace`: how long deliveries in
    hand may take when the bot stops. `burst`: how long to wait for a customer's next message before all are answered
    at once; 0 answers each at once. `paced`: whether a notice to many keeps its pauses.
    """

    call: float = 10.0
    retry: float = 0.5
    retry_most: float = 60.0
    poll: float = 1.0
    grace: float = 5.0
    burst: float = 0.0
    paced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The outside systems that hear of cases, by name; whether they hear words, and how long one is tried."""

    desks: Mapping[str, HelpDesk] = field(default_factory=dict)
    words: bool = False
    give_up: timedelta = timedelta(days=1)
