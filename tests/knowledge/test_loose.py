"""Loose phrases: alternatives, gaps of up to two words, and clauses."""

import pytest

from bot.knowledge import found, loose

DOWN = loose("site|web shop … is|isn't … down")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Your site is down!", "site is down"),
        ("the web shop really is all down", "web shop really is all down"),
        ("The SITE isn’t quite down", "site isnt quite down"),
        ("the site is, I would say, down", ""),
        ("the site is one two three down", ""),
        ("the website is down", ""),
        ("the site is downstairs", ""),
        ("a site. It is down", ""),
        ("", ""),
    ],
)
def test_words_are_found_in_their_order_within_a_clause(text: str, words: str) -> None:
    assert words == found([DOWN], text)


def test_a_clause_with_other_words_in_it_does_not_count() -> None:
    assert found([DOWN], "the site is down. the site is down to 5", ["down to"]) == "site is down"
    assert found([DOWN], "the site is down to 5", ["down to"]) == ""


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("don't|do not + cancel", "please don't cancel it", "dont cancel"),
        ("don't|do not + cancel", "don't forget to cancel it", ""),
        ("your answer …… wrong", "your answer about us is wrong", "your answer about us is wrong"),
        ("your answer … wrong", "your answer about us is wrong", ""),
        ("キャンセル + しないで", "キャンセルしないでください", "キャンセルしないて\u3099"),
    ],
)  # fmt: skip
def test_a_plus_lets_nothing_by_and_two_gaps_let_more(phrase: str, text: str, words: str) -> None:
    assert found([loose(phrase)], text) == loose(words)


def test_of_several_phrases_the_longest_is_found_whatever_their_order() -> None:
    phrases = [loose("not true"), loose("that is + not true")]
    assert found(phrases, "no, that is not true") == "that is not true" == found(phrases[::-1], "no, that is not true")
