"""Slack when the wire is bad: duplicates, lost answers and acks, 429, dead and deaf sockets, tokens that fail."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.channels.slack import away, fetching, incoming, intake, reading, sending, sockets
from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.pace import Pace
from bot.channels.slack.workspace import meaning
from bot.dialog.events import Event, MessageReceived
from bot.dialog.files import File
from bot.errors import DeliveryDelayed, DeliveryRefused, StoreError
from tests.channels.slackdesk import Desk, Scene, serving
from tests.wire.slack import Channel, Message


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watch sockets more closely than it would be worth in earnest."""
    monkeypatch.setattr(sockets, "PING", 0.4)
    monkeypatch.setattr(sockets, "HANDSHAKE", 1.0)
    monkeypatch.setattr(sockets, "DOWN", 1.0)


async def answers(there: Scene, thread: str) -> int:
    await there.slack.settled(0.3, 10)
    return sum("9 to 5" in each for each in there.said(thread))


# --- what comes in ----------------------------------------------------------------------------------------------------


async def test_what_is_delivered_twice_or_again_is_answered_once(there: Scene) -> None:
    there.slack.ack_seconds = 1.0
    async with serving(there):
        there.slack.faults.duplicate_events(2)
        first = await there.thread(there.ana, "when are you open", "9 to 5")
        there.slack.faults.lose_acks(1)
        second = await there.thread(there.ben, "when are you open", "9 to 5")
        there.slack.faults.redeliver()
        assert [await answers(there, first), await answers(there, second)] == [1, 1]


def excuse(there: Scene) -> None:
    """Take it that events were left unacknowledged: on purpose, and nothing else was wrong."""
    assert there.slack.violations
    assert all("not acked" in each for each in there.slack.violations)
    there.slack.violations.clear()


def listen(desk: Desk, accept: Any) -> None:
    """Put something between the channel and the runtime."""
    object.__setattr__(desk.shop.runtime, "accept", accept)


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(there: Scene) -> None:
    there.slack.ack_seconds = 1.0
    async with serving(there) as desk:
        accept, failures = desk.shop.runtime.accept, [StoreError("the disk is full")]

        async def fails_once(event: Event) -> bool:
            if isinstance(event, MessageReceived) and failures:
                raise failures.pop()
            return await accept(event)

        listen(desk, fails_once)
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        assert await answers(there, thread) == 1
    excuse(there)


