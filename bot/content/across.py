"""What only shows across the files of a folder: what it leaves out, what stands twice, what refers to nothing.

Where a folder says nothing on commands, texts, people or the check-in flow, the shipped shop's are borrowed.
"""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from jinja2 import TemplateError
from msgspec.structs import replace

from bot.content import flowcheck, slotcheck
from bot.content.draft import CHECK_IN, IDENTIFY, Draft
from bot.content.explain import mean
from bot.content.notice_texts import DETAILS, TELLING
from bot.content.paths import check_paths
from bot.content.slotcheck import check_wording
from bot.content.texts import COMMANDS, TEXTS
from bot.content.times import check_levels
from bot.desk.broadcast import Reply
from bot.desk.notices import NEWS
from bot.desk.noticewords import FILTERS
from bot.desk.paths import SUPERVISORS
from bot.desk.team import may
from bot.dialog.catalog import NO_COMMANDS
from bot.dialog.flow import Approve, Flow, Handoff, Wording, versioned
from bot.dialog.markup import plain
from bot.dialog.template import RenderError, expression_names, names, render
from bot.dialog.triage import VALUES
from bot.knowledge import normalise

_FIRST = ("cancel", "back", "restart")  # commands that are taken before any phrasing is looked at
_LONG_NEWS = {
    "customer": "Alexandra-Marie", "number": "12345", "items": "Blue enamel kettle", "carrier": "Greenlane",
    "tracking": "JD014600012345678900", "eta": date(2026, 9, 30), "old_eta": date(2026, 9, 23),
    "delivered_on": date(2026, 9, 30), "action_needed": "Please send us your telephone number",
}  # fmt: skip
_TIER_VALUES = frozenset({"case", "owner"})
_REPORT_VALUES = frozenset({"known", "busy"})
_SNIPPET_VALUES = frozenset({"case", "owner", "promise", "order"})


def borrow(draft: Draft, shipped: Draft) -> None:
    """Fill what the folder leaves out from the shipped shop."""
    draft.texts = {**shipped.texts, **draft.texts}
    draft.commands = {**shipped.commands, **draft.commands}
    draft.voice = draft.voice or shipped.voice
    draft.limits = draft.limits or shipped.limits
    draft.agents = draft.agents or shipped.agents
    draft.levels = draft.levels or shipped.levels
    draft.paths = draft.paths or shipped.paths
    draft.impatient = draft.impatient or shipped.impatient
    draft.wordings = draft.wordings or shipped.wordings
    draft.answers = draft.answers or shipped.answers
    if not draft.cues:
        draft.cues, draft.signs = shipped.cues, shipped.signs
    draft.examples = draft.examples or shipped.examples
    draft.abuse = draft.abuse or shipped.abuse
    draft.tone = draft.tone or shipped.tone
    draft.parting = draft.parting or shipped.parting
    draft.needed_by = draft.needed_by or shipped.needed_by
    if draft.goodwill is None:
        draft.goodwill, draft.goodwill_expired = shipped.goodwill, shipped.goodwill_expired
    if not draft.queues:
        draft.queues, draft.hours = shipped.queues, {**shipped.hours, **draft.hours}
        draft.default_queue = draft.default_queue or shipped.default_queue
    draft.default_queue = draft.default_queue or next(iter(draft.queues), "")
    if not draft.wishes and not draft.partial:
        _borrow_wishes(draft, shipped)
    for flow in (CHECK_IN, IDENTIFY):
        if flow not in draft.flows and flow in shipped.flows:
            draft.flows[flow] = _with_our_queues(shipped.flows[flow], draft)


def _borrow_wishes(draft: Draft, shipped: Draft) -> None:
    """Take the shipped wishes, with our queues and without the phrasings that our own content uses otherwise."""
    ours = {normalise(each.text) for said in draft.phrasings.values() for each in said}
    for name, wish in shipped.wishes.items():
        said = [each for each in shipped.phrasings[name] if normalise(each.text) not in ours]
        heard = said or wish.part_of in draft.wishes
        if heard and ("id", name) not in draft.places:
            draft.wishes[name] = replace(wish, queue=_our_queue(wish.queue, draft))
            draft.phrasings[name] = said


def _our_queue(queue: str, draft: Draft) -> str:
    return queue if queue in draft.queues else draft.default_queue


def _with_our_queues(flow: Flow, draft: Draft) -> Flow:
    steps = {
        name: replace(step, queue=_our_queue(step.queue, draft)) if isinstance(step, Handoff) else step
        for name, step in flow.steps.items()
    }
    return versioned(replace(flow, steps=steps, version=""))


