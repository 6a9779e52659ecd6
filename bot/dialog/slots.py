"""Reading an answer: from what a customer typed to a slot's value.

Readers are total: a value, or None for "that is no answer to this question".
"""

import re
from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz, process

from bot.dialog.catalog import Catalog
from bot.dialog.flow import Ask, Option
from bot.knowledge import normalise

_LONGEST = 4_000
_ORDER = re.compile(r"(?<![\w.])#?\s?(\d{5})(?![\w]|[.,]\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_SURE = 85.0
_MOST_WORDS = 12
_SHORT_NO, _SHORT_NOT = 4, 7
_FILLER = re.compile(r"^(?:the|a|an|my|it is|its|it s|i want|i would like|please|with|by|for)\s+")


def read(step: Ask, options: Sequence[Option], text: str, catalog: Catalog) -> Any | None:
    """Return the value that `text` gives for the step, or None."""
    match step.type:
        case "text":
            return text.strip()[:_LONGEST] or None
        case "yes_no":
            return yes_no(text, catalog)
        case "choice":
            picked = choose(options, text, catalog)
            return picked.value if picked else None
        case "number":
            return _number(text)
        case "order" | "email":
            return find(step.type, text)


def find(kind: str, text: str) -> str | None:
    """Return an order number or e-mail address that stands anywhere in the text, if exactly one does."""
    if kind == "order":
        found = {match.group(1) for match in _ORDER.finditer(text[:_LONGEST])}
    elif kind == "email":
        found = {match.group(0).lower() for match in _EMAIL.finditer(text[:_LONGEST])}
    else:
        found = set()
    return found.pop() if len(found) == 1 else None


def yes_no(text: str, catalog: Catalog) -> bool | None:
    """Return whether the text says yes or no, by the shop's own lists of such words."""
    said = normalise(text).split()
    yes, no = catalog.commands["yes"], catalog.commands["no"]
    if not said:
        return None
    if " ".join(said) in yes | no:
        return " ".join(said) in yes
    # A yes may move money: "yes please do" is one, since all its words stand in some yes, "yes but wrong" is none.
    if said[0] in yes and {*said} <= {part for phrase in yes for part in phrase.split()}:
        return True
    # A no may be said in full: "no, it is not fixed" says it twice, "no idea when that was" says something else.
    most = _SHORT_NOT if catalog.commands["negation"] & {*said[1:]} else _SHORT_NO
    return False if said[0] in no and len(said) <= most else None


def choose(options: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the option that the text means: its value, its number in the list, its label or one of its phrasings.

    An option that a bare "yes" or "no" chooses is chosen by all of the shop's words for that.
    """
    said = normalise(text)
    if not said or not options:
        return None
    if said.isdigit() and len(said) < 3 and 1 <= int(said) <= len(options):
        return options[int(said) - 1]
    names = [(normalise(name), each) for each in options for name in (each.label, each.value, *each.phrasings)]
    for name, option in names:
        if name == said:
            return option
    plain = {True: "yes", False: "no", None: ""}[yes_no(text, catalog)]
    for name, option in names:
        if plain and name == plain:
            return option
    if "?" in text or said.count(" ") > _MOST_WORDS:
        return None  # more likely something else that happens to name an option
    negated = catalog.commands["negation"] & {*said.split()}
    # An option that lacks the text's "not" means the opposite; a very short one stands in too many sentences.
    names = [(name, option) for name, option in names if negated <= {*name.split()} and len(name) > 3]
    bare = _FILLER.sub("", said)
    scored = process.extract(bare, [name for name, _ in names], scorer=fuzz.token_set_ratio, limit=len(names))
    best = [names[at][1] for _, score, at in scored if score >= _SURE]
    within = [option for name, option in names if f" {name} " in f" {said} "]
    for found in (within, best):
        distinct = {option.value: option for option in found}
        if len(distinct) == 1:
            return next(iter(distinct.values()))
    return None


def _number(text: str) -> int | float | None:
    found = _NUMBER.findall(text[:_LONGEST])
    if len(found) != 1:
        return None
    value = float(found[0].replace(",", "."))
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
