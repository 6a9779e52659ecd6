"""Sums that customers name where another one stands: "£20 and we're done", "make it 60%"; a share is one of the most.

Where the sum is offered, a bare number may be one, too: "I'd want 20". Elsewhere it needs its currency.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from bot.dialog.values.money import money, sums
from bot.dialog.values.orders import order
from bot.dialog.values.reading import Lexicon, Reading, begins, tidy
from bot.knowledge import normalise

_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{1,2})?)\s?(?=%|[^\W\d_])")


def bid(text: str, told: Iterable[str], lexicon: Lexicon, currency: str, *, offered: bool) -> Decimal | None:
    """Return the sum that a text names, if it is none of those that were told."""
    known = {amount for each in told for amount in sums(each, lexicon, currency)}
    if not known:
        return None
    if (share := _share(text, lexicon)) is not None:
        amount = (max(known) * share / 100).quantize(Decimal("0.01"))
        return None if amount in known else amount
    said = money(text, lexicon, "")
    if not isinstance(said, Reading):
        return None
    amount, named = Decimal(said.values[0]["amount"]), bool(said.values[0]["currency"])
    ends = text.rstrip(" .!?")[-1:].isdigit() and not isinstance(order(text), Reading)
    bare = offered and amount > min(known) and ends
    return amount if amount not in known and (named or bare) else None


def _share(text: str, lexicon: Lexicon) -> Decimal | None:
    """Return the per cent of a price that are named; none in "90% sure" or "60% of them"."""
    said = tidy(text)
    for match in _NUMBER.finditer(said):
        rest = said[match.end() :].lstrip().casefold()
        unit = max((each for each in lexicon.percent if rest.startswith(each)), key=len, default="")
        after = rest[len(unit) :]
        if not unit or after[:1].isalnum():
            continue
        words = normalise(re.split(r"[,.;:!?]", after)[0])
        if not words or (begins(words, lexicon.share_of) and not begins(words, lexicon.of_them)):
            return Decimal(match[1])
    return None
