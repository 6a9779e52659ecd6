"""Numbers: "3", "1,000", "1.5", "two", "twenty-one", "half a dozen"."""

import re
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from bot.dialog.values.reading import Lexicon, Reading, tidy, without
from bot.knowledge import normalise

DIGITS = re.compile(r"(?<![\w.,])[-+]?\s?\d[\d.,]*(?<=\d)|(?<=[^\W\d_])\d+|[-+]?\d+")
_MOST_DIGITS = 15
_MOST_WORDS = 60


def number(text: str, lexicon: Lexicon, locale: str) -> Reading | None:
    """Read a number, if exactly one is said: an int, or a float if it has a fraction."""
    said = tidy(text)
    found = list(DIGITS.finditer(said))
    if found:
        value = decimal(found[0].group(), locale) if len(found) == 1 else None
        if value is None:
            return None
        whole = value == value.to_integral_value()
        return Reading(values=(int(value) if whole else float(value),), rest=without(said, *found[0].span()))
    spoken = in_words(normalise(said).split()[:_MOST_WORDS], lexicon)
    return Reading(values=(spoken[0][0],)) if len(spoken) == 1 else None


def decimal(digits: str, locale: str) -> Decimal | None:
    """Return the number that digits say, by the shop's habits, else by the other one: "1,000" and "12,50" in en_GB."""
    sign, bare = ("-" if digits.startswith("-") else ""), digits.strip("-+ ")
    if sum(map(str.isdigit, bare)) > _MOST_DIGITS:
        return None
    try:
        return Decimal(sign + str(parse_decimal(bare, locale=locale, strict=True)))
    except NumberFormatError:
        pass
    parts = re.fullmatch(r"(\d+(?:([.,])\d{3})*)(?:(?!\2)[.,](\d+))?", bare)
    if not parts:
        return None
    return Decimal(f"{sign}{re.sub('[.,]', '', parts[1])}.{parts[3] or 0}")


def in_words(words: list[str], lexicon: Lexicon) -> list[tuple[int, int, int]]:
    """Return each number that is said in words, with where it begins and ends: tens and ones that follow are one."""
    found: list[tuple[int, int, int]] = []
    longest = max((name.count(" ") + 1 for name in lexicon.numbers), default=0)
    at = 0
    while at < len(words):
        size = next((n for n in range(longest, 0, -1) if " ".join(words[at : at + n]) in lexicon.numbers), 0)
        if not size:
            at += 1
            continue
        value = lexicon.numbers[" ".join(words[at : at + size])]
        if found and found[-1][2] == at and found[-1][0] % 10 == 0 < value < 10 <= found[-1][0] < 100:
            found[-1] = (found[-1][0] + value, found[-1][1], at + size)
        else:
            found.append((value, at, at + size))
        at += size
    return found
