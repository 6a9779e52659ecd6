"""Words after which the customer waits for nothing: they take note ("ok, Wednesday then"), or will see to something
first ("I'll check tonight and tell you"); and whether what they were told asks them anything.

Read part by part; a single part that says anything else wants to be read. The words are the shop's (`nodding` and those
below it in handoff/commands.yaml).
"""

import re
from collections.abc import Iterable
from itertools import dropwhile
from typing import Literal

from bot.dialog import thanks, timing
from bot.dialog.catalog import Catalog
from bot.dialog.understand import disapproves
from bot.knowledge import normalise

Read = Literal["", "nods", "comes_back"]
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]?")
_LONGEST = 300  # letters that are read; who writes more says more
_WORDS = 14  # of somebody who says what they will see to


def read(text: str, catalog: Catalog, told: Iterable[str] = ()) -> Read:
    """Tell whether words only take note of what was told, or put off an answer; times count only if those told them."""
    if "?" in text or len(text) > _LONGEST or not normalise(text):
        return ""
    known = {*normalise(" ".join(told)).split()}
    parts = {_part(part, catalog, known) for part in thanks.split(text, catalog)} - {"beside"}
    if "" in parts or not parts:
        return ""
    return "comes_back" if "comes_back" in parts else "nods"


def _part(part: str, catalog: Catalog, known: set[str]) -> Literal["", "nods", "comes_back", "beside"]:
    commands = catalog.commands
    if disapproves(part, catalog):
        return ""
    bare, nods = thanks.without(part, commands["nodding"] | commands["settled"])
    timeless = timing.timeless(bare, catalog, known)
    left = {*timeless} - _beside(catalog)
    if not left:
        again = known and timeless != bare.split()  # the time that they were told
        return "nods" if nods or again or {*timeless} & commands["thanking"] else "beside"
    if _comes_back(part, catalog):
        return "comes_back"
    return "nods" if thanks.heard(part, catalog) == "thanks" and not left & commands["wanting"] else ""


def _beside(catalog: Catalog) -> frozenset[str]:
    return catalog.commands["beside_nod"] | catalog.commands["thanking"] | catalog.commands["joining"]


def _comes_back(part: str, catalog: Catalog) -> bool:
    """Tell whether a part begins with what the customer will do first, and wants nothing of us besides."""
    commands = catalog.commands
    leads = _beside(catalog) | commands["yes"]
    ways = [list(dropwhile(leads.__contains__, words)) for words in (part.split(), timing.timeless(part, catalog))]
    begun = next((each for way in ways if _begins(each := " ".join(way), commands["coming_back"])), "")
    amiss = commands["wanting"] | commands["negation"] | commands["unsolved"]
    bare, _ = thanks.without(begun, commands["coming_back"])
    return bool(begun) and not amiss & {*bare.split()} and len(begun.split()) <= _WORDS


def _begins(said: str, phrases: Iterable[str]) -> bool:
    return any(f"{said} ".startswith(f"{phrase} ") for phrase in phrases)


def asks(told: str, catalog: Catalog) -> bool:
    """Tell whether what a customer was told asks them anything, also without a question mark.

    Whether there is anything else is asked out of courtesy.
    """
    return any(_asks(each[0], catalog) for each in _SENTENCE.finditer(told) if each[0].strip())


def is_courteous(told: str, catalog: Catalog) -> bool:
    """Tell whether a customer was asked, out of courtesy, whether there is anything else."""
    said = f" {normalise(told)} "
    return any(f" {phrase} " in said for phrase in catalog.commands["courtesies"])


def _asks(sentence: str, catalog: Catalog) -> bool:
    if is_courteous(sentence, catalog):
        return False
    said = f" {normalise(sentence)} "
    return "?" in sentence or any(f" {phrase} " in said for phrase in catalog.commands["asking_back"])
