"""When the bot was last heard to be there, what it must look through when it is back, and whether it is deaf."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import NamedTuple

import aiohttp

from bot.channels.casework import agent_of
from bot.channels.slack import catchup
from bot.channels.slack.access import SlackAccess, channel_id, team_id
from bot.channels.slack.catchup import Hear, Look, Message
from bot.channels.slack.places import PREFIX, Places, Where, accounts, is_dm, where
from bot.channels.slack.revised import deletions
from bot.channels.slack.workspace import Workspace
from bot.errors import DeliveryDelayed, DeliveryRefused, StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

ALIVE = "alive:slack"
GONE = "gone:slack"  # the last absences: since when, until when
PROBED = timedelta(minutes=10)  # how far back a probe looks
SETTLED = timedelta(seconds=20)  # what is younger may still be on its way
SHORT = timedelta(minutes=2)  # an absence after which Slack itself delivers again: only lively places are looked into
RETRIED = timedelta(minutes=6)  # so long Slack tries to deliver; each of its tries may fall into another absence
LIVELY = timedelta(minutes=2)  # before the absence: who spoke then is likely to have gone on
_PAUSE = 2.0
_KINDS = ("public_channel", "private_channel", "mpim", "im")


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
            places = [(space, list(map(Look, self._support_of(space)))) for space in self._spaces.values()]
            caught = await catchup.catch_up(places, since, self._hear_settled, self._by_staff, back=timedelta())
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
        begun = await self._begun(alive)
        since = max(begun - SETTLED, now - catchup.FARTHEST)
        lively = [place for _, place in await self._shop.store.places(PREFIX, since - LIVELY)]
        cases = await self._shop.store.board()
        cards = [await self._shop.store.card(case.number) for case in cases]
        known = list(dict.fromkeys((*lively[-catchup.PLACES :], *self._places.latest(most))))
        others, left = await self._others(catchup.OTHERS if long else catchup.OTHERS_SHORT)
        looks = self._looks([*known, *filter(None, cards)], others)
        caught = await catchup.catch_up(looks, since, self._hear, self._by_staff)
        customers = {case.customer for case in cases}.union(*map(self._places.customers, known))
        back = since - catchup.BACK
        revised = await deletions(self._shop, self._spaces, customers, rooms=self._rooms, read=caught.read, since=back)
        new = caught.new + sum([await self._shop.accept(event) for event in revised.events])
        # After a short absence, Slack itself delivers again what was written in places that are not looked into.
        unread = caught.unread + left.unlisted + (left.beyond + max(0, len(self._places) - len(known)) if long else 0)
        _report(caught._replace(new=new, unread=unread), revised.unsure, too_old=now - alive > catchup.FARTHEST)
        await self._shop.store.set(GONE, f"{begun.isoformat()} {now.isoformat()}")

    async def _begun(self, alive: datetime) -> datetime:
        """Return when this absence began; one soon after another went on from there, as far as Slack tried again."""
        begun, _, ended = (await self._shop.store.setting(GONE) or "").partition(" ")
        if not ended or alive - datetime.fromisoformat(ended) > RETRIED:
            return alive
        return min(alive, max(datetime.fromisoformat(begun), alive - RETRIED))

    def _looks(self, places: list[str], others: dict[str, list[Look]]) -> list[tuple[Workspace, list[Look]]]:
        """Return where something may have been missed, in each workspace."""
        elsewhere = [where(place) for place in places]
        return [
            (
                space,
                [
                    *map(Look, self._support_of(space)),
                    *(Look(at) for at in elsewhere if at.team == space.team),
                    *others.get(space.team, ()),
                ],
            )
            for space in self._spaces.values()
        ]

    async def _others(self, most: int) -> tuple[dict[str, list[Look]], "_Left"]:
        """Return the other channels that the bot is in, and the DMs of people whom it does not know: the latest."""
        others: dict[str, list[Look]] = {}
        unlisted = beyond = 0
        for space in self._spaces.values():
            rooms: list[Message] = []
            for kind in _KINDS:
                try:
                    rooms += await catchup.joined(space, kind)
                except (DeliveryRefused, DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError) as error:
                    unlisted += 1
                    log.info("which rooms of the kind %s there are is not known: %s", kind, error)
            new = [room for room in sorted(rooms, key=_changed, reverse=True) if self._is_new(space, room)]
            beyond += len(new[most:])
            ats = [Where(space.team, str(room["id"])) for room in new[:most]]
            others[space.team] = [Look(at, named=not is_dm(at.channel)) for at in ats]
        return others, _Left(unlisted, beyond)

    def _is_new(self, space: Workspace, room: Message) -> bool:
        """Tell whether a channel or DM is looked into for no other reason."""
        at = Where(space.team, str(room["id"]))
        ours = at.channel in self._rooms or at in self._support_of(space) or bool(self._places.customers(at.place))
        return not (ours or room.get("is_user_deleted") or room.get("user") == "USLACKBOT")

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


class _Left(NamedTuple):
    """What was not looked into: kinds of rooms that Slack did not list, and rooms beyond the limit."""

    unlisted: int
    beyond: int


def _changed(room: Message) -> float:
    return max(float(room.get("created") or 0), float(room.get("updated") or 0) / 1_000)


def _report(caught: catchup.Caught, unsure: int, *, too_old: bool) -> None:
    if caught.new:
        log.info("caught up with %d messages on Slack", caught.new)
    if caught.left or caught.unread or caught.odd or unsure or too_old:
        log.warning(
            "not caught up on Slack: %d messages beyond the limit, %d places that were not read, %d messages that were"
            " not understood, %d that may have been deleted%s",
            caught.left,
            caught.unread,
            caught.odd,
            unsure,
            f", and what is older than {catchup.FARTHEST}" if too_old else "",
        )
