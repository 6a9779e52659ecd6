"""Times that people promise, and those that they only mention."""

from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis.strategies import datetimes, just, sampled_from

from bot.content import load, shipped_folder
from bot.desk.hours import Hours
from bot.desk.promises import promised
from bot.desk.wordings import Patterns
from bot.dialog.catalog import Catalog

LONDON = ZoneInfo("Europe/London")
SAID = yaml.load((Path(__file__).parent / "said.yaml").read_text("utf-8"), yaml.BaseLoader)  # all values as text
DEALINGS = yaml.load((Path(__file__).parent / "dealings.yaml").read_text("utf-8"), yaml.BaseLoader)
NOW = "2026-12-02 10:00"  # a Wednesday


@cache
def shop() -> Catalog:
    return load(shipped_folder())


def hours() -> Hours:
    return shop().queues["care"].hours


def english() -> Patterns:
    return shop().promises


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def read(sentence: dict[str, str]) -> tuple[str, str]:
    """Return the promised time, in London, and its words; "none" for none."""
    found = promised(sentence["text"], english(), hours(), london(sentence.get("at", NOW)))
    return (f"{found.at.astimezone(LONDON):%Y-%m-%d %H:%M}", found.words) if found else ("none", "")


def cases(group: str) -> list[Any]:
    return [pytest.param(each, id=each["text"][:60]) for each in SAID[group]]


@pytest.mark.parametrize("sentence", [*cases("first"), *cases("beside"), *cases("passing"), *cases("parts")])
def test_a_promise_is_told_from_a_time_that_is_none(sentence: dict[str, str]) -> None:
    assert read(sentence) == (sentence["is"], sentence.get("words", ""))


@pytest.mark.parametrize("sentence", [*cases("later"), *cases("last")])
def test_sentences_that_the_patterns_had_not_seen(sentence: dict[str, str]) -> None:
    assert read(sentence)[0] == sentence.get("known", sentence["is"])


def test_there_are_enough_sentences_of_both_kinds() -> None:
    first = [each["is"] for each in SAID["first"]]
    assert len(first) >= 60
    assert first.count("none") * 2 >= len(first)
    assert sum("known" in each for group in SAID.values() for each in group) <= 2


# --- who takes what on ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sentence", [pytest.param(each, id=each["text"][:60]) for each in DEALINGS["ours"]])
def test_what_we_take_on_is_promised(sentence: dict[str, str]) -> None:
    assert sentence["is"] == read(sentence)[0]


@pytest.mark.parametrize("text", DEALINGS["theirs"])
def test_what_others_do_or_what_hangs_on_a_condition_is_not_promised(text: str) -> None:
    assert read({"text": text}) == ("none", "")


def test_sentences_that_were_kept_apart_are_told_nearly_as_well() -> None:
    missed = [each["text"] for each in DEALINGS["apart_ours"] if read(each)[0] != each["is"]]
    false = [text for text in DEALINGS["apart_theirs"] if read({"text": text})[0] != "none"]
    assert len(missed) <= 4, missed
    assert not false


