"""What all customers share, while many turns are taken at once and another process writes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialog.effects import NoteFact, Say, Source
from bot.dialog.events import Event
from bot.dialog.state import Dossier, Trace, Turn
from bot.ports import Batch, TurnTaken
from bot.store.sqlite import SqliteStore
from tests.runtime.engine import advance
from tests.runtime.fakes import FakeChannel, message, running, until

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def in_turn(dossier: Dossier, event: Event, catalog: Any) -> Turn:
    """Count up a number that all share, and say which one it was."""
    turn = advance(dossier, event, catalog)
    was = event.fresh.floor.facts.get("number", "")
    number = str(int(was or 0) + 1)
    say = Say(place=event.customer, text=number, source=Source(kind="text", id="echo"))
    effects = (say, NoteFact(name="number", value=number, was=was))
    return Turn(id=turn.id, dossier=turn.dossier, effects=effects, trace=Trace())


def numbers(channel: FakeChannel) -> list[int]:
    return sorted(int(text) for shown in channel.shown.values() for text in shown)


async def test_each_of_many_customers_at_once_has_a_number_of_their_own(
    store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel, engine=in_turn) as runtime:
        for nth in range(100):
            await runtime.accept(message(f"web:{nth}", "hello"))
        await runtime.idle()
    assert list(range(1, 101)) == numbers(channel)


async def test_a_number_that_another_process_took_is_not_given_twice(
    file: Path, store: SqliteStore, channel: FakeChannel
) -> None:
    async with running(store, channel, engine=in_turn) as runtime:
        await runtime.accept(message("web:a", "hello"))
        await runtime.idle()
        other = await SqliteStore.open(str(file))
        event = message("web:x", "hello")
        (row,) = (await other.commit(Batch(accepted=[event]))).waiting
        turn = in_turn(Dossier(customer=event.customer), event, None)
        taken = NoteFact(name="number", value="2", was="1")
        turn = Turn(id="other.1", dossier=turn.dossier, effects=(taken,), trace=Trace())
        await other.commit(Batch(turns=(TurnTaken(inbox=(row.id,), event=event, version=0, turn=turn),)))
        await other.close()
        for nth in range(20):
            await runtime.accept(message(f"web:{nth}", "hello"))
        await runtime.idle()
        await until(lambda: runtime.floor.facts == {"number": "22"})
    assert [1, *range(3, 23)] == numbers(channel)
