"""All files of a content folder → Catalog, with every problem found on the way.

Each file is read, validated against its model, and compiled on its own; then what only shows across files is checked.
"""

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from pydantic import ValidationError

from bot.content import deciding
from bot.content.across import borrow, cross_check
from bot.content.answermodels import lexicon
from bot.content.changes import parts
from bot.content.compile import compile_entry, compile_flow, wording
from bot.content.dates import check_dates
from bot.content.draft import Draft, minutes
from bot.content.explain import explain, mean_key, path_in_file
from bot.content.flowmodels import FlowFile
from bot.content.folder import FOLDERS, digest, files
from bot.content.models import FaqFile, HandoffFile, Model
from bot.content.moods import take_examples, take_mood
from bot.content.paths import take_path
from bot.content.policymodels import compile_policy
from bot.content.refusing import Refused
from bot.content.texts import COMMANDS, TEXTS
from bot.content.times import check_zone, take_hours, take_level, take_promises
from bot.content.yamlfile import Located, Path_, read
from bot.desk.snippets import Snippet
from bot.desk.team import Agent
from bot.dialog.catalog import RESERVED, Catalog, Ladder, Limits, NeededBy, Outcome, Rule, Tone, Voice, Wish
from bot.durations import duration
from bot.errors import ContentError, Problem
from bot.knowledge import Embedder, Phrasing, Thresholds, loose, normalise

_MODELS: Mapping[str, type[Model]] = {"faqs": FaqFile, "flows": FlowFile, "handoff": HandoffFile}
_BY_NAME = frozenset(
    {
        "entries",
        "flows",
        "policies",
        "queues",
        "hours",
        "levels",
        "paths",
        "agents",
        "wishes",
        "commands",
        "texts",
        "snippets",
        "outcomes",
        "tiers",
        "marks",
    }
)
_MOST_PROBLEMS = 100  # of one file


def shipped_folder() -> Path:
    """Return the folder of the demo shop: inside the installed package, or the checkout's own."""
    inside = Path(__file__).parents[1] / "demo"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def load(
    folder: Path, snapshot: Path | None = None, embedder: Embedder | None = None, before: Catalog | None = None
) -> Catalog:
    """Return the catalog of a content folder. Raises ContentError with every problem in it.

    `snapshot` is a file in which what was learned from the phrasings is kept from one start to the next; `embedder` is
    a sentence model that helps to find answers. `before` is an earlier version, which saves work and changes nothing.
    """
    draft = Draft(digest=digest(folder))  # before it is read: what changes meanwhile is seen as a change
    _read_folder(folder, draft)
    shipped = draft
    if not draft.complete and folder.resolve() != shipped_folder().resolve():
        shipped = Draft()
        _read_folder(shipped_folder(), shipped)
    borrow(draft, shipped)
    cross_check(draft)
    if draft.problems:
        raise ContentError(draft.problems)
    return draft.catalog(snapshot, embedder, before)


def _read_folder(folder: Path, draft: Draft) -> None:
    if not any((folder / name).is_dir() for name in FOLDERS):
        where = ", ".join(f"{name}/" for name in FOLDERS)
        draft.problems.append(Problem(str(folder), 1, "is not a content folder.", f"It should hold {where}."))
        return
    for name, model in _MODELS.items():
        for path in _files(folder / name, draft):
            located = read(path, f"{name}/{path.name}")
            if located.value is None and not located.problems:
                located.problem((), "holds nothing.", "Fill it, or remove it.")
            if located.value is None:
                draft.partial = True
            else:
                _validate(located, model, draft)
            if isinstance(located.value, dict):
                draft.parts |= parts(located.file, located.value, _BY_NAME)
            draft.problems.extend(located.problems[:_MOST_PROBLEMS])


