"""How flows should ask: nothing twice in the same words, and nothing is done that was not read back.

What is found are remarks, no problems: content is served all the same.
"""

from collections.abc import Iterator

from bot.actions import ACTIONS
from bot.dialog.catalog import Catalog
from bot.dialog.collected import Asking
from bot.dialog.flow import Approve, Ask, CallStep, Confirm, Flow, Offer, Step, Wording, ways
from bot.errors import Problem

_FEWEST = 2


def remarks(catalog: Catalog) -> list[Problem]:
    """Return what flows could ask better, in the order of the files."""
    found = [each for flow in catalog.flows.values() for each in (*_repeated(flow), *_not_read_back(flow))]
    return sorted(found, key=lambda each: (each.file, each.line, each.what))


def _repeated(flow: Flow) -> Iterator[Problem]:
    for step in flow.steps.values():
        if isinstance(step, Ask) and step.otherwise and len(step.otherwise.variants) < _FEWEST:
            what = f"step '{step.id}' of '{flow.id}' says the same each time that its check fails."
            yield _at(step, what, "Make 'otherwise' a list of two.")


def _not_read_back(flow: Flow) -> Iterator[Problem]:
    """Tell of calls that change something after a question which did not say what would happen."""
    for step in flow.steps.values():
        if isinstance(step, CallStep) and step.action in ACTIONS and ACTIONS[step.action].changes:
            for before in sorted(_asked_before(flow, step)):
                what = f"step '{step.id}' of '{flow.id}' changes something that was not read back after '{before}'."
                yield _at(step, what, "Put a 'confirm' before it that says what will happen.")


def _asked_before(flow: Flow, call: Step) -> set[str]:
    """Return the steps from which a call is reached without a word on what it does: questions, or the beginning."""
    found: set[str] = set()
    seen, open_ = {call.id}, [call.id]
    while open_:
        at = open_.pop()
        if at == next(iter(flow.steps)):
            found.add(at)
        for step in flow.steps.values():
            if step.id in seen or at not in ways(step).values():
                continue
            seen.add(step.id)
            if isinstance(step, Asking) and not _tells(flow, step):
                found.add(step.id)
            elif not isinstance(step, Asking | Approve):
                open_.append(step.id)
    return found


def _tells(flow: Flow, step: Asking) -> bool:
    """Tell whether a question says what will happen, with what was collected; a choice between several does not."""
    if isinstance(step, Offer) and sum(_acts(flow, target) for target in {*ways(step).values()}) > 1:
        return False
    return isinstance(step, Confirm | Offer) and _names(step.text)


def _acts(flow: Flow, start: str) -> bool:
    """Tell whether something is changed from a step on before anything else is asked."""
    seen, open_ = set[str](), [start]
    while open_:
        step = flow.steps.get(open_.pop())
        if step is None or step.id in seen or isinstance(step, Asking):
            continue
        if isinstance(step, CallStep) and step.action in ACTIONS and ACTIONS[step.action].changes:
            return True
        seen.add(step.id)
        open_.extend(ways(step).values())
    return False


def _names(said: Wording) -> bool:
    return all("{{" in variant for variant in said.variants)


def _at(step: Step, what: str, fix: str) -> Problem:
    file, _, line = step.at.rpartition(":")
    return Problem(file or step.at, int(line or 1), what, fix)
