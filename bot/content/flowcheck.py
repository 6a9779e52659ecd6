"""What must hold of a flow before customers meet it.

Every jump lands, every step can be reached, every path ends, nothing goes round without asking, every call covers its
results. That every slot is set where it is used is looked at in `slotcheck`.
"""

from collections.abc import Mapping

from msgspec import Struct

from bot.actions import ACTIONS
from bot.content import slotcheck
from bot.content.explain import mean
from bot.content.slotcheck import Found
from bot.content.ways import jumps, reach
from bot.dialog import flow as f
from bot.dialog.flow import Flow
from bot.dialog.policies import Policy

_ASKING = (f.Ask, f.FormStep, f.Offer, f.Confirm, f.Approve)


class Known(Struct, frozen=True, kw_only=True):
    """What a flow may refer to.

    `broken` are names of what was left out for its problems, which is told already. `partial`: some files could not be
    read at all, so what is not here may be there after all.
    """

    queues: frozenset[str]
    flows: Mapping[str, Flow]
    policies: Mapping[str, Policy | None]
    broken: frozenset[str] = frozenset()
    partial: bool = False


def check(flow: Flow, known: Known, *, whole: bool = True) -> Found:
    """Yield (file:line, what, fix) for everything wrong with a flow.

    One of which something had to be left out is not `whole`: what only seems wrong for that is not told.
    """
    dangling = list(_dangling(flow, whole=whole))
    yield from dangling
    if not known.partial:
        yield from _references(flow, known)
    yield from slotcheck.syntax(flow)
    yield from slotcheck.hidden(flow)
    yield from _options(flow)
    yield from _lookups(flow)
    yield from _amid(flow, known)
    yield from _recursion(flow, known)
    if not dangling and whole:
        yield from _unreachable(flow)
        yield from _endless(flow)
        yield from _circles(flow)
        yield from _bare_noes(flow)
    if whole and all(step.flow in known.flows for step in flow.steps.values() if isinstance(step, f.SubFlow)):
        yield from slotcheck.unset(flow, known.flows, None if known.partial else known.policies)


def _dangling(flow: Flow, *, whole: bool) -> Found:
    for step in flow.steps.values():
        for target in dict.fromkeys(jumps(step)):
            if not target and whole:
                what = f"path never ends: nothing follows step '{step.id}' of '{flow.id}'."
                yield step.at, what, "Add 'then: …', or an 'end' step after it."
            elif target and target not in flow.steps:
                what = f"step '{step.id}' goes to '{target}', which is not a step of '{flow.id}'."
                yield step.at, what, mean(target, flow.steps)
        if isinstance(step, f.Decide):
            if step.branches[-1].when:
                yield step.at, f"step '{step.id}' has no 'else'.", "Add '- else: step' as the last branch."
            if any(not branch.when for branch in step.branches[:-1]):
                yield step.at, f"step '{step.id}' has an 'else' before its end.", "Move it to the end."


def _references(flow: Flow, known: Known) -> Found:
    for step in flow.steps.values():
        match step:
            case f.CallStep():
                yield from _call(step)
            case f.SubFlow() if step.flow not in known.flows and step.flow not in known.broken:
                yield (
                    step.at,
                    f"step '{step.id}' calls flow '{step.flow}', which is not there.",
                    mean(step.flow, known.flows),
                )
            case f.CheckIn() if step.begins and step.begins not in {*known.flows, *known.broken}:
                what = f"step '{step.id}' begins flow '{step.begins}' later, which is not there."
                yield step.at, what, mean(step.begins, known.flows)
            case f.CheckIn() if step.begins in known.flows and {*known.flows[step.begins].needs} - {"about"}:
                what = f"step '{step.id}' begins flow '{step.begins}' later, which needs more than 'about'."
                yield step.at, what, "Say all that it needs to know in 'about'."
            case f.Handoff() if step.queue not in known.queues:
                yield step.at, f"there is no queue '{step.queue}'.", mean(step.queue, known.queues)
            case f.Approve() if step.queue and step.queue not in known.queues:
                yield step.at, f"there is no queue '{step.queue}'.", mean(step.queue, known.queues)
            case f.PolicyStep():
                for name in step.policies:
                    if name not in known.policies:
                        what = f"step '{step.id}' goes by policy '{name}', which is not there."
                        yield step.at, what, mean(name, known.policies)
            case f.Ask() if step.type == "choice" and not step.options and not step.options_from:
                yield step.at, f"step '{step.id}' asks for a choice and offers none.", "Add options."
            case f.WatchStep() if not flow.private:
                what = f"step '{step.id}' of '{flow.id}' watches an order where others read along."
                yield step.at, what, "Remove 'private: no': of orders we speak in private."
            case f.Ask() if step.assume and step.assume not in {each.value for each in step.options}:
                what = f"step '{step.id}' assumes '{step.assume}', which is none of its options."
                yield step.at, what, mean(step.assume, [each.value for each in step.options])
            case f.Ask() if step.check and not step.otherwise:
                yield step.at, f"step '{step.id}' has a check and no 'otherwise'.", "Add what is said when it fails."
            case _:
                pass


def _call(step: f.CallStep) -> Found:
    action = ACTIONS.get(step.action)
    if action is None:
        yield step.at, f"there is no action '{step.action}'.", mean(step.action, ACTIONS)
        return
    for name in sorted(step.args.keys() - action.args):
        yield step.at, f"action '{step.action}' takes no '{name}'.", mean(name, action.args)
    for name in sorted(step.results.keys() - action.results):
        yield step.at, f"action '{step.action}' never results in '{name}'.", mean(name, action.results)
    for name in sorted(action.results - step.results.keys()):
        yield step.at, f"step '{step.id}' says nothing about the result '{name}'.", f"Add '{name}: …' to its results."


