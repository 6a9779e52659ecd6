"""Web API: rooms, their members and their past; people, teams, bots and groups; the assistant's status."""

import itertools
from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.wire.slack.arguments import Call, Refusal, malformed
from tests.wire.slack.rooms import dm_with, make_cursor, page, read_cursor, require, room_of
from tests.wire.slack.transcript import Message
from tests.wire.slack.world import SCOPE_WORD, Channel, Json, User, micros

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

KIND = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def open_(slack: "SlackServer", call: Call) -> Json:
    """Open or find a DM or group DM."""
    if call.text("channel"):
        room = room_of(slack, call)
    else:
        users = [user for user in call.text("users").split(",") if user]
        if not users:
            raise Refusal("users_list_not_supplied", wrong="conversations.open: no users")
        if len(users) > 8:
            raise Refusal("too_many_users", wrong=f"conversations.open: {len(users)} users")
        room = dm_with(call.team, users, slack.world)
    if call.flag("return_im"):
        return {"no_op": True, "already_open": True, "channel": room.as_json()}
    return {"channel": {"id": room.id}}


def info(slack: "SlackServer", call: Call) -> Json:
    """Describe a room."""
    return {"channel": room_of(slack, call, member=False).as_json(count=call.flag("include_num_members"))}


def _listed(call: Call, rooms: Iterable[Channel]) -> list[Channel]:
    words = [word.strip() for word in call.text("types", "public_channel").split(",")]
    if not set(words) <= KIND.keys():
        raise Refusal("invalid_types", wrong=f"{call.method}: types {words}")
    kinds = {KIND[word] for word in words}
    for kind in sorted(kinds):
        require(call, f"{SCOPE_WORD[kind]}:read")
    hide = call.flag("exclude_archived")
    return [
        room
        for room in rooms
        if room.kind in kinds and not (hide and room.archived) and (room.kind == "channel" or room.has_bot)
    ]


def list_(slack: "SlackServer", call: Call) -> Json:
    """List the rooms of the team that the bot may know of."""
    rooms, more = page(_listed(call, call.team.rooms.values()), call)
    return {"channels": [room.as_json(count=True) for room in rooms]} | more


def of_user(slack: "SlackServer", call: Call) -> Json:
    """List the rooms that a user, or the bot itself, is in."""
    user = call.text("user") or call.team.bot_user
    if user not in call.team.people:
        raise Refusal("user_not_found")
    rooms, more = page([r for r in _listed(call, call.team.rooms.values()) if user in r.members], call)
    return {"channels": [room.as_json() for room in rooms]} | more


def members(slack: "SlackServer", call: Call) -> Json:
    """List who is in a room."""
    users, more = page(list(room_of(slack, call, member=False).members), call)
    return {"members": users} | more


def join(slack: "SlackServer", call: Call) -> Json:
    """Let the bot join a public channel."""
    room = room_of(slack, call, member=False)
    if room.archived:
        raise Refusal("is_archived")
    if room.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if room.has_bot:
        return {"channel": room.as_json(), "warning": "already_in_channel"}
    slack.enter(room, call.team.bot_user)
    return {"channel": room.as_json()}


def leave(slack: "SlackServer", call: Call) -> Json:
    """Let the bot leave a channel."""
    room = room_of(slack, call, member=False)
    if not room.has_bot:
        return {"not_in_channel": True}
    slack.exit(room, call.team.bot_user)
    return {}


def _bounds(call: Call) -> tuple[int, int]:
    """Read `oldest` and `latest` as a half-open range of microseconds."""
    inclusive = call.flag("inclusive")
    try:
        oldest = micros(call.text("oldest", "0") or "0")
        latest = micros(call.text("latest")) if call.text("latest") else 2**62
    except ValueError:
        raise Refusal("invalid_ts_oldest", wrong=f"{call.method}: oldest or latest is no ts") from None
    return (oldest if inclusive else oldest + 1), (latest + 1 if inclusive else latest)


def _limit(call: Call) -> int:
    limit = call.number("limit", 100)
    if not 1 <= limit <= 999:
        raise Refusal("invalid_limit", wrong=f"{call.method}: limit {limit}")
    return limit


def _there(message: Message) -> bool:
    """Say whether history holds the message: no ephemerals, and of the deleted only parents with replies."""
    return message.ephemeral_to is None and (not message.deleted or (not message.is_reply and bool(message.replies)))


def _stamp(message: Message) -> int:
    return micros(message.ts)


def history(slack: "SlackServer", call: Call) -> Json:
    """Give what stands in a room, latest first, page by page; replies are not among it."""
    room, limit = room_of(slack, call), _limit(call)
    low, high = _bounds(call)
    if call.text("cursor"):
        high = min(high, int(read_cursor(call, "next_ts")) + 1)
    start, end = bisect_left(room.main, low, key=_stamp), bisect_left(room.main, high, key=_stamp)
    walk = (room.main[index] for index in range(end - 1, start - 1, -1))
    found = list(itertools.islice((m for m in walk if _there(m)), limit + 1))
    return {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0} | _pages(call, found, limit)


