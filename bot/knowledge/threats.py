"""Threats against people: somebody says that they will, harm, and whom, in this order in one clause.

Only who speaks of doing it themselves threatens: "this is killing me" is a sigh, and what a subscription, a shelf or an
egg has to fear concerns nobody. Sayings such as "I know where you live" are cues of the lexicon (`mood`).
"""

from collections.abc import Callable

from msgspec import Struct

Fits = Callable[[int], int]  # where a phrase would end that begins at a word, or 0
_GAP = 6  # words between saying that one will, and harm


class Threats(Struct, frozen=True, kw_only=True):
    """Phrases of the three parts of a threat; `deeds` are harms that say by themselves whom they are for, and what is
    `harmless` only sounds like harm: "hit you up"."""

    begin: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


class Threatening(Struct, frozen=True, kw_only=True):
    """The same phrases, as what says where one ends."""

    begin: Fits
    harm: Fits
    whom: Fits
    deeds: Fits
    harmless: Fits


def threatens(parts: Threatening, length: int) -> tuple[int, int] | None:
    """Return from which word to which a clause of so many words threatens somebody; None if it does not."""
    for at in range(length):
        begun = parts.begin(at)
        for start in range(begun, min(begun + _GAP + 1, length)) if begun else ():
            harmed = parts.harm(start)
            end = parts.deeds(start) or (harmed and harmed < length and parts.whom(harmed))
            if end and not parts.harmless(start):
                return at, end
    return None
