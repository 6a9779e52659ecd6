"""A batch is written whole or not at all, and only once."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.desk.case import Deadline
from bot.dialog.effects import Call, CancelTimer, Effect, OpenCase, StartTimer, TellStaff, UpdateCase
from bot.dialog.events import DeadlineReached
from bot.dialog.state import Dossier
from bot.errors import Conflict
from bot.ports import Batch, Delivery, TurnTaken
from bot.store.sqlite import SqliteStore
from tests.store.records import AT, accept, case, deadline, message, say, taken, talk


async def take(store: SqliteStore, *effects: Effect, customer: str = "ana", id: str = "c1.1", version: int = 0) -> None:
    event = message(customer, key=f"{customer}{id}")
    (row,) = await accept(store, event)
    await store.commit(Batch(turns=[taken(event, row, *effects, id=id, version=version)]))


async def test_events_are_accepted_in_order_and_known_ones_left_out(store: SqliteStore) -> None:
    first = await store.commit(Batch(accepted=[message(key="a"), message(key="b"), message(key="a")]))
    second = await store.commit(Batch(accepted=[message(key="b"), message(key="c")]))
    assert [(row.id, row.event.key) for row in first.waiting] == [(1, "a"), (2, "b")]
    assert [row.event.key for row in second.waiting] == ["c"]
    assert [row.event.key for row in await store.waiting()] == ["a", "b", "c"]


async def test_a_turn_writes_everything_that_follows_from_it(store: SqliteStore) -> None:
    event = message(text="help")
    (row,) = await accept(store, event)
    turn = taken(
        event,
        row,
        say("wait"),
        OpenCase(place="staff:care", case=case()),
        StartTimer(deadline=deadline()),
        Call(action="ship", args={"order": "7"}),
        dossier=talk(case=1),
    )
    committed = await store.commit(Batch(turns=[turn]))
    assert [one.id for one in committed.outgoing] == ["c1.1.0", "c1.1.1", "c1.1.3"]
    assert [one.place for one in committed.outgoing] == ["web:ana", "staff:care", "call:ana"]
    assert [one.effect for one in committed.outgoing] == [one.effect for one in await store.outgoing()]
    assert [(False, turn.turn.trace)] * 3 == [(one.repeat, one.trace) for one in committed.outgoing]
    assert [(True, turn.turn.trace)] * 3 == [(one.repeat, one.trace) for one in await store.outgoing()]
    assert {"ana": (1, turn.turn.dossier)} == await store.dossiers(["ana"])
    assert await store.waiting() == []
    assert [case()] == await store.board()
    assert [("ana", deadline())] == await store.scheduled()
    assert turn.turn.trace == await store.trace("c1.1")
    assert [(x.who, x.text, x.case) for x in await store.transcript()] == [("customer", "help", 1), ("bot", "wait", 1)]
    assert await store.next_case() == 2


async def test_a_customer_never_seen_has_an_empty_dossier(store: SqliteStore) -> None:
    assert {"ana": (0, Dossier(customer="ana"))} == await store.dossiers(["ana"])


@pytest.mark.parametrize("version", [0, 2, 7])
async def test_a_turn_on_another_version_of_the_dossier_is_refused_whole(store: SqliteStore, version: int) -> None:
    await take(store)
    event = message(key="second")
    (row,) = await accept(store, event)
    late = taken(event, row, say(), StartTimer(deadline=deadline()), id="c1.2", version=version)
    with pytest.raises(Conflict):
        await store.commit(Batch(accepted=[message(key="third")], turns=[late]))
    assert [row.event.key for row in await store.waiting()] == ["second"]
    assert await store.outgoing() == []
    assert await store.scheduled() == []
    assert None is await store.trace("c1.2")
    await store.commit(Batch(turns=[taken(event, row, id="c1.2", version=1)]))


async def test_a_version_for_a_customer_who_has_no_dossier_is_refused(store: SqliteStore) -> None:
    (row,) = await accept(store, message())
    with pytest.raises(Conflict):
        await store.commit(Batch(turns=[taken(message(), row, version=3)]))


async def test_an_event_is_consumed_once(store: SqliteStore) -> None:
    (row,) = await accept(store, message())
    await store.commit(Batch(turns=[taken(message(), row)]))
    with pytest.raises(Conflict):
        await store.commit(Batch(turns=[taken(message(), row, version=1, id="c1.2")]))


async def test_one_turn_may_consume_a_burst(store: SqliteStore) -> None:
    rows = await accept(store, message(key="a"), message(key="b"))
    one = taken(message(), rows[0])
    await store.commit(Batch(turns=[TurnTaken(inbox=tuple(rows), event=one.event, version=one.version, turn=one.turn)]))
    assert await store.waiting() == []


async def test_many_turns_share_a_commit(store: SqliteStore) -> None:
    events = [message(f"c{n}", key=f"k{n}") for n in range(50)]
    rows = await accept(store, *events)
    before = store.commits, store.hops
    committed = await store.commit(
        Batch(turns=[taken(event, row, say(), id=f"c{row}.1") for event, row in zip(events, rows, strict=True)])
    )
    assert (before[0] + 1, before[1] + 1) == (store.commits, store.hops)
    assert [f"c{row}.1.0" for row in rows] == [one.id for one in committed.outgoing]
    assert {1} == {version for version, _ in (await store.dossiers([event.customer for event in events])).values()}


async def test_a_case_number_of_another_customer_is_refused(store: SqliteStore) -> None:
    await take(store, OpenCase(place="staff:care", case=case(1)))
    with pytest.raises(Conflict):
        await take(store, OpenCase(place="staff:care", case=case(1, "bob")), customer="bob", id="c2.1")
    assert [one.customer for one in await store.board()] == ["ana"]


async def test_the_board_shows_open_cases_most_urgent_first_then_oldest(store: SqliteStore) -> None:
    opened = [case(1), case(2), case(3, priority=1), case(4)]
    await take(store, *(OpenCase(place="staff:care", case=one) for one in opened))
    done = UpdateCase(place="staff:care", case=case(1, status="resolved"))
    await take(store, done, UpdateCase(place="staff:care", case=case(2, assignee="eve")), id="c1.2", version=1)
    assert [(one.number, one.assignee) for one in await store.board()] == [(3, ""), (2, "eve"), (4, "")]


async def test_the_card_of_a_case_is_known_once_it_is_posted(store: SqliteStore) -> None:
    await take(store, OpenCase(place="staff:care", case=case()))
    assert await store.card(1) == ""
    await store.commit(Batch(deliveries=[Delivery(seq=1, platform_id="1700.1")]))
    await take(store, UpdateCase(place="staff:care", case=case(assignee="eve")), id="c1.2", version=1)
    assert await store.card(1) == "1700.1"
    assert await store.card(2) == ""


async def test_timers_are_replaced_and_cancelled_in_the_order_of_the_effects(store: SqliteStore) -> None:
    moved = Deadline(key="a", kind="promise", due=AT + timedelta(days=1), place="web:ana", conversation="c1")
    await take(
        store,
        StartTimer(deadline=deadline("a")),
        StartTimer(deadline=deadline("b")),
        CancelTimer(deadline="b"),
        CancelTimer(deadline="c"),
        StartTimer(deadline=deadline("c")),
        StartTimer(deadline=moved),
    )
    assert [("ana", deadline("c")), ("ana", moved)] == await store.scheduled()
    assert deadline().due == await store.next_due()


async def test_a_deadline_fires_once(store: SqliteStore) -> None:
    await take(store, StartTimer(deadline=deadline(minutes=30)), StartTimer(deadline=deadline("later", 90)))
    now = AT + timedelta(minutes=60)
    due = await store.due(now)
    assert [DeadlineReached(key=due[0].key, customer="ana", at=now, deadline=deadline(minutes=30))] == due
    fired = Batch(accepted=due, fired=[("ana", "check_in:c1")])
    assert [due[0].key] == [row.event.key for row in (await store.commit(fired)).waiting]
    assert (await store.commit(fired)).waiting == ()
    assert await store.due(now) == []
    assert deadline("later", 90).due == await store.next_due()


async def test_a_deadline_that_was_moved_or_cancelled_meanwhile_does_not_fire(store: SqliteStore) -> None:
    await take(store, StartTimer(deadline=deadline("a", 1)), StartTimer(deadline=deadline("b", 2)))
    due = await store.due(AT + timedelta(hours=1))
    await take(store, StartTimer(deadline=deadline("a", 90)), CancelTimer(deadline="b"), id="c1.2", version=1)
    committed = await store.commit(Batch(accepted=due, fired=[("ana", "a"), ("ana", "b")]))
    assert committed.waiting == ()
    assert [("ana", deadline("a", 90))] == await store.scheduled()


async def test_due_deadlines_come_earliest_first_whatever_their_zone_or_fraction(store: SqliteStore) -> None:
    minutes = {"d": 3.0, "a": 1.0, "c": 2.00001, "b": 2.0}
    await take(store, *(StartTimer(deadline=deadline(key, at)) for key, at in minutes.items()))
    due = await store.due(AT + timedelta(hours=1), limit=3)
    assert [event.deadline.key for event in due if isinstance(event, DeadlineReached)] == ["a", "b", "c"]


async def test_deliveries_are_delivered_failed_or_tried_again(store: SqliteStore) -> None:
    await take(store, say("a"), say("b"), say("c"))
    again = AT + timedelta(seconds=5)
    await store.commit(
        Batch(
            deliveries=[
                Delivery(seq=1, platform_id="p1"),
                Delivery(seq=2, failed="they left"),
                Delivery(seq=3, again=again),
            ]
        )
    )
    assert [(one.seq, one.attempts, one.repeat) for one in await store.outgoing()] == [(3, 1, True)]


async def test_flows_are_kept_while_a_frame_is_in_them(store: SqliteStore) -> None:
    (row,) = await accept(store, message())
    turn = taken(message(), row, dossier=talk(frames=("h1", "h2")))
    await store.commit(Batch(turns=[turn], flows={"h1": b"one", "h2": b"two", "h3": b"three"}))
    await store.commit(Batch(flows={"h1": b"one"}))
    assert await store.flows() == {"h1": b"one", "h2": b"two", "h3": b"three"}
    await store.forget_flows()
    assert await store.flows() == {"h1": b"one", "h2": b"two"}


async def test_a_naive_time_is_refused(store: SqliteStore) -> None:
    bare = message().__class__(key="k", customer="a", at=AT.replace(tzinfo=None), place="web:a", name="", text="")
    with pytest.raises(ValueError, match="no time zone"):
        await store.commit(Batch(accepted=[message(), bare]))
    assert await store.waiting() == []


async def test_settings_are_stored_and_forgotten(store: SqliteStore) -> None:
    assert None is await store.setting("paused")
    await store.set("paused", "yes")
    await store.set("paused", "no")
    assert await store.setting("paused") == "no"
    await store.set("paused", None)
    assert None is await store.setting("paused")


async def test_it_notices_what_another_process_wrote(store: SqliteStore, file: object) -> None:
    other = await SqliteStore.open(str(file))
    await store.set("mine", "1")
    assert not await store.changed()
    await other.set("theirs", "1")
    assert await store.changed()
    assert not await store.changed()
    await other.close()


async def test_tell_staff_goes_to_the_outbox(store: SqliteStore) -> None:
    told = TellStaff(place="staff:care", case=1, kind="customer", author="ana", text="hello")
    await take(store, told)
    assert [told] == [one.effect for one in await store.outgoing()]


async def test_what_a_platform_calls_an_effect_leads_back_to_it_and_to_its_case(store: SqliteStore) -> None:
    await take(store, OpenCase(place="staff:care", case=case()))
    assert (await store.shown("c1.1.0"), await store.case_of("T1/C9/5")) == ("", 0)
    await store.commit(Batch(deliveries=[Delivery(seq=1, platform_id="T1/C9/5")]))
    assert (await store.shown("c1.1.0"), await store.case_of("T1/C9/5")) == ("T1/C9/5", 1)


async def test_each_of_an_effects_messages_leads_back_to_it(store: SqliteStore) -> None:
    await take(store, say("one"), say("two"))
    await store.commit(Batch(deliveries=[Delivery(seq=1, platform_id="9/51 9/52"), Delivery(seq=2, platform_id="9/6")]))
    found = [await store.effect_of(message) for message in ("9/51", "9/52", "9/6", "9/5", "")]
    assert found == ["c1.1.0", "c1.1.0", "c1.1.1", "", ""]


async def test_the_places_of_conversations_are_known_with_those_they_were_moved_from(store: SqliteStore) -> None:
    event = message()
    (row,) = await accept(store, event)
    moved = replace(talk().conversations[0], home="web:thread")
    dossier = replace(talk(), conversations=(moved,))
    await store.commit(Batch(turns=[taken(event, row, dossier=dossier)]))
    assert sorted(await store.places("web:", AT)) == [("ana", "web:ana"), ("ana", "web:thread")]
    assert await store.places("web:", AT + timedelta(seconds=1)) == []
    assert await store.places("slack:", AT) == []
