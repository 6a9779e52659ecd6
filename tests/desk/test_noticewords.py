"""What staff type to tell many customers something, and the form that comes to the same."""

import time

import pytest

from bot.desk.broadcast import NoticeKind
from bot.desk.noticewords import Wish, read, written

KINDS = {"recall": NoticeKind(id="recall", title="Recall", text="{{ what }}", slots=("what", "risk"))}


@pytest.mark.parametrize("said", ['the "Ida" kettle', "„Ida“ and “Otto”", 'a \\ and \\"', "ends in \\", 'ends in "'])
def test_what_was_filled_in_is_kept_with_its_quotes(said: str) -> None:
    found = read(f"recall {written('what', said)} {written('risk', 'it breaks')} product=kettle", KINDS)
    assert isinstance(found, Wish)
    assert found.slots == {"what": said, "risk": "it breaks"}


def test_a_value_in_quotes_may_have_a_backslash() -> None:
    found = read(r'recall what="kettle \ jug" risk=“it breaks” product=kettle', KINDS)
    assert isinstance(found, Wish)
    assert found.slots == {"what": r"kettle \ jug", "risk": "it breaks"}


def test_a_quote_without_an_end_is_read_in_no_time() -> None:
    started = time.thread_time()
    read('recall what="' + "\\" * 2_000, KINDS)
    assert time.thread_time() - started < 1
