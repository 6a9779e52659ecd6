"""How text is normalised and cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import normalise
from bot.knowledge.text import LONGEST_TEXT, is_number, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where's my ORDER?!", "wheres my order"),
        ("don\u2019t", "dont"),
        ("re\u200bfu\u00adnd \u202enow", "refund now"),
        ("\uff26\uff55\uff4c\uff4c \uff57idth", "full width"),
        ("¿Dónde está mi pedido?", "donde esta mi pedido"),
        ("Straße, ёлка", "strasse елка"),
        ("<@U02AB> see <https://x.test/a|our page> :wave: *now*", "see our page now"),
        ("look at https://shop.test/p?x=1 please", "look at please"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f", ""),
        ("ガンダム が届かない", "ガンダム が届かない"),
        ("परीक्षा में", "परीक्षा में"),
        ("a\x00b\tc\nd", "ab c d"),
    ],
)
def test_only_words_remain(text: str, expected: str) -> None:
    assert expected == normalise(text)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert once == normalise(once)


def test_the_last_letter_of_a_word_that_stretches_it_stands_once() -> None:
    assert normalise("Heyyyy, sooo 10003 is off?") == "hey so 10003 is off"
    assert normalise("goood, zzz, 5000") == "goood zzz 5000"


def test_a_long_text_is_cut() -> None:
    assert len(normalise("\ufdfa " * 40_000)) <= LONGEST_TEXT


def test_unspaced_script_is_cut_into_pairs() -> None:
    assert words("返金 iphoneの色") == ["返金", "iphone", "の色"]


@pytest.mark.parametrize("word", ["12345", "1z999aa10123456784", "2024", "00491711234567"])
def test_names_of_single_things_are_numbers(word: str) -> None:
    assert is_number(word)


@pytest.mark.parametrize("word", ["24", "2fa", "mp3", "401k", "iphone13", "order"])
def test_words_with_a_few_digits_are_words(word: str) -> None:
    assert not is_number(word)
