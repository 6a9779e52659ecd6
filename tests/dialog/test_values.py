"""What readers make of the words that customers use: the value, a reason why it is none, or nothing; never a guess."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load, shipped_folder
from bot.dialog.values import Hint, Lexicon, Reading
from bot.dialog.values.contacts import email, phone
from bot.dialog.values.days import day
from bot.dialog.values.money import money
from bot.dialog.values.numbers import number
from bot.dialog.values.orders import asked_order, order
from bot.dialog.values.picks import Thing, picks

WORDS: Lexicon = load(shipped_folder()).answers
MONDAY = date(2026, 1, 5)
BASKET = (
    Thing(value="kettle_blue", names=("Blue enamel kettle",)),
    Thing(value="mug_sage", names=("Sage mug",), quantity=3),
    Thing(value="lamp", names=("Oak desk lamp",)),
)
ALL = {"kettle_blue": 1, "mug_sage": 3, "lamp": 1}
MUGS = (Thing(value="sage", names=("Sage mug",)), Thing(value="clay", names=("Clay mug",)))


def first(read: Reading | Hint | None) -> Any:
    """What the reading comes to: its likeliest value, the hint's name, or nothing."""
    return read.values[0] if isinstance(read, Reading) else read.key if isinstance(read, Hint) else None


def picked(read: Reading | Hint | None) -> Any:
    found = first(read)
    return {each.thing.value: each.quantity for each in found} if isinstance(found, tuple) else found


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3", 3), ("three", 3), ("two of them", 2), ("a couple", 2), ("half a dozen", 6), ("twenty-one", 21),
        ("I'd like 4 please", 4), ("1,000", 1000), ("1.5", 1.5), ("1,5", 1.5), ("-2", -2), ("\u22122", -2),
        ("\uff13", 3), ("0", 0), ("zero", 0), ("5kg", 5), ("a dozen!", 12),
        ("2 or 3", None), ("two or three", None), ("many", None), ("", None), ("9" * 40, None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_numbers(said: str, value: object) -> None:
    assert first(number(said, WORDS, "en_GB")) == value


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("£12.50", "12.50", "GBP"), ("12,50 €", "12.50", "EUR"), ("12.50", "12.50", "GBP"), ("$5", "5", "USD"),
        ("EUR 3", "3", "EUR"), ("20 quid", "20", "GBP"), ("twenty quid", "20", "GBP"), ("£1,234.50", "1234.50", "GBP"),
        ("1.234,56 EUR", "1234.56", "EUR"), ("I paid £12.50 for order 12345", "12.50", "GBP"),
        ("12 pounds.", "12", "GBP"),
        ("it was £49.00, I think", "49.00", "GBP"), ("£ 7", "7", "GBP"),
    ],
)  # fmt: skip
def test_money(said: str, amount: str, currency: str) -> None:
    assert first(money(said, WORDS, "GBP")) == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("said", "key"),
    [("-£5", "answer_negative"), ("£-5", "answer_negative"), ("£5 and £6", None), ("12 or 13 pounds", None),
     ("50p", None), ("12kg", None), ("free", None), ("£", None), ("a lot", None), ("£" + "9" * 50, None)],
)  # fmt: skip
def test_what_is_no_amount(said: str, key: str | None) -> None:
    assert first(money(said, WORDS, "GBP")) == key


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("last Friday", ["2026-01-02"]), ("yesterday", ["2026-01-04"]), ("in two weeks", ["2026-01-19"]),
        ("the 3rd", ["2026-02-03", "2026-01-03", "2025-12-03"]), 
        ("the 9th", ["2026-01-09", "2026-02-09", "2025-12-09"]),
        ("on Friday", ["2026-01-09", "2026-01-02"]), ("3 March", ["2026-03-03", "2025-03-03"]),
        ("March 3rd", ["2026-03-03", "2025-03-03"]), ("25 December 2025", ["2025-12-25"]), ("3/4/2026", ["2026-04-03"]),
        ("2026-02-01", ["2026-02-01"]), ("03.04.26", ["2026-04-03"]), ("a week ago", ["2025-12-29"]),
        ("it was last Friday I think", ["2026-01-02"]), ("order 12345 came two days ago", ["2026-01-03"]),
        ("I may have got it a week ago or so", ["2025-12-29"]), ("tomorrow", ["2026-01-06"]), ("today", ["2026-01-05"]),
        ("the day before yesterday", ["2026-01-03"]), ("29 February", ["2028-02-29", "2024-02-29"]),
    ],
)  # fmt: skip
def test_days_in_natural_words(said: str, days: list[str]) -> None:
    read = day(said, MONDAY, "en_GB")
    assert isinstance(read, Reading)
    assert list(read.values) == days


