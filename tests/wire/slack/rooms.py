"""Finding the room that a call names, with the errors Slack gives; opening DMs; walking lists page by page."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from tests.wire.slack.arguments import METHODS, Call, Refusal
from tests.wire.slack.world import SCOPE_WORD, Channel, Json, Team, World

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

T = TypeVar("T")


def room_of(slack: "SlackServer", call: Call, *, post: bool = False, member: bool = True) -> Channel:
    """Find the room in argument `channel` (or `channel_id`), which the bot must see and be in."""
    name = call.text("channel") or call.text("channel_id")
    room = call.team.rooms.get(name)
    if room is None or (room.kind != "channel" and not room.has_bot):
        raise Refusal("channel_not_found")
    require(call, METHODS[call.method].scope.replace("{kind}", SCOPE_WORD[room.kind]))
    if member and not room.has_bot and not (post and "chat:write.public" in call.team.scopes):
        raise Refusal("not_in_channel")
    if post and room.archived:
        raise Refusal("is_archived")
    if post and room.kind == "im":
        if slack.messages_tab_closed:
            raise Refusal("messages_tab_disabled")
        if slack.world.users[room.partner].deleted:
            raise Refusal("user_disabled")
    return room


def require(call: Call, scope: str) -> None:
    """Refuse when the token lacks all of the scopes `a|b`."""
    if scope and not any(word in call.team.scopes for word in scope.split("|")):
        needed, provided = scope.replace("|", ","), ",".join(sorted(call.team.scopes))
        raise Refusal("missing_scope", needed=needed, provided=provided)


def dm_with(team: Team, users: Sequence[str], world: World) -> Channel:
    """Find or open the DM (group DM for several) of the bot with people."""
    for user in users:
        person = team.people.get(user)
        if person is None:
            raise Refusal("user_not_found")
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        if person.deleted:
            raise Refusal("user_disabled")
    key = frozenset(users)
    room = team.dms.get(key)
    if room is None:
        kind = "im" if len(key) == 1 else "mpim"
        name = "" if kind == "im" else "mpdm-" + "--".join(team.people[user].name for user in users) + "-1"
        room = Channel(
            id=world.new_id("D" if kind == "im" else "G"),
            name=name,
            kind=kind,
            team=team,
            world=world,
            members=dict.fromkeys([*users, team.bot_user]),
        )
        team.dms[key] = team.rooms[room.id] = world.channels[room.id] = room
    return room


def page(items: Sequence[T], call: Call, default: int = 100) -> tuple[list[T], Json]:
    """Cut one page out of a list; give it with the `response_metadata` that leads to the next."""
    limit = call.number("limit", default)
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit", wrong=f"{call.method}: limit {limit}")
    start = int(read_cursor(call, "at") or 0)
    rest = len(items) - start - limit
    cursor = make_cursor("at", str(start + limit)) if rest > 0 else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": cursor}}


def make_cursor(kind: str, value: str) -> str:
    """Wrap a position as Slack does."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def read_cursor(call: Call, kind: str) -> str:
    """Unwrap a position; refuse what this server never gave."""
    cursor = call.text("cursor")
    if not cursor:
        return ""
    try:
        found, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        found, value = "", ""
    if found != kind:
        raise Refusal("invalid_cursor", wrong=f"{call.method}: cursor {cursor!r}")
    return value
