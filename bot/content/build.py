"""All files of a content folder → Catalog, with every problem found on the way.

Each file is read, validated against its model, and compiled on its own; then what only shows across files is checked:
phrasings said twice, references to what is not there. Where a folder says nothing on commands, texts, people or the
check-in flow, the shipped shop's are used.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from msgspec.structs import replace
from pydantic import ValidationError
from rapidfuzz import fuzz, process

from bot.content import flowcheck
from bot.content.compile import compile_entry, compile_flow, wording
from bot.content.models import DAYS, FORMS, FaqFile, FlowFile, HandoffFile, HoursModel, Model, parse_span
from bot.content.schema import keys_of
from bot.content.texts import COMMANDS, TEXTS
from bot.content.yamlfile import Located, Path_, read
from bot.desk.hours import Hours
from bot.desk.team import Agent, Queue
from bot.dialog.catalog import Catalog, Entry, Limits, Voice, Wish
from bot.dialog.flow import Flow, Handoff, Wording, versioned
from bot.durations import duration
from bot.errors import ContentError, Problem
from bot.knowledge import Index, Phrasing, Subject, normalise

FOLDERS: Mapping[str, type[Model]] = {"faqs": FaqFile, "flows": FlowFile, "handoff": HandoffFile}
_CHECK_IN = "check_in"
_FIRST = ("cancel", "back", "restart")  # commands that are taken before any phrasing is looked at
_BY_NAME = frozenset(
    {"entries", "flows", "policies", "queues", "hours", "agents", "wishes", "commands", "texts", "snippets"}
)
_MOST_PROBLEMS = 100  # of one file
_SNIPPET_VALUES = frozenset({"case", "owner", "promise", "order"})


def shipped_folder() -> Path:
    """Return the folder of the demo shop: inside the installed package, or the checkout's own."""
    inside = Path(__file__).parents[1] / "demo"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def load(folder: Path) -> Catalog:
    """Return the catalog of a content folder. Raises ContentError with every problem in it."""
    draft = _Draft()
    _read_folder(folder, draft)
    shipped = draft
    if not draft.complete and folder.resolve() != shipped_folder().resolve():
        shipped = _Draft()
        _read_folder(shipped_folder(), shipped)
    _borrow(draft, shipped)
    _cross_check(draft)
    if draft.problems:
        raise ContentError(draft.problems)
    return draft.catalog()


@dataclass
class _Draft:
    """What has been read so far. `broken` holds the names of what was left out for its problems; `partial` says that
    there may be more of those, so that something which is not here may be in the folder after all."""

    broken: set[str] = field(default_factory=set)
    partial: bool = False
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    wishes: dict[str, Wish] = field(default_factory=dict)
    phrasings: dict[str, list[Phrasing]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, Wording] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)
    hours: dict[str, Hours] = field(default_factory=dict)
    queues: dict[str, tuple[Any, str]] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    snippets: dict[str, Wording] = field(default_factory=dict)
    voice: Voice | None = None
    limits: Limits | None = None
    default_queue: str = ""
    suggestions: tuple[str, ...] = ()
    order_flow: str = ""

    @property
    def complete(self) -> bool:
        """Whether nothing has to be borrowed from the shipped shop."""
        has_all = self.voice and self.limits and self.queues and self.agents and self.wishes and self.suggestions
        said = TEXTS.keys() <= self.texts.keys() and self.commands.keys() >= COMMANDS
        return bool(has_all) and said and _CHECK_IN in self.flows

    def lacks(self, name: str, there: Iterable[str]) -> bool:
        """Tell whether something is surely nowhere in the folder."""
        return name not in there and name not in self.broken and not self.partial

    @property
    def known_policies(self) -> dict[str, dict[str, Any]]:
        """The policies, and an empty one for each name of something broken."""
        return {**{name: {} for name in self.broken}, **self.policies}

    def problem(self, at: str, what: str, fix: str = "") -> None:
        """Note something wrong at "file:line"."""
        file, _, line = at.rpartition(":")
        self.problems.append(Problem(file or at, int(line or 1), what, fix))

    def catalog(self) -> Catalog:
        """Freeze it."""
        assert self.voice
        assert self.limits
        subjects = [*_subjects(self)]
        return Catalog(
            voice=self.voice,
            entries=self.entries,
            flows=self.flows,
            versions={flow.version: flow for flow in self.flows.values()},
            wishes=self.wishes,
            texts=self.texts,
            commands={name: frozenset(normalise(phrase) for phrase in said) for name, said in self.commands.items()},
            queues={
                name: Queue(
                    id=name,
                    name=model.name,
                    hours=self.hours[model.hours],
                    first_response=_minutes(model.first_response),
                )
                for name, (model, _) in self.queues.items()
            },
            default_queue=self.default_queue,
            agents=self.agents,
            policies=self.policies,
            limits=self.limits,
            index=Index(subjects, language=self.voice.locale.split("_")[0]),
            snippets=self.snippets,
            suggestions=self.suggestions,
            order_flow=self.order_flow,
        )


