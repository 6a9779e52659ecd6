"""What an operator gives the bot for Slack: tokens, where it speaks, and where its staff works."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.channels.board import EACH
from bot.channels.modes import DIRECT, mode_of
from bot.desk.team import Role
from bot.dialog.happening import Mode

API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAccess:
    """One app in one or more workspaces: a bot token for each, and an app token for each socket.

    Channels are written "slack:T1/C7", or bare "C7" where there is one workspace. `pace` is how many messages a second
    go to one channel, after a first `burst`. `queues` are worked elsewhere than in `staff` (as a place, which may be on
    another platform), and `board` is every how many seconds the pinned boards are looked at. Members of the user
    groups in `roles` are staff. Secrets do not show in the repr.
    """

    bot_tokens: tuple[str, ...] = field(repr=False)
    app_tokens: tuple[str, ...] = field(default=(), repr=False)
    signing_secret: str = field(default="", repr=False)
    mode: Literal["socket", "http"] = "socket"
    api_url: str = API
    support_channels: tuple[str, ...] = ()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    welcome: bool = False
    rooms: tuple[str, ...] = ()
    staff: str = ""
    queues: Mapping[str, str] = field(default_factory=dict)
    board: float = EACH
    reply_prefix: str = "!r"
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    pace: float = 1.0
    burst: int = 8

    @property
    def support_ids(self) -> frozenset[str]:
        """The support channels by Slack's own ids, which are unique across workspaces."""
        return frozenset(map(channel_id, self.support_channels))

    @property
    def room_ids(self) -> frozenset[str]:
        """The staff's channels, likewise."""
        return frozenset(map(channel_id, self.rooms))

    def room_of(self, queue: str) -> str:
        """Return the channel in which a queue is worked."""
        return channel_id(self.queues.get(queue) or self.staff or next(iter(self.rooms), ""))

    def who_speaks(self, place: str) -> Mode:
        """Return who speaks in a place."""
        channel = place.removeprefix("slack:").split("/")[1:2]
        by_id = {channel_id(name): mode for name, mode in self.modes.items()}
        return mode_of(by_id, DIRECT if channel and channel[0].startswith("D") else "".join(channel))


def channel_id(written: str) -> str:
    """Return the channel of "slack:T1/C7", "T1/C7" or "C7"."""
    return written.removeprefix("slack:").rpartition("/")[2]


def team_id(written: str) -> str:
    """Return the team of "slack:T1/C7" or "T1/C7"; empty where none is written."""
    return written.removeprefix("slack:").rpartition("/")[0]
