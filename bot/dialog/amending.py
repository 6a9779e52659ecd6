"""What a customer sets right of what is known of their matter: another order, another thing; words are read here.

A correction begins with words that take something back ("no, it's order 67890"), or names what it isn't ("the kettle,
not the lamp"). What stands beside what is known ("order 67890 is late, too") corrects nothing.
"""

import re

from bot.dialog.catalog import Catalog
from bot.dialog.slots import find
from bot.dialog.understand import clauses, names
from bot.dialog.values.reading import begins
from bot.knowledge import normalise

_LONGEST = 600  # letters that are read
_NAME = 3  # words at most that name a thing


def order(text: str, known: str, catalog: Catalog) -> tuple[list[str], str]:
    """Return which of the known orders words take back, and the one that they put in their place; nothing if none."""
    before = known.split(", ") if known else []
    gone = _denied(text, before, catalog) or (before if _takes_back(text, catalog) else [])
    for number in before:
        text = text.replace(number, " ")
    found = find("order", text[:_LONGEST]) if gone else None
    return (gone, found) if found else ([], "")


def title(text: str, known: str, catalog: Catalog) -> str:
    """Return a title with the thing in it that the words say is meant, in place of the one that isn't."""
    words = normalise(text[:_LONGEST]).split()
    for at, word in enumerate(words):
        denied = _named(words[at + 1 :], catalog) if word in catalog.commands["negation"] else []
        while denied and not _whole(denied).search(known):
            denied = denied[:-1]
        meant = _meant(words, at, len(denied), catalog) if denied else []
        if meant:
            return _whole(denied).sub(" ".join(meant), known, count=1)
    return known


def _meant(words: list[str], at: int, denied: int, catalog: Catalog) -> list[str]:
    """Return the thing that stands before what is denied, or else after it: "not the lamp but the kettle"."""
    before = [*reversed(_named_before(words[:at], catalog))]
    after = [word for word in words[at + 2 + denied :] if word not in catalog.commands["negation"]]
    return before or _named(after, catalog)


def _named(words: list[str], catalog: Catalog) -> list[str]:
    """Return the thing that words begin with, behind an article or the like; nothing where there is none."""
    if len(words) < 2 or words[0] not in catalog.answers.fillers:
        return []
    return _until(words[1:], catalog)


def _named_before(words: list[str], catalog: Catalog) -> list[str]:
    """Return the thing that words end with, the last word first."""
    thing = _until(words[::-1], catalog)
    return thing if len(words) > len(thing) and words[-len(thing) - 1] in catalog.answers.fillers else []


def _until(words: list[str], catalog: Catalog) -> list[str]:
    ends = catalog.answers.fillers | catalog.commands["negation"] | catalog.commands["joining"]
    thing: list[str] = []
    for word in words:
        if word in ends or len(thing) == _NAME:
            break
        thing.append(word)
    return thing


def _whole(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W+".join(map(re.escape, words)) + r"\b", re.IGNORECASE)


def _takes_back(text: str, catalog: Catalog) -> bool:
    """Tell whether one clause begins as a correction does, and nothing says that it stands beside what is known."""
    if names((*catalog.commands["beside"],), text):
        return False
    said = [normalise(each) for each in clauses(text)]
    kind = catalog.commands["settled"] | catalog.commands["thanking"]
    return any(begins(each, catalog.answers.correction) and not begins(each, kind) for each in said)


def _denied(text: str, known: list[str], catalog: Catalog) -> list[str]:
    """Return the known orders that words say it is not: "not 12345, 67890"."""
    said = normalise(text[:_LONGEST]).split()
    turned = [at for at, word in enumerate(said) if word in catalog.commands["negation"]]
    return [number for number in known if any(number in said[at + 1 : at + 4] for at in turned)]
