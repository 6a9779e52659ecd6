"""Who speaks in which channel: an operator's setting, put onto what customers do there as it is accepted."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from msgspec.structs import replace

from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.events import ChoicePressed, CustomerJoined, Event, FormSubmitted, MessageReceived
from bot.dialog.happening import Mode
from bot.ports import Clock, Shop, Store

DIRECT, DEFAULT = "direct", "default"  # beside channels' ids: direct messages, and all that are not named


def mode_of(modes: Mapping[str, Mode], channel: str) -> Mode:
    """Return the mode of a channel (or of direct messages)."""
    return modes.get(channel) or modes.get(DEFAULT, "live")


class Moded:
    """A shop to which what customers do comes with the mode of their place (ports.Shop)."""

    def __init__(self, shop: Shop, mode: Callable[[str], Mode]) -> None:
        self._shop = shop
        self.mode = mode

    @property
    def catalog(self) -> Catalog:
        """The content that is served."""
        return self._shop.catalog

    @property
    def store(self) -> Store:
        """Its durable state."""
        return self._shop.store

    @property
    def floor(self) -> Floor:
        """What all customers share."""
        return self._shop.floor

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self._shop.clock

    @property
    def outside(self) -> Mapping[str, str]:
        """Outside systems, each with what is wrong with it."""
        return self._shop.outside

    @property
    def paused(self) -> bool:
        """Whether the bot is kept from speaking."""
        return self._shop.paused

    async def accept(self, event: Event) -> bool:
        """Store an event with its mode."""
        if isinstance(event, MessageReceived | ChoicePressed | FormSubmitted | CustomerJoined):
            event = replace(event, mode=self.mode(event.place))
        return await self._shop.accept(event)

    async def idle(self) -> None:
        """Wait until everything that was caused has happened."""
        await self._shop.idle()

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock."""
        await self._shop.advance_clock(by)
