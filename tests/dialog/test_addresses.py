"""Which address a sentence holds, and which part of one is set right: nothing beside it, and never a guess."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load, shipped_folder
from bot.dialog.values import Lexicon
from bot.dialog.values.addresses import address, amended

WORDS: Lexicon = load(shipped_folder()).answers
HELD = "Flat 2, 8 Park Row, Leeds LS1 5HD"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Robin Hale, 4 Harbour Row, Whitby YO21 3PU", "Robin Hale, 4 Harbour Row, Whitby YO21 3PU"),
        ("Robin Hale\n4 Harbour Row\nWhitby YO21 3PU", "Robin Hale, 4 Harbour Row, Whitby YO21 3PU"),
        ("she's at 4 High Street, Leeds LS1 4AB, and say hello", "4 High Street, Leeds LS1 4AB"),
        ("to my mum please, 4 High Street, Leeds LS1 4AB", "4 High Street, Leeds LS1 4AB"),
        ("it's flat 2, 8 park row, leeds ls1 5hd thanks", "flat 2, 8 park row, leeds ls1 5hd"),
        ("move 40001 to 5 Mill Lane, Leeds LS2 3CD", "5 Mill Lane, Leeds LS2 3CD"),
        ("The Old Mill, Church Lane, Whitby YO21 3PU", "The Old Mill, Church Lane, Whitby YO21 3PU"),
        ("12 rue de la Paix, 75002 Paris, France", "12 rue de la Paix, 75002 Paris, France"),
        ("my work address", "my work address"),
    ],
)
def test_an_address_that_was_asked_for(said: str, found: str) -> None:
    read = address(said, WORDS)
    assert read is not None
    assert read.values == (found,)


@pytest.mark.parametrize("said", ["my work address", "order 40001", "LS1 4AB", "12 rue de la Paix, 75002 Paris", ""])
def test_by_the_way_only_a_sure_one_is_read(said: str) -> None:
    assert address(said, WORDS, strict=True) is None


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("it's flat 3, not flat 2", "Flat 3, 8 Park Row, Leeds LS1 5HD"),
        ("flat 3 instead of flat 2", "Flat 3, 8 Park Row, Leeds LS1 5HD"),
        ("no, number 21", "Flat 2, 21 Park Row, Leeds LS1 5HD"),
        ("no the postcode is LS1 5AB", "Flat 2, 8 Park Row, Leeds LS1 5AB"),
        ("Park Road, not Park Row", "Flat 2, 8 Park Road, Leeds LS1 5HD"),
        ("not the kettle", ""),
        ("I want 2", ""),
        ("is it number 21?", ""),
        ("yes", ""),
        ("no", ""),
    ],
)
def test_a_part_that_is_set_right(said: str, right: str) -> None:
    assert amended(HELD, said, WORDS) == right


@settings(max_examples=300)
@given(st.text(max_size=80), st.text(max_size=60))
def test_any_words_are_read(said: str, held: str) -> None:
    address(said, WORDS)
    address(f"{said} LS1 5HD", WORDS, strict=True)
    amended(held, said, WORDS)