def _minutes(text: str) -> int:
    return int(duration(text) / timedelta(minutes=1))


def _subjects(draft: _Draft) -> Iterator[Subject]:
    served: list[Entry | Flow | Wish] = [*draft.entries.values(), *draft.flows.values(), *draft.wishes.values()]
    for each in served:
        if isinstance(each, Entry) and each.visibility == "staff":
            continue
        kind = each.kind if isinstance(each, Entry) else "flow" if isinstance(each, Flow) else "handoff"
        said = draft.phrasings.get(each.id, [])
        if said:
            yield Subject(id=each.id, kind=kind, phrasings=tuple(said), title=each.title)


# --- reading ----------------------------------------------------------------------------------------------------------


def _read_folder(folder: Path, draft: _Draft) -> None:
    if not any((folder / name).is_dir() for name in FOLDERS):
        where = ", ".join(f"{name}/" for name in FOLDERS)
        draft.problems.append(Problem(str(folder), 1, "is not a content folder.", f"It should hold {where}."))
        return
    for name, model in FOLDERS.items():
        for path in _files(folder / name, draft):
            located = read(path, f"{name}/{path.name}")
            if located.value is None and not located.problems:
                located.problem((), "holds nothing.", "Fill it, or remove it.")
            if located.value is None:
                draft.partial = True
            else:
                _validate(located, model, draft)
            draft.problems.extend(located.problems[:_MOST_PROBLEMS])


def _files(folder: Path, draft: _Draft) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except FileNotFoundError:
        return []
    except OSError as error:
        what = f"cannot be read: {(error.strerror or str(error)).rstrip('.')}."
        draft.problems.append(Problem(folder.name, 1, what, "Check the folder and its permissions."))
        draft.partial = True
        return []


def _validate(located: Located, model: type[Model], draft: _Draft) -> None:
    """Take what a file holds; what is wrong in it is told and left out, and the rest is taken all the same."""
    if not isinstance(located.value, dict):
        kind = "a list" if isinstance(located.value, list) else "a text"
        located.problem((), f"holds {kind}, not sections.", f"Begin it with one of: {', '.join(_sections(model))}.")
        draft.partial = True
        return
    try:
        _take(located, model.model_validate(located.value), draft)
        return
    except ValidationError as error:
        errors = [dict(each) for each in error.errors(include_url=False)]
    for each in errors[:_MOST_PROBLEMS]:
        _explain(located, model, each)
    try:
        rest = model.model_validate(_without(located, errors, draft))
    except ValidationError:
        draft.partial = True
        return
    _take(located, rest, draft)


def _without(located: Located, errors: list[dict[str, Any]], draft: _Draft) -> dict[str, Any]:
    """Return the file's values without the keys that are none, and without each entry, flow, … that is wrong."""
    rest: dict[str, Any] = deepcopy(located.value)
    for each in errors:
        path = _path_in_file(located, each["loc"])
        by_name = bool(path) and path[0] in _BY_NAME
        draft.broken.update(str(name) for name in path[1:2] if by_name)
        if each["type"] != "extra_forbidden":
            path = path[: 2 if by_name else 1]
            draft.partial |= len(path) < 2
        inside: Any = rest
        for part in path[:-1]:
            inside = inside.get(part) if isinstance(inside, dict) else inside[part] if inside else None
        if isinstance(inside, dict) and path:
            inside.pop(path[-1], None)
    return rest


def _sections(model: type[Model]) -> list[str]:
    return list(model.model_fields)


def _take(located: Located, file: Model, draft: _Draft) -> None:
    match file:
        case FaqFile():
            _take_faqs(located, file, draft)
        case FlowFile():
            _take_flows(located, file, draft)
        case HandoffFile():
            _take_handoff(located, file, draft)


