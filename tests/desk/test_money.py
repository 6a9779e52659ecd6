"""Amounts of money as staff write them."""

from decimal import Decimal

import pytest

from bot.desk import money
from bot.desk.money import Amount


@pytest.mark.parametrize(
    ("text", "number", "unit", "rest"),
    [
        ("10", "10", "", ""),
        ("10 GBP store credit", "10", "GBP", "store credit"),
        ("£7.50 for the delay", "7.50", "£", "for the delay"),
        ("7,5 €, since it broke", "7.5", "€", ", since it broke"),
        ("10, because", "10", "", ", because"),
        ("5 pounds", "5", "POUNDS", ""),
        ("5 US dollars for the delay", "5", "US DOLLARS", "for the delay"),
        ("5£ back", "5", "£", "back"),
        ("EUR 5", "5", "EUR", ""),
        ("10.5 gbp for the delay", "10.5", "GBP", "for the delay"),
        ("5 eur", "5", "EUR", ""),
        ("5 all of it", "5", "", "all of it"),
        ("0.01 EUR", "0.01", "EUR", ""),
    ],
)
def test_a_line_that_begins_with_an_amount_has_one(text: str, number: str, unit: str, rest: str) -> None:
    assert money.read(text) == (Amount(number=number, unit=unit), rest)


@pytest.mark.parametrize("text", ["", "a lot", "GBP", "1,000 GBP", "1.234.567", "10%", "10x", "-5", "12345678", "١٠"])
def test_what_cannot_be_told_exactly_is_no_amount(text: str) -> None:
    assert money.read(text) is None


@pytest.mark.parametrize(
    ("number", "unit", "currency", "value"),
    [
        ("10", "", "GBP", "10.00"),
        ("10.5", "GBP", "GBP", "10.50"),
        ("10", "£", "GBP", "10.00"),
        ("10", "POUNDS", "GBP", "10.00"),
        ("10", "DOLLARS", "CAD", "10.00"),
        ("10", "", "JPY", "10"),
        ("1.005", "", "KWD", "1.005"),
    ],
)
def test_an_amount_is_exact_in_the_currency_of_the_shop(number: str, unit: str, currency: str, value: str) -> None:
    assert str(money.exact(Amount(number=number, unit=unit), currency)) == value


@pytest.mark.parametrize(
    ("number", "unit", "currency"),
    [
        ("0", "", "GBP"),
        ("0.00", "", "GBP"),
        ("10", "EUR", "GBP"),
        ("10", "$", "GBP"),
        ("10", "DOLLARS", "GBP"),
        ("10", "US DOLLARS", "CAD"),
        ("9.999", "", "GBP"),
        ("1.5", "", "JPY"),
    ],
)
def test_what_the_shop_has_no_coins_for_is_no_amount_of_its_own(number: str, unit: str, currency: str) -> None:
    assert money.exact(Amount(number=number, unit=unit), currency) is None


def test_amounts_add_up_exactly() -> None:
    tenth = money.exact(Amount(number="0.10"), "GBP")
    assert tenth is not None
    assert tenth * 3 == Decimal("0.30")
