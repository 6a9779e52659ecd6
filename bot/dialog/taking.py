"""What words say to another offer than what was asked for: which of its answers they are, or that they are about it.

Where its question is the one that was asked last, a plain yes or no answers it. Where something else is asked, words
count that name it ("I accept your offer", "I'll take the £5", "keep your £5"), or do no more than to take it. Who
finds it too little has not answered: that is for whoever offered it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from bot.desk.case import Case
from bot.dialog import slots
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Option
from bot.dialog.understand import clauses, names
from bot.dialog.values import Reading
from bot.dialog.values.money import money
from bot.knowledge import found, normalise

_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s?%")
_TELLING = 4  # letters of a word by which an offer can be known


def picked(offered: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the answer that the words are, or that a part of them is: "that's great, yes!"."""
    whole = slots.choose(offered, text, catalog)
    if whole or "?" in text or slots.yes_but(text, catalog):
        return whole
    parts = [slots.choose(offered, each, catalog) for each in clauses(text) if normalise(each)]
    values = {each.value: each for each in parts if each}
    unread = [each for each in clauses(text) if _negated(each, catalog)]
    return next(iter(values.values())) if len(values) == 1 and not unread else None


def named(offered: Sequence[Option], text: str, case: Case, catalog: Catalog) -> Option | None:
    """Return the answer of words that stand by themselves: they name the offer, or do no more than to take it."""
    if "?" in text or slots.yes_but(text, catalog) or names((*catalog.commands["undecided"],), text):
        return None
    answers = [each for part in clauses(text) if (each := _answer(offered, part, case, catalog))]
    return answers[0] if answers and all(each == answers[0] for each in answers) else None


def about(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether words are about the offer of a case: they call it one, or say how much or what it is."""
    amount = any(_amount(each, case, catalog) for each in (text, *clauses(text)))  # of two sums, a clause has one
    return names((*catalog.commands["the_offer"],), text) or amount or _what(text, case, catalog)


def takes(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether a clause takes the offer of a case, which it names, and denies nothing."""
    return any(about(each, case, catalog) and _taken(each, catalog) for each in clauses(text)) and "?" not in text


def leaves(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether a clause leaves the offer of a case, which it names."""
    return any(about(each, case, catalog) and _left(each, catalog) for each in clauses(text)) and "?" not in text


def _answer(offered: Sequence[Option], clause: str, case: Case, catalog: Catalog) -> Option | None:
    """Return the answer that a clause is by itself; one in which something is denied leaves the offer, or is none."""
    words = catalog.commands
    said, yes = normalise(clause), slots.choose(offered, "yes", catalog)
    bare = next((said.removeprefix(f"{each} ") for each in words["yes"] if said.startswith(f"{each} ")), said)
    if bare in words["offered"]:
        return yes
    if not about(clause, case, catalog):
        return None
    if _left(clause, catalog):
        return slots.choose(offered, "no", catalog)
    if slots.choose(offered, bare, catalog) is None and _negated(clause, catalog):
        return None
    return yes if _taken(clause, catalog) else slots.choose(offered, bare, catalog)


def _taken(clause: str, catalog: Catalog) -> bool:
    return names((*catalog.commands["taking"],), clause) and not _negated(clause, catalog)


def _left(clause: str, catalog: Catalog) -> bool:
    return bool(found(catalog.commands["leaving"], clause, catalog.commands["not_leaving"]))


def _amount(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether a text says how much is offered, with its currency or its percent sign."""
    wanted = case.wanted
    if wanted is None:
        return False
    shares = {each.replace(" ", "") for each in _PERCENT.findall(wanted.what)}
    said = money(text, catalog.answers, "")
    sums = [each["amount"] for each in said.values if each["currency"]] if isinstance(said, Reading) else []
    return bool(shares & {each.replace(" ", "") for each in _PERCENT.findall(text)}) or any(
        _sum(each) == _sum(wanted.amount) for each in sums
    )


def _sum(amount: str) -> Decimal | None:
    try:
        return Decimal(amount)
    except InvalidOperation:
        return None


def _what(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether a text has all words by which one knows what is offered."""
    telling = {each for each in normalise(case.wanted.what if case.wanted else "").split() if len(each) >= _TELLING}
    telling -= catalog.answers.fillers
    return bool(telling) and telling <= {*normalise(text).split()}


def _negated(clause: str, catalog: Catalog) -> bool:
    return bool(catalog.commands["negation"] & {*normalise(clause).split()})
