"""Policies: what the shop allows, until when, except for what, why, and what it offers instead.

`judge` decides, purely, from the facts at hand and the shop's own day; its verdict says why in the shop's words. Flows
ask it in a `policy` step. Conditions and sentences are the language of `bot.dialog.template`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.dialog.markup import plain
from bot.dialog.template import Values, as_date, evaluate, render, sentence

Ruling = Literal["allowed", "exception", "refused"]
_RANK = {"refused": 0, "exception": 1, "allowed": 2}


class Alternative(Struct, frozen=True, kw_only=True):
    """What can be done instead: a sentence about it, its button, and `when` it is there; empty: always."""

    value: str
    label: str
    say: str
    phrasings: tuple[str, ...] = ()
    when: str = ""


class Limit(Struct, frozen=True, kw_only=True):
    """What the policy does not allow: `when` is a condition, `because` the sentence told, `why` its own reason if any.

    A supervisor may make an `exception`, or nobody may.
    """

    when: str = ""
    because: str
    why: str = ""
    exception: bool = True
    at: str = ""


class Window(Limit, frozen=True, kw_only=True):
    """So many days from a date, today included; where there is no such date, there is no limit yet."""

    days: int
    since: str


class Fee(Struct, frozen=True, kw_only=True):
    """What it costs the customer, as an exact decimal in the shop's currency, and for what; `when` empty: always."""

    amount: str
    words: str
    when: str = ""


class Policy(Struct, frozen=True, kw_only=True):
    """A rule of the shop, why it is there and what can be done instead; `version` is the hash of all that it says."""

    id: str
    rule: str
    why: str
    alternatives: tuple[Alternative, ...]
    window: Window | None = None
    exclusions: tuple[Limit, ...] = ()
    fees: tuple[Fee, ...] = ()
    at: str = ""
    version: str = ""

    def limits(self) -> Iterable[Limit]:
        """Yield everything that it may refuse for, in the order in which it is told."""
        yield from self.exclusions
        if self.window:
            yield self.window


class Verdict(Struct, frozen=True, kw_only=True):
    """What a policy says of the facts. Of what it refuses, `because` says why here, `rule` and `why` why at all.

    "exception" refuses, and a supervisor may allow it. `days` have passed since the window began (none: there is no
    window, or it has not begun), `left` remain. `fee` is an exact decimal, empty when nothing is to pay, `fee_for` what
    it is for. `at` is where the limit, or else the policy, is written. Where things were judged each by itself, `can`
    are those that are allowed, `cannot` the others.
    """

    policy: str
    version: str
    ruling: Ruling
    rule: str
    why: str
    alternatives: tuple[Alternative, ...]
    at: str
    because: str = ""
    days: int | None = None
    left: int | None = None
    fee: str = ""
    fee_for: str = ""
    can: tuple[Values, ...] = ()
    cannot: tuple[Values, ...] = ()

    @property
    def way(self) -> Ruling | Literal["some"]:
        """Return the way out of a step that it takes."""
        return "some" if self.can and self.cannot else self.ruling


def versioned(policy: Policy) -> Policy:
    """Return the policy with the hash of what it says, wherever that is written."""
    bare = replace(policy, at="", version="", exclusions=tuple(replace(each, at="") for each in policy.exclusions))
    bare = replace(bare, window=replace(bare.window, at="") if bare.window else None)
    digest = hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()
    return replace(policy, version=digest[:16])


def judge(policy: Policy, facts: Values, today: date) -> Verdict:
    """Return what a policy says of the facts on a day of the shop's. Raises RenderError where a fact is missing."""
    said = Verdict(
        policy=policy.id,
        version=policy.version,
        ruling="allowed",
        rule=policy.rule,
        why=policy.why,
        alternatives=tuple(each for each in policy.alternatives if not each.when or evaluate(each.when, facts)),
        at=policy.at,
    )
    since = _date(policy.window, facts)
    if policy.window and since:
        days = (today - since).days
        said = replace(said, days=days, left=policy.window.days - days)
    fee = next((each for each in policy.fees if not each.when or evaluate(each.when, facts)), None)
    if fee:
        said = replace(said, fee=fee.amount, fee_for=fee.words)
    passed = [each for each in policy.limits() if _is_passed(each, facts, said.left)]
    found = next((each for each in passed if not each.exception), passed[0] if passed else None)
    if found is None:
        return said
    about = {**facts, "days": said.days, "since": since, "window": policy.window.days if policy.window else None}
    return replace(
        said,
        ruling="exception" if found.exception else "refused",
        because=plain(render(found.because, about)),
        why=found.why or policy.why,
        at=found.at or policy.at,
    )


def judge_all(policies: Sequence[Policy], facts: Values, today: date) -> Verdict:
    """Return the verdict of several policies, all of which must allow it: what nobody may allow counts first, then
    what is refused first; else the first one's, with the first fee of them."""
    verdicts = [judge(policy, facts, today) for policy in policies]
    worst = min(verdicts, key=lambda each: _RANK[each.ruling])
    charged = next((each for each in verdicts if each.fee), worst)
    return replace(worst, fee=charged.fee, fee_for=charged.fee_for)


def judge_each(policies: Sequence[Policy], slot: str, facts: Values, today: date) -> Verdict:
    """Return the verdict on the things that a slot holds, each judged by itself.

    It is that of the worst; its `because` tells of all that cannot be allowed, together where one limit stands against
    them. A fee is for those that can.
    """
    alike: dict[tuple[Ruling, str], list[Values]] = {}
    for thing in facts[slot]:
        alone = judge_all(policies, {**facts, slot: [thing]}, today)
        alike.setdefault((alone.ruling, alone.at), []).append(thing)
    said = [judge_all(policies, {**facts, slot: things}, today) for things in alike.values()]
    said = said or [judge_all(policies, facts, today)]
    worst = min(said, key=lambda each: _RANK[each.ruling])
    free = next((each for each in said if each.ruling == "allowed"), worst)
    told = dict.fromkeys(each.because for each in said if each.ruling != "allowed")
    return replace(
        worst,
        because=" ".join(because if not at else sentence(because) for at, because in enumerate(told)),
        fee=free.fee,
        fee_for=free.fee_for,
        can=tuple(thing for (ruling, _), things in alike.items() if ruling == "allowed" for thing in things),
        cannot=tuple(thing for (ruling, _), things in alike.items() if ruling != "allowed" for thing in things),
    )


def as_slot(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as flows keep it: `verdict.because`, `verdict.alternatives` …"""
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(verdict))
    return kept


def in_short(verdict: Verdict) -> str:
    """Return a verdict for the trace: what was decided, by which version of which policy, and where it is written."""
    days = (
        "" if verdict.days is None or verdict.left is None else f", day {verdict.days} of {verdict.days + verdict.left}"
    )
    return f"policy {verdict.policy} ({verdict.version}): {verdict.way}{days} at {verdict.at}"


def _date(window: Window | None, facts: Values) -> date | None:
    found = evaluate(window.since, facts) if window else None
    return as_date(found, facts["zone"]) if found else None


def _is_passed(limit: Limit, facts: Values, left: int | None) -> bool:
    if isinstance(limit, Window):
        return left is not None and left < 0
    return bool(evaluate(limit.when, facts))
