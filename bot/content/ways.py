"""The ways through a flow: where each step can lead."""

from collections.abc import Iterable
from typing import assert_never

from bot.dialog import flow as f
from bot.dialog.flow import Flow, Step


def jumps(step: Step) -> list[str]:
    """Return where a step can lead."""
    match step:
        case f.End() | f.Handoff():
            return []
        case f.Decide():
            return [branch.then for branch in step.branches]
        case f.Confirm():
            return [step.yes, step.no]
        case f.Approve():
            return [step.approved, step.declined, *([step.countered] if step.countered else [])]
        case f.CallStep():
            return [*step.results.values(), step.failed]
        case f.Ask():
            own = [option.then for option in step.options if option.then]
            all_lead_on = bool(step.options) and all(option.then for option in step.options)
            needs_then = step.options_from or step.type != "choice" or not all_lead_on
            return [*own, *([step.then] if needs_then else [])]
        case f.Offer():
            return [*(option.then or step.then for option in step.options), *([step.then] * bool(step.options_from))]
        case f.PolicyStep():
            return [step.allowed, step.exception, step.refused]
        case f.Say() | f.FormStep() | f.SetStep() | f.GrantStep() | f.Note() | f.CheckIn() | f.SubFlow():
            return [step.then]
        case _:
            assert_never(step)


def reach(flow: Flow, starts: Iterable[str]) -> set[str]:
    """Return the steps that can be reached from these, and these."""
    reached: set[str] = set()
    open_ = list(starts)
    while open_:
        at = open_.pop()
        if at not in reached:
            reached.add(at)
            open_.extend(jumps(flow.steps[at]))
    return reached
