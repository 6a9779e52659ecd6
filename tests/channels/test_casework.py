"""What agents type in a case's thread, and the events that it makes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.casework import staff_event, typed
from bot.dialog.events import (
    ActMistyped,
    AgentReplied,
    CaseAssigned,
    CaseDecided,
    CaseSnoozed,
    CaseTransferred,
    Event,
    LiveSwitched,
    NoteAdded,
    TaskDone,
)  # fmt: skip
from bot.dialog.files import File

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("!r Hello Ana", ("reply", "Hello Ana")),
        ("!R\nHello", ("reply", "Hello")),
        ("  !r", ("reply", "")),
        ("!refund is due", ("line", "!refund is due")),
        ("she is a fraud", ("line", "she is a fraud")),
        ("r Hello", ("line", "r Hello")),
        ("!assign dana she knows", ("assign", "dana she knows")),
        ("!Resolve: all done", ("resolve", "all done")),
        ("!claim", ("claim", "")),
        ("!claims are hard", ("line", "!claims are hard")),
    ],
)
def test_a_line_is_sent_only_when_it_says_so(line: str, means: tuple[str, str]) -> None:
    assert typed(line, "!r ") == means


@pytest.mark.parametrize("written", ["> !r Hello Ana", "`!r Hello Ana`", "**!r Hello Ana**", ""])
def test_what_is_quoted_formatted_or_forwarded_is_not_sent(written: str) -> None:
    assert typed("!r Hello Ana", "!r ", written) == ("line", "!r Hello Ana")


def event(do: str, text: str = "", **more: Any) -> Event:
    return staff_event(do, text, key="k", customer="c", at=AT, agent="dana", case=1, **more)


def test_the_first_word_says_with_whom_where_or_how_long() -> None:
    assign, transfer, snooze = (
        event("assign", "lee: knows it"),
        event("transfer", "billing: why"),
        event("snooze", "2h"),
    )
    assert isinstance(assign, CaseAssigned)
    assert (assign.to, assign.text) == ("lee", "knows it")
    assert isinstance(transfer, CaseTransferred)
    assert (transfer.queue, transfer.text) == ("billing", "why")
    assert isinstance(snooze, CaseSnoozed)
    assert snooze.until == AT + timedelta(hours=2)
    later = event("snooze", " until friday ")
    assert isinstance(later, CaseSnoozed)
    assert (later.until, later.text) == (None, "until friday")
    assert isinstance(event("done", "2 yes"), TaskDone)
    assert isinstance(event("live", "on"), LiveSwitched)
    assert isinstance(event("decline"), CaseDecided)


@pytest.mark.parametrize(
    ("text", "reason", "note"),
    [
        ("billing refund is overdue | tried the bank already", "refund is overdue", "tried the bank already"),
        ("billing: refund is overdue|", "refund is overdue", ""),
        ("billing | the bank says no", "the bank says no", ""),
    ],
)
def test_a_note_for_the_next_owner_stands_apart_from_the_reason_of_a_transfer(
    text: str, reason: str, note: str
) -> None:
    made = event("transfer", text)
    assert isinstance(made, CaseTransferred)
    assert (made.queue, made.text, made.note) == ("billing", reason, note)


@pytest.mark.parametrize(
    ("do", "text"),
    [
        ("reply", " "),
        ("workaround", " "),
        ("assign", ""),
        ("transfer", "billing"),
        ("share", ""),
        ("task", "billing"),
        ("done", " "),
        ("snooze", " "),
        ("live", "yes"),
    ],
)
def test_what_is_left_out_makes_nothing_happen(do: str, text: str) -> None:
    assert isinstance(event(do, text), ActMistyped)


def test_files_alone_are_a_reply_and_a_bare_line_is_a_note() -> None:
    assert isinstance(event("reply", "", files=(File(at="x:1", name="a"),)), AgentReplied)
    note = event("line", "she is upset")
    assert isinstance(note, NoteAdded)
    assert note.bare
