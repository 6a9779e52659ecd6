"""Puts messages where they belong, once: in a thread that may have to be begun, unfolded, or found to be there already.

A message has a nonce from its effect, by which Discord knows a repeat for some minutes. After that, an effect that may
have been shown is first looked for in the history: by author, content, controls and position, among the messages that
show no other effect.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

import discord

from bot.channels.discord import render
from bot.channels.discord.memory import channel_of, message_id, parent_of
from bot.channels.discord.rest import (
    ARCHIVED,
    NO_PERMISSION,
    TOO_LARGE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    Json,
    Upload,
)  # fmt: skip
from bot.channels.discord.serving import Serving
from bot.channels.words import label
from bot.ports import Outgoing

_T = TypeVar("_T")
_SKEW = timedelta(seconds=30)  # by which Discord's clock and ours may differ
_HOLDS = timedelta(seconds=60)  # for which Discord surely knows a nonce


class NoThread(Exception):
    """The bot may not begin threads in a customer's channel."""


class Posting:
    """Sends, edits and deletes the messages of effects."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def post(self, place: str, bodies: Sequence[Json], outgoing: Outgoing, files: Sequence[Upload] = ()) -> str:
        """Show an effect in messages, the files with the last, and return their ids.

        Where the bot may not begin the place's thread, they stand in the channel, as a reply to what began the place.
        """
        try:
            return await self.in_place(place, partial(self._post, channel_of(place), bodies, outgoing, files))
        except NoThread:
            channel, began = parent_of(place), {"message_id": str(channel_of(place))}
            self._serving.rooms.fail(
                f"the bot may not begin threads in channel {channel}, so it answers in the channel itself: "
                "give its role the permission to create public threads"
            )
            replies = [{**bodies[0], "message_reference": began}, *bodies[1:]]
            return await self._post(channel, replies, outgoing, files)

    async def in_place(self, place: str, do: Callable[[], Awaitable[_T]]) -> _T:
        """Do something in a place; its thread is begun if it is not there, and unfolded if it was put away."""
        await self.begin(place)
        try:
            return await do()
        except discord.HTTPException as error:
            if error.code == ARCHIVED:
                await self._serving.rest.change_thread(channel_of(place), archived=False)
            elif error.code == UNKNOWN_CHANNEL and parent_of(place):
                await self._begin_thread(place, label(self._serving.shop.catalog, "ui_thread", 100))
            else:
                raise
        return await do()

    async def begin(self, place: str) -> None:
        """Begin a place's thread, if it is known not to be there."""
        title = self._serving.memory.threadless.get(place)
        if title is not None:
            await self._begin_thread(place, title)

    async def edit(self, shown: str, bodies: Sequence[Json], outgoing: Outgoing, place: str) -> str:
        """Put messages in the place of those that are shown; what cannot be edited is shown anew."""
        ids = shown.split()
        try:
            for id, body in zip(ids, bodies, strict=False):
                channel, _, message = id.partition("/")
                change = partial(self._serving.rest.edit, int(channel), int(message), body)
                await (self.in_place(place, change) if int(channel) == channel_of(place) else change())
        except discord.HTTPException as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return await self.post(place, bodies, outgoing)
        for id in ids[len(bodies) :]:
            await self.delete(id)
        if len(bodies) > len(ids):
            more = await self.post(place, bodies[len(ids) :], outgoing)
            return " ".join([*ids, more])
        return " ".join(ids[: len(bodies)])

    async def delete(self, shown: str) -> None:
        """Take messages away; one that is gone is gone."""
        for id in shown.split():
            channel, _, message = id.partition("/")
            self._serving.memory.removed.keep(id, True)
            try:
                await self._serving.rest.delete(int(channel), int(message))
            except discord.NotFound:
                continue

    async def _begin_thread(self, place: str, title: str) -> None:
        parent = parent_of(place)
        try:
            await self._serving.rest.thread_on(parent, channel_of(place), title or "…")
        except discord.Forbidden as error:
            if error.code != NO_PERMISSION or parent in self._serving.access.room_ids:
                raise
            raise NoThread from error
        self._serving.memory.threadless.pop(place)

    async def _post(self, channel: int, bodies: Sequence[Json], outgoing: Outgoing, files: Sequence[Upload]) -> str:
        earlier = await self._earlier(channel, bodies, outgoing, files) if outgoing.repeat else []
        ids: list[str] = []
        for part, body in enumerate(bodies):
            attached = files if part + 1 == len(bodies) else ()
            found = next((each for each in earlier if _shows(each, body, attached)), None)
            if found is not None:
                earlier = earlier[earlier.index(found) + 1 :]
            else:
                found = await self._send(channel, body, nonce(outgoing.id, part), attached)
            ids.append(message_id(channel, found["id"]))
        return " ".join(ids)

    async def _send(self, channel: int, body: Json, once: str, files: Sequence[Upload]) -> Json:
        try:
            return await self._serving.rest.send(channel, body, once, files)
        except discord.HTTPException as error:
            if not files or error.code != TOO_LARGE:
                raise
        return await self._serving.rest.send(channel, _without(body, files), once)

    async def _earlier(
        self, channel: int, bodies: Sequence[Json], outgoing: Outgoing, files: Sequence[Upload]
    ) -> list[Json]:
        """Return the messages that may show the effect since it came about, oldest first."""
        if self._serving.shop.clock.now() - outgoing.at < _HOLDS:
            return []
        since, me = outgoing.at - _SKEW, str(self._serving.me)
        return [
            each
            for each in reversed(await self._serving.rest.latest(channel))
            if each["author"]["id"] == me
            and datetime.fromisoformat(each["timestamp"]) >= since
            and any(_shows(each, body, files) for body in bodies)
            and not await self._shows_another(message_id(channel, each["id"]), outgoing.id)
        ]

    async def _shows_another(self, message: str, effect: str) -> bool:
        """Tell whether a message is known to show another effect."""
        known = self._serving.memory.taken.get(message) or await self._serving.shop.store.effect_of(message)
        return bool(known) and known != effect


def nonce(effect: str, part: int) -> str:
    """Return by what Discord knows a message again: 25 characters at most."""
    return sha256(f"{effect}#{part}".encode()).hexdigest()[:25]


def _without(body: Json, files: Sequence[Upload]) -> Json:
    """Return a body that names the files which Discord did not take."""
    return render.naming(body, [each.name for each in files])


def _shows(there: Json, body: Json, files: Sequence[Upload]) -> bool:
    """Tell whether a message shows what a body says, with its files or their names."""
    return _same(there, body) or (bool(files) and _same(there, _without(body, files)))


def _same(there: Json, body: Json) -> bool:
    return (
        str(there.get("content") or "").strip() == body["content"].strip()
        and _ids(there.get("components")) == _ids(body["components"])
        and _titles(there) == _titles(body)
    )


def _titles(message: Json) -> list[Any]:
    return [each.get("title") for each in message.get("embeds") or () if each.get("type", "rich") == "rich"]


def _ids(components: Sequence[Any] | None) -> list[str]:
    found: list[str] = []
    for each in components or ():
        found += [each["custom_id"]] if "custom_id" in each else []
        found += _ids(each.get("components"))
    return found