def _explain(located: Located, model: type[Model], error: dict[str, Any]) -> None:
    """Turn one of pydantic's errors into a problem that an admin can act on."""
    path = _path_in_file(located, error["loc"])
    name = str(error["loc"][-1]) if error["loc"] else ""
    shown = ".".join(str(part) for part in path) or "the file"
    given = error.get("input")
    match error["type"]:
        case "extra_forbidden":
            located.problem(path, f"'{name}' is not a key here.", _mean(name, keys_of(model) - {name}))
        case "missing":
            located.problem(path, f"'{name}' is missing in {shown}.", f"Add '{name}: …'.")
        case "step_kind":
            fix = "A step begins with say, ask, call, decide, end …"
            located.problem(path, f"{shown} is no step that we know.", fix)
        case "string_pattern_mismatch" if name == "[key]":
            located.problem(path, f"'{given}' cannot be a name.", FORMS[error["ctx"]["pattern"]])
        case "string_pattern_mismatch":
            fix = FORMS[error["ctx"]["pattern"]]
            located.problem(path, f"{shown} is '{_short(given)}', which does not have the right form.", fix)
        case "string_type":
            fix = "Write a text." if given is None or isinstance(given, dict | list) else "Put it in quotes."
            located.problem(path, f"{shown} should be text, and is {_kind(given)}.", fix)
        case "dict_type" | "model_type" | "model_attributes_type":
            fix = "Write its keys below it, indented by two more spaces."
            located.problem(path, f"{shown} should be a group of keys, and is {_kind(given)}.", fix)
        case "list_type":
            fix = "Write each on a line of its own, beginning with '- '."
            located.problem(path, f"{shown} should be a list, and is {_kind(given)}.", fix)
        case _:
            what = error["msg"].removeprefix("Value error, ")
            what = what[:1].lower() + what[1:] if what[:1].isupper() else what
            located.problem(path, f"{shown}: {what} (given: {_short(given)}).")


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a group of keys"
        case list():
            return "a list"
        case bool():
            return f"true or false ({str(value).lower()})"
        case int() | float():
            return f"a number ({value})"
        case _:
            return f"the text '{_short(value)}'"


def _short(value: object) -> str:
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _path_in_file(located: Located, loc: tuple[int | str, ...]) -> Path_:
    """Keep of pydantic's path what stands in the file: not its tags for kinds, not a key that is missing."""
    path: Path_ = ()
    for at, part in enumerate(loc):
        is_kind = at == 4 and loc[0] == "flows" and loc[2] == "steps"
        if not is_kind and part != "[key]" and (*path, part) in located.lines:
            path = (*path, part)
    return path


def _mean(word: str, known: Iterable[str]) -> str:
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{found[0]}'?" if found else "Remove it, or check its indentation."


# --- taking what a file holds -----------------------------------------------------------------------------------------


def _take_id(located: Located, draft: _Draft, sort: str, name: str, path: Path_) -> None:
    at = located.at(*path)
    first = draft.places.setdefault((sort, name), at)
    if first != at:
        draft.problem(at, f"'{name}' is already defined at {first}.", "Rename one of them.")


def _take_phrasings(located: Located, draft: _Draft, name: str, path: Path_, phrasings: list[str]) -> None:
    where = (*path, "phrasings")
    draft.phrasings[name] = [
        Phrasing(text=text, at=located.at(*where, number)) for number, text in enumerate(phrasings)
    ]


def _take_faqs(located: Located, file: FaqFile, draft: _Draft) -> None:
    for name, model in file.entries.items():
        path = ("entries", name)
        _take_id(located, draft, "id", name, path)
        draft.entries[name] = compile_entry(name, model, located, path)
        _take_phrasings(located, draft, name, path, model.phrasings)


def _take_flows(located: Located, file: FlowFile, draft: _Draft) -> None:
    for name, model in file.flows.items():
        path = ("flows", name)
        _take_id(located, draft, "id", name, path)
        draft.flows[name] = compile_flow(name, model, located, path)
        if model.starts_on_order:
            _take_id(located, draft, "setting", "starts_on_order", (*path, "starts_on_order"))
            draft.order_flow = name
        _take_phrasings(located, draft, name, path, model.phrasings)
    for name, policy in file.policies.items():
        _take_id(located, draft, "policy", name, ("policies", name))
        draft.policies[name] = policy.model_dump()


