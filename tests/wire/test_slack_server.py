"""The Slack emulator, driven by the unmodified slack_bolt and slack_sdk: it acts, refuses and breaks as Slack does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack import Channel, Message, Modal, Pace, SlackServer, User
from tests.wire.slack.blocks import check_blocks, check_view
from tests.wire.slack.people import typed
from tests.wire.slack.world import Json


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(retry_scale=0.001) as server:
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> User:
    return slack.add_user("ana")


@pytest.fixture
def room(slack: SlackServer, ana: User) -> Channel:
    return slack.add_channel("help", members=[ana])


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def app(slack: SlackServer, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


@contextlib.asynccontextmanager
async def connected(slack: SlackServer, app: AsyncApp, ping: float = 0.2) -> AsyncIterator[AsyncSocketModeHandler]:
    """Let a bolt app hold one socket."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping)
    before = slack.connections
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.connections > before)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        # What the SDK cancelled, it does not wait for.
        await asyncio.sleep(0)


def catch_all(app: AsyncApp) -> list[Json]:
    """Register listeners for every event, and collect what they get."""
    got: list[Json] = []

    async def take(body: Json) -> None:
        got.append(body)

    for name in ("message", "app_mention", "app_home_opened", "reaction_added", "member_joined_channel", "file_shared"):
        app.event(name)(take)
    app.event({"type": "message", "subtype": "message_changed"})(take)
    return got


def kinds(got: list[Json]) -> list[str]:
    return [body["event"].get("subtype") or body["event"]["type"] for body in got]


def button(label: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "block_id": "b", "elements": list(elements)}]


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str = "order", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "typed"}
    return {"type": "input", "block_id": block_id, "label": plain("Order number"), "element": element, **more}


def form(**more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Refund"),
        "submit": plain("Send"),
        "blocks": [field()],
    } | more


async def error_of(call: Any) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def posted(slack: SlackServer, client: AsyncWebClient, room: Channel, **content: Any) -> Message:
    answer = await client.chat_postMessage(
        channel=room.id, unfurl_links=False, unfurl_media=False, **({"text": "Hi"} | content)
    )
    return slack.message(room, answer["ts"])


# Events over sockets


