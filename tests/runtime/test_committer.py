"""Parts share a commit, but not each other's fate."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.dialog.events import Event
from bot.dialog.state import Dossier
from bot.errors import Conflict, StoreError
from bot.ports import Batch, Committed, TurnTaken
from bot.runtime.committer import Committer
from bot.store.sqlite import SqliteStore
from tests.runtime.engine import Catalog, advance
from tests.runtime.fakes import message


@pytest.fixture
def commits() -> list[Batch]:
    return []


@pytest.fixture
async def committer(store: SqliteStore, commits: list[Batch]) -> AsyncIterator[Committer]:
    def committed(batch: Batch, result: Committed) -> None:
        commits.append(batch)

    committer = Committer(store, committed, lambda: None)
    task = asyncio.create_task(committer.run())
    yield committer
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def turn(event: Event, inbox: int, version: int = 0) -> Batch:
    taken = advance(Dossier(customer=event.customer), event, Catalog())
    return Batch(turns=(TurnTaken(inbox=(inbox,), event=event, version=version, turn=taken),))


async def test_parts_that_wait_together_share_a_commit(committer: Committer, commits: list[Batch]) -> None:
    results = await asyncio.gather(*(committer.submit(Batch(accepted=(message("ana", "hi"),))) for _ in range(100)))
    assert [len(rows) for rows in results] == [1] * 100
    assert [len(batch.accepted) for batch in commits] == [100]


async def test_only_the_guilty_part_of_a_commit_fails(committer: Committer, store: SqliteStore) -> None:
    event = message("ana", "hi")
    await committer.submit(Batch(accepted=(event,)))
    good, outdated, unstorable, also_good = await asyncio.gather(
        committer.submit(Batch(accepted=(message("bob", "hi", key="b"),))),
        committer.submit(turn(event, 1, version=7)),
        committer.submit(Batch(accepted=(message("cleo", "\ud800", key="c"),))),
        committer.submit(Batch(accepted=(message("dev", "hi", key="d"),))),
        return_exceptions=True,
    )
    assert not isinstance(good, BaseException)
    assert not isinstance(also_good, BaseException)
    assert isinstance(outdated, Conflict)
    assert isinstance(unstorable, UnicodeEncodeError)
    assert [row.event.key for row in await store.waiting()] == [event.key, "b", "d"]


async def test_a_writer_that_was_cancelled_troubles_nobody(committer: Committer, store: SqliteStore) -> None:
    gone = asyncio.create_task(_accept(committer, "a"))
    stays = asyncio.create_task(_accept(committer, "b"))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert [row.event.key for row in await store.waiting()] == ["a", "b"]


async def test_whoever_still_waits_when_it_closes_is_told(store: SqliteStore) -> None:
    committer = Committer(store, lambda batch, result: None, lambda: None)
    waiting = committer.submit(Batch(accepted=(message("ana", "hi"),)))
    committer.close()
    with pytest.raises(StoreError, match="stopping"):
        await waiting
    with pytest.raises(StoreError, match="stopping"):
        await committer.submit(Batch(accepted=(message("ana", "hi"),)))


async def _accept(committer: Committer, key: str) -> None:
    await committer.submit(Batch(accepted=(message("ana", "hi", key=key),)))
