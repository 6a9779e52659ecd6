"""What `frontdesk check` remarks on the tone of a shop's own texts."""

from dataclasses import replace

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
