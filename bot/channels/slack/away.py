"""When the bot was last heard to be there, what it must look through when it is back, and whether it is deaf."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.channels.casework import agent_of
from bot.channels.slack import catchup
from bot.channels.slack.access import SlackAccess, channel_id, team_id
from bot.channels.slack.catchup import Hear, Message
from bot.channels.slack.places import Places, Where, accounts, where
from bot.channels.slack.workspace import Workspace
from bot.errors import StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

ALIVE = "alive:slack"
PROBED = timedelta(minutes=10)  # how far back a probe looks
SETTLED = timedelta(seconds=20)  # what is younger may still be on its way
SHORT = timedelta(minutes=2)  # an absence after which Slack itself delivers again: only a few places are looked into
_PAUSE = 2.0


class Away:
    """Keeps the time until which everything was heard, and closes the gap after it."""

    def __init__(
        self, access: SlackAccess, shop: Shop, spaces: dict[str, Workspace], places: Places, hear: Hear
    ) -> None:
        self._support = access.support_channels
        self._rooms = access.room_ids
        self._shop = shop
        self._spaces = spaces
        self._places = places
        self._hear = hear
        self._began = shop.clock.now()
        self._looking = asyncio.Lock()
        self._gaps = 1  # those still to be closed: one is there at the start, each new connection may leave another
        self._started = False

    async def note(self) -> None:
        """Note that everything was heard until now, unless there is a gap still."""
        if self._gaps:
            return
        try:
            await self._shop.store.set(ALIVE, self._shop.clock.now().isoformat())
        except StoreError as error:
            log.error("cannot note that Slack is heard: %s", error)

    async def back(self) -> None:
        """Hear what was written since everything was last heard."""
        self._gaps += self._started
        self._started = True
        async with self._looking:
            while True:
                if await self._closed():
                    break
                await asyncio.sleep(_PAUSE)
        self._gaps -= 1
        await self.note()

    async def probe(self) -> bool:
        """Tell whether support channels hold messages that should have arrived and have not; they are heard now."""
        async with self._looking:
            since = max(self._shop.clock.now() - PROBED, self._began)
            places = [(space, self._support_of(space)) for space in self._spaces.values()]
            caught = await catchup.catch_up(places, since, self._hear_settled, self._by_staff)
        return caught.new > 0

    async def _closed(self) -> bool:
        """Close the gap; False where that must be tried again."""
        try:
            alive = await self._shop.store.setting(ALIVE)
            if alive is not None:  # at the first start, what is older was not meant for the bot
                await self._close(datetime.fromisoformat(alive), self._shop.clock.now())
        except Exception as error:
            told = str(error) if isinstance(error, StoreError) else type(error).__name__
            log.error("catching up with Slack waits: %s", told)
            return False
        return True

    async def _close(self, alive: datetime, now: datetime) -> None:
        long = now - alive > SHORT
        most = catchup.PLACES if long else catchup.PLACES_SHORT
        since = max(alive - SETTLED, now - catchup.FARTHEST)
        caught = await catchup.catch_up(await self._missable(most), since, self._hear, self._by_staff)
        unread = caught.unread + (max(0, len(self._places) - most) if long else 0)
        _report(caught._replace(unread=unread), too_old=now - alive > catchup.FARTHEST)

    async def _missable(self, most: int) -> list[tuple[Workspace, list[Where]]]:
        """Return where something may have been missed: support channels, threads and DMs, the threads of open cases."""
        cards = [await self._shop.store.card(case.number) for case in await self._shop.store.board()]
        elsewhere = [where(place) for place in (*self._places.latest(most), *cards) if place]
        return [
            (space, [*self._support_of(space), *(at for at in elsewhere if at.team == space.team)])
            for space in self._spaces.values()
        ]

    def _support_of(self, space: Workspace) -> list[Where]:
        """Return the support channels of a workspace; one that names no team is in the first."""
        first = space is next(iter(self._spaces.values()))
        teams = {space.team, ""} if first else {space.team}
        return [Where(space.team, channel_id(each)) for each in self._support if team_id(each) in teams]

    async def _hear_settled(self, space: Workspace, event: Message) -> int:
        old = self._shop.clock.now() - SETTLED
        return await self._hear(space, event) if float(event["ts"]) < old.timestamp() else 0

    def _by_staff(self, space: Workspace, message: Message) -> bool:
        if message["channel"] in self._rooms:
            return True
        return bool(agent_of(self._shop.catalog, *accounts(space.team, str(message.get("user") or ""))))


def _report(caught: catchup.Caught, *, too_old: bool) -> None:
    if caught.new:
        log.info("caught up with %d messages on Slack", caught.new)
    if caught.left or caught.unread or too_old:
        log.warning(
            "not caught up on Slack: %d messages beyond the limit, %d places that were not read%s; nor direct messages"
            " from people who had never written before",
            caught.left,
            caught.unread,
            f", what is older than {catchup.FARTHEST}" if too_old else "",
        )
