"""What `frontdesk check` remarks on the tone of a shop's own texts."""

from dataclasses import replace

import msgspec

from bot.content import load, shipped_folder
from bot.content.tone import remarks
from bot.dialog.flow import Wording

CATALOG = load(shipped_folder())


def _remarks(text: str) -> list[str]:
    texts = {**CATALOG.texts, "unknown": Wording(variants=("Good day.", text), at="handoff/texts.yaml:7")}
    return [str(each) for each in remarks(replace(CATALOG, texts=texts)) if each.line == 7]


def test_the_shipped_texts_neither_blame_nor_defend_nor_dismiss() -> None:
    assert [str(each) for each in remarks(CATALOG) if "says “" in each.what] == []


def test_blaming_words_are_warned_of_with_file_and_line() -> None:
    assert _remarks("Well, you should have read it.") == [
        "handoff/texts.yaml:7: text 'unknown' says “you should have read”, which blames the customer. "
        "Better say what can be done now."
    ]


def test_a_text_that_begins_with_what_cannot_be_done_gets_a_hint() -> None:
    assert _remarks("Unfortunately we have none.") == [
        "handoff/texts.yaml:7: text 'unknown' begins with “unfortunately”. Say first what can be done."
    ]


def test_words_inside_others_are_none() -> None:
    assert _remarks("Some relaxed words, whatever's next.") == []


def test_words_that_sell_are_warned_of_except_in_an_entry_that_promotes() -> None:
    sells = Wording(variants=("It comes on Monday. You might also like our kettles.",), at="faqs/orders.yaml:7")
    told = []
    for promotes in (False, True):
        entry = msgspec.structs.replace(CATALOG.entries["gift_wrap"], answer=sells, simpler=None, promotes=promotes)
        found = remarks(replace(CATALOG, entries={**CATALOG.entries, entry.id: entry}))
        told.append([str(each) for each in found if each.line == 7])
    assert told == [
        [
            "faqs/orders.yaml:7: the answer of 'gift_wrap' says “you might also like”, which sells where help was "
            "asked for. Better leave it out, or mark an entry that is about an offer with `promotes`."
        ],
        [],
    ]


def test_an_entry_that_promotes_may_not_blame() -> None:
    blames = Wording(variants=("Treat yourself. It's your own fault.",), at="faqs/orders.yaml:7")
    entry = msgspec.structs.replace(CATALOG.entries["gift_wrap"], simpler=blames, promotes=True)
    found = [str(each) for each in remarks(replace(CATALOG, entries={entry.id: entry})) if each.line == 7]
    assert [each for each in found if "your own fault" in each] == found != []
