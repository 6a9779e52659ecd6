"""Discord on a bad day: lost answers, limits, deaf and broken sockets, closed doors, and what was missed meanwhile."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import msgspec
import pytest
from discord.gateway import KeepAliveHandler

from bot.channels.discord import reading
from bot.channels.discord.access import DiscordAccess
from bot.dialog.effects import ClosePlace, OpenPrivate, Say, Source, TakeBack
from bot.dialog.events import MessageReceived
from bot.dialog.state import Trace
from bot.errors import DeliveryDelayed, DeliveryRefused, StoreError
from bot.ports import Outgoing
from tests.channels.discorddesk import Desk, Grudging, platform
from tests.wire.discord import Channel, User

SEND = "POST /channels/{id}/messages"
SOURCE = Source(kind="text", id="test")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


def one(
    desk: Desk,
    effect: Say | OpenPrivate | ClosePlace | TakeBack,
    id: str = "c9.1.0",
    *,
    repeat: bool = False,
    ago: float = 0,
) -> Outgoing:
    """Return an effect on its way out to Ana, that came about `ago` seconds before."""
    return Outgoing(
        seq=1,
        id=id,
        customer=f"discord:{desk.ana.id}",
        place=effect.place,
        effect=effect,
        trace=Trace(),
        at=desk.shop.clock.now() - timedelta(seconds=ago),
        repeat=repeat,
    )


def dm_place(desk: Desk) -> str:
    return f"discord:{desk.server.dm(desk.ana).id}"


def say(desk: Desk, text: str, place: str = "") -> Say:
    return Say(place=place or dm_place(desk), text=text, source=SOURCE)


def impatient(desk: Desk) -> Desk:
    desk.access = DiscordAccess(
        **{name: getattr(desk.access, name) for name in DiscordAccess.__dataclass_fields__} | {"patience": 0.3}
    )
    return desk


# --- sending ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["lose_answer", "cut_before", "unavailable"])
async def test_what_went_wrong_on_the_way_is_shown_exactly_once(desk: Desk, trouble: str) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    first = await desk.said(thread, "Behind the house.")
    if trouble == "unavailable":
        desk.server.faults.fail(SEND, status=503)
    else:
        getattr(desk.server.faults, trouble)(SEND)
    await desk.server.say(desk.ana, thread, "when are you open?")
    await desk.said(thread, "We are open from 9 to 5.", after=first)
    await desk.shop.idle()
    assert desk.bot_lines(thread).count("We are open from 9 to 5.") == 1


async def test_beyond_the_nonces_window_the_history_tells_what_is_there(desk: Desk) -> None:
    desk.server.world.nonce_window = 0
    sent = one(desk, say(desk, "Hello"), ago=90)
    desk.server.faults.lose_answer(SEND)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await desk.channel.deliver(sent)
    dm = desk.server.dm(desk.ana)
    again = msgspec.structs.replace(sent, repeat=True)
    assert await desk.channel.deliver(again) == f"{dm.id}/{dm.order[-1]}"
    await desk.channel.deliver(one(desk, say(desk, "Hello"), "c9.2.0", repeat=True, ago=90))
    assert desk.bot_lines(dm) == ["Hello", "Hello"]


async def test_between_the_parts_of_a_long_text_nothing_is_doubled_either(desk: Desk) -> None:
    desk.server.world.nonce_window = 0
    text = "\n\n".join(f"Paragraph {number}. " + "Words and words. " * 40 for number in range(8))
    sent = one(desk, say(desk, text), ago=90)
    desk.server.faults.slow(SEND, seconds=0)  # the first part goes well
    desk.server.faults.lose_answer(SEND)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await desk.channel.deliver(sent)
    shown = await desk.channel.deliver(msgspec.structs.replace(sent, repeat=True))
    lines = desk.bot_lines(desk.server.dm(desk.ana))
    assert len(lines) == len(shown.split()) >= 3
    assert [f"Paragraph {number}." in "\n".join(lines) for number in range(8)] == [True] * 8
    assert all(len(each.content) <= 2_000 for each in desk.server.messages(desk.server.dm(desk.ana)))


async def test_a_short_limit_is_waited_for_and_a_global_one_too(desk: Desk) -> None:
    desk.server.faults.rate_limit(SEND, retry_after=0.2)
    desk.server.faults.rate_limit(SEND, retry_after=0.2, scope="global")
    await desk.channel.deliver(one(desk, say(desk, "Hello")))
    assert desk.bot_lines(desk.server.dm(desk.ana)) == ["Hello"]


async def test_a_long_limit_is_handed_back(desk: Desk) -> None:
    desk.server.faults.rate_limit(SEND, retry_after=120)
    with pytest.raises(DeliveryDelayed) as caught:
        await desk.channel.deliver(one(desk, say(desk, "Hello")))
    assert caught.value.seconds == pytest.approx(120, abs=1)


async def test_an_interaction_is_answered_in_time_whatever_limit_holds_up_the_rest(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "I want to make a claim")
    asked = await desk.said(thread, button="Fill in the form")
    desk.server.faults.rate_limit(SEND, retry_after=6, scope="global")
    desk.server.faults.rate_limit("POST /channels/{id}/messages/{id}/threads", retry_after=6, scope="global")
    await desk.server.say(desk.ben, desk.help, "where can I park?")
    await desk.server.until(lambda: desk.server.faults.suffered)
    await desk.server.press(desk.ana, asked, "Fill in the form")
    await desk.server.submit(desk.ana, await desk.server.modal(desk.ana), {"What?": "a lamp"})
    assert await desk.server.command(desk.ana, desk.lounge, "help") is not None


async def test_an_equal_line_of_another_effect_is_no_repeat(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        dm = server.dm(desk.ana)
        async with desk.open():
            first = await desk.channel.deliver(one(desk, say(desk, "Which order?")))
        async with desk.open():  # at once, the nonce tells
            again = await desk.channel.deliver(one(desk, say(desk, "Which order?"), "c9.2.0", repeat=True))
            assert again != first
            assert await desk.channel.deliver(one(desk, say(desk, "Which order?"), repeat=True)) == first
        async with desk.open():
            await server.say(desk.ana, dm, "where can I park?")
            known = await desk.said(dm, "Behind the house.")
            await desk.shop.idle()
        server.world.nonce_window = 0
        async with desk.open():  # later, the store does
            shown = [each.effect for each in await desk.shop.store.delivered() if isinstance(each.effect, Say)]
            equal = one(desk, shown[-1], "c9.3.0", repeat=True, ago=90)
            assert await desk.channel.deliver(equal) != f"{dm.id}/{known.id}"
            assert sum("Behind the house." in line for line in desk.bot_lines(dm)) == 2


async def test_where_no_thread_may_be_begun_the_answer_stands_in_the_channel(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        await server.permit(desk.help, {"VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY"})
        async with desk.open():
            assert "answers stand in the channel itself" in caplog.text
            asked = await server.say(desk.ana, desk.help, "where can I park?")
            line = await desk.said(desk.help, "Behind the house.")
            await desk.shop.idle()
            replies = [each for each in server.messages(desk.help) if each.bot]
            assert [each.reference for each in replies] == [asked] * len(replies)
            place = f"discord:{desk.help.id}/{asked.id}"
            effect = await desk.shop.store.effect_of(f"{desk.help.id}/{line.id}")
            changed = msgspec.structs.replace(say(desk, "Behind the *shop*.", place), edits=effect)
            await desk.channel.deliver(one(desk, changed))
            assert line.shown == "Behind the shop."
            await server.say(desk.ana, desk.help, "when are you open?")
            await desk.said(desk.help, "We are open from 9 to 5.")
        told = [each for each in caplog.records if "may not begin threads" in each.message]
        assert [each.levelno for each in told] == [logging.ERROR]
        assert (server.pings, server.unfurls) == ([], [])


async def test_where_the_bot_may_not_write_at_all_that_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        await server.permit(desk.help, {"VIEW_CHANNEL", "READ_MESSAGE_HISTORY"})
        async with desk.open():
            assert "nobody is answered there" in caplog.text
            for _ in range(2):
                await server.say(desk.ana, desk.help, "where can I park?")
            await desk.event(MessageReceived, 1)
            await desk.shop.idle()
        told = [each for each in caplog.records if "was refused" in each.message and str(desk.help.id) in each.message]
        assert [each.levelno for each in told] == [logging.ERROR]


async def test_a_thread_that_was_put_away_is_opened_again(desk: Desk) -> None:
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.")
    await desk.server.archive(thread)
    place = f"discord:{desk.help.id}/{thread.id}"
    await desk.channel.deliver(one(desk, say(desk, "Still there?", place)))
    assert desk.bot_lines(thread)[-1] == "Still there?"


async def test_a_thread_that_is_there_already_is_used(desk: Desk) -> None:
    message = await desk.server.say(desk.ben, desk.lounge, "hi")
    thread = await desk.server.thread(desk.ben, message, "Ben's")
    place = f"discord:{desk.lounge.id}/{message.id}"
    desk.channel._client.serving.memory.threadless.keep(place, "Ours")  # type: ignore[union-attr]
    await desk.channel.deliver(one(desk, say(desk, "Hello", place)))
    assert desk.bot_lines(thread) == ["Hello"]


async def test_what_can_never_be_shown_is_refused_with_a_reason_for_staff(desk: Desk) -> None:
    desk.server.close_dms(desk.ana)
    with pytest.raises(DeliveryRefused, match="direct messages"):
        await desk.channel.deliver(one(desk, say(desk, "Hello")))
    message = await desk.server.say(desk.ben, desk.lounge, "hi")
    await desk.server.delete(desk.ben, message)
    with pytest.raises(DeliveryRefused, match="deleted"):
        await desk.channel.deliver(one(desk, say(desk, "Hello", f"discord:{desk.lounge.id}/{message.id}")))


async def test_an_edit_may_be_longer_or_shorter_and_pings_nobody(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    await desk.channel.deliver(one(desk, say(desk, "Short."), "c9.1.0"))
    longer = msgspec.structs.replace(say(desk, "Long. " * 500), edits="c9.1.0")
    assert len((await desk.channel.deliver(one(desk, longer, "c9.2.0"))).split()) == 2
    assert len(desk.bot_lines(dm)) == 2
    again = msgspec.structs.replace(say(desk, f"@everyone <@{desk.ana.id}> https://x.example"), edits="c9.1.0")
    await desk.channel.deliver(one(desk, again, "c9.3.0"))
    (line,) = [each for each in desk.server.messages(dm) if each.bot]
    assert "@\u200beveryone" in line.content
    assert (desk.server.pings, desk.server.unfurls, line.mentions) == ([], [], [])
    await desk.channel.deliver(one(desk, TakeBack(place=dm_place(desk), effect="c9.3.0"), "c9.4.0"))
    assert desk.bot_lines(dm) == []
    await desk.channel.deliver(one(desk, longer, "c9.5.0"))
    assert len(desk.bot_lines(dm)) == 2


# --- private places ---------------------------------------------------------------------------------------------------


async def test_a_private_place_is_a_direct_message(desk: Desk) -> None:
    effect = OpenPrivate(place=f"discord:{desk.help.id}/1", text="Just us two.", source=SOURCE)
    assert await desk.channel.deliver(one(desk, effect)) == dm_place(desk)
    assert desk.bot_lines(desk.server.dm(desk.ana)) == ["Just us two."]


async def test_where_there_is_no_direct_message_there_is_a_private_thread(desk: Desk) -> None:
    desk.server.close_dms(desk.ana)
    effect = OpenPrivate(place=f"discord:{desk.help.id}/1", text="Just us two.", source=SOURCE)
    sent = one(desk, effect)
    place = await desk.channel.deliver(sent)
    (thread,) = desk.server.threads(desk.help)
    assert place == f"discord:{desk.help.id}/{thread.id}"
    assert thread.private
    assert desk.ana in thread.members
    assert desk.ben not in thread.members
    assert desk.server.messages(thread, desk.ben) == []
    assert await desk.channel.deliver(msgspec.structs.replace(sent, repeat=True)) == place
    assert desk.bot_lines(thread) == ["Just us two."]
    await desk.server.say(desk.ana, thread, "where can I park?")
    await desk.said(thread, "Behind the house.")
    assert (await desk.event(MessageReceived)).scope == "private"


async def test_a_forum_has_no_private_threads_so_it_hangs_on_a_channel_beside_it(desk: Desk) -> None:
    desk.server.close_dms(desk.ana)
    post = await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?")
    effect = OpenPrivate(place=f"discord:{desk.forum.id}/{post.id}", text="Just us two.", source=SOURCE)
    assert (await desk.channel.deliver(one(desk, effect))).startswith(f"discord:{desk.help.id}/")


async def test_where_there_is_no_private_place_at_all_that_is_said(desk: Desk) -> None:
    desk.server.close_dms(desk.ana)
    rights = {"VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "READ_MESSAGE_HISTORY"}
    await desk.server.permit(desk.help, rights)
    effect = OpenPrivate(place=f"discord:{desk.help.id}/1", text="Just us two.", source=SOURCE)
    with pytest.raises(DeliveryRefused, match="no private thread"):
        await desk.channel.deliver(one(desk, effect))


async def test_a_solved_post_gets_its_tag_and_is_closed_without_an_echo(desk: Desk) -> None:
    post = await desk.server.post(desk.ana, desk.forum, "Parking", "where can I park?", tags=["Orders"])
    await desk.said(post, "Behind the house.")
    await desk.channel.deliver(one(desk, ClosePlace(place=f"discord:{desk.forum.id}/{post.id}")))
    assert (post.archived, set(post.tags)) == (True, {"Orders", "Solved"})
    await desk.server.say(desk.ben, desk.help, "when are you open?")
    await desk.event(MessageReceived, 1)
    assert [type(event).__name__ for event in desk.watched.events] == ["MessageReceived"] * 2


# --- the gateway ------------------------------------------------------------------------------------------------------


async def test_a_message_that_is_told_twice_is_answered_once(desk: Desk) -> None:
    desk.server.faults.duplicate_events(1)
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.")
    await desk.server.say(desk.ana, thread, "when are you open?")
    await desk.said(thread, "We are open from 9 to 5.")
    assert desk.bot_lines(thread).count("Behind the house.") == 1


@pytest.mark.parametrize("trouble", ["drop_sockets", "op7"])
async def test_after_a_resume_everything_is_answered_once(desk: Desk, trouble: str) -> None:
    getattr(desk.server.faults, trouble)()
    thread = await desk.asked(desk.ana, "where can I park?")
    await desk.said(thread, "Behind the house.", timeout=8)
    await desk.shop.idle()
    assert desk.bot_lines(thread).count("Behind the house.") == 1
    assert desk.server.gateway.resumes == 1


@pytest.mark.parametrize("how", ["lost", "op9"])
async def test_a_session_that_is_over_is_begun_anew_and_what_was_missed_is_found(desk: Desk, how: str) -> None:
    if how == "lost":
        desk.server.faults.drop_sockets(resumable=False)
    else:
        desk.server.faults.op9()
    thread = await _asked_slowly(desk)
    await desk.said(thread, "Behind the house.")
    assert desk.server.gateway.identifies == 2


async def test_a_gateway_that_went_deaf_is_replaced(tmp_path: Path) -> None:
    async with platform() as server, impatient(Desk(server, str(tmp_path / "f.sqlite"))).open() as desk:
        server.faults.half_open_sockets()
        thread = await _asked_slowly(desk)
        await desk.said(thread, "Behind the house.", timeout=8)


async def _asked_slowly(desk: Desk) -> Channel:
    message = await desk.server.say(desk.ana, desk.help, "where can I park?")
    await desk.server.until(lambda: message.thread is not None, 15)
    assert message.thread is not None
    return message.thread


async def test_a_first_handshake_that_fails_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        server.faults.refuse_handshakes(1)
        async with desk.open(ready=False):
            await desk.until_ready(10)
            thread = await desk.asked(desk.ana, "where can I park?")
            await desk.said(thread, "Behind the house.")
    assert "AttributeError" in caplog.text


async def test_a_connection_that_breaks_before_it_stands_leaves_no_thread_behind(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open(ready=False):
            for _ in range(3):
                await server.until(lambda: server.connections, 10)
                server.faults.drop_sockets()
                await asyncio.sleep(0)
            await desk.until_ready(20)
    beating = [each for each in threading.enumerate() if isinstance(each, KeepAliveHandler)]
    assert [each for each in beating if not each._stop_ev.is_set()] == []


@pytest.mark.parametrize("wrong", ["token", "hearing"])
async def test_what_an_operator_must_mend_is_said_once_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        if wrong == "token":
            server.world.token = "another"
        else:
            server.world.privileged.clear()
        async with desk.open(ready=False):
            needle = "token" if wrong == "token" else "Message Content Intent"
            await server.until(lambda: needle in desk.channel.trouble)
            assert not desk.channel.ready
            assert [record.levelno for record in caplog.records if needle in record.message] == [logging.ERROR]
        assert desk.access.token not in caplog.text


async def test_a_delivery_before_the_connection_waits_for_it(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open(ready=False):
            await desk.channel.deliver(one(desk, say(desk, "Hello")))
            assert desk.bot_lines(server.dm(desk.ana)) == ["Hello"]


# --- storage in trouble -----------------------------------------------------------------------------------------------


async def test_a_press_is_acknowledged_in_time_however_long_it_takes_to_store(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        slowly = 0.0

        async def before() -> None:
            await asyncio.sleep(slowly)

        desk.through = lambda shop: Grudging(shop, before)
        async with desk.open():
            thread = await desk.asked(desk.ana, "I want to make a claim")
            asked = await desk.said(thread, button="Fill in the form")
            await server.press(desk.ana, asked, "Fill in the form")
            slowly = 3.5
            await server.submit(desk.ana, await server.modal(desk.ana), {"What?": "a lamp"})
            await desk.said(thread, button="Money back")


async def test_what_cannot_be_stored_is_said_for_a_press_and_kept_for_a_message(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        broken = False

        async def before() -> None:
            if broken:
                raise StoreError("the disk is full")

        desk.through = lambda shop: Grudging(shop, before)
        async with desk.open():
            thread = await desk.asked(desk.ana, "I want to make a claim")
            asked = await desk.said(thread, button="Fill in the form")
            await server.press(desk.ana, asked, "Fill in the form")
            form = await server.modal(desk.ana)
            broken = True
            told = await server.submit(desk.ana, form, {"What?": "a lamp"})
            assert told is not None
            assert told.ephemeral_to is desk.ana
            assert "try it once more" in told.shown
            message = await server.say(desk.ben, desk.help, "where can I park?")
            await asyncio.sleep(0.2)
            broken = False
            await desk.said(await desk.thread(message), "Behind the house.")


# --- what was missed --------------------------------------------------------------------------------------------------


async def test_what_was_written_during_downtime_is_answered_unless_somebody_has(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            thread = await desk.asked(desk.ana, "where can I park?")
            await desk.said(thread, "Behind the house.")
            await server.say(desk.ben, server.dm(desk.ben), "where can I park?")
            await desk.said(server.dm(desk.ben), "Behind the house.")
        first = await server.say(desk.ben, desk.help, "where can I park?")
        followed = await server.say(desk.ben, desk.help, "when are you open?")
        await server.say(desk.dana, await server.thread(desk.dana, followed, "Hours"), "From 9 to 5.")
        await server.say(desk.ana, thread, "when are you open?")
        await server.say(desk.ben, server.dm(desk.ben), "when are you open?")
        post = await server.post(desk.ana, desk.forum, "Parking", "where can I park?")
        async with desk.open():
            await desk.said(thread, "We are open from 9 to 5.")
            await desk.said(await desk.thread(first), "Behind the house.")
            await desk.said(server.dm(desk.ben), "We are open from 9 to 5.")
            await desk.said(post, "Behind the house.")
            await desk.shop.idle()
            heard = [int(event.key.partition(":")[2]) for event in desk.watched.of(MessageReceived)]
            assert heard == sorted(heard)
            assert followed.id not in heard
            assert len(heard) == 4


async def test_what_was_missed_is_looked_for_again_when_looking_failed(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            pass
        message = await server.say(desk.ana, desk.help, "where can I park?")
        server.faults.cut_before("GET /channels/{id}/messages")
        async with desk.open(ready=False):
            await desk.said(await desk.thread(message), "Behind the house.")


async def test_there_is_a_limit_to_catching_up_and_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.discord.catchup.MOST", 3)
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            pass
        for _ in range(5):
            await server.say(desk.ana, desk.help, "where can I park?")
        async with desk.open():
            await desk.event(MessageReceived, 2)
            await desk.shop.idle()
            assert len(desk.watched.of(MessageReceived)) == 3
    assert "2 were left" in caplog.text


async def test_what_was_left_is_told_and_found_the_next_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.discord.catchup._READ", 4)
    monkeypatch.setattr("bot.channels.discord.catchup.MOST", 3)
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            pass
        said = [await server.say(desk.ana, desk.help, "where can I park?") for _ in range(6)]
        heard = []
        for _ in range(3):
            server.skip(31)  # the next look begins a little earlier than what it has to find
            async with desk.open():
                await desk.shop.idle()
                heard += [int(event.key.partition(":")[2]) for event in desk.watched.of(MessageReceived)]
        assert "at least 1 were left" in caplog.text
    assert heard == [each.id for each in said]


async def test_who_named_the_bot_elsewhere_meanwhile_is_answered(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        chat = await server.thread(desk.ben, desk.lounge, "chat")
        async with desk.open():
            pass
        bot = f"<@{server.bot_user.id}>"
        named = await server.say(desk.ana, desk.lounge, f"{bot} where can I park?")
        await server.say(desk.ana, desk.lounge, "when are you open?")
        await server.say(desk.ben, chat, f"{bot} when are you open?")
        async with desk.open():
            await desk.said(await desk.thread(named), "Behind the house.")
            await desk.said(chat, "We are open from 9 to 5.")
            await desk.shop.idle()
            assert server.threads(desk.lounge) == [chat, named.thread]


async def test_what_was_edited_meanwhile_is_mirrored(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        dm = server.dm(desk.ana)
        async with desk.open():
            _, thread = await desk.case(desk.ana)
            wrote = await server.say(desk.ana, dm, "it is the red one")
            line = await desk.said(thread, "it is the red one")
            typed = [await server.say(desk.dana, thread, f"!r It comes on day {day}.") for day in (1, 2)]
            replies = [await desk.said(dm, f"day {day}") for day in (1, 2)]
            note = await server.say(desk.dana, thread, "careful")
            await desk.shop.idle()
        server.skip(120)
        await server.edit(desk.ana, wrote, "it is the blue one")
        await server.edit(desk.dana, typed[0], "!r It comes on Monday.")
        await server.edit(desk.dana, typed[1], "CANARY")
        await server.edit(desk.dana, note, "!r all is well")
        for _ in range(2):  # the second time, all of it is known
            async with desk.open():
                await server.until(lambda: "blue" in line.shown and "Monday" in replies[0].shown and replies[1].deleted)
                await desk.said(dm, "all is well")
                await desk.shop.idle()
        assert not any("CANARY" in each for each in desk.bot_lines(dm))
        assert sum("all is well" in each for each in desk.bot_lines(dm)) == 1


async def test_one_bad_message_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        async with desk.open():
            pass
        poison = await server.say(desk.ana, desk.help, "poison")
        message = await server.say(desk.ben, desk.help, "where can I park?")
        words = reading.words

        def stumbles(said: discord.Message, me: int) -> str:
            if said.id == poison.id:
                raise IndexError(said.content)
            return words(said, me)

        monkeypatch.setattr(reading, "words", stumbles)
        async with desk.open():
            await desk.said(await desk.thread(message), "Behind the house.")
        assert f"message {poison.id} was missed, and cannot be read: it is left out: IndexError" in caplog.text
        assert "poison" not in caplog.text


async def test_a_bot_that_is_new_answers_nothing_old(tmp_path: Path) -> None:
    async with platform() as server:
        desk = Desk(server, str(tmp_path / "f.sqlite"))
        await server.say(desk.ana, desk.help, "where can I park?")
        async with desk.open():
            await asyncio.sleep(0.2)
            assert desk.watched.events == []


@pytest.mark.parametrize("seed", [7, 8])
async def test_with_trouble_of_every_kind_each_message_is_answered_once(tmp_path: Path, seed: int) -> None:
    async with platform() as server:
        desk = impatient(Desk(server, str(tmp_path / "f.sqlite")))
        people = [server.add_user(f"p{number}") for number in range(5)]
        async with desk.open():
            for person in people:  # a DM that the bot has never seen cannot be looked into
                await server.say(person, server.dm(person), "hello")
                await server.until(lambda p=person: len(desk.bot_lines(server.dm(p))) == 2)  # type: ignore[misc]
            server.faults.chaos(seed, 6.0)
            said = set()
            for _ in range(4):
                for person in people:
                    message = await server.say(person, server.dm(person), "where can I park?")
                    said.add(f"{message.channel.id}/{message.id}")
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1)
            server.faults.clear()
            await server.until(lambda: said <= {id for each in heard(desk) for id in each.messages}, 30)
            await desk.shop.idle()
            assert sorted(id for each in heard(desk) for id in each.messages) == sorted(said)
            for person in people:
                turns = [each for each in heard(desk) if each.customer == f"discord:{person.id}"]
                await server.until(lambda p=person, t=turns: answers(desk, p) >= len(t), 30)  # type: ignore[misc]
                assert answers(desk, person) == len(turns)


def heard(desk: Desk) -> list[MessageReceived]:
    return [each for each in desk.watched.of(MessageReceived) if each.text != "hello"]


def answers(desk: Desk, person: User) -> int:
    return sum("Behind the house." in line for line in desk.bot_lines(desk.server.dm(person)))
