"""The two platforms of the soak, furnished: channels, a forum, staff rooms, agents, and newcomers of every kind."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.soak import words
from tests.soak.people import PAUSE, Customer
from tests.soak.spots import DiscordSpot, Sent, SlackSpot, stamp_of
from tests.soak.staff import DiscordRoom, SlackRoom
from tests.wire import discord as discord_wire
from tests.wire import slack as slack_wire
from tests.wire.discord import DiscordServer
from tests.wire.slack import Pace, SlackServer

KINDS = (
    "slack dm",
    "discord dm",
    "slack thread",
    "discord thread",
    "slack dm",
    "discord post",
    "slack dm",
    "discord dm",
)
AGENTS = ("dana", "eli", "fay", "gus")


@dataclass
class Stage:
    """The two platforms, furnished."""

    slack: SlackServer
    discord: DiscordServer
    slack_support: list[slack_wire.Channel]
    slack_bystander: slack_wire.User
    discord_support: list[discord_wire.Channel]
    discord_bystander: discord_wire.User
    forum: discord_wire.Channel
    rooms: tuple[SlackRoom, DiscordRoom]

    @classmethod
    def furnish(cls, slack: SlackServer, discord: DiscordServer) -> "Stage":
        agents = [slack.add_user(name) for name in AGENTS]
        fellows = [discord.add_user(name) for name in AGENTS]
        bystander = slack.add_user("bystander")
        return cls(
            slack=slack,
            discord=discord,
            slack_support=[slack.add_channel(f"support-{at}", members=[bystander]) for at in range(8)],
            slack_bystander=bystander,
            discord_support=[discord.add_channel(f"support-{at}") for at in range(4)],
            discord_bystander=discord.add_user("bystander"),
            forum=discord.add_channel("forum", kind="forum", tags=["Question", "Solved"]),
            rooms=(
                SlackRoom(slack, slack.add_channel("care", members=agents), agents),
                DiscordRoom(discord, discord.add_channel("workshop"), fellows),
            ),
        )

    @property
    def offences(self) -> list[str]:
        """What the bot did that no bot may do: violations, and people who were rung."""
        slack, discord = self.slack, self.discord
        rung = [f"rang {each}" for each in (*slack.pings, *discord.pings)]
        told = [f"Slack: {each}" for each in slack.violations] + [f"Discord: {each}" for each in discord.violations]
        return [*told, *rung]

    def environment(self, folder: Path) -> dict[str, str]:
        """Return all that an operator would set."""
        slack, discord, (care, workshop) = self.slack, self.discord, self.rooms
        accounts = zip(care.agents, workshop.agents, strict=True)
        agents = {a.name: (f"slack:{a.id}", f"discord:{b.id}") for a, b in accounts}
        return {
            "FRONTDESK_CONTENT": str(words.write_shop(folder / "content", agents)),
            "FRONTDESK_DATABASE": str(folder / "desk.sqlite"),
            "FRONTDESK_BURST": f"{PAUSE}s",
            "FRONTDESK_LOG_LEVEL": "info",
            "FRONTDESK_SLACK_API_URL": slack.api_url,
            "FRONTDESK_SLACK_BOT_TOKEN": slack.bot_token,
            "FRONTDESK_SLACK_APP_TOKEN": slack.app_token,
            "FRONTDESK_SLACK_SUPPORT_CHANNELS": ",".join(room.id for room in self.slack_support),
            "FRONTDESK_DISCORD_API_URL": discord.api_url,
            "FRONTDESK_DISCORD_GATEWAY_URL": discord.gateway_url,
            "FRONTDESK_DISCORD_TOKEN": discord.token,
            "FRONTDESK_DISCORD_SUPPORT_CHANNELS": ",".join(
                str(room.id) for room in (*self.discord_support, self.forum)
            ),
            "FRONTDESK_STAFF_CHANNEL": f"slack:{care.room.id}",
            "FRONTDESK_STAFF_QUEUES": f"workshop=discord:{workshop.room.id}",
        }

    def newcomer(self, number: int, dice: random.Random) -> Customer:
        """Let somebody come who has never been here."""
        name = f"c{number}x"
        kinds = (
            "slack dm",
            "slack dm",
            "slack dm",
            "slack thread",
            "discord dm",
            "discord dm",
            "discord thread",
            "discord post",
        )
        match kinds[number % len(kinds)]:
            case "slack dm":
                user = self.slack.add_user(name, name)
                return Customer(number, name, SlackSpot(self.slack, user, self.slack.dm(user), "slack dm"))
            case "slack thread":
                user = self.slack.add_user(name, name)
                room = dice.choice(self.slack_support)
                room.members[user.id] = None
                return Customer(number, name, SlackSpot(self.slack, user, room, "slack thread"))
            case "discord dm":
                person = self.discord.add_user(name, display=name)
                return Customer(number, name, DiscordSpot(self.discord, person, self.discord.dm(person), "discord dm"))
            case kind:
                person = self.discord.add_user(name, display=name)
                home = self.forum if kind == "discord post" else dice.choice(self.discord_support)
                return Customer(number, name, DiscordSpot(self.discord, person, home, kind))

    async def stray(self, who: Customer, text: str) -> Sent:
        """Let somebody else say something in a customer's thread."""
        spot = who.spot
        if isinstance(spot, SlackSpot):
            ts = await self.slack.say(self.slack_bystander, spot.room, text, thread=spot.thread)
            return Sent(f"slack:{spot.room.team.id}/{spot.room.id}/{ts}", stamp_of(ts))
        assert isinstance(spot, DiscordSpot)
        assert spot.room
        said = await self.discord.say(self.discord_bystander, spot.room, text)
        return Sent(f"discord:{said.id}", said.id)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    async with SlackServer(retry_scale=0.05) as slack, DiscordServer() as discord:
        discord.gateway.heartbeat_interval = 3.0
        slack.pacing = Pace(violate=False)  # a bot that was killed does not know how much it has just said
        yield Stage.furnish(slack, discord)
