"""Words after which the customer waits for nothing: they take note ("ok, Wednesday then"), or will see to something
first ("I'll check tonight and tell you") or are away until a day; and whether what they were told asks them anything.

Read part by part; a single part that says anything else wants to be read. The words are the shop's (`nodding` and those
below it in handoff/commands.yaml).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import dropwhile
from typing import Literal

from bot.desk.hours import Hours
from bot.desk.moments import begins
from bot.dialog import thanks, timing
from bot.dialog.catalog import Catalog
from bot.dialog.understand import disapproves
from bot.knowledge import found, normalise

Read = Literal["", "nods", "comes_back"]
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]?")
_LONGEST = 300  # letters that are read; who writes more says more
_WORDS = 14  # of somebody who says what they will see to
_TIME = 3  # words of a time behind "till"


def read(text: str, catalog: Catalog, told: Iterable[str] = ()) -> Read:
    """Tell whether words only take note of what was told, or put off an answer; times count only if those told them."""
    asks = "?" in text and not keeps(text, catalog)
    if asks or len(text) > _LONGEST or not normalise(text):
        return ""
    known = {*normalise(" ".join(told)).split()}
    parts = {_part(part, catalog, known) for part in thanks.split(text, catalog)} - {"beside"}
    if "" in parts or not parts:
        return ""
    return "comes_back" if "comes_back" in parts else "nods"


def keeps(text: str, catalog: Catalog) -> bool:
    """Tell whether a text asks to keep a case open."""
    return bool(found(catalog.commands["keeping"], text))


def until(text: str, catalog: Catalog, hours: Hours, now: datetime) -> datetime | None:
    """Return when a customer who asks to keep a case open, or is away, will be back; None if they say no time."""
    words = catalog.commands["keeping"] | catalog.commands["away"]
    parts = [part for part in thanks.split(text, catalog) if found(words, part)]
    times = (begins(time, catalog.promises, hours, now) for part in parts for time in _times(part, catalog))
    return max(filter(None, times), default=None)


def _times(part: str, catalog: Catalog) -> Iterator[str]:
    """Yield what may be a time in a part: by its shape, or the words behind "till"."""
    for shape in catalog.promises.shapes:
        yield from (hit[0] for hit in shape.finditer(part))
    said = part.split()
    for at, word in enumerate(said):
        if word in catalog.commands["until"]:
            yield from (" ".join(said[at + 1 : at + 1 + count]) for count in range(1, _TIME + 1))


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
    if _comes_back(part, catalog) or _puts_off(part, catalog):
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


def _puts_off(part: str, catalog: Catalog) -> bool:
    """Tell whether a part asks to keep a case open, or says that the customer is away, and wants nothing besides."""
    commands = catalog.commands
    hits = [hit for each in ("keeping", "away") if (hit := found(commands[each], part))]
    bare = part
    for hit in hits:
        bare = bare.replace(hit, " ", 1)
    amiss = commands["wanting"] | commands["negation"] | commands["unsolved"]
    return bool(hits) and not amiss & {*bare.split()} and len(part.split()) <= _WORDS


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
