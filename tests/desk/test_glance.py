"""The desk at a glance: what stands where, in which order, and what is to be done next."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.desk.case import Case, Task
from bot.desk.glance import glance, hand_over
from bot.desk.hours import Hours
from bot.desk.targets import Watch
from bot.desk.team import Queue

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ALWAYS = Hours(zone="UTC", week=(((time(0), time(0)),),) * 7)
QUEUES = {"care": Queue(id="care", name="our care team", hours=ALWAYS, first_response=60)}


def case(number: int, **more: Any) -> Case:
    """Return a case that was opened so many minutes ago as its number says."""
    usual: dict[str, Any] = {
        "kind": "handoff",
        "queue": "care",
        "customer": f"local:{number}",
        "name": f"Customer {number}",
        "place": f"local:{number}",
        "conversation": f"c{number}",
        "opened_at": NOW - number * MINUTE,
        "subject": "A kettle",
        "reason": "Asked for a person.",
    }
    return Case(number=number, **{**usual, **more})


def owned(number: int, by: str = "dana", **more: Any) -> Case:
    return case(number, **{"status": "owned", "assignee": by, **more})


def watch(spent: timedelta) -> Watch:
    return Watch(kind="first_response", target=HOUR, at_risk=75, since=NOW - spent)


def numbers(shown: Any, part: Any) -> list[int]:
    return [row.number for row in shown.section(part).rows]


def test_what_nobody_owns_stands_by_priority_then_age() -> None:
    shown = glance([case(1), case(2), case(3, priority=1), owned(4)], QUEUES, NOW)
    assert numbers(shown, "unowned") == [3, 2, 1]


def test_mine_are_those_that_i_own_or_help_with_and_nobody_has_any_without_a_name() -> None:
    cases = [owned(1), owned(2, "lee"), owned(3, "lee", colleagues=("dana",)), case(4)]
    assert numbers(glance(cases, QUEUES, NOW, agent="dana"), "mine") == [1, 3]
    assert numbers(glance(cases, QUEUES, NOW), "mine") == []


def test_a_promise_that_was_missed_or_is_near_shows_and_sorts_as_a_level_does() -> None:
    cases = [
        owned(1, promise=NOW + 20 * MINUTE),
        owned(2, promise=NOW + 2 * HOUR, missed=3, lapsed=NOW - 5 * HOUR),
        owned(3, promise=NOW + 2 * HOUR),
        owned(4, promise=NOW - MINUTE),
        owned(5, watches=(watch(2 * HOUR),)),
        owned(6, missed=1),  # somebody is to answer, and no time is promised
    ]
    rows = glance(cases, QUEUES, NOW).section("risk").rows
    missed, risk = "missed", "risk"
    assert [(row.number, row.standing) for row in rows] == [(2, missed), (5, missed), (4, missed), (1, risk)]


def test_a_level_at_risk_or_missed_is_there_the_soonest_first_and_one_in_time_is_not() -> None:
    cases = [
        case(1, watches=(watch(50 * MINUTE),)),
        case(2, watches=(watch(70 * MINUTE),)),
        case(3, watches=(watch(10 * MINUTE),)),
        case(4, watches=(Watch(kind="resolve", target=HOUR, at_risk=75, spent=2 * HOUR),)),  # paused
    ]
    shown = glance(cases, QUEUES, NOW)
    assert [(row.number, row.standing) for row in shown.section("risk").rows] == [(2, "missed"), (1, "risk")]


def test_promises_of_owned_cases_come_the_soonest_first() -> None:
    cases = [owned(1, promise=NOW + HOUR), owned(2, promise=NOW - HOUR), owned(3), case(4, promise=NOW)]
    assert numbers(glance(cases, QUEUES, NOW), "promises") == [2, 1]


def test_what_was_promised_is_read_with_its_time_though_something_else_comes_first() -> None:
    late = owned(1, promise=NOW + 2 * HOUR, waits=NOW, watches=(watch(HOUR),))
    aside = owned(2, promise=NOW + HOUR, snoozed=NOW + 3 * HOUR)
    promised = [(2, "keep", NOW + HOUR), (1, "keep", NOW + 2 * HOUR)]
    shown = glance([late, aside], QUEUES, NOW).section("promises").rows
    given = hand_over([late, aside], [], QUEUES, NOW, NOW + 8 * HOUR)
    told = next(each.rows for each in given if each.part == "promises")
    assert [(row.number, row.next, row.due) for row in shown] == promised
    assert [(row.number, row.next, row.due) for row in told] == promised[:1]  # the other is late by now


def test_what_is_put_aside_is_not_mine_meanwhile() -> None:
    shown = glance([owned(1, snoozed=NOW + HOUR), owned(2)], QUEUES, NOW, agent="dana")
    assert numbers(shown, "snoozed") == [1]
    assert numbers(shown, "mine") == [2]


def test_a_category_filters_all_and_the_others_are_still_named() -> None:
    cases = [case(1, category="billing"), case(2, category="safety"), case(3)]
    shown = glance(cases, QUEUES, NOW, category="Billing")
    assert numbers(shown, "unowned") == [1]
    assert shown.categories == ("billing", "safety")


def test_a_section_shows_the_most_pressing_and_counts_the_rest() -> None:
    section = glance([case(number) for number in range(1, 10)], QUEUES, NOW, most=3).section("unowned")
    assert [row.number for row in section.rows] == [9, 8, 7]
    assert (section.more, section.count) == (6, 9)


@pytest.mark.parametrize(
    ("one", "what", "due"),
    [
        (case(1, promise=NOW + HOUR), "claim", NOW + HOUR),
        (case(1, promise=NOW + HOUR, watches=(watch(50 * MINUTE),)), "claim", NOW + 10 * MINUTE),
        (case(1, kind="approval", promise=NOW + HOUR), "decide", NOW + HOUR),
        (owned(1, waits=NOW, promise=NOW + HOUR), "answer", NOW + HOUR),
        (owned(1, promise=NOW + HOUR), "keep", NOW + HOUR),
        (owned(1, tasks=(Task(number=1, queue="care", text="?", by="dana"),)), "task", None),
        (owned(1, tasks=(Task(number=1, queue="care", text="?", by="dana", done_by="lee"),)), "wait", NOW + 2 * HOUR),
        (owned(1, waits=NOW, snoozed=NOW + HOUR), "back", NOW + HOUR),
    ],
)
def test_the_next_thing_to_do(one: Case, what: str, due: datetime | None) -> None:
    (row,) = [
        row
        for section in glance([one], QUEUES, NOW, agent="dana", follow_ups={1: NOW + 2 * HOUR}).sections
        for row in section.rows
        if section.part in ("unowned", "mine", "snoozed")
    ]
    assert (what, due) == (row.next, row.due)


def test_a_case_of_a_queue_that_is_gone_is_shown_too() -> None:
    assert numbers(glance([case(1, queue="former", watches=(watch(HOUR),))], QUEUES, NOW), "risk") == [1]


def test_a_hand_over_tells_promises_what_comes_back_in_time_tasks_and_what_was_solved() -> None:
    cases = [
        *(owned(number, promise=NOW + number * HOUR) for number in range(1, 9)),
        owned(10, snoozed=NOW + HOUR),
        owned(11, snoozed=NOW + 99 * HOUR),
        owned(12, tasks=(Task(number=1, queue="care", text="?", by="dana"),)),
    ]
    told = {each.part: each for each in hand_over(cases, [owned(20, status="resolved")], QUEUES, NOW, NOW + 8 * HOUR)}
    assert list(range(1, 9)) == [row.number for row in told["promises"].rows]  # not cut short
    assert [row.number for row in told["snoozed"].rows] == [10]
    assert [row.number for row in told["tasks"].rows] == [12]
    assert [row.number for row in told["solved"].rows] == [20]


def test_a_hand_over_tells_of_each_case_once_where_it_is_most_urgent() -> None:
    late: dict[str, Any] = {"watches": (watch(2 * HOUR),)}
    task: dict[str, Any] = {"tasks": (Task(number=1, queue="care", text="?", by="dana"),)}
    cases = [
        case(1, **late),
        owned(2, promise=NOW + 2 * HOUR, **late, **task),
        case(3, **task),
        owned(4, promise=NOW + 2 * HOUR, snoozed=NOW + HOUR, **task),
        owned(5, snoozed=NOW + HOUR, **task),
        owned(6, snoozed=NOW + HOUR),
    ]
    told = {each.part: [row.number for row in each.rows] for each in hand_over(cases, [], QUEUES, NOW, NOW + 8 * HOUR)}
    assert told == {"risk": [1, 2], "unowned": [3], "promises": [4], "tasks": [5], "snoozed": [6], "solved": []}


def test_danger_stands_first_whatever_else_is_as_urgent_or_later() -> None:
    cases = [case(9, priority=1), case(1, priority=1, flags=("safety",)), owned(8), owned(2, flags=("safety",))]
    shown = glance(cases, QUEUES, NOW, agent="dana")
    assert (numbers(shown, "unowned"), numbers(shown, "mine")) == ([1, 9], [2, 8])


def test_once_a_case_stands_only_in_the_first_section_that_shows_it() -> None:
    late: dict[str, Any] = {"watches": (watch(2 * HOUR),)}
    promised: dict[str, Any] = {"promise": NOW + 2 * HOUR}
    cases = [case(1, **late), owned(2, **late), owned(3, "lee", **late)]
    cases += [owned(4, "lee", **promised), owned(5, **promised)]
    shown = glance(cases, QUEUES, NOW, agent="dana", once=True)
    assert [numbers(shown, part) for part in ("unowned", "mine", "risk", "promises")] == [[1], [5, 2], [3], [4]]
    assert numbers(glance(cases, QUEUES, NOW, agent="dana"), "risk") == [1, 2, 3]


def test_once_a_late_case_that_found_no_room_above_is_there_below() -> None:
    cases = [case(number, watches=(watch(2 * HOUR),)) for number in range(1, 8)]
    shown = glance(cases, QUEUES, NOW, once=True)
    assert (numbers(shown, "unowned"), numbers(shown, "risk")) == ([7, 6, 5, 4, 3], [1, 2])
