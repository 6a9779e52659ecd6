"""The Discord emulator against the unmodified discord.py: what the library does with it is what it is for."""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from tests.wire.discord import Channel, DiscordServer, Message, NotAnswered, User

OPEN = {
    *("VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "READ_MESSAGE_HISTORY", "EMBED_LINKS"),
    *("ATTACH_FILES", "ADD_REACTIONS", "CREATE_PUBLIC_THREADS", "CREATE_PRIVATE_THREADS", "MANAGE_THREADS"),
}
INTENTS = discord.Intents.all()
INTENTS.presences = False


class Bot(discord.Client):
    """A client that writes down what it hears, and answers by what a test hangs into it."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05, max_messages=100)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.events: list[str] = []
        self.answer: Callable[[discord.Message], Awaitable[object]] | None = None
        self.errors: list[BaseException] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Come at once: the library would wait five seconds before each identify but the first."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        if self.answer is not None and not message.author.bot:
            await self.answer(message)

    async def on_socket_event_type(self, name: str) -> None:
        self.events.append(name)

    async def on_error(self, event: str, /, *args: object, **kwargs: object) -> None:
        error = sys.exc_info()[1]
        assert error is not None
        self.errors.append(error)


class Scene:
    """The server, a connected bot, and the usual furniture."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.ana = server.add_user("ana", display="Ana")
        self.ben = server.add_user("ben", display="Ben", dms="closed")
        self.help = server.add_channel("help", permissions=OPEN)
        self.forum = server.add_channel("questions", kind="forum", permissions=OPEN, tags=["Refund", "Solved"])
        self.bot = Bot(INTENTS)
        self._task: asyncio.Task[None] | None = None

    async def start(self, bot: Bot | None = None) -> Bot:
        self.bot = bot or self.bot
        self._task = asyncio.create_task(self.bot.start(self.server.token))
        await self.server.until(lambda: self.bot.is_ready() or (self._task and self._task.done()))
        if self._task.done():
            self._task.result()
        return self.bot

    async def stop(self) -> None:
        await self.bot.close()
        if self._task is not None:
            with contextlib.suppress(discord.DiscordException, asyncio.CancelledError):
                await self._task

    def channel(self, channel: Channel) -> Any:
        found = self.bot.get_channel(channel.id)
        assert found is not None
        return found


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with DiscordServer() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
        scene = Scene(server)
        try:
            yield scene
        finally:
            await scene.stop()


@pytest.fixture
async def ready(scene: Scene) -> Scene:
    await scene.start()
    return scene


async def test_logs_in_and_sees_the_guild_as_it_is(ready: Scene) -> None:
    guild = ready.bot.guilds[0]
    assert guild.name == "Shop"
    assert {member.name for member in guild.members} >= {"ana", "ben", "frontdesk"}
    assert [channel.name for channel in guild.text_channels] == ["help"]
    assert [tag.name for tag in guild.forums[0].available_tags] == ["Refund", "Solved"]
    assert ready.server.connections == 1
    assert ready.server.violations == []


async def test_permissions_compute_as_the_test_set_them(ready: Scene) -> None:
    closed = ready.server.add_channel("closed", permissions={"VIEW_CHANNEL"})
    await ready.server.until(lambda: ready.bot.get_channel(closed.id))
    channel = ready.channel(closed)
    rights = channel.permissions_for(channel.guild.me)
    assert rights.view_channel
    assert not rights.send_messages
    with pytest.raises(discord.Forbidden) as caught:
        await channel.send("hello")
    assert caught.value.code == 50013


async def test_a_message_is_heard_and_answered(ready: Scene) -> None:
    ready.bot.answer = lambda message: message.reply(f"Hello **{message.author.display_name}**")
    said = await ready.server.say(ready.ana, ready.help, "Hi")
    reply = await ready.server.wait_for(ready.help, "Hello")
    assert reply.shown == "Hello Ana"
    assert reply.reference is said
    assert [ping.kind for ping in ready.server.pings] == ["reply"]
    assert ready.server.violations == []


async def test_a_thread_from_a_message_has_its_id(ready: Scene) -> None:
    async def open_thread(message: discord.Message) -> None:
        thread = await message.create_thread(name="Your question", auto_archive_duration=1440)
        await thread.send("Here we are")

    ready.bot.answer = open_thread
    said = await ready.server.say(ready.ana, ready.help, "Where is my parcel?")
    await ready.server.until(lambda: ready.server.threads(ready.help))
    thread = ready.server.threads(ready.help)[0]
    await ready.server.wait_for(thread, "Here we are")
    assert thread.id == said.id
    assert thread.owner is ready.server.bot_user
    assert ready.bot.errors == []
    with pytest.raises(discord.HTTPException) as caught:
        await ready.channel(ready.help).get_partial_message(said.id).create_thread(name="again")
    assert caught.value.code == 160004


async def test_closed_dms_answer_50007(ready: Scene) -> None:
    guild = ready.bot.guilds[0]
    member = guild.get_member(ready.ben.id)
    assert member is not None
    with pytest.raises(discord.Forbidden) as caught:
        await member.send("psst")
    assert caught.value.code == 50007
    other = guild.get_member(ready.ana.id)
    assert other is not None
    await other.send("psst")
    assert ready.server.messages(ready.server.dm(ready.ana), ready.ana)[0].shown == "psst"


async def test_buttons_of_persistent_views_and_dynamic_items_reach_the_bot(ready: Scene) -> None:
    pressed: list[str] = []

    class Yes(discord.ui.View):
        def __init__(self) -> None:
            super().__init__(timeout=None)

        @discord.ui.button(label="Yes", custom_id="yes")
        async def yes(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
            pressed.append("yes")
            await interaction.response.send_message("Noted", ephemeral=True)

    class Case(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"case:(?P<id>\d+)"):
        def __init__(self, number: int) -> None:
            super().__init__(discord.ui.Button(label=f"Case {number}", custom_id=f"case:{number}"))
            self.number = number

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
        ) -> "Case":
            return cls(int(match["id"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            pressed.append(f"case {self.number}")
            await interaction.response.edit_message(content="done", view=None)

    ready.bot.add_view(Yes())
    ready.bot.add_dynamic_items(Case)
    view = Yes()
    view.add_item(Case(7))
    await ready.channel(ready.help).send("Was this it?", view=view)
    message = await ready.server.wait_for(ready.help, "Was this it?")
    assert message.buttons == ["Yes", "Case 7"]
    noted = await ready.server.press(ready.ana, message, "Yes")
    assert noted is not None
    assert noted.ephemeral_to is ready.ana
    assert ready.server.messages(ready.help, ready.ben) == [message]
    assert await ready.server.press(ready.ana, message, "case:7") is message
    assert message.shown == "done"
    assert message.buttons == []
    assert pressed == ["yes", "case 7"]
    assert ready.server.violations == []


async def test_a_modal_opens_is_filled_in_and_sent(ready: Scene) -> None:
    told: list[str] = []

    class Order(discord.ui.Modal, title="Your order"):
        number: discord.ui.TextInput["Order"] = discord.ui.TextInput(label="Order number", max_length=20)
        why: discord.ui.Label["Order"] = discord.ui.Label(
            text="Reason",
            component=discord.ui.Select(
                options=[discord.SelectOption(label="Broken"), discord.SelectOption(label="Late")]
            ),
        )

        async def on_submit(self, interaction: discord.Interaction, /) -> None:
            assert isinstance(self.why.component, discord.ui.Select)
            told.append(f"{self.number.value} {self.why.component.values}")
            await interaction.response.send_message("Thanks", ephemeral=True)

    class Ask(discord.ui.View):
        @discord.ui.button(label="Tell us", custom_id="tell")
        async def tell(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
            await interaction.response.send_modal(Order())

    await ready.channel(ready.help).send("Tell us more", view=Ask(timeout=None))
    message = await ready.server.wait_for(ready.help, "Tell us more")
    assert await ready.server.press(ready.ana, message, "Tell us") is None
    modal = await ready.server.modal(ready.ana)
    assert (modal.title, modal.labels) == ("Your order", ["Order number", "Reason"])
    with pytest.raises(ValueError, match="Order number"):
        await ready.server.submit(ready.ana, modal, {"Order number": "1" * 21, "Reason": "Late"})
    thanks = await ready.server.submit(ready.ana, modal, {"Order number": "F-17", "Reason": "Late"})
    assert thanks is not None
    assert thanks.shown == "Thanks"
    assert told == ["F-17 ['Late']"]
    assert ready.server.violations == []


async def test_commands_suggestions_and_context_menus(scene: Scene) -> None:
    tree = scene.bot.tree

    @tree.command(name="help", description="Find an answer")
    async def help_(interaction: discord.Interaction, topic: str, who: discord.Member | None = None) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"About {topic} for {who.display_name if who else 'you'}")

    @help_.autocomplete("topic")
    async def topics(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        known = {"Refunds": "refund", "Returns": "return", "Shipping": "ship"}
        return [app_commands.Choice(name=n, value=v) for n, v in known.items() if n.lower().startswith(typed)]

    case = app_commands.Group(name="case", description="Cases")

    @case.command(name="close", description="Close it")
    async def close(interaction: discord.Interaction, number: int) -> None:
        await interaction.response.send_message(f"Closed {number + 1}")

    tree.add_command(case)

    @tree.context_menu(name="Get help with this")
    async def get_help(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"On it: {message.content}", ephemeral=True)

    @tree.context_menu(name="Who is this")
    async def who_is(interaction: discord.Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(user.display_name, ephemeral=True)

    await scene.start()
    await tree.sync()
    server = scene.server
    assert await server.autocomplete(scene.ana, scene.help, "help", "topic", "re") == ["Refunds", "Returns"]
    reply = await server.command(scene.ana, scene.help, "help", topic="Refunds", who=scene.ben)
    assert reply is not None
    assert (reply.shown, reply.ephemeral_to) == ("About refund for Ben", scene.ana)
    closed = await server.command(scene.ana, scene.help, "case close", number=1)
    assert closed is not None
    assert closed.shown == "Closed 2"
    with pytest.raises(ValueError, match="topic"):
        await server.command(scene.ana, scene.help, "help")
    said = await server.say(scene.ben, scene.help, "It broke")
    picked = await server.context_menu(scene.ana, "Get help with this", said)
    assert picked is not None
    assert picked.shown == "On it: It broke"
    named = await server.context_menu(scene.ana, "Who is this", scene.ben, channel=scene.help)
    assert named is not None
    assert named.shown == "Ben"
    assert server.violations == []


async def test_files_go_both_ways_and_their_addresses_expire(ready: Scene) -> None:
    got: list[bytes] = []

    async def send_back(message: discord.Message) -> None:
        got.append(await message.attachments[0].read())
        await message.channel.send("Here", file=discord.File(__file__, filename="my receipt.txt", description="yours"))

    ready.bot.answer = send_back
    await ready.server.say(ready.ana, ready.help, "look", files=[("photo.png", "image/png", b"\x89PNG")])
    message = await ready.server.wait_for(ready.help, "Here")
    assert got == [b"\x89PNG"]
    assert [file.name for file in message.attachments] == ["my_receipt.txt"]
    assert message.attachments[0].data.startswith(b'"""The Discord emulator')
    url = ready.bot.heard[0].attachments[0].url
    ready.server.skip(25 * 3600)
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 404
    fresh = await ready.channel(ready.help).fetch_message(ready.bot.heard[0].id)
    assert await fresh.attachments[0].read() == b"\x89PNG"
    assert ready.server.violations == []


async def test_a_dropped_socket_resumes_and_misses_nothing(ready: Scene) -> None:
    ready.server.faults.drop_sockets()
    await ready.server.say(ready.ana, ready.help, "while away")
    await ready.server.until(lambda: "RESUMED" in ready.bot.events)
    assert [message.content for message in ready.bot.heard] == ["while away"]
    assert (ready.server.gateway.identifies, ready.server.gateway.resumes) == (1, 1)


@pytest.mark.parametrize("resumable", [True, False])
async def test_op_9_makes_a_client_come_anew(ready: Scene, resumable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.bot.events.clear()
    ready.server.faults.op9(resumable=resumable)
    wanted = "RESUMED" if resumable else "READY"
    await ready.server.until(lambda: wanted in ready.bot.events)
    await ready.server.say(ready.ana, ready.help, "hello again")
    await ready.server.until(lambda: ready.bot.heard)


async def test_op_7_reconnects_with_a_resume(ready: Scene) -> None:
    ready.server.faults.op7()
    await ready.server.until(lambda: "RESUMED" in ready.bot.events)
    assert ready.server.gateway.identifies == 1


async def test_lost_sessions_begin_anew_and_the_history_tells_what_was_missed(ready: Scene) -> None:
    ready.bot.events.clear()
    ready.server.faults.drop_sockets(resumable=False)
    missed = await ready.server.say(ready.ana, ready.help, "nobody heard")
    await ready.server.until(lambda: "READY" in ready.bot.events)
    assert ready.bot.heard == []
    history = [message.id async for message in ready.channel(ready.help).history(limit=10)]
    assert history == [missed.id]


async def test_events_come_twice_or_out_of_order_when_told(ready: Scene) -> None:
    server = ready.server
    server.faults.duplicate_events(1)
    await server.say(ready.ana, ready.help, "one")
    await server.until(lambda: len(ready.bot.heard) == 2)
    server.faults.reorder_events(1)
    await server.say(ready.ana, ready.help, "two")
    await server.say(ready.ana, ready.help, "three")
    await server.until(lambda: len(ready.bot.heard) == 4)
    assert [message.content for message in ready.bot.heard] == ["one", "one", "three", "two"]


async def test_a_429_is_waited_for(ready: Scene) -> None:
    ready.server.faults.rate_limit("POST /channels/{id}/messages", times=2, retry_after=0.1)
    await ready.channel(ready.help).send("after all")
    assert [call.status for call in ready.server.call_log if call.method == "POST"] == [429, 429, 200]
    assert len(ready.server.messages(ready.help)) == 1


async def test_strict_buckets_slow_the_client_without_a_single_429(ready: Scene) -> None:
    server = ready.server
    server.limits.strict = True
    server.limits.table["POST /channels/*/messages"] = (5, 0.4)
    await asyncio.gather(*(ready.channel(ready.help).send(str(n)) for n in range(12)))
    assert len(server.messages(ready.help)) == 12
    assert server.limits.hits <= 1


async def test_a_lost_answer_with_one_nonce_posts_once(ready: Scene) -> None:
    ready.server.faults.lose_answer("POST /channels/{id}/messages")
    channel = ready.channel(ready.help)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel.send("once", nonce="f-1")
    again = await channel.send("once", nonce="f-1")
    assert [message.id for message in ready.server.messages(ready.help)] == [again.id]
    ready.server.skip(3600)
    await channel.send("once", nonce="f-1")
    assert len(ready.server.messages(ready.help)) == 2


async def test_an_interaction_is_answered_once_and_in_time(scene: Scene) -> None:
    wait = asyncio.Event()

    @scene.bot.tree.command(name="slow", description="Too slow")
    async def slow(interaction: discord.Interaction) -> None:
        await wait.wait()
        await interaction.response.send_message("late")

    @scene.bot.tree.error
    async def ignore(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        scene.bot.errors.append(error)

    await scene.start()
    await scene.bot.tree.sync()
    scene.server.interactions.deadline = 0.1
    with pytest.raises(NotAnswered):
        await scene.server.command(scene.ana, scene.help, "slow")
    wait.set()
    await scene.server.until(lambda: scene.server.violations)
    assert "an answer after 3 s" in scene.server.violations[0]


async def test_posts_carry_tags_and_a_closed_post_refuses(ready: Scene) -> None:
    server = ready.server
    post = await server.post(ready.ana, ready.forum, "Refund please", "It broke", tags=["Refund"])
    await server.until(lambda: ready.bot.get_channel(post.id))
    thread = ready.channel(post)
    assert [tag.name for tag in thread.applied_tags] == ["Refund"]
    solved = discord.utils.get(thread.parent.available_tags, name="Solved")
    await thread.edit(applied_tags=[*thread.applied_tags, solved], archived=True, locked=True)
    assert (post.tags, post.archived, post.locked) == (["Refund", "Solved"], True, True)
    with pytest.raises(PermissionError):
        await server.say(ready.ana, post, "one more thing")
    made = await ready.channel(ready.forum).create_thread(name="Notice", content="All well", applied_tags=[solved])
    assert [thread.name for thread in server.threads(ready.forum)] == ["Refund please", "Notice"]
    assert made.message.id == made.thread.id
    assert server.violations == []


async def test_private_threads_are_for_those_inside(ready: Scene) -> None:
    server = ready.server
    thread = await ready.channel(ready.help).create_thread(name="Just us", type=discord.ChannelType.private_thread)
    await thread.add_user(discord.Object(ready.ana.id))
    await thread.send("hello")
    private = server.threads(ready.help, ready.ana)[0]
    assert server.threads(ready.help, ready.ben) == []
    assert [message.shown for message in server.messages(private, ready.ana)] == ["hello"]
    assert [user.name for user in private.members] == ["frontdesk", "ana"]
    await server.say(ready.ana, private, "hi")
    await server.until(lambda: any(message.content == "hi" for message in ready.bot.heard))
    await thread.remove_user(discord.Object(ready.ana.id))
    assert server.threads(ready.help, ready.ana) == []
    assert server.violations == []


async def test_without_the_intent_only_dms_and_mentions_have_words(scene: Scene) -> None:
    intents = discord.Intents.default()
    await scene.start(Bot(intents))
    server = scene.server
    await server.say(scene.ana, scene.help, "hidden")
    await server.say(scene.ana, scene.help, f"{server.bot_user.mention} open")
    await server.say(scene.ana, server.dm(scene.ana), "private")
    await server.until(lambda: len(scene.bot.heard) == 3)
    assert [message.content for message in scene.bot.heard] == ["", f"<@{server.application_id}> open", "private"]


async def test_mentions_that_ring_are_written_down(ready: Scene) -> None:
    server = ready.server
    channel = ready.channel(ready.help)
    await channel.send(f"{ready.ana.mention} @everyone", allowed_mentions=discord.AllowedMentions.none())
    assert server.pings == []
    message = await channel.send("quiet", allowed_mentions=discord.AllowedMentions.none())
    await message.edit(content=f"now {ready.ana.mention}")
    assert [(ping.kind, ping.target, ping.edit) for ping in server.pings] == [("user", ready.ana.id, True)]


async def test_links_unfurl_unless_suppressed(ready: Scene) -> None:
    channel = ready.channel(ready.help)
    await channel.send("<https://example.com/a> https://example.com/b", suppress_embeds=True)
    assert ready.server.unfurls == []
    await channel.send("https://example.com/c and <https://example.com/d>")
    assert [unfurl.url for unfurl in ready.server.unfurls] == ["https://example.com/c"]


async def test_layouts_of_the_second_kind(ready: Scene) -> None:
    class Card(discord.ui.LayoutView):
        box: discord.ui.Container["Card"] = discord.ui.Container(
            discord.ui.TextDisplay("## Order **F-17**"),
            discord.ui.Separator(),
            discord.ui.ActionRow(discord.ui.Button(label="Track", custom_id="track")),
        )

    sent = await ready.channel(ready.help).send(view=Card(timeout=None))
    message = ready.server.messages(ready.help)[0]
    assert (message.shown, message.buttons) == ("Order F-17", ["Track"])
    with pytest.raises(discord.HTTPException, match="content"):
        await sent.edit(content="and words")
    assert len(ready.server.violations) == 1


async def test_coming_going_editing_and_deleting_are_told(ready: Scene) -> None:
    server = ready.server
    said = await server.say(ready.ana, ready.help, "fisrt")
    await server.edit(ready.ana, said, "first")
    await server.react(ready.ana, said, "👍")
    await server.typing(ready.ana, ready.help)
    await server.delete(ready.ana, said)
    await server.leave(ready.ben)
    await server.join(ready.ben)
    await server.delete_channel(ready.forum)
    wanted = "MESSAGE_CREATE MESSAGE_UPDATE MESSAGE_REACTION_ADD TYPING_START MESSAGE_DELETE GUILD_MEMBER_REMOVE"
    await server.until(lambda: "CHANNEL_DELETE" in ready.bot.events)
    assert ready.bot.events[-8:] == [*wanted.split(" "), "GUILD_MEMBER_ADD", "CHANNEL_DELETE"]
    assert said.edits == ["fisrt"]


async def test_shards_share_guilds_and_dms_go_to_the_first(scene: Scene) -> None:
    class Sharded(discord.AutoShardedClient):
        heard: list[tuple[int | None, str]]

        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Come at once: the platform's five seconds between identifies are not what is tested."""

        async def on_message(self, message: discord.Message) -> None:
            self.heard.append((message.guild.shard_id if message.guild else 0, message.content))

    bot = Sharded(intents=INTENTS, shard_count=2, guild_ready_timeout=0.05, shard_connect_timeout=5)
    bot.heard = []

    task = asyncio.create_task(bot.start(scene.server.token))
    await scene.server.until(bot.is_ready)
    assert scene.server.connections == 2
    await scene.server.say(scene.ana, scene.help, "in the guild")
    await scene.server.say(scene.ana, scene.server.dm(scene.ana), "in a DM")
    await scene.server.until(lambda: len(bot.heard) == 2)
    mine = (scene.server.guild.id >> 22) % 2
    assert sorted(bot.heard) == sorted([(mine, "in the guild"), (0, "in a DM")])
    await bot.close()
    await task


async def test_half_open_sockets_are_left_by_the_client(scene: Scene) -> None:
    scene.server.gateway.heartbeat_interval = 0.2
    bot = Bot(INTENTS)
    bot._connection.heartbeat_timeout = 0.5
    await scene.start(bot)
    scene.server.faults.half_open_sockets()
    await scene.server.say(scene.ana, scene.help, "into the silence")
    await scene.server.until(lambda: "RESUMED" in bot.events)
    assert [message.content for message in bot.heard] == ["into the silence"]


@pytest.mark.parametrize(
    ("code", "error"),
    [(4014, discord.PrivilegedIntentsRequired), (4004, discord.ConnectionClosed)],
)
async def test_close_codes_end_the_client(scene: Scene, code: int, error: type[Exception]) -> None:
    await scene.start()
    scene.server.faults.close_code(code)
    assert scene._task is not None
    with pytest.raises(error):
        await asyncio.wait_for(scene._task, 5)


class Raw:
    """The API without the library, which would refuse much of this by itself."""

    def __init__(self, server: DiscordServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        head = {"Authorization": f"Bot {self.server.token}", "User-Agent": "DiscordBot (x, 1)"} | headers
        async with self.session.request(method, self.server.api_url + path, json=body, headers=head) as response:
            return response.status, None if response.status == 204 else await response.json()


def button(**more: object) -> dict[str, object]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | more


def rows(*items: dict[str, object]) -> list[dict[str, object]]:
    return [{"type": 1, "components": [item]} for item in items]


def menu(count: int, **more: object) -> dict[str, object]:
    return {"type": 3, "custom_id": "m", "options": [{"label": str(n), "value": str(n)} for n in range(count)]} | more


V2 = 1 << 15
REFUSED: list[tuple[str, dict[str, object]]] = [
    ("content", {"content": "x" * 2001}),
    ("embeds", {"embeds": [{"title": "x"}] * 11}),
    ("embeds", {"embeds": [{"description": "x" * 3001}] * 2}),
    ("components", {"content": "x", "components": rows(*[button(custom_id=str(n)) for n in range(6)])}),
    ("components", {"components": [{"type": 1, "components": [button(custom_id=str(n)) for n in range(6)]}]}),
    ("components", {"components": rows(button(label="x" * 81))}),
    ("components", {"components": rows(button(custom_id="x" * 101))}),
    ("components", {"components": rows(button(), button())}),
    ("components", {"components": rows(menu(26))}),
    (
        "components",
        {"components": rows({"type": 3, "custom_id": "m", "options": [{"label": "x" * 101, "value": "v"}]})},
    ),
    (
        "components",
        {"components": rows({"type": 3, "custom_id": "m", "options": [{"label": "x", "value": "v" * 101}]})},
    ),
    ("components", {"components": [{"type": 10, "content": "no flag"}]}),
    ("components", {"flags": V2, "components": [{"type": 10, "content": str(n)} for n in range(41)]}),
    ("components", {"flags": V2, "components": [{"type": 10, "content": "x" * 2001} for _ in range(2)]}),
    ("content", {"flags": V2, "content": "x", "components": [{"type": 10, "content": "x"}]}),
    ("nonce", {"content": "x", "nonce": "n" * 26, "enforce_nonce": True}),
    ("shout", {"content": "x", "shout": True}),
    ("flags", {"content": "x", "flags": 64}),
    ("allowed_mentions", {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
]


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    async with DiscordServer() as server, aiohttp.ClientSession() as session:
        yield Raw(server, session)


@pytest.mark.parametrize(("field", "body"), REFUSED)
async def test_a_message_beyond_a_limit_is_refused(raw: Raw, field: str, body: dict[str, object]) -> None:
    channel = raw.server.add_channel("help")
    status, answer = await raw.ask("POST", f"/channels/{channel.id}/messages", body)
    assert (status, answer["code"]) == (400, 50035)
    assert field in answer["errors"]
    assert len(raw.server.violations) == 1
    assert raw.server.messages(channel) == []


async def test_an_empty_message_and_a_wrong_content_type_are_refused(raw: Raw) -> None:
    channel = raw.server.add_channel("help")
    assert (await raw.ask("POST", f"/channels/{channel.id}/messages", {"content": " "}))[1]["code"] == 50006
    status, _ = await raw.ask(
        "POST", f"/channels/{channel.id}/messages", {"content": "x"}, **{"Content-Type": "text/plain"}
    )
    assert status == 400
    assert (await raw.ask("GET", "/users/@me", Authorization="Bot nobody"))[0] == 401
    assert len(raw.server.violations) == 2


@pytest.mark.parametrize(
    "body",
    [{"name": "x" * 101}, {"name": ""}, {"name": "x", "auto_archive_duration": 61}, {"name": "x", "colour": 1}],
)
async def test_a_thread_beyond_a_limit_is_refused(raw: Raw, body: dict[str, object]) -> None:
    channel = raw.server.add_channel("help")
    status, answer = await raw.ask("POST", f"/channels/{channel.id}/threads", body | {"type": 11})
    assert (status, answer["code"]) == (400, 50035)
    assert raw.server.threads(channel) == []


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Help", "description": "x"},
        {"name": "he lp", "description": "x"},
        {"name": "help", "description": ""},
        {"name": "help", "description": "x" * 101},
        {"name": "h" * 33, "description": "x"},
    ],
)
async def test_a_command_beyond_a_limit_is_refused(raw: Raw, command: dict[str, object]) -> None:
    path = f"/applications/{raw.server.application_id}/commands"
    assert (await raw.ask("PUT", path, [command]))[0] == 400
    many = [{"name": f"c{n}", "description": "x"} for n in range(101)]
    assert (await raw.ask("PUT", path, many))[1]["code"] == 30032
    assert (await raw.ask("GET", path))[1] == []


async def _asked(raw: Raw, kind: int) -> tuple[User, Message, str]:
    """Press a button without a bot; gives the callback's path."""
    ana = raw.server.add_user("ana")
    channel = raw.server.add_channel("help")
    await raw.ask("POST", f"/channels/{channel.id}/messages", {"content": "x", "components": rows(button())})
    message = raw.server.messages(channel)[0]
    one = raw.server.interactions.start(kind, ana, channel, {"custom_id": "x", "component_type": 2}, message)
    return ana, message, f"/interactions/{one.id}/{one.token}/callback"


@pytest.mark.parametrize(
    "data",
    [
        {
            "title": "x" * 46,
            "custom_id": "m",
            "components": rows({"type": 4, "custom_id": "i", "style": 1, "label": "l"}),
        },
        {"title": "x", "custom_id": "m", "components": []},
        {
            "title": "x",
            "custom_id": "m",
            "components": rows(*[{"type": 4, "custom_id": str(n), "style": 1, "label": "l"} for n in range(6)]),
        },
        {
            "title": "x",
            "custom_id": "m",
            "components": rows({"type": 4, "custom_id": "i", "style": 1, "label": "l" * 46}),
        },
        {
            "title": "x",
            "custom_id": "m",
            "components": rows({"type": 4, "custom_id": "i", "style": 1, "label": "l", "max_length": 4001}),
        },
        {"title": "x", "custom_id": "m", "components": rows(button())},
    ],
)
async def test_a_modal_beyond_a_limit_is_refused(raw: Raw, data: dict[str, object]) -> None:
    ana, _, path = await _asked(raw, 3)
    status, answer = await raw.ask("POST", path, {"type": 9, "data": data})
    assert (status, answer["code"]) == (400, 50035)
    assert ana.modals == []


async def test_no_modal_follows_a_modal_and_no_answer_an_answer(raw: Raw) -> None:
    _, _, path = await _asked(raw, 5)
    form = {"title": "x", "custom_id": "m", "components": rows({"type": 4, "custom_id": "i", "style": 1, "label": "l"})}
    assert (await raw.ask("POST", path, {"type": 9, "data": form}))[0] == 400
    assert (await raw.ask("POST", path, {"type": 6}))[0] == 204
    assert (await raw.ask("POST", path, {"type": 4, "data": {"content": "x"}}))[1]["code"] == 40060
    assert len(raw.server.violations) == 2


async def test_suggestions_beyond_a_limit_are_refused(raw: Raw) -> None:
    _, _, path = await _asked(raw, 4)
    many = [{"name": str(n), "value": str(n)} for n in range(26)]
    assert (await raw.ask("POST", path, {"type": 8, "data": {"choices": many}}))[0] == 400
    long = [{"name": "x" * 101, "value": "x"}]
    assert (await raw.ask("POST", path, {"type": 8, "data": {"choices": long}}))[0] == 400
    assert (await raw.ask("POST", path, {"type": 8, "data": {"choices": many[:25]}}))[0] == 204


async def test_an_interactions_token_lives_for_fifteen_minutes(raw: Raw) -> None:
    _, _, path = await _asked(raw, 3)
    await raw.ask("POST", path, {"type": 5})
    token = path.split("/")[3]
    hook = f"/webhooks/{raw.server.application_id}/{token}"
    assert (await raw.ask("POST", hook, {"content": "first"}))[1]["content"] == "first"
    assert (await raw.ask("GET", f"{hook}/messages/@original"))[1]["content"] == "first"
    raw.server.skip(901)
    assert (await raw.ask("POST", hook, {"content": "late"}))[1]["code"] == 50027


async def test_archived_threads_refuse_and_a_full_guild_opens_none(raw: Raw) -> None:
    server = raw.server
    ana, channel = server.add_user("ana"), server.add_channel("help")
    said = await server.say(ana, channel, "x")
    thread = await server.thread(ana, said, "t")
    inside = await server.say(ana, thread, "y")
    await server.close(ana, thread)
    reaction = f"/channels/{thread.id}/messages/{inside.id}/reactions/%F0%9F%91%8D/@me"
    assert (await raw.ask("PUT", reaction))[1]["code"] == 50083
    assert (await raw.ask("PUT", f"/channels/{thread.id}/thread-members/{ana.id}"))[1]["code"] == 50083
    server.world.max_active_threads = 0
    assert (await raw.ask("POST", f"/channels/{channel.id}/threads", {"name": "t", "type": 11}))[1]["code"] == 160006


async def test_the_librarys_other_calls_find_their_routes(ready: Scene) -> None:
    server, channel = ready.server, ready.channel(ready.help)
    await server.permit(ready.help, OPEN | {"MANAGE_MESSAGES"})
    guild = ready.bot.guilds[0]
    one, two, three = [await channel.send(text) for text in ("one", "two", "three")]
    await one.pin()
    assert [message.id async for message in channel.pins()] == [one.id]
    await one.unpin()
    await two.add_reaction("👍")
    assert (await channel.fetch_message(two.id)).reactions[0].me
    await two.remove_reaction("👍", guild.me)
    await channel.delete_messages([two, three])
    assert [message.content async for message in channel.history(around=one, limit=3)][-1] == "one"
    async with channel.typing():
        pass
    await one.edit(content="uno", attachments=[discord.File(__file__, filename="a.txt")])
    await one.edit(attachments=[])
    assert server.messages(ready.help)[0].attachments == []
    assert (await guild.fetch_member(ready.ana.id)).display_name == "Ana"
    assert {member.id async for member in guild.fetch_members()} >= {ready.ana.id, ready.ben.id}
    assert [member.id for member in await guild.query_members("an", limit=5)] == [ready.ana.id]
    thread = await channel.create_thread(name="t", type=discord.ChannelType.public_thread)
    assert [each.id for each in await guild.active_threads()] == [thread.id]
    assert [member.id for member in await thread.fetch_members()] == [server.application_id]
    await thread.edit(archived=True)
    assert [each.id async for each in channel.archived_threads()] == [thread.id]
    assert [each.id async for each in channel.archived_threads(private=True)] == []
    assert (await ready.bot.fetch_channel(ready.forum.id)).id == ready.forum.id
    assert (await ready.bot.fetch_guild(guild.id)).name == "Shop"
    assert (await ready.bot.fetch_user(ready.ana.id)).name == "ana"
    assert (await ready.bot.application_info()).flags.gateway_message_content_limited
    assert len(await guild.fetch_roles()) == 2
    await ready.bot.change_presence(activity=discord.Game("shop"))
    await server.until(lambda: any(socket.presence for socket in server.gateway.sockets))
    await thread.delete()
    assert server.threads(ready.help) == []
    assert server.violations == []


async def test_answers_with_files_and_layouts_after_a_deferral(scene: Scene) -> None:
    @scene.bot.tree.command(name="card", description="A card")
    async def card(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        view: discord.ui.LayoutView = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay("The card"))
        view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png")))
        file = discord.File(__file__, filename="a.png")
        message = await interaction.edit_original_response(view=view, attachments=[file])
        assert message.attachments[0].url.startswith(scene.server.world.origin)
        await interaction.followup.send("And more", ephemeral=True, file=discord.File(__file__, filename="b.txt"))

    await scene.start()
    await scene.bot.tree.sync()
    shown = await scene.server.command(scene.ana, scene.help, "card")
    assert shown is not None
    assert shown.shown == "The card"
    more = await scene.server.wait_for(scene.help, "And more", viewer=scene.ana)
    assert [file.name for file in more.attachments] == ["b.txt"]
    assert more.ephemeral_to is scene.ana
    # What is ephemeral reaches the bot's own ear as if it were a DM.
    await scene.server.until(lambda: scene.bot.heard and scene.bot.heard[-1].content == "And more")
    assert scene.bot.heard[-1].guild is None
    assert scene.server.violations == []


async def test_chooses_people_and_options_from_menus(ready: Scene) -> None:
    chosen: list[object] = []

    class Menus(discord.ui.View):
        @discord.ui.select(
            custom_id="topic", placeholder="Topic", options=[discord.SelectOption(label="Refund", value="r")]
        )
        async def topic(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
            chosen.extend(select.values)
            await interaction.response.defer()

        @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", placeholder="Who")
        async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Any]) -> None:
            chosen.extend(user.name for user in select.values)
            await interaction.response.defer()

    await ready.channel(ready.help).send("Choose", view=Menus(timeout=None))
    message = ready.server.messages(ready.help)[0]
    assert await ready.server.choose(ready.ana, message, "Topic", "Refund") is None
    assert await ready.server.choose(ready.ana, message, "who", [ready.ben]) is None
    assert chosen == ["r", "ben"]
    with pytest.raises(LookupError):
        await ready.server.choose(ready.ana, message, "Topic", "Weather")


async def test_gained_sight_of_a_channel_brings_its_threads(ready: Scene) -> None:
    server = ready.server
    hidden = server.add_channel("hidden", permissions=set())
    said = await server.say(ready.ana, hidden, "not for the bot")
    thread = await server.thread(ready.ana, said, "unseen")
    assert ready.bot.heard == []
    await server.permit(hidden, OPEN)
    await server.until(lambda: ready.bot.get_channel(thread.id))
    assert ready.bot.heard == []


async def test_refused_handshakes_and_lost_sessions_end_in_a_connection(ready: Scene) -> None:
    server = ready.server
    ready.bot.events.clear()
    server.faults.refuse_handshakes(1)
    server.faults.refuse_sessions(1)
    server.faults.drop_sockets()
    await server.until(lambda: "READY" in ready.bot.events, timeout=20)
    assert server.gateway.handshakes >= 3


async def test_a_client_that_talks_too_much_is_closed(raw: Raw) -> None:
    async with raw.session.ws_connect(f"{raw.server.gateway_url}?v=10&encoding=json") as socket:
        for _ in range(125):
            await socket.send_json({"op": 1, "d": None})
        codes = [message.type async for message in socket]
    assert codes
    assert socket.close_code == 4008
    assert len(raw.server.violations) == 1


async def test_trouble_on_demand_names_routes_and_codes(raw: Raw) -> None:
    channel = raw.server.add_channel("help")
    path = f"/channels/{channel.id}/messages"
    raw.server.faults.fail("POST /channels/{id}/messages", status=503)
    raw.server.faults.fail("/users/@me/channels", code=40003)
    assert (await raw.ask("GET", path))[0] == 200
    assert (await raw.ask("POST", path, {"content": "x"}))[0] == 503
    assert (await raw.ask("POST", "/users/@me/channels", {"recipient_id": "1"}))[1]["code"] == 40003
    raw.server.faults.cut_before("POST *")
    with pytest.raises(aiohttp.ClientError):
        await raw.ask("POST", path, {"content": "x"})
    assert raw.server.messages(channel) == []
    assert [call.status for call in raw.server.call_log] == [200, 503, 400, 0]


async def test_a_forward_carries_the_words_and_a_link_preview_is_no_edit(ready: Scene) -> None:
    server = ready.server
    said = await server.say(ready.ana, ready.help, "see https://example.com/x")
    await server.until(lambda: "MESSAGE_UPDATE" in ready.bot.events)
    assert not said.edited
    await server.say(ready.ana, server.dm(ready.ana), forward=said)
    await server.until(lambda: len(ready.bot.heard) == 2)
    forward = ready.bot.heard[1]
    assert (forward.content, forward.message_snapshots[0].content) == ("", "see https://example.com/x")
    assert server.unfurls == []


async def test_the_global_limit_stops_all_routes_but_interactions(ready: Scene) -> None:
    server, channel = ready.server, ready.channel(ready.help)
    server.limits.whole, server.limits.whole_limit = True, 5
    await asyncio.gather(*(channel.send(str(number)) for number in range(8)))
    assert len(server.messages(ready.help)) == 8
    assert server.limits.hits >= 1
    assert any(call.status == 429 for call in server.call_log)


async def test_a_request_without_a_name_is_a_violation(raw: Raw) -> None:
    head = {"Authorization": f"Bot {raw.server.token}"}
    url = f"{raw.server.api_url}/users/@me"
    async with raw.session.get(url, headers=head, skip_auto_headers=["User-Agent"]) as response:
        assert response.status == 200
    assert raw.server.violations == ["GET /users/@me: no User-Agent"]


async def test_everyone_is_heard_where_a_bot_may_call_all(ready: Scene) -> None:
    await ready.channel(ready.help).send("@everyone look")
    assert [ping.kind for ping in ready.server.pings] == ["everyone"]


async def test_what_a_person_reads_has_no_markup(ready: Scene) -> None:
    words = rf"**bold** _soft_ `a_b_c` \*plain\* {ready.ana.mention} [here](<https://x.example/a_b>) snake_case"
    await ready.channel(ready.help).send(f"# Hello\n{words}", allowed_mentions=discord.AllowedMentions.none())
    message = ready.server.messages(ready.help)[0]
    assert message.shown == "Hello\nbold soft a_b_c *plain* @Ana here snake_case"


async def test_an_escaped_sign_opens_no_code_and_in_code_nothing_is_escaped(ready: Scene) -> None:
    await ready.channel(ready.help).send(r"\`not \*code\` but `a\*b` and \\`c`")
    assert ready.server.messages(ready.help)[0].shown == r"`not *code` but a\*b and \c"


async def test_a_voice_channel_is_known_to_the_library(ready: Scene) -> None:
    voice = ready.server.add_channel("talk", kind="voice")
    await ready.server.until(lambda: ready.bot.get_channel(voice.id))
    assert isinstance(await ready.bot.fetch_channel(voice.id), discord.VoiceChannel)