async def test_what_cannot_be_understood_is_told_without_its_words_and_does_not_come_again(
    there: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    there.slack.ack_seconds = 1.0
    names = reading.names_bot

    def stumbles(text: str, bot: str) -> bool:
        if "poison" in text:
            raise IndexError(text)
        return names(text, bot)

    monkeypatch.setattr(incoming, "names_bot", stumbles)
    async with serving(there):
        await there.slack.say(there.ana, there.help, "poison")
        thread = await there.thread(there.ben, "when are you open", "9 to 5")
        await there.slack.settled(1.2)
        assert await answers(there, thread) == 1
    told = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert len(told) == 1
    assert "IndexError at test_slack_wire.py" in told[0]
    assert "poison" not in caplog.text


async def test_an_event_is_stored_before_it_is_acknowledged(there: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PATIENCE", 0.2)
    there.slack.ack_seconds = 0.5
    async with serving(there) as desk:
        accept, gate, came = desk.shop.runtime.accept, asyncio.Event(), []

        async def waits(event: Event) -> bool:
            came.append(event.key)
            await gate.wait()
            return await accept(event)

        listen(desk, waits)
        thread = await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.until(lambda: len(came) > 1)  # not acknowledged, so it came again
        gate.set()
        await there.slack.wait_for(there.help, "9 to 5", thread=thread)
        assert await answers(there, thread) == 1
    excuse(there)


async def test_a_press_is_acknowledged_in_time_and_told_when_it_fails(there: Scene) -> None:
    async with serving(there) as desk:
        card = await there.case(there.ana)

        async def fails(event: Event) -> bool:
            raise StoreError("the disk is full")

        listen(desk, fails)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.wait_for(there.staff, "ui_trouble", viewer=there.dana)
        await there.slack.press(there.dana, card, "Note")
        modal = await there.slack.modal(there.dana)
        assert await there.slack.submit(there.dana, modal, {"words": "kept"}) == {"words": "ui_trouble"}


async def test_a_stop_finishes_what_is_in_hand(there: Scene, tmp_path: Path) -> None:
    database = str(tmp_path / "shop.sqlite")
    async with serving(there, database=database):
        await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.until(lambda: there.slack.courier.pending == 0)
    async with serving(there, database=database):
        await there.slack.wait_for(there.help, "9 to 5", thread=there.slack.messages(there.help)[0].ts)
        assert await answers(there, there.slack.messages(there.help)[0].ts) == 1


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lose_answer", "cut_before", "fail"])
async def test_a_message_whose_fate_is_unknown_is_not_doubled(there: Scene, fault: str) -> None:
    async with serving(there):
        getattr(there.slack.faults, fault)("chat.postMessage", 2)
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        assert await answers(there, thread) == 1
        assert len(there.said(thread)) == 2  # the greeting too


async def test_a_direct_message_whose_fate_is_unknown_is_not_doubled(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        there.slack.faults.lose_answer("chat.postMessage", 2)
        await there.slack.say(there.ana, dm, "when are you open")
        await there.slack.wait_for(dm, "9 to 5")
        await there.slack.settled(0.3)
    assert [each.shown for each in there.slack.messages(dm) if each.bot].count("We are open from 9 to 5.") == 1


async def test_a_card_and_a_file_whose_fate_is_unknown_are_not_doubled(there: Scene) -> None:
    async with serving(there):
        there.slack.faults.lose_answer("chat.postMessage", 3)
        card = await there.case(there.ana)
        there.slack.faults.lose_answer("files.completeUploadExternal", 1)
        files = [("lamp.png", "image/png", b"picture")]
        await there.slack.say(there.ana, there.slack.dm(there.ana), "look", files=files)
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(there.staff, card.ts)))
        await there.slack.settled(0.8)
    assert len(there.slack.messages(there.staff)) == 1
    assert sum(bool(each.files) for each in there.slack.messages(there.staff, card.ts)) == 1


async def test_a_pause_that_slack_asks_for_is_kept(there: Scene) -> None:
    async with serving(there):
        there.slack.faults.rate_limit("chat.postMessage", 1, retry_after=2)
        ts = await there.slack.say(there.ana, there.help, "when are you open")
        began = asyncio.get_running_loop().time()
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)
        assert asyncio.get_running_loop().time() - began >= 1.9


async def test_a_burst_of_messages_keeps_slacks_pace(there: Scene) -> None:
    people = [there.slack.add_user(f"person{nth}") for nth in range(12)]
    there.help.members.update(dict.fromkeys(each.id for each in people))
    there.slack.pacing = type(there.slack.pacing)(rate=5.0, burst=10.0)  # type: ignore[misc]
    async with serving(there, access={"pace": 5.0, "burst": 8}):
        asked = [await there.slack.say(each, there.help, "when are you open") for each in people]
        for ts in asked:
            await there.slack.wait_for(there.help, "9 to 5", thread=ts, timeout=15)


async def test_what_cannot_be_delivered_is_told_to_staff(there: Scene) -> None:
    dm = there.slack.dm(there.ana)
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.wait_for(dm, "handoff")
        there.slack.faults.refuse("chat.postMessage", "user_disabled")
        await there.slack.say(there.dana, there.staff, "!r Are you there?", thread=card.ts)
        await there.slack.wait_for(there.staff, "staff_undelivered", thread=card.ts)


