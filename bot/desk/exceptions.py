"""How often exceptions were asked for and what was decided, by policy: for whoever revises the rules."""

from collections.abc import Iterable

from msgspec import Struct

from bot.desk.case import Case


class Tally(Struct, frozen=True, kw_only=True):
    """Counts of one policy's exceptions; `withdrawn` were closed undecided, `versions` are the hashes that it had.

    `feedback` is what customers said of a final no.
    """

    policy: str
    asked: int = 0
    granted: int = 0
    declined: int = 0
    countered: int = 0
    withdrawn: int = 0
    open: int = 0
    versions: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()


def tallies(cases: Iterable[Case]) -> list[Tally]:
    """Count the exceptions that customers asked for, most asked first; what agents want to give is none."""
    by_policy: dict[str, list[Case]] = {}
    for case in cases:
        if case.kind == "approval" and not case.internal:
            by_policy.setdefault(case.policy, []).append(case)
    found = [_tally(policy, asked) for policy, asked in by_policy.items()]
    return sorted(found, key=lambda each: (-each.asked, each.policy))


def _tally(policy: str, cases: list[Case]) -> Tally:
    decided = [case.decision for case in cases]
    undecided = [case for case in cases if not case.decision]
    return Tally(
        policy=policy,
        asked=len(cases),
        granted=decided.count("approved"),
        declined=decided.count("declined"),
        countered=decided.count("countered"),
        withdrawn=sum(not case.open for case in undecided),
        open=sum(case.open for case in undecided),
        versions=tuple(dict.fromkeys(case.policy_version for case in cases if case.policy_version)),
        feedback=tuple(case.feedback for case in cases if case.feedback),
    )
