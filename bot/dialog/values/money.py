"""Amounts of money: "£12.50", "12,50 €", "EUR 3", "twenty quid"; kept as {amount, currency}."""

import re
from decimal import Decimal

from price_parser import Price

from bot.dialog.values.numbers import in_words
from bot.dialog.values.reading import Hint, Lexicon, Reading, tidy, without
from bot.knowledge import normalise

_AMOUNT = re.compile(
    r"(?P<minus>-\s?)?(?P<before>[A-Za-z]{3}(?![A-Za-z])|[^\w\s,.;:!?()'\"+-])?\s?(?P<sign>-\s?)?"
    r"(?<![\w.,])(?P<digits>\d[\d.,]*(?<=\d))\s?(?P<after>[^\W\d_]+|[^\w\s,.;:!?()'\"+-])?"
)
_LIKE_AN_ORDER = 5  # digits; a number beside an amount that is as long is something else
_LONGEST, _MOST_DIGITS, _MOST_WORDS = 300, 12, 60


def money(text: str, lexicon: Lexicon, currency: str) -> Reading | Hint | None:
    """Read an amount, if exactly one is said; one without a currency is in the shop's."""
    said = tidy(text)[:_LONGEST]
    found = [(match, _currency(match, lexicon, currency)) for match in _AMOUNT.finditer(said)]
    found = [each for each in found if each[1] is not None]
    named = [each for each in found if each[1]]
    beside = [match for match, code in found if named and not code and _digits(match["digits"]) < _LIKE_AN_ORDER]
    if len(named or found) != 1 or beside:
        return _in_words(said, lexicon) if not found else None
    match, code = (named or found)[0]
    amount = _amount(match["digits"])
    if amount is None:
        return None
    if match["minus"] or match["sign"]:
        return Hint(key="answer_negative")
    return Reading(values=(_kept(amount, code or currency),), rest=without(said, *match.span()))


def names_money(text: str, lexicon: Lexicon, currency: str) -> bool:
    """Tell whether an amount with a currency is said: in figures, or in words."""
    said = tidy(text)[:_LONGEST]
    return any(_currency(match, lexicon, currency) for match in _AMOUNT.finditer(said)) or bool(
        _in_words(said, lexicon)
    )


def sums(text: str, lexicon: Lexicon, currency: str) -> frozenset[Decimal]:
    """Return the amounts with a currency that a text names in figures."""
    found = (match for match in _AMOUNT.finditer(tidy(text)) if _currency(match, lexicon, currency))
    return frozenset(amount for match in found if (amount := _amount(match["digits"])) is not None)


def unpriced(text: str, lexicon: Lexicon, word: str) -> str:
    """Return a text with a word in the place of each sum of money: "I want £500 back", "five hundred quid"."""
    said = tidy(text)[:_LONGEST]
    for match in reversed(list(_AMOUNT.finditer(said))):
        before, after = ((match[side] or "").casefold() in lexicon.money for side in ("before", "after"))
        if before or after:
            start, end = match.start("before" if before else "digits"), match.end("digits" if before else "after")
            said = f"{said[:start].rstrip()} {word} {said[end:].lstrip()}".strip()
    words = normalise(said).split()[:_MOST_WORDS]
    begun = len(words)  # where the number in words behind begins: "five" and "hundred" are two
    for _, start, end in reversed(in_words(words, lexicon)):
        if end < len(words) and (words[end] in lexicon.money or end == begun):
            words[start : end + 1] = [word]
            said, begun = " ".join(words), start
    return said if said != tidy(text)[:_LONGEST] else text


def _kept(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:f}", "currency": currency}


def _amount(digits: str) -> Decimal | None:
    """Return what price-parser makes of the digits: it knows either use of comma and point."""
    return Price.fromstring(digits).amount if _digits(digits) <= _MOST_DIGITS else None


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _currency(match: re.Match[str], lexicon: Lexicon, shop: str) -> str | None:
    """Return the currency beside an amount; nothing if there is none, and None if it is no amount: "50p", "12kg"."""
    before, after = match["before"] or "", match["after"] or ""
    for name in (before, after):
        if code := lexicon.money.get(name.casefold()) or (shop if name.upper() == shop else ""):
            return code
    glued = after and match.string[match.end("digits") : match.start("after")] == ""
    return None if glued or (before and not before.isalpha()) else ""


def _in_words(said: str, lexicon: Lexicon) -> Reading | None:
    words = normalise(said).split()[:_MOST_WORDS]
    for value, _, end in in_words(words, lexicon):
        code = lexicon.money.get(words[end]) if end < len(words) else None
        if code:
            return Reading(values=(_kept(Decimal(value), code),))
    return None