def _take_handoff(located: Located, file: HandoffFile, draft: _Draft) -> None:
    _take_people(located, file, draft)
    for name, wish in file.wishes.items():
        path = ("wishes", name)
        _take_id(located, draft, "id", name, path)
        draft.wishes[name] = Wish(
            id=name,
            title=wish.title,
            queue=wish.queue,
            reason=wish.reason,
            topics=tuple(wish.topics),
            at=located.at(*path),
        )
        _take_phrasings(located, draft, name, path, wish.phrasings)
    for name, phrases in file.commands.items():
        _take_id(located, draft, "command", name, ("commands", name))
        if name not in COMMANDS:
            draft.problem(located.at("commands", name), f"'{name}' is not a command.", _mean(name, COMMANDS))
        draft.commands[name] = list(phrases)
    for name, text in file.texts.items():
        _take_id(located, draft, "text", name, ("texts", name))
        if name not in TEXTS:
            draft.problem(located.at("texts", name), f"'{name}' is not a text that we use.", _mean(name, TEXTS))
        draft.texts[name] = wording(text, located.at("texts", name))
    for name, snippet in file.snippets.items():
        _take_id(located, draft, "snippet", name, ("snippets", name))
        draft.snippets[name] = wording(snippet.text, located.at("snippets", name))
    draft.suggestions += tuple(file.suggestions)


def _take_people(located: Located, file: HandoffFile, draft: _Draft) -> None:
    for name, hours in file.hours.items():
        _take_id(located, draft, "hours", name, ("hours", name))
        _take_hours(located, draft, name, hours)
    for name, queue in file.queues.items():
        _take_id(located, draft, "queue", name, ("queues", name))
        draft.queues[name] = (queue, located.at("queues", name))
    for name, agent in file.agents.items():
        _take_id(located, draft, "agent", name, ("agents", name))
        draft.agents[name] = Agent(id=name, name=agent.name, role=agent.role)
    if file.default_queue:
        _take_id(located, draft, "setting", "default_queue", ("default_queue",))
        draft.default_queue = file.default_queue
    if file.voice:
        _take_id(located, draft, "setting", "voice", ("voice",))
        _check_voice(located, draft, file)
        draft.voice = Voice(**file.voice.model_dump())
    if file.limits:
        _take_id(located, draft, "setting", "limits", ("limits",))
        values = file.limits.model_dump()
        draft.limits = Limits(**{**values, "check_in": _minutes(file.limits.check_in)})


def _check_voice(located: Located, draft: _Draft, file: HandoffFile) -> None:
    assert file.voice
    _check_zone(located, draft, file.voice.zone, ("voice", "zone"))
    try:
        Locale.parse(file.voice.locale)
    except (UnknownLocaleError, ValueError):
        what = f"'{file.voice.locale}' is not a locale that we know."
        draft.problem(located.at("voice", "locale"), what, "Use one such as en_GB, en_US or de_DE.")


def _check_zone(located: Located, draft: _Draft, zone: str, path: Path_) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        draft.problem(located.at(*path), f"'{zone}' is not a time zone.", "Use a name such as Europe/London.")
        return False
    return True


def _take_hours(located: Located, draft: _Draft, name: str, model: HoursModel) -> None:
    if not _check_zone(located, draft, model.zone, ("hours", name, "zone")):
        draft.broken.add(name)
        return
    week = tuple(tuple(sorted(parse_span(span) for span in model.week.get(day, []))) for day in DAYS)  # type: ignore[call-overload]
    for day, spans in zip(DAYS, week, strict=True):
        for start, end in spans:
            if end <= start and end.hour + end.minute:
                what = f"{day} opens at {start:%H:%M} and closes at {end:%H:%M}."
                draft.problem(located.at("hours", name, "week", day), what, "Write the earlier time first.")
        for (_, end), (start, _) in pairwise(spans):
            if start < end or end == time.min:
                what = f"{day} has openings that overlap at {start:%H:%M}."
                draft.problem(located.at("hours", name, "week", day), what, "Join them.")
    draft.hours[name] = Hours(zone=model.zone, week=week, closed=frozenset(model.closed))


# --- across files -----------------------------------------------------------------------------------------------------


def _borrow(draft: _Draft, shipped: _Draft) -> None:
    """Fill what the folder leaves out from the shipped shop."""
    draft.texts = {**shipped.texts, **draft.texts}
    draft.commands = {**shipped.commands, **draft.commands}
    draft.voice = draft.voice or shipped.voice
    draft.limits = draft.limits or shipped.limits
    draft.agents = draft.agents or shipped.agents
    if not draft.queues:
        draft.queues, draft.hours = shipped.queues, {**shipped.hours, **draft.hours}
        draft.default_queue = draft.default_queue or shipped.default_queue
    draft.default_queue = draft.default_queue or next(iter(draft.queues), "")
    if not draft.wishes and not draft.partial:
        _borrow_wishes(draft, shipped)
    if _CHECK_IN not in draft.flows and _CHECK_IN in shipped.flows:
        draft.flows[_CHECK_IN] = _with_our_queues(shipped.flows[_CHECK_IN], draft)


