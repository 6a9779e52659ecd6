"""Posts, edits, deletions and files, each once: what an earlier attempt may have done is looked up before a repeat.

A message carries the effect's id and its part's number in its metadata. A file can carry none: it is known by name,
size and position.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.channels.slack.blocks import Block, fallback, section
from bot.channels.slack.pace import Pace
from bot.channels.slack.places import Where, stamp, where
from bot.channels.slack.render import mrkdwn
from bot.channels.slack.workspace import FILE_TIMEOUT, SlackRefused, Workspace
from bot.channels.words import shortened
from bot.dialog.files import File
from bot.dialog.markup import escape
from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.ports import Outgoing

log = logging.getLogger("frontdesk.slack")

MARK = "frontdesk_effect"
_PAGE, _PAGES = 200, 10
_BEFORE = timedelta(minutes=15)  # clocks differ
_GONE = frozenset({"message_not_found", "channel_not_found", "file_not_found", "file_deleted"})
_FIXED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

_INSIST = (0.0, 0.5, 1.0, 2.0)  # seconds before each try to delete what stands where everybody reads it

Upload = tuple[File, bytes]


class ThreadGone(DeliveryRefused):
    """The message that a thread stands below was deleted: what is posted there, Slack shows to the whole channel."""

    def __init__(self) -> None:
        super().__init__("the thread was deleted")


class Sender:
    """Writes to Slack at its pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def post(
        self,
        space: Workspace,
        to: Where,
        outgoing: Outgoing,
        messages: Sequence[list[Block]],
        uploads: Sequence[Upload] = (),
        first: int = 0,
    ) -> list[str]:
        """Show messages, then files; return their ids. Parts count from `first`."""
        done, files = await self._before(space, to, outgoing)
        shown = []
        for part, blocks in enumerate(messages, first):
            ts = done.get(part) or await self._post(space, to, outgoing.id, part, blocks)
            shown.append(to.message(ts))
        for part, (file, body) in enumerate(uploads, first + len(messages)):
            if part in done:  # its name stands there in its stead
                shown.append(to.message(done[part]))
            elif files[file.name, len(body)]:
                files[file.name, len(body)] -= 1
            else:
                shown.append(await self._upload(space, to, outgoing.id, part, file, body))
        return shown

    async def edit(
        self, space: Workspace, to: Where, outgoing: Outgoing, shown: Sequence[str], messages: Sequence[list[Block]]
    ) -> list[str]:
        """Put messages in the place of those shown; what cannot be changed is shown anew."""
        texts, files = (
            [each for each in shown if where(each).thread],
            [each for each in shown if not where(each).thread],
        )
        try:
            for each, blocks in zip(texts, messages, strict=False):
                await self.update(space, each, blocks)
        except SlackRefused as error:
            if error.code not in _FIXED:
                raise
            return [*await self.post(space, to, outgoing, messages), *files]
        kept = len(texts)
        more = await self.post(space, to, outgoing, messages[kept:], first=kept) if len(messages) > kept else []
        await self.delete(space, texts[len(messages) :])
        return [*texts[: len(messages)], *more, *files]

    async def update(self, space: Workspace, shown: str, blocks: list[Block]) -> None:
        """Change one message; the same change twice is one."""
        at = where(shown)
        args = {"channel": at.channel, "ts": at.thread, "text": fallback(blocks), "blocks": blocks}
        await self._write(space, "chat.update", at.channel, parse="none", link_names=False, **args)

    async def delete(self, space: Workspace, shown: Sequence[str]) -> None:
        """Delete messages and files; what is gone is gone."""
        for each in shown:
            at = where(each)
            try:
                if at.thread:
                    await space.write("chat.delete", channel=at.channel, ts=at.thread)
                else:
                    await space.read("files.delete", file=at.channel)
            except SlackRefused as error:
                if error.code not in _GONE:
                    raise

    # --- one message, one file ----------------------------------------------------------------------------------------

    async def _post(self, space: Workspace, to: Where, effect: str, part: int, blocks: list[Block]) -> str:
        answer = await self._write(
            space,
            "chat.postMessage",
            to.channel,
            channel=to.channel,
            text=fallback(blocks),
            blocks=blocks,
            metadata={"event_type": MARK, "event_payload": {"effect": effect, "part": part}},
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": to.thread} if to.thread else {}),
        )
        ts = str(answer["ts"])
        if to.thread and not answer.get("message", {"thread_ts": to.thread}).get("thread_ts"):
            await self._take_away(space, to.message(ts), effect)
            raise ThreadGone
        return ts

    async def _take_away(self, space: Workspace, shown: str, effect: str) -> None:
        """Delete at once what Slack has put before a whole channel, since the thread that it was for is gone."""
        for pause in _INSIST:
            await asyncio.sleep(pause)
            try:
                await self.delete(space, [shown])
            except (DeliveryRefused, DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("%s stands in a channel instead of a thread: %s", effect, type(error).__name__)
            else:
                return
        log.error("%s stands in a channel instead of a thread, and could not be deleted: delete %s", effect, shown)

    async def _upload(self, space: Workspace, to: Where, effect: str, part: int, file: File, body: bytes) -> str:
        """Share a file; where Slack will not have it (it takes no empty one), its name is shown."""
        name = [section(mrkdwn(named(file)))]
        if not body:
            return to.message(await self._post(space, to, effect, part, name))
        try:
            slot = await space.read("files.getUploadURLExternal", filename=file.name, length=len(body))
            await _send(space, str(slot["upload_url"]), body)
            shared = [{"id": slot["file_id"], "title": file.name}]
            thread = {"thread_ts": to.thread} if to.thread else {}
            await self._write(
                space, "files.completeUploadExternal", to.channel, files=shared, channel_id=to.channel, **thread
            )
        except SlackRefused as error:
            log.warning("%s: a file was not taken, its name is shown instead: %s", effect, error.code)
            return to.message(await self._post(space, to, effect, part, name))
        return f"{space.team}/{slot['file_id']}"

    async def _write(self, space: Workspace, method: str, to: str, **args: Any) -> Mapping[str, Any]:
        await self._pace.turn(to)
        try:
            return await space.write(method, **args)
        except DeliveryDelayed as delay:
            self._pace.hold(to, delay.seconds)
            raise

    # --- what an earlier attempt did ----------------------------------------------------------------------------------

    async def _before(
        self, space: Workspace, to: Where, outgoing: Outgoing
    ) -> tuple[dict[int, str], Counter[tuple[str, int]]]:
        """Return what earlier attempts did; what they have put before a whole channel instead is taken away."""
        if not outgoing.repeat:
            return {}, Counter()
        try:
            return await self._done(space, to, outgoing)
        except ThreadGone:
            strayed, _ = await self._done(space, to._replace(thread=""), outgoing)
            for ts in strayed.values():
                await self._take_away(space, to.message(ts), outgoing.id)
            raise

    async def _done(
        self, space: Workspace, to: Where, outgoing: Outgoing
    ) -> tuple[dict[int, str], Counter[tuple[str, int]]]:
        """Return which parts of the effect stand there already, and which files the bot has shared since."""
        parts: dict[int, str] = {}
        files: Counter[tuple[str, int]] = Counter()
        async for message in _history(space, to, min(outgoing.at, datetime.now(UTC)) - _BEFORE):
            mark = message.get("metadata") or {}
            payload = mark.get("event_payload") or {}
            if mark.get("event_type") == MARK and payload.get("effect") == outgoing.id:
                parts[int(payload.get("part", 0))] = str(message["ts"])
            elif message.get("user") == space.bot:
                files.update((str(file.get("title")), int(file.get("size") or 0)) for file in message.get("files", ()))
        return parts, files


def named(file: File) -> str:
    """Return the line (neutral markup) that stands for a file that was not passed on."""
    return f"📎 {escape(shortened(file.name, 200))}"


async def _history(space: Workspace, to: Where, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
    """Walk through what was written in a place since then."""
    method = "conversations.replies" if to.thread else "conversations.history"
    args: dict[str, Any] = {"channel": to.channel, "oldest": stamp(since), "limit": _PAGE, "include_all_metadata": True}
    if to.thread:
        args["ts"] = to.thread
    for _ in range(_PAGES):
        try:
            answer = await space.read(method, **args)
        except SlackRefused as error:
            raise ThreadGone if error.code == "thread_not_found" else error from None
        for message in answer["messages"]:
            yield message
        args["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not args["cursor"]:
            return


async def _send(space: Workspace, url: str, body: bytes) -> None:
    session = space.client.session
    assert session
    headers = {"Content-Type": "application/octet-stream"}
    async with session.post(url, data=body, headers=headers, timeout=FILE_TIMEOUT) as answer:
        if answer.status != 200:
            raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status, message="upload")