def test_there_are_enough_sentences_about_who_takes_what_on() -> None:
    assert all(len(DEALINGS[kind]) + len(DEALINGS[f"apart_{kind}"]) >= 60 for kind in ("ours", "theirs"))
    assert [len(DEALINGS["apart_ours"]), len(DEALINGS["apart_theirs"])] == [20, 20]


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "now", "at"),
    [
        # a time that has passed today is tomorrow's; without am or pm, the one in opening hours is meant
        ("by 3pm", "2026-12-02 16:00", "2026-12-03 15:00"),
        ("by 3", "2026-12-02 10:00", "2026-12-02 15:00"),
        ("by 11", "2026-12-02 10:00", "2026-12-02 11:00"),
        ("by 10", "2026-12-02 16:00", "2026-12-02 22:00"),  # nobody is here at either; the next one
        ("by 10 tomorrow", "2026-12-02 16:00", "2026-12-03 10:00"),
        ("by 12pm", "2026-12-02 10:00", "2026-12-02 12:00"),
        ("by 12am", "2026-12-02 10:00", "2026-12-03 00:00"),
        ("by midnight", "2026-12-02 10:00", "2026-12-03 00:00"),
        # the end of a day is its last closing; after it, midnight
        ("by end of day", "2026-12-02 19:00", "2026-12-03 00:00"),
        ("by end of day", "2026-12-05 09:00", "2026-12-05 14:00"),
        ("today", "2026-12-06 10:00", "2026-12-07 00:00"),  # a Sunday
        ("tomorrow", "2026-12-05 10:00", "2026-12-07 00:00"),
        ("tomorrow morning", "2026-12-05 10:00", "2026-12-06 12:00"),
        # days
        ("on the next business day", "2026-12-24 10:00", "2026-12-29 17:30"),  # Christmas and Boxing Day
        ("within 2 business days", "2026-12-24 10:00", "2026-12-30 17:30"),
        ("by Wednesday", "2026-12-02 10:00", "2026-12-02 17:30"),
        ("by Wednesday", "2026-12-02 18:00", "2026-12-09 17:30"),
        ("on Wednesday at 9am", "2026-12-02 10:00", "2026-12-09 09:00"),
        ("next Friday", "2026-12-02 10:00", "2026-12-11 17:30"),
        ("before Friday", "2026-12-02 10:00", "2026-12-04 00:00"),
        ("by the end of next week", "2026-12-02 10:00", "2026-12-12 14:00"),
        ("by the day after tomorrow", "2026-12-02 10:00", "2026-12-04 17:30"),
        ("by the 1st", "2026-12-02 10:00", "2027-01-02 00:00"),  # closed on New Year's Day
        ("on 5/12", "2026-12-02 10:00", "2026-12-05 14:00"),
        ("on 2026-12-09", "2026-12-02 10:00", "2026-12-09 17:30"),
        ("on 3 January", "2026-12-02 10:00", "2027-01-04 00:00"),
        ("on 5 December", "2026-12-12 10:00", "none"),
        ("on 31 February", "2026-12-02 10:00", "none"),
        ("on 5 December 2025", "2026-12-02 10:00", "none"),
        # a date with its weekday is that date, whatever the weekday says
        ("by Friday 16 January", "2026-01-05 11:00", "2026-01-16 17:30"),
        ("by Thursday 16 January", "2026-01-05 11:00", "2026-01-16 17:30"),
        ("by Friday the 16th", "2026-01-05 11:00", "2026-01-16 17:30"),
        ("on Monday 12th January at 10", "2026-01-05 11:00", "2026-01-12 10:00"),
        ("on Tue 6/1", "2026-01-05 11:00", "2026-01-06 17:30"),
        ("on Friday next week", "2026-01-05 11:00", "2026-01-16 17:30"),
        ("by Friday of next week", "2026-01-05 11:00", "2026-01-16 17:30"),
        ("on Thursday week", "2026-01-09 11:00", "2026-01-22 17:30"),
        ("a week on Tuesday", "2026-01-05 11:00", "2026-01-13 17:30"),
        ("early next week", "2026-01-05 11:00", "2026-01-13 17:30"),
        ("first thing Monday", "2026-01-07 11:00", "2026-01-12 10:00"),
        ("by the end of the week", "2026-01-05 11:00", "2026-01-10 14:00"),
        ("on the 3rd", "2026-01-05 11:00", "2026-02-03 17:30"),
        ("in the course of the day", "2026-01-05 11:00", "2026-01-05 17:30"),
        # today's weekday at a time that has passed is the next one's; where we are closed, the usual hours tell
        ("on Monday at 10", "2026-01-05 11:00", "2026-01-12 10:00"),
        ("on Monday at 4", "2026-01-05 11:00", "2026-01-05 16:00"),
        ("on Monday at 10pm", "2026-01-05 11:00", "2026-01-05 22:00"),
        ("today at 10", "2026-01-05 11:00", "2026-01-05 22:00"),
        ("on Sunday at 3", "2026-01-05 11:00", "2026-01-11 15:00"),
        ("tomorrow evening", "2026-01-05 11:00", "2026-01-06 21:00"),
        ("by lunch", "2026-01-05 11:00", "2026-01-05 14:00"),
        ("by 17:30", "2026-01-05 11:00", "2026-01-05 17:30"),
        # of two times, the later
        ("on Monday or Tuesday", "2026-01-07 11:00", "2026-01-13 17:30"),
        ("on Friday or Monday", "2026-01-05 11:00", "2026-01-12 17:30"),
        ("today or tomorrow", "2026-01-05 11:00", "2026-01-06 17:30"),
        ("between Tuesday and Thursday", "2026-01-05 11:00", "2026-01-08 17:30"),
        ("between 2 and 4", "2026-01-05 11:00", "2026-01-05 16:00"),
        ("between 2:30 and 4 tomorrow", "2026-01-05 11:00", "2026-01-06 16:00"),
        ("at 3 or 4", "2026-01-05 11:00", "2026-01-05 16:00"),
        ("at 3-4pm", "2026-01-05 11:00", "2026-01-05 16:00"),
        ("at 2pm or 3pm", "2026-01-05 11:00", "2026-01-05 15:00"),
        ("by ten to 2", "2026-01-05 11:00", "2026-01-05 13:50"),
        ("in 2-3 days", "2026-01-05 11:00", "2026-01-08 11:00"),
        ("in an hour or two", "2026-01-05 11:00", "2026-01-05 13:00"),
        ("within the next hour or two", "2026-01-05 11:00", "2026-01-05 13:00"),
        ("in a day or two", "2026-01-05 11:00", "2026-01-07 11:00"),
        # around a change of clocks: at 01:00 on 29 March 2026 they jump to 02:00
        ("within 2 hours", "2026-03-29 00:30", "2026-03-29 03:30"),
        ("within 24 hours", "2026-03-28 12:00", "2026-03-29 13:00"),
        ("within 1 day", "2026-03-28 12:00", "2026-03-29 12:00"),
        ("by 1:30am", "2026-03-29 00:30", "2026-03-29 02:00"),
        # numbers
        ("in a quarter of an hour", "2026-12-02 10:00", "2026-12-02 10:15"),
        ("in one and a half hours", "2026-12-02 10:00", "2026-12-02 11:30"),
        ("within 1 to 2 hours", "2026-12-02 10:00", "2026-12-02 12:00"),
        ("within two or three days", "2026-12-02 10:00", "2026-12-05 10:00"),
        ("in 30min", "2026-12-02 10:00", "2026-12-02 10:30"),
    ],
)
def test_what_a_time_means(said: str, now: str, at: str) -> None:
    assert read({"text": f"I'll call you {said}.", "at": now})[0] == at


