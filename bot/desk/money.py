"""Amounts of money as staff write them: exact, and in the shop's own currency."""

import re
from decimal import Decimal

from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol
from msgspec import Struct

_SYMBOLS = "£$€¥₹₩₺₴₽฿₫₪"
_NUMBER = r"(?P<number>[0-9]{1,7}(\.[0-9]{1,3}|,[0-9]{1,2})?)"
_SMALL = "gbp|eur|usd|chf|jpy|cad|aud|nzd|sek|nok|dkk|pln|czk|inr|cny"  # codes that are no words: not "all", not "try"
_CALLED: dict[str, set[str]] = {}  # "dollars" and "us dollars", and the currencies that are called so
for _code in _SMALL.upper().split("|"):
    for _count in (1, 2):
        _name = get_currency_name(_code, count=_count, locale="en").lower()
        for _said in (_name, _name.rpartition(" ")[2]):
            _CALLED.setdefault(_said, set()).add(_code)
_NAMES = "|".join(sorted(map(re.escape, _CALLED), key=len, reverse=True))
_UNIT = rf"(?:[A-Z]{{3}}|(?i:{_SMALL}|{_NAMES}))(?![A-Za-z])|[{_SYMBOLS}]"
_AMOUNT = re.compile(rf"(?P<before>{_UNIT})?\s?{_NUMBER}(?![\d.,]*\d)\s?(?P<after>{_UNIT})?(?=$|[\s,.:;])")


class Amount(Struct, frozen=True, kw_only=True):
    """So much money, as it was written: `unit` is a currency's code, sign or name, or empty for the shop's own."""

    number: str
    unit: str = ""


class Counter(Struct, frozen=True, kw_only=True):
    """Another offer than what was asked for: so much, as what ("store credit")."""

    amount: Amount
    what: str


def read(text: str) -> tuple[Amount, str] | None:
    """Return the amount with which a text begins ("10", "£7.50", "10 pounds") and the words after it; None without."""
    found = _AMOUNT.match(text.strip())
    if found is None:
        return None
    unit = (found["before"] or found["after"] or "").upper()
    return Amount(number=found["number"].replace(",", "."), unit=unit), text.strip()[found.end() :].strip(" ")


def exact(amount: Amount, currency: str) -> Decimal | None:
    """Return the amount in a currency; None for nothing, another currency, and parts that it has no coins for."""
    if is_foreign(amount, currency):
        return None
    value, step = Decimal(amount.number), Decimal(1).scaleb(-get_currency_precision(currency))
    return value.quantize(step) if value > 0 and value == value.quantize(step) else None


def is_foreign(amount: Amount, currency: str) -> bool:
    """Tell whether an amount was said in another currency."""
    own = ("", currency, get_currency_symbol(currency, locale="en"))
    return amount.unit not in own and currency not in _CALLED.get(amount.unit.lower(), ())