def _amid(flow: Flow, known: Known) -> Found:
    for at, told in flow.amid.items():
        for name in (at, told):
            if name not in known.flows and name not in known.broken:
                yield flow.at, f"'amid' of flow '{flow.id}' names '{name}', which is no flow.", mean(name, known.flows)
        if told in known.flows and known.flows[told].needs:
            yield flow.at, f"'amid' of flow '{flow.id}' walks '{told}', which needs slots.", "Name one that needs none."


def _lookups(flow: Flow) -> Found:
    """What runs while people have the case changes nothing by itself."""
    for step in flow.steps.values() if flow.while_waiting else ():
        action = ACTIONS.get(step.action) if isinstance(step, f.CallStep) else None
        if action and action.changes:
            what = f"step '{step.id}' of '{flow.id}' changes something, and the flow runs while people have the case."
            yield step.at, what, "Remove 'while_waiting': such a flow only looks things up."


def _options(flow: Flow) -> Found:
    """Two options that cannot be told apart."""
    for step in flow.steps.values():
        seen: set[str] = set()
        for option in step.options if isinstance(step, f.Ask | f.Offer) else ():
            if option.value in seen:
                yield step.at, f"step '{step.id}' offers the value '{option.value}' twice.", "Rename one of them."
            seen.add(option.value)
        if isinstance(step, f.Offer) and step.bargain and step.bargain not in seen:
            what = f"step '{step.id}' has no option '{step.bargain}' to bargain."
            yield step.at, what, "Name the value of one of its options."


def _recursion(flow: Flow, known: Known) -> Found:
    """A flow that is a part of itself would never be done."""
    for step in flow.steps.values():
        if not isinstance(step, f.SubFlow):
            continue
        seen: set[str] = set()
        open_ = [step.flow]
        while open_:
            at = open_.pop()
            if at not in seen and at in known.flows:
                seen.add(at)
                open_.extend(each.flow for each in known.flows[at].steps.values() if isinstance(each, f.SubFlow))
        if flow.id in seen:
            way = "" if step.flow == flow.id else f" through '{step.flow}'"
            what = f"step '{step.id}' of '{flow.id}' leads into '{flow.id}' itself{way}."
            yield step.at, what, "Jump to a step instead, or hand over."


def _unreachable(flow: Flow) -> Found:
    reached = reach(flow, [flow.first])
    for step in flow.steps.values():
        if step.id not in reached:
            yield step.at, f"step '{step.id}' of '{flow.id}' can never be reached.", "Lead to it, or remove it."


def _endless(flow: Flow) -> Found:
    """A step from which no end can be reached."""
    before: dict[str, list[str]] = {}
    for step in flow.steps.values():
        for target in jumps(step):
            before.setdefault(target, []).append(step.id)
    ends: set[str] = set()
    open_ = [step.id for step in flow.steps.values() if isinstance(step, f.End | f.Handoff)]
    while open_:
        at = open_.pop()
        if at not in ends:
            ends.add(at)
            open_.extend(before.get(at, []))
    for step in flow.steps.values():
        if step.id not in ends:
            yield step.at, f"path never ends: from step '{step.id}' no 'end' can be reached.", "Lead it to an end."


def _circles(flow: Flow) -> Found:
    """A circle of steps in which the customer is never asked."""
    for step in flow.steps.values():
        if isinstance(step, _ASKING):
            continue
        seen: set[str] = set()
        open_ = jumps(step)
        while open_:
            at = open_.pop()
            if at == step.id:
                what = f"step '{step.id}' of '{flow.id}' can come back to itself without asking the customer anything."
                yield step.at, what, "Put a question into the circle, or break it."
                break
            if at not in seen and not isinstance(flow.steps[at], _ASKING):
                seen.add(at)
                open_.extend(jumps(flow.steps[at]))


def _bare_noes(flow: Flow) -> Found:
    """A way on which something is refused and the flow ends without a refusal: why, and what can be done instead."""
    for step in flow.steps.values():
        for said, target in _noes(step):
            ends = _ends_untold(flow, target)
            if ends:
                what = (
                    f"step '{step.id}' of '{flow.id}' comes from '{said}' to its end '{ends}' with no refusal between."
                )
                yield step.at, what, "Lead it through a 'refuse' step: it tells why, and what can be done instead."


def _noes(step: f.Step) -> list[tuple[str, str]]:
    match step:
        case f.PolicyStep():
            return [(ruling, then) for ruling, then in f.ways(step).items() if ruling != "allowed"]
        case f.Approve():
            return [("declined", step.declined)]
        case f.CallStep():
            return [(result, then) for result, then in step.results.items() if result in ("refused", "declined")]
        case _:
            return []


def _ends_untold(flow: Flow, start: str) -> str:
    """Return an end that can be reached without a refusal; empty when there is none. People tell it by themselves."""
    seen: set[str] = set()
    open_ = [start]
    while open_:
        at = open_.pop()
        step = flow.steps[at]
        if at in seen or (isinstance(step, f.Offer) and step.refuses):
            continue
        if isinstance(step, f.End):
            return at
        seen.add(at)
        match step:  # what is allowed after all, or countered, is no longer refused
            case f.PolicyStep():
                open_.extend(then for _, then in _noes(step))
            case f.Approve():
                open_.append(step.declined)
            case _:
                open_.extend(jumps(step))
    return ""
