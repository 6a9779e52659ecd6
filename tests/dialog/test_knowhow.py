"""What only staff know: found by agents, named on cards, and never shown to customers."""

import dataclasses

import pytest
from msgspec.structs import replace

from bot.channels.casework import notes
from bot.dialog import knowhow, topics
from bot.dialog.catalog import Catalog
from bot.dialog.events import CaseClaimed, ChoicePressed
from bot.dialog.flow import Wording
from bot.dialog.markup import plain
from bot.dialog.understand import understand
from tests.dialog.talk import DM, Talk

CANARY = "zqcanary"


@pytest.fixture(scope="module")
def marked(shipped: Catalog) -> Catalog:
    """The demo shop, with a mark on all that is for staff only."""
    words = Wording(variants=(f"{CANARY} is what to do.",), at="faqs/contact.yaml:1")
    kept = {id: replace(each, title=f"{CANARY} {each.title}", answer=words) for id, each in shipped.kept.items()}
    return dataclasses.replace(shipped, kept=kept)


ASKED = ("goodwill caps", "recall procedure for agents", "how do I verify a customer's identity", "staff_recall")


@pytest.mark.parametrize("asked", [*ASKED, *(f"topics {each}" for each in ASKED), CANARY])
def test_no_words_bring_a_customer_what_is_for_staff(marked: Catalog, asked: str) -> None:
    talk = Talk(marked)
    for text in (asked, asked, "none of these", "yes", f"and {asked}?"):
        turn = talk.says(text, DM)
        assert CANARY not in str(talk.said)
        assert not {candidate.id for candidate in turn.trace.candidates} & {*marked.kept}
    assert understand(asked, marked).id not in marked.kept


def test_it_is_neither_browsed_nor_searched_nor_read(marked: Catalog) -> None:
    shown = [entry for shelf in topics.categories(marked) for entry in shelf.entries]
    for query in ("", *ASKED, CANARY, "s", "wh"):
        shown += topics.search(marked, query, 1_000)
    assert {entry.id for entry in shown} <= {*marked.entries}
    assert CANARY not in str(shown)
    assert [topics.answer(marked, id, Talk(marked).at) for id in marked.kept] == [""] * len(marked.kept)


def _presses(talk: Talk, sign: str) -> str:
    """Press the first button with the sign in its id; return what it stands for."""
    choice = next(each for each in talk.conversation(DM).choices if sign in each.id)
    talk.happens(ChoicePressed(place=DM, name="Ana", choice=choice.id, label=choice.label, **talk.common()))
    return choice.id.rpartition(sign)[2]


@pytest.mark.parametrize("begun", ["", "I want a refund"])
def test_what_was_offered_before_it_became_internal_is_not_given(shipped: Catalog, begun: str) -> None:
    talk = Talk(shipped)
    if begun:
        talk.says(begun, DM)
    talk.says("topics", DM)
    _presses(talk, "topic:")
    talk.catalog = dataclasses.replace(shipped, entries={})
    assert _presses(talk, "pick:") in shipped.entries
    assert talk.turn.trace.rule == "picked"
    assert "That button" in talk.said[0][1]


def test_a_draft_is_for_nobody_yet(shipped: Catalog) -> None:
    kept = {id: replace(each, visibility="draft") for id, each in shipped.kept.items()}
    drafts = dataclasses.replace(shipped, kept=kept)
    assert not [entry for entry in knowhow.find(drafts, "goodwill caps") if entry.id in kept]


def test_an_id_finds_its_entry_alone(shipped: Catalog) -> None:
    assert [entry.id for entry in knowhow.find(shipped, " Staff_Recall ")] == ["staff_recall"]
    assert knowhow.find(shipped, "florp wozzle") == ()


def _named(talk: Talk) -> tuple[str, ...]:
    (case,) = talk.dossier.cases
    return case.know_how


def test_a_card_names_what_has_to_do_with_the_matter(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.says("can you tell me the address on my wife's order", DM)
    talk.says("talk to a person", DM)
    talk.says("my wife ordered it. can you tell me the address on my wife's order", DM)
    talk.happens(CaseClaimed(agent="dana", case=talk.dossier.cases[0].number, **talk.common()))
    assert _named(talk) == ("staff_identity_check",)
    (line,) = [plain(each) for each in notes(talk.dossier.cases[0], shipped) if "!find" in each]
    assert "Checking who you're talking to" in line
    assert "staff_identity_check" in line


@pytest.mark.parametrize("said", ["talk to a person", "where is my parcel", "I want a refund", "my lamp flickers"])
def test_a_card_names_nothing_that_hardly_fits(shipped: Catalog, said: str) -> None:
    talk = Talk(shipped)
    talk.says(said, DM)
    talk.says("talk to a person", DM)
    assert _named(talk) == ()


def test_a_card_names_what_is_about_the_same_topic(shipped: Catalog) -> None:
    entry = replace(shipped.kept["staff_recall"], topics=("delivery_period",))
    talk = Talk(dataclasses.replace(shipped, kept={entry.id: entry}))
    talk.says("how long does delivery take", DM)
    talk.says("talk to a person", DM)
    assert _named(talk) == ("staff_recall",)
