"""What a message costs: fsyncs are what a disk charges for, thread hops what Python charges for."""

import asyncio
from dataclasses import replace

from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import QUICK, FakeChannel, message, running, until


async def test_a_lone_message_costs_three_commits_and_three_hops(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel, paces=replace(QUICK, poll=60.0)) as runtime:  # a look at others' writes is a hop
        await runtime.accept(message("ana", "hello"))
        await runtime.idle()
        commits, hops = store.commits, store.hops
        await runtime.accept(message("ana", "hello"))
        await runtime.idle()
        assert store.commits - commits == 3
        assert store.hops - hops == 3


async def test_what_was_delivered_is_marked_with_the_next_message(store: SqliteStore, channel: FakeChannel) -> None:
    async with running(store, channel) as runtime:
        commits = store.commits
        for n in range(5):
            await runtime.accept(message("ana", f"m{n}"))
            await until(lambda: len(channel.shown["web:ana"]) > n)  # noqa: B023 (awaited at once)
        await runtime.idle()
        assert 2 * 5 + 1 <= store.commits - commits < 3 * 5  # a mark that waits too long for company goes alone
        assert len(await store.delivered()) == 5


async def test_64_conversations_at_once_share_their_commits(store: SqliteStore, channel: FakeChannel) -> None:
    async def talk(customer: str) -> None:
        for n in range(5):
            await runtime.accept(message(customer, f"m{n}"))
            await until(lambda: len(channel.shown[f"web:{customer}"]) > n)  # noqa: B023 (awaited at once)

    async with running(store, channel) as runtime:
        commits = store.commits
        await asyncio.gather(*(talk(f"c{n}") for n in range(64)))
        await runtime.idle()
        assert len(channel.order) == 320
        assert (store.commits - commits) / 320 <= 0.3