def test_a_day_is_read_by_the_shops_habits() -> None:
    assert first(day("3/4/2026", MONDAY, "en_US")) == "2026-03-04"
    assert first(day("vor zwei Wochen", MONDAY, "de_DE")) == "2025-12-22"
    assert first(day("31. Februar", MONDAY, "de_DE")) == "answer_no_such_day"


@pytest.mark.parametrize(
    "said", ["31 February", "February 31st", "31/02/2026", "30 Feb 2026", "29 February 2026", "2026-13-45"]
)
def test_a_day_that_no_calendar_has_is_told(said: str) -> None:
    read = day(f"it was {said}", MONDAY, "en_GB")
    assert isinstance(read, Hint)
    assert (read.key, read.values) == ("answer_no_such_day", {"text": said})


@pytest.mark.parametrize(
    "said", ["", "soon", "12345", "2", "in May", "2026", "at 10:30", "Monday or Tuesday", "my kettle", "last month"]
)
def test_what_is_no_day(said: str) -> None:
    assert day(said, MONDAY, "en_GB") is None


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("robin.hale@example.com", "robin.hale@example.com"),
        ("It's Robin.Hale@Example.com.", "robin.hale@example.com"),
        ("<jo@example.org>", "jo@example.org"), ("jo@m\u00fcnchen.de", "jo@m\u00fcnchen.de"),
        ("ana@example", "answer_email_wrong"), ("ana@mail..com", "answer_email_wrong"), ("a@b.com or c@d.com", None),
        ("it's not a@b.com, it's c@d.com", "c@d.com"), ("c@d.com, not a@b.com", "c@d.com"),
        ("a@b.com, no sorry, c@d.com", "c@d.com"), ("not a@b.com", "a@b.com"),
        ("at home", None), ("@", None), ("x" * 300 + "@example.com", None),
    ],
)  # fmt: skip
def test_emails(said: str, found: str | None) -> None:
    assert first(email(said, WORDS)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("0117 496 0142", "+44 117 496 0142"), ("call me on 07700 900123, please", "+44 7700 900123"),
        ("+1 202 555 0101", "+1 202-555-0101"), ("(0117) 496-0142", "+44 117 496 0142"),
        ("0117 496 0142 or 0117 496 0143", "+44 117 496 0142, or +44 117 496 0143"),
        ("07700 900123 or at work 020 7946 0018", "+44 7700 900123, or +44 20 7946 0018"),
        ("07700 900123, no sorry, 07700 900124", "+44 7700 900124"),
        ("0117 496 0142, not 0117 496 0143", "+44 117 496 0142"),
        ("not 07700 900123, it's 020 7946 0018", "+44 20 7946 0018"),
        ("0117 496 0142, 0117 496 0142", "+44 117 496 0142"),
        ("12345", "answer_phone_wrong"), ("0123 45", "answer_phone_wrong"),
        ("no phone", None), ("", None),
    ],
)  # fmt: skip
def test_phones(said: str, found: str | None) -> None:
    assert first(phone(said, "GB", WORDS)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("12345", "12345"), ("#12345", "12345"), ("# 12345", "12345"), ("no. 12345", "12345"), ("it's 12345.", "12345"),
        ("12 345", "12345"), ("no. 12 345", "12345"), ("1 2 3 4 5", "12345"), ("123-45", "12345"),
        ("l2345", "12345"), ("1O031", "10031"),
        ("order l0o31", "10031"), ("12345 12345", "12345"), ("\uff11\uff12\uff13\uff14\uff15", "12345"),
        ("12345 or 67890", "answer_several_orders"),
        ("1234", None), ("123456", None), ("1234567890", None), ("call 0117 496 0142", None), ("hello", None),
        ("Ollie", None), ("123.45", "12345"), ("12345.67", None), ("it cost 12 345.50", None),
    ],
)  # fmt: skip
def test_order_numbers_that_were_asked_for(said: str, found: str | None) -> None:
    assert first(asked_order(said)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("the kettle from order 12345 broke", "12345"),
        ("12345 or 67890", None),
        ("12 345", None),
        ("l2345", None),
        ("call me on 07700 900123", None),
        ("07700 900 123", None),
        ("12345 2 mugs", "12345"),
    ],
)
def test_order_numbers_that_came_by_the_way_are_read_strictly(said: str, found: str | None) -> None:
    assert first(order(said)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("the kettle", {"kettle_blue": 1}), ("the blue one", {"kettle_blue": 1}), ("Sage mug", {"mug_sage": 3}),
        ("the mugs", {"mug_sage": 3}), ("two of the three mugs", {"mug_sage": 2}), ("2 mugs", {"mug_sage": 2}),
        ("one mug and the lamp", {"mug_sage": 1, "lamp": 1}), ("kettle, lamp", {"kettle_blue": 1, "lamp": 1}),
        ("all", ALL), ("everything please", ALL),
        ("all but the lamp", {"kettle_blue": 1, "mug_sage": 3}), 
        ("everything except the mugs", {"kettle_blue": 1, "lamp": 1}),
        ("all except one of the mugs", {"kettle_blue": 1, "mug_sage": 2, "lamp": 1}),
        ("all but a mug", {"kettle_blue": 1, "mug_sage": 2, "lamp": 1}), ("all mugs but one", {"mug_sage": 2}),
        ("all but the last one", {"kettle_blue": 1, "mug_sage": 3}), ("all but two", "answer_which_thing"),
        ("all but the chipped one", None), ("two mugs, not three", {"mug_sage": 2}),
        ("all mugs but nine", "answer_negative"),
        ("everything but I've lost the box", ALL), ("all of it, but they arrived late", ALL),
        ("the mugs, but they are chipped", {"mug_sage": 3}),
        ("the kettle and the lamp, but the lamp is chipped", {"kettle_blue": 1, "lamp": 1}),
        ("the lamp works but the kettle is broken", "answer_which_thing"),
        ("the mugs but not the lamp", {"mug_sage": 3}),
        ("the lamp and half the mugs", "answer_how_many"),
        ("half of the two mugs and the lamp", {"mug_sage": 1, "lamp": 1}),
        ("half the lamp", {"lamp": 1}), ("half of them", None), ("half a dozen mugs", "answer_too_many"),
        ("the mug", {"mug_sage": 1}), ("my sage mug", {"mug_sage": 1}), ("my mugs", {"mug_sage": 3}),
        ("not the kettle, the lamp", {"lamp": 1}), ("the lamp, not the kettle", {"lamp": 1}),
        ("the first one", {"kettle_blue": 1}), ("the last one", {"lamp": 1}), 
        ("1 and 3", {"kettle_blue": 1, "lamp": 1}),
        ("the first and the third", {"kettle_blue": 1, "lamp": 1}), ("2", {"mug_sage": 3}), 
        ("ketle", {"kettle_blue": 1}),
        ("both", None), ("9", None), ("the sofa", None), ("", None), ("the fifth one", None), 
        ("this is taking too long", None), ("none", None),
        ("five mugs", "answer_too_many"), ("two kettles", "answer_too_many"), ("-1 mug", "answer_negative"),
        ("0 mugs", "answer_negative"), ("not the lamp", None),
    ],
)  # fmt: skip
def test_things_of_a_list(said: str, found: object) -> None:
    assert picked(picks(said, BASKET, WORDS)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [("three of them", {"mug": 3}), ("2", {"mug": 2}), ("just one", {"mug": 1}), ("all of them", {"mug": 6}),
     ("the first one", {"mug": 1}), ("seven", "answer_too_many"), ("0", "answer_negative"),
     ("all but two", {"mug": 4}), ("all of them except for one", {"mug": 5}), ("all mugs except 2", {"mug": 4}),
     ("half", {"mug": 3}), ("half of them", {"mug": 3}), ("half of the six", {"mug": 3}), ("half a dozen", {"mug": 6}),
     ("all minus six", "answer_negative"), ("my ochre mug", {"mug": 1})],
)  # fmt: skip
def test_of_one_kind_of_thing_a_number_says_how_many(said: str, found: object) -> None:
    assert picked(picks(said, [Thing(value="mug", names=("Ochre mug",), quantity=6)], WORDS)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [("both", {"sage": 1, "clay": 1}), ("the mug", None), ("the clay mug", {"clay": 1}),
     ("both of them", {"sage": 1, "clay": 1})],
)  # fmt: skip
def test_what_two_things_share_names_neither(said: str, found: object) -> None:
    assert picked(picks(said, MUGS, WORDS)) == found


