"""Bursts: what a customer writes in one breath is answered once, and nobody else waits for it."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.dialog.events import AgentSpoke, CustomerLeft, Event, MessageDeleted, MessageEdited, MessageReceived
from bot.dialog.files import File
from bot.ports import Waiting
from bot.runtime.bursts import gather, merged
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import QUICK, START, FakeChannel, message, opened, running

BURST = dataclasses.replace(QUICK, burst=0.05)
APART = timedelta(seconds=3)


def said(text: str, seconds: float = 0, place: str = "web:ana", **more: Any) -> MessageReceived:
    at = START + timedelta(seconds=seconds)
    return replace(message("ana", text, at=at), place=place, messages=(f"p/{text}",), **more)


def waiting(*events: Event) -> list[Waiting]:
    return [Waiting(id=number, event=event) for number, event in enumerate(events, 1)]


def burst(rows: Sequence[Waiting]) -> Any:
    return merged(gather(rows, APART))


# --- which belong together (pure) -------------------------------------------------------------------------------------


def test_a_lone_message_stays_as_it_is() -> None:
    event = said("hello")
    assert burst(waiting(event)) == event


def test_the_words_of_a_burst_stand_in_the_platforms_order() -> None:
    event = burst(waiting(said("second", 1), said("first", 0), said("third", 2)))
    assert event.text == "first\nsecond\nthird"
    assert event.messages == ("p/first", "p/second", "p/third")
    assert event.at == START + timedelta(seconds=2)


def test_messages_far_apart_are_two_bursts() -> None:
    assert [row.id for row in gather(waiting(said("a"), said("b", 60)), APART)] == [1]


def test_another_thread_is_another_matter_unless_both_began_in_the_same_channel() -> None:
    assert len(gather(waiting(said("a"), said("b", place="web:other")), APART)) == 1
    begun = [said("a", place="web:1", near="web:c"), said("b", 1, place="web:2", near="web:c")]
    assert burst(waiting(*begun)).place == "web:1"
    assert len(gather(waiting(begun[0], replace(begun[1], near="web:d")), APART)) == 1


def test_edits_and_deletes_of_a_burst_are_done_before_it_is_read() -> None:
    def change(kind: Any, of: str, **more: Any) -> Any:
        return kind(key=f"e{of}", customer="ana", at=START, place="web:ana", message=f"p/{of}", **more)

    rows = waiting(
        said("helo"), said("wrong", 1), change(MessageEdited, "helo", text="hello"), change(MessageDeleted, "wrong")
    )
    assert burst(rows).text == "hello"
    gone = change(MessageDeleted, "oops")
    assert burst(waiting(said("oops"), gone)) == gone
    assert len(gather(waiting(said("a"), change(MessageEdited, "b", text="c")), APART)) == 1


def test_an_agent_who_was_quicker_is_heard_first() -> None:
    spoke = AgentSpoke(key="s", customer="ana", at=START, place="web:ana", agent="dana", text="Hi!")
    assert [row.id for row in gather(waiting(said("a"), said("b"), spoke), APART)] == [3]
    elsewhere = replace(spoke, place="web:other")
    assert [row.id for row in gather(waiting(said("a"), elsewhere), APART)] == [1]


def test_files_and_quotes_of_a_burst_are_kept() -> None:
    photo = File(at="web:1", name="lamp.jpg")
    event = burst(waiting(said("", files=(photo,)), said("this one", 1, quote="the lamp", mentioned=True)))
    assert (event.text, event.files, event.quote, event.mentioned) == ("this one", (photo,), "the lamp", True)


def test_what_is_no_message_ends_a_burst() -> None:
    left = CustomerLeft(key="l", customer="ana", at=START)
    assert len(gather(waiting(said("a"), left, said("b")), APART)) == 1
    assert len(gather(waiting(left, said("b")), APART)) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20), st.sampled_from(["web:1", "web:2"])), min_size=1))
def test_no_word_is_lost_and_none_is_read_twice(written: list[tuple[str, float, str]]) -> None:
    rows = waiting(*(said(f"{text}{n}", at, place) for n, (text, at, place) in enumerate(written)))
    read: list[str] = []
    while rows:
        taken = gather(rows, APART)
        assert rows[: len(taken)] == list(taken)
        event = merged(taken)
        assert isinstance(event, MessageReceived)
        read += event.text.split("\n")
        rows = rows[len(taken) :]
    assert sorted(read) == sorted(f"{text}{n}" for n, (text, _, _) in enumerate(written))


# --- in the runtime ---------------------------------------------------------------------------------------------------


async def test_a_burst_is_answered_once(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, paces=BURST) as runtime:
        for text in ("one", "two", "three"):
            await runtime.accept(message("ana", text))
            await asyncio.sleep(0.01)
        await runtime.idle()
        assert await store.waiting() == []
    assert channel.shown == {"web:ana": ["1 echo one\ntwo\nthree"]}


async def test_who_never_stops_writing_is_answered_all_the_same(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, paces=BURST) as runtime:
        for number in range(20):
            await runtime.accept(message("ana", f"m{number}"))
            await asyncio.sleep(0.02)
        answered = len(channel.shown["web:ana"])
        await runtime.idle()
    assert answered > 0
    assert "\n".join(text.partition(" echo ")[2] for text in channel.shown["web:ana"]).split("\n") == [
        f"m{number}" for number in range(20)
    ]


async def test_an_event_that_is_no_message_is_not_kept_waiting(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, paces=dataclasses.replace(QUICK, burst=10)) as runtime:
        await runtime.accept(message("ana", "one"))
        await runtime.accept(CustomerLeft(key="left", customer="ana", at=START))
        await asyncio.wait_for(runtime.idle(), 2)
    assert channel.shown["web:ana"][0] == "1 echo one"


async def test_a_burst_that_a_stop_interrupts_is_answered_after_the_start(store: SqliteStore, file: Any) -> None:
    channel = FakeChannel()
    async with running(store, channel, paces=dataclasses.replace(QUICK, burst=10)) as runtime:
        await runtime.accept(message("ana", "one"))
        await runtime.accept(message("ana", "two"))
    assert channel.shown == {}
    await store.close()
    again = await opened(file)
    async with running(again, channel, paces=BURST) as runtime:
        await runtime.idle()
    await again.close()
    assert channel.shown == {"web:ana": ["1 echo one\ntwo"]}


async def test_one_customers_burst_keeps_nobody_else_waiting(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, paces=BURST) as runtime:
        await asyncio.gather(*(runtime.accept(message(name, f"hi {n}")) for n in range(3) for name in "abc"))
        await runtime.idle()
    assert {place: len(shown) for place, shown in channel.shown.items()} == {"web:a": 1, "web:b": 1, "web:c": 1}


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_turn_of_which_another_process_took_a_part_is_taken_with_the_rest(
    store: SqliteStore, channel: FakeChannel, file: Any, lost: int
) -> None:
    async with running(store, channel, paces=BURST) as runtime:
        for text in ("one", "two", "three"):
            await runtime.accept(message("ana", text))
        rows = await store.waiting()
        await store._write("UPDATE inbox SET turn = 'elsewhere' WHERE id = ?", rows[lost - 1].id)
        await asyncio.wait_for(runtime.idle(), 5)
    left = [text for number, text in enumerate(("one", "two", "three"), 1) if number != lost]
    assert channel.shown == {"web:ana": ["1 echo " + "\n".join(left)]}