async def test_a_message_arrives_and_is_acknowledged(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        ts = await slack.say(ana, room, "my order is <late> & gone")
        await slack.settled()
    event = got[0]["event"]
    assert kinds(got) == ["message"]
    assert (event["ts"], event["user"], event["channel_type"]) == (ts, ana.id, "channel")
    assert event["text"] == "my order is &lt;late&gt; &amp; gone"
    assert event["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "my order is <late> & gone"}]
    assert slack.violations == []


async def test_a_mention_arrives_twice_with_two_event_ids(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        await slack.say(ana, room, f"<@{slack.bot_user}> help")
        await slack.settled()
    assert kinds(got) == ["message", "app_mention"]
    assert got[0]["event_id"] != got[1]["event_id"]
    assert got[0]["event"]["ts"] == got[1]["event"]["ts"]


async def test_a_mention_in_a_dm_comes_once_as_a_message(slack: SlackServer, app: AsyncApp, ana: User) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        await slack.say(ana, slack.dm(ana), f"<@{slack.bot_user}> help")
        await slack.settled()
    assert [(body["event"]["type"], body["event"]["channel_type"]) for body in got] == [("message", "im")]


async def test_rooms_without_the_bot_and_scopes_not_granted_stay_silent(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    elsewhere = slack.add_channel("random", members=[ana], bot=False)
    slack.team_of(None).scopes.discard("im:history")
    async with connected(slack, app):
        await slack.say(ana, elsewhere, "one")
        await slack.say(ana, slack.dm(ana), "two")
        await slack.settled()
    assert got == []


async def test_edits_and_deletions_are_events(slack: SlackServer, app: AsyncApp, ana: User, room: Channel) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        ts = await slack.say(ana, room, "helo")
        await slack.edit(ana, room, ts, "hello")
        await slack.delete(ana, room, ts)
        await slack.settled()
    assert kinds(got) == ["message", "message_changed", "message_deleted"]
    assert got[1]["event"]["message"]["text"] == "hello"
    assert got[1]["event"]["previous_message"]["text"] == "helo"
    assert got[2]["event"]["deleted_ts"] == ts
    assert slack.messages(room) == []


async def test_a_link_preview_comes_as_an_edit_that_nobody_made(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        ts = await slack.say(ana, room, "see https://shop.example/1")
        await slack.preview(room, ts, "https://shop.example/1")
        await slack.settled()
    inner = got[1]["event"]["message"]
    assert kinds(got) == ["message", "message_changed"]
    assert ("edited" in inner, inner["text"]) == (False, "see <https://shop.example/1>")


async def test_the_bots_own_message_comes_back_as_an_event_that_bolt_ignores(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, room: Channel
) -> None:
    got = catch_all(app)
    async with connected(slack, app):
        await posted(slack, client, room)
        await slack.settled()
    assert (got, slack.violations) == ([], [])
    assert [delivery.payload["event"]["bot_id"] for delivery in slack.courier.sent] == ["B0BOT"]


async def test_an_event_without_a_listener_comes_four_times(
    ana: User, app: AsyncApp, slack: SlackServer, room: Channel
) -> None:
    slack.ack_seconds = 0.05
    retries: list[str] = []
    app.use(_noting(retries))
    async with connected(slack, app):
        await slack.say(ana, room, "hello?")
        await slack.until(lambda: slack.courier.lost)
    # First deliveries carry the header too.
    assert retries == ["0", "1", "2", "3"]
    assert len(slack.violations) == 4


def _noting(retries: list[str]) -> Any:
    async def note(req: Any, next: Any) -> None:
        retries.extend(req.headers.get("x-slack-retry-num", []))
        await next()

    return note


async def test_duplicates_reordering_redelivery_and_lost_acks(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)

    def texts() -> list[str]:
        return [body["event"]["text"] for body in got]

    async with connected(slack, app):
        slack.faults.duplicate_events(1)
        await slack.say(ana, room, "twice")
        await slack.until(lambda: len(got) == 2)
        assert got[0]["event_id"] == got[1]["event_id"]
        slack.faults.reorder_events(3)
        for text in ("a", "b", "c"):
            await slack.say(ana, room, text)
        await slack.until(lambda: texts()[2:] == ["c", "b", "a"])
        slack.faults.redeliver(2)
        await slack.until(lambda: texts()[5:] == ["b", "c"])
        slack.ack_seconds = 0.1
        slack.faults.lose_acks(1)
        await slack.say(ana, room, "unheard")
        await slack.until(lambda: texts()[7:] == ["unheard", "unheard"])
        await slack.settled()
    assert slack.violations == []


async def test_several_sockets_share_the_events(slack: SlackServer, app: AsyncApp, ana: User, room: Channel) -> None:
    got = catch_all(app)
    async with connected(slack, app), connected(slack, app):
        assert slack.connections == 2
        for number in range(4):
            await slack.say(ana, room, str(number))
        await slack.settled()
    assert sorted(body["event"]["text"] for body in got) == ["0", "1", "2", "3"]


# Sockets that break


@pytest.mark.parametrize("trouble", ["drop", "politely", "refresh", "half-open"])
async def test_the_sdk_comes_back_after_trouble_and_loses_nothing(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel, trouble: str
) -> None:
    got = catch_all(app)
    slack.ack_seconds = 0.3
    slack.retry_scale = 0.01
    async with connected(slack, app):
        match trouble:
            case "drop":
                slack.faults.drop_sockets()
            case "politely":
                slack.faults.drop_sockets(politely=True)
            case "refresh":
                slack.faults.disconnect("refresh_requested")
            case _:
                slack.faults.half_open_sockets()
        await slack.say(ana, room, "still there?")
        await slack.until(lambda: got, timeout=8)
        await slack.until(lambda: slack.sockets.opened >= 2, timeout=8)
    assert {body["event"]["text"] for body in got} == {"still there?"}
    assert slack.violations == []


async def test_socket_mode_can_be_switched_off(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    async with connected(slack, app):
        slack.faults.disconnect("link_disabled")
        await slack.until(lambda: slack.connections == 0)
        failure = await error_of(client.apps_connections_open(app_token=slack.app_token))
        assert failure["error"] == "forbidden_team"


async def test_late_acks_count_only_within_the_deadline(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    slack.ack_seconds = 0.2
    async with connected(slack, app):
        slack.faults.delay_acks(1, 0.05)
        await slack.say(ana, room, "in time")
        await slack.settled()
        slack.faults.delay_acks(1, 1.0)
        await slack.say(ana, room, "too late")
        await slack.settled()
    assert [body["event"]["text"] for body in got] == ["in time", "too late", "too late"]
    assert slack.violations == []


async def test_the_bot_is_invited_removed_and_uninstalled(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User
) -> None:
    den = slack.add_channel("den", members=[ana], bot=False)
    await slack.invite(den)
    await slack.kick(den)
    assert (await error_of(client.conversations_history(channel=den.id)))["error"] == "not_in_channel"
    await slack.flood()
    await slack.uninstall()
    await slack.say(ana, den, "anybody?")
    sent = [body.payload.get("event", body.payload)["type"] for body in slack.courier.sent]
    assert sent == [
        *("member_joined_channel", "message", "channel_left"),
        *("app_rate_limited", "tokens_revoked", "app_uninstalled"),
    ]
    assert (await error_of(client.auth_test()))["error"] == "account_inactive"


async def test_a_ticket_opens_one_socket_only(slack: SlackServer, client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["debug_info"]["approximate_connection_time"] > 0
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_the_sdk_never_asks_for_a_new_url_once_its_ticket_has_expired(
    slack: SlackServer, app: AsyncApp, ana: User
) -> None:
    """python-slack-sdk#1922: a watchdog has to build a new client."""
    async with connected(slack, app, ping=0.05):
        slack.faults.refuse_sockets(1)
        slack.faults.drop_sockets(politely=True)
        await slack.until(lambda: slack.calls["apps.connections.open"] == 2)
        slack.faults.expire_tickets()
        await slack.until(lambda: slack.faults.refused_sockets == 0)
        await asyncio.sleep(0.5)
        assert (slack.connections, slack.calls["apps.connections.open"]) == (0, 2)


async def test_too_many_sockets_and_unknown_acks_are_violations(slack: SlackServer, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session, contextlib.AsyncExitStack() as stack:
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
            socket = await stack.enter_async_context(session.ws_connect(url))
            said = await socket.receive_json()
            if said["type"] == "hello":
                await socket.send_json({"envelope_id": "nonsense"})
        assert said["reason"] == "too_many_websockets"
        await slack.until(lambda: len(slack.violations) == 11)


# What people press


async def test_a_button_press_carries_what_slack_sends(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    got: list[Json] = []

    @app.action("yes")
    async def yes(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        got.append(body)
        await respond(text="Done", replace_original=True)

    async with connected(slack, app):
        ts = await slack.say(ana, room, "hi")
        message = await posted(
            slack, client, room, text="Sure?", blocks=[section("*Sure?*"), *actions(button("Yes", "yes", value="1"))],
            thread_ts=ts, metadata={"event_type": "asked", "event_payload": {"turn": 1}},
        )  # fmt: skip
        assert (message.shown, message.buttons) == ("Sure?", ["Yes"])
        await slack.press(ana, message, "Yes")
        await slack.until(lambda: message.shown == "Done")
    body = got[0]
    assert body["actions"][0]["value"] == "1"
    assert body["container"]["thread_ts"] == ts
    assert body["message"]["metadata"]["event_payload"] == {"turn": 1}
    assert message.buttons == []
    assert slack.violations == []


async def test_menus_give_their_choice_and_the_state(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    got: list[Json] = []

    @app.action("pick")
    async def pick(ack: Any, body: Json) -> None:
        await ack()
        got.append(body)

    options = [{"text": plain(name), "value": name.lower()} for name in ("Small", "Large")]
    async with connected(slack, app):
        menu = {"type": "static_select", "action_id": "pick", "options": options}
        message = await posted(slack, client, room, blocks=actions(menu))
        await slack.choose(ana, message, "pick", "Large")
    assert got[0]["actions"][0]["selected_option"]["value"] == "large"
    assert got[0]["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "large"


async def test_an_app_that_does_not_ack_shows_the_person_an_error(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    slack.ack_seconds = 0.1
    async with connected(slack, app):
        message = await posted(slack, client, room, blocks=actions(button("Yes", "yes")))
        await slack.press(ana, message, "Yes")
    assert [text for _, text in slack.toasts] == ["We had some trouble connecting. Try again?"]
    assert any("not acked within" in violation for violation in slack.violations)


async def test_ephemeral_messages_are_seen_by_one_person_and_changed_by_response_url_only(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    ben = slack.add_user("ben")
    await slack.join(ben, room)

    @app.action("gone")
    async def gone(ack: Any, body: Json, respond: Any) -> None:
        assert "message" not in body
        await ack()
        await respond(delete_original=True)

    catch_all(app)
    async with connected(slack, app):
        answer = await client.chat_postEphemeral(
            channel=room.id, user=ana.id, text="Only you", blocks=actions(button("Hide", "gone"))
        )
        shown = [message for message in slack.messages(room, viewer=ana) if message.bot]
        assert [message.ephemeral_to for message in shown] == [ana.id]
        assert [message for message in slack.messages(room, viewer=ben) if message.bot] == []
        failure = await error_of(client.chat_update(channel=room.id, ts=answer["message_ts"], text="x"))
        assert failure["error"] == "message_not_found"
        await slack.press(ana, shown[0], "Hide")
        await slack.until(lambda: shown[0].deleted)
    history = await client.conversations_history(channel=room.id)
    assert [message for message in history["messages"] if "bot_id" in message] == []


async def test_a_person_may_press_what_an_edit_just_took_away(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    got: list[Json] = []

    @app.action("old")
    async def old(ack: Any, body: Json) -> None:
        await ack()
        got.append(body)

    async with connected(slack, app):
        message = await posted(slack, client, room, blocks=actions(button("Old", "old")))
        await client.chat_update(channel=room.id, ts=message.ts, text="Closed")
        assert message.buttons == []
        assert await slack.press(ana, message, "Old")
        with pytest.raises(AssertionError, match="no control 'New'"):
            await slack.press(ana, message, "New")
    assert got[0]["message"]["text"] == "Closed"


async def test_external_menus_are_filled_by_the_app(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    @app.options("find")
    async def find(ack: Any, payload: Json) -> None:
        await ack(options=[{"text": plain(payload["value"].upper()), "value": "1"}])

    async with connected(slack, app):
        message = await posted(slack, client, room, blocks=actions({"type": "external_select", "action_id": "find"}))
        assert await slack.suggest(ana, message, "find", "shoe") == ["SHOE"]
    assert slack.violations == []


async def test_ephemeral_messages_do_not_last_and_may_never_arrive(
    slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    await client.chat_postEphemeral(channel=room.id, user=ana.id, text="Only you")
    slack.faults.lose_ephemerals(1)
    await client.chat_postEphemeral(channel=room.id, user=ana.id, text="Nobody")
    assert [message.text for message in slack.messages(room, viewer=ana)] == ["Only you"]
    slack.reload(ana)
    assert slack.messages(room, viewer=ana) == []


# Forms


def formed(app: AsyncApp, view: Json, answer: Callable[[Json], Json]) -> list[Json]:
    """Let the app open a form at /form, and answer its submission."""
    got: list[Json] = []

    @app.command("/form")
    async def open_form(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("form")
    async def submitted(ack: Any, body: Json) -> None:
        got.append(body)
        await ack(**answer(body["view"]["state"]["values"]))

    return got


async def test_a_form_is_opened_refused_and_sent(slack: SlackServer, app: AsyncApp, ana: User, room: Channel) -> None:
    def answer(values: Json) -> Json:
        if values["order"]["typed"]["value"] == "17":
            return {}
        return {"response_action": "errors", "errors": {"order": "No such order"}}

    got = formed(app, form(private_metadata="case 5"), answer)
    async with connected(slack, app):
        assert await slack.command(ana, room, "/form") is None
        modal = await slack.modal(ana)
        assert (modal.title, modal.labels, modal.private_metadata) == ("Refund", ["Order number"], "case 5")
        assert await slack.submit(ana, modal, {}) == {"order": "Please complete this required field."}
        assert got == []
        assert await slack.submit(ana, modal, {"Order number": "3"}) == {"order": "No such order"}
        assert await slack.submit(ana, modal, {"typed": "17"}) is None
        assert modal.closed
    assert slack.violations == []


@pytest.mark.parametrize("action", ["update", "push", "clear"])
async def test_a_submission_may_change_stack_or_clear_views(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel, action: str
) -> None:
    second = form(title=plain("Second"), callback_id="second")
    formed(app, form(), lambda _: {"response_action": action} | ({} if action == "clear" else {"view": second}))
    async with connected(slack, app):
        await slack.command(ana, room, "/form")
        first = await slack.modal(ana)
        after = await slack.submit(ana, first, {"order": "1"})
    if action == "clear":
        assert (after, first.closed) == (None, True)
    else:
        assert isinstance(after, Modal)
        assert (after.title, first.closed, after is first) == ("Second", False, action == "update")
    assert slack.violations == []


async def test_errors_for_fields_that_do_not_exist_are_a_violation(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    formed(app, form(), lambda _: {"response_action": "errors", "errors": {"other": "x"}})
    async with connected(slack, app):
        await slack.command(ana, room, "/form")
        errors = await slack.submit(ana, await slack.modal(ana), {"order": "1"})
        assert errors == {"": "We had some trouble connecting. Try again?"}
    assert len(slack.violations) == 1


async def test_triggers_work_once_and_not_late(slack: SlackServer, client: AsyncWebClient, ana: User) -> None:
    trigger = slack.rights.new_trigger(ana)
    opened = (await client.views_open(trigger_id=trigger, view=form(external_id="one")))["view"]
    assert opened["root_view_id"] == opened["id"]
    assert (await error_of(client.views_open(trigger_id=trigger, view=form())))["error"] == "exchanged_trigger_id"
    stale = slack.rights.new_trigger(ana)
    slack.trigger_seconds = 0
    assert (await error_of(client.views_open(trigger_id=stale, view=form())))["error"] == "expired_trigger_id"
    assert (await error_of(client.views_open(trigger_id="1.2.3", view=form())))["error"] == "invalid_trigger_id"
    conflict = client.views_update(external_id="one", hash="old", view=form())
    assert (await error_of(conflict))["error"] == "hash_conflict"
    await client.views_update(external_id="one", hash=opened["hash"], view=form(title=plain("New")))
    assert (await slack.modal(ana)).title == "New"
    assert len(slack.violations) == 3


async def test_the_home_tab_is_published_and_pressed(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User
) -> None:
    pressed: list[Json] = []

    @app.event("app_home_opened")
    async def opened(event: Json) -> None:
        view = {"type": "home", "blocks": [section("Queue"), *actions(button("Take", "take"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.action("take")
    async def take(ack: Any, body: Json) -> None:
        await ack()
        pressed.append(body)

    async with connected(slack, app):
        await slack.open_home(ana)
        await slack.until(lambda: slack.home(ana))
        home = slack.home(ana)
        assert home is not None
        assert home.shown == "Queue"
        await slack.press(ana, home, "Take")
    assert pressed[0]["container"] == {"type": "view", "view_id": home.id}


async def test_commands_and_shortcuts(slack: SlackServer, app: AsyncApp, ana: User, room: Channel) -> None:
    got: list[str] = []

    @app.command("/help")
    async def help_(ack: Any, command: Json) -> None:
        await ack(f"About {command['text']}: *soon*")

    @app.shortcut("ticket")
    async def ticket(ack: Any, body: Json) -> None:
        await ack()
        got.append(body["message"]["text"] if body["type"] == "message_action" else body["type"])

    catch_all(app)
    async with connected(slack, app):
        assert await slack.command(ana, room, "/help", "refund") == "About refund: soon"
        ts = await slack.say(ana, room, "broken")
        await slack.shortcut(ana, "ticket", message=slack.message(room, ts))
        await slack.shortcut(ana, "ticket")
    assert got == ["broken", "shortcut"]
    assert [message.ephemeral_to for message in slack.messages(room, viewer=ana) if message.bot] == [ana.id]
    assert slack.violations == []


async def test_a_response_url_works_five_times(slack: SlackServer, ana: User, room: Channel) -> None:
    url = slack.rights.new_response_url(room, ana, None)
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(url, json={"text": str(n)})).status for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [message.text for message in slack.messages(room, viewer=ana)] == ["0", "1", "2", "3", "4"]
    assert slack.violations == ["response_url: used_url"]


# HTTP mode


@contextlib.asynccontextmanager
async def serving(app: AsyncApp) -> AsyncIterator[str]:
    """Serve a bolt app over HTTP."""
    runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


async def test_http_mode_signs_what_bolt_verifies(
    slack: SlackServer, app: AsyncApp, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    formed(app, form(), lambda _: {})
    async with serving(app) as url:
        assert await slack.deliver_to(url).verify()
        await slack.say(ana, room, "über HTTP")
        await slack.until(lambda: got)
        await slack.command(ana, room, "/form")
        assert await slack.submit(ana, await slack.modal(ana), {"order": "9"}) is None
        slack.faults.skew_clock(-600)
        await slack.say(ana, room, "too old")
        await slack.until(lambda: slack.courier.lost)
    assert [body["event"]["text"] for body in got] == ["über HTTP"]
    assert slack.violations == []


@pytest.mark.parametrize("stop", [False, True])
async def test_http_mode_retries_unless_told_not_to(slack: SlackServer, ana: User, room: Channel, stop: bool) -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def fail(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"} if stop else {})

    server = web.Application()
    server.router.add_post("/slack/events", fail)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    await slack.say(ana, room, "hello")
    await slack.until(lambda: slack.courier.lost)
    await runner.cleanup()
    assert seen == [(None, None)] + ([] if stop else [(n, "http_error") for n in ("1", "2", "3")])


async def test_http_mode_hangs_up_after_the_deadline_and_retries(slack: SlackServer, ana: User, room: Channel) -> None:
    reasons: list[str | None] = []

    async def dawdle(request: web.Request) -> web.Response:
        reasons.append(request.headers.get("X-Slack-Retry-Reason"))
        await asyncio.sleep(0.2 if len(reasons) == 1 else 0)
        # Too late to be read: a timeout is retried whatever the app says.
        return web.Response(headers={"X-Slack-No-Retry": "1"})

    server = web.Application()
    server.router.add_post("/slack/events", dawdle)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.ack_seconds = 0.1
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    await slack.say(ana, room, "hello")
    await slack.until(lambda: len(reasons) == 2 and not slack.courier.pending)
    await runner.cleanup()
    assert reasons == [None, "http_timeout"]
    assert len(slack.violations) == 1


# Calls that break


async def test_a_rate_limit_is_waited_out_by_the_sdks_handler(slack: SlackServer, room: Channel) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    slack.faults.rate_limit("chat.postMessage", times=2, retry_after=0)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=room.id, text="one")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "0")
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel=room.id, text="two")
    assert [message.text for message in slack.messages(room)] == ["two"]
    assert slack.calls["chat.postMessage"] == 3


async def test_a_lost_answer_has_its_effect_once(slack: SlackServer, client: AsyncWebClient, room: Channel) -> None:
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=room.id, text="there?")
    slack.faults.cut_before("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=room.id, text="never")
    assert [message.text for message in slack.messages(room)] == ["there?"]


async def test_the_sdks_default_retry_posts_twice_after_a_lost_answer(slack: SlackServer, room: Channel) -> None:
    slack.faults.lose_answer("chat.postMessage")
    await AsyncWebClient(token=slack.bot_token, base_url=slack.api_url).chat_postMessage(channel=room.id, text="oh")
    assert [message.text for message in slack.messages(room)] == ["oh", "oh"]


async def test_server_errors_refusals_and_slowness(slack: SlackServer, client: AsyncWebClient, room: Channel) -> None:
    slack.faults.fail("chat.postMessage", status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=room.id, text="x")
    assert caught.value.response.status_code == 503
    slack.faults.refuse("chat.postMessage", "is_archived")
    assert (await error_of(client.chat_postMessage(channel=room.id, text="x")))["error"] == "is_archived"
    slack.faults.slow("chat.postMessage", 0.05)
    await client.chat_postMessage(channel=room.id, text="x")
    assert len(slack.messages(room)) == 1


async def test_posting_faster_than_slack_allows_is_refused(
    slack: SlackServer, client: AsyncWebClient, room: Channel
) -> None:
    slack.pacing = Pace(burst=2)
    await posted(slack, client, room)
    await posted(slack, client, room)
    assert (await error_of(posted(slack, client, room)))["error"] == "ratelimited"
    slack.pacing = Pace(burst=2, violate=False)
    assert (await error_of(posted(slack, client, room)))["error"] == "ratelimited"
    assert len(slack.violations) == 1


# Tokens and scopes


async def test_tokens_and_scopes_are_checked(slack: SlackServer, client: AsyncWebClient, ana: User) -> None:
    who = await client.auth_test()
    assert (who["user_id"], who["team_id"], who["bot_id"]) == (slack.bot_user, slack.team, "B0BOT")
    assert "chat:write" in who.headers["x-oauth-scopes"].split(",")
    assert (await error_of(client.auth_test(token="xoxb-wrong")))["error"] == "invalid_auth"
    assert (await error_of(AsyncWebClient(base_url=slack.api_url).auth_test()))["error"] == "not_authed"
    app_level = client.chat_postMessage(channel="C1", text="x", token=slack.app_token)
    assert (await error_of(app_level))["error"] == "not_allowed_token_type"
    slack.team_of(None).scopes.discard("users:read")
    failure = await error_of(client.users_info(user=ana.id))
    assert (failure["error"], failure["needed"]) == ("missing_scope", "users:read")
    slack.faults.revoke_tokens()
    assert (await error_of(client.auth_test()))["error"] == "token_revoked"
    slack.faults.restore_tokens()
    await client.auth_test()


async def test_workspaces_do_not_see_each_other(slack: SlackServer, client: AsyncWebClient, app: AsyncApp) -> None:
    other = slack.add_workspace("T1OTHER")
    eve = slack.add_user("eve", team=other)
    den = slack.add_channel("den", members=[eve])
    got = catch_all(app)
    async with connected(slack, app):
        await slack.say(eve, den, "psst")
        await slack.settled()
    assert got[0]["team_id"] == "T1OTHER"
    assert got[0]["authorizations"][0]["user_id"] == other.bot_user
    failure = await error_of(client.chat_postMessage(channel=den.id, text="x"))
    assert failure["error"] == "channel_not_found"
    theirs = AsyncWebClient(token=other.bot_token, base_url=slack.api_url)
    await theirs.chat_postMessage(channel=den.id, text="psst")


# Rooms and their past


async def test_history_and_replies_are_paged(
    slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    stamps = [await slack.say(ana, room, str(n)) for n in range(5)]
    replies = [await slack.say(ana, room, f"r{n}", thread=stamps[0]) for n in range(3)]
    # The SDK's pages are one object, which changes under the loop.
    pages = [page.data async for page in await client.conversations_history(channel=room.id, limit=2)]
    assert [m["ts"] for page in pages for m in page["messages"]] == stamps[::-1]
    assert [page["has_more"] for page in pages] == [True, True, False]
    pages = [page.data async for page in await client.conversations_replies(channel=room.id, ts=stamps[0], limit=2)]
    assert [m["ts"] for page in pages for m in page["messages"]] == [stamps[0], *replies]
    parent = pages[0]["messages"][0]
    assert (parent["reply_count"], parent["latest_reply"]) == (3, replies[-1])
    since = await client.conversations_history(channel=room.id, oldest=stamps[2])
    assert [m["ts"] for m in since["messages"]] == [stamps[4], stamps[3]]
    between = await client.conversations_history(channel=room.id, oldest=stamps[2], latest=stamps[3], inclusive=True)
    assert [m["ts"] for m in between["messages"]] == [stamps[3], stamps[2]]
    failure = await error_of(client.conversations_replies(channel=room.id, ts="1.000000"))
    assert failure["error"] == "thread_not_found"


async def test_metadata_is_kept_and_given_back_when_asked(
    slack: SlackServer, client: AsyncWebClient, room: Channel
) -> None:
    metadata = {"event_type": "turn", "event_payload": {"id": "c1-2-3"}}
    await posted(slack, client, room, metadata=metadata)
    bare = await client.conversations_history(channel=room.id)
    full = await client.conversations_history(channel=room.id, include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    failure = await error_of(client.chat_postMessage(channel=room.id, text="x", metadata={"event_type": "x"}))
    assert failure["error"] == "invalid_metadata_format"


async def test_threads_broadcasts_and_deleted_parents(
    slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    ts = await slack.say(ana, room, "question")
    await posted(slack, client, room, text="quiet", thread_ts=ts)
    await posted(slack, client, room, text="loud", thread_ts=ts, reply_broadcast=True)
    assert [message.text for message in slack.messages(room)] == ["question", "loud"]
    assert [message.text for message in slack.messages(room, ts)] == ["question", "quiet", "loud"]
    gone = await slack.say(ana, room, "never mind")
    await slack.delete(ana, room, gone)
    # slack-go/slack#1571: Slack puts the answer into the channel, before everybody.
    stray = await posted(slack, client, room, text="stray", thread_ts=gone)
    assert (stray.thread_ts, slack.unthreaded) == (None, [stray])
    await slack.delete(ana, room, ts)
    thread = await client.conversations_replies(channel=room.id, ts=ts)
    assert [message.get("subtype") for message in thread["messages"]] == ["tombstone", None, "thread_broadcast"]


async def test_updates_follow_slacks_rules(
    slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel
) -> None:
    message = await posted(
        slack, client, room, blocks=[section("One")], metadata={"event_type": "a", "event_payload": {}}
    )
    await client.chat_update(channel=room.id, ts=message.ts, text="t", blocks=[section("Two")])
    assert (message.shown, message.edited) == ("Two", None)
    await client.chat_update(channel=room.id, ts=message.ts, text="Three")
    assert (message.shown, message.blocks) == ("Three", [])
    assert message.metadata == {"event_type": "a", "event_payload": {}}
    theirs = await slack.say(ana, room, "mine")
    failure = await error_of(client.chat_update(channel=room.id, ts=theirs, text="x"))
    assert failure["error"] == "cant_update_message"
    failure = await error_of(client.chat_update(channel=room.id, ts=message.ts, text="x" * 4001))
    assert failure["error"] == "msg_too_long"
    failure = await error_of(client.chat_update(channel=room.id, ts="1.000000", text="x"))
    assert failure["error"] == "message_not_found"


async def test_rooms_refuse_as_slack_does(slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel) -> None:
    robot = slack.add_user("robot", is_bot=True)
    secret = slack.add_channel("secret", members=[ana], bot=False, private=True)
    public = slack.add_channel("public", members=[ana], bot=False)
    say = client.chat_postMessage
    assert (await error_of(say(channel=secret.id, text="x")))["error"] == "channel_not_found"
    assert (await error_of(client.conversations_history(channel=public.id)))["error"] == "not_in_channel"
    assert (await error_of(client.conversations_open(users=robot.id)))["error"] == "cannot_dm_bot"
    assert (await error_of(client.conversations_open(users="U404")))["error"] == "user_not_found"
    await client.conversations_join(channel=public.id)
    assert {c["name"] for c in (await client.users_conversations())["channels"]} == {"help", "public"}
    assert (await client.conversations_members(channel=public.id))["members"] == [ana.id, slack.bot_user]
    await slack.archive(ana, room)
    assert (await error_of(say(channel=room.id, text="x")))["error"] == "is_archived"
    dm = (await client.conversations_open(users=ana.id))["channel"]["id"]
    assert dm == slack.dm(ana).id
    slack.messages_tab_closed = True
    assert (await error_of(say(channel=dm, text="x")))["error"] == "messages_tab_disabled"
    slack.messages_tab_closed = False
    await say(channel=ana.id, text="to the person")
    assert [message.text for message in slack.messages(slack.dm(ana))] == ["to the person"]
    await slack.deactivate(ana)
    assert (await error_of(client.conversations_open(users=ana.id)))["error"] == "user_disabled"
    assert (await client.users_info(user=ana.id))["user"]["deleted"] is True
    assert slack.violations == []


async def test_small_methods_answer(slack: SlackServer, client: AsyncWebClient, ana: User, room: Channel) -> None:
    group = slack.add_group("S0CREW", [ana])
    message = await posted(slack, client, room)
    link = (await client.chat_getPermalink(channel=room.id, message_ts=message.ts))["permalink"]
    assert link.endswith(f"/archives/{room.id}/p{message.ts.replace('.', '')}")
    await client.reactions_add(channel=room.id, timestamp=message.ts, name="eyes")
    again = client.reactions_add(channel=room.id, timestamp=message.ts, name="eyes")
    assert (await error_of(again))["error"] == "already_reacted"
    assert message.reactions == {"eyes": [slack.bot_user]}
    await client.reactions_remove(channel=room.id, timestamp=message.ts, name="eyes")
    assert message.reactions == {}
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ana.id]
    assert (await client.team_info())["team"]["id"] == slack.team
    assert (await client.bots_info(bot="B0BOT"))["bot"]["user_id"] == slack.bot_user
    assert (await client.conversations_info(channel=room.id))["channel"]["is_member"] is True
    await client.assistant_threads_setStatus(channel_id=room.id, thread_ts=message.ts, status="is thinking")
    prompts = [{"title": "Refund", "message": "I want a refund"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=room.id, thread_ts=message.ts, prompts=prompts)
    assert slack.statuses == {(room.id, message.ts): "is thinking"}
    await client.chat_delete(channel=room.id, ts=message.ts)
    assert slack.messages(room) == []
    assert slack.violations == []


# Files


async def test_files_go_up_and_down_with_a_token(
    slack: SlackServer, client: AsyncWebClient, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    async with connected(slack, app), aiohttp.ClientSession() as session:
        await slack.say(ana, room, "look", files=[("photo.png", "image/png", b"\x89PNG")])
        await slack.until(lambda: len(got) == 2)
        assert kinds(got) == ["file_share", "file_shared"]
        file = got[0]["event"]["files"][0]
        for header, kind, body in (
            ({}, "text/html", None),
            ({"Authorization": f"Bearer {slack.bot_token}"}, "image/png", b"\x89PNG"),
        ):
            async with session.get(file["url_private"], headers=header) as response:
                assert (response.status, response.content_type) == (200, kind)
                assert body in (None, await response.read())
        answer = await client.files_upload_v2(
            content="a,b", filename="orders.csv", channel=room.id, initial_comment="Here"
        )
        assert (await client.files_info(file=answer["file"]["id"]))["file"]["name"] == "orders.csv"
    last = slack.messages(room)[-1]
    assert (last.text, [file.content for file in last.files]) == ("Here", [b"a,b"])
    assert slack.violations == []


# Pings, previews and limits


@pytest.mark.parametrize(
    ("content", "kinds_"),
    [
        ({"text": "<!here> fire"}, ["here"]),
        ({"text": "<!channel> <!everyone>"}, ["channel", "everyone"]),
        ({"text": "&lt;!here&gt;"}, []),
        ({"text": "@here"}, []),
        ({"text": "@here", "link_names": True}, ["here"]),
        ({"text": "<@U123> <!subteam^S1>"}, ["user", "subteam"]),
        ({"text": "<!here>", "blocks": [section("calm")]}, []),
        ({"text": "calm", "blocks": [section("<!here>")]}, ["here"]),
        ({"text": "calm", "blocks": [{"type": "header", "text": plain("<!here>")}]}, []),
    ],
)  # fmt: skip
async def test_mentions_that_ring_are_noted(
    slack: SlackServer, client: AsyncWebClient, room: Channel, content: Json, kinds_: list[str]
) -> None:
    await posted(slack, client, room, **content)
    assert [ping.kind for ping in slack.pings] == kinds_


async def test_previews_of_links_are_noted(slack: SlackServer, client: AsyncWebClient, room: Channel) -> None:
    await posted(slack, client, room, text="see https://shop.example/1")
    assert slack.unfurls == []
    await client.chat_postMessage(channel=room.id, text="see <https://shop.example/1|it>")
    assert [unfurl.url for unfurl in slack.unfurls] == ["https://shop.example/1"]


OPTION = {"text": plain("A"), "value": "a"}
MENU = {"type": "static_select", "action_id": "a"}
SURE = {"title": plain("Sure?"), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}
LIMITS = {
    "section text": [section("x" * 3001)],
    "section without text": [{"type": "section"}],
    "empty text": [section("")],
    "fields": [{"type": "section", "fields": [plain("x")] * 11}],
    "field text": [{"type": "section", "fields": [plain("x" * 2001)]}],
    "51 blocks": [{"type": "divider"}] * 51,
    "26 elements": actions(*(button(str(n), f"a{n}") for n in range(26))),
    "context": [{"type": "context", "elements": [plain("x")] * 11}],
    "header": [{"type": "header", "text": plain("x" * 151)}],
    "header markup": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "button text": actions(button("x" * 76, "a")),
    "button markup": actions({"type": "button", "action_id": "a", "text": {"type": "mrkdwn", "text": "x"}}),
    "value": actions(button("x", "a", value="x" * 2001)),
    "action_id": actions(button("x", "a" * 256)),
    "same action_id": actions(button("x", "a"), button("y", "a")),
    "block_id": [section(block_id="x" * 256)],
    "same block_id": [section(block_id="x"), section(block_id="x")],
    "style": actions(button("x", "a", style="green")),
    "unknown field": [section(colour="red")],
    "unknown block": [{"type": "carousel"}],
    "unknown element": actions({"type": "slider", "action_id": "a"}),
    "element field": actions(button("x", "a", icon="y")),
    "options": actions(MENU | {"options": [OPTION] * 101}),
    "no options": actions(MENU),
    "option text": actions(MENU | {"options": [OPTION | {"text": plain("x" * 76)}]}),
    "option value": actions(MENU | {"options": [OPTION | {"value": "x" * 151}]}),
    "placeholder": actions(MENU | {"options": [OPTION], "placeholder": plain("x" * 151)}),
    "confirm": actions(button("x", "a", confirm=SURE | {"title": plain("x" * 101)})),
    "overflow": actions({"type": "overflow", "action_id": "a", "options": [OPTION] * 6}),
    "label": [field() | {"label": plain("x" * 2001)}],
    "input length": [field() | {"element": {"type": "plain_text_input", "action_id": "a", "max_length": 3001}}],
    "image without alt": [{"type": "image", "image_url": "https://x.example/a.png"}],
    "markdown": [{"type": "markdown", "text": "x" * 12_001}],
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
async def test_blocks_beyond_a_limit_are_refused(
    slack: SlackServer, client: AsyncWebClient, room: Channel, name: str
) -> None:
    failure = await error_of(client.chat_postMessage(channel=room.id, text="x", blocks=LIMITS[name]))
    assert failure["error"] == "invalid_blocks"
    assert failure["response_metadata"]["messages"][0].startswith("[ERROR] ")
    assert len(slack.violations) == 1
    assert slack.messages(room) == []


def test_blocks_at_their_limits_pass() -> None:
    blocks = [
        section("x" * 3000, block_id="y" * 255, accessory=button("x" * 75, "a" * 255, value="x" * 2000)),
        *[{"type": "divider"}] * 46,
        {"type": "header", "text": plain("x" * 150)},
        {"type": "actions", "elements": [button("x", f"a{n}") for n in range(25)]},
        {"type": "context", "elements": [plain("x")] * 10},
    ]
    assert check_blocks(blocks)[0] == []


async def test_other_limits_of_messages(slack: SlackServer, client: AsyncWebClient, room: Channel) -> None:
    say = client.chat_postMessage
    long = [section("x" * 3000) for _ in range(5)]
    assert (await error_of(say(channel=room.id, text="x", blocks=long)))["error"] == "msg_blocks_too_long"
    attachments = [{"text": "x", "fallback": "x"}] * 101
    assert (await error_of(say(channel=room.id, text="x", attachments=attachments)))["error"] == "too_many_attachments"
    assert (await error_of(client.api_call("chat.postMessage", json={"channel": room.id})))["error"] == "no_text"
    unknown = await error_of(say(channel=room.id, text="x", colour="red"))
    assert (unknown["error"], unknown["errors"]) == ("invalid_arguments", ["unknown argument: colour"])
    assert (await error_of(client.api_call("chat.shout", json={})))["error"] == "unknown_method"
    assert len(slack.violations) == 5
    cut = await say(channel=room.id, text="x" * 40_001)
    assert (cut["response_metadata"]["warnings"], len(cut["message"]["text"])) == (["message_truncated"], 40_000)
    assert len(slack.violations) == 6


@pytest.mark.parametrize(
    "change",
    [
        {"title": plain("x" * 25)},
        {"submit": plain("x" * 25)},
        {"close": plain("x" * 25)},
        {"private_metadata": "x" * 3001},
        {"callback_id": "x" * 256},
        {"blocks": [{"type": "divider"}] * 101},
        {"blocks": []},
        {"unknown": 1},
        {"type": "home"},
        {"blocks": [{"type": "markdown", "text": "x"}]},
    ],
    ids=str,
)
async def test_forms_beyond_a_limit_are_refused(
    slack: SlackServer, client: AsyncWebClient, ana: User, change: Json
) -> None:
    failure = await error_of(client.views_open(trigger_id=slack.rights.new_trigger(ana), view=form(**change)))
    assert failure["error"] == "invalid_arguments"
    assert len(slack.violations) == 1


def test_a_form_with_inputs_needs_a_submit_button() -> None:
    view = form()
    del view["submit"]
    assert len(check_view(view, "modal")) == 1


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("see https://x.example/a?b=1&c=2.", "see <https://x.example/a?b=1&amp;c=2>."),
        ("mail ana@example.com", "mail <mailto:ana@example.com|ana@example.com>"),
        ("go to shop.com/x, now", "go to <http://shop.com/x|shop.com/x>, now"),
        ("<@U123> hi", "<@U123> hi"),
        ("<b>", "&lt;b&gt;"),
        ("3.14 and v1.2", "3.14 and v1.2"),
        ("thanks 👍", "thanks :+1:"),
    ],
)
def test_what_people_type_is_sent_as_slacks_client_sends_it(text: str, sent: str) -> None:
    assert typed(text) == sent


# Many at once


async def authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_user_id="U0BOT",
        bot_id="B0BOT",
        bot_token="xoxb-T0TEAM-secret",
    )


async def test_bolt_acks_and_drops_an_event_when_its_own_auth_test_fails(
    slack: SlackServer, app: AsyncApp, ana: User, room: Channel
) -> None:
    got = catch_all(app)
    slack.faults.fail("auth.test", status=503)
    async with connected(slack, app):
        await slack.say(ana, room, "lost")
        await slack.settled()
    assert (got, slack.courier.lost) == ([], [])
    assert len(slack.violations) == 1


async def test_a_chaotic_soak_loses_no_message_and_blames_nobody(slack: SlackServer) -> None:
    slack.pacing = None
    slack.retry_scale = 0.01
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    # Left to itself, bolt asks auth.test at the first events, and acks and drops them when that fails.
    app = AsyncApp(client=client, authorize=authorized)
    heard: set[str] = set()

    @app.event("message")
    async def hear(event: Json) -> None:
        if "bot_id" not in event:
            heard.add(event["text"])
            with contextlib.suppress(SlackApiError, aiohttp.ClientError):
                await client.chat_postMessage(channel=event["channel"], text="ok")

    people = [slack.add_user(f"p{n}") for n in range(20)]
    async with connected(slack, app), connected(slack, app):
        slack.faults.chaos(seed=1, rate=0.05)
        for number in range(300):
            person = people[number % 20]
            await slack.say(person, slack.dm(person), f"m{number}")
            await asyncio.sleep(0)
        await slack.until(lambda: len(heard) == 300, timeout=60)
        slack.faults.calm()
    assert slack.violations == []
