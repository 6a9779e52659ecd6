"""Words that only say when: without the times in them nothing is left that would name a matter."""

from bot.desk.wordings import plain
from bot.dialog.catalog import Catalog
from bot.knowledge import normalise

_WORDS = 3  # a time of day may have: "half past three"


def timeless(text: str, catalog: Catalog, known: set[str] | None = None) -> list[str]:
    """Return the words of a text without the times in it, or without those that are made of `known` words."""
    text = plain(text)
    for shape in catalog.promises.shapes:
        text = shape.sub(lambda found: found[0] if known is not None and {*found[0].split()} - known else " ", text)
    return text.split()


def only_says_when(text: str, catalog: Catalog) -> bool:
    """Tell whether a text says nothing but a time, or when somebody can be reached: "after 3pm please"."""
    left = timeless(text.casefold(), catalog)
    rest = _without_clock(left, catalog)
    said = normalise(" ".join(rest)).split()
    beside = catalog.commands["saying_when"] | catalog.commands["until"] | catalog.commands["negation"]
    known = beside | catalog.commands["yes"] | catalog.answers.fillers
    timed = len(rest) < len(text.split()) or not catalog.commands["saying_when"].isdisjoint(said)
    return timed and known.issuperset(said)


def _without_clock(words: list[str], catalog: Catalog) -> list[str]:
    """Return words without the times of day that stand bare: "3pm", "15:00", "10 am"."""
    for size in range(_WORDS, 0, -1):
        for at in range(len(words) - size + 1):
            said = " ".join(words[at : at + size]).strip(".,;!")
            if any(shape.fullmatch(said) for shape in catalog.promises.times):
                return [*words[:at], *_without_clock(words[at + size :], catalog)]
    return words
