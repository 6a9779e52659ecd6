"""What all customers share: facts that change on condition only, who waits, and how long it took."""

from datetime import UTC, datetime

import pytest

from bot.desk.floor import Floor, Wait
from bot.dialog.effects import Effect, NoteFact, OpenCase, UpdateCase
from bot.dialog.shared import after
from bot.errors import Conflict
from bot.ports import Batch
from bot.store.sqlite import SqliteStore
from tests.store.records import accept, case, message, taken

LATER = datetime(2026, 1, 5, 12, tzinfo=UTC)


async def note(store: SqliteStore, *effects: Effect, customer: str = "ana") -> None:
    version = (await store.dossiers([customer]))[customer][0]
    (inbox,) = await accept(store, message(customer, key=f"{customer}{version}"))
    turn = taken(message(customer), inbox, *effects, version=version, id=f"c{customer}.{version}")
    await store.commit(Batch(turns=(turn,)))


async def test_a_fact_is_kept_changed_and_forgotten(store: SqliteStore) -> None:
    await note(store, NoteFact(name="turn:care", value="dana"))
    await note(store, NoteFact(name="turn:care", value="lee", was="dana"))
    assert (await store.floor()).facts == {"turn:care": "lee"}
    await note(store, NoteFact(name="turn:care", value="", was="lee"))
    assert (await store.floor()).facts == {}


@pytest.mark.parametrize(
    "late",
    [
        NoteFact(name="turn:care", value="lee"),
        NoteFact(name="turn:care", value="lee", was="sam"),
        NoteFact(name="turn:care", value="", was="sam"),
        NoteFact(name="turn:billing", value="lee", was="sam"),
    ],
)
async def test_a_turn_that_took_a_fact_for_another_one_is_lost_as_a_whole(store: SqliteStore, late: NoteFact) -> None:
    await note(store, NoteFact(name="turn:care", value="dana"))
    with pytest.raises(Conflict):
        await note(store, late, customer="bob")
    assert (await store.floor()).facts == {"turn:care": "dana"}
    assert (await store.dossiers(["bob"]))["bob"][0] == 0


async def test_the_floor_is_the_same_read_and_moved_on(store: SqliteStore) -> None:
    steps: list[tuple[Effect, ...]] = [
        (OpenCase(place="staff:care", case=case(1)), NoteFact(name="turn:care", value="dana")),
        (OpenCase(place="staff:care", case=case(2, priority=1)), OpenCase(place="staff:care", case=case(3))),
        (OpenCase(place="staff:care", case=case(4, kind="approval")),),
        (OpenCase(place="staff:care", case=case(5, flags=("urgent", "safety"))),),
        (UpdateCase(place="staff:care", case=case(3, status="owned", assignee="dana", waited=7)),),
        (UpdateCase(place="staff:care", case=case(1, status="owned", assignee="dana", waited=12)),),
        (UpdateCase(place="staff:care", case=case(3, status="owned", assignee="lee", promise=LATER, vow="by noon")),),
        (UpdateCase(place="staff:care", case=case(1, status="resolved", assignee="dana", waited=12)),),
        (UpdateCase(place="staff:care", case=case(2, priority=1, late=LATER)),),
        (NoteFact(name="turn:care", value="", was="dana"), UpdateCase(place="staff:care", case=case(3, priority=2))),
    ]
    floor = Floor()
    for effects in steps:
        await note(store, *effects)
        floor = after(floor, effects)
        assert floor == await store.floor()
    assert [each.case for each in floor.waiting] == [5, 2, 3]
    assert (Wait(case=1, queue="care", minutes=12),) == floor.waits
