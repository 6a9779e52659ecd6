"""What agents decide beyond one case, as staff channels take it: typed lines and forms, and what cards tell of it.

May not live here: whether an agent may do it. That is the engine's to say.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.channels.words import label, word
from bot.desk import money
from bot.desk.case import Case
from bot.desk.grants import Grant
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Field
from bot.dialog.events import (
    CareSwitched,
    CaseArgued,
    CaseDecided,
    CustomerBlocked,
    CustomerMarked,
    CustomerUnblocked,
    DayNeeded,
    EndingMoved,
    Event,
    GoodwillGiven,
    GrantRevoked,
    GrantUsed,
    TierGiven,
)  # fmt: skip
from bot.dialog.speech import spoken_time
from bot.durations import duration

DECISIONS = (
    "counter", "grant", "used", "revoke", "argue", "careful", "block", "unblock", "ending", "needed", "tier", "mark",
)  # fmt: skip
COUNTER = "counter"  # its form has three fields: how much, what, and why
_LONGEST = timedelta(days=366)
_DIGITS = 6
_REASON = re.compile(r",\s+|\n")  # what comes before the reason in a typed line; no comma of an amount


def decision(do: str, text: str, **common: Any) -> Event | None:
    """Return the event of a decision; None where something was left out."""
    first, _, rest = text.strip().partition(" ")
    first, rest = first.rstrip(":,"), rest.strip()
    match do:
        case "counter":
            return _counter(text, common)
        case "grant" if found := money.read(text):
            return GoodwillGiven(amount=found[0], text=found[1].lstrip(" ,.:;"), **common)
        case "used" if number := _number(first):
            return GrantUsed(grant=number, text=rest, **common)
        case "revoke" if number := _number(first):
            return GrantRevoked(grant=number, text=rest, **common)
        case "argue" if text.strip():
            return CaseArgued(text=text.strip(), **common)
        case "careful" if first in ("on", "off"):
            return CareSwitched(on=first == "on", text=rest, **common)
        case "block" if rest and (span := span_of(first)) is not None:
            return CustomerBlocked(until=common["at"] + span, text=rest, **common)
        case "unblock":
            return CustomerUnblocked(text=text.strip(), **common)
        case "ending":
            return _ending(first.casefold(), rest, common)
        case "needed" if first.casefold() == "off":
            return DayNeeded(day=None, **common)
        case "needed" if day := _day(first):
            return DayNeeded(day=day, **common)
        case "tier" if first:
            return TierGiven(tier="" if first.casefold() == "none" else first.casefold(), **common)
        case "mark" if first:
            off = first.casefold() == "off"
            name, _, words = rest.partition(" ") if off else (first, "", rest)
            mark = name.casefold().rstrip(":,")
            return CustomerMarked(mark=mark, off=off, text=words.strip(), **common) if mark else None
        case _:
            return None


def span_of(said: str) -> timedelta | None:
    """Return how long "2h" or "3d" is; None for what is no span, or too long a one."""
    try:
        span = duration(said)
    except (ValueError, OverflowError):
        return None
    return span if timedelta() < span <= _LONGEST else None


def _counter(text: str, common: dict[str, Any]) -> Event | None:
    """Read "10 GBP store credit, because …": a comma or a new line comes before the reason."""
    found = money.read(text)
    if found is None:
        return None
    amount, words = found
    what, _, reason = words.partition("\n" if "\n" in words else ",")
    counter = money.Counter(amount=amount, what=what.strip(" .:;"))
    return CaseDecided(approved=False, text=reason.strip(), counter=counter, **common)


def apart(text: str) -> str:
    """Return an offer that was typed as a form says it: the reason on lines of its own, however many it has."""
    return _REASON.sub("\n", text, count=1)


def _ending(do: str, rest: str, common: dict[str, Any]) -> Event | None:
    step, _, note = rest.partition(" ")
    match do:
        case "start" if rest:
            return EndingMoved(do="start", text=rest, **common)
        case "done" if step:
            return EndingMoved(do="done", step=step.rstrip(":,"), text=note.strip(), **common)
        case "stop":
            return EndingMoved(do="stop", text=rest, **common)
        case "now":
            return EndingMoved(do="now", text=rest, **common)
        case _:
            return None


def _number(said: str) -> int:
    digits = said.removeprefix("#")
    return int(digits) if digits.isdecimal() and len(digits) <= _DIGITS else 0


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


# --- the form of another offer ----------------------------------------------------------------------------------------


def fields(catalog: Catalog) -> tuple[Field, ...]:
    """Return what the form of another offer asks for."""
    return (
        Field(id="amount", label=label(catalog, "ui_counter_amount", 45)),
        Field(id="what", label=label(catalog, "ui_counter_what", 45)),
        Field(id="reason", label=label(catalog, "ui_counter_reason", 45), required=False, long=True),
    )


def sent(values: Mapping[str, str]) -> str:
    """Return what a sent form of another offer would be as a typed line."""
    amount, what = (" ".join(values.get(name, "").split()) for name in ("amount", "what"))
    return f"{amount} {what}\n{values.get('reason', '').strip()}"


# --- on cards ---------------------------------------------------------------------------------------------------------


def told(case: Case, catalog: Catalog) -> list[str]:
    """Return what a case's card tells of the customer, a line (neutral markup) each."""
    standing = case.standing
    lines = []
    if case.careful:
        lines.append(word(catalog, "card_careful"))
    if standing.block:
        lines.append(
            word(catalog, "card_blocked", until=_time(catalog, standing.block.until), reason=standing.block.reason)
        )
    if tier := catalog.tier(standing.tier, (case.customer, *case.accounts)):
        lines.append(word(catalog, "card_tier", tier=tier.title))
    lines += _noticed(case, catalog)
    if case.needed:
        lines.append(word(catalog, "card_needed", day=case.needed))
    if catalog.identity.by != "none":
        shown = ", ".join(f"#{each.number} ({each.how})" for each in standing.verified)
        lines.append(word(catalog, "card_verified", orders=shown) if shown else word(catalog, "card_unverified"))
    if standing.since:
        lines.append(word(catalog, "card_since", day=standing.since, cases=len(case.earlier)))
    if case.worth and not case.bought:
        lines.append(word(catalog, "card_worth", worth=case.worth))
    if case.goodwill and case.open and all(each.case != case.number for each in standing.grants):
        lines.append(word(catalog, "card_goodwill", amount=case.goodwill))
    if case.argument:
        lines.append(word(catalog, "card_argument", text=case.argument))
    lines += [_granted(each, case, catalog) for each in standing.grants[-5:]]
    return lines


