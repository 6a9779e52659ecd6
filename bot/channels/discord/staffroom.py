"""What agents write in a case's thread → events. A line that begins with the prefix is a reply, all else a note."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.channels.casework import agent_of, post_event
from bot.channels.discord import reading
from bot.channels.discord.memory import message_id
from bot.channels.discord.serving import Serving
from bot.channels.typed import does, edit_events, parts, staff_events, typed_on
from bot.desk.case import Case
from bot.dialog.events import Event, ReplyDeleted


async def written(serving: Serving, said: discord.Message, card: str) -> Sequence[Event]:
    """Return what an agent's line does; what others write there is nothing to us."""
    agent = agent_of(serving.shop.catalog, f"discord:{said.author.id}")
    case = await case_of(serving, card) if agent else None
    if case is None:
        return await below(serving, said, card)
    id = message_id(said.channel.id, said.id)
    do, text = does(*_typed(serving, said))
    empty = do == "reply" and not (text or said.attachments)  # which sends nothing
    serving.memory.lines.keep(id, (agent, "line" if empty else do))
    common: dict[str, Any] = {"key": f"discord:{said.id}", "customer": case.customer, "at": said.created_at}
    common |= {"agent": agent, "case": case.number, "message": id, "files": reading.files(said)}
    return staff_events(parts(*_typed(serving, said)), **common)


async def below(serving: Serving, said: discord.Message, post: str) -> Sequence[Event]:
    """Return what an agent's line does that stands below a post, or answers it; mostly it is talk."""
    agent = agent_of(serving.shop.catalog, f"discord:{said.author.id}")
    about = (serving.memory.posts.get(post) or await serving.shop.store.post_at(post)) if agent else ""
    if not about:
        return ()
    do, text = typed_on(
        about, reading.words(said, serving.me), serving.access.reply_prefix, reading.written(said, serving.me)
    )
    event = post_event(about, do, text, key=f"discord:{said.id}", at=said.created_at, agent=agent)
    return [event] if event else ()


async def edited(serving: Serving, said: discord.Message, card: str, key: str) -> Sequence[Event]:
    """Return what an edit in a case's thread does to the customer's copy."""
    agent = agent_of(serving.shop.catalog, f"discord:{said.author.id}")
    case = await case_of(serving, card) if agent else None
    if case is None or said.edited_at is None:
        return ()
    id = message_id(said.channel.id, said.id)
    did = await _did(serving, case, id)
    does_now = does(*_typed(serving, said))
    serving.memory.lines.keep(id, (agent, does_now[0]))
    common: dict[str, Any] = {"customer": case.customer, "at": said.edited_at, "files": reading.files(said)}
    common |= {"agent": agent, "case": case.number, "message": id}
    return edit_events(did, does_now, live=case.live, key=key, **common)


async def deleted(serving: Serving, message: str, card: str) -> Sequence[Event]:
    """Return that an agent took a reply back. Whose it was is remembered; else it counts as the owner's."""
    case = await case_of(serving, card)
    if case is None:
        return ()
    agent, _ = serving.memory.lines.get(message) or (case.assignee or next(iter(serving.shop.catalog.agents), ""), "")
    return [
        ReplyDeleted(
            key=f"discord:{message.rpartition('/')[2]}/deleted",
            customer=case.customer,
            at=serving.shop.clock.now(),
            agent=agent,
            case=case.number,
            message=message,
        )
    ]


async def _did(serving: Serving, case: Case, message: str) -> str:
    """Return what a line did before it was changed: as remembered, or as far as the dossier tells."""
    if known := serving.memory.lines.get(message):
        return known[1]
    dossier = (await serving.shop.store.dossiers([case.customer]))[case.customer][1]
    carried = (each for talk in dossier.conversations for each in talk.carried)
    return "reply" if any(each.message == message and each.effect for each in carried) else "line"


async def case_of(serving: Serving, card: str) -> Case | None:
    """Return the case whose card has this id."""
    number = serving.memory.cases.get(card)
    if number is None:
        number = await serving.shop.store.case_of(card)
        if number:
            serving.memory.cases.keep(card, number)
    return await serving.shop.store.case(number) if number else None


def _typed(serving: Serving, said: discord.Message) -> tuple[str, str, str]:
    return reading.words(said, serving.me), serving.access.reply_prefix, reading.written(said, serving.me)