def test_what_came_by_the_way_must_name_things() -> None:
    assert picked(picks("the lamp from my first order broke", BASKET, WORDS, strict=True)) == {"lamp": 1}
    for said in ("it was all fine at first", "1", "both"):
        assert picks(said, BASKET, WORDS, strict=True) is None


def test_all_that_came_by_the_way_must_be_said_by_more_than_all() -> None:
    every = {each.value: each.quantity for each in BASKET}
    for said in ("I want to return everything", "refund for the whole order, it came too late"):
        assert picked(picks(said, BASKET, WORDS, strict=True)) == every
    for said in ("it was all too late", "everything is fine but the lamp is broken", "everything except the lamp"):
        assert picks(said, BASKET, WORDS, strict=True) is None


SCRAPS = [
    "last",
    "next",
    "friday",
    "31",
    "february",
    "the",
    "3rd",
    "in",
    "two",
    "weeks",
    "£",
    "12345",
    "@",
    "all",
    "but",
    "mug",
]
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="0123456789 .,-/+#lOI@£€ ", max_size=120),
    st.lists(st.sampled_from(SCRAPS)).map(" ".join),
)


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_all_that_is_read_can_be_stored(said: str) -> None:
    reads = [
        number(said, WORDS, "en_GB"), money(said, WORDS, "GBP"), day(said, MONDAY, "en_GB"), email(said),
        phone(said, "GB", WORDS), order(said), asked_order(said), picks(said, BASKET, WORDS),
    ]  # fmt: skip
    for read in reads:
        if isinstance(read, Reading):
            assert read.values
            msgspec.json.encode(read)


LIDS = (
    Thing(value="kettle", names=("Red enamel kettle",)),
    Thing(value="lid", names=("Spare kettle lid",), quantity=2),
)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("one lid and the kettle", {"kettle": 1, "lid": 1}), ("the kettle and a lid", {"kettle": 1, "lid": 1}),
        ("the kettle lid and the kettle", {"kettle": 1, "lid": 1}), ("the kettle lids", {"lid": 2}),
        ("the kettle lid", {"lid": 1}),
        ("one kettle lid", {"lid": 1}), ("a kettle lid", {"lid": 1}), ("a lid for the kettle", {"lid": 1}),
        ("the kettle", None), ("the kettle is dented and a lid is missing", None),
    ],
)  # fmt: skip
def test_a_word_of_two_names_means_the_thing_that_is_left_or_is_asked_about(said: str, found: object) -> None:
    assert picked(picks(said, LIDS, WORDS)) == found
