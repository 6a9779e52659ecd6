"""The comparison itself: what differs is told, and only what the platforms' nature asks for is overlooked."""

from typing import Any

import pytest

from bot.rehearsal import Line
from tests.contract.alike import different


def _said(text: str, *labels: str, **more: Any) -> Line:
    line: Line = {"to": "customer", "who": "ana", "text": text, "choices": [{"label": label} for label in labels]}
    return line | more


def _note(text: str, **more: Any) -> Line:
    return {"to": "staff", "who": "care", "case": 1, "kind": "note", "author": "Dana", "text": text, **more}


def _card(**more: Any) -> Line:
    case: Line = {
        "name": "Ana",
        "subject": "a kettle",
        "reason": "Asked for a person",
        "status": "waiting",
        "decision": "",
    }
    case |= {"facts": {"order": "12345"}, "promise": "2026-01-05T12:00:00+00:00"}
    line: Line = {"to": "staff", "who": "care", "case": 1, "kind": "card", "new": True, "card": case, "choices": []}
    return line | {"text": "", "sent": ""} | more


DRAWN = "Case 1 of Ana: a kettle (Asked for a person), waiting. order 12345"
STAMP = "<t:1767614400:R>"


@pytest.mark.parametrize(
    ("expected", "heard"),
    [
        ([_said("Hello")], [_said("Hello!")]),
        ([_said("Hello")], []),
        ([_said("Hello")], [_said("Hello"), _said("Hello")]),
        ([_said("One"), _said("Two")], [_said("Two"), _said("One")]),
        ([_said("Hello", "Yes", "No")], [_said("Hello", "No", "Yes")]),
        ([_said("Hello")], [_said("Hello", who="ben")]),
        ([_said("Go (https://a.example)")], [_said("Go", sent="<https://b.example|Go>")]),
        ([_said("Hi", form={"fields": [{"label": "Why?"}]})], [_said("Hi")]),
        ([_note("odd")], [_note("odd", kind="alert")]),
        ([_note("odd")], [_note("odd", who="returns")]),
        ([], [_note("odd")]),
        ([_card()], []),
        ([], [_card(text=DRAWN, sent=STAMP)]),
        ([_card()], [_card(text=DRAWN.replace("12345", ""), sent=STAMP)]),
        ([_card()], [_card(text=DRAWN)]),
        ([_card()], [_card(text=DRAWN, sent=STAMP, new=False)]),
        ([_card()], [_card(text=DRAWN, sent=STAMP, choices=[{"label": "Claim"}])]),
    ],
)
def test_what_differs_is_told(expected: list[Line], heard: list[Line]) -> None:
    assert different(expected, heard) != ""


@pytest.mark.parametrize(
    ("expected", "heard"),
    [
        ([_said("One"), _note("odd"), _said("Two")], [_note("odd"), _said("One"), _said("Two")]),
        ([_said("Hello", author="Dana")], [_said("Dana: Hello", author="")]),
        ([_said("- one\n- two")], [_said("• one\n• two")]),
        ([_said("Go (https://a.example)")], [_said("Go", sent="[Go](<https://a.example>)")]),
        ([_note("odd")], [_note("🔒 Dana: odd", kind="", author="")]),
        ([], [_note("refused", typed=True)]),
        ([_card(new=True), _card(new=False)], [_card(text=DRAWN, sent=STAMP)]),
    ],
)
def test_what_platforms_do_by_nature_is_overlooked(expected: list[Line], heard: list[Line]) -> None:
    assert different(expected, heard) == ""