@pytest.mark.parametrize("failures", [0, 2])
async def test_an_answer_never_stands_before_a_whole_channel_because_its_thread_is_gone(
    there: Scene, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    monkeypatch.setattr(sending, "_INSIST", (0.0, 0.05, 0.05, 0.05))
    async with serving(there):
        if failures:
            there.slack.faults.fail("chat.delete", failures)
        there.slack.faults.slow("chat.postMessage", 0.3)
        ts = await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.until(lambda: there.slack.calls["chat.postMessage"])
        await there.slack.delete(there.ana, there.help, ts)
        await there.slack.until(lambda: there.slack.unthreaded)
        await there.slack.settled(0.3)
    assert [each for each in there.slack.messages(there.help) if each.bot] == []
    assert all(each.deleted for each in there.slack.unthreaded)


async def test_what_strayed_before_a_whole_channel_unnoticed_is_found_and_taken_away(there: Scene) -> None:
    async with serving(there, burst="1s"):
        there.slack.faults.lose_answer("chat.postMessage", 1)
        ts = await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.until(lambda: there.slack.courier.pending == 0)
        subscribed, there.slack.subscriptions = there.slack.subscriptions, set()
        await there.slack.delete(there.ana, there.help, ts)  # of which the bot hears nothing
        there.slack.subscriptions = subscribed
        await there.slack.until(lambda: there.slack.unthreaded and there.slack.unthreaded[0].deleted)
        await there.slack.settled(0.3)
    assert [each for each in there.slack.messages(there.help) if each.bot] == []


# --- sockets ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["drop_sockets", "half_open_sockets", "disconnect"])
async def test_a_socket_that_is_cut_frozen_or_sent_away_is_replaced(there: Scene, fault: str) -> None:
    async with serving(there):
        await there.thread(there.ana, "hello")
        getattr(there.slack.faults, fault)()
        thread = await there.slack.say(there.ben, there.help, "when are you open")
        await there.slack.wait_for(there.help, "9 to 5", thread=thread, timeout=15)
        assert await answers(there, thread) == 1


@pytest.mark.usefixtures("hasty")
async def test_a_socket_address_that_has_expired_is_not_tried_for_ever(there: Scene) -> None:
    async with serving(there) as desk:
        there.slack.faults.refuse_sockets(3)
        there.slack.faults.drop_sockets()
        await there.slack.until(lambda: not desk.channel.ready)
        there.slack.faults.expire_tickets()
        await there.slack.until(lambda: desk.channel.ready, 15)
        await there.thread(there.ana, "when are you open", "9 to 5")


async def test_a_socket_on_which_nothing_arrives_is_found_out(there: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SILENCE", 0.5)
    monkeypatch.setattr(away, "SETTLED", timedelta(seconds=0.2))
    async with serving(there):
        await there.slack.settled()
        opened, subscribed = there.slack.sockets.opened, there.slack.subscriptions
        there.slack.subscriptions = set()  # pings are answered, and nothing arrives
        thread = await there.thread(there.ana, "when are you open", "9 to 5")
        there.slack.subscriptions = subscribed
        await there.slack.until(lambda: there.slack.sockets.opened > opened)
        assert await answers(there, thread) == 1


# --- tokens and workspaces --------------------------------------------------------------------------------------------


async def test_a_token_that_fails_is_told_and_tried_again(there: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    there.slack.faults.revoke_tokens("invalid_auth")
    async with serving(there, ready=False) as desk:
        await there.slack.until(lambda: "invalid_auth" in desk.channel.trouble)
        assert not desk.channel.ready
        there.slack.faults.restore_tokens()
        await there.slack.until(lambda: desk.channel.ready, 10)
        assert desk.channel.trouble == ""
        await there.thread(there.ana, "when are you open", "9 to 5")


async def test_two_workspaces_are_served_side_by_side(there: Scene) -> None:
    other = there.slack.add_workspace("T0OTHER")
    zoe = there.slack.add_user("zoe", team=other)
    room = there.slack.add_channel("help", members=(zoe,), team=other)
    access = {
        "bot_tokens": (there.slack.bot_token, other.bot_token),
        "support_channels": (*there.access.support_channels, f"T0OTHER/{room.id}"),
    }
    async with serving(there, access=access):
        await there.thread(there.ana, "when are you open", "9 to 5")
        ts = await there.slack.say(zoe, room, "when are you open")
        await there.slack.wait_for(room, "9 to 5", thread=ts)
        await there.slack.say(zoe, there.slack.dm(zoe), "talk to a person")
        await there.slack.wait_for(there.staff, "Zoe")


async def test_a_channel_that_was_not_started_delivers_nothing_and_loses_nothing(there: Scene) -> None:
    channel = SlackChannel(there.access)
    assert not channel.ready
    with pytest.raises(ConnectionError):
        await channel.deliver(None)  # type: ignore[arg-type]


def test_secrets_do_not_show(there: Scene) -> None:
    assert there.slack.bot_token not in repr(there.access)
    assert there.slack.app_token not in repr(there.access)


# --- everything at once ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("hasty")
async def test_in_all_of_this_at_once_everybody_is_answered_once(there: Scene, tmp_path: Path) -> None:
    """Twenty people ask twice each, in private, while calls, events and sockets fail, over a restart."""
    there.slack.pacing = None
    database = str(tmp_path / "shop.sqlite")
    people = [there.slack.add_user(f"person{nth}") for nth in range(20)]
    rooms = [there.slack.dm(each) for each in people]

    def count(room: Channel, text: str) -> int:
        return sum(text in each.shown for each in there.slack.messages(room) if each.bot)

    for question, answer in (("when are you open", "9 to 5"), ("where can I park", "Behind the house")):
        async with serving(there, database=database, access={"pace": 100.0}):
            there.slack.faults.chaos(7, 0.15)
            for person, room in zip(people, rooms, strict=True):
                await there.slack.say(person, room, question)
                await asyncio.sleep(0.02)
            await there.slack.until(lambda: all(count(room, answer) for room in rooms), 60)  # noqa: B023
            there.slack.faults.calm()
            await there.slack.settled(1.0, 30)
    counted = [(count(room, "9 to 5"), count(room, "Behind the house")) for room in rooms]
    assert counted == [(1, 1)] * 20


# --- the parts --------------------------------------------------------------------------------------------------------


async def test_two_sockets_for_one_app_answer_once(there: Scene) -> None:
    async with serving(there, access={"app_tokens": (there.slack.app_token,) * 2}):
        assert there.slack.connections == 2
        for user in (there.ana, there.ben):
            thread = await there.thread(user, "when are you open", "9 to 5")
            assert await answers(there, thread) == 1


async def test_a_channel_has_a_burst_and_then_its_pace() -> None:
    pace, loop = Pace(20.0, 3), asyncio.get_running_loop()
    began, times = loop.time(), []
    for _ in range(5):
        await pace.turn("C1")
        times.append(loop.time() - began)
    assert times[2] < 0.04
    assert 0.08 < times[4] < 0.3
    await pace.turn("C2")
    assert loop.time() - began < 0.35
    pace.hold("C2", 0.3)
    await pace.turn("C2")
    assert loop.time() - began > 0.35


async def test_all_calls_share_one_session(there: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made, init = [], aiohttp.ClientSession.__init__

    def counted(self: aiohttp.ClientSession, *args: Any, **more: Any) -> None:
        made.append(self)
        init(self, *args, **more)

    monkeypatch.setattr(aiohttp.ClientSession, "__init__", counted)
    async with serving(there):
        await there.thread(there.ana, "when are you open", "9 to 5")
        await there.thread(there.ben, "when are you open", "9 to 5")
    assert len(made) == 2  # that of all calls, and the socket's own


def said(status: int, data: Any, **headers: str) -> SlackApiError:
    answer = SimpleNamespace(status_code=status, data=data, headers=headers)
    return SlackApiError("no", answer)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (said(200, {"ok": False, "error": "channel_not_found"}), DeliveryRefused),
        (said(200, {"ok": False, "error": "user_disabled"}), DeliveryRefused),
        (said(200, {"ok": False, "error": "fatal_error"}), ConnectionError),
        (said(200, {"ok": False, "error": "invalid_auth"}), ConnectionError),
        (said(503, "upstream"), ConnectionError),
        (said(200, "what?"), ConnectionError),
        (said(429, {"ok": False, "error": "ratelimited"}, **{"Retry-After": "7"}), DeliveryDelayed),
    ],
)
def test_slacks_errors_mean_never_later_or_at_a_time(error: SlackApiError, kind: type[Exception]) -> None:
    meant = meaning("chat.postMessage", error)
    assert isinstance(meant, kind)
    assert getattr(meant, "seconds", 7) == 7


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.png", True),
        ("https://slack-files.com/x", True),
        ("http://127.0.0.1:8/files-pri/T1-F1/a.png", True),
        ("https://evil.example/files.slack.com/a.png", False),
        ("https://evilslack.com/a.png", False),
        ("http://files.slack.com/a.png", False),
        ("", False),
    ],
)
def test_the_token_goes_to_slack_only(url: str, own: bool) -> None:
    assert fetching.is_slacks(url, "http://127.0.0.1:8/api/") is own


