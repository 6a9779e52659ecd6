"""Cues, what strengthens them and what turns them round."""

from time import perf_counter

import pytest

from bot.knowledge.mood import Cue, Lexicon, Signs

LEXICON = Lexicon(
    [
        Cue(words="annoyed", means="upset", weight=1, at="mood.yaml:1"),
        Cue(words="furious", means="upset", weight=3),
        Cue(words="fraud", means="upset", weight=3),
        Cue(words="fraud", means="legal", weight=1),
        Cue(words="happy", means="happy", weight=1),
        Cue(words="thanks for nothing", means="sarcasm", weight=2),
        Cue(words="thanks", means="happy", weight=1),
        Cue(words="damn", means="swearing", weight=1),
        Cue(words="f*ck you", means="abuse", weight=3),
        Cue(words="idiot", means="insult", weight=1),
        Cue(words="cut * finger", means="safety", weight=1),
        Cue(words="=quickly", means="urgent", weight=1),
        Cue(words="smoke", means="safety", weight=1),
        Cue(words="smoke grey", means="nothing", weight=0),
        Cue(words="😡", means="upset", weight=3),
    ],
    Signs(
        negations=("not", "didn't"),
        intensifiers=("very",),
        targets=("you", "bot"),
        oneself=("i", "am"),
        asking=("does it",),
    ),
    language="en",
)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("where is my parcel", "calm"),
        ("I am annoyed", "frustrated"),
        ("this is ANNOYING!!!", "frustrated"),
        ("I AM VERY ANNOYED BY THIS!!!", "angry"),
        ("furious", "angry"),
        ("I'm not furious", "calm"),
        ("so happy", "happy"),
        ("I'm not happy", "frustrated"),
        ("thanks", "happy"),
        ("thanks for nothing", "frustrated"),
        ("this damn kettle", "frustrated"),
        ("damn, I'm happy", "happy"),
        ("you idiot", "abusive"),
        ("idiot!", "abusive"),
        ("I am such an idiot, wrong address", "calm"),
        ("this idiot proof lid", "frustrated"),
        ("F*CK YOU", "abusive"),
        ("annnnnnoyed", "calm"),
        ("😡", "angry"),
        ("does it make people furious", "calm"),
        ("", "calm"),
        ("!!!", "calm"),
    ],
)
def test_a_mood_is_told(text: str, mood: str) -> None:
    assert LEXICON.feel(text).mood == mood


def test_a_word_may_mean_two_things() -> None:
    felt = LEXICON.feel("this is fraud")
    assert (felt.mood, felt.legal) == ("angry", True)


def test_flags_are_raised_across_a_gap_and_in_their_very_form_only() -> None:
    assert LEXICON.feel("he cut his little finger").safety
    assert not LEXICON.feel("he cut it off and then there was his finger").safety
    assert LEXICON.feel("please come quickly").urgent
    assert not LEXICON.feel("a quick question").urgent


def test_what_only_sounds_like_danger_is_none() -> None:
    assert not LEXICON.feel("do you have it in smoke grey").safety
    assert not LEXICON.feel("it didn't smoke").safety
    assert not LEXICON.feel("does it smoke when it is new?").safety
    assert LEXICON.feel("there is smoke").safety


def test_each_cue_that_counted_is_named_with_its_weight_and_line() -> None:
    (felt,) = LEXICON.feel("very annoyed").cues
    assert (felt.cue, felt.means, felt.weight, felt.at) == ("annoyed", "upset", 1.5, "mood.yaml:1")


def test_a_very_long_message_is_read_at_both_ends_and_in_bounded_time() -> None:
    began = perf_counter()
    felt = LEXICON.feel("cut " * 10_000 + "you idiot")
    assert felt.mood == "abusive"
    assert perf_counter() - began < 0.5
