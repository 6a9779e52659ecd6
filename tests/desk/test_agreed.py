"""Times that customers ask for, and replies that only agree to them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.content import load, shipped_folder
from bot.desk.agreed import agreed
from bot.desk.case import Line

SHOP = load(shipped_folder())
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)  # a Wednesday
NAMES = ("Ana Silva", "Dana")


def read(reply: str, *said: str, ours: str = "", at: datetime = NOW) -> tuple[str, str]:
    """Return the day and time in London that a reply agrees to, and what is to be done by then."""
    lines = [Line(who="Dana", text=ours)] if ours else []
    lines += [Line(who="customer", text=each, at=at) for each in said]
    found = agreed(reply, lines, NAMES, SHOP.promises, SHOP.queues["care"].hours, NOW)
    return (f"{found.at.astimezone(LONDON):%a %H:%M}", found.thing) if found else ("none", "")


@pytest.mark.parametrize(
    "reply",
    [
        "Great, will do", "Sure, no problem", "👍 yes", "Ok!", "Yes, of course, Ana.", "Hi Ana, that's fine. Dana",
        "I'll call you then.", "No worries, I'll get back to you by then.", "Perfect, speak to you then!", "👍",
        "I'll do my best.", "Absolutely", "Yep, that works for me", "Can do, thanks for letting me know.",
    ],
)  # fmt: skip
def test_a_reply_that_only_agrees_gives_the_time_asked_for(reply: str) -> None:
    assert read(reply, "can you get back to me by 5?")[0] == "Wed 17:00"


@pytest.mark.parametrize(
    "reply",
    [
        "That will be hard.", "Not today, sorry.", "I'm afraid I can't.", "No.", "Ok, which order is it?", "Sorry!",
        "Sure, your lamp has been posted.", "Hello Ana, thanks.", "I'll see what I can find.", "Unlikely, but ok",
        "Your order is with the courier.", "Thank you!", "Yes, but not before Friday", "",
    ],
)  # fmt: skip
def test_a_reply_that_declines_or_says_something_else_gives_none(reply: str) -> None:
    assert read(reply, "can you get back to me by 5?")[0] == "none"


@pytest.mark.parametrize(
    ("said", "when", "what"),
    [
        ("is tomorrow noon ok?", "Thu 12:00", ""),
        ("is noon tomorrow ok?", "Thu 12:00", ""),
        ("Would 5pm suit you?", "Wed 17:00", ""),
        ("how about Friday at 10?", "Fri 10:00", ""),
        ("please call me, tomorrow at 3 would be good", "Thu 15:00", "call"),
        ("Could somebody ring me on Friday at 10am please?", "Fri 10:00", "ring"),
        ("I need an answer by tomorrow noon.", "Thu 12:00", ""),
        ("can you send me the label by 4pm?", "Wed 16:00", "label"),
        ("could you please look into it and let me know by Friday at noon", "Fri 12:00", ""),
        ("Can you call me in an hour?", "Wed 11:00", "call"),
    ],
)
def test_what_a_customer_asks_for(said: str, when: str, what: str) -> None:
    assert read("Sure, will do", said) == (when, what)


@pytest.mark.parametrize(
    "said",
    [
        "the lamp came on Monday", "I leave on Friday", "the courier said it comes by 5", "tomorrow at 5",
        "can you look at the lamp that I bought on Monday?", "please don't call me before 5pm", "I'll send it by 5pm",
        "why didn't you call me at 5?", "nobody called me at 5pm", "you promised to call me by 5pm",
        "can you hurry, I'm going away on Friday", "can you tell me when you open tomorrow?",
        "it costs 12.50, is that ok?",
        "if you can't call me by 5pm, tell me", "can you tell me whether it arrives by Friday?",
        "is the parcel here tomorrow?",
    ],
)  # fmt: skip
def test_a_time_that_is_not_asked_for_is_agreed_to_by_nothing(said: str) -> None:
    assert read("Ok, great", said)[0] == "none"


def test_a_time_that_answers_a_question_is_ours_unless_it_is_about_what_the_customer_will_do() -> None:
    assert read("Great, will do.", "tomorrow at 5 pm", ours="When suits you for a call?") == ("Thu 17:00", "call")
    assert read("Great!", "tomorrow at 5 pm", ours="What time would be best?") == ("Thu 17:00", "")
    assert read("Great!", "tomorrow at 5 pm", ours="When are you free for a call?") == ("Thu 17:00", "call")
    assert read("Great!", "tomorrow at 5 pm", ours="When can you send us a photo?")[0] == "none"
    assert read("Great!", "is tomorrow noon ok?", ours="When can you send it back?")[0] == "none"


def test_the_latest_words_that_ask_for_a_time_count_and_a_day_is_that_of_their_saying() -> None:
    assert read("Sure", "can you call me by 5?", "or rather, call me by 4?", "it's the blue one")[0] == "Wed 16:00"
    assert read("Sure", "can you call me tomorrow at 5pm?", at=datetime(2026, 12, 1, 20, tzinfo=UTC))[0] == "Wed 17:00"
    assert read("Sure", "can you call me by 9.30am?")[0] in ("none", "Thu 09:30")
    answered = [Line(who="customer", text="call me by 5?", at=NOW), Line(who="Dana", text="One moment.")]
    assert agreed("Sure", answered, NAMES, SHOP.promises, SHOP.queues["care"].hours, NOW) is None
