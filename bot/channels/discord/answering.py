"""Answers an interaction, always within Discord's three seconds: with what it comes to, or with a promise of it."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import discord

from bot.channels.discord import render
from bot.channels.discord.markdown import pieces
from bot.channels.discord.memory import place_at
from bot.channels.discord.rest import Json, Upload
from bot.channels.discord.serving import Serving
from bot.channels.words import word
from bot.errors import StoreError

log = logging.getLogger("frontdesk.discord")

PATIENCE = 2.0  # seconds until a promise is made
MESSAGE, LATER, QUIETLY, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to an interaction: its kind, and what is shown."""

    kind: int = QUIETLY
    data: Json | None = None
    files: tuple[Upload, ...] = ()


def note(serving: Serving, text: str, **values: object) -> Answer:
    """Return a house text that only its reader sees."""
    return whisper(word(serving.shop.catalog, text, **values))


def whisper(text: str) -> Answer:
    """Return a text (neutral markup) that only its reader sees."""
    return Answer(MESSAGE, render.private(next(iter(pieces(text)), "…")))


def place(asked: discord.Interaction[Any]) -> str:
    """Return the place in which somebody asked or pressed."""
    channel = asked.channel
    if isinstance(channel, discord.Thread):
        return place_at(channel.id, channel.parent_id)
    return place_at(channel.id if channel is not None else 0)


async def answer(
    serving: Serving, asked: discord.Interaction[Any], work: Coroutine[Any, Any, Answer], late: Answer
) -> None:
    """Do what was asked for, and show what it comes to.

    `late` is shown when that takes long: a promise (LATER, QUIETLY) that is kept afterwards, or else all there will be.
    """
    doing = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([doing], timeout=PATIENCE)
        if not done:
            await _respond(serving, asked, late)
            if late.kind not in (LATER, QUIETLY):
                return
        result = await _outcome(serving, doing)
        await (_respond(serving, asked, result) if done else _keep(serving, asked, late, result))
    except discord.HTTPException as error:
        # Nobody but the one who pressed is waiting for this, and what it did is stored.
        log.warning("an interaction could not be answered: %d %d", error.status, error.code)
    finally:
        doing.cancel()


async def _outcome(serving: Serving, doing: "asyncio.Future[Answer]") -> Answer:
    try:
        return await doing
    except StoreError as error:
        log.warning("an interaction could not be stored: %s", error)
        return note(serving, "ui_trouble")


async def _respond(serving: Serving, asked: discord.Interaction[Any], result: Answer) -> None:
    await serving.rest.respond(asked.id, asked.token, result.kind, result.data, result.files)


async def _keep(serving: Serving, asked: discord.Interaction[Any], promise: Answer, result: Answer) -> None:
    """Show what was promised. Only its reader sees it, so that it may well be shown twice."""
    if result.data is None:
        return
    if promise.kind == QUIETLY and result.kind != UPDATE:
        await serving.rest.follow_up(asked.application_id, asked.token, result.data)
    else:
        flags = result.data.get("flags", 0) & ~render.ONLY_FOR_YOU  # which it is already
        await serving.rest.complete(asked.application_id, asked.token, {**result.data, "flags": flags}, result.files)
