"""The wish for a person, beside other words."""

import pytest

from bot.dialog.catalog import Catalog
from bot.dialog.understand import understand
from tests.dialog.talk import DM, Talk

BESIDE = (
    "my lamp flickers and hums, can I talk to a person?",
    "it makes a funny sound. can I talk to a person",
    "the thing is grey and odd; talk to a person!",
)


@pytest.mark.parametrize("text", BESIDE)
def test_a_wish_that_a_clause_says_surely_is_granted(shipped: Catalog, text: str) -> None:
    assert (understand(text, shipped).decision, understand(text, shipped).id) == ("handoff", "person")
    talk = Talk(shipped)
    talk.says(text, DM)
    assert [case.reason for case in talk.dossier.cases] == ["Asked for a person."]


@pytest.mark.parametrize(
    "text",
    [
        "my lamp flickers and hums",
        "my lamp flickers and hums, and the person at the door was odd",
        "my lamp flickers and hums at night, where is my parcel, I don't want to talk to a person",
        f"it flickers and hums. {'and so on, ' * 200} can I talk to a person?",
    ],
)
def test_no_other_clause_is_taken_for_one(shipped: Catalog, text: str) -> None:
    assert understand(text, shipped).id != "person"


def test_a_wish_that_was_turned_down_is_not_heard_in_a_clause(shipped: Catalog) -> None:
    assert understand(BESIDE[0], shipped, rejected=["person"]).decision != "handoff"
