"""What has been read of a content folder so far, and the Catalog that it becomes.

May not live here: reading, and any judgement on what was read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.content.meanings import hearing, index
from bot.content.refusing import Refused, refusals
from bot.content.texts import COMMANDS, TEXTS
from bot.desk.grants import Goodwill
from bot.desk.hours import Hours
from bot.desk.marks import Mark
from bot.desk.notices import Notices
from bot.desk.paths import Escalation
from bot.desk.snippets import Snippet
from bot.desk.targets import Level
from bot.desk.team import Agent, Queue
from bot.desk.wordings import Wordings, compiled
from bot.dialog.catalog import (
    LOOSE,
    Catalog,
    Entry,
    Identity,
    Ladder,
    Limits,
    NeededBy,
    Outcome,
    Parting,
    Rule,
    Tier,
    Tone,
    Voice,
    Wish,
    Written,
)  # fmt: skip
from bot.dialog.flow import Flow, Wording
from bot.dialog.policies import Policy
from bot.dialog.upkeep import due
from bot.dialog.values import Lexicon as Words
from bot.durations import duration
from bot.errors import Problem
from bot.knowledge import Embedder, Phrasing, Subject, Thresholds, loose, normalise
from bot.knowledge.hearing import ABOUT, Example, Hearing
from bot.knowledge.mood import Cue, Lexicon, Signs

CHECK_IN = "check_in"  # the flow that a folder may leave out
IDENTIFY = "identify"  # and the other one


@dataclass
class Draft:
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
    policies: dict[str, Policy] = field(default_factory=dict)
    texts: dict[str, Wording] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)
    follow_ups: dict[str, dict[str, str]] = field(default_factory=dict)
    hours: dict[str, Hours] = field(default_factory=dict)
    queues: dict[str, tuple[Any, str]] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    paths: dict[str, Escalation] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    snippets: dict[str, Snippet] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    goodwill: Goodwill | None = None
    goodwill_expired: Wording | None = None
    identity: Identity = field(default_factory=Identity)
    notices: Notices = field(default_factory=Notices)
    tiers: dict[str, Tier] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    parting: Parting | None = None
    needed_by: NeededBy | None = None
    voice: Voice | None = None
    limits: Limits | None = None
    wordings: Wordings | None = None
    answers: Words | None = None
    cues: tuple[Cue, ...] = ()
    signs: Signs = field(default_factory=Signs)
    examples: tuple[Example, ...] = ()
    abuse: Ladder | None = None
    tone: Tone | None = None
    default_queue: str = ""
    suggestions: tuple[str, ...] = ()
    impatient: tuple[str, ...] = ()
    triage: tuple[Rule, ...] = ()
    order_flow: str = ""
    day_flows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    number_flows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asking_flows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    saying_flows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    thresholds: Thresholds | None = None
    digest: bytes = b""
    parts: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing has to be borrowed from the shipped shop."""
        decided = self.goodwill and self.parting and self.needed_by
        felt = self.cues and self.examples and self.abuse and self.tone
        words = self.wordings and self.answers
        people = self.queues and self.levels and self.paths and words and self.agents and felt and decided
        has_all = self.voice and self.limits and people and self.wishes and self.suggestions and self.impatient
        said = TEXTS.keys() <= self.texts.keys() and self.commands.keys() >= COMMANDS
        known = self.identity.by == "none" or IDENTIFY in self.flows
        return bool(has_all) and said and known and CHECK_IN in self.flows

    def lacks(self, name: str, there: Iterable[str]) -> bool:
        """Tell whether something is surely nowhere in the folder."""
        return name not in there and name not in self.broken and not self.partial

    @property
    def known_policies(self) -> dict[str, Policy | None]:
        """The policies, and none for each name of something broken."""
        return {**dict.fromkeys(self.broken), **self.policies}

    def problem(self, at: str, what: str, fix: str = "") -> None:
        """Note something wrong at "file:line"."""
        file, _, line = at.rpartition(":")
        self.problems.append(Problem(file or at, int(line or 1), what, fix))

    def catalog(
        self, snapshot: Path | None = None, embedder: Embedder | None = None, before: Catalog | None = None
    ) -> Catalog:
        """Freeze it; `snapshot` is the file that may hold the index already, and will; `before` an earlier version."""
        assert self.voice
        assert self.limits
        assert self.wordings
        assert self.answers
        assert self.abuse
        assert self.goodwill
        assert self.parting
        assert self.needed_by
        shown = {name: each for name, each in self.entries.items() if each.visibility == "customers"}
        kept = {name: each for name, each in self.entries.items() if name not in shown}
        internal = [each for each in kept.values() if each.visibility == "staff"]
        subjects = [*_subjects(self, [*shown.values(), *self.flows.values(), *self.wishes.values()])]
        language = language_of(self.voice)
        known = before if before and language_of(before.voice) == language else None
        return Catalog(
            voice=self.voice,
            entries=shown,
            kept=kept,
            dated=tuple(each for each in shown.values() if each.begins or each.ends),
            flows=self.flows,
            follow_ups=self.follow_ups,
            review_from=min(filter(None, map(due, self.entries.values())), default=None),
            versions={flow.version: flow for flow in self.flows.values()},
            wishes=self.wishes,
            texts=self.texts,
            commands={
                name: frozenset(map(loose if name in LOOSE else normalise, said))
                for name, said in self.commands.items()
            },
            queues={
                name: Queue(
                    id=name,
                    name=model.name,
                    hours=self.hours[model.hours],
                    first_response=minutes(model.first_response),
                    assign=model.assign,
                    agents=tuple(model.agents),
                    call_back=model.call_back,
                    alert_above=model.alert_above,
                    names=model.names or "",
                )
                for name, (model, _) in self.queues.items()
            },
            default_queue=self.default_queue,
            levels=tuple(sorted(self.levels.values(), key=lambda level: level.priority)),
            paths=tuple(self.paths.values()),
            promises=compiled(self.wordings),
            answers=self.answers,
            agents=self.agents,
            policies=self.policies,
            limits=self.limits,
            index=index(subjects, language, snapshot, self.thresholds, embedder, known.index if known else None),
            know_how=index([*_subjects(self, internal)], language, before=known.know_how if known else None),
            snippets=self.snippets,
            mood=Lexicon(self.cues, self.signs, language=language, hearing=_hearing(self, language, snapshot)),
            abuse=self.abuse,
            tone=self.tone or Tone(),
            outcomes=self.outcomes,
            goodwill=self.goodwill,
            goodwill_expired=self.goodwill_expired,
            identity=self.identity,
            notices=self.notices,
            tiers=self.tiers,
            marks=self.marks,
            parting=self.parting,
            needed_by=self.needed_by,
            suggestions=self.suggestions,
            triage=self.triage,
            impatient=tuple(dict.fromkeys(normalise(each) for each in self.impatient)),
            order_flow=self.order_flow,
            day_flows=self.day_flows,
            number_flows=self.number_flows,
            asking_flows=self.asking_flows,
            saying_flows=self.saying_flows,
            refused=refusals(self.refused, self.commands),
            written=Written(digest=self.digest, parts=self.parts),
        )


