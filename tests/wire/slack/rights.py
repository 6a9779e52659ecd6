"""What an app may do for a while: open a view by a trigger, answer at a response URL, post at a certain pace."""

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.slack.arguments import Refusal
from tests.wire.slack.methods_chat import respond
from tests.wire.slack.transcript import Message
from tests.wire.slack.trouble import refused, through
from tests.wire.slack.world import Channel, Json, Team, User

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# A response URL works so often, and for so many seconds.
MOST_USES = 5
LASTS = 1800.0


@dataclass(eq=False, slots=True, kw_only=True)
class Trigger:
    """A short-lived right to open a view for somebody who just did something."""

    user: User
    at: float
    used: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class ResponseUrl:
    """A right to answer one interaction."""

    room: Channel
    user: User
    message: Message | None
    until: float
    uses: int = 0


@dataclass(slots=True, kw_only=True)
class Pace:
    """How fast a bot may post into one room. `violate`: being too fast is also a violation, not only a 429."""

    rate: float = 1.0
    burst: float = 30.0
    violate: bool = True


class Rights:
    """All rights that were given out."""

    def __init__(self, slack: "SlackServer") -> None:
        self._slack = slack
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: User) -> str:
        """Give a trigger id."""
        name = f"{len(self._triggers) + 1}.{user.team.id}.{uuid.uuid4().hex}"
        self._triggers[name] = Trigger(user=user, at=self._slack.world.now())
        return name

    def spend(self, method: str, name: str, team: Team) -> User:
        """Use up a trigger id; give whom it opens a view for."""
        trigger = self._triggers.get(name)
        if trigger is None or trigger.user.team is not team:
            raise Refusal("invalid_trigger_id", wrong=f"{method}: trigger_id {name!r} was never given")
        if trigger.used:
            raise Refusal("exchanged_trigger_id", wrong=f"{method}: trigger_id used twice")
        late = self._slack.world.now() - trigger.at
        if late > self._slack.trigger_seconds:
            raise Refusal("expired_trigger_id", wrong=f"{method}: trigger_id used after {late:.1f} s")
        trigger.used = True
        return trigger.user

    def new_response_url(self, room: Channel, user: User, message: Message | None) -> str:
        """Give a response URL."""
        name = uuid.uuid4().hex
        until = self._slack.world.now() + LASTS
        self._urls[name] = ResponseUrl(room=room, user=user, message=message, until=until)
        return f"{self._slack.url}respond/{name}"

    async def respond(self, request: web.Request) -> web.Response:
        """Take what an app sends to a response URL."""
        right = self._urls.get(request.match_info["name"])
        body = await request.json()

        async def effect() -> web.Response:
            return self._use(right, body)

        return await through(self._slack, request, "response_url", body, effect)

    def _use(self, right: ResponseUrl | None, body: Json) -> web.Response:
        if right is None or right.until < self._slack.world.now() or right.uses >= MOST_USES:
            error = "used_url" if right and right.uses >= MOST_USES else "expired_url"
            self._slack.world.violate(f"response_url: {error}")
            return web.json_response({"ok": False, "error": error}, status=404)
        right.uses += 1
        try:
            respond(self._slack, right.user.team, right.room, right.user.id, body, right.message, "response_url")
        except Refusal as refusal:
            answer = refused(self._slack, "response_url", refusal)
            answer.set_status(400)
            return answer
        return web.json_response({"ok": True})

    def pace(self, room: Channel) -> None:
        """Count one post into a room; refuse it when they come too fast."""
        pacing = self._slack.pacing
        if pacing is None:
            return
        now = time.monotonic()
        room.tokens = (
            min(pacing.burst, room.tokens + (now - room.filled) * pacing.rate) if room.filled else pacing.burst
        )
        room.filled = now
        if room.tokens < 1:
            wrong = f"more than {pacing.rate:g} messages a second in {room.name or room.id}"
            raise Refusal("ratelimited", wrong=wrong if pacing.violate else "", after=1)
        room.tokens -= 1
