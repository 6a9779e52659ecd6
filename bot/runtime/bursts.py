"""Gathers a burst: what one customer wrote in one place in one breath is answered once; pure.

A message that was edited or deleted before its turn is taken as it is now.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from bot.dialog.events import AgentSpoke, Event, MessageDeleted, MessageEdited, MessageReceived
from bot.ports import Waiting


def gather(rows: Iterable[Waiting], apart: timedelta) -> tuple[Waiting, ...]:
    """Return the rows that one turn may consume: a burst from the first on, or just the first.

    Messages of a burst were written at most `apart` from one another, by the platform's clock. When an agent has
    answered already, in the place where the burst stands, that is to be known before it is read.
    """
    rows = list(rows)
    first = rows[0].event
    if isinstance(first, MessageReceived):
        for row in rows:
            if isinstance(row.event, AgentSpoke) and row.event.place == first.place:
                return (row,)
    taken: list[Waiting] = []
    for row in rows:
        if taken and not _belongs(taken, row.event, apart):
            break
        taken.append(row)
        if not isinstance(taken[0].event, MessageReceived):
            break
    return tuple(taken)


def merged(rows: Sequence[Waiting]) -> Event:
    """Return the event of a burst: all its words, by the platform's time, in the place where it began.

    Of a burst that was deleted altogether, that is all that happened.
    """
    first = rows[0].event
    if len(rows) == 1 or not isinstance(first, MessageReceived):
        return first
    messages = sorted(
        (row.event for row in rows if isinstance(row.event, MessageReceived)), key=lambda message: message.at
    )
    for change in (row.event for row in rows):
        match change:
            case MessageEdited():
                messages = [_edited(message, change) for message in messages]
            case MessageDeleted():
                messages = [message for message in messages if change.message not in message.messages]
                if not messages:
                    return change
            case _:
                pass
    begun = messages[0]
    return msgspec.structs.replace(
        messages[-1],
        key=first.key,
        place=begun.place,
        near=begun.near,
        text="\n".join(message.text for message in messages if message.text.strip()),
        messages=tuple(id for message in messages for id in message.messages),
        files=tuple(file for message in messages for file in message.files),
        quote=next((message.quote for message in messages if message.quote), ""),
        tags=begun.tags,
        mentioned=any(message.mentioned for message in messages),
    )


def _belongs(taken: Sequence[Waiting], event: Event, apart: timedelta) -> bool:
    messages = [row.event for row in taken if isinstance(row.event, MessageReceived)]
    match event:
        case MessageReceived():
            first = messages[0]
            if min(abs(event.at - message.at) for message in messages) > apart:
                return False
            return event.place == first.place or bool(event.near and event.near == first.near)
        case MessageEdited() | MessageDeleted():
            return any(event.message in message.messages for message in messages)
        case _:
            return False


def _edited(message: MessageReceived, change: MessageEdited) -> MessageReceived:
    return msgspec.structs.replace(message, text=change.text) if change.message in message.messages else message
