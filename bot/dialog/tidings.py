"""What became of cases in a turn, as outside systems may hear it: ids, names of our own and times; words only if asked.

Derived from what the turn shows staff, so that no rule has to think of it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from bot.desk.case import Case
from bot.dialog.effects import OpenCase, TellStaff, UpdateCase
from bot.dialog.markup import plain
from bot.dialog.state import Dossier, Turn

Kind = Literal["opened", "changed", "noted", "resolved", "reopened"]
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WATCHED = ("status", "queue", "assignee", "category", "priority")


class Tiding(Struct, frozen=True, kw_only=True):
    """One thing that became of a case."""

    kind: Kind
    case: int
    customer: str
    data: dict[str, Any]


def tidings(before: Dossier, turn: Turn, *, words: bool) -> Iterator[Tiding]:
    """Yield what became of the customer's cases, in order; with `words`, also what people said and are called."""
    known = {case.number: case for case in before.cases}
    for effect in turn.effects:
        match effect:
            case OpenCase(case=case) | UpdateCase(case=case):
                if kind := _kind(known.get(case.number), case):
                    changed = _changed(known.get(case.number), case)
                    yield _tiding(kind, case, words, {"changed": changed} if kind != "opened" else {})
                known[case.number] = case
            case TellStaff(kind="note", case=number) if number in known:
                note = {"by": effect.author, **({"text": plain(effect.text)} if words else {})}
                yield _tiding("noted", known[number], words, {"note": note})
            case _:
                pass


def standing(case: Case, *, words: bool) -> dict[str, Any]:
    """Return how a case stands, as plain data."""
    times = {"opened_at": case.opened_at, "resolved_at": case.resolved_at, "promise": case.promise}
    return {
        "number": case.number,
        "kind": case.kind,
        "customer": case.customer,
        **{name: getattr(case, name) for name in _WATCHED},
        "outcome": case.outcome,
        **{name: when.isoformat() if when else None for name, when in times.items()},
        **(_words(case) if words else {}),
    }


def email_in(case: Mapping[str, Any]) -> str:
    """Return the e-mail address among the facts of a case that stands so; empty where there is none, or no words."""
    return next((value for value in case.get("facts", {}).values() if _EMAIL.fullmatch(value)), "")


def _tiding(kind: Kind, case: Case, words: bool, more: dict[str, Any]) -> Tiding:
    return Tiding(
        kind=kind, case=case.number, customer=case.customer, data={"case": standing(case, words=words), **more}
    )


def _words(case: Case) -> dict[str, Any]:
    return {"name": case.name, "subject": case.subject, "reason": case.reason, "facts": case.facts}


def _kind(was: Case | None, case: Case) -> Kind | None:
    if was is None:
        return "opened"
    if was.open != case.open:
        return "reopened" if case.open else "resolved"
    return "changed" if _changed(was, case) else None


def _changed(was: Case | None, case: Case) -> list[str]:
    return [name for name in _WATCHED if was is None or getattr(was, name) != getattr(case, name)]
