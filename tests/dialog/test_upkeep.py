"""Answers that nobody has checked for too long, and answers that are drafts."""

import dataclasses
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from bot.dialog.catalog import Catalog
from bot.dialog.upkeep import stale
from tests.dialog.talk import DM, Talk

LISTED = "due for a check"


@pytest.fixture
def catalog(shipped: Catalog) -> Catalog:
    """A shop with one answer that wants a check from 8 January on, and one that nobody has ever checked."""
    late = replace(shipped.entries["delivery_period"], verified=date(2025, 12, 9), review_every=timedelta(days=30))
    never = replace(shipped.entries["payment_methods"], verified=None, review_every=timedelta(days=30))
    entries = {**shipped.entries, late.id: late, never.id: never}
    return dataclasses.replace(shipped, entries=entries, review_from=date(2026, 1, 8))


def lists(talk: Talk) -> list[str]:
    return [line for line in talk.told if LISTED in line]


def test_staff_read_once_a_week_what_is_due(catalog: Catalog) -> None:
    talk, listed = Talk(catalog), []
    for _ in range(12):  # from 5 to 16 January
        talk.says("hello", DM)
        listed += [(talk.at.day, line) for line in lists(talk)]
        talk.at += timedelta(days=1)
    assert [day for day, _ in listed] == [8, 15]
    assert "How long delivery takes (faqs/delivery.yaml" in listed[0][1]
    assert "Dana: last checked on 9 December 2025" in listed[0][1]
    assert "never checked" in listed[0][1]


def test_nothing_is_listed_where_nothing_is_due(shipped: Catalog) -> None:
    talk = Talk(dataclasses.replace(shipped, review_from=None))
    talk.says("hello", DM)
    assert lists(talk) == []


def test_what_was_never_checked_comes_first_and_drafts_never(catalog: Catalog) -> None:
    draft = replace(catalog.entries["delivery_period"], id="draft", visibility="draft")
    found = stale([*catalog.entries.values(), draft], date(2026, 1, 8))
    assert [entry.id for entry in found] == ["payment_methods", "delivery_period"]
    assert stale(catalog.entries.values(), date(2026, 1, 7)) == found[:1]
