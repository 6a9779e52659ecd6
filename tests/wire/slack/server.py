"""`SlackServer`: the emulator as tests use it. It holds the parts together; what each does stands in its module."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.wire.slack import api, events, files, forms, hands, people
from tests.wire.slack.courier import Courier
from tests.wire.slack.faults import Faults
from tests.wire.slack.http_events import HttpRoad
from tests.wire.slack.rights import Pace, Rights
from tests.wire.slack.rooms import dm_with
from tests.wire.slack.sockets import Sockets
from tests.wire.slack.transcript import Message, seen
from tests.wire.slack.views import Modal
from tests.wire.slack.world import ALL_SCOPES, Channel, File, Json, Ping, Team, Unfurl, User, World


class SlackServer:
    """One Slack on loopback. `ack_seconds` and `trigger_seconds` are Slack's 3 s.

    `retry_scale` shrinks the minutes between retries: to 0, 3 and 15 s, so that a client which pings each 10 s still
    comes back in time.
    """

    def __init__(
        self,
        *,
        ack_seconds: float = 3.0,
        trigger_seconds: float = 3.0,
        retry_scale: float = 0.05,
        scopes: Sequence[str] = ALL_SCOPES,
    ) -> None:
        self.ack_seconds = ack_seconds
        self.trigger_seconds = trigger_seconds
        self.retry_scale = retry_scale
        self.app_id = "A0APP"
        self.app_token = "xapp-1-A0APP-1-secret"
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
        self.team = "T0TEAM"
        self.bot_user = "U0BOT"
        self.bot_token = "xoxb-T0TEAM-secret"
        self.host = ""
        self.calls: Counter[str] = Counter()
        self.call_log: deque[tuple[str, Json]] = deque(maxlen=20_000)
        self.tokens: dict[str, Team] = {}
        self.dead_tokens: dict[str, str] = {}
        self.subscriptions = {"message", *events.SCOPES}
        self.messages_tab_closed = False
        self.pacing: Pace | None = Pace()
        self.stacks: dict[str, list[Modal]] = {}
        self.views: dict[str, Modal] = {}
        self.external: dict[tuple[str, str], Modal] = {}
        self.homes: dict[str, Modal] = {}
        self.opened: dict[str, list[Modal]] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.unthreaded: list[Message] = []
        self.prompts: dict[tuple[str, str], list[Json]] = {}
        self.world = World(self.app_id, "")
        self.faults = Faults(self)
        self.sockets = Sockets(self)
        self.courier = Courier(self)
        self.rights = Rights(self)
        self.road: Sockets | HttpRoad = self.sockets
        self._scopes = scopes
        self._roads: list[HttpRoad] = []
        self._runner: web.AppRunner | None = None
        self.add_workspace(self.team, bot_user=self.bot_user, bot_token=self.bot_token)

    # Life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/api/{method}", partial(api.serve, self))
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/respond/{name}", self.rights.respond)
        app.router.add_post("/upload/v1/{file}", partial(files.take, self))
        app.router.add_get("/files-pri/{file}/{name:.*}", partial(files.download, self))
        app.router.add_get("/", files.login)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.host = f"127.0.0.1:{port}"
        self.world.base = self.url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.courier.stop()
        for road in self._roads:
            await road.stop()
        await self.sockets.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Give the server's address."""
        return f"http://{self.host}/"

    @property
    def api_url(self) -> str:
        """Give the `base_url` for slack_sdk's clients."""
        return f"{self.url}api/"

    @property
    def violations(self) -> list[str]:
        """List what the app did that a correct app does not do."""
        return self.world.violations

    @property
    def pings(self) -> list[Ping]:
        """List whom the bot's messages rang."""
        return self.world.pings

    @property
    def unfurls(self) -> list[Unfurl]:
        """List the links under which Slack drew previews in the bot's messages."""
        return self.world.unfurls

    @property
    def toasts(self) -> list[tuple[str, str]]:
        """List Slack's own error bubbles: (user id, text)."""
        return list(self.world.toasts)

    @property
    def connections(self) -> int:
        """Count the open sockets."""
        return len(self.sockets.lines)

    # Who and where

    def add_workspace(
        self, id: str, *, name: str = "", bot_user: str | None = None, bot_token: str | None = None
    ) -> Team:
        """Install the app in one more workspace."""
        team = Team(
            id=id,
            name=name or id.title(),
            domain=(name or id).lower(),
            bot_token=bot_token or f"xoxb-{id}-secret",
            bot_user=bot_user or f"U0BOT{id}",
            bot_id=f"B0BOT{'' if id == self.team else id}",
            scopes=set(self._scopes),
        )
        self.world.teams[id] = team
        self.tokens[team.bot_token] = team
        self._add(
            User(
                id=team.bot_user,
                name="frontdesk",
                team=team,
                display_name="Frontdesk",
                real_name="Frontdesk",
                email="",
                is_bot=True,
                bot_id=team.bot_id,
                app_id=self.app_id,
            )
        )
        return team

    def _add(self, user: User) -> User:
        user.team.people[user.id] = self.world.users[user.id] = user
        if user.bot_id:
            self.world.bots[user.bot_id] = user
        return user

    def team_of(self, team: Team | str | None) -> Team:
        """Find a team by id; none is the first."""
        return team if isinstance(team, Team) else self.world.teams[team or self.team]

    def add_user(
        self,
        name: str,
        display_name: str = "",
        *,
        real_name: str = "",
        email: str = "",
        is_bot: bool = False,
        restricted: bool = False,
        tz: str = "Europe/Amsterdam",
        locale: str = "en-US",
        team: Team | str | None = None,
        id: str = "",
    ) -> User:
        """Add a person (or another app's bot) to a workspace."""
        shown = display_name or name.title()
        return self._add(
            User(
                id=id or self.world.new_id("U"),
                name=name,
                team=self.team_of(team),
                display_name=shown,
                real_name=real_name or shown,
                email=email or f"{name}@example.com",
                is_bot=is_bot,
                bot_id=self.world.new_id("B") if is_bot else None,
                app_id=self.world.new_id("A") if is_bot else None,
                restricted=restricted,
                tz=tz,
                locale=locale,
            )
        )

    def add_channel(
        self,
        name: str,
        *,
        members: Sequence[User] = (),
        bot: bool = True,
        private: bool = False,
        team: Team | str | None = None,
    ) -> Channel:
        """Add a channel; its bot is the app's."""
        home = self.team_of(team or (members[0].team if members else None))
        ids = [user.id for user in members] + ([home.bot_user] if bot else [])
        room = Channel(
            id=self.world.new_id("C"),
            name=name,
            kind="group" if private else "channel",
            team=home,
            world=self.world,
            members=dict.fromkeys(ids),
        )
        home.rooms[room.id] = self.world.channels[room.id] = room
        return room

    def add_group(self, id: str, members: Sequence[User], *, team: Team | str | None = None) -> str:
        """Add a user group."""
        self.team_of(team).groups[id] = [user.id for user in members]
        return id

    async def change_group(self, id: str, members: Sequence[User], *, team: Team | str | None = None) -> None:
        """Let other people be in a user group."""
        home = self.team_of(team)
        former, now = home.groups[id], [user.id for user in members]
        home.groups[id] = now
        added, removed = [each for each in now if each not in former], [each for each in former if each not in now]
        facts: Json = {
            "type": "subteam_members_changed",
            "subteam_id": id,
            "team_id": home.id,
            "date_previous_update": int(self.world.now()),
            "date_update": int(self.world.now()),
            "added_users": added,
            "added_users_count": str(len(added)),
            "removed_users": removed,
            "removed_users_count": str(len(removed)),
            "event_ts": self.world.new_ts(),
        }
        events.emit(self, home, facts)
        self.world.ring()

    def dm(self, *users: User) -> Channel:
        """Give the DM (group DM for several) of the bot with people."""
        return dm_with(users[0].team, [user.id for user in users], self.world)

    # What people do

    async def say(
        self,
        user: User,
        room: Channel,
        text: str,
        *,
        thread: str | None = None,
        files: Sequence[tuple[str, str, bytes]] = (),
        via: str = "message",
        raw: bool = False,
    ) -> str:
        """Let a person speak (`via` message, broadcast or me); give the message's ts. `raw` text is not escaped."""
        return people.speak(self, user, room, text, thread=thread, attached=files, via=via, raw=raw).ts

    async def bot_message(
        self, bot: User, room: Channel, text: str, *, thread: str | None = None, classic: bool = False
    ) -> str:
        """Let another app's bot speak; `classic`: as an incoming webhook, without a user."""
        return people.speak_as_bot(self, bot, room, text, thread=thread, classic=classic).ts

    async def notice(self, user: User, room: Channel, subtype: str, text: str = "", **extra: Any) -> str:
        """Post a line of Slack itself, such as channel_topic."""
        return people.notice(self, user, room, subtype, text, extra).ts

    async def edit(self, user: User, room: Channel, ts: str, text: str, *, raw: bool = False) -> None:
        """Let a person edit their message."""
        people.rewrite(self, user, room.by_ts[ts], text, raw=raw)

    async def delete(self, user: User, room: Channel, ts: str) -> None:
        """Let a person delete their message."""
        message = room.by_ts[ts]
        if message.user != user.id or message.deleted:
            raise AssertionError(f"{user.name} cannot delete {ts}")
        self.erase(message)

    def erase(self, message: Message) -> None:
        """Delete a message."""
        before = message.as_json()
        message.deleted = True
        self.world.ring(message.channel)
        if message.ephemeral_to is None:
            events.deleted(self, message, before)

    async def preview(self, room: Channel, ts: str, url: str) -> None:
        """Let Slack draw a link's preview under a person's message, which comes as a message_changed event."""
        events.previewed(self, room.by_ts[ts], url)

    def reload(self, user: User) -> None:
        """Let a person reload Slack: ephemeral messages are gone."""
        for room in user.team.rooms.values():
            for message in room.log:
                if message.ephemeral_to == user.id:
                    message.deleted = True

    async def react(self, user: User, message: Message, name: str) -> None:
        """Let a person react with an emoji."""
        message.reactions.setdefault(name, []).append(user.id)
        events.reacted(self, message, user.id, name, added=True)

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Take a reaction away."""
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        events.reacted(self, message, user, name, added=False)

    async def press(self, user: User, shown: Message | Modal, name: str) -> bool:
        """Press a button by its label, action id or value; say whether the app acked in time."""
        return await hands.act(self, user, shown, name, None, False)

    async def choose(self, user: User, shown: Message | Modal, name: str, value: Any) -> bool:
        """Choose in a menu, by option label or value; say whether the app acked in time."""
        return await hands.act(self, user, shown, name, value, True)

    async def suggest(self, user: User, shown: Message | Modal, name: str, typed: str) -> list[str]:
        """Type into an external select; give the labels offered."""
        return await hands.suggest(self, user, shown, name, typed)

    async def modal(self, user: User, timeout: float = 5.0) -> Modal:  # noqa: ASYNC109
        """Wait for the next modal opened before a person; each is given once."""
        line = self.opened.setdefault(user.id, [])
        if not await self.world.bell.until(lambda: line, timeout):
            raise AssertionError(f"no modal for {user.name} within {timeout} s; violations: {self.violations}")
        return line.pop(0)

    async def submit(self, user: User, modal: Modal, values: Mapping[str, Any]) -> "dict[str, str] | Modal | None":
        """Send a form: None when it closed, field errors by block id (under '' Slack's own), or the view now shown."""
        return await forms.submit(self, user, modal, values)

    async def close(self, user: User, modal: Modal, *, cleared: bool = False) -> None:
        """Close a modal with its cross."""
        await forms.close(self, user, modal, cleared=cleared)

    async def command(self, user: User, room: Channel, name: str, text: str = "") -> str | None:
        """Type a slash command; give the words of the immediate answer, if any."""
        return await hands.command(self, user, room, name, text)

    async def shortcut(self, user: User, callback_id: str, *, message: Message | None = None) -> bool:
        """Use a shortcut, on a message or globally; say whether the app acked in time."""
        return await hands.shortcut(self, user, callback_id, message)

    async def open_home(self, user: User, *, tab: str = "home") -> None:
        """Open the app's home or messages tab."""
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.dm(user).id,
            "tab": tab,
            "event_ts": self.world.new_ts(),
        }
        home = self.homes.get(user.id)
        if home is not None and tab == "home":
            event["view"] = home.view
        events.emit(self, user.team, event)

    def home(self, user: User) -> Modal | None:
        """Give the home tab that the app published for a person."""
        return self.homes.get(user.id)

    async def join(self, user: User, room: Channel) -> None:
        """Let a person enter a channel."""
        self.enter(room, user.id)

    async def leave(self, user: User, room: Channel) -> None:
        """Let a person leave a channel."""
        self.exit(room, user.id)

    def enter(self, room: Channel, user: str) -> None:
        """Put somebody into a room, with the line and the events that this makes."""
        room.members[user] = None
        events.moved(self, room, user, joined=True)
        people.notice(self, self.world.users[user], room, "channel_join", f"<@{user}> has joined the channel", {})

    def exit(self, room: Channel, user: str) -> None:
        """Take somebody out of a room."""
        people.notice(self, self.world.users[user], room, "channel_leave", f"<@{user}> has left the channel", {})
        events.moved(self, room, user, joined=False)
        room.members.pop(user, None)
        self.world.ring()

    async def invite(self, room: Channel) -> None:
        """Bring the bot into a channel."""
        self.enter(room, room.team.bot_user)

    async def kick(self, room: Channel) -> None:
        """Take the bot out of a channel; of what follows there it hears nothing more."""
        bot = room.team.bot_user
        del room.members[bot]
        people.notice(self, self.world.users[bot], room, "channel_leave", f"<@{bot}> has left the channel", {})
        ids = {"channel": room.id, "event_ts": self.world.new_ts()}
        events.emit(self, room.team, {"type": "channel_left" if room.kind == "channel" else "group_left"} | ids)

    async def archive(self, user: User, room: Channel, *, undo: bool = False) -> None:
        """Let a person archive a channel."""
        room.archived = not undo
        kind = "channel_unarchive" if undo else "channel_archive"
        ids = {"channel": room.id, "user": user.id, "event_ts": self.world.new_ts()}
        events.emit(self, room.team, {"type": kind} | ids, room)
        self.world.ring()

    async def sign_up(self, name: str, **more: Any) -> User:
        """Let somebody join the workspace."""
        user = self.add_user(name, **more)
        events.emit(self, user.team, {"type": "team_join", "user": user.as_json(), "event_ts": self.world.new_ts()})
        self.world.ring()
        return user

    async def deactivate(self, user: User) -> None:
        """Close a person's account."""
        user.deleted = True
        for room in user.team.rooms.values():
            if room.kind in ("channel", "group"):
                room.members.pop(user.id, None)
        facts = {"type": "user_change", "user": user.as_json(), "event_ts": self.world.new_ts()}
        events.emit(self, user.team, facts | {"cache_ts": int(self.world.now())})
        self.world.ring()

    async def uninstall(self, team: Team | str | None = None) -> None:
        """Take the app out of a workspace."""
        gone = self.team_of(team)
        bots = {"oauth": [], "bot": [gone.bot_user]}
        events.emit(self, gone, {"type": "tokens_revoked", "tokens": bots, "event_ts": self.world.new_ts()})
        events.emit(self, gone, {"type": "app_uninstalled", "event_ts": self.world.new_ts()})
        self.dead_tokens[gone.bot_token] = "account_inactive"
        gone.installed = False

    async def flood(self, team: Team | str | None = None) -> None:
        """Tell the app that this minute's further events of a workspace are dropped."""
        minute = int(self.world.now()) // 60 * 60
        facts = {"type": "app_rate_limited", "token": "verification-token", "team_id": self.team_of(team).id}
        self.courier.send("events_api", facts | {"minute_rate_limited": minute, "api_app_id": self.app_id})

    # What is to be seen

    def messages(self, room: Channel, thread: str | None = None, viewer: User | None = None) -> list[Message]:
        """List what stands in a room, or in a thread (its parent first), before a person's eyes."""
        return list(seen(room, thread, viewer.id if viewer else None))[::-1]

    def message(self, room: Channel, ts: str) -> Message:
        """Find a message, deleted or not."""
        return room.by_ts[ts]

    def everything(self, room: Channel) -> list[Message]:
        """List all that was ever said in a room, in order: replies, ephemerals and deleted ones too."""
        return list(room.log)

    def file(self, id: str) -> File:
        """Find a file."""
        return self.world.files[id]

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait till a condition holds; fail with what is known if it never does."""
        if not await self.world.bell.until(condition, timeout):
            raise AssertionError(f"not within {timeout} s\n{self.dump()}")

    async def wait_for(
        self,
        room: Channel,
        text: str = "",
        *,
        thread: str | None = None,
        viewer: User | None = None,
        after: str = "",
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Message:
        """Wait for a message of the bot that shows `text`, later than ts `after`."""
        found: list[Message] = []

        def look() -> bool:
            for message in seen(room, thread, viewer.id if viewer else None):
                if message.ts <= after:
                    break
                if message.bot and message.user == room.team.bot_user and text in message.shown:
                    found.append(message)
                    return True
            return False

        if not await room.bell.until(look, timeout):
            raise AssertionError(f"no message with {text!r} in {room} within {timeout} s\n{self.dump(room)}")
        return found[0]

    async def settled(self, quiet: float = 0.05, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait till every event is acked and no call has come for `quiet` seconds."""
        last = [sum(self.calls.values()), time.monotonic()]

        def still() -> bool:
            total = sum(self.calls.values())
            if total != last[0] or self.courier.pending:
                last[:] = [total, time.monotonic()]
            return time.monotonic() - last[1] >= quiet

        await self.until(still, timeout)

    def dump(self, room: Channel | None = None, most: int = 40) -> str:
        """Draw the latest lines (of one room), for the message of a failed test."""
        rooms = [room] if room is not None else self.world.channels.values()
        lines = sorted((message for one in rooms for message in one.log[-most:]), key=lambda message: message.ts)
        drawn = [f"{message.channel.name or message.channel.id}: {message!r}" for message in lines[-most:]]
        drawn += [f"violation: {violation}" for violation in self.violations[:most]]
        drawn.append(f"sockets: {self.connections}, calls: {dict(self.calls)}, undelivered: {self.courier.pending}")
        return "\n".join(drawn)

    def deliver_to(self, url: str) -> HttpRoad:
        """Send events and interactions to a URL from now on, instead of sockets; `await .verify()` asks it first."""
        road = HttpRoad(self, url, aiohttp.ClientSession())
        self._roads.append(road)
        self.road = road
        return road