def replies(slack: "SlackServer", call: Call) -> Json:
    """Give a thread, earliest first. The parent heads the first page whatever the range says, as on Slack."""
    room, limit = room_of(slack, call), _limit(call)
    parent = room.by_ts.get(call.text("ts"))
    if parent is None or not _there(parent):
        raise Refusal("thread_not_found")
    if parent.is_reply:
        # Asked by a reply's ts, Slack gives that reply alone.
        return _pages(call, [parent], limit)
    low, high = _bounds(call)
    line = room.threads.get(parent.ts, [])
    head = [parent]
    if call.text("cursor"):
        low, head = max(low, int(read_cursor(call, "next_ts"))), []
    start, end = bisect_left(line, low, key=_stamp), bisect_left(line, high, key=_stamp)
    walk = (line[index] for index in range(start, end))
    found = head + list(itertools.islice((m for m in walk if _there(m)), limit + 1 - len(head)))
    return _pages(call, found, limit)


def _pages(call: Call, found: list[Message], limit: int) -> Json:
    shown, rest = found[:limit], found[limit:]
    metadata = call.flag("include_all_metadata")
    answer: Json = {"messages": [m.as_json(metadata=metadata) for m in shown], "has_more": bool(rest)}
    if rest:
        answer["response_metadata"] = {"next_cursor": make_cursor("next_ts", str(_stamp(rest[0])))}
    return answer


def user_info(slack: "SlackServer", call: Call) -> Json:
    """Describe a person."""
    return {"user": _user(call, call.text("user")).as_json(locale=call.flag("include_locale"), email=_mail(call))}


def users(slack: "SlackServer", call: Call) -> Json:
    """List the people of the team."""
    found, more = page(list(call.team.people.values()), call)
    return {"members": [user.as_json(email=_mail(call)) for user in found]} | more


def by_email(slack: "SlackServer", call: Call) -> Json:
    """Find a person by address."""
    for user in call.team.people.values():
        if user.email == call.text("email") and not user.deleted:
            return {"user": user.as_json()}
    raise Refusal("users_not_found")


def _mail(call: Call) -> bool:
    return "users:read.email" in call.team.scopes


def _user(call: Call, user: str) -> User:
    if user not in call.team.people:
        raise Refusal("user_not_found")
    return call.team.people[user]


def bot_info(slack: "SlackServer", call: Call) -> Json:
    """Describe a bot by its bot id."""
    bot = slack.world.bots.get(call.text("bot"))
    if bot is None or bot.team is not call.team:
        raise Refusal("bot_not_found")
    facts: Json = {"id": bot.bot_id, "deleted": bot.deleted, "name": bot.name, "updated": 1700000000, "icons": {}}
    return {"bot": facts | {"app_id": bot.app_id, "user_id": bot.id}}


def team_info(slack: "SlackServer", call: Call) -> Json:
    """Describe the team."""
    team = call.team
    if call.text("team") not in ("", team.id):
        raise Refusal("team_not_found")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": f"https://{team.domain}.slack.com/",
            "domain": team.domain,
            "email_domain": "",
            "icon": {},
            "avatar_base_url": "https://ca.slack-edge.com/",
            "is_verified": False,
        }
    }


def groups(slack: "SlackServer", call: Call) -> Json:
    """List the user groups."""
    return {
        "usergroups": [
            {"id": id_, "team_id": call.team.id, "is_usergroup": True, "name": id_, "handle": id_, "users": people}
            for id_, people in call.team.groups.items()
        ]
    }


def group_users(slack: "SlackServer", call: Call) -> Json:
    """List who is in a user group."""
    group = call.text("usergroup")
    if group not in call.team.groups:
        raise Refusal("no_such_subteam")
    return {"users": list(call.team.groups[group])}


def assistant_status(slack: "SlackServer", call: Call) -> Json:
    """Show that the bot is at work, in one thread."""
    room = room_of(slack, call)
    slack.statuses[(room.id, call.text("thread_ts"))] = call.text("status")
    slack.world.ring()
    return {}


def assistant_prompts(slack: "SlackServer", call: Call) -> Json:
    """Offer a few first words."""
    room = room_of(slack, call)
    prompts = call.args["prompts"]
    good = isinstance(prompts, list) and all(
        isinstance(prompt, dict) and prompt.keys() == {"title", "message"} for prompt in prompts
    )
    if not good or len(prompts) > 4:
        raise malformed("invalid_arguments", ["prompts must be at most 4 objects with title and message"])
    slack.prompts[(room.id, call.text("thread_ts"))] = prompts
    slack.world.ring()
    return {}


def assistant_title(slack: "SlackServer", call: Call) -> Json:
    """Name an assistant thread."""
    room_of(slack, call)
    return {}