def cross_check(draft: Draft) -> None:
    """Note every problem between files."""
    _check_complete(draft)
    _check_follow_ups(draft)
    _check_twice(draft)
    _check_references(draft)
    _check_texts(draft)
    _check_notices(draft)
    _check_triage(draft)
    _check_flows(draft)
    check_levels(draft)
    check_paths(draft)


def _check_references(draft: Draft) -> None:
    for name, (queue, at) in draft.queues.items():
        if draft.lacks(queue.hours, draft.hours):
            what = f"queue '{name}' keeps hours '{queue.hours}', which are not there."
            draft.problem(at, what, mean(queue.hours, draft.hours))
        for agent in queue.agents:
            if ":" not in agent and draft.lacks(agent, draft.agents):  # accounts are known by a platform's roles
                what = f"queue '{name}' is worked by '{agent}', who is not there."
                draft.problem(at, what, mean(agent, draft.agents))
    if draft.default_queue and draft.lacks(draft.default_queue, draft.queues):
        at = draft.places.get(("setting", "default_queue"), "handoff:1")
        fix = mean(draft.default_queue, draft.queues)
        draft.problem(at, f"there is no queue '{draft.default_queue}'.", fix)
    for wish in draft.wishes.values():
        if draft.lacks(wish.queue, draft.queues):
            what = f"'{wish.id}' goes to queue '{wish.queue}', which is not there."
            draft.problem(wish.at, what, mean(wish.queue, draft.queues))
        if wish.part_of and draft.lacks(wish.part_of, draft.wishes):
            what = f"'{wish.id}' is a part of the wish '{wish.part_of}', which is not there."
            draft.problem(wish.at, what, mean(wish.part_of, draft.wishes))
    _check_tiers(draft)
    for entry in draft.entries.values():
        if entry.flow and draft.lacks(entry.flow, draft.flows):
            what = f"'{entry.id}' offers flow '{entry.flow}', which is not there."
            draft.problem(entry.at, what, mean(entry.flow, draft.flows))


def _check_flows(draft: Draft) -> None:
    known = flowcheck.Known(
        queues=frozenset(draft.queues) | draft.broken,
        flows=draft.flows,
        policies=draft.known_policies,
        broken=frozenset(draft.broken),
        partial=draft.partial,
    )
    for at, what, fix in slotcheck.judged(draft.policies):
        draft.problem(at, what, fix)
    for flow in draft.flows.values():
        for at, what, fix in flowcheck.check(flow, known, whole=flow.id not in draft.broken):
            draft.problem(at, what, fix)
        _check_deciders(draft, flow)
        _check_parts(draft, flow)


def _check_parts(draft: Draft, flow: Flow) -> None:
    """A flow that needs slots cannot be begun by what customers say or press."""
    needs = ", ".join(f"'{name}'" for name in flow.needs)
    if flow.needs and (
        draft.phrasings.get(flow.id)
        or flow.id in (draft.order_flow, *draft.day_flows, *draft.number_flows, *draft.asking_flows)
    ):
        fix = "Remove its phrasings and whatever else starts it, or ask for them."
        draft.problem(flow.at, f"flow '{flow.id}' needs {needs}, which nobody has set when customers start it.", fix)
    for entry in draft.entries.values():
        if flow.needs and entry.flow == flow.id:
            what = f"'{entry.id}' offers flow '{flow.id}', which needs {needs} and is a part of other flows only."
            draft.problem(entry.at, what, "Offer one of those.")


def _check_deciders(draft: Draft, flow: Flow) -> None:
    """Somebody must be there who may decide what a flow waits for."""
    agents = draft.agents.values()
    for step in flow.steps.values():
        if isinstance(step, Approve) and agents and not any(may(agent, step.role) for agent in agents):
            what = f"step '{step.id}' of '{flow.id}' waits for the role {step.role}, which nobody has."
            draft.problem(step.at, what, f"Give somebody in handoff/ the role {step.role}.")


def _check_tiers(draft: Draft) -> None:
    """Who gets the cases of a tier, and where, is there; nobody is listed in two, or joins two by the same words."""
    listed: dict[str, str] = {}
    for tier in draft.tiers.values():
        at = draft.places[("tier", tier.id)]
        for owner in tier.owners:
            if owner != SUPERVISORS and draft.agents and draft.lacks(owner, draft.agents):
                what = f"tier '{tier.id}' gives its cases to '{owner}', who is not there."
                draft.problem(at, what, mean(owner, [*draft.agents, SUPERVISORS]))
        for queue in filter(None, (tier.queue, *tier.tell)):
            if draft.lacks(queue, draft.queues):
                what = f"tier '{tier.id}' names queue '{queue}', which is not there."
                draft.problem(at, what, mean(queue, draft.queues))
        for name in (*sorted(tier.customers), *tier.join):
            if first := listed.get(name):
                draft.problem(at, f"'{name}' stands in tier '{tier.id}' and in '{first}'.", "Keep it in one of them.")
            listed[name] = tier.id