def _borrow_wishes(draft: _Draft, shipped: _Draft) -> None:
    """Take the shipped wishes, with our queues and without the phrasings that our own content uses otherwise."""
    ours = {normalise(each.text) for said in draft.phrasings.values() for each in said}
    for name, wish in shipped.wishes.items():
        said = [each for each in shipped.phrasings[name] if normalise(each.text) not in ours]
        if said and ("id", name) not in draft.places:
            draft.wishes[name] = replace(wish, queue=_our_queue(wish.queue, draft))
            draft.phrasings[name] = said


def _our_queue(queue: str, draft: _Draft) -> str:
    return queue if queue in draft.queues else draft.default_queue


def _with_our_queues(flow: Flow, draft: _Draft) -> Flow:
    steps = {
        name: replace(step, queue=_our_queue(step.queue, draft)) if isinstance(step, Handoff) else step
        for name, step in flow.steps.items()
    }
    return versioned(replace(flow, steps=steps, version=""))


def _cross_check(draft: _Draft) -> None:
    _check_complete(draft)
    _check_twice(draft)
    for name, (queue, at) in draft.queues.items():
        if draft.lacks(queue.hours, draft.hours):
            what = f"queue '{name}' keeps hours '{queue.hours}', which are not there."
            draft.problem(at, what, flowcheck.mean(queue.hours, draft.hours))
    if draft.default_queue and draft.lacks(draft.default_queue, draft.queues):
        at = draft.places.get(("setting", "default_queue"), "handoff:1")
        fix = flowcheck.mean(draft.default_queue, draft.queues)
        draft.problem(at, f"there is no queue '{draft.default_queue}'.", fix)
    for wish in draft.wishes.values():
        if draft.lacks(wish.queue, draft.queues):
            what = f"'{wish.id}' goes to queue '{wish.queue}', which is not there."
            draft.problem(wish.at, what, flowcheck.mean(wish.queue, draft.queues))
    for entry in draft.entries.values():
        if entry.flow and draft.lacks(entry.flow, draft.flows):
            what = f"'{entry.id}' offers flow '{entry.flow}', which is not there."
            draft.problem(entry.at, what, flowcheck.mean(entry.flow, draft.flows))
    _check_texts(draft)
    known = flowcheck.Known(
        queues=frozenset(draft.queues) | draft.broken,
        default_queue=draft.default_queue,
        flows=draft.flows,
        policies=draft.known_policies,
        broken=frozenset(draft.broken),
        partial=draft.partial,
    )
    for flow in draft.flows.values():
        for at, what, fix in flowcheck.check(flow, known, whole=flow.id not in draft.broken):
            draft.problem(at, what, fix)


def _check_complete(draft: _Draft) -> None:
    """What the engine cannot do without; a folder that leaves it out gets it from the shipped shop, if that has it."""
    if draft.problems:
        return
    needed = {
        "voice": draft.voice,
        "limits": draft.limits,
        "queues": draft.queues,
        "agents": draft.agents,
        **{f"text '{name}'": name in draft.texts for name in TEXTS},
        **{f"command '{name}'": name in draft.commands for name in COMMANDS},
        f"flow '{_CHECK_IN}'": _CHECK_IN in draft.flows,
    }
    for name, there in needed.items():
        if not there:
            folder = "flows" if name.startswith("flow ") else "handoff"
            draft.problem(f"{folder}:1", f"{name} is nowhere in the folder.", "Add it.")


def _check_texts(draft: _Draft) -> None:
    policies = None if draft.partial else draft.known_policies
    for key, text in draft.texts.items():
        if key in TEXTS:
            for what, fix in flowcheck.check_wording(text, TEXTS[key], policies):
                draft.problem(text.at, f"text '{key}' {what}", fix)
    for entry in draft.entries.values():
        for answer in (entry.answer, entry.simpler):
            for what, fix in flowcheck.check_wording(answer, frozenset(), policies) if answer else ():
                draft.problem(answer.at if answer else entry.at, f"the answer of '{entry.id}' {what}", fix)
    for name, snippet in draft.snippets.items():
        for what, fix in flowcheck.check_wording(snippet, _SNIPPET_VALUES, policies):
            draft.problem(snippet.at, f"snippet '{name}' {what}", fix)


def _check_twice(draft: _Draft) -> None:
    """A phrasing may stand once; commands are looked at too, since they are taken before anything else."""
    commands: dict[str, str] = {}
    for name, phrases in draft.commands.items():
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
