"""Whether somebody says that the customer will hear of us, at no time: then it isn't the customer who is waited for."""

from pathlib import Path

import pytest

from bot.content import load
from bot.desk.promises import announces

CATALOG = load(Path(__file__).parents[2])


@pytest.mark.parametrize(
    "said",
    [
        "I'll be in touch once the courier answers.",
        "I’ll let you know as soon as the warehouse has found it.",
        "Thanks, Ana. I'll look into it.",
        "Leave it with me!",
        "We're looking into this and will get back to you.",
        "Somebody from billing will be in touch.",
        "I'll check with the workshop and come back to you.",
        "I've asked the carrier; I'll write when they answer.",
        "I'll keep you posted.",
        "We will contact you after the inspection.",
        "Let me ask my colleague.",
        "I'm going to find out what happened to it.",
        "That's odd. I'll chase the courier.",
        "Bear with me, please.",
        "I shall report back.",
    ],
)
def test_who_says_that_they_will_be_in_touch_is_waited_for(said: str) -> None:
    assert announces(said, CATALOG.promises) != ""


@pytest.mark.parametrize(
    "said",
    [
        "Your lamp left today.",
        "Which lamp is it?",
        "I'll look into it once you've sent me a photo.",
        "I'll get back to you as soon as you send the number.",
        "If it breaks again, I'll look into it.",
        "I'll write if anything changes.",
        "The courier will be in touch with you.",
        "You will get back the money from your bank.",
        "I'll be happy to help with anything else.",
        "I'll leave it there, then.",
        "You can let us know at any time.",
        "Please tell me when it has come, I'll look then.",
        "I wanted to let you know that it left today.",
        "We don't look into other shops' orders.",
        "Shall I find out for you?",
        "I've checked, and it is on its way.",
        "Here is your label.",
    ],
)
def test_who_says_anything_else_waits_for_the_customer(said: str) -> None:
    assert announces(said, CATALOG.promises) == ""