async def test_a_file_that_is_gone_is_named(there: Scene) -> None:
    async with serving(there):
        card = await there.case(there.ana)
        there.slack.faults.refuse("files.info", "file_deleted")
        files = [("lamp.png", "image/png", b"picture")]
        await there.slack.say(there.ana, there.slack.dm(there.ana), "look", files=files)
        await there.slack.wait_for(there.staff, "📎 lamp.png", thread=card.ts)


async def test_an_empty_file_which_slack_does_not_take_is_named(there: Scene) -> None:
    files = [("empty.txt", "text/plain", b""), ("lamp.png", "image/png", b"picture")]
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.ana, there.slack.dm(there.ana), "look", files=files)
        await there.slack.wait_for(there.staff, "📎 empty.txt", thread=card.ts)
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(there.staff, card.ts)))


@pytest.mark.parametrize(("most", "whole"), [(7, True), (6, False)])
async def test_no_more_of_a_file_is_read_than_may_pass(there: Scene, most: int, whole: bool) -> None:
    ts = await there.slack.say(there.ana, there.help, "look", files=[("a.png", "image/png", b"picture")])
    (shared,) = there.slack.message(there.help, ts).files
    file = File(at=f"slack:{there.slack.team}/{shared.id}", name="a.png", kind="image/png", size=1)
    async with serving(there, most=most) as desk:
        if whole:
            assert await desk.channel.fetch(file) == b"picture"
        else:
            with pytest.raises(DeliveryRefused):
                await desk.channel.fetch(file)


async def test_a_file_of_another_workspace_is_looked_up_before_it_is_judged(
    there: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.wire.slack import events

    told = events._message

    def stubbed(message: Message) -> dict[str, Any]:
        event = told(message)
        stubs = [{"id": each["id"], "file_access": "check_file_info"} for each in event.get("files", ())]
        return event | ({"files": stubs} if stubs else {})

    monkeypatch.setattr(events, "_message", stubbed)
    files = [("lamp.png", "image/png", b"picture"), ("run.exe", "application/x-dosexec", b"program")]
    async with serving(there):
        card = await there.case(there.ana)
        await there.slack.say(there.ana, there.slack.dm(there.ana), "look", files=files)
        await there.slack.until(lambda: any(each.files for each in there.slack.messages(there.staff, card.ts)))
        await there.slack.wait_for(there.staff, "📎 run.exe", thread=card.ts)
    (shared,) = [each.files for each in there.slack.messages(there.staff, card.ts) if each.files]
    assert [file.name for file in shared] == ["lamp.png"]
