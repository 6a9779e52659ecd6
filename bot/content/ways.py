"""The ways through a flow: where each step can lead."""

from collections.abc import Iterable

from bot.dialog.flow import Flow, Step, ways


def jumps(step: Step) -> list[str]:
    """Return where a step can lead."""
    return list(ways(step).values())


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