def _hearing(draft: Draft, language: str, snapshot: Path | None) -> Hearing:
    """Return how messages sound; the wishes for danger and the law are examples of these."""
    said = draft.phrasings
    wished = [Example(text=each.text, about=about, at=each.at) for about in ABOUT for each in said.get(about, ())]
    ordinary = [each.text for name, group in said.items() if name not in ABOUT for each in group]
    beside = snapshot.with_suffix(".hearing") if snapshot else None
    return hearing((*draft.examples, *wished), tuple(ordinary), language, beside)


def language_of(voice: Voice) -> str:
    """Return the language that a shop speaks."""
    return voice.locale.split("_")[0]


def minutes(text: str) -> int:
    """Return a duration such as "2h" in minutes."""
    return int(duration(text) / timedelta(minutes=1))


def _leads_to(served: Entry | Flow | Wish) -> str:
    """Return the flow to which an entry leads: the two are akin. For others, their own id."""
    return (isinstance(served, Entry) and served.flow) or served.id


def _subjects(draft: Draft, served: Iterable[Entry | Flow | Wish]) -> Iterator[Subject]:
    for each in served:
        kind = each.kind if isinstance(each, Entry) else "flow" if isinstance(each, Flow) else "handoff"
        said = draft.phrasings.get(each.id, [])
        if said:
            yield Subject(
                id=each.id, kind=kind, phrasings=tuple(said), title=each.title, topics=(*each.topics, _leads_to(each))
            )