def _check_triage(draft: Draft) -> None:
    """A rule may ask only about what is known when a case is opened, and only of wishes and flows that there are."""
    for rule in draft.triage:
        try:
            unknown = expression_names(rule.when) - VALUES
        except TemplateError as error:
            draft.problem(rule.at, f"'{rule.when}' is no condition: {error}.", 'Write one such as wish == "safety".')
            continue
        for name in sorted(unknown):
            near = get_close_matches(name, VALUES, 1)
            known = f"Did you mean '{near[0]}'?" if near else f"Use {', '.join(sorted(VALUES))}."
            draft.problem(rule.at, f"'{name}' is not known when a case is opened.", known)


def _check_complete(draft: Draft) -> None:
    """What the engine cannot do without; a folder that leaves it out gets it from the shipped shop, if that has it."""
    if draft.problems:
        return
    needed = {
        "voice": draft.voice,
        "limits": draft.limits,
        "queues": draft.queues,
        "levels": draft.levels,
        "paths": draft.paths,
        "promises": draft.wordings,
        "mood": draft.cues,
        "alarms": draft.examples,
        "abuse": draft.abuse,
        "goodwill": draft.goodwill,
        "ending": draft.parting,
        "needed_by": draft.needed_by,
        "agents": draft.agents,
        **{f"text '{name}'": name in draft.texts for name in TEXTS},
        **{f"command '{name}'": name in draft.commands for name in COMMANDS},
        f"flow '{CHECK_IN}'": CHECK_IN in draft.flows,
        f"flow '{IDENTIFY}'": draft.identity.by == "none" or IDENTIFY in draft.flows,
    }
    for name, there in needed.items():
        if not there:
            folder = "flows" if name.startswith("flow ") else "handoff"
            draft.problem(f"{folder}:1", f"{name} is nowhere in the folder.", "Add it.")


def _check_texts(draft: Draft) -> None:
    policies = None if draft.partial else draft.known_policies
    for key, text in draft.texts.items():
        if key in TEXTS:
            for what, fix in check_wording(text, TEXTS[key], policies):
                draft.problem(text.at, f"text '{key}' {what}", fix)
    for wish in draft.wishes.values():
        for said in filter(None, (wish.say, wish.meanwhile)):
            for what, fix in check_wording(said, frozenset(), policies):
                draft.problem(said.at, f"what '{wish.id}' says {what}", fix)
    for entry in draft.entries.values():
        for answer in (entry.answer, entry.simpler):
            for what, fix in check_wording(answer, frozenset(), policies) if answer else ():
                draft.problem(answer.at if answer else entry.at, f"the answer of '{entry.id}' {what}", fix)
    for outcome in draft.outcomes.values():
        for what, fix in check_wording(outcome.text, TEXTS["resolved"] | {"promise"}, policies) if outcome.text else ():
            draft.problem(outcome.at, f"the text of outcome '{outcome.id}' {what}", fix)
    for tier in draft.tiers.values():
        for what, fix in check_wording(tier.say, _TIER_VALUES, policies) if tier.say else ():
            draft.problem(tier.say.at if tier.say else "", f"what '{tier.id}' says {what}", fix)
        for what, fix in check_wording(tier.welcome, frozenset(), policies) if tier.welcome else ():
            draft.problem(tier.welcome.at if tier.welcome else "", f"the welcome of '{tier.id}' {what}", fix)
    for rule in draft.triage:
        for what, fix in check_wording(rule.say, _REPORT_VALUES, policies) if rule.say else ():
            draft.problem(rule.say.at if rule.say else "", f"what is said to '{rule.category}' {what}", fix)
    expired = draft.goodwill_expired
    for what, fix in check_wording(expired, frozenset(), policies) if expired else ():
        draft.problem(expired.at if expired else "", f"what is said when goodwill expires {what}", fix)
    for name, snippet in draft.snippets.items():
        for what, fix in check_wording(Wording(variants=(snippet.text,), at=snippet.at), _SNIPPET_VALUES, policies):
            draft.problem(snippet.at, f"snippet '{name}' {what}", fix)


