"""Which words threaten people, in the demo shop: those of somebody who will do it, and no sighs, jokes or mixers."""

import pytest

from bot.content import load, shipped_folder
from bot.knowledge.mood import Lexicon

THREATS = (
    "I'll come and hurt you",
    "I know where you live",
    "I will find out who you are and hurt you",
    "I'm going to kill you",
    "you're dead when I see you",
    "I'll burn your office down",
    "I will come to your shop with a bat",
    "watch your back, all of you",
    "someone is going to get hurt if I don't get my money",
    "I'll break your legs",
    "i know where your office is and i'm coming over",
    "I'm gonna punch your delivery guy in the face",
    "next time your driver shows up i'll set my dog on him",
    "I'll beat the living daylights out of you",
    "You better sleep with one eye open",
    "there will be blood if this isn't fixed",
    "I have a gun and I know your home address",
    "I'll blow up your warehouse",
    "tell Dana I'll be waiting for her after work",
    "ill smash ur face in",
    "I will strangle whoever packed this",
    "my brothers will beat you up",
    "if you don't refund me I'll kill you",
    "I want to stab somebody in your team",
)
HARMLESS = (
    "this is killing me",
    "I'll kill the subscription",
    "the wait is killing me, any news?",
    "do you know where my parcel is",
    "can I come to your office and pick it up",
    "I'd like to beat the egg whites with your mixer, which attachment",
    "do you sell bath bombs and bullet journals",
    "I'd kill for that lamp in blue",
    "I'll burn your candle tonight",
    "where can I find you and when are you open",
    "stop, you're killing me, haha",
    "I'm coming over to the store at five",
    "can you shoot me an email",
    "which hole punch you have is the strongest",
    "my wife is going to kill me if it isn't here by Friday",
    "I'm going to hit you up again next week",
    "I'll beat you to it and order today",
    "I'm going to hang the lamp over your table",
    "I'm afraid I'll hurt myself with the blade",
    "the draught in here could kill you",
    "I'll run over to your shop at noon",
    "I know where you are on the map, is there parking",
)

ORDINARY = (  # with words in them that are insults elsewhere
    "the lamp just died",
    "the button jumped off the remote",
    "I can't get the lid to shut, how do I shut it",
    "I hope you get this message",
    "hope you all are well",
    "the parcels just get lost with this courier",
    "could you complete my order",
    "you absolute legend",
    "can you complete the form for me",
    "I looked up your order page",
    "I gave up your subscription last year",
    "the mosquitos bite me at night, do you have nets",
    "what in hell is going on with my order",
    "a gift for your mother, which size",
    "this useless piece of plastic broke",
    "you're nothing like the pictures",
    "thank you little shop of wonders",
    "that smell could make you sick",
    "should I hang the picture frame myself",
    "you lazy sunday cushion in blue",
    "I sent you dirty dishes photos",
    "the shop was shut up early",
    "the plant should die back in winter",
    "does the vacuum suck it all up",
    "the hose sucks, does not suck it up",
    "will the colour run if you jump off the boat",
    "my order went to hell and back",
    "drop dead gorgeous lamp",
    "the battery is dead as a dodo",
    "you little gem, thanks",
    "you complete me haha",
    "are you garbage collectors too, can you take the old sofa",
    "my son hates you all being closed on sunday",
    "shove it under the door please",
    "the go kart's wheels die in a week",
    "I can't shut it, the door of the cabinet",
    "do you sell ugly face mugs",
    "could you utter a word in German",
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load(shipped_folder()).mood


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_against_people_is_heard_as_one_and_as_abuse(lexicon: Lexicon, text: str) -> None:
    felt = lexicon.feel(text)
    assert (felt.threat, felt.mood) == (True, "abusive")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_a_threat_is_neither_that_nor_abuse(lexicon: Lexicon, text: str) -> None:
    felt = lexicon.feel(text)
    assert not felt.threat
    assert felt.mood != "abusive"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_no_abuse(lexicon: Lexicon, text: str) -> None:
    assert lexicon.feel(text).mood != "abusive"


@pytest.mark.parametrize(
    "text",
    ["shut up", "up yours", "you absolute idiot", "you lazy bastards", "drop dead", "hope you all rot"],
)
def test_insults_are_abuse(lexicon: Lexicon, text: str) -> None:
    assert lexicon.feel(text).mood == "abusive"
