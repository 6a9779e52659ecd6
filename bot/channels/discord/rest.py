"""Requests to Discord, through the library's own client: its rate limits, its retries, its one connection pool.

Bodies are JSON as Discord's documentation has it. What must not be doubled is sent with a fixed nonce, never through an
interaction's webhook. May not live here: what an answer means to us.
"""

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter

Json = dict[str, Any]

REQUEST = aiohttp.ClientTimeout(total=15)
PUBLIC_THREAD, PRIVATE_THREAD = 11, 12
DAY = 1440  # minutes without a word until Discord folds a thread away

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004
NO_ACCESS, NO_PERMISSION, TOO_LARGE, ARCHIVED = 50001, 50013, 40005, 50083
DMS_CLOSED, DMS_TOO_FAST, NO_COMMON_GUILD = 50007, 40003, 50278


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to Discord."""

    name: str
    body: bytes


class Rest:
    """What the bot asks of Discord. Raises discord.HTTPException, discord.RateLimited, and what aiohttp raises."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http
        self._adapter = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]

    # --- messages -----------------------------------------------------------------------------------------------------

    async def send(self, channel: int, body: Json, nonce: str, files: Sequence[Upload] = ()) -> Json:
        """Send a message. The same nonce again, within minutes, gives back the message that is there."""
        body = {**body, "nonce": nonce, "enforce_nonce": True}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        answer: Json = await self._ask(route, body, files)
        return answer

    async def edit(self, channel: int, message: int, body: Json) -> Json:
        """Put this in the place of a message."""
        path = "/channels/{channel_id}/messages/{message_id}"
        answer: Json = await self._ask(Route("PATCH", path, channel_id=channel, message_id=message), body)
        return answer

    async def delete(self, channel: int, message: int) -> None:
        """Delete a message."""
        path = "/channels/{channel_id}/messages/{message_id}"
        await self._ask(Route("DELETE", path, channel_id=channel, message_id=message))

    async def pin(self, channel: int, message: int) -> None:
        """Pin a message; that it is pinned already is fine."""
        path = "/channels/{channel_id}/messages/pins/{message_id}"
        await self._ask(Route("PUT", path, channel_id=channel, message_id=message))

    async def react(self, channel: int, message: int, sign: str) -> None:
        """Put a reaction on a message; a second one like it changes nothing."""
        path = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
        await self._ask(Route("PUT", path, channel_id=channel, message_id=message, emoji=sign))

    async def message(self, channel: int, message: int) -> Json:
        """Return a message."""
        path = "/channels/{channel_id}/messages/{message_id}"
        answer: Json = await self._ask(Route("GET", path, channel_id=channel, message_id=message))
        return answer

    async def latest(self, channel: int, limit: int = 50) -> list[Json]:
        """Return the latest messages, newest first."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
        return list(await self._ask(route, params={"limit": limit}))

    async def typing(self, channel: int) -> None:
        """Show that the bot is at it."""
        await self._ask(Route("POST", "/channels/{channel_id}/typing", channel_id=channel))

    # --- places -------------------------------------------------------------------------------------------------------

    async def dm(self, person: int) -> int:
        """Return the DM with a person, which may take no messages."""
        return int((await self._ask(Route("POST", "/users/@me/channels"), {"recipient_id": str(person)}))["id"])

    async def thread_on(self, channel: int, message: int, name: str) -> None:
        """Begin the thread of a message, whose id it shares; that it is there already is fine."""
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        route = Route("POST", path, channel_id=channel, message_id=message)
        try:
            await self._ask(route, {"name": name, "auto_archive_duration": DAY})
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise

    async def private_thread(self, channel: int, name: str) -> int:
        """Begin a thread that only those who are added see."""
        body = {"name": name, "type": PRIVATE_THREAD, "invitable": False, "auto_archive_duration": DAY}
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
        return int((await self._ask(route, body))["id"])

    async def add_to_thread(self, thread: int, person: int) -> None:
        """Let a person into a thread."""
        path = "/channels/{channel_id}/thread-members/{user_id}"
        await self._ask(Route("PUT", path, channel_id=thread, user_id=person))

    async def in_thread(self, thread: int, person: int) -> bool:
        """Tell whether a person is in a thread."""
        path = "/channels/{channel_id}/thread-members/{user_id}"
        try:
            await self._ask(Route("GET", path, channel_id=thread, user_id=person))
        except discord.NotFound:
            return False
        return True

    async def change_thread(self, thread: int, **changes: Any) -> None:
        """Change a thread: archived, applied_tags."""
        await self._ask(Route("PATCH", "/channels/{channel_id}", channel_id=thread), changes)

    async def is_member(self, guild: int, person: int) -> bool:
        """Tell whether a person is in a guild."""
        path = "/guilds/{guild_id}/members/{user_id}"
        try:
            await self._ask(Route("GET", path, guild_id=guild, user_id=person))
        except discord.NotFound:
            return False
        return True

    async def members(self, guild: int, limit: int, after: int) -> list[Json]:
        """Return members of a guild by their ids, from the one behind `after` on."""
        route = Route("GET", "/guilds/{guild_id}/members", guild_id=guild)
        return list(await self._ask(route, params={"limit": limit, "after": after}))

    # --- interactions and commands ------------------------------------------------------------------------------------

    async def respond(
        self, interaction: int, token: str, kind: int, data: Json | None = None, files: Sequence[Upload] = ()
    ) -> None:
        """Give the one response that an interaction can have, within three seconds."""
        body: Json = {"type": kind} if data is None else {"type": kind, "data": data}
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self._webhook(Route("POST", path, webhook_id=interaction, webhook_token=token), body, files)

    async def complete(self, application: int, token: str, data: Json, files: Sequence[Upload] = ()) -> None:
        """Fill in the response that was promised, or show another that only its reader sees."""
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        await self._webhook(Route("PATCH", path, webhook_id=application, webhook_token=token), data, files)

    async def follow_up(self, application: int, token: str, data: Json) -> None:
        """Show something more; there is no nonce, so only what may be doubled."""
        path = "/webhooks/{webhook_id}/{webhook_token}"
        await self._webhook(Route("POST", path, webhook_id=application, webhook_token=token), data)

    async def set_commands(self, application: int, commands: Sequence[Json]) -> None:
        """Register the application's commands, in the place of all others."""
        route = Route("PUT", "/applications/{application_id}/commands", application_id=application)
        await self._http.request(route, json=list(commands), timeout=REQUEST)

    # --- files --------------------------------------------------------------------------------------------------------

    async def download(self, url: str) -> bytes:
        """Return an attachment's bytes."""
        return await self._http.get_from_cdn(url)

    async def _webhook(self, route: Route, body: Json, files: Sequence[Upload] = ()) -> None:
        """Ask with an interaction's own token: no limit holds that up, not even one that stops all else."""
        session = getattr(self._http, "_HTTPClient__session")  # noqa: B009 (private to the library, which has but one)
        opened = [discord.File(io.BytesIO(each.body), filename=each.name) for each in files]
        more: Json = {"multipart": _form(body, opened), "files": opened} if files else {"payload": body}
        async with asyncio.timeout(REQUEST.total):
            await self._adapter.request(
                route, session, proxy=self._http.proxy, proxy_auth=self._http.proxy_auth, **more
            )

    async def _ask(
        self, route: Route, body: Json | None = None, files: Sequence[Upload] = (), params: Json | None = None
    ) -> Any:
        more: Json = {} if params is None else {"params": params}
        if not files:
            if body is not None:
                more["json"] = body
            return await self._http.request(route, timeout=REQUEST, **more)
        opened = [discord.File(io.BytesIO(each.body), filename=each.name) for each in files]
        try:
            return await self._http.request(route, files=opened, form=_form(body, opened), timeout=REQUEST)
        finally:
            for each in opened:
                each.close()


def _form(body: Json | None, opened: Sequence[discord.File]) -> list[Json]:
    """Return a body and files as the parts of a form."""
    form: list[Json] = [{"name": "payload_json", "value": json.dumps(body)}]
    return form + [
        {
            "name": f"files[{at}]",
            "value": each.fp,
            "filename": each.filename,
            "content_type": "application/octet-stream",
        }
        for at, each in enumerate(opened)
    ]
