"""Order numbers: five digits, however they are written: "#12345", "no. 12 345", "l2345", "1O031"."""

import re
from itertools import pairwise

from bot.dialog.values.reading import Hint, Lexicon, Reading, tidy, without
from bot.knowledge import normalise

_PLAIN = re.compile(r"(?<![\w.+])#?\s?(\d{5})(?![\w]|[.,]\d|[ \-](?:\d{3,4}|\d{6,})\b)")  # no telephone's first half
_LIKE = r"[\dOoIl|]"
_LOOSE = re.compile(
    rf"(?<![\w.,+])(?<!\d[ .,\-])#?\s?({_LIKE}(?:[ .\-]?{_LIKE}){{4}})(?![\w|]|[ .,\-]{_LIKE}(?![^\W\d_]))"
)
_MEANT = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1", " ": "", ".": "", "-": ""})
_FEWEST_DIGITS = 3
_MOST = 9


def order(text: str) -> Reading | None:
    """Read an order number that stands anywhere in a text, if exactly one does."""
    said = tidy(text)
    found = list(_PLAIN.finditer(said))
    if len({match[1] for match in found}) != 1:
        return None
    return Reading(values=(found[0][1],), rest=without(said, *found[0].span()))


def numbers(text: str) -> tuple[str, ...]:
    """Return the different order numbers that stand in a text, in its order."""
    return tuple(dict.fromkeys(match[1] for match in _PLAIN.finditer(tidy(text))))


def listed(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return several order numbers that are counted up: "40001 and order 40002"; of "40001, not 40002" none."""
    said = tidy(text)
    found = list(_PLAIN.finditer(said))
    names = {word for name in lexicon.called.get("order", ()) for word in name.split()}
    between = [normalise(said[one.end() : other.start()]).split() for one, other in pairwise(found)]
    counted = all({*words} <= lexicon.joins | lexicon.besides | names for words in between)
    different = numbers(text)
    return different if counted and len(different) > 1 else ()


def asked_order(text: str) -> Reading | Hint | None:
    """Read an order number that was asked for: letters that look like digits, and gaps, are taken as meant."""
    said = tidy(text)
    plain = numbers(said)
    if len(plain) > 1:
        return Hint(key="answer_several_orders", values={"numbers": [f"#{number}" for number in plain[:_MOST]]})
    if plain:
        return order(said)
    found = [match for match in _LOOSE.finditer(said) if sum(map(str.isdigit, match[1])) >= _FEWEST_DIGITS]
    if len(found) != 1:
        return None
    return Reading(values=(found[0][1].translate(_MEANT),), rest=without(said, *found[0].span()))
