"""The bot on an emulated Slack: a support channel, a staff room, people, and a shop that is open."""

import dataclasses
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import Edited, OpenShop, open_shop
from bot.channels.files import Files
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.channel import SlackChannel
from bot.channels.staff import StaffRooms
from bot.content import shipped_folder
from bot.desk.team import Agent
from bot.dialog.catalog import Catalog
from tests.channels.shop import CLAIM
from tests.content import shop
from tests.wire.slack import Channel, Message, SlackServer, User

OUTCOMES = "outcomes: {solved: {title: Solved}, spam: {title: It was spam, check_in: no}}"

COLOURS = """\
flows:
  paint:
    title: Paint it
    private: false
    phrasings: [paint my lamp]
    steps:
      colour:
        ask: colour
        type: choice
        say: Which colour?
        then: done
        options:
          - {value: red, label: Red}
          - {value: blue, label: Blue}
          - {value: green, label: Green}
          - {value: pink, label: Pink}
          - {value: grey, label: Grey}
          - {value: gold, label: Gold}
      done: {end: painted, say: It is painted.}
"""


def write(folder: Path) -> Path:
    """Write the shop of these tests: forms and choices where everybody reads along, a refund in private only."""
    public = CLAIM.replace(
        "    phrasings: [I want to make a claim]", "    private: false\n    phrasings: [make a claim]"
    )
    assert public != CLAIM
    snippets = (shipped_folder() / "handoff" / "snippets.yaml").read_bytes()
    ours: dict[str, str | bytes] = {
        "flows/claim.yaml": public,
        "flows/paint.yaml": COLOURS,
        "handoff/snippets.yaml": snippets,
        "handoff/outcomes.yaml": OUTCOMES,
    }
    return shop.write(folder, {**shop.files(), **ours})


@dataclass(eq=False, slots=True, kw_only=True)
class Scene:
    """Who and what there is on Slack before the bot comes."""

    slack: SlackServer
    ana: User
    ben: User
    dana: User
    help: Channel
    staff: Channel
    general: Channel
    catalog: Catalog
    folder: Path
    access: SlackAccess = field(init=False)

    def __post_init__(self) -> None:
        self.access = SlackAccess(
            bot_tokens=(self.slack.bot_token,),
            app_tokens=(self.slack.app_token,),
            api_url=self.slack.api_url,
            support_channels=(f"slack:{self.slack.team}/{self.help.id}",),
            rooms=(f"slack:{self.slack.team}/{self.staff.id}",),
        )

    @property
    def room(self) -> str:
        """The staff room as a place."""
        return self.access.rooms[0]

    async def thread(self, user: User, text: str, answer: str = "", **more: Any) -> str:
        """Say something in the support channel, wait for the answer below it, and return the thread."""
        ts = await self.slack.say(user, self.help, text, **more)
        await self.slack.wait_for(self.help, answer, thread=ts, after=ts)
        return ts

    async def reply(self, user: User, thread: str, text: str, answer: str = "") -> Message:
        """Say something in a thread, and return the bot's answer."""
        ts = await self.slack.say(user, self.help, text, thread=thread)
        return await self.slack.wait_for(self.help, answer, thread=thread, after=ts)

    async def case(self, user: User) -> Message:
        """Ask for a person in private; return the case's card."""
        await self.slack.say(user, self.slack.dm(user), "talk to a person")
        return await self.slack.wait_for(self.staff, "Case")

    def said(self, thread: str) -> list[str]:
        """Return what the bot has said in a thread of the support channel."""
        return [each.shown for each in self.slack.messages(self.help, thread) if each.bot]


@dataclass(eq=False, slots=True, kw_only=True)
class Desk:
    """The bot at work."""

    shop: OpenShop
    channel: SlackChannel


def scene(slack: SlackServer, folder: Path, catalog: Catalog) -> Scene:
    """Put people and rooms onto a Slack."""
    ana, ben, dana = slack.add_user("ana"), slack.add_user("ben"), slack.add_user("dana")
    agents = {"dana": Agent(id="dana", name="Dana", role="supervisor", accounts=(f"slack:{dana.id}",))}
    return Scene(
        slack=slack,
        ana=ana,
        ben=ben,
        dana=dana,
        help=slack.add_channel("help", members=(ana, ben, dana)),
        staff=slack.add_channel("staff", members=(dana, ben), private=True),
        general=slack.add_channel("general", members=(ana, ben, dana)),
        catalog=dataclasses.replace(catalog, agents=agents),
        folder=folder,
    )


@asynccontextmanager
async def serving(
    there: Scene,
    *,
    access: Mapping[str, Any] | None = None,
    database: str = ":memory:",
    burst: str = "0s",
    ready: bool = True,
    most: int = 1_000_000,
    queues: Mapping[str, str] | None = None,
    edited: Edited | None = None,
) -> AsyncIterator[Desk]:
    """Run the bot on a scene; `access` changes what it is given."""
    channel = SlackChannel(dataclasses.replace(there.access, **(access or {})))
    channels = {"slack": channel}
    async with open_shop(
        folder=there.folder,
        catalog=there.catalog,
        database=database,
        burst=burst,
        channels={**channels, "staff": StaffRooms(channels, room=there.room, queues=queues or {})},
        fronts=channels,
        edited=edited,
        files=Files(channels, most=most, kinds=("image/*", "text/plain")),
    ) as shop:
        if ready:
            await there.slack.until(lambda: channel.ready, 10)
        yield Desk(shop=shop, channel=channel)
