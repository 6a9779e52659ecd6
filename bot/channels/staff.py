"""The staff's places: on which platform channel each queue is worked, whichever platform the customer is on."""

from collections.abc import Mapping

from msgspec.structs import replace

from bot.dialog.effects import Post
from bot.dialog.files import File
from bot.errors import DeliveryRefused
from bot.ports import Channel, Outgoing


class StaffRooms:
    """The channel for places such as "staff:billing": hands each effect to the platform on which that queue works."""

    def __init__(self, channels: Mapping[str, Channel], *, room: str, queues: Mapping[str, str]) -> None:
        self._channels = channels
        self._room = room
        self._queues = queues

    def room(self, place: str) -> str:
        """Return the platform's place ("slack:T1/C7", "discord:123") for a staff place."""
        return self._queues.get(place.partition(":")[2], self._room)

    def lane(self, place: str) -> str:
        """Share the lane of the platform's place."""
        room = self.room(place)
        prefix = room.partition(":")[0]
        return self._channels[prefix].lane(room)

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect on the platform."""
        room = self.room(outgoing.place)
        if isinstance(outgoing.effect, Post) and outgoing.effect.beside and self.room(outgoing.effect.beside) == room:
            return ""  # whoever works here reads it in the case's thread
        return await self._channels[room.partition(":")[0]].deliver(replace(outgoing, place=room))

    async def fetch(self, file: File) -> bytes:
        """No file comes in on a staff place itself."""
        raise DeliveryRefused(f"{file.at} is on no platform")
