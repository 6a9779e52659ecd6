"""What an operator gives the bot for Discord: its token, where it speaks, and where its staff works."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.channels.board import EACH
from bot.channels.modes import DIRECT, mode_of
from bot.desk.team import Role
from bot.dialog.happening import Mode

API = "https://discord.com/api/v10"
GATEWAY = "wss://gateway.discord.gg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordAccess:
    """One application. Channels are ids, written "123" or "discord:123"; the token does not show in the repr.
    Members with one of the `roles` are staff.

    `patience` is for how many seconds the gateway may leave a heartbeat unanswered before it is taken for deaf,
    `settle` for how many there must be no news of another server before all are taken to be known. `queues` are worked
    elsewhere than in `staff` (as a place, which may be on another platform), and `board` is every how many seconds the
    pinned boards are looked at.
    """

    token: str = field(repr=False)
    api_url: str = API
    gateway_url: str = GATEWAY
    support_channels: tuple[str, ...] = ()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    welcome: bool = False
    rooms: tuple[str, ...] = ()
    staff: str = ""
    queues: Mapping[str, str] = field(default_factory=dict)
    board: float = EACH
    reply_prefix: str = "!r"
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    patience: float = 10.0
    settle: float = 1.0

    @property
    def support_ids(self) -> frozenset[int]:
        """The channels and forums in which every customer is answered."""
        return frozenset(map(channel_id, self.support_channels))

    @property
    def room_ids(self) -> frozenset[int]:
        """The staff's channels."""
        return frozenset(map(channel_id, self.rooms))

    def room_of(self, queue: str) -> str:
        """Return the channel in which a queue is worked, as it is written without the platform."""
        return (self.queues.get(queue) or self.staff or next(iter(self.rooms), "")).removeprefix("discord:")

    def who_speaks(self, place: str) -> Mode:
        """Return who speaks in a place: a thread is in the mode of its channel or forum."""
        channel, _, thread = place.removeprefix("discord:").partition("/")
        return mode_of(self.modes, channel if thread else DIRECT)


def channel_id(written: str) -> int:
    """Return the channel of "discord:123" or "123"."""
    return int(written.removeprefix("discord:"))


def point_library_at(access: DiscordAccess) -> None:
    """Make the library talk to the addresses of `access`. They are attributes of its classes, so one bot has one."""
    Route.BASE = access.api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = URL(access.gateway_url)