def _check_notices(draft: Draft) -> None:
    """What customers need of an order stands below every notice; the flow for missing parcels is there."""
    flow, at = draft.notices.missing, draft.places.get(("setting", "notices"), "")
    if flow and draft.lacks(flow, draft.flows):
        draft.problem(at, f"notices: there is no flow '{flow}'.", mean(flow, draft.flows))
    elif flow in draft.flows and draft.flows[flow].needs:
        draft.problem(
            at, f"notices: flow '{flow}' is a part of other flows only.", "Name one that customers can start."
        )
    _check_kinds(draft)
    for news, replies in draft.notices.replies.items():
        _check_replies(draft, at, f"the news '{news}'", replies)
    _check_short(draft, at)
    details = draft.texts.get("notice_details")
    for source in details.variants if details else ():
        try:
            lacking = sorted(DETAILS - names(source))
        except TemplateError:
            continue  # told already
        if details and lacking:
            what = f"text 'notice_details' leaves out {', '.join(lacking)}; every notice tells them."
            draft.problem(details.at, what, "Add: {% if " + lacking[0] + " %}…{{ " + lacking[0] + " }}…{% endif %}.")


def _check_short(draft: Draft, at: str) -> None:
    """News by text message fits into one, also with a long name and the longest of days."""
    short, voice = draft.texts.get("notice_short"), draft.voice
    if short is None or voice is None:
        return
    values = {**_LONG_NEWS, "company": voice.company, "bot": voice.bot, "locale": voice.locale, "zone": voice.zone}
    for news in NEWS:
        try:
            length = len(plain(render(short.variants[0], {**values, "news": news})))
        except RenderError:
            continue  # shows what only a real order has, or is told already
        if length > draft.notices.short:
            what = f"text 'notice_short' comes to {length} letters for '{news}'; {draft.notices.short} are allowed."
            draft.problem(short.at or at, what, "Say it shorter, or let notices.short be more.")
            return


def _check_kinds(draft: Draft) -> None:
    """The texts of notices to many use what they can have, and their buttons begin flows that are there."""
    for name, kind in draft.notices.kinds.items():
        if taken := [slot for slot in kind.slots if slot in (*FILTERS, *TELLING)]:
            what = f"notice '{name}' has a slot '{taken[0]}', which means something else."
            draft.problem(kind.at, what, "Rename it.")
        wording = Wording(variants=(kind.text,), at=kind.at)
        for what, fix in check_wording(wording, frozenset({*kind.slots, *TELLING}), None):
            draft.problem(kind.at, f"notice '{name}' {what}", fix)
        _check_replies(draft, kind.at, f"notice '{name}'", kind.replies)


def _check_replies(draft: Draft, at: str, where: str, replies: Iterable[Reply]) -> None:
    for reply in replies:
        flow = draft.flows.get(reply.flow)
        if reply.flow and draft.lacks(reply.flow, draft.flows):
            draft.problem(at, f"{where}: there is no flow '{reply.flow}'.", mean(reply.flow, draft.flows))
        elif flow and flow.needs:
            what = f"{where}: flow '{reply.flow}' is a part of other flows only."
            draft.problem(at, what, "Name one that customers can start.")


def _check_follow_ups(draft: Draft) -> None:
    served = {**draft.entries, **draft.flows}
    for name, follow_ups in draft.follow_ups.items():
        for ref in dict.fromkeys(follow_ups.values()):
            if draft.lacks(ref, served):
                what = f"'{name}' is followed up by '{ref}', which is not there."
                at = (draft.entries.get(name) or draft.flows[name]).at
                draft.problem(at, what, mean(ref, served))
            elif ref in draft.entries and draft.entries[ref].visibility == "staff":
                at = (draft.entries.get(name) or draft.flows[name]).at
                what = f"'{name}' is followed up by '{ref}', which customers are never shown."
                draft.problem(at, what, "Name another one, or take its `visibility` away.")


def _check_twice(draft: Draft) -> None:
    """A phrasing may stand once; commands are looked at too, since they are taken before anything else."""
    commands: dict[str, str] = {}
    for name, phrases in draft.commands.items():
        if name in NO_COMMANDS:
            continue
        at = draft.places.get(("command", name), "")
        for phrase in phrases:
            other = commands.setdefault(normalise(phrase), name)
            if other != name and at:
                draft.problem(at, f"'{phrase}' means '{name}' and '{other}'.", "Keep it in one place.")
    seen: dict[str, tuple[str, str]] = {}
    for name, said in draft.phrasings.items():
        for phrasing in said:
            key = normalise(phrasing.text)
            if not key:
                draft.problem(phrasing.at, f"the phrasing '{phrasing.text}' has no words.", "Remove it.")
            elif commands.get(key) in _FIRST:
                what = f"'{phrasing.text}' is a command: it means '{commands[key]}' before anything else is looked at."
                draft.problem(phrasing.at, what, "Remove it, here or there.")
            elif key in seen:
                other, at = seen[key]
                whose = "already" if other == name else f"also a phrasing of '{other}'"
                draft.problem(phrasing.at, f"'{phrasing.text}' is {whose} at {at}.", "Keep it in one place.")
            seen.setdefault(key, (name, phrasing.at))
