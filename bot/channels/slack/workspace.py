"""One team: its client, who the bot is there, how people are called, and what Slack's errors mean for a delivery."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.access import SlackAccess
from bot.errors import DeliveryDelayed, DeliveryRefused

log = logging.getLogger("frontdesk.slack")

# The libraries' own lines may hold people's words and the tickets of sockets; what an operator needs is in ours.
library_log = logging.getLogger("frontdesk.slack.library")
library_log.setLevel(logging.CRITICAL)

CALL_TIMEOUT = 15.0
FILE_TIMEOUT = aiohttp.ClientTimeout(total=60.0)
_NAME_WAIT = 1.0
_NAMES_AT_ONCE = 10
_NAMES = 20_000
_NAME_AGE, _NO_NAME_AGE = 3_600.0, 60.0

# What passes by itself or by what an operator does; every other error of Slack's is final.
_PASSING = frozenset(
    {
        *("internal_error", "fatal_error", "server_error", "service_unavailable", "request_timeout", "rollup_error"),
        *("team_added_to_org", "accesslimited", "invalid_auth", "not_authed", "account_inactive", "token_revoked"),
        *("token_expired", "org_login_required", "ekm_access_denied", "two_factor_setup_required"),
    }
)


class SlackRefused(DeliveryRefused):
    """Slack said no for good; `code` is its word for it."""

    def __init__(self, method: str, code: str) -> None:
        self.code = code
        super().__init__(f"Slack refused {method}: {code}")


class Workspace:
    """A team that installed the app."""

    def __init__(self, client: AsyncWebClient, facts: Mapping[str, Any]) -> None:
        self.client = client
        self.team = str(facts["team_id"])
        self.bot = str(facts["user_id"])
        self.bot_id = str(facts.get("bot_id") or "")
        self._names: OrderedDict[str, tuple[float, str]] = OrderedDict()

    async def write(self, method: str, **args: Any) -> Mapping[str, Any]:
        """Call a method that changes something; raises DeliveryRefused, DeliveryDelayed, or what may pass by itself."""
        return await called(self.client, method, json=args)

    async def read(self, method: str, **args: Any) -> Mapping[str, Any]:
        """Call a method that only asks (those take no JSON)."""
        return await called(self.client, method, data={name: _plain(value) for name, value in args.items()})

    async def whisper(self, channel: str, user: str, text: str, thread: str = "") -> None:
        """Show a text to one person only; best effort, since it is never the only copy of anything."""
        args = {"channel": channel, "user": user, "text": text, **({"thread_ts": thread} if thread else {})}
        try:
            await self.write("chat.postEphemeral", **args)
        except (DeliveryRefused, DeliveryDelayed, SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("somebody was not told something: %s", type(error).__name__)

    # --- names --------------------------------------------------------------------------------------------------------

    async def name(self, user: str) -> str:
        """Return how a person is shown; empty when Slack does not say in time."""
        found = await self.names([user])
        return found.get(user, "")

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Return how people are shown; those that Slack does not tell of in time are left out."""
        now = asyncio.get_running_loop().time()
        known = {user: self._names.get(user, (-_NAME_AGE, "")) for user in users}
        stale = [user for user, (at, _) in known.items() if now - at >= _NAME_AGE]
        if stale:
            tasks = [asyncio.ensure_future(self._ask_name(user)) for user in stale[:_NAMES_AT_ONCE]]
            await asyncio.wait(tasks, timeout=_NAME_WAIT)
        return {user: self._names[user][1] for user in known if self._names.get(user, (0, ""))[1]}

    def learn(self, user: Mapping[str, Any]) -> None:
        """Remember what a person is called now."""
        profile = user.get("profile") or {}
        name = profile.get("display_name") or user.get("real_name") or profile.get("real_name") or user.get("name")
        self._keep(str(user["id"]), str(name or ""), asyncio.get_running_loop().time())

    def _keep(self, user: str, name: str, at: float) -> None:
        self._names[user] = (at, name)
        self._names.move_to_end(user)
        if len(self._names) > _NAMES:
            self._names.popitem(last=False)

    async def _ask_name(self, user: str) -> None:
        try:
            answer = await self.read("users.info", user=user)
        except Exception as error:  # a name is never worth a message
            log.info("users.info: %s", error if isinstance(error, DeliveryRefused) else type(error).__name__)
            known = self._names.get(user, (0, ""))[1]
            self._keep(user, known, asyncio.get_running_loop().time() - _NAME_AGE + _NO_NAME_AGE)
            return
        self.learn(answer["user"])


def new_client(access: SlackAccess, token: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client on the shared session that never repeats a call by itself: only we know what may be doubled."""
    return AsyncWebClient(token=token, base_url=access.api_url, session=session, logger=library_log, retry_handlers=[])


def new_session() -> aiohttp.ClientSession:
    """Return the one session that all calls share."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT))


async def called(client: AsyncWebClient, method: str, **args: Any) -> Mapping[str, Any]:
    """Call a method; errors are turned into what they mean for a delivery."""
    try:
        answer = await client.api_call(method, **args)
    except SlackApiError as error:
        raise meaning(method, error) from None
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    return data


def code(error: SlackApiError) -> str:
    """Return Slack's word for an error, or the status when it said none."""
    data = getattr(error.response, "data", None)
    told = data.get("error") if isinstance(data, dict) else None
    return str(told or f"status {getattr(error.response, 'status_code', 0)}")


def meaning(method: str, error: SlackApiError) -> Exception:
    """Return the error as a delivery is to take it: later at a time, never, or some time."""
    word = code(error)
    status = int(getattr(error.response, "status_code", 0) or 0)
    if status == 429 or word in ("ratelimited", "rate_limited"):
        return DeliveryDelayed(_seconds(getattr(error.response, "headers", {})))
    if status >= 500 or word.startswith("status ") or word in _PASSING:
        return ConnectionError(f"{method}: {word}")
    return SlackRefused(method, word)


def at_fault(error: BaseException) -> str:
    """Return an error's kind and place, for the log: its words may be people's."""
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    place = f" at {at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{place}"


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return max(1.0, float(headers.get("Retry-After", 1)))
    except ValueError:
        return 30.0


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
