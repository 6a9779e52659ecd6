"""Files between platforms: fetched where they came in, and only those of a size and kind that the shop lets through."""

from collections.abc import Mapping
from fnmatch import fnmatch

from bot.dialog.files import File
from bot.errors import DeliveryRefused
from bot.ports import Channel


class Files:
    """Fetches a file from the platform that keeps it: the part of `File.at` before the colon names it."""

    def __init__(self, channels: Mapping[str, Channel], *, most: int, kinds: tuple[str, ...]) -> None:
        self.most = most
        self.kinds = kinds
        self._channels = channels

    def allows(self, file: File) -> bool:
        """Tell whether a file of this size and kind is passed on."""
        return file.size <= self.most and any(fnmatch(file.kind.partition(";")[0], kind) for kind in self.kinds)

    async def fetch(self, file: File) -> bytes | None:
        """Return the bytes; None for a file that may not pass or that is gone, of which only the name is shown."""
        channel = self._channels.get(file.at.partition(":")[0])
        if channel is None or not self.allows(file):
            return None
        try:
            body = await channel.fetch(file)
        except DeliveryRefused:
            return None
        return body if len(body) <= self.most else None
