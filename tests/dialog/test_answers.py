"""A question of each type, asked by the engine: what is kept, what is said to an answer that is none."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.files import File
from tests.content.shop import write
from tests.dialog.talk import DM, Talk

THINGS = (
    "[{'code': 'kettle', 'name': 'Blue kettle', 'quantity': 1, 'price': '49.00'},"
    " {'code': 'mug', 'name': 'Sage mug', 'quantity': 3, 'price': '12.50'}]"
)
COLOURS = "[{value: red, label: Red}, {value: blue, label: Blue}, {value: green, label: Green}]"

FLOW = """
flows:
  trial:
    title: A trial
    phrasings: [let us try this]
    private: no
    steps:
      hear: {{ask: first, type: yes_no, say: Shall we?}}
      wonder: {{ask: given, type: {type}, say: And what?, {more}}}
      sure: {{confirm: "It is {{{{ given{shown} }}}}. Right?", yes: over, no: over}}
      over: {{end: done, say: Bye.}}
"""


@cache
def shop(kind: str, more: str = "", shown: str = "") -> Catalog:
    with TemporaryDirectory() as folder:
        text = FLOW.format(type=kind, more=more, shown=shown)
        return load(write(Path(folder), {"flows/trial.yaml": text}))


def asked(kind: str, more: str = "", shown: str = "") -> Talk:
    talk = Talk(shop(kind, more, shown))
    talk.says("let us try this", DM)
    talk.says("yes", DM)
    return talk


def said(talk: Talk) -> str:
    return " / ".join(text for _, text in talk.said)


def kept(talk: Talk) -> Any:
    return talk.conversation(DM).frames[-1].slots.get("given")


ITEMS = f'options_from: "{THINGS}"'
PAST = "check: given|days_since >= 0, otherwise: Not yet!"


@pytest.mark.parametrize(
    ("kind", "more", "shown", "words", "read_back"),
    [
        ("number", "", "", "half a dozen", "It is 6."),
        ("money", "", "|money", "12,50 \u20ac", "It is \u20ac12.50."),
        ("money", "", "|money", "twenty quid", "It is \u00a320.00."),
        ("date", PAST, "|day", "it was on Friday", "It is Friday 2 January."),
        ("date", "", "|day", "Friday", "It is Friday 9 January."),
        ("email", "", "", "it's Ana@Example.com", "It is ana@example.com."),
        ("phone", "", "", "0117 496 0142", "It is +44 117 496 0142."),
        ("order", "", "", "no. 12 345", "It is 12345."),
        ("choice", f"options: {COLOURS}", "", "the second one", "It is blue."),
        ("choices", f"options: {COLOURS}", "|join(', ')", "all but the blue", "It is red, green."),
        ("items", ITEMS, "|listing", "two of the three mugs", "It is 2 \u00d7 Sage mug."),
        ("items", ITEMS, "|listing", "both", "It is Blue kettle, 3 \u00d7 Sage mug."),
        ("items", ITEMS, "|pieces", "one mug", "It is [{'code': 'mug', 'quantity': 1}]."),
    ],
)
def test_an_answer_is_understood_and_read_back(kind: str, more: str, shown: str, words: str, read_back: str) -> None:
    talk = asked(kind, more, shown)
    talk.says(words, DM)
    assert said(talk) == f"{read_back} Right?"


@pytest.mark.parametrize(
    ("kind", "more", "words", "told"),
    [
        ("date", "", "31 February", "31 February"),
        ("date", PAST, "tomorrow", "Not yet!"),
        ("order", "", "12345 or 67890", "#12345, #67890"),
        ("order", "", "idk", "confirmation e-mail"),
        ("order", "", "I can't find it", "confirmation e-mail"),
        ("number", "", "no idea", "a person can take it"),
        ("choice", f"options: {COLOURS}", "I don't know", "nearest one"),
        ("choice", f"options: {COLOURS}", "I don't mind", "you chose"),
        ("choice", f"options: {COLOURS}", "both", "one at a time"),
        ("choice", f"options: {COLOURS}", "red and blue", "one at a time"),
        ("items", ITEMS, "five mugs", "so 5 is more"),
        ("items", ITEMS, "-2 mugs", "more than nothing"),
        ("email", "", "ana@example", "missing in ana@example"),
        ("phone", "", "12345", "telephone number"),
        ("money", "", "-\u00a35", "more than nothing"),
        ("yes_no", "", "\U0001f914", "need words"),
    ],
)
def test_what_is_no_answer_gets_a_kind_word_and_the_question_again(kind: str, more: str, words: str, told: str) -> None:
    talk = asked(kind, more)
    talk.says(words, DM)
    assert told in said(talk)
    assert len(talk.said) == 1
    assert kept(talk) is None
    assert talk.conversation(DM).frames[-1].failures == 1


@pytest.mark.parametrize("kind", ["number", "money", "date", "email", "phone", "order", "yes_no", "photo", "file"])
def test_asking_again_differs_and_ends_with_the_way_out_and_then_with_people(kind: str) -> None:
    talk = asked(kind)
    talk.says("fiddlesticks", DM)
    once = said(talk)
    talk.says("fiddlesticks again", DM)
    assert once != said(talk)
    assert "talk to a person" not in once
    assert 'Say "back", "cancel" or "talk to a person"' in said(talk)
    talk.says("still fiddlesticks", DM)
    assert "case" in said(talk)


def test_a_question_has_its_own_words_first_and_those_of_its_type_when_they_are_used_up() -> None:
    talk = asked("number", "again: A number!")
    talk.says("fiddlesticks", DM)
    assert said(talk) == "A number!"
    talk.says("fiddlesticks", DM)
    assert "And what?" in said(talk)


PHOTO = File(at="slack:T1/F1", name="crack.jpg", kind="image/jpeg")
VOICE = File(at="slack:T1/F2", name="voice.m4a", kind="audio/mp4")
PAPER = File(at="slack:T1/F3", name="slip.pdf", kind="application/pdf")


@pytest.mark.parametrize(("kind", "file"), [("photo", PHOTO), ("file", PAPER), ("file", PHOTO)])
def test_an_attachment_is_an_answer_and_goes_to_people(kind: str, file: File) -> None:
    talk = asked(kind)
    talk.says("", DM, files=(file,))
    assert kept(talk) == [{"name": file.name, "kind": file.kind, "at": file.at}]
    talk.says("talk to a person", DM)
    assert (file,) in [getattr(effect, "files", ()) for effect in talk.turn.effects]


def test_a_photo_can_come_with_words() -> None:
    talk = asked("photo")
    talk.says("here you are", DM, files=(PHOTO,))
    assert kept(talk) is not None


def test_what_is_no_photo_is_told() -> None:
    talk = asked("photo")
    talk.says("", DM, files=(PAPER,))
    assert "picture" in said(talk)
    assert kept(talk) is None


def test_instead_of_a_photo_there_can_be_a_way_on() -> None:
    talk = asked("photo", "options: [{value: none, label: I have no photo, phrasings: [no photo]}]")
    talk.says("no photo, sorry", DM)
    assert kept(talk) == "none"


@pytest.mark.parametrize(("file", "told"), [(PHOTO, "colleagues"), (VOICE, "I can't listen")])
def test_a_file_where_words_are_wanted_is_kept_and_said_what_is_wanted(file: File, told: str) -> None:
    """The question itself stands right above; once something else does, it is asked again."""
    talk = asked("number")
    talk.says("", DM, files=(file,))
    assert told in said(talk)
    assert "number" in said(talk)
    assert "And what?" not in said(talk)
    talk.says("", DM, files=(file,))
    assert "And what?" in said(talk)
    assert talk.conversation(DM).frames[-1].failures == 0


def test_all_of_a_list_can_be_pressed() -> None:
    talk = asked("items", ITEMS)
    assert [each.label for each in talk.conversation(DM).choices] == ["Blue kettle", "3 × Sage mug", "All of these"]
    talk.says("All of these", DM)
    assert [each["quantity"] for each in kept(talk)] == [1, 3]


def test_the_shipped_texts_have_two_ways_to_ask_again() -> None:
    texts = load(shipped_folder()).texts
    assert [name for name in texts if name.startswith("again_") and len(texts[name].variants) < 2] == []


def test_what_a_check_says_is_not_said_twice_even_where_it_has_one_way_to_say_it() -> None:
    talk = asked("date", PAST)
    told = []
    for words in ("tomorrow", "the day after tomorrow"):
        talk.says(words, DM)
        told.append(said(talk))
    assert "Not yet!" in told[0]
    assert "Not yet!" not in told[1]
    assert "And what?" in told[1]
