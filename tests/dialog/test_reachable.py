"""When somebody can be reached, as they say it: which words are a time, whether anybody is in then, and the nearest."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.content import load, shipped_folder
from bot.dialog.values.times import window

CATALOG = load(shipped_folder())
MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def read(text: str, *, strict: bool = False) -> dict[str, Any] | None:
    hours = CATALOG.queues["care"].hours
    found = window(text, CATALOG.answers, hours, MONDAY, "en_GB", strict=strict)
    return found.values[0] if found else None


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow afternoon",
        "after 5",
        "after five",
        "not before 4",
        "in the morning",
        "any time but Friday",
        "not on Friday",
        "10-12",
        "between two and four",
        "from 10 to 2 on Thursday",
        "Tuesday or Wednesday morning",
        "whenever suits you",
        "As soon as possible",
        "later today",
    ],
)
def test_a_time_at_which_people_are_in_is_taken_as_it_was_said(text: str) -> None:
    found = read(text)
    assert found
    assert (found["name"], found["open"]) == (text, True)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("sunday at 8pm", "Monday 12 January, 09:00–10:00"),
        ("tomorrow evening", "Tuesday 6 January, 16:30–17:30"),
        ("8 in the evening", "Monday 5 January, 16:30–17:30"),
        ("Tuesday at 8 in the morning", "Tuesday 6 January, 09:00–10:00"),
        ("today at 9", "Monday 5 January, 10:00–11:00"),
        ("yesterday", "Monday 5 January, 10:00–11:00"),
    ],
)
def test_outside_hours_and_past_the_nearest_open_hour_is_known(text: str, nearest: str) -> None:
    found = read(text)
    assert found
    assert (found["open"], found["nearest"]) == (False, nearest)
    again = read(nearest)
    assert again
    assert again["open"]


@pytest.mark.parametrize("text", ["banana", "7", "12345", "my lamp is broken", "never", ""])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("can you call me back tomorrow afternoon", "tomorrow afternoon"),
        ("ring me after 5 please", "after 5"),
        ("call me whenever you like", None),
        ("call me, the lamp of yesterday is broken", None),
    ],
)
def test_by_the_way_only_the_words_of_a_time_to_come_are_taken(text: str, name: str | None) -> None:
    found = read(text, strict=True)
    assert (found and found["name"]) == name
