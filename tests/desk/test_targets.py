"""Service levels and the watches that count towards them; see test_minutes.py for the arithmetic at large."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.content import load, shipped_folder
from bot.desk.hours import Hours
from bot.desk.targets import (
    Level,
    Watch,
    at_risk,
    breached,
    due,
    level_of,
    pause,
    regrade,
    resume,
    spent,
    start,
    waits,
    warn_at,
)  # fmt: skip
from tests.content import shop

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = Hours(zone="UTC", week=(((time(9), time(17)),),) * 5 + ((), ()))
NORMAL = Level(id="normal", priority=3, first_response=2 * HOUR, resolve=24 * HOUR)
URGENT = Level(id="urgent", priority=1, first_response=HOUR, resolve=4 * HOUR, at_risk=50)


def at(text: str) -> datetime:
    """Return a time of the week of Monday 5 January 2026: "fri 16:30"."""
    day, clock = text.split()
    number = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    return datetime.combine(datetime(2026, 1, 5 + number, tzinfo=UTC), time.fromisoformat(clock), UTC)


def first(level: Level, begins: str) -> Watch:
    watch = start(level, "first_response", at(begins))
    assert watch
    return watch


def test_a_target_runs_in_open_hours() -> None:
    watch = first(NORMAL, "fri 16:30")
    assert due(watch, OFFICE) == at("mon 10:30") + timedelta(days=7)
    assert warn_at(watch, OFFICE) == at("mon 10:00") + timedelta(days=7)
    assert spent(watch, OFFICE, at("sun 12:00")) == 30 * MINUTE


def test_it_is_at_risk_from_its_share_on_and_breached_when_due() -> None:
    watch = first(NORMAL, "mon 09:00")
    told = [(at_risk(watch, OFFICE, now), breached(watch, OFFICE, now)) for now in map(at, (
        "mon 10:29", "mon 10:30", "mon 10:59", "mon 11:00", "tue 09:00",
    ))]  # fmt: skip
    assert told == [(False, False), (True, False), (True, False), (False, True), (False, True)]


def test_it_pauses_while_we_wait_for_the_customer() -> None:
    watch = start(NORMAL, "resolve", at("mon 09:00"))
    assert watch
    watch = waits(watch, OFFICE, "customer", at("mon 12:00"))
    assert due(watch, OFFICE) is None
    assert warn_at(watch, OFFICE) is None
    assert spent(watch, OFFICE, at("fri 17:00")) == 3 * HOUR
    watch = waits(watch, OFFICE, "us", at("wed 12:00"))
    assert due(watch, OFFICE) == at("fri 17:00")


def test_pausing_and_resuming_twice_changes_nothing() -> None:
    watch = first(NORMAL, "mon 09:00")
    paused = pause(watch, OFFICE, at("mon 10:00"))
    assert pause(paused, OFFICE, at("mon 12:00")) == paused
    assert resume(watch, at("mon 12:00")) == watch


def test_a_breach_stays_one_after_a_pause() -> None:
    watch = pause(first(NORMAL, "mon 09:00"), OFFICE, at("mon 15:00"))
    assert breached(watch, OFFICE, at("mon 15:00"))
    again = resume(watch, at("tue 20:00"))
    assert breached(again, OFFICE, at("tue 20:00"))
    assert due(again, OFFICE) == at("tue 20:00")


def test_another_priority_takes_what_is_spent_along() -> None:
    watch = regrade(first(NORMAL, "mon 09:00"), URGENT)
    assert watch
    assert due(watch, OFFICE) == at("mon 10:00")
    assert warn_at(watch, OFFICE) == at("mon 09:30")
    assert regrade(Watch(kind="next_response", target=HOUR, at_risk=75), URGENT) is None


def test_another_queue_counts_on_by_its_own_hours() -> None:
    night = Hours(zone="UTC", week=(((time(17), time(9)),),) * 7)
    watch = resume(pause(first(NORMAL, "mon 16:00"), OFFICE, at("mon 20:00")), at("mon 20:00"))
    assert due(watch, night) == at("mon 21:00")


def test_a_level_without_a_target_of_a_kind_has_no_watch() -> None:
    assert start(NORMAL, "next_response", at("mon 09:00")) is None


def test_a_priority_without_a_level_takes_the_next_more_urgent_one() -> None:
    levels = [NORMAL, URGENT]
    assert [level_of(levels, priority).id for priority in (1, 2, 3, 4, 5)] == [
        "urgent", "urgent", "normal", "normal", "normal",
    ]  # fmt: skip
    assert level_of([NORMAL], 1).id == "normal"


def test_a_watch_can_be_kept_in_a_dossier() -> None:
    for watch in (first(NORMAL, "mon 09:00"), pause(first(URGENT, "mon 09:00"), OFFICE, at("mon 09:20"))):
        assert msgspec.json.decode(msgspec.json.encode(watch), type=Watch) == watch
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(watch), type=Watch) == watch


def test_a_time_without_a_zone_is_refused() -> None:
    naive, watch = datetime(2026, 1, 5), first(NORMAL, "mon 09:00")  # noqa: DTZ001
    for call in (
        lambda: start(NORMAL, "resolve", naive),
        lambda: pause(watch, OFFICE, naive),
        lambda: resume(pause(watch, OFFICE, at("mon 10:00")), naive),
        lambda: spent(watch, OFFICE, naive),
        lambda: at_risk(watch, OFFICE, naive),
        lambda: breached(watch, OFFICE, naive),
    ):
        with pytest.raises(ValueError, match="without a zone"):
            call()


def test_levels_come_from_content_the_most_urgent_first(tmp_path: Path) -> None:
    levels = load(shop.write(tmp_path, shop.files())).levels
    assert [level.id for level in levels] == ["high", "normal"]
    assert levels[0] == Level(id="high", priority=2, first_response=HOUR, resolve=8 * HOUR, at_risk=75)
    assert [level.priority for level in load(shipped_folder()).levels] == [1, 2, 3, 4]