def _files(folder: Path, draft: Draft) -> list[Path]:
    try:
        return files(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        what = f"cannot be read: {(error.strerror or str(error)).rstrip('.')}."
        draft.problems.append(Problem(folder.name, 1, what, "Check the folder and its permissions."))
        draft.partial = True
        return []


def _validate(located: Located, model: type[Model], draft: Draft) -> None:
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
        explain(located, model, each)
    try:
        rest = model.model_validate(_without(located, errors, draft))
    except ValidationError:
        draft.partial = True
        return
    _take(located, rest, draft)


def _without(located: Located, errors: list[dict[str, Any]], draft: Draft) -> dict[str, Any]:
    """Return the file's values without the keys that are none, and without each entry, flow, … that is wrong."""
    rest: dict[str, Any] = deepcopy(located.value)
    for each in errors:
        path = path_in_file(located, each["loc"])
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
    return [field.alias or name for name, field in model.model_fields.items()]


def _take(located: Located, file: Model, draft: Draft) -> None:
    match file:
        case FaqFile():
            _take_faqs(located, file, draft)
        case FlowFile():
            _take_flows(located, file, draft)
        case HandoffFile():
            _take_handoff(located, file, draft)


# --- taking what a file holds -----------------------------------------------------------------------------------------


def _take_id(located: Located, draft: Draft, sort: str, name: str, path: Path_) -> None:
    at = located.at(*path)
    first = draft.places.setdefault((sort, name), at)
    if first != at:
        draft.problem(at, f"'{name}' is already defined at {first}.", "Rename one of them.")


def _take_phrasings(located: Located, draft: Draft, name: str, path: Path_, phrasings: list[str]) -> None:
    where = (*path, "phrasings")
    draft.phrasings[name] = [
        Phrasing(text=text, at=located.at(*where, number)) for number, text in enumerate(phrasings)
    ]


def _take_faqs(located: Located, file: FaqFile, draft: Draft) -> None:
    for name, model in file.entries.items():
        path = ("entries", name)
        _take_id(located, draft, "id", name, path)
        draft.entries[name] = compile_entry(name, file, located, path)
        check_dates(draft, draft.entries[name])
        _take_follow_ups(draft, name, model.follow_ups)
        _take_phrasings(located, draft, name, path, model.phrasings)


def _take_follow_ups(draft: Draft, name: str, follow_ups: dict[str, list[str]]) -> None:
    if follow_ups:
        draft.follow_ups[name] = {normalise(said): ref for ref, phrases in follow_ups.items() for said in phrases}


def _take_flows(located: Located, file: FlowFile, draft: Draft) -> None:
    for name, model in file.flows.items():
        path = ("flows", name)
        _take_id(located, draft, "id", name, path)
        draft.flows[name] = compile_flow(name, model, located, path)
        _take_follow_ups(draft, name, model.follow_ups)
        if model.starts_on_order:
            _take_id(located, draft, "setting", "starts_on_order", (*path, "starts_on_order"))
            draft.order_flow = name
        if model.starts_on_day:
            draft.day_flows[name] = tuple(map(normalise, model.starts_on_day))
        if model.starts_on_number:
            draft.number_flows[name] = tuple(map(normalise, model.starts_on_number))
        if model.starts_on_asking:
            draft.asking_flows[name] = tuple(map(normalise, model.starts_on_asking))
        if model.starts_on_saying:
            draft.saying_flows[name] = tuple(map(loose, model.starts_on_saying))
        if model.refused:
            said = wording(model.refused.say, located.at(*path, "refused")) if model.refused.say else None
            draft.refused[name] = Refused(words=model.refused.words, phrases=model.refused.phrases, say=said)
        _take_phrasings(located, draft, name, path, model.phrasings)
    for name, policy in file.policies.items():
        _take_id(located, draft, "policy", name, ("policies", name))
        draft.policies[name] = compile_policy(name, policy, located, ("policies", name))


def _take_handoff(located: Located, file: HandoffFile, draft: Draft) -> None:
    _take_people(located, file, draft)
    _take_decisions(located, file, draft)
    for name, wish in file.wishes.items():
        path = ("wishes", name)
        _take_id(located, draft, "id", name, path)
        draft.wishes[name] = Wish(
            id=name,
            title=wish.title,
            queue=wish.queue,
            reason=wish.reason,
            say=wording(wish.say, located.at(*path, "say")) if wish.say else None,
            meanwhile=wording(wish.meanwhile, located.at(*path, "meanwhile")) if wish.meanwhile else None,
            telling=wish.telling,
            careful=wish.careful,
            even_blocked=wish.even_blocked,
            topics=tuple(wish.topics),
            part_of=wish.part_of or "",
            words=tuple(normalise(each) for each in wish.words),
            unless=tuple(normalise(each) for each in wish.unless),
            at=located.at(*path),
        )
        _take_phrasings(located, draft, name, path, wish.phrasings)
    for name, phrases in file.commands.items():
        _take_id(located, draft, "command", name, ("commands", name))
        if name not in COMMANDS:
            draft.problem(located.at("commands", name), f"'{name}' is not a command.", mean_key(name, COMMANDS))
        draft.commands[name] = list(phrases)
    for name, text in file.texts.items():
        _take_id(located, draft, "text", name, ("texts", name))
        if name not in TEXTS:
            draft.problem(located.at("texts", name), f"'{name}' is not a text that we use.", mean_key(name, TEXTS))
        draft.texts[name] = wording(text, located.at("texts", name))
    for name, snippet in file.snippets.items():
        _take_id(located, draft, "snippet", name, ("snippets", name))
        best = {key: tuple(getattr(snippet, key)) for key in ("moments", "categories", "topics")}
        at = located.at("snippets", name)
        draft.snippets[name] = Snippet(id=name, title=snippet.title, text=snippet.text, at=at, **best)
    for name, outcome in file.outcomes.items():
        _take_id(located, draft, "outcome", name, ("outcomes", name))
        at = located.at("outcomes", name)
        if name in RESERVED:
            draft.problem(at, f"the outcome '{name}' is the bot's own.", "Give yours another name.")
        draft.outcomes[name] = Outcome(
            id=name,
            title=outcome.title,
            check_in=None if outcome.check_in is None else 0 if outcome.check_in == "no" else minutes(outcome.check_in),
            text=wording(outcome.text, at) if outcome.text else None,
            replaced=outcome.replaced,
            unsolved=outcome.unsolved,
            unanswered=outcome.unanswered,
            at=at,
        )
    draft.suggestions += tuple(file.suggestions)
    draft.impatient += tuple(file.impatient)


def _take_people(located: Located, file: HandoffFile, draft: Draft) -> None:
    for name, hours in file.hours.items():
        _take_id(located, draft, "hours", name, ("hours", name))
        take_hours(located, draft, name, hours)
    for name, queue in file.queues.items():
        _take_id(located, draft, "queue", name, ("queues", name))
        draft.queues[name] = (queue, located.at("queues", name))
    for name, level in file.levels.items():
        _take_id(located, draft, "level", name, ("levels", name))
        take_level(located, draft, name, level)
    for name, steps in file.paths.items():
        _take_id(located, draft, "path", name, ("paths", name))
        take_path(draft, name, steps, located.at("paths", name))
    for name, agent in file.agents.items():
        _take_id(located, draft, "agent", name, ("agents", name))
        draft.agents[name] = Agent(id=name, name=agent.name, role=agent.role, accounts=tuple(agent.accounts))
    if file.default_queue:
        _take_id(located, draft, "setting", "default_queue", ("default_queue",))
        draft.default_queue = file.default_queue
    if file.voice:
        _take_id(located, draft, "setting", "voice", ("voice",))
        _check_voice(located, draft, file)
        draft.voice = Voice(**file.voice.model_dump())
    if file.answers:
        _take_id(located, draft, "setting", "answers", ("answers",))
        draft.answers = lexicon(file.answers)
    if file.promises:
        _take_id(located, draft, "setting", "promises", ("promises",))
        take_promises(located, draft, file.promises)
    if file.mood:
        _take_id(located, draft, "setting", "mood", ("mood",))
        take_mood(located, draft, file.mood)
    if file.alarms:
        _take_id(located, draft, "setting", "alarms", ("alarms",))
        take_examples(located, draft, "alarms", file.alarms)
    if file.feelings:
        _take_id(located, draft, "setting", "feelings", ("feelings",))
        take_examples(located, draft, "feelings", file.feelings)
    if file.abuse:
        _take_id(located, draft, "setting", "abuse", ("abuse",))
        draft.abuse = Ladder(rungs=tuple(file.abuse.ladder), forgiven=file.abuse.forgiven)
    if file.tone:
        _take_id(located, draft, "setting", "tone", ("tone",))
        avoid = tuple((words, each.why, each.instead) for each in file.tone.avoid for words in each.words)
        selling = frozenset(words for each in file.tone.avoid if each.selling for words in each.words)
        sorry = frozenset(map(normalise, file.tone.sorry))
        draft.tone = Tone(avoid=avoid, selling=selling, first=tuple(file.tone.first), sorry=sorry)
    if file.matching:
        _take_id(located, draft, "setting", "matching", ("matching",))
        if file.matching.clarify > file.matching.answer:
            where = located.at("matching", "clarify")
            draft.problem(where, "clarify is above answer.", "Make it smaller; frontdesk calibrate finds both.")
        draft.thresholds = Thresholds(**file.matching.model_dump())
    for at, rule in enumerate(file.triage):
        words, unless = tuple(map(loose, rule.words)), tuple(map(loose, rule.unless))
        kept = rule.model_dump(exclude={"words", "unless", "say"})
        said = wording(rule.say, located.at("triage", at, "say")) if rule.say else None
        draft.triage += (Rule(**kept, words=words, unless=unless, say=said, at=located.at("triage", at)),)
    if file.limits:
        _take_id(located, draft, "setting", "limits", ("limits",))
        values = file.limits.model_dump()
        undo = "0s" if values["undo"] == "0" else values["undo"]
        kept = {"search": values.pop("search"), "undo": int(duration(undo).total_seconds())}
        spans = {
            name: 0 if value == "no" else minutes(value) for name, value in values.items() if isinstance(value, str)
        }
        draft.limits = Limits(**{**values, **spans, **kept})


def _take_decisions(located: Located, file: HandoffFile, draft: Draft) -> None:
    if file.goodwill:
        _take_id(located, draft, "setting", "goodwill", ("goodwill",))
        draft.goodwill = deciding.goodwill(file.goodwill)
        if file.goodwill.expired:
            draft.goodwill_expired = wording(file.goodwill.expired, located.at("goodwill", "expired"))
    if file.identity:
        _take_id(located, draft, "setting", "identity", ("identity",))
        draft.identity = deciding.identity(file.identity)
    if file.notices:
        _take_id(located, draft, "setting", "notices", ("notices",))
        draft.notices = deciding.notices(file.notices, partial(located.at, "notices"))
    for name, tier in file.tiers.items():
        _take_id(located, draft, "tier", name, ("tiers", name))
        said = wording(tier.say, located.at("tiers", name, "say")) if tier.say else None
        welcome = wording(tier.welcome, located.at("tiers", name, "welcome")) if tier.welcome else None
        draft.tiers[name] = deciding.tier(name, tier, said, welcome)
    for name, mark in file.marks.items():
        _take_id(located, draft, "mark", name, ("marks", name))
        draft.marks[name] = deciding.mark(name, mark)
    if file.ending:
        _take_id(located, draft, "setting", "ending", ("ending",))
        draft.parting = deciding.parting(file.ending)
        seen: set[str] = set()
        for check in draft.parting.checks:
            if check.id in seen:
                what = f"the checklist has '{check.id}' twice."
                draft.problem(located.at("ending"), what, "Rename one of them.")
            seen.add(check.id)
    if file.needed_by:
        _take_id(located, draft, "setting", "needed_by", ("needed_by",))
        rules = file.needed_by
        phrases = tuple(" ".join(each.casefold().split()) for each in rules.phrases)
        draft.needed_by = NeededBy(soon=duration(rules.soon), urgent=duration(rules.urgent), phrases=phrases)


def _check_voice(located: Located, draft: Draft, file: HandoffFile) -> None:
    assert file.voice
    check_zone(located, draft, file.voice.zone, ("voice", "zone"))
    try:
        Locale.parse(file.voice.locale)
    except (UnknownLocaleError, ValueError):
        what = f"'{file.voice.locale}' is not a locale that we know."
        draft.problem(located.at("voice", "locale"), what, "Use one such as en_GB, en_US or de_DE.")
