"""Amounts of money as staff write them: exact, and in the shop's own currency."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision, get_currency_symbol
from msgspec import Struct

_SYMBOLS = "£$€¥₹₩₺₴₽฿₫₪"
_NUMBER = r"(?P<number>[0-9]{1,7}(\.[0-9]{1,3}|,[0-9]{1,2})?)"
_SMALL = "gbp|eur|usd|chf|jpy|cad|aud|nzd|sek|nok|dkk|pln|czk|inr|cny"  # codes that are no words: not "all", not "try"
_UNIT = rf"(?:[A-Z]{{3}}|(?i:{_SMALL}))(?![A-Za-z])|[{_SYMBOLS}]"
_AMOUNT = re.compile(rf"(?P<before>{_UNIT})?\s?{_NUMBER}(?![\d.,]*\d)\s?(?P<after>{_UNIT})?(?=$|[\s,.:;])")


class Amount(Struct, frozen=True, kw_only=True):
    """So much money, as it was written: `unit` is a currency's code or sign, or empty for the shop's own."""

    number: str
    unit: str = ""


def read(text: str) -> tuple[Amount, str] | None:
    """Return the amount with which a text begins ("10", "£7.50", "10 GBP") and the words after it; None without one."""
    found = _AMOUNT.match(text.strip())
    if found is None:
        return None
    unit = (found["before"] or found["after"] or "").upper()
    return Amount(number=found["number"].replace(",", "."), unit=unit), text.strip()[found.end() :].strip(" ")


def exact(amount: Amount, currency: str) -> Decimal | None:
    """Return the amount in a currency; None for nothing, another currency, and parts that it has no coins for."""
    if amount.unit not in ("", currency, get_currency_symbol(currency, locale="en")):
        return None
    value, step = Decimal(amount.number), Decimal(1).scaleb(-get_currency_precision(currency))
    return value.quantize(step) if value > 0 and value == value.quantize(step) else None
