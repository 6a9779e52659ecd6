"""What agents type in a case's thread, and the events that it makes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.casework import staff_event
from bot.channels.typed import HELD, does, edit_events, parts, staff_events
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
    ReplyEdited,
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
    assert parts(line, "!r ") == [means]


@pytest.mark.parametrize("written", ["> !r Hello Ana", "`!r Hello Ana`", "**!r Hello Ana**", ""])
def test_what_is_quoted_formatted_or_forwarded_is_not_sent(written: str) -> None:
    assert parts("!r Hello Ana", "!r ", written) == [("line", "!r Hello Ana")]


@pytest.mark.parametrize(
    ("post", "means"),
    [
        ("!r Hello\n!note CANARY", [("reply", "Hello"), ("note", "CANARY")]),
        ("!resolve solved Done\n!mark undecided CANARY", [("resolve", "solved Done"), ("mark", "undecided CANARY")]),
        ("!claim\n!r Hello,\nI'm looking", [("claim", ""), ("reply", "Hello,\nI'm looking")]),
        ("she's a pain\n!r hi", [("line", "she's a pain"), ("reply", "hi")]),
        ("!r Hello\n!note CANARY\n!R I'm looking", [("reply", "Hello\nI'm looking"), ("note", "CANARY")]),
        ("!release can't reach her", [("note", "can't reach her"), ("release", "")]),
        ("!claim anyway", [("claim", "anyway")]),
        ("!r Hello\n\n!nte CANARY", [(HELD, "!nte")]),
        ("!claim\n! note CANARY\n!r Hello", [(HELD, "! note")]),
        ("!r !note CANARY", [(HELD, "!note")]),
        ("!r Great!\nIt works, it's here!", [("reply", "Great!\nIt works, it's here!")]),
        ("!note she said\n!important", [("note", "she said\n!important")]),
    ],
)
def test_a_post_is_as_many_commands_as_begin_its_lines(post: str, means: list[tuple[str, str]]) -> None:
    assert parts(post, "!r ") == means


@pytest.mark.parametrize(
    "written", ["!r Look:\n> !note CANARY", "!r Look:\n```\n!note CANARY\n```", "!r Look:\n`!note CANARY`"]
)
def test_a_command_in_a_quotation_is_not_obeyed_and_not_sent(written: str) -> None:
    assert parts("!r Look:\n!note CANARY", "!r ", written) == [(HELD, "!note")]


def test_files_go_with_what_is_said_first() -> None:
    file = File(at="local:a.jpg", name="a.jpg")
    common: dict[str, Any] = {"key": "k", "customer": "c", "at": AT, "agent": "dana", "case": 1}
    reply, note = staff_events(parts("!r Hello\n!note CANARY", "!r"), files=[file], **common)
    assert isinstance(reply, AgentReplied)
    assert isinstance(note, NoteAdded)
    assert (reply.key, note.key) == ("k", "k/1")
    assert (reply.files, note.files) == ((file,), ())


@pytest.mark.parametrize(
    ("did", "post", "live", "events"),
    [
        ("reply", "!r Hello you\n!note CANARY", False, ["ReplyEdited"]),
        ("reply", "!r Hello\n!nte CANARY", False, ["ActMistyped"]),
        ("line", "Hello\n!nte CANARY", True, ["ActMistyped"]),
        ("line", "Hello\n!note CANARY", True, ["ReplyEdited"]),
        (HELD, "!r Hello\n!note CANARY", False, ["ReplyDeleted", "AgentReplied"]),
        ("reply", "CANARY", False, ["ReplyDeleted", "NoteAdded"]),
        ("reply", "!note CANARY", False, ["ReplyDeleted"]),
        ("note", "!note CANARY\n!assign lee", False, []),
    ],
)
def test_an_edit_changes_the_customers_copy_alone(did: str, post: str, live: bool, events: list[str]) -> None:
    common: dict[str, Any] = {"key": "k", "customer": "c", "at": AT, "agent": "dana", "case": 1}
    came = edit_events(did, does(post, "!r "), live=live, **common)
    assert [type(each).__name__ for each in came] == events
    assert not any("CANARY" in each.text for each in came if isinstance(each, ReplyEdited | AgentReplied))


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
