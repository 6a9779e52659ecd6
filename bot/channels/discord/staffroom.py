"""What agents write in a case's thread → events. A line that begins with the prefix is a reply, all else a note."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.channels.casework import agent_of, staff_event, typed
from bot.channels.discord import reading
from bot.channels.discord.memory import message_id
from bot.channels.discord.serving import Serving
from bot.desk.case import Case
from bot.dialog.events import Event, ReplyDeleted, ReplyEdited


async def written(serving: Serving, said: discord.Message, card: str) -> Sequence[Event]:
    """Return an agent's reply or note; what others write there is nothing to us."""
    agent = agent_of(serving.shop.catalog, f"discord:{said.author.id}")
    case = await _case(serving, card) if agent else None
    if case is None:
        return ()
    do, text = _typed(serving, said)
    id = message_id(said.channel.id, said.id)
    if do == "reply":
        serving.memory.replies.keep(id, (case.number, agent))
    common: dict[str, Any] = {"key": f"discord:{said.id}", "customer": case.customer, "at": said.created_at}
    common |= {"agent": agent, "case": case.number, "message": id, "files": reading.files(said)}
    return [staff_event(do, text, **common)]


async def edited(serving: Serving, said: discord.Message, card: str, stamp: str) -> Sequence[Event]:
    """Return that an agent changed a reply."""
    agent = agent_of(serving.shop.catalog, f"discord:{said.author.id}")
    do, text = _typed(serving, said)
    case = await _case(serving, card) if agent and do == "reply" else None
    if case is None or said.edited_at is None:
        return ()
    return [
        ReplyEdited(
            key=f"discord:{said.id}/edit/{stamp}",
            customer=case.customer,
            at=said.edited_at,
            agent=agent,
            case=case.number,
            message=message_id(said.channel.id, said.id),
            text=text,
        )
    ]


async def deleted(serving: Serving, message: str, card: str) -> Sequence[Event]:
    """Return that an agent took a reply back. Whose it was is remembered; else it was the owner's, most likely."""
    case = await _case(serving, card)
    if case is None:
        return ()
    _, agent = serving.memory.replies.get(message) or (0, case.assignee)
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


def _typed(serving: Serving, said: discord.Message) -> tuple[str, str]:
    """Return what a line does and says; the prefix alone, with a file, is a reply too."""
    text = reading.words(said, serving.me)
    return typed(f"{text} " if said.attachments else text, serving.access.reply_prefix)


async def _case(serving: Serving, card: str) -> Case | None:
    """Return the case whose card has this id."""
    number = serving.memory.cases.get(card)
    if number is None:
        number = await serving.shop.store.case_of(card)
        if number:
            serving.memory.cases.keep(card, number)
    return await serving.shop.store.case(number) if number else None
