"""What must hold of a flow before customers meet it.

Every jump lands, every step can be reached, every path ends, nothing goes round without asking, every call covers its
results, and every slot that a text or condition uses is set on each way that leads there.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from re import compile as pattern
from typing import Any, assert_never

from jinja2 import TemplateError
from msgspec import Struct
from rapidfuzz import fuzz, process

from bot.connectors.actions import ACTIONS
from bot.dialog import flow as f
from bot.dialog.flow import Flow, Step, Wording
from bot.dialog.speech import BASIC_VALUES
from bot.dialog.template import expression_names, names

Found = Iterator[tuple[str, str, str]]
_ASKING = (f.Ask, f.FormStep, f.Offer, f.Confirm, f.Approve)
_GIVEN = {"check_in": frozenset({"about", "case"})}
_HEARD = frozenset({"case", "team", "promise"})
_POLICY = pattern(r"(?<![\w.'\"])policy\.(\w+)(?:\.(\w+))?(?:\.(\w+))?")


class Known(Struct, frozen=True, kw_only=True):
    """What a flow may refer to.

    `broken` are names of what was left out for its problems, which is told already. `partial`: some files could not be
    read at all, so what is not here may be there after all.
    """

    queues: frozenset[str]
    default_queue: str
    flows: Mapping[str, Flow]
    policies: Mapping[str, Any]
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
    yield from _syntax(flow)
    yield from _slots(flow)
    yield from _options(flow)
    yield from _recursion(flow, known)
    if not dangling and whole:
        yield from _unreachable(flow)
        yield from _endless(flow)
        yield from _circles(flow)
    if whole and all(step.flow in known.flows for step in flow.steps.values() if isinstance(step, f.SubFlow)):
        yield from _unset(flow, known)


def mean(word: str, names_: Iterable[str]) -> str:
    """Return a did-you-mean, or the names there are."""
    there = sorted(names_)
    found = process.extractOne(word, there, scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{found[0]}'?" if found else f"There are: {', '.join(there[:12]) or 'none'}."


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
            return [step.approved, step.declined]
        case f.CallStep():
            return [*step.results.values(), step.failed]
        case f.Ask():
            own = [option.then for option in step.options if option.then]
            all_lead_on = bool(step.options) and all(option.then for option in step.options)
            needs_then = step.options_from or step.type != "choice" or not all_lead_on
            return [*own, *([step.then] if needs_then else [])]
        case f.Offer():
            return [option.then or step.then for option in step.options]
        case f.Say() | f.FormStep() | f.SetStep() | f.Note() | f.CheckIn() | f.SubFlow():
            return [step.then]
        case _:
            assert_never(step)


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
            case f.Handoff() if step.queue not in known.queues:
                yield step.at, f"there is no queue '{step.queue}'.", mean(step.queue, known.queues)
            case f.Approve() if step.queue and step.queue not in known.queues:
                yield step.at, f"there is no queue '{step.queue}'.", mean(step.queue, known.queues)
            case f.Ask() if step.type == "choice" and not step.options and not step.options_from:
                yield step.at, f"step '{step.id}' asks for a choice and offers none.", "Add options."
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


def _unreachable(flow: Flow) -> Found:
    reached = _reach(flow, [flow.first])
    for step in flow.steps.values():
        if step.id not in reached:
            yield step.at, f"step '{step.id}' of '{flow.id}' can never be reached.", "Lead to it, or remove it."


def _reach(flow: Flow, starts: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    open_ = list(starts)
    while open_:
        at = open_.pop()
        if at not in reached:
            reached.add(at)
            open_.extend(jumps(flow.steps[at]))
    return reached


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


def _options(flow: Flow) -> Found:
    """Two options that cannot be told apart."""
    for step in flow.steps.values():
        seen: set[str] = set()
        for option in step.options if isinstance(step, f.Ask | f.Offer) else ():
            if option.value in seen:
                yield step.at, f"step '{step.id}' offers the value '{option.value}' twice.", "Rename one of them."
            seen.add(option.value)


def _slots(flow: Flow) -> Found:
    """A slot that would hide a value which every text may use."""
    for step in flow.steps.values():
        for name in sorted(_own_slots(step) & BASIC_VALUES):
            yield step.at, f"step '{step.id}' sets '{name}', which is a value of the house.", "Rename the slot."


def _own_slots(step: Step) -> frozenset[str]:
    match step:
        case f.Ask():
            return frozenset({step.slot})
        case f.FormStep():
            return frozenset(each.slot for each in step.fields)
        case f.Offer() | f.Confirm():
            return frozenset({step.id})
        case f.SetStep():
            return frozenset(step.values)
        case f.CallStep() if step.into:
            return frozenset({step.into})
        case _:
            return frozenset()


# --- names ------------------------------------------------------------------------------------------------------------


def check_wording(
    wording: Wording, more: frozenset[str], policies: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    """Yield (what, fix) for a text that does not parse or uses values that it cannot have."""
    allowed = BASIC_VALUES | more
    for source in wording.variants:
        try:
            for name in sorted(_needs(source, expression=False) - allowed):
                yield f"uses '{name}', which is never set here.", mean(name, allowed)
        except TemplateError as error:
            yield f"is not a valid template: {error}.", "Check the braces."
        if policies is not None and "{" in source:
            yield from check_policies(source, policies)


def check_policies(source: str, policies: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (what, fix) for each policy, or part or value of one, that a text or condition names in vain.

    Of an empty policy only the name is known.
    """
    for name, part, value in dict.fromkeys(_POLICY.findall(source)):
        policy = policies.get(name)
        if policy is None:
            yield f"uses policy '{name}', which is not there.", mean(name, policies)
        elif part and policy and part not in policy:
            yield f"uses '{part}' of policy '{name}', which it does not have.", mean(part, policy)
        elif part == "values" and policy and value and value not in policy["values"]:
            yield f"uses the value '{value}' of policy '{name}', which it does not have.", mean(value, policy["values"])


