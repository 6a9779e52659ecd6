"""What was deleted while the bot was away: words that were passed on, and whose message is gone from Slack.

The history shows no deletions. A message that was not read there is asked for by itself, since it may only stand
where nobody looked.
"""

import logging
from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import NamedTuple

import aiohttp

from bot.channels.slack.places import Where, where
from bot.channels.slack.workspace import SlackRefused, Workspace
from bot.dialog.events import Event, MessageDeleted, ReplyDeleted
from bot.dialog.state import Conversation
from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

MOST = 40  # messages that are asked for
_GONE = ("thread_not_found", "message_not_found")


class Revised(NamedTuple):
    """The deletions that were found, and of how many messages it is not known."""

    events: tuple[Event, ...] = ()
    unsure: int = 0


class _Carried(NamedTuple):
    customer: str
    talk: Conversation
    at: Where  # a message: its thread is its own ts


async def deletions(
    shop: Shop,
    spaces: Mapping[str, Workspace],
    customers: Iterable[str],
    *,
    rooms: Set[str],
    read: Set[str],
    since: datetime,
) -> Revised:
    """Return what these customers, and staff in their cases, have deleted of what they wrote since then."""
    missing = [
        each
        for each in await _carried(shop, customers)
        if each.at.team in spaces and each.at.thread and float(each.at.thread) > since.timestamp()
        if each.at.message(each.at.thread) not in read and not await shop.store.knows(_key(each.at))
    ]
    missing.sort(key=lambda each: float(each.at.thread), reverse=True)
    events, unsure = [], len(missing[MOST:])
    for each in missing[:MOST]:
        try:
            if await _gone(spaces[each.at.team], each.at):
                events.append(_event(shop, each, staff=each.at.channel in rooms))
        except (DeliveryRefused, DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("whether a message was deleted is not known: %s", error)
            unsure += 1
    return Revised(tuple(events), unsure)


async def _carried(shop: Shop, customers: Iterable[str]) -> list[_Carried]:
    """Return the messages whose words staff or customers have been given."""
    dossiers = await shop.store.dossiers(list(customers))
    found = {
        each.message: _Carried(customer, talk, where(each.message))
        for customer, (_, dossier) in dossiers.items()
        for talk in dossier.conversations
        for each in talk.carried
    }
    return list(found.values())


async def _gone(space: Workspace, at: Where) -> bool:
    try:
        answer = await space.read("conversations.replies", channel=at.channel, ts=at.thread, limit=1)
    except SlackRefused as error:
        if error.code in _GONE:
            return True
        raise
    (message, *_) = answer["messages"]
    return message.get("subtype") == "tombstone" or str(message["ts"]) != at.thread


def _event(shop: Shop, each: _Carried, *, staff: bool) -> Event:
    now, message = shop.clock.now(), each.at.message(each.at.thread)
    if not staff:
        return MessageDeleted(key=_key(each.at), customer=each.customer, at=now, place=each.talk.place, message=message)
    # Who deleted it is not told anywhere; an agent it was.
    agent = next(iter(shop.catalog.agents), "")
    return ReplyDeleted(
        key=_key(each.at), customer=each.customer, at=now, agent=agent, case=each.talk.case, message=message
    )


def _key(at: Where) -> str:
    return f"slack:{at.message(at.thread)}/deleted"
