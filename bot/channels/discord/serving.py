"""What the parts of the channel share while a connection is served."""

from dataclasses import dataclass

import discord

from bot.channels.discord.access import DiscordAccess
from bot.channels.discord.memory import Memory
from bot.channels.discord.rest import Rest
from bot.channels.discord.roles import Roles
from bot.channels.discord.rooms import Rooms
from bot.channels.doorstep import Doorstep
from bot.channels.files import Files
from bot.ports import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A client that is logged in, on behalf of a shop."""

    access: DiscordAccess
    shop: Shop
    files: Files
    client: discord.Client
    rest: Rest
    memory: Memory
    rooms: Rooms
    roles: Roles
    doorstep: Doorstep

    @property
    def me(self) -> int:
        """The bot's own id."""
        own = self.client.user
        return own.id if own else 0
