"""What a text or condition may name: values of the house, slots that are surely set by then, policies that there are.

Lives here: what each step evaluates, what it sets, and what is set on every way that leads to it.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from re import compile as pattern
from typing import assert_never

from jinja2 import TemplateError

from bot.content.explain import mean
from bot.content.ways import jumps
from bot.dialog import flow as f
from bot.dialog.flow import Flow, Step, Wording
from bot.dialog.policies import Policy
from bot.dialog.speech import BASIC_VALUES
from bot.dialog.template import expression_names, names

Found = Iterator[tuple[str, str, str]]
_GIVEN = {"check_in": frozenset({"about", "case", "wrong"}), "identify": frozenset({"number", "by"})}
_COUNTED = frozenset({"days", "since", "window"})
_PARTS = frozenset(Policy.__struct_fields__)
_HEARD = frozenset({"case", "team", "promise"})
_POLICY = pattern(r"(?<![\w.'\"])policy\.(\w+)(?:\.(\w+))?(?:\.(\w+))?")


def hidden(flow: Flow) -> Found:
    """Yield slots that would hide a value which every text may use."""
    for step in flow.steps.values():
        for name in sorted(_own_slots(step) & BASIC_VALUES):
            yield step.at, f"step '{step.id}' sets '{name}', which is a value of the house.", "Rename the slot."


def _own_slots(step: Step) -> frozenset[str]:
    match step:
        case f.Ask():
            return frozenset({step.slot})
        case f.FormStep():
            return frozenset(each.slot for each in step.fields)
        case f.Offer() if step.bargain:
            return frozenset({step.id, "bid", "bid_sum"})
        case f.Offer() | f.Confirm():
            return frozenset({step.id})
        case f.SetStep():
            return frozenset(step.values)
        case f.PolicyStep():
            return frozenset({step.into})
        case f.CallStep() if step.into:
            return frozenset({step.into})
        case _:
            return frozenset()


def check_wording(
    wording: Wording, more: frozenset[str], policies: Mapping[str, Policy | None] | None
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
            yield from _policies(source, policies)


def _policies(source: str, policies: Mapping[str, Policy | None]) -> Iterator[tuple[str, str]]:
    """Yield (what, fix) for each policy, or part of one or of its window, that a text or condition names in vain.

    Of a policy that is None only the name is known.
    """
    for name, part, inner in dict.fromkeys(_POLICY.findall(source)):
        policy = policies.get(name)
        if name not in policies:
            yield f"uses policy '{name}', which is not there.", mean(name, policies)
        elif policy and part and part not in _PARTS:
            yield f"uses '{part}' of policy '{name}', which it does not have.", mean(part, _PARTS)
        elif policy and part == "window" and not policy.window:
            yield f"uses the window of policy '{name}', which has none.", "Give it one: window: {days: …, from: …}."
        elif part == "window" and inner and inner != "days":
            yield f"uses '{inner}' of the window of policy '{name}', which is not for texts.", "Did you mean 'days'?"


def judged(policies: Mapping[str, Policy]) -> Found:
    """Yield what cannot be understood in the policies themselves."""
    for policy in policies.values():
        for source, expression, _ in _judging(policy):
            try:
                _needs(source, expression=expression)
            except TemplateError as error:
                what = f"'{source[:60]}' in policy '{policy.id}' cannot be understood: {error}."
                yield policy.at, what, "Check brackets, quotes and braces."
        values = [each.value for each in policy.alternatives]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield policy.at, f"policy '{policy.id}' offers the value '{value}' twice.", "Rename one of them."


def _judging(policy: Policy) -> Iterator[tuple[str, bool, frozenset[str]]]:
    """Yield (source, whether it is an expression, names that are there besides) of everything a policy evaluates."""
    none: frozenset[str] = frozenset()
    if policy.window:
        yield policy.window.since, True, none
    for when in (*(each.when for each in policy.fees), *(each.when for each in policy.alternatives)):
        if when:
            yield when, True, none
    for limit in policy.limits():
        yield limit.because, False, _COUNTED
        if limit.when:
            yield limit.when, True, none


def _sources(step: Step) -> Iterator[tuple[str, bool, frozenset[str]]]:
    """Yield (source, whether it is an expression, names that are there besides) of everything a step evaluates."""
    none: frozenset[str] = frozenset()
    texts: list[Wording | None] = []
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
            if step.options_from:
                yield step.options_from, True, none
            yield from ((option.label, False, none) for option in step.options)
        case f.Confirm():
            texts = [step.text, step.again]
        case f.CallStep():
            yield from ((source, True, none) for source in step.args.values())
        case f.Decide():
            yield from ((branch.when, True, none) for branch in step.branches if branch.when)
        case f.SetStep():
            earlier: frozenset[str] = none
            for slot, source in step.values.items():
                yield source, True, earlier
                earlier |= {slot}
        case f.Approve():
            yield step.subject, False, none
            yield from ((source, False, _HEARD) for source in step.text.variants)
        case f.Handoff():
            texts = [step.text]
            yield from ((source, False, none) for source in (step.reason, step.subject))
        case f.Note():
            yield step.text, False, none
            if step.feedback:
                yield step.feedback, True, none
        case f.CheckIn():
            yield step.about, False, none
            for day in filter(None, (step.before, step.since)):
                yield day, True, none
        case f.WatchStep():
            yield step.slot, True, none
            if step.text_to:
                yield step.text_to, True, none
        case f.PolicyStep():
            if step.each:
                yield step.each, True, none
        case f.SubFlow() | f.GrantStep():
            pass
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


def syntax(flow: Flow) -> Found:
    """Yield what cannot be understood."""
    for step in flow.steps.values():
        for source, expression, _ in _sources(step):
            try:
                _needs(source, expression=expression)
            except TemplateError as error:
                what = f"'{source[:60]}' in step '{step.id}' cannot be understood: {error}."
                yield step.at, what, "Check brackets, quotes and braces."


def _sets(step: Step, target: str, flows: Mapping[str, Flow]) -> frozenset[str]:
    """Return the slots that are set when `step` goes on to `target`."""
    match step:
        case f.Ask():
            return frozenset({step.slot})
        case f.FormStep():
            return frozenset(each.slot for each in step.fields)
        case f.Offer() if step.bargain:
            return frozenset({step.id, "bid", "bid_sum"})
        case f.Offer() | f.Confirm():
            return frozenset({step.id})
        case f.SetStep():
            return frozenset(step.values)
        case f.PolicyStep():
            return frozenset({step.into})
        case f.Approve():
            return frozenset({"decision"})
        case f.CallStep():
            own = frozenset({step.into}) if step.into else frozenset[str]()
            return own if target != step.failed else frozenset()
        case f.SubFlow():
            called = flows.get(step.flow)
            return _at_end(called) if called else frozenset()
        case _:
            return frozenset()


def _at_end(flow: Flow) -> frozenset[str]:
    """Return the slots that are set at every end of a flow."""
    surely = _surely_set(flow, {})
    ends = [surely[step.id] for step in flow.steps.values() if isinstance(step, f.End) and step.id in surely]
    return frozenset.intersection(*ends) if ends else frozenset()


def _surely_set(flow: Flow, flows: Mapping[str, Flow]) -> dict[str, frozenset[str]]:
    """Return, for each step, the slots that are set on every way that leads there."""
    surely: dict[str, frozenset[str]] = {flow.first: _GIVEN.get(flow.id, frozenset()) | {*flow.needs}}
    open_ = [flow.first]
    while open_:
        at = open_.pop()
        for target in jumps(flow.steps[at]):
            if target not in flow.steps:
                continue
            here = surely[at] | _sets(flow.steps[at], target, flows)
            merged = here if target not in surely else surely[target] & here
            if surely.get(target) != merged:
                surely[target] = merged
                open_.append(target)
    return surely


def unset(flow: Flow, flows: Mapping[str, Flow], policies: Mapping[str, Policy | None] | None) -> Found:
    """Yield names that are not surely set where a step uses them; what is said of policies, if they are known."""
    surely = _surely_set(flow, flows)
    ever: frozenset[str] = frozenset().union(
        *(_own_slots(s) | _sets(s, t, flows) for s in flow.steps.values() for t in jumps(s))
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
            for what, fix in () if policies is None else _policies(source, policies):
                yield step.at, f"step '{step.id}' {what}", fix
        if isinstance(step, f.PolicyStep) and step.id in surely:
            yield from _facts(step, surely[step.id], policies or {})
        if isinstance(step, f.SubFlow) and step.id in surely and step.flow in flows:
            for name in sorted({*flows[step.flow].needs} - surely[step.id]):
                what = f"step '{step.id}' calls flow '{step.flow}', which needs '{name}'; "
                yield step.at, what + "that is not set on every way that leads here.", "Set it first."


def _facts(step: f.PolicyStep, known: frozenset[str], policies: Mapping[str, Policy | None]) -> Found:
    """Yield the facts that a policy judges by and that are not surely there where it is asked."""
    for policy in filter(None, map(policies.get, step.policies)):
        for source, expression, more in _judging(policy):
            for name in sorted(_needed(source, expression=expression) - BASIC_VALUES - known - more):
                if f"{name} is defined" not in source and f"{name} is not defined" not in source:
                    what = f"step '{step.id}' goes by policy '{policy.id}' ({policy.at}), which looks at '{name}'; "
                    yield step.at, what + "that is not set on every way that leads here.", "Set it first."


def _needed(source: str, *, expression: bool) -> frozenset[str]:
    try:
        return _needs(source, expression=expression)
    except TemplateError:
        return frozenset()  # told by `syntax`
