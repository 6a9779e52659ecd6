"""Opening hours, case by case; the model that looks at every minute is in test_minutes.py."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.content import load, shipped_folder
from bot.desk.hours import Hours, after, by, closing, end_of_day, instant, is_open, next_open, worked
from tests.content import shop

LONDON = ZoneInfo("Europe/London")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def london(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def every_day(*openings: str, zone: str = "Europe/London") -> Hours:
    spans = tuple(
        (time.fromisoformat(span[:5]), time.fromisoformat(span[6:].replace("24:00", "00:00"))) for span in openings
    )
    return Hours(zone=zone, week=(spans,) * 7)


OFFICE = every_day("09:00-12:30", "13:30-17:30")
BAR = every_day("18:00-02:00")
ALWAYS = every_day("00:00-24:00")
NEVER = Hours(zone="UTC", week=((),) * 7)


def test_split_shifts_pause_at_noon() -> None:
    noon = london("2026-06-01 12:30")
    assert is_open(OFFICE, noon - MINUTE)
    assert not is_open(OFFICE, noon)
    assert next_open(OFFICE, noon) == london("2026-06-01 13:30")
    assert after(OFFICE, london("2026-06-01 12:00"), HOUR) == london("2026-06-01 14:00")
    assert worked(OFFICE, london("2026-06-01 12:00"), london("2026-06-01 14:00")) == HOUR


def test_a_blink_after_opening_a_days_work_is_told_for_its_closing_and_not_for_the_next_morning() -> None:
    opened, day = london("2026-06-01 09:00"), timedelta(hours=7, minutes=30)
    assert by(OFFICE, opened + timedelta(microseconds=3), day) == london("2026-06-01 17:30")
    assert by(OFFICE, opened + timedelta(seconds=59), day) == london("2026-06-01 17:30")
    assert by(OFFICE, opened + MINUTE, day) == london("2026-06-02 09:01")
    assert by(OFFICE, london("2026-06-01 10:00:40"), MINUTE) == london("2026-06-01 10:01")


def test_an_opening_past_midnight_belongs_to_the_day_it_begins_on() -> None:
    christmas = Hours(zone=BAR.zone, week=BAR.week, closed=frozenset({date(2026, 12, 25)}))
    assert is_open(christmas, london("2026-12-25 01:59"))
    assert not is_open(christmas, london("2026-12-25 18:00"))
    assert not is_open(christmas, london("2026-12-26 01:00"))
    assert after(christmas, london("2026-12-25 01:00"), 2 * HOUR) == london("2026-12-26 19:00")


def test_a_date_with_hours_of_its_own_has_those_even_on_a_day_off() -> None:
    day = date(2026, 12, 25)
    hours = Hours(zone="Europe/London", week=OFFICE.week, closed=frozenset({day}), open={day: ((time(10), time(11)),)})
    assert next_open(hours, london("2026-12-25 00:00")) == london("2026-12-25 10:00")
    assert next_open(hours, london("2026-12-25 11:00")) == london("2026-12-26 09:00")
    assert not is_open(Hours(zone="Europe/London", week=OFFICE.week, open={day: ()}), london("2026-12-25 10:00"))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_with_a_change_of_clocks_has_its_true_length(day: str, hours: int) -> None:
    begins = london(day)
    ends = london(f"{begins.date() + timedelta(days=1)}")
    assert worked(ALWAYS, begins, ends) == hours * HOUR
    assert after(ALWAYS, begins, hours * HOUR) == ends


def test_a_time_that_the_clock_skips_is_the_moment_of_the_jump() -> None:
    hours = every_day("01:30-03:00")
    assert instant(date(2026, 3, 29), time(1, 30), "Europe/London") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert next_open(hours, datetime(2026, 3, 29, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert worked(hours, london("2026-03-29 00:00"), london("2026-03-29 12:00")) == HOUR
    assert worked(every_day("01:15-01:45"), london("2026-03-29 00:00"), london("2026-03-29 12:00")) == timedelta()


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    assert instant(date(2026, 10, 25), time(1, 30), "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    hours = every_day("00:00-01:30")
    assert worked(hours, london("2026-10-25 00:00"), london("2026-10-25 12:00")) == 1.5 * HOUR
    assert not is_open(hours, london("2026-10-25 01:10", fold=1))


def test_a_day_that_a_place_skipped_has_no_opening() -> None:
    apia = every_day("09:00-17:00", zone="Pacific/Apia")
    eve = datetime(2011, 12, 29, 17, tzinfo=ZoneInfo("Pacific/Apia"))
    assert next_open(apia, eve) == datetime(2011, 12, 31, 9, tzinfo=ZoneInfo("Pacific/Apia"))


def test_answers_come_in_the_zone_of_the_question_and_are_reckoned_in_utc() -> None:
    at = london("2026-03-28 17:00")
    found = after(ALWAYS, at, 24 * HOUR)
    assert found.tzinfo is LONDON
    assert found.isoformat() == "2026-03-29T18:00:00+01:00"
    assert worked(ALWAYS, at, london("2026-03-29 17:00")) == 23 * HOUR


def test_hours_that_never_open_count_as_always_open_for_targets_and_never_as_open() -> None:
    at = london("2026-06-01 10:00")
    assert after(NEVER, at, HOUR) == at + HOUR
    assert next_open(NEVER, at) == at
    assert not is_open(NEVER, at)
    assert worked(NEVER, at, at + 100 * HOUR) == timedelta()


def test_no_work_takes_no_time_and_time_does_not_run_backwards() -> None:
    night = london("2026-06-01 03:00")
    assert after(OFFICE, night, timedelta()) == night
    assert after(OFFICE, night, -HOUR) == night
    assert worked(OFFICE, night, night - 100 * HOUR) == timedelta()


def test_much_work_takes_years() -> None:
    seldom = Hours(zone="UTC", week=(((time(9), time(10)),), *((),) * 6))
    assert after(seldom, datetime(2026, 1, 5, 9, tzinfo=UTC), 105 * HOUR) == datetime(2028, 1, 3, 10, tzinfo=UTC)


def test_the_end_of_a_day_is_its_last_closing() -> None:
    assert end_of_day(OFFICE, london("2026-06-01 12:45")) == london("2026-06-01 17:30")
    assert end_of_day(OFFICE, london("2026-06-01 17:30")) == london("2026-06-02 00:00")
    assert end_of_day(BAR, london("2026-06-02 01:00")) == london("2026-06-02 02:00")
    assert end_of_day(BAR, london("2026-06-02 03:00")) == london("2026-06-03 02:00")
    assert closing(NEVER, date(2026, 6, 1)) == datetime(2026, 6, 2, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    naive, aware = datetime(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC)  # noqa: DTZ001
    for call in (
        lambda: is_open(OFFICE, naive),
        lambda: next_open(OFFICE, naive),
        lambda: after(OFFICE, naive, HOUR),
        lambda: worked(OFFICE, naive, aware),
        lambda: worked(OFFICE, aware, naive),
        lambda: end_of_day(OFFICE, naive),
    ):
        with pytest.raises(ValueError, match="without a zone"):
            call()


# --- from content -----------------------------------------------------------------------------------------------------


def test_the_demo_shop_keeps_the_bank_holidays_of_england() -> None:
    hours = load(shipped_folder()).queues["care"].hours
    off = {day for day in hours.closed if day.year in (2026, 2027)}
    assert sorted(f"{day:%m-%d}" for day in off if day.year == 2026) == [
        "01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-26", "12-28",
    ]  # fmt: skip
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= off
    assert max(hours.closed).year >= datetime.now(UTC).year + 10


@pytest.mark.parametrize(
    ("region", "off", "on"),
    [
        ("GB-SCT", "2026-11-30", "2026-04-06"),  # St Andrew's Day, and no Easter Monday
        ("US-CA", "2026-03-31", "2026-12-28"),  # Cesar Chavez Day
        ("DE-BY", "2026-01-06", "2026-10-31"),
        ("DE", "2026-10-03", "2026-01-06"),
        ("IN", "2026-01-26", "2026-12-28"),  # not known for all years to come, which must not warn
    ],
)
def test_holidays_are_those_of_the_region(tmp_path: Path, region: str, off: str, on: str) -> None:
    files = shop.files()
    zone = "    zone: Europe/London\n"
    files["handoff/team.yaml"] = shop.HANDOFF.replace(zone, f"{zone}    holidays: {region}\n    closed: [2026-08-14]\n")
    closed = load(shop.write(tmp_path, files)).queues["care"].hours.closed
    assert date.fromisoformat(off) in closed
    assert date.fromisoformat(on) not in closed
    assert date(2026, 8, 14) in closed


def test_spans_of_content_may_end_on_the_next_day(tmp_path: Path) -> None:
    files = shop.files()
    files["handoff/team.yaml"] = shop.HANDOFF.replace('mon: ["09:00-17:00"]', 'mon: ["08:00-12:00", "18:00-02:00"]')
    hours = load(shop.write(tmp_path, files)).queues["care"].hours
    assert hours.week[0] == ((time(8), time(12)), (time(18), time(2)))
    assert is_open(hours, london("2026-06-02 01:59"))
    assert not is_open(hours, london("2026-06-02 02:00"))