_DAYS = ("Monday", "Sunday", "tomorrow", "today", "Friday 13 February", "the 31st", "next week", "Tuesday week")
_TIMES = ("", "at 10", "at 3 or 4", "by noon", "at midnight", "between 2 and 4", "morning", "at 11.45pm", "by EOD")
_SPANS = ("within the hour", "in an hour or two", "in 2-3 days", "next business day", "by the weekend", "tonight")


@given(
    now=datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=just(LONDON)),  # noqa: DTZ001
    said=sampled_from((*_SPANS, *(f"{day} {time}" for day in _DAYS for time in _TIMES))),
    other=sampled_from(("", "or Monday", "or tomorrow")),
)
def test_a_time_that_is_read_is_never_in_the_past(now: datetime, said: str, other: str) -> None:
    found = promised(f"I'll call you {said} {other}", english(), hours(), now)
    assert found is None or found.at > now


def test_a_day_that_ends_in_the_night_lasts_until_then() -> None:
    night = Hours(zone="Europe/London", week=(((time(18), time(2)),),) * 7)
    for now, at in (("2026-12-02 19:00", "2026-12-03 02:00"), ("2026-12-03 01:00", "2026-12-03 02:00")):
        found = promised("You'll hear from us by end of day.", english(), night, london(now))
        assert found
        assert found.at == london(at)


def test_the_soonest_of_several_promises_counts() -> None:
    text = "We'll refund you by Friday. I'll write to you in 20 minutes, and call you tomorrow."
    assert read({"text": text}) == ("2026-12-02 10:20", "in 20 minutes")


def test_markup_apostrophes_and_capitals_do_not_matter() -> None:
    for text in ("I’LL CALL *BY 3PM*", "i'll call _by 3pm_!", "I'll  call\tby   3pm…", "**I'll call by 3pm**"):
        assert read({"text": text})[0] == "2026-12-02 15:00", text


