"""What `frontdesk check` remarks on how flows ask."""

from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.content.manners import remarks
from tests.content.shop import write

CATALOG = load(shipped_folder())
FLOW = """
flows:
  trial:
    title: A trial
    phrasings: [let us try this]
    steps:
      number: {ask: number, type: order, say: Which order?}
      EXTRA
      call_off:
        call: cancel_order
        args: {number: number, reason: "'no more'"}
        results: {accepted: over, refused: people}
        failed: people
      people: {handoff: care, reason: It was not called off.}
      over: {end: done, say: Bye.}
"""


def _found(tmp_path: Path, extra: str) -> list[str]:
    return [each.what for each in remarks(load(write(tmp_path, {"flows/trial.yaml": FLOW.replace("EXTRA", extra)})))]


def test_the_shipped_flows_read_back_what_they_do_and_repeat_no_check() -> None:
    assert [str(each) for each in remarks(CATALOG)] == []
    assert len(CATALOG.flows) > 20


@pytest.mark.parametrize(
    "extra",
    [
        "why: {ask: why, type: text, say: Why?}",
        'sure: {confirm: "Sure?", yes: call_off, no: over}',
        "note: {say: Just a moment.}",
    ],
)
def test_what_is_done_without_a_word_on_it_is_warned_of(tmp_path: Path, extra: str) -> None:
    asked = "number" if extra.startswith("note") else extra.partition(":")[0]
    assert _found(tmp_path, extra) == [
        f"step 'call_off' of 'trial' changes something that was not read back after '{asked}'."
    ]


def test_a_read_back_that_names_it_is_enough(tmp_path: Path) -> None:
    assert (
        _found(tmp_path, 'sure: {confirm: "Order {{ number }} is called off, right?", yes: call_off, no: over}') == []
    )


def test_a_choice_between_two_changes_reads_neither_back(tmp_path: Path) -> None:
    extra = """what:
        offer: "Order {{ number }}, gone or changed?"
        options:
          - {value: gone, label: Gone, then: call_off}
          - {value: moved, label: Changed, then: move}
      move:
        call: change_address
        args: {number: number, address: "'here'"}
        results: {accepted: over, refused: people}
        failed: people"""
    assert _found(tmp_path, extra) == [
        f"step '{each}' of 'trial' changes something that was not read back after 'what'."
        for each in ("move", "call_off")
    ]


def test_a_check_that_says_the_same_each_time_it_fails_is_warned_of(tmp_path: Path) -> None:
    found = _found(tmp_path, "why: {ask: why, type: text, say: Why?, check: why|length > 3, otherwise: More!}")
    assert "step 'why' of 'trial' says the same each time that its check fails." in found
