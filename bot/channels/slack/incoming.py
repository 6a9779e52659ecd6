"""What people write, change and delete on Slack → our events.

Which words are whose is told by where they stand: a DM, a support channel, a thread with a conversation, the thread
of a case's card. What they mean is not told here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from bot.channels.casework import agent_of, post_event
from bot.channels.doorstep import Doorstep
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.fetching import files_in
from bot.channels.slack.places import Places, Where, accounts, is_dm, moment, person
from bot.channels.slack.reading import (
    all_named,
    forwarded,
    names_bot,
    plain_text,
    shortened_quote,
    unnamed,
)  # fmt: skip
from bot.channels.slack.workspace import Workspace
from bot.channels.typed import does, edit_events, parts, staff_events, typed_on
from bot.desk.case import Case
from bot.dialog.events import (
    AgentSpoke,
    CustomerJoined,
    CustomerLeft,
    Event,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReplyDeleted,
)  # fmt: skip
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

Message = Mapping[str, Any]

_QUOTE_WAIT = 1.0
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")


class Told(NamedTuple):
    """What came of an event of Slack's: events of ours, and whom to tell that this place is for staff."""

    events: tuple[Event, ...] = ()
    not_staff: str = ""


_NOTHING = Told()


class Ears:
    """Hears what happens in a shop's channels, threads and DMs."""

    def __init__(
        self,
        access: SlackAccess,
        shop: Shop,
        places: Places,
        case_of: Callable[[str], Awaitable[int]],
        about: Callable[[str], Awaitable[str]],
    ) -> None:
        self._support = access.support_ids
        self._rooms = access.room_ids
        self._prefix = access.reply_prefix
        self._doorstep = Doorstep(welcome=access.welcome)
        self._shop = shop
        self._places = places
        self._case_of = case_of
        self._about = about

    async def hear(self, space: Workspace, event: Message) -> Told:
        """Return what an event of Slack's means to us; mostly nothing."""
        match event.get("type"), event.get("subtype"):
            case "message" | "app_mention", subtype if subtype in _WRITTEN:
                return await self._written(space, event)
            case "message", "message_changed":
                return await self._changed(space, event)
            case "message", "message_deleted":
                former = event.get("previous_message") or {}
                return await self._deleted(space, str(event["channel"]), former, str(event["deleted_ts"]))
            case "team_join", _:
                return await self._joined(space, event["user"])
            case "user_change", _:
                return await self._user_changed(space, event["user"])
            case _:
                return _NOTHING

    # --- new messages -------------------------------------------------------------------------------------------------

    async def _written(self, space: Workspace, event: Message) -> Told:
        channel, ts, user = str(event["channel"]), str(event["ts"]), str(event.get("user") or "")
        if event.get("bot_id") or user in ("", "USLACKBOT", space.bot):
            return _NOTHING
        thread = str(event.get("thread_ts") or "")
        if channel in self._rooms:
            return await self._staff_wrote(space, channel, thread, event)
        at = _place(space.team, channel, thread, ts)
        customer = person(space.team, user)
        named = names_bot(str(event.get("text") or ""), space.bot)
        agent = "" if is_dm(channel) else agent_of(self._shop.catalog, *accounts(space.team, user))
        talking = self._places.customers(at.place)
        if agent and customer not in talking and (talking or not named):
            return await self._agent_spoke(space, at, agent, talking, event)
        theirs = customer in talking and user == _owner(talking, event)
        if not (is_dm(channel) or named or theirs or self._begins(channel, thread, ts, event)):
            return _NOTHING
        received = await self.message(space, at, customer, event, named=named)
        self._places.add(customer, at.place)
        return Told((received,))

    def _begins(self, channel: str, thread: str, ts: str, event: Message) -> bool:
        """Tell whether a message begins a matter: at the top of a support channel, or below the author's own there."""
        top = thread in ("", ts)
        return channel in self._support and (top or event.get("parent_user_id") == event["user"])

    async def message(
        self, space: Workspace, at: Where, customer: str, event: Message, *, named: bool = False
    ) -> MessageReceived:
        """Return a customer's message as it is read by people."""
        ts, user = str(event["ts"]), str(event["user"])
        raw = str(event.get("text") or "")
        shared = forwarded(event) or await self._answered(space, at, event)
        names = await space.names({user, *all_named((raw, shared))} - {space.bot})
        text = plain_text(raw, space.bot, names)
        quote = plain_text(shared, space.bot, names)
        if forwarded(event) and not text:
            text, quote = quote, ""
        return MessageReceived(
            key=f"slack:{at.message(ts)}",
            customer=customer,
            at=moment(ts),
            place=at.place,
            name=names.get(user, ""),
            text=text,
            scope="private" if is_dm(at.channel) else "public",
            near=Where(at.team, at.channel).place if at.thread == ts else "",
            messages=(at.message(ts),),
            files=await files_in(space, event),
            quote=shortened_quote(quote),
            mentioned=named,
        )

    async def _answered(self, space: Workspace, at: Where, event: Message) -> str:
        """Return what a message answers by standing below it in a DM, which is one place for us; empty if unknown."""
        thread = str(event.get("thread_ts") or "")
        if not is_dm(at.channel) or thread in ("", str(event["ts"])):
            return ""
        try:
            async with asyncio.timeout(_QUOTE_WAIT):
                answer = await space.read("conversations.replies", channel=at.channel, ts=thread, limit=1)
                return str(answer["messages"][0].get("text") or "")
        except Exception as error:  # a quote is never worth a message
            log.info("what a message answers is not known: %s", type(error).__name__)
            return ""

    async def _agent_spoke(
        self, space: Workspace, at: Where, agent: str, talking: tuple[str, ...], event: Message
    ) -> Told:
        """Return that an agent wrote in a thread, for each customer who talks there."""
        text = await self._text(space, event)
        key = f"slack:{at.message(str(event['ts']))}"
        events = (
            AgentSpoke(
                key=f"{key}/{nth}" if nth else key,
                customer=customer,
                at=moment(str(event["ts"])),
                place=at.place,
                agent=agent,
                text=text,
            )
            for nth, customer in enumerate(talking)
        )
        return Told(tuple(events))

    # --- the staff's rooms --------------------------------------------------------------------------------------------

    async def _staff_wrote(self, space: Workspace, channel: str, thread: str, event: Message) -> Told:
        ts, user = str(event["ts"]), str(event["user"])
        at = Where(space.team, channel, thread)
        case = await self._case(at)
        about = "" if case or not thread else await self._about(at.message(thread))
        if not (case or about):
            return _NOTHING
        agent = agent_of(self._shop.catalog, *accounts(space.team, user))
        if not agent:
            return Told(not_staff=user)
        if case is None:
            return await self._below_post(space, at, about, agent, event)
        said = staff_events(
            parts(*await self._typed(space, event)),
            files=await files_in(space, event),
            key=f"slack:{at.message(ts)}",
            customer=case.customer,
            at=moment(ts),
            agent=agent,
            case=case.number,
            message=at.message(ts),
        )
        return Told(said)

    async def _below_post(self, space: Workspace, at: Where, about: str, agent: str, event: Message) -> Told:
        """Return what an agent's line below a post does; mostly it is talk."""
        do, text = typed_on(
            about, await self._text(space, event), self._prefix, unnamed(str(event.get("text") or ""), space.bot)
        )
        ts = str(event["ts"])
        said = post_event(about, do, text, key=f"slack:{at.message(ts)}", at=moment(ts), agent=agent)
        return Told((said,)) if said else _NOTHING

    async def _staff_changed(self, space: Workspace, at: Where, event: Message, former: Message, key: str) -> Told:
        """Return what an edit in a case's thread does to the customer's copy."""
        case, agent = await self._case(at), agent_of(self._shop.catalog, *accounts(space.team, str(event["user"])))
        if not (case and agent):
            return _NOTHING
        message = at.message(str(event["ts"]))
        common: dict[str, Any] = {"customer": case.customer, "agent": agent, "case": case.number, "message": message}
        common |= {"key": key, "at": moment(str(event["edited"]["ts"])), "files": await files_in(space, event)}
        did = await self._did(space, case, message, former)
        return Told(edit_events(did, does(*await self._typed(space, event)), live=case.live, **common))

    async def _did(self, space: Workspace, case: Case, message: str, former: Message) -> str:
        """Return what a line did before it was changed; what it was is not known of a change found in the history."""
        if former:
            return does(*await self._typed(space, former))[0]
        dossier = (await self._shop.store.dossiers([case.customer]))[case.customer][1]
        carried = (each for talk in dossier.conversations for each in talk.carried)
        return "reply" if any(each.message == message and each.effect for each in carried) else "line"

    async def _case(self, at: Where) -> Case | None:
        """Return the case in whose thread something stands."""
        number = await self._case_of(at.message(at.thread)) if at.thread else 0
        return await self._shop.store.case(number) if number else None

    # --- edits and deletions ------------------------------------------------------------------------------------------

    async def _changed(self, space: Workspace, event: Message) -> Told:
        now, former = event.get("message") or {}, event.get("previous_message") or {}
        channel = str(event["channel"])
        if now.get("subtype") == "tombstone":
            return await self._deleted(space, channel, former, str(now["ts"]))
        edited = (now.get("edited") or {}).get("ts")
        same = now.get("text") == former.get("text")
        if not edited or same or now.get("bot_id") or str(now.get("user") or "") in ("", space.bot):
            return _NOTHING  # a preview of a link was added, a thread grew, or it is our own
        at = _place(space.team, channel, str(now.get("thread_ts") or ""), str(now["ts"]))
        key = f"slack:{at.message(str(now['ts']))}/edit/{edited}"
        if channel in self._rooms:
            return await self._staff_changed(space, at, now, former, key)
        customer = person(space.team, str(now["user"]))
        if customer not in self._places.customers(at.place):
            return _NOTHING
        text = await self._text(space, now)
        message = at.message(str(now["ts"]))
        return Told(
            (MessageEdited(key=key, customer=customer, at=moment(edited), place=at.place, message=message, text=text),)
        )

    async def _deleted(self, space: Workspace, channel: str, former: Message, ts: str) -> Told:
        user = str(former.get("user") or "")
        if former.get("bot_id") or user in ("", space.bot):
            return _NOTHING
        at = _place(space.team, channel, str(former.get("thread_ts") or ""), ts)
        key, now = f"slack:{at.message(ts)}/deleted", self._shop.clock.now()
        if channel in self._rooms:
            case = await self._case(at)
            agent = agent_of(self._shop.catalog, *accounts(space.team, user))
            if not (case and agent):
                return _NOTHING
            message = at.message(ts)  # where it was no reply, this does nothing
            gone = ReplyDeleted(key=key, customer=case.customer, at=now, agent=agent, case=case.number, message=message)
            return Told((gone,))
        customer = person(space.team, user)
        if customer not in self._places.customers(at.place):
            return _NOTHING
        return Told((MessageDeleted(key=key, customer=customer, at=now, place=at.place, message=at.message(ts)),))

    # --- people -------------------------------------------------------------------------------------------------------

    async def _joined(self, space: Workspace, user: Message) -> Told:
        """Return that somebody is new here, with the DM in which they are welcomed."""
        space.learn(user)
        id, now = str(user["id"]), self._shop.clock.now()
        staff = agent_of(self._shop.catalog, *accounts(space.team, id))
        if user.get("is_bot") or staff or not self._doorstep.welcomes(now):
            return _NOTHING
        answer = await space.write("conversations.open", users=id)
        at, customer = Where(space.team, str(answer["channel"]["id"])), person(space.team, id)
        self._places.add(customer, at.place)
        name = await space.name(id)
        return Told((CustomerJoined(key=f"{customer}/joined", customer=customer, at=now, place=at.place, name=name),))

    async def _user_changed(self, space: Workspace, user: Message) -> Told:
        """Return that a customer whom we know has left; otherwise only learn what people are called now."""
        space.learn(user)
        if not user.get("deleted"):
            return _NOTHING
        customer = person(space.team, str(user["id"]))
        version, _ = (await self._shop.store.dossiers([customer]))[customer]
        if not version:
            return _NOTHING
        key = f"{customer}/left/{user.get('updated', '')}"
        return Told((CustomerLeft(key=key, customer=customer, at=self._shop.clock.now()),))

    async def _typed(self, space: Workspace, message: Message) -> tuple[str, str, str]:
        written = unnamed(str(message.get("text") or ""), space.bot)
        return await self._text(space, message), self._prefix, written

    async def _text(self, space: Workspace, message: Message) -> str:
        raw = str(message.get("text") or "") or forwarded(message)
        return plain_text(raw, space.bot, await space.names(all_named((raw,)) - {space.bot}))


def _place(team: str, channel: str, thread: str, ts: str) -> Where:
    """Return where a message is answered: in the DM as a whole, else in the thread that it stands in or begins."""
    return Where(team, channel) if is_dm(channel) else Where(team, channel, thread or ts)


def _owner(talking: tuple[str, ...], event: Message) -> str:
    """Return whose matter a thread is (the id of the person): its author's, or that of who named the bot there first.

    The others who talk with the bot there have to name it each time.
    """
    author = str(event.get("parent_user_id") or "")
    people = [customer.rpartition("/")[2] for customer in talking]
    return author if author in people else people[0]