def _noticed(case: Case, catalog: Catalog) -> list[str]:
    """Return what was noticed of the customer: types with what to do about them, signs with how often."""
    lines = []
    for mark in catalog.marks.values():
        seen = [each for each in case.standing.observed if each.mark == mark.id]
        if seen:
            times = len(seen) if mark.kind == "sign" else 0
            told = {"title": mark.title, "advice": mark.advice, "note": seen[-1].note}
            lines.append(word(catalog, "card_mark", times=times, day=seen[-1].at, **told))
    return lines


def checklist(case: Case, catalog: Catalog) -> list[str]:
    """Return the steps of an ending that goes on, a line (neutral markup) each; empty where none does."""
    ending = case.standing.ending
    if ending is None or ending.state == "stopped":
        return []
    head = word(catalog, "card_ending", reason=ending.reason, ended=ending.state == "ended")
    names = {agent.id: agent.name for agent in catalog.agents.values()}
    return [
        head,
        *(
            word(
                catalog,
                "card_check_done" if check.by else "card_check",
                step=check.id,
                text=check.text,
                agent=names.get(check.by, check.by),
                at=_time(catalog, check.at) if check.at else "",
            )
            for check in ending.checks
        ),
    ]


def _granted(grant: Grant, case: Case, catalog: Catalog) -> str:
    by = catalog.agents.get(grant.by)
    when = case.resolved_at or case.opened_at
    status = word(catalog, f"grant_{grant.status(max(when, grant.at))}")
    values = {"grant": grant.number, "what": grant.what, "amount": grant.amount, "agent": by.name if by else grant.by}
    return word(catalog, "card_grant", at=grant.at, status=status, **values)


def _time(catalog: Catalog, when: Any) -> str:
    return str(spoken_time(catalog, None, when))