def _sources(step: Step) -> Iterator[tuple[str, bool, frozenset[str]]]:
    """Yield (source, whether it is an expression, names that are there besides) of everything a step evaluates."""
    none: frozenset[str] = frozenset()
    match step:
        case f.Say() | f.End():
            texts = [step.text]
        case f.Ask():
            texts = [step.text, step.again]
            own = frozenset({step.slot})
            yield from ((source, False, own) for source in (step.otherwise.variants if step.otherwise else ()))
            if step.check:
                yield step.check, True, own
            if step.options_from:
                yield step.options_from, True, none
            yield from ((option.label, False, none) for option in step.options)
        case f.FormStep():
            texts = [step.text, step.again]
            yield step.title, False, none
            yield from ((each.label, False, none) for each in step.fields)
        case f.Offer():
            texts = [step.text, step.again]
            yield from ((option.label, False, none) for option in step.options)
        case f.Confirm():
            texts = [step.text, step.again]
        case f.CallStep():
            texts = []
            yield from ((source, True, none) for source in step.args.values())
        case f.Decide():
            texts = []
            yield from ((branch.when, True, none) for branch in step.branches if branch.when)
        case f.SetStep():
            texts = []
            earlier: frozenset[str] = none
            for slot, source in step.values.items():
                yield source, True, earlier
                earlier |= {slot}
        case f.Approve():
            texts = []
            yield step.subject, False, none
            yield from ((source, False, _HEARD) for source in step.text.variants)
        case f.Handoff():
            texts = []
            yield step.reason, False, none
        case f.Note():
            texts = []
            yield step.text, False, none
        case f.CheckIn():
            texts = []
            yield step.about, False, none
        case f.SubFlow():
            texts = []
        case _:
            assert_never(step)
    for text in texts:
        yield from ((source, False, none) for source in (text.variants if text else ()))


@lru_cache(maxsize=20_000)
def _needs(source: str, *, expression: bool) -> frozenset[str]:
    """Return the names that a source needs. Raises TemplateError, also for what Python itself cannot take."""
    try:
        return expression_names(source) if expression else names(source)
    except (RecursionError, SyntaxError, ValueError, OverflowError, MemoryError) as error:
        raise TemplateError("it is too long or too deeply nested") from error


def _syntax(flow: Flow) -> Found:
    for step in flow.steps.values():
        for source, expression, _ in _sources(step):
            try:
                _needs(source, expression=expression)
            except TemplateError as error:
                what = f"'{source[:60]}' in step '{step.id}' cannot be understood: {error}."
                yield step.at, what, "Check brackets, quotes and braces."


def _sets(step: Step, target: str, known: Known) -> frozenset[str]:
    """Return the slots that are set when `step` goes on to `target`."""
    match step:
        case f.Ask():
            return frozenset({step.slot})
        case f.FormStep():
            return frozenset(each.slot for each in step.fields)
        case f.Offer() | f.Confirm():
            return frozenset({step.id})
        case f.SetStep():
            return frozenset(step.values)
        case f.Approve():
            return frozenset({"decision"})
        case f.CallStep():
            own = frozenset({step.into}) if step.into else frozenset[str]()
            return own if target != step.failed else frozenset()
        case f.SubFlow():
            called = known.flows.get(step.flow)
            return _at_end(called, known) if called else frozenset()
        case _:
            return frozenset()


def _at_end(flow: Flow, known: Known) -> frozenset[str]:
    """Return the slots that are set at every end of a flow."""
    shallow = Known(queues=known.queues, default_queue=known.default_queue, flows={}, policies=known.policies)
    surely = _surely_set(flow, shallow)
    ends = [surely[step.id] for step in flow.steps.values() if isinstance(step, f.End) and step.id in surely]
    return frozenset.intersection(*ends) if ends else frozenset()


def _surely_set(flow: Flow, known: Known) -> dict[str, frozenset[str]]:
    """Return, for each step, the slots that are set on every way that leads there."""
    surely: dict[str, frozenset[str]] = {flow.first: _GIVEN.get(flow.id, frozenset())}
    open_ = [flow.first]
    while open_:
        at = open_.pop()
        for target in jumps(flow.steps[at]):
            if target not in flow.steps:
                continue
            here = surely[at] | _sets(flow.steps[at], target, known)
            merged = here if target not in surely else surely[target] & here
            if surely.get(target) != merged:
                surely[target] = merged
                open_.append(target)
    return surely


def _unset(flow: Flow, known: Known) -> Found:
    surely = _surely_set(flow, known)
    ever: frozenset[str] = frozenset().union(
        *(_own_slots(s) | _sets(s, t, known) for s in flow.steps.values() for t in jumps(s))
    )
    for step in flow.steps.values():
        for source, expression, more in _sources(step) if step.id in surely else ():
            there = BASIC_VALUES | surely[step.id] | more
            for name in sorted(_needed(source, expression=expression) - there):
                if f"{name} is defined" in source or f"{name} is not defined" in source:
                    continue
                what = f"step '{step.id}' uses '{name}', which is " + (
                    "not set on every way that leads here." if name in ever else f"never set in '{flow.id}'."
                )
                fix = "Set it first, or test '… is defined'." if name in ever else mean(name, there | ever)
                yield step.at, what, fix
            for what, fix in () if known.partial else check_policies(source, known.policies):
                yield step.at, f"step '{step.id}' {what}", fix


def _needed(source: str, *, expression: bool) -> frozenset[str]:
    try:
        return _needs(source, expression=expression)
    except TemplateError:
        return frozenset()  # told by _syntax