def test_the_words_are_those_that_were_written() -> None:
    assert read({"text": "Sorry for that 😔 İ’m late. I’ll write *By  3PM*, Ana"})[1] == "By  3PM"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        promised("I'll call you.", english(), hours(), datetime(2026, 12, 2, 10))  # noqa: DTZ001


def test_long_and_hostile_texts_take_no_time() -> None:
    began = datetime.now(UTC)
    for text in ("I'll " * 800, "by 1 " * 800, "within a " * 400, "tomorrow, " * 400, "1 to " * 800, "9" * 4000):
        promised(text, english(), hours(), london(NOW))
    assert (datetime.now(UTC) - began).total_seconds() < 5


# --- another language -------------------------------------------------------------------------------------------------

GERMAN = """
promises:
  commitments: [ich werde, wir werden, ich melde mich, melde ich mich, Sie hören, hören Sie, ich rufe]
  breaks: [ob, wenn, warum, nicht, kann]
  joins: [und, aber]
  vague: [in einer Minute]
  not_after: [seit, vom, letzten]
  not_before: [nach]
  spans: ["innerhalb von {n} {unit}", "in {n} {unit}", "innerhalb der nächsten {unit}"]
  numbers: {"0.5": [einer halben], "1": [einer, einem], "2": [zwei], "3": [drei]}
  ranges: [bis]
  units:
    minute: [Minuten, Minute]
    hour: [Stunden, Stunde]
    day: [Tagen, Tag]
    business_day: [Werktagen, Werktag]
    week: [Wochen, Woche]
  clock_leads: [bis, um]
  times: ["{h}:{min} Uhr", "{h} Uhr", "{h}:{min}"]
  halves: {am: [], pm: []}
  named_times: {"12:00": [mittags]}
  parts: [{until: "12:00", words: [früh, Vormittag], alone: [heute Vormittag]}]
  day_leads: [bis, am, bis zum]
  day_before: [vor]
  ends: [Feierabend, Ende des Tages]
  days:
    today: [heute]
    tomorrow: [morgen]
    day_after_tomorrow: [übermorgen]
    next_business_day: [nächsten Werktag]
    this_week: [Ende der Woche]
    next_week: [nächste Woche]
    weekday: ["{weekday}"]
    next_weekday: ["nächsten {weekday}"]
    date: ["{d}. {month}", "{d}.{mm}."]
  ordinals: []
  weekdays: [[Montag], [Dienstag], [Mittwoch], [Donnerstag], [Freitag], [Samstag], [Sonntag]]
  months:
    [[Januar], [Februar], [März], [April], [Mai], [Juni],
    [Juli], [August], [September], [Oktober], [November], [Dezember]]
"""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Ich melde mich innerhalb von 30 Minuten.", "2026-12-02 10:30"),
        ("In zwei Stunden melde ich mich.", "2026-12-02 12:00"),
        ("Sie hören bis 15 Uhr von mir.", "2026-12-02 15:00"),
        ("Ich werde es Ihnen bis morgen früh sagen", "2026-12-03 12:00"),
        ("Wir werden das bis Freitag um 11:30 Uhr klären.", "2026-12-04 11:30"),
        ("Ich rufe Sie am 5. Dezember an.", "2026-12-05 14:00"),
        ("Ich rufe Sie am 7.12. an.", "2026-12-07 17:30"),
        ("Ich rufe Sie bis Feierabend an.", "2026-12-02 17:30"),
        ("Ich rufe Sie in einer halben Stunde an.", "2026-12-02 10:30"),
        ("Ich kann es nicht bis Freitag.", "none"),
        ("Das Paket kam innerhalb von zwei Tagen.", "none"),
        ("Ich werde sehen, ob es bis Freitag kam.", "none"),
    ],
)
def test_another_language_is_another_file(text: str, at: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = promised(text, german(tmp_path_factory), hours(), london(NOW))
    assert (f"{found.at.astimezone(LONDON):%Y-%m-%d %H:%M}" if found else "none") == at


_german: list[Patterns] = []


def german(folders: pytest.TempPathFactory) -> Patterns:
    if not _german:
        folder = folders.mktemp("german")
        (folder / "handoff").mkdir()
        (folder / "handoff" / "promises.yaml").write_text(GERMAN, "utf-8")
        _german.append(load(folder).promises)
    return _german[0]
