"""One customer and the engine alone: events in, what was said and done out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Effect, Say, TellStaff
from bot.dialog.engine import advance
from bot.dialog.events import Event, MessageReceived
from bot.dialog.happening import Fresh
from bot.dialog.markup import plain
from bot.dialog.shared import after
from bot.dialog.state import Conversation, Dossier, Turn

THREAD, CHANNEL, DM = "slack:T1/C1/1.0", "slack:T1/C1", "slack:T1/D1"


class Talk:
    """A dossier that each event moves on."""

    def __init__(self, catalog: Catalog, customer: str = "slack:T1/U1", count: int = 0) -> None:
        self.catalog = catalog
        self.at = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday, in office hours
        self.dossier = Dossier(customer=customer, met=True)
        self.floor = Floor()
        self.turn = Turn(id="", dossier=self.dossier, effects=(), trace=None)  # type: ignore[arg-type]
        self.code = ""  # the one-time code that the next event brings
        self._count = count

    def happens(self, event: Event, *, waited: float = 0.0) -> Turn:
        self._count += 1
        fresh = Fresh(conversation=f"c{self._count}", case=self._count, waited=waited, floor=self.floor, code=self.code)
        self.turn = advance(self.dossier, replace(event, fresh=fresh), self.catalog)
        self.dossier = self.turn.dossier
        self.floor = after(self.floor, self.turn.effects)
        return self.turn

    def common(self) -> dict[str, Any]:
        """What any event carries."""
        return {"key": f"k{self._count}", "customer": self.dossier.customer, "at": self.at}

    def says(self, text: str, place: str = THREAD, *, after: float = 60, waited: float = 0.0, **more: Any) -> Turn:
        """The customer writes; in a thread of a support channel unless `place` says otherwise."""
        self.at += timedelta(seconds=after)
        scope = "private" if place == DM else "public"
        message = MessageReceived(
            **{"place": place, "name": "Ana", "text": text, "scope": scope, **self.common(), **more}
        )
        return self.happens(message, waited=waited)

    def effects(self, kind: type[Effect]) -> list[Any]:
        return [effect for effect in self.turn.effects if isinstance(effect, kind)]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Where the bot said what in the last turn."""
        return [(effect.place, plain(effect.text)) for effect in self.effects(Say)]

    @property
    def told(self) -> list[str]:
        """What staff read in the last turn."""
        return [plain(effect.text) for effect in self.effects(TellStaff)]

    def conversation(self, place: str) -> Conversation:
        return next(talk for talk in self.dossier.conversations if talk.place == place)
